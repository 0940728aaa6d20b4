import type { Entry } from '../files/entry.js'
import { isTrouble, troubleTexts } from '../files/node-files.js'
import { absolute, inFolder } from '../files/paths.js'
import { formatDate } from './basic.js'
import { parseOptions } from './options.js'
import { fails, type Context } from './program-model.js'

interface Row { readonly name: string, readonly entry: Entry }

/** `ls [-l -a -A -h -1 -d -t -S -r -R]`. */
export function ls(context: Context): number {
  const parsed = parseOptions(context, 'laAh1dtSrRCFip')
  if (typeof parsed === 'number') return parsed
  const { flags } = parsed
  const { files } = context.machine
  let status = 0
  const plain: Row[] = []
  const folders: Array<{ name: string, path: string }> = []
  for (const name of parsed.operands.length === 0 ? ['.'] : parsed.operands) {
    const path = absolute(context.state.folder, name)
    const found = files.find(path, flags.has('d') || (flags.has('l') && !name.endsWith('/')))
    if (isTrouble(found)) status = fails(context, `${name}: ${troubleTexts[found.trouble]}`)
    else if (found.entry.kind === 'directory' && !flags.has('d')) folders.push({ name, path: found.path })
    else plain.push({ name, entry: found.entry })
  }
  show(context, sorted(plain, flags), flags)
  const titled = folders.length + plain.length > 1 || flags.has('R')
  for (let at = 0; at < folders.length && at < MOST_FOLDERS; at += 1) {
    const { name, path } = folders[at]!
    if (titled) context.out.write(`${at > 0 || plain.length > 0 ? '\n' : ''}${name}:\n`)
    const rows = rowsIn(context, path, flags)
    if (flags.has('l')) context.out.write(`total ${Math.ceil(rows.reduce((sum, { entry }) => sum + blocks(entry), 0))}\n`)
    show(context, rows, flags)
    if (!flags.has('R')) continue
    for (const { name: below, entry } of rows) {
      if (entry.kind !== 'directory' || below === '.' || below === '..') continue
      folders.push({ name: inFolder(name, below), path: inFolder(path, below) })
    }
  }
  return status
}

/** Folders that `-R` goes through; our own bound. */
const MOST_FOLDERS = 5000

function rowsIn(context: Context, path: string, flags: ReadonlySet<string>): Row[] {
  const found = context.machine.files.find(path)
  if (isTrouble(found) || found.entry.kind !== 'directory') return []
  const folder = found.entry
  const rows = folder.names().flatMap((name): Row[] => {
    const entry = name.startsWith('.') && !flags.has('a') && !flags.has('A') ? undefined : folder.child(name)
    return entry === undefined ? [] : [{ name, entry }]
  })
  const own: Row[] = flags.has('a') ? ['.', '..'].map(name => ({ name, entry: folder })) : []
  return [...own, ...sorted(rows, flags)]
}

function sorted(rows: readonly Row[], flags: ReadonlySet<string>): Row[] {
  const list = [...rows]
  if (flags.has('t')) list.sort((a, b) => b.entry.modified - a.entry.modified)
  else if (flags.has('S')) list.sort((a, b) => bytesOf(b.entry) - bytesOf(a.entry))
  return flags.has('r') ? list.reverse() : list
}

function show(context: Context, rows: readonly Row[], flags: ReadonlySet<string>): void {
  if (rows.length === 0) return
  if (flags.has('l')) {
    for (const row of rows) context.out.write(`${longRow(row, flags.has('h'), context.machine.now())}\n`)
    return
  }
  const names = rows.map(({ name, entry }) => flags.has('F') && entry.kind === 'directory' ? `${name}/` : name)
  const { terminal } = context.machine
  if (terminal === undefined || flags.has('1')) context.out.write(`${names.join('\n')}\n`)
  else context.out.write(columns(names, terminal.columns))
}

/** Names in columns, from the top down. */
function columns(names: readonly string[], width: number): string {
  const size = Math.max(...names.map(name => name.length)) + 2
  const across = Math.max(1, Math.floor(width / size))
  const down = Math.ceil(names.length / across)
  let text = ''
  for (let row = 0; row < down; row += 1) {
    let line = ''
    for (let at = row; at < names.length; at += down) line += names[at]!.padEnd(size)
    text += `${line.trimEnd()}\n`
  }
  return text
}

function longRow({ name, entry }: Row, human: boolean, now: number): string {
  const rights = entry.kind === 'directory' ? (entry.open === true ? 'drwxrwxrwt' : 'drwxr-xr-x')
    : entry.kind === 'link' ? 'lrwxrwxrwx' : entry.rights ?? '-rw-r--r--'
  const bytes = bytesOf(entry)
  const size = (human ? humanSize(bytes) : String(bytes)).padStart(human ? 9 : 13)
  const old = Math.abs(now - entry.modified) > 180 * 86_400_000
  const time = formatDate(entry.modified, old ? '%b %e  %Y' : '%b %e %H:%M')
  return `${rights}    1 root     root     ${size} ${time} ${name}${entry.kind === 'link' ? ` -> ${entry.target}` : ''}`
}

function bytesOf(entry: Entry): number {
  return entry.kind === 'file' ? entry.bytes : entry.kind === 'directory' ? 512 : entry.target.length
}

function blocks(entry: Entry): number {
  return entry.kind === 'file' ? entry.bytes / 1024 : 0
}

/** `10.0G`, `512`, `1.5M`: as busybox writes sizes for people. */
export function humanSize(bytes: number): string {
  if (bytes < 1024) return String(bytes)
  let [value, unit] = [bytes, 0]
  while (value >= 1023.95 && unit < 5) {
    value /= 1024
    unit += 1
  }
  return `${value.toFixed(1)}${' KMGTP'[unit]!}`
}
