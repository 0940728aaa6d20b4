import type { Entry } from '../files/entry.js'
import { isTrouble, troubleTexts } from '../files/node-files.js'
import { absolute, inFolder, splitPath } from '../files/paths.js'
import { patternMatcher } from '../language/pattern.js'
import type { FileTrouble } from '../shell-model.js'
import { ls } from './ls.js'
import { parseOptions } from './options.js'
import { fails, type Context, type ProgramTable } from './program-model.js'

/** Programs that look at files and change them. */
export const filePrograms: ProgramTable = {
  ls: { run: ls },
  find: { run: find },
  cp: { run: context => copy(context, false) },
  mv: { run: context => copy(context, true) },
  rm: { run: remove },
  rmdir: { run: removeFolder },
  mkdir: { run: makeFolder },
  touch: { run: touch },
  stat: { run: stat },
  readlink: { run: readlink },
  // Rights of files are not kept: root may do everything, and every text can be run.
  chmod: { run: () => 0 },
}

function pathOf(context: Context, name: string): string {
  return absolute(context.state.folder, name)
}

/** What is below a path, with itself, folders before what is in them; at most so many. */
function * walk(context: Context, path: string, shown: string): Generator<{ path: string, shown: string, entry: Entry }> {
  const found = context.machine.files.find(path, true)
  if (isTrouble(found)) return
  yield { path, shown, entry: found.entry }
  if (found.entry.kind !== 'directory') return
  for (const name of found.entry.names()) yield * walk(context, inFolder(path, name), shown === '/' ? `/${name}` : `${shown}/${name}`)
}

const MOST_FOUND = 100_000

/** `find [PATH…] [-name P] [-iname P] [-type f|d|l] [-size +N[kMG]] [-maxdepth N] [-mmin -N] [-print]`. */
function find(context: Context): number {
  const { args } = context
  const begin = args.findIndex(arg => arg.startsWith('-') || arg === '!' || arg === '(')
  const places = args.slice(0, begin < 0 ? args.length : begin)
  const tests: Array<(at: { shown: string, entry: Entry }) => boolean> = []
  let depth = Infinity
  for (let at = begin; at >= 0 && at < args.length; at += 2) {
    const [name, value] = [args[at]!, args[at + 1] ?? '']
    const test = name === '-maxdepth' ? undefined : findTest(name, value, context.machine.now())
    if (name === '-maxdepth') depth = Number(value)
    else if (name === '-print') at -= 1
    else if (test === undefined) return fails(context, `unrecognized: ${name}`)
    else tests.push(test)
  }
  let [status, seen] = [0, 0]
  for (const place of places.length === 0 ? ['.'] : places) {
    const path = pathOf(context, place)
    if (isTrouble(context.machine.files.find(path, true))) {
      status = fails(context, `${place}: No such file or directory`)
      continue
    }
    const base = place.replace(/(.)\/+$/, '$1')
    for (const each of walk(context, path, base)) {
      if ((seen += 1) > MOST_FOUND) return fails(context, 'too many files')
      const deep = each.shown === base ? 0 : each.shown.slice(base === '/' ? 0 : base.length).split('/').length - 1
      if (deep <= depth && tests.every(test => test(each))) context.out.write(`${each.shown}\n`)
    }
  }
  return status
}

function findTest(name: string, value: string, now: number): ((at: { shown: string, entry: Entry }) => boolean) | undefined {
  switch (name) {
    case '-name': case '-iname': {
      const fits = patternMatcher(name === '-name' ? value : value.toLowerCase())
      return ({ shown }) => {
        const own = splitPath(shown).name
        return fits(name === '-name' ? own : own.toLowerCase())
      }
    }
    case '-type': return ({ entry }) => entry.kind[0] === value
    case '-size': {
      const match = /^([+-]?)(\d+)([ckMGb]?)$/.exec(value)
      if (match === null) return undefined
      const size = Number(match[2]) * { c: 1, k: 1024, M: 2 ** 20, G: 2 ** 30, b: 512, '': 512 }[match[3]!]!
      const fits = (bytes: number): boolean => match[1] === '+' ? bytes > size
        : match[1] === '-' ? bytes < size : Math.ceil(bytes / 512) === Math.ceil(size / 512)
      return ({ entry }) => entry.kind === 'file' && fits(entry.bytes)
    }
    case '-mmin': case '-mtime': {
      const unit = name === '-mmin' ? 60_000 : 86_400_000
      const limit = Math.abs(Number(value)) * unit
      return ({ entry }) => value.startsWith('+') ? now - entry.modified > limit : now - entry.modified < limit
    }
    default: return undefined
  }
}

function copy(context: Context, moves: boolean): number {
  const parsed = parseOptions(context, 'rRafpinTdv')
  if (typeof parsed === 'number') return parsed
  const { files } = context.machine
  const to = parsed.operands.at(-1)
  const from = parsed.operands.slice(0, -1)
  if (to === undefined || from.length === 0) return fails(context, 'missing file operand')
  const target = files.find(pathOf(context, to))
  const intoFolder = !isTrouble(target) && target.entry.kind === 'directory'
  if (from.length > 1 && !intoFolder) return fails(context, `target '${to}' is not a directory`)
  const recursive = moves || ['r', 'R', 'a'].some(flag => parsed.flags.has(flag))
  let status = 0
  for (const name of from) {
    const source = pathOf(context, name)
    const goal = intoFolder ? inFolder(pathOf(context, to), splitPath(source).name) : pathOf(context, to)
    const ended = copyOne(context, name, source, goal, recursive, moves)
    if (ended !== 0) status = ended
  }
  return status
}

