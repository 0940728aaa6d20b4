import { isTrouble, rowsOf, troubleTexts } from '../files/node-files.js'
import { absolute } from '../files/paths.js'
import { asText, type FileEntry } from '../files/entry.js'
import type { Steps } from '../run/steps.js'
import { awk } from './awk.js'
import { zcat } from './compressed.js'
import { allLines, sourcesOf, type Source } from './inputs.js'
import { sed } from './sed.js'
import { parseOptions } from './options.js'
import { fails, type Context, type ProgramTable } from './program-model.js'

/** Programs that read texts and write texts. */
export const textPrograms: ProgramTable = {
  cat: { run: cat },
  head: { run: head },
  tail: { run: tail },
  wc: { run: wc },
  sort: { run: sort },
  uniq: { run: uniq },
  cut: { run: cut },
  tr: { run: tr },
  tee: { run: tee },
  less: { run: cat },
  more: { run: cat },
  awk, sed, zcat,
}

function * cat(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'nu')
  if (typeof parsed === 'number') return parsed
  let [status, row] = [0, 0]
  const write = (line: string): void => {
    context.out.write(parsed.flags.has('n') ? `${String(row += 1).padStart(6)}\t${line}\n` : `${line}\n`)
  }
  for (const name of parsed.operands.length === 0 ? ['-'] : parsed.operands) {
    if (name === '-') {
      for (let line = yield * context.in.line(); line !== undefined; line = yield * context.in.line()) write(line)
      continue
    }
    const file = context.machine.files.readable(absolute(context.state.folder, name))
    if (isTrouble(file)) {
      status = file.trouble === 'isDirectory' ? fails(context, 'read error: Is a directory')
        : fails(context, `can't open '${name}': ${troubleTexts[file.trouble]}`)
    } else if (file.rows !== undefined) for (const line of file.rows(1)) write(line)
    else {
      const content = file.content()
      if (typeof content === 'string') status = fails(context, `read error: ${troubleTexts[content]}`)
      else if (parsed.flags.has('n')) for (const line of rowsOf(file) as Iterable<string>) write(line)
      else context.out.write(asText(content))
    }
  }
  return status
}

/** `-n 5`, `-n +5` for tail, `-5`. */
function count(text: string | undefined, usual: number): number | undefined {
  if (text === undefined) return usual
  return /^[+-]?\d+$/.test(text) ? Math.abs(Number(text)) : undefined
}

function * head(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'n:c:qv')
  if (typeof parsed === 'number') return parsed
  const most = count(parsed.values.get('n'), 10)
  if (most === undefined) return fails(context, `invalid number '${parsed.values.get('n')!}'`)
  const { sources, failed } = sourcesOf(context, parsed.operands)
  for (const [index, source] of sources.entries()) {
    titled(context, source, index, sources.length)
    for (let row = 0; row < most; row += 1) {
      const line = yield * source.next()
      if (line === undefined) break
      context.out.write(`${line}\n`)
    }
  }
  return failed ? 1 : 0
}

function titled(context: Context, { name }: Source, index: number, of: number): void {
  if (of > 1) context.out.write(`${index > 0 ? '\n' : ''}==> ${name ?? 'standard input'} <==\n`)
}

function * tail(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'n:c:fFqvs:')
  if (typeof parsed === 'number') return parsed
  const wanted = parsed.values.get('n')
  const most = count(wanted, 10)
  if (most === undefined) return fails(context, `invalid number '${wanted!}'`)
  const follow = parsed.flags.has('f') || parsed.flags.has('F')
  if (parsed.operands.length === 1) return yield * tailFile(context, parsed.operands[0]!, most, wanted?.startsWith('+') === true, follow)
  const { sources, failed } = sourcesOf(context, parsed.operands)
  for (const [index, source] of sources.entries()) {
    titled(context, source, index, sources.length)
    const lines = yield * allLines([source])
    for (const line of wanted?.startsWith('+') === true ? lines.slice(most - 1) : last(lines, most)) context.out.write(`${line}\n`)
  }
  return failed ? 1 : 0
}

