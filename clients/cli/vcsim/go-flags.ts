/**
 * Flags in the manner of Go's flag package: `-name value`, `-name=value`, one dash or two; a
 * boolean takes a value only with `=`; the first word that is no flag ends them, and so does `--`.
 */

export type FlagKind = 'string' | 'int' | 'bool' | 'float'

export interface GoFlag {
  readonly kind: FlagKind
  readonly default: string
  readonly help: string
}

export interface ParsedFlags {
  /** Text of every flag, defaults filled in; the last one given wins. */
  readonly values: Readonly<Record<string, string>>
  /** Names that were given. */
  readonly given: ReadonlySet<string>
  readonly rest: readonly string[]
}

/** The message of Go's flag package. */
export class FlagError extends Error {}

/** `-h` or `-help` was given and is not a flag of the program. */
export class HelpWanted extends Error {}

const BOOLEANS: Readonly<Record<string, 'true' | 'false'>> = {
  1: 'true', t: 'true', T: 'true', true: 'true', TRUE: 'true', True: 'true',
  0: 'false', f: 'false', F: 'false', false: 'false', FALSE: 'false', False: 'false',
}

/** Reads a command line. @throws FlagError, HelpWanted */
export function parseGoFlags(words: readonly string[], flags: Readonly<Record<string, GoFlag>>): ParsedFlags {
  const values = Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, flag.default]))
  const given = new Set<string>()
  let at = 0
  while (at < words.length) {
    const word = words[at]!
    if (!word.startsWith('-') || word === '-') break
    at += 1
    if (word === '--') break
    const { name, attached } = split(word)
    const flag = flags[name]
    if (flag === undefined) {
      if (name === 'h' || name === 'help') throw new HelpWanted()
      throw new FlagError(`flag provided but not defined: -${name}`)
    }
    let value = attached
    if (value === undefined && flag.kind === 'bool') value = 'true'
    if (value === undefined) {
      value = words[at]
      at += 1
      if (value === undefined) throw new FlagError(`flag needs an argument: -${name}`)
    }
    values[name] = check(name, flag.kind, value)
    given.add(name)
  }
  return { values, given, rest: words.slice(at) }
}

/** The list that Go prints for `-help`. */
export function goUsage(program: string, flags: Readonly<Record<string, GoFlag>>): string {
  const lines = Object.entries(flags).sort(([a], [b]) => a < b ? -1 : 1).map(([name, flag]) => {
    const type = flag.kind === 'bool' ? '' : ` ${flag.kind}`
    const shown = flag.kind === 'string' ? `"${flag.default}"` : flag.default
    const hasDefault = !['', 'false', '0'].includes(flag.default)
    return `  -${name}${type}\n    \t${flag.help}${hasDefault ? ` (default ${shown})` : ''}\n`
  })
  return `Usage of ${program}:\n${lines.join('')}`
}

function split(word: string): { name: string, attached: string | undefined } {
  const body = word.startsWith('--') ? word.slice(2) : word.slice(1)
  const equals = body.indexOf('=', 1)
  if (body === '' || body.startsWith('-') || body.startsWith('=')) {
    throw new FlagError(`bad flag syntax: ${word}`)
  }
  return equals < 0
    ? { name: body, attached: undefined }
    : { name: body.slice(0, equals), attached: body.slice(equals + 1) }
}

function check(name: string, kind: FlagKind, value: string): string {
  const bad = (what: string) =>
    new FlagError(`invalid ${what}value "${value}" for ${what === 'boolean ' ? '' : 'flag '}-${name}: parse error`)
  if (kind === 'bool') {
    const read = BOOLEANS[value]
    if (read === undefined) throw bad('boolean ')
    return read
  }
  if (kind === 'int' && !/^[+-]?\d+$/.test(value)) throw bad('')
  if (kind === 'float' && (value === '' || Number.isNaN(Number(value)))) throw bad('')
  return value
}
