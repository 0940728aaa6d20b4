import { isTrouble } from '../files/node-files.js'
import { absolute, inFolder } from '../files/paths.js'
import type { Steps } from '../run/steps.js'
import { sourcesOf } from './inputs.js'
import { parseOptions } from './options.js'
import { fails, type Context, type ProgramTable } from './program-model.js'
import { PatternTrouble, compile, type Compiled, type Match } from '../language/regex.js'

/** `grep` and its two other names. */
export const grepPrograms: ProgramTable = {
  grep: { run: context => grep(context, 'basic') },
  egrep: { run: context => grep(context, 'extended') },
  fgrep: { run: context => grep(context, 'fixed') },
}

type Flavour = 'basic' | 'extended' | 'fixed'

function * grep(context: Context, usual: Flavour): Steps<number> {
  const parsed = parseOptions(context, 'ivcnlLqEFGwxohHrRse:A:B:C:m:', { color: '', count: 'c', 'ignore-case': 'i', invert: 'v' })
  if (typeof parsed === 'number') return 2
  const { flags, values, operands } = parsed
  const [first, ...rest] = values.has('e') ? [values.get('e')!, ...operands] : operands
  if (first === undefined) return fails(context, 'missing pattern', 2)
  const flavour: Flavour = flags.has('F') ? 'fixed' : flags.has('E') ? 'extended' : usual
  let pattern: Compiled
  try {
    pattern = compileAll(first, flavour, flags)
  } catch (error) {
    if (error instanceof PatternTrouble) return fails(context, `bad regex '${first}': ${error.message}`, 2)
    throw error
  }
  const recursive = flags.has('r') || flags.has('R')
  const names = recursive ? filesBelow(context, rest.length === 0 ? ['.'] : rest) : rest
  if (recursive && names.length === 0) return 1
  const { sources, failed } = sourcesOf(flags.has('s') ? { ...context, err: { write: () => {} } } : context, names)
  const titled = !flags.has('h') && (flags.has('H') || names.length > 1 || recursive)
  const search = new Search(context, pattern, flags, values)
  for (const source of sources) {
    yield * search.through(source.name ?? '(standard input)', titled, () => source.next())
    if (flags.has('q') && search.found) return 0
  }
  return failed ? 2 : search.found ? 0 : 1
}

function compileAll(text: string, flavour: Flavour, flags: ReadonlySet<string>): Compiled {
  const options = { ignoreCase: flags.has('i') }
  const parts = text.split('\n').map(part => compile(part, flavour, options))
  const [only] = parts
  const whole: Compiled = parts.length === 1 ? only! : {
    test: line => parts.some(part => part.test(line)),
    find: (line, from) => parts.map(part => part.find(line, from)).filter(each => each !== undefined)
      .sort((a, b) => a.start - b.start || b.end - a.end)[0],
  }
  if (flags.has('x')) return { ...whole, test: line => isWhole(whole.find(line, 0), line) }
  if (flags.has('w')) return { ...whole, test: line => wordIn(whole, line) }
  return whole
}

function isWhole(at: Match | undefined, line: string): boolean {
  return at !== undefined && at.start === 0 && at.end === line.length
}

function wordIn(pattern: Compiled, line: string): boolean {
  for (let from = 0; from <= line.length;) {
    const at = pattern.find(line, from)
    if (at === undefined) return false
    if (!/\w/.test(line[at.start - 1] ?? ' ') && !/\w/.test(line[at.end] ?? ' ') && at.end > at.start) return true
    from = at.start + 1
  }
  return false
}

class Search {
  readonly #context: Context
  readonly #pattern: Compiled
  readonly #flags: ReadonlySet<string>
  readonly #before: number
  readonly #after: number
  readonly #most: number
  found = false

  constructor(context: Context, pattern: Compiled, flags: ReadonlySet<string>, values: ReadonlyMap<string, string>) {
    this.#context = context
    this.#pattern = pattern
    this.#flags = flags
    const around = Number(values.get('C') ?? 0)
    this.#before = Number(values.get('B') ?? around)
    this.#after = Number(values.get('A') ?? around)
    this.#most = Number(values.get('m') ?? Infinity)
  }

  * through(name: string, titled: boolean, next: () => Steps<string | undefined>): Steps<void> {
    const flags = this.#flags
    let [row, hits, shown, due] = [0, 0, 0, 0]
    const past: string[] = []
    const show = (line: string, at: number, mark: string): void => {
      if ((this.#before > 0 || this.#after > 0) && shown > 0 && at > shown + 1) this.#context.out.write('--\n')
      this.#context.out.write(`${titled ? `${name}${mark}` : ''}${flags.has('n') ? `${at}${mark}` : ''}${line}\n`)
      shown = at
    }
    const quiet = flags.has('q') || flags.has('c') || flags.has('l') || flags.has('L')
    for (let line = yield * next(); line !== undefined; line = yield * next()) {
      row += 1
      if (this.#pattern.test(line) !== flags.has('v')) {
        hits += 1
        this.found ||= !flags.has('L')
        if (flags.has('q') || flags.has('l')) break
        if (!quiet) {
          past.forEach((each, index) => show(each, row - past.length + index, '-'))
          past.length = 0
          if (flags.has('o')) this.#parts(line, part => show(part, row, ':'))
          else show(line, row, ':')
          due = this.#after
        }
        if (hits >= this.#most) break
      } else if (!quiet && due > 0) {
        show(line, row, '-')
        due -= 1
      } else if (!quiet && this.#before > 0) {
        past.push(line)
        if (past.length > this.#before) past.shift()
      }
    }
    if (flags.has('c')) this.#context.out.write(`${titled ? `${name}:` : ''}${hits}\n`)
    if (flags.has('l') && hits > 0) this.#context.out.write(`${name}\n`)
    if (flags.has('L') && hits === 0) {
      this.found = true
      this.#context.out.write(`${name}\n`)
    }
  }

  #parts(line: string, show: (part: string) => void): void {
    for (let from = 0; from <= line.length;) {
      const at = this.#pattern.find(line, from)
      if (at === undefined) return
      if (at.end > at.start) show(line.slice(at.start, at.end))
      from = Math.max(at.end, at.start + 1)
    }
  }
}

/** Files at and below some paths, in order. */
function filesBelow(context: Context, names: readonly string[]): string[] {
  const found: string[] = []
  const visit = (path: string, shown: string): void => {
    if (found.length > 20_000) return
    const at = context.machine.files.find(path, true)
    if (isTrouble(at) || at.entry.kind === 'link') return
    if (at.entry.kind === 'file') found.push(shown)
    else for (const name of at.entry.names()) visit(inFolder(path, name), `${shown.replace(/\/$/, '')}/${name}`)
  }
  for (const name of names) {
    const path = absolute(context.state.folder, name)
    const at = context.machine.files.find(path)
    if (isTrouble(at)) found.push(name)
    else visit(at.path, name)
  }
  return found
}
