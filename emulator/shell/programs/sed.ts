import { PatternTrouble, compile, type Compiled, type Match } from '../language/regex.js'
import { asBytes } from '../files/entry.js'
import { isTrouble, rowsOf, troubleTexts } from '../files/node-files.js'
import { absolute } from '../files/paths.js'
import type { Steps } from '../run/steps.js'
import { allLines, sourcesOf } from './inputs.js'
import { parseOptions } from './options.js'
import { fails, type Context, type Program } from './program-model.js'

/** `sed [-n] [-E] [-i] [-e SCRIPT] SCRIPT [FILE…]`: `s`, `p`, `d`, `q`, `=` at lines, ranges and patterns. */
export const sed: Program = { run: runSed }

type Address =
  | { readonly kind: 'line', readonly number: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'pattern', readonly pattern: Compiled }

interface Command {
  readonly from: Address | undefined
  readonly to: Address | undefined
  readonly not: boolean
  readonly what: 's' | 'p' | 'd' | 'q' | '='
  readonly pattern?: Compiled
  readonly by?: string
  readonly all?: boolean
  readonly nth?: number
  readonly prints?: boolean
}

/** What sed does not understand. */
class SedTrouble extends Error {}

function * runSed(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'nErie:', { quiet: 'n', expression: 'e', 'in-place': 'i' })
  if (typeof parsed === 'number') return parsed
  const given = parsed.values.get('e')
  const [script, names] = given === undefined ? [parsed.operands[0], parsed.operands.slice(1)] : [given, parsed.operands]
  if (script === undefined) return fails(context, 'usage: sed [-n] [-E] [-i] SCRIPT [FILE]...')
  let commands: readonly Command[]
  try {
    commands = new SedReader(script, parsed.flags.has('E') || parsed.flags.has('r')).read()
  } catch (error) {
    if (error instanceof SedTrouble || error instanceof PatternTrouble) return fails(context, error.message)
    throw error
  }
  const quiet = parsed.flags.has('n')
  if (parsed.flags.has('i')) return inPlace(context, commands, quiet, names)
  const { sources, failed } = sourcesOf(context, names)
  for (const line of edited(commands, yield * allLines(sources), quiet)) context.out.write(`${line}\n`)
  return failed ? 1 : 0
}

function inPlace(context: Context, commands: readonly Command[], quiet: boolean, names: readonly string[]): number {
  let status = 0
  for (const name of names) {
    const path = absolute(context.state.folder, name)
    const file = context.machine.files.readable(path)
    const rows = isTrouble(file) ? file : rowsOf(file)
    const trouble = isTrouble(rows) ? rows.trouble
      : context.machine.files.write(path, asBytes([...edited(commands, [...rows], quiet)].map(line => `${line}\n`).join('')))
    if (trouble !== undefined) status = fails(context, `${name}: ${troubleTexts[trouble]}`)
  }
  return status
}

function * edited(commands: readonly Command[], lines: readonly string[], quiet: boolean): Generator<string> {
  const open = new Set<Command>()
  for (const [index, given] of lines.entries()) {
    const at = { number: index + 1, last: index === lines.length - 1 }
    let line = given
    let [dropped, ends] = [false, false]
    for (const command of commands) {
      if (dropped || !applies(command, line, at, open)) continue
      if (command.what === 'd') dropped = true
      else if (command.what === 'p') yield line
      else if (command.what === '=') yield String(at.number)
      else if (command.what === 'q') ends = true
      else {
        const next = replaced(command, line)
        if (next !== undefined && command.prints === true) yield next
        line = next ?? line
      }
    }
    if (!dropped && !quiet) yield line
    if (ends) return
  }
}

interface Place { readonly number: number, readonly last: boolean }

function applies(command: Command, line: string, at: Place, open: Set<Command>): boolean {
  const { from, to, not } = command
  if (from === undefined) return true
  if (to === undefined) return fits(from, line, at) !== not
  if (open.has(command)) {
    if (fits(to, line, at) || (to.kind === 'line' && at.number >= to.number)) open.delete(command)
    return !not
  }
  if (!fits(from, line, at)) return not
  if (!(to.kind === 'line' && to.number <= at.number)) open.add(command)
  return !not
}