function last(lines: readonly string[], most: number): readonly string[] {
  return most === 0 ? [] : lines.slice(-most)
}

/** One file, which may be followed: what comes to it is shown as it comes. */
function * tailFile(context: Context, name: string, most: number, fromStart: boolean, follow: boolean): Steps<number> {
  const path = absolute(context.state.folder, name)
  const open = (): FileEntry | undefined => {
    const file = context.machine.files.readable(path)
    return isTrouble(file) ? undefined : file
  }
  const file = context.machine.files.readable(path)
  if (isTrouble(file)) return fails(context, `can't open '${name}': ${troubleTexts[file.trouble]}`)
  const rows = rowCount(file)
  if (rows === undefined) return fails(context, `${name}: ${troubleTexts.notKept}`)
  let seen = fromStart ? most - 1 : Math.max(0, rows - most)
  for (;;) {
    const now = open()
    if (now !== undefined) {
      const have = rowCount(now) ?? 0
      // Another file has taken its place: it is shown from its begin.
      if (have < seen) seen = 0
      if (have > seen) for (const line of rowsOf(now, seen + 1) as Iterable<string>) context.out.write(`${line}\n`)
      seen = Math.max(seen, have)
    }
    if (!follow) return 0
    yield { kind: 'change', ready: () => { const next = open(); return next !== undefined && rowCount(next) !== seen } }
  }
}

function rowCount(file: FileEntry): number | undefined {
  if (file.rowCount !== undefined) return file.rowCount
  const rows = rowsOf(file)
  return isTrouble(rows) ? undefined : [...rows].length
}

function * wc(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'lwc')
  if (typeof parsed === 'number') return parsed
  const shown = (['l', 'w', 'c'] as const).filter(flag => parsed.flags.size === 0 || parsed.flags.has(flag))
  const { sources, failed } = sourcesOf(context, parsed.operands)
  const sum = { l: 0, w: 0, c: 0 }
  const row = (counts: typeof sum, name: string | undefined): void => {
    const cells = shown.map(flag => shown.length === 1 ? String(counts[flag]) : String(counts[flag]).padStart(9))
    context.out.write(`${cells.join(' ')}${name === undefined ? '' : ` ${name}`}\n`)
  }
  for (const source of sources) {
    const counts = { l: 0, w: 0, c: 0 }
    for (let line = yield * source.next(); line !== undefined; line = yield * source.next()) {
      counts.l += 1
      counts.w += line.split(/\s+/).filter(word => word !== '').length
      counts.c += Buffer.byteLength(line) + 1
    }
    for (const flag of ['l', 'w', 'c'] as const) sum[flag] += counts[flag]
    row(counts, source.name)
  }
  if (sources.length > 1) row(sum, 'total')
  return failed ? 1 : 0
}

function * sort(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'nruhk:t:')
  if (typeof parsed === 'number') return parsed
  const { sources, failed } = sourcesOf(context, parsed.operands)
  const lines = yield * allLines(sources)
  const field = Number(parsed.values.get('k')?.split(/[,.]/)[0] ?? 0)
  const separator = parsed.values.get('t')
  const key = (line: string): string => field === 0 ? line
    : (separator === undefined ? line.trim().split(/\s+/) : line.split(separator))[field - 1] ?? ''
  const compare = parsed.flags.has('n') || parsed.flags.has('h')
    ? (a: string, b: string) => (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0)
    : (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0
  lines.sort((a, b) => compare(key(a), key(b)) || (a < b ? -1 : a > b ? 1 : 0))
  if (parsed.flags.has('r')) lines.reverse()
  let before: string | undefined
  for (const line of lines) {
    if (!parsed.flags.has('u') || before === undefined || key(line) !== key(before)) context.out.write(`${line}\n`)
    before = line
  }
  return failed ? 1 : 0
}

