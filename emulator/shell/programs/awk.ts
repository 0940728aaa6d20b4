import { PatternTrouble, compile, type Compiled } from '../language/regex.js'
import type { Steps } from '../run/steps.js'
import { sourcesOf } from './inputs.js'
import { parseOptions } from './options.js'
import { fails, type Context, type Program } from './program-model.js'

/**
 * `awk [-F SEPARATOR] PROGRAM [FILE…]` for what stands in one-liners: rules of a test and a `{print …}`. Tests
 * are `/pattern/`, `NR > 1`, `$2 == "text"`, `$3 ~ /pattern/`, joined by `&&`; BEGIN and END too. The rest of
 * the language says that it is not emulated.
 */
export const awk: Program = { run: runAwk }

class AwkTrouble extends Error {}

interface Line { readonly text: string, readonly fields: readonly string[], readonly row: number }

type Value = (line: Line) => string
type Test = (line: Line) => boolean

interface Rule {
  readonly when: 'begin' | 'end' | Test
  /** Parts of each print; an empty one prints the line. */
  readonly prints: readonly (readonly Value[])[]
}

function * runAwk(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'F:v:')
  if (typeof parsed === 'number') return parsed
  const [program, ...names] = parsed.operands
  if (program === undefined) return fails(context, 'usage: awk [-F SEP] PROGRAM [FILE]...')
  let rules: readonly Rule[]
  let split: (text: string) => string[]
  try {
    rules = readRules(program)
    split = splitter(parsed.values.get('F'))
  } catch (error) {
    if (error instanceof AwkTrouble || error instanceof PatternTrouble) return fails(context, error.message)
    throw error
  }
  let last: Line = { text: '', fields: [], row: 0 }
  const run = (when: 'begin' | 'end' | 'line'): void => {
    for (const rule of rules) {
      const fits = typeof rule.when === 'string' ? rule.when === when : when === 'line' && rule.when(last)
      if (!fits) continue
      for (const parts of rule.prints) context.out.write(`${parts.length === 0 ? last.text : parts.map(part => part(last)).join(' ')}\n`)
    }
  }
  run('begin')
  const { sources, failed } = sourcesOf(context, names)
  for (const source of sources) {
    for (let text = yield * source.next(); text !== undefined; text = yield * source.next()) {
      last = { text, fields: split(text), row: last.row + 1 }
      run('line')
    }
  }
  run('end')
  return failed ? 2 : 0
}

function splitter(separator: string | undefined): (text: string) => string[] {
  if (separator === undefined || separator === ' ') return text => text.trim() === '' ? [] : text.trim().split(/\s+/)
  if (separator.length === 1) return text => text === '' ? [] : text.split(separator === '\\t' ? '\t' : separator)
  const pattern = compile(separator === '\\t' ? '\t' : separator, 'extended')
  return text => {
    const fields: string[] = []
    let from = 0
    for (;;) {
      const match = pattern.find(text, from)
      if (match === undefined || match.end === match.start) return [...fields, text.slice(from)]
      fields.push(text.slice(from, match.start))
      from = match.end
    }
  }
}

function readRules(program: string): Rule[] {
  const reader = new AwkReader(program)
  const rules: Rule[] = []
  while (!reader.ended) rules.push(reader.rule())
  return rules
}

const TOKENS = /\s*(?:("(?:[^"\\]|\\.)*")|(\/(?:[^/\\]|\\.)*\/)|(\$?[A-Za-z_]\w*|\$?\d+(?:\.\d+)?)|(==|!=|>=|<=|&&|!~|[{}(),;~<>!]))/y

class AwkReader {
  readonly #tokens: string[] = []
  #at = 0

  constructor(program: string) {
    const text = program.trim()
    TOKENS.lastIndex = 0
    for (let end = 0; end < text.length; end = TOKENS.lastIndex) {
      const match = TOKENS.exec(text)
      if (match === null) throw new AwkTrouble(`not emulated: ${text.slice(end, end + 20).trim()}`)
      this.#tokens.push(match[0].trim())
      if (/^\s*$/.test(text.slice(TOKENS.lastIndex))) break
    }
  }