function fits(address: Address, line: string, at: Place): boolean {
  return address.kind === 'line' ? at.number === address.number : address.kind === 'last' ? at.last : address.pattern.test(line)
}

/** The line with what was found replaced; undefined: nothing was found. */
function replaced({ pattern, by = '', all = false, nth = 1 }: Command, line: string): string | undefined {
  let text = ''
  let [copied, count] = [0, 0]
  for (let from = 0; from <= line.length;) {
    const match = pattern!.find(line, from)
    if (match === undefined) break
    count += 1
    if (count >= nth) {
      text += line.slice(copied, match.start) + filled(by, line, match)
      copied = match.end
      if (!all) break
    }
    from = match.end > match.start ? match.end : match.end + 1
  }
  return count >= nth ? text + line.slice(copied) : undefined
}

function filled(by: string, line: string, match: Match): string {
  return by.replace(/\\([0-9n&\\/])|&/g, (all, escaped?: string) => {
    if (all === '&' || escaped === '0') return line.slice(match.start, match.end)
    if (escaped === 'n') return '\n'
    return /[1-9]/.test(escaped!) ? match.groups[Number(escaped) - 1] ?? '' : escaped!
  })
}

class SedReader {
  readonly #text: string
  readonly #extended: boolean
  #at = 0

  constructor(text: string, extended: boolean) {
    this.#text = text
    this.#extended = extended
  }

  read(): Command[] {
    const commands: Command[] = []
    for (;;) {
      while (/[\s;]/.test(this.#text[this.#at] ?? 'x')) this.#at += 1
      if (this.#at >= this.#text.length) return commands
      commands.push(this.#command())
    }
  }

  #command(): Command {
    const from = this.#address()
    let to: Address | undefined
    if (this.#text[this.#at] === ',') {
      this.#at += 1
      to = this.#address()
    }
    while (this.#text[this.#at] === ' ') this.#at += 1
    const not = this.#text[this.#at] === '!'
    if (not) this.#at += 1
    const what = this.#text[this.#at]
    this.#at += 1
    if (what === 'p' || what === 'd' || what === 'q' || what === '=') return { from, to, not, what }
    if (what !== 's') throw new SedTrouble(`unsupported command ${what ?? ''}`)
    return { from, to, not, what, ...this.#substitution() }
  }

  #address(): Address | undefined {
    const number = /^\d+/.exec(this.#text.slice(this.#at))?.[0]
    if (number !== undefined) {
      this.#at += number.length
      return { kind: 'line', number: Number(number) }
    }
    if (this.#text[this.#at] === '$') {
      this.#at += 1
      return { kind: 'last' }
    }
    if (this.#text[this.#at] !== '/') return undefined
    this.#at += 1
    return { kind: 'pattern', pattern: this.#compile(this.#until('/'), false) }
  }

  #substitution(): Pick<Command, 'pattern' | 'by' | 'all' | 'nth' | 'prints'> {
    const mark = this.#text[this.#at] ?? ''
    this.#at += 1
    if (mark === '' || /[\s\\]/.test(mark)) throw new SedTrouble('bad substitution')
    const pattern = this.#until(mark)
    const by = this.#until(mark)
    const flags = /^[gpiI0-9]*/.exec(this.#text.slice(this.#at))![0]
    this.#at += flags.length
    return {
      pattern: this.#compile(pattern, /i/i.test(flags)), by, all: flags.includes('g'),
      nth: Number(/\d+/.exec(flags)?.[0] ?? 1), prints: flags.includes('p'),
    }
  }

  /** Up to a mark that no backslash protects. */
  #until(mark: string): string {
    let text = ''
    for (;;) {
      const char = this.#text[this.#at]
      if (char === undefined) throw new SedTrouble(`unterminated ${mark}`)
      this.#at += 1
      if (char === mark) return text
      if (char === '\\' && this.#text[this.#at] === mark) {
        text += mark
        this.#at += 1
      } else if (char === '\\') {
        text += char + (this.#text[this.#at] ?? '')
        this.#at += 1
      } else text += char
    }
  }

  #compile(text: string, ignoreCase: boolean): Compiled {
    return compile(text, this.#extended ? 'extended' : 'basic', { ignoreCase })
  }
}
