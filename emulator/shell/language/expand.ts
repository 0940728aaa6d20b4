import type { Steps } from '../run/steps.js'
import { isPattern, literally, patternMatcher, withoutEscapes } from './pattern.js'
import { sumOf } from './sum.js'
import type { Change, Part, Script, Word } from './syntax.js'

/** What words are filled from. */
export interface Surroundings {
  /** A variable's value; undefined: not set. */
  value(name: string): string | undefined
  assign(name: string, value: string): void
  /** `$1`, `$2`, … */
  readonly parameters: readonly string[]
  /** Runs a script and gives what it printed. */
  output(script: Script): Steps<string>
  /** Paths that fit a pattern, in order; none: empty. */
  paths(pattern: string): readonly string[]
}

/** `${NAME:?text}` of a variable that is not set. */
export class Unset extends Error {}

/** A piece of a word: its text, and whether blanks in it end the word and stars in it mean names. */
interface Piece {
  readonly text: string
  readonly quoted: boolean
  /** It came out of a variable or a command: its blanks part words. */
  readonly filled: boolean
  /** Begins another word in any case: `"$@"`. */
  readonly apart?: boolean
}

/** The words that one word becomes: none, one, or many. */
export function * fields(word: Word, around: Surroundings): Steps<string[]> {
  const found: string[] = []
  for (const field of split(yield * pieces(word, around))) {
    const names = isPattern(field) ? around.paths(field) : []
    if (names.length > 0) found.push(...names)
    else found.push(withoutEscapes(field))
  }
  return found
}

/** The one text that a word is: of a variable, a file's name, a document. */
export function * oneText(word: Word, around: Surroundings): Steps<string> {
  return (yield * pieces(word, around)).map(piece => piece.text).join('')
}

/** The same as a pattern: what was quoted means itself. */
export function * onePattern(word: Word, around: Surroundings): Steps<string> {
  return (yield * pieces(word, around)).map(piece => piece.quoted ? literally(piece.text) : piece.text).join('')
}

function * pieces(word: Word, around: Surroundings): Steps<Piece[]> {
  const found: Piece[] = []
  for (const [index, part] of word.entries()) {
    if (part.kind === 'text') found.push({ text: index === 0 ? home(part, around) : part.text, quoted: part.quoted, filled: false })
    else if (part.kind === 'command') {
      const text = (yield * around.output(part.script)).replace(/\n+$/, '')
      found.push({ text, quoted: part.quoted, filled: true })
    } else if (part.kind === 'sum') {
      const text = yield * oneText(part.text, around)
      found.push({ text: String(sumOf(text, name => around.value(name))), quoted: part.quoted, filled: true })
    } else found.push(...yield * variable(part, around))
  }
  return found
}

/** `~` at the begin of a word. */
function home(part: Extract<Part, { kind: 'text' }>, around: Surroundings): string {
  return part.quoted || !/^~(\/|$)/.test(part.text) ? part.text : (around.value('HOME') ?? '~') + part.text.slice(1)
}

function * variable(part: Extract<Part, { kind: 'variable' }>, around: Surroundings): Steps<Piece[]> {
  const { name, quoted, change } = part
  if ((name === '@' || name === '*') && change === undefined) {
    if (name === '*' && quoted) return [{ text: around.parameters.join(' '), quoted, filled: true }]
    return around.parameters.map((text, index) => ({ text, quoted, filled: true, apart: index > 0 }))
  }
  const value = around.value(name)
  if (change === undefined) return value === undefined && !quoted ? [] : [{ text: value ?? '', quoted, filled: true }]
  return [{ text: yield * changed(name, value, change, around), quoted, filled: true }]
}

function * changed(name: string, value: string | undefined, { how, word }: Change, around: Surroundings): Steps<string> {
  if (how === 'length') return String((value ?? '').length)
  const missing = value === undefined || (how.startsWith(':') && value === '')
  switch (how) {
    case '-': case ':-': return missing ? yield * oneText(word, around) : value
    case '+': case ':+': return missing ? '' : yield * oneText(word, around)
    case '=': case ':=': {
      if (!missing) return value
      const text = yield * oneText(word, around)
      around.assign(name, text)
      return text
    }
    case '?': case ':?': {
      if (!missing) return value
      throw new Unset(`${name}: ${(yield * oneText(word, around)) || 'parameter not set'}`)
    }
    default: return trimmed(value ?? '', how, yield * onePattern(word, around))
  }
}

/** `%` and `%%` take away from the end, `#` and `##` from the begin; double: as much as possible. */
function trimmed(value: string, how: '%' | '%%' | '#' | '##', pattern: string): string {
  const fits = patternMatcher(pattern)
  const most = Math.min(value.length, 4096)
  const sizes = Array.from({ length: most + 1 }, (_, size) => how.length === 2 ? most - size : size)
  for (const size of sizes) {
    if (how.startsWith('%') && fits(value.slice(value.length - size))) return value.slice(0, value.length - size)
    if (how.startsWith('#') && fits(value.slice(0, size))) return value.slice(size)
  }
  return value
}

/** Parts pieces into words at the blanks of what was filled in; stars that were quoted are escaped. */
function split(all: readonly Piece[]): string[] {
  const words: string[] = []
  let open: string | undefined
  const end = (): void => {
    if (open !== undefined) words.push(open)
    open = undefined
  }
  for (const piece of all) {
    if (piece.apart === true) end()
    if (piece.quoted || !piece.filled) {
      open = (open ?? '') + (piece.quoted ? literally(piece.text) : piece.text)
      continue
    }
    const [head, ...rest] = piece.text.replaceAll('\\', '\\\\').split(/[ \t\n]+/)
    if (head !== '') open = (open ?? '') + head
    for (const part of rest) {
      end()
      if (part !== '') open = part
    }
  }
  end()
  return words
}