  get ended(): boolean {
    while (this.#peek() === ';') this.#at += 1
    return this.#at >= this.#tokens.length
  }

  rule(): Rule {
    const word = this.#peek()
    const when = word === 'BEGIN' || word === 'END' ? this.#next().toLowerCase() as 'begin' | 'end'
      : word === '{' ? () => true : this.#tests()
    if (this.#peek() !== '{') return { when, prints: [[]] }
    this.#next()
    const prints: Value[][] = []
    while (this.#peek() !== '}') {
      if (this.#peek() === ';') {
        this.#next()
        continue
      }
      if (this.#next() !== 'print') throw new AwkTrouble(`not emulated: ${this.#tokens[this.#at - 1] ?? 'end of program'}`)
      prints.push(this.#values())
    }
    this.#next()
    return { when, prints }
  }

  #tests(): Test {
    const tests = [this.#test()]
    while (this.#peek() === '&&') {
      this.#next()
      tests.push(this.#test())
    }
    return line => tests.every(test => test(line))
  }

  #test(): Test {
    if (this.#peek() === '!') {
      this.#next()
      const test = this.#test()
      return line => !test(line)
    }
    if (this.#peek()?.startsWith('/') === true) {
      const pattern = patternOf(this.#next())
      return line => pattern.test(line.text)
    }
    const left = this.#value()
    const sign = this.#peek()
    if (sign === '~' || sign === '!~') {
      this.#next()
      const pattern = patternOf(this.#next())
      return line => pattern.test(left(line)) === (sign === '~')
    }
    if (sign === undefined || !['==', '!=', '<', '>', '<=', '>='].includes(sign)) return line => !['', '0'].includes(left(line))
    this.#next()
    const right = this.#value()
    return line => holds(sign, left(line), right(line))
  }

  /** Values behind `print`: with commas between them a blank parts them, without they are one. */
  #values(): Value[] {
    const values: Value[] = []
    let glue = false
    while (![';', '}', undefined].includes(this.#peek())) {
      if (this.#peek() === ',') {
        this.#next()
        glue = false
        continue
      }
      const value = this.#value()
      const before = glue ? values.pop() : undefined
      values.push(before === undefined ? value : line => before(line) + value(line))
      glue = true
    }
    return values
  }

  #value(): Value {
    const token = this.#next()
    if (token.startsWith('"')) {
      const text = token.slice(1, -1).replace(/\\(.)/g, (_, char: string) => ({ n: '\n', t: '\t' })[char] ?? char)
      return () => text
    }
    if (/^\d/.test(token)) return () => token
    if (token === '$0') return line => line.text
    if (token === '$NF') return line => line.fields.at(-1) ?? ''
    if (/^\$\d+$/.test(token)) return line => line.fields[Number(token.slice(1)) - 1] ?? ''
    if (token === 'NR' || token === 'FNR') return line => String(line.row)
    if (token === 'NF') return line => String(line.fields.length)
    throw new AwkTrouble(`not emulated: ${token}`)
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at]
  }

  #next(): string {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new AwkTrouble('unexpected end of program')
    this.#at += 1
    return token
  }
}

function patternOf(token: string): Compiled {
  if (!token.startsWith('/')) throw new AwkTrouble(`not emulated: ${token}`)
  return compile(token.slice(1, -1).replaceAll('\\/', '/'), 'extended')
}

/** Numbers are compared as numbers, other texts as texts. */
function holds(sign: string, a: string, b: string): boolean {
  const numeric = [a, b].every(text => /^\s*-?\d+(\.\d+)?\s*$/.test(text))
  const order = numeric ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0
  switch (sign) {
    case '==': return order === 0
    case '!=': return order !== 0
    case '<': return order < 0
    case '>': return order > 0
    case '<=': return order <= 0
    default: return order >= 0
  }
}