function * uniq(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'cdu')
  if (typeof parsed === 'number') return parsed
  const { sources, failed } = sourcesOf(context, parsed.operands.slice(0, 1))
  const groups: Array<{ line: string, times: number }> = []
  for (const line of yield * allLines(sources)) {
    const before = groups.at(-1)
    if (before?.line === line) before.times += 1
    else groups.push({ line, times: 1 })
  }
  for (const { line, times } of groups) {
    if ((parsed.flags.has('d') && times === 1) || (parsed.flags.has('u') && times > 1)) continue
    context.out.write(parsed.flags.has('c') ? `${String(times).padStart(7)} ${line}\n` : `${line}\n`)
  }
  return failed ? 1 : 0
}

/** `1,3-5,7-` as a test of numbers from 1. */
function ranges(text: string): ((number: number) => boolean) | undefined {
  const parts = text.split(',').map(part => /^(\d*)(-?)(\d*)$/.exec(part))
  if (parts.some(part => part === null || part[0] === '' || part[0] === '-')) return undefined
  return number => parts.some(part => {
    const from = part![1] === '' ? 1 : Number(part![1])
    const to = part![2] === '' ? from : part![3] === '' ? Infinity : Number(part![3])
    return from <= number && number <= to
  })
}

function * cut(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'd:f:c:b:s')
  if (typeof parsed === 'number') return parsed
  const list = parsed.values.get('f') ?? parsed.values.get('c') ?? parsed.values.get('b')
  const wanted = list === undefined ? undefined : ranges(list)
  if (wanted === undefined) return fails(context, list === undefined ? 'expected a list of bytes, characters, or fields' : 'invalid list')
  const separator = parsed.values.get('d') ?? '\t'
  const { sources, failed } = sourcesOf(context, parsed.operands)
  for (const source of sources) {
    for (let line = yield * source.next(); line !== undefined; line = yield * source.next()) {
      const byField = parsed.values.has('f')
      if (byField && !line.includes(separator)) {
        if (!parsed.flags.has('s')) context.out.write(`${line}\n`)
        continue
      }
      const parts = byField ? line.split(separator) : [...line]
      context.out.write(`${parts.filter((_, index) => wanted(index + 1)).join(byField ? separator : '')}\n`)
    }
  }
  return failed ? 1 : 0
}

function * tr(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'ds')
  if (typeof parsed === 'number') return parsed
  const [from, to = ''] = parsed.operands.map(charsOf)
  if (from === undefined) return fails(context, 'missing operand')
  const target = [...to]
  const chars = [...from]
  for (const char of yield * context.in.rest()) {
    const at = chars.indexOf(char)
    if (at < 0) context.out.write(char)
    else if (!parsed.flags.has('d')) context.out.write(target[Math.min(at, target.length - 1)] ?? char)
  }
  return 0
}

function charsOf(text: string): string {
  const plain = text.replaceAll('\\n', '\n').replaceAll('\\t', '\t')
    .replaceAll('[:upper:]', 'A-Z').replaceAll('[:lower:]', 'a-z').replaceAll('[:digit:]', '0-9').replaceAll('[:space:]', ' \t\n')
  return plain.replace(/([^-])-([^-])/g, (_, first: string, end: string) => {
    let all = ''
    const last = Math.min(end.charCodeAt(0), first.charCodeAt(0) + 255)
    for (let code = first.charCodeAt(0); code <= last; code += 1) all += String.fromCharCode(code)
    return all
  })
}

function * tee(context: Context): Steps<number> {
  const parsed = parseOptions(context, 'ai')
  if (typeof parsed === 'number') return parsed
  const text = yield * context.in.rest()
  context.out.write(text)
  const { files } = context.machine
  let status = 0
  for (const name of parsed.operands) {
    const path = absolute(context.state.folder, name)
    const before = parsed.flags.has('a') ? files.text(path) : ''
    const trouble = files.write(path, Buffer.from((typeof before === 'string' ? before : '') + text))
    if (trouble !== undefined) status = fails(context, `${name}: ${troubleTexts[trouble]}`)
  }
  return status
}