function copyOne(context: Context, name: string, source: string, goal: string, recursive: boolean, moves: boolean): number {
  const { files } = context.machine
  const found = files.find(source)
  if (isTrouble(found)) return fails(context, `can't ${moves ? 'rename' : 'stat'} '${name}': ${troubleTexts[found.trouble]}`)
  if (found.entry.kind === 'directory' && !recursive) return fails(context, `omitting directory '${name}'`)
  if (goal === source || goal.startsWith(`${source}/`)) return fails(context, `'${name}' and '${goal}' are the same file`)
  const whole = files.onVolume(found.entry, goal)
  if (whole !== undefined) {
    const trouble = whole(moves)
    return trouble === undefined ? 0 : fails(context, `can't ${moves ? 'rename' : 'create'} '${name}': ${troubleTexts[trouble]}`)
  }
  for (const each of [...walk(context, found.path, '')]) {
    const to = `${goal}${each.shown}`
    let trouble: FileTrouble | undefined
    if (each.entry.kind === 'directory') trouble = isTrouble(files.find(to)) ? files.makeFolder(to) : undefined
    else {
      const bytes = files.read(each.path)
      trouble = 'trouble' in bytes ? bytes.trouble : files.write(to, bytes)
    }
    if (trouble !== undefined) return fails(context, `can't create '${to}': ${troubleTexts[trouble]}`)
  }
  return moves ? removeTree(context, name, found.path) : 0
}

function removeTree(context: Context, name: string, path: string): number {
  const { files } = context.machine
  for (const each of [...walk(context, path, '')].reverse()) {
    const trouble = files.remove(each.path)
    if (trouble !== undefined) return fails(context, `can't remove '${name}${each.shown}': ${troubleTexts[trouble]}`)
  }
  return 0
}

function remove(context: Context): number {
  const parsed = parseOptions(context, 'rRfi')
  if (typeof parsed === 'number') return parsed
  const { flags, operands } = parsed
  if (operands.length === 0 && !flags.has('f')) return fails(context, 'missing operand')
  let status = 0
  for (const name of operands) {
    const path = pathOf(context, name)
    const found = context.machine.files.find(path, true)
    if (isTrouble(found)) {
      if (!flags.has('f')) status = fails(context, `can't remove '${name}': ${troubleTexts[found.trouble]}`)
    } else if (found.entry.kind === 'directory' && !flags.has('r') && !flags.has('R')) status = fails(context, `'${name}' is a directory`)
    else if (removeTree(context, name, found.path) !== 0) status = 1
  }
  return status
}

function removeFolder(context: Context): number {
  let status = 0
  for (const name of context.args.filter(arg => !arg.startsWith('-'))) {
    const found = context.machine.files.find(pathOf(context, name), true)
    const trouble = isTrouble(found) ? troubleTexts[found.trouble]
      : found.entry.kind !== 'directory' ? 'Not a directory'
        : found.entry.names().length > 0 ? 'Directory not empty' : textOf(context.machine.files.remove(found.path))
    if (trouble !== undefined) status = fails(context, `'${name}': ${trouble}`)
  }
  return status
}

function textOf(trouble: FileTrouble | undefined): string | undefined {
  return trouble === undefined ? undefined : troubleTexts[trouble]
}

function makeFolder(context: Context): number {
  const parsed = parseOptions(context, 'pm:')
  if (typeof parsed === 'number') return parsed
  let status = 0
  for (const name of parsed.operands) {
    const path = pathOf(context, name)
    const parts = path.split('/').slice(1)
    const all = parsed.flags.has('p') ? parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`) : [path]
    for (const each of all) {
      const there = !isTrouble(context.machine.files.find(each))
      if (there && parsed.flags.has('p')) continue
      const trouble = there ? 'File exists' : textOf(context.machine.files.makeFolder(each))
      if (trouble !== undefined) {
        status = fails(context, `can't create directory '${name}': ${trouble}`)
        break
      }
    }
  }
  return status
}

function touch(context: Context): number {
  const parsed = parseOptions(context, 'cam')
  if (typeof parsed === 'number') return parsed
  let status = 0
  for (const name of parsed.operands) {
    const path = pathOf(context, name)
    if (!isTrouble(context.machine.files.find(path)) || parsed.flags.has('c')) continue
    const trouble = context.machine.files.write(path, new Uint8Array())
    if (trouble !== undefined) status = fails(context, `${name}: ${troubleTexts[trouble]}`)
  }
  return status
}

function stat(context: Context): number {
  let status = 0
  for (const name of context.args.filter(arg => !arg.startsWith('-'))) {
    const found = context.machine.files.find(pathOf(context, name), true)
    if (isTrouble(found)) {
      status = fails(context, `can't stat '${name}': ${troubleTexts[found.trouble]}`)
      continue
    }
    const { entry } = found
    const bytes = entry.kind === 'file' ? entry.bytes : 512
    const kind = { file: 'regular file', directory: 'directory', link: 'symbolic link' }[entry.kind]
    context.out.write(`  File: ${name}\n  Size: ${bytes}\tBlocks: ${Math.ceil(bytes / 512)}\tIO Block: 131072 ${kind}\n`
      + `Modify: ${new Date(entry.modified).toISOString().replace('T', ' ').replace('Z', '000000 +0000')}\n`)
  }
  return status
}

function readlink(context: Context): number {
  const parsed = parseOptions(context, 'fn')
  if (typeof parsed === 'number') return parsed
  for (const name of parsed.operands) {
    const found = context.machine.files.find(pathOf(context, name), !parsed.flags.has('f'))
    if (isTrouble(found) || (!parsed.flags.has('f') && found.entry.kind !== 'link')) return 1
    context.out.write(`${found.entry.kind === 'link' ? found.entry.target : found.path}\n`)
  }
  return 0
}
