import { Machine, PatternTrouble, type Node } from './regex-machine.js'

export { PatternTrouble }

/** Where a pattern was found, and what its brackets held; undefined where one took no part. */
export interface Match {
  readonly start: number
  readonly end: number
  readonly groups: ReadonlyArray<string | undefined>
}

/** A pattern made ready. */
export interface Compiled {
  test(line: string): boolean
  /** The first place at or after `from`. */
  find(line: string, from: number): Match | undefined
}

/** Longest pattern, and most repetitions by a number; our own bounds. */
const MOST_CHARACTERS = 2000
const MOST_TIMES = 255

/**
 * Makes a regular expression of POSIX ready: `basic` as grep and sed take it, `extended` as `grep -E` and
 * awk, `fixed`: a plain text. It is matched in time proportional to pattern times line, whatever both are:
 * back references are therefore not known.
 */
export function compile(text: string, flavour: 'basic' | 'extended' | 'fixed', options: { readonly ignoreCase?: boolean } = {}): Compiled {
  if (text.length > MOST_CHARACTERS) throw new PatternTrouble('Regular expression too big')
  const ignoreCase = options.ignoreCase === true
  const plain = flavour === 'fixed' || !/[\\.*+?()[\]{}|^$]/.test(text)
  if (plain) return plainText(text, ignoreCase)
  const reader = new PatternReader(text, flavour === 'extended')
  return new Machine(reader.read(), reader.groups, ignoreCase)
}

function plainText(text: string, ignoreCase: boolean): Compiled {
  const wanted = ignoreCase ? text.toLowerCase() : text
  const find = (line: string, from: number): Match | undefined => {
    const start = (ignoreCase ? line.toLowerCase() : line).indexOf(wanted, from)
    return start < 0 ? undefined : { start, end: start + wanted.length, groups: [] }
  }
  return { find, test: line => (ignoreCase ? line.toLowerCase() : line).includes(wanted) }
}

const classes: Readonly<Record<string, (char: string) => boolean>> = {
  alpha: char => /[A-Za-z]/.test(char), digit: char => char >= '0' && char <= '9', alnum: char => /[A-Za-z0-9]/.test(char),
  space: char => /\s/.test(char), blank: char => char === ' ' || char === '\t', upper: char => /[A-Z]/.test(char),
  lower: char => /[a-z]/.test(char), punct: char => /[!-/:-@[-`{-~]/.test(char), xdigit: char => /[0-9A-Fa-f]/.test(char),
}

const escapes: Readonly<Record<string, (char: string) => boolean>> = {
  w: char => /\w/.test(char), W: char => /\W/.test(char), s: char => /\s/.test(char), S: char => /\S/.test(char),
  d: char => /\d/.test(char),
}

class PatternReader {
  readonly #text: string
  readonly #extended: boolean
  #at = 0
  groups = 0
  #depth = 0

  constructor(text: string, extended: boolean) {
    this.#text = text
    this.#extended = extended
  }

  read(): Node {
    const node = this.#choice()
    if (this.#at < this.#text.length) throw new PatternTrouble('Unmatched ( or \\(')
    return node
  }

  /** A sign of the language: `(` of the extended one is `\(` of the basic one. */
  #sign(char: string): boolean {
    const text = this.#extended ? char : `\\${char}`
    return this.#text.startsWith(text, this.#at)
  }

  #take(char: string): boolean {
    if (!this.#sign(char)) return false
    this.#at += this.#extended ? 1 : 2
    return true
  }

  #choice(): Node {
    const options = [this.#sequence()]
    while (this.#take('|')) options.push(this.#sequence())
    return options.length === 1 ? options[0]! : { kind: 'choice', options }
  }

  #sequence(): Node {
    const items: Node[] = []
    while (this.#at < this.#text.length && !this.#sign('|') && !this.#sign(')')) items.push(this.#repeated(items.length === 0))
    return { kind: 'sequence', items }
  }

  #repeated(first: boolean): Node {
    let node = this.#single(first)
    for (;;) {
      let [least, most] = [0, Infinity]
      if (this.#text[this.#at] === '*') this.#at += 1
      else if (this.#take('+')) least = 1
      else if (this.#take('?')) most = 1
      else if (this.#sign('{') && /^\\?\{\d*,?\d*\\?\}/.test(this.#text.slice(this.#at, this.#at + 20))) [least, most] = this.#times()
      else return node
      node = { kind: 'repeat', node, least, most }
    }
  }

  #times(): [number, number] {
    this.#take('{')
    const match = /^(\d*)(,?)(\d*)/.exec(this.#text.slice(this.#at))!
    this.#at += match[0].length
    if (!this.#take('}')) throw new PatternTrouble('Invalid content of \\{\\}')
    const least = Number(match[1] || 0)
    const most = match[2] === '' ? least : match[3] === '' ? Infinity : Number(match[3])
    const tooMany = least > MOST_TIMES || (most !== Infinity && most > MOST_TIMES)
    if (tooMany || most < least) throw new PatternTrouble('Invalid content of \\{\\}')
    return [least, most]
  }

  #single(first: boolean): Node {
    const char = this.#text[this.#at]!
    if (this.#take('(')) return this.#group()
    this.#at += 1
    if (char === '[') return this.#set()
    if (char === '.') return { kind: 'char', fits: () => true }
    if (char === '^' && (this.#extended || first)) return { kind: 'begin' }
    if (char === '$' && (this.#extended || this.#at === this.#text.length || this.#sign(')') || this.#sign('|'))) return { kind: 'end' }
    if (char === '*' && first) return literal('*')
    if (char !== '\\') return literal(char)
    const escaped = this.#text[this.#at]
    if (escaped === undefined) throw new PatternTrouble('Trailing backslash')
    this.#at += 1
    if (/[1-9]/.test(escaped)) throw new PatternTrouble('back references are not emulated')
    if (escaped === 'b' || escaped === '<' || escaped === '>') return { kind: 'edge' }
    const fits = escapes[escaped]
    return fits !== undefined ? { kind: 'char', fits } : literal(escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped)
  }

  #group(): Node {
    this.#depth += 1
    if (this.#depth > 40) throw new PatternTrouble('Regular expression too big')
    this.groups += 1
    const index = this.groups
    const node = this.#choice()
    if (!this.#take(')')) throw new PatternTrouble('Unmatched ( or \\(')
    this.#depth -= 1
    return { kind: 'group', index, node }
  }

  #set(): Node {
    const text = this.#text
    let at = this.#at
    const not = text[at] === '^'
    if (not) at += 1
    const tests: Array<(char: string) => boolean> = []
    for (let first = true; first || text[at] !== ']'; first = false) {
      const char = text[at]
      if (char === undefined) throw new PatternTrouble('Unmatched [, [^, [:, [., or [=')
      const named = /^\[:(\w+):\]/.exec(text.slice(at, at + 12))
      if (named !== null) {
        const fits = classes[named[1]!]
        if (fits === undefined) throw new PatternTrouble('Invalid character class name')
        tests.push(fits)
        at += named[0].length
      } else if (text[at + 1] === '-' && text[at + 2] !== undefined && text[at + 2] !== ']') {
        const to = text[at + 2]!
        tests.push(other => char <= other && other <= to)
        at += 3
      } else {
        tests.push(other => other === char)
        at += 1
      }
    }
    this.#at = at + 1
    return { kind: 'char', fits: char => tests.some(test => test(char)) !== not }
  }
}

function literal(char: string): Node {
  return { kind: 'char', fits: other => other === char, only: char }
}
