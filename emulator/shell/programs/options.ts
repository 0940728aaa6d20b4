import { fails, type Context } from './program-model.js'

/** Options and operands of a command line. */
export interface Parsed {
  readonly flags: ReadonlySet<string>
  /** Values of options that take one, by letter; of one given twice the last. */
  readonly values: ReadonlyMap<string, string>
  readonly operands: readonly string[]
}

/**
 * Takes a command line apart as getopt does: `spec` names the letters, a colon behind those that take a
 * value. `-5` counts as `-n 5` where `n` takes one. A number: the status of a usage error, which was said.
 */
export function parseOptions(context: Context, spec: string, long: Readonly<Record<string, string>> = {}): Parsed | number {
  const flags = new Set<string>()
  const values = new Map<string, string>()
  const operands: string[] = []
  const { args } = context
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at]!
    if (arg === '--') {
      operands.push(...args.slice(at + 1))
      break
    }
    if (!arg.startsWith('-') || arg === '-') {
      operands.push(arg)
      continue
    }
    const word = arg.startsWith('--') ? long[arg.slice(2).split('=')[0]!] : undefined
    if (arg.startsWith('--') && word === undefined) return fails(context, `unrecognized option '${arg}'`, 1)
    if (word === undefined && /^-\d+$/.test(arg) && spec.includes('n:')) {
      values.set('n', arg.slice(1))
      continue
    }
    const given = arg.includes('=') && word !== undefined ? arg.slice(arg.indexOf('=') + 1) : undefined
    const letters = word ?? arg.slice(1)
    for (let letter = 0; letter < letters.length; letter += 1) {
      const name = letters[letter]!
      const place = spec.indexOf(name)
      if (place < 0 || name === ':') return fails(context, `invalid option -- '${name}'`, 1)
      if (spec[place + 1] !== ':') {
        flags.add(name)
        continue
      }
      const value = given ?? (letters.slice(letter + 1) || args[at += 1])
      if (value === undefined) return fails(context, `option requires an argument -- '${name}'`, 1)
      values.set(name, value)
      break
    }
  }
  return { flags, values, operands }
}
