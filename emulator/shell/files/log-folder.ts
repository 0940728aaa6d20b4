import { gzipSync } from 'node:zlib'
import { logsOf, rowsFrom, type NodeLog } from '../../services/logs/catalogue.js'
import type { World } from '../../world/world.js'
import { asBytes, type Entry, type FileEntry, type FolderEntry } from './entry.js'
import type { FilePlace } from './place.js'

/** The logs of a node below one folder: `/var/run/log` of a host, `/var/log/vmware/vpxd` of a vCenter. */
export function logFolder(place: FilePlace, folder: string): FolderEntry {
  const logs = (): NodeLog[] => {
    place.freshLogs()
    return logsOf(place.world, place.node).filter(log => log.path === `${folder}/${log.fileName}`)
  }
  return {
    kind: 'directory', modified: place.since,
    names: () => logs().map(log => log.fileName).sort(),
    child: (name): Entry | undefined => {
      const log = logs().find(each => each.fileName === name)
      return log === undefined ? undefined : logFile(place, log)
    },
  }
}

/** Folders of a vCenter's logs by the part behind `/var/log/vmware/`. */
export function logFolderNames(place: FilePlace): string[] {
  const prefix = '/var/log/vmware/'
  return [...new Set(logsOf(place.world, place.node).map(log => log.path.slice(prefix.length, log.path.lastIndexOf('/'))))].sort()
}

function logFile(place: FilePlace, log: NodeLog): FileEntry {
  const { world, node } = place
  if (log.fileName.endsWith('.gz')) return compressed(place, log)
  const rowCount = log.lines?.rows ?? 1
  return {
    kind: 'file', rowCount,
    get bytes() { return sizeOf(place, log) },
    get modified() { return lastTime(place, log) },
    rights: '-rw-r-----',
    rows: from => texts(rowsFrom(world, node, log, from)),
    content: () => asBytes(whole(place, log)),
  }
}

function compressed(place: FilePlace, log: NodeLog): FileEntry {
  const content = (): Uint8Array => gzipSync(whole(place, log))
  return {
    kind: 'file', modified: lastTime(place, log), rights: '-rw-r-----', content,
    get bytes() { return compressedSize(place, log, content) },
  }
}

/** An older file changes no more, but for lines that the lab keeps no longer. */
function compressedSize(place: FilePlace, log: NodeLog, content: () => Uint8Array): number {
  const known = sizesOf(place.world)
  const key = `${place.node.name}${log.path}`
  const { first = 0, last = 0, rows: row = 0 } = log.lines ?? {}
  const before = known.get(key)
  if (before?.first === first && before.last === last) return before.bytes
  const bytes = content().length
  known.set(key, { first, last, row, bytes })
  return bytes
}

function * texts(rows: Iterable<{ readonly text: string }>): Generator<string> {
  for (const row of rows) yield row.text
}

function whole({ world, node }: FilePlace, log: NodeLog): string {
  let text = ''
  for (const row of rowsFrom(world, node, log)) text += `${row.text}\n`
  return text
}

function lastTime({ world, node, since }: FilePlace, log: NodeLog): number {
  const name = `logs/${node.name}/${log.file}`
  const line = log.lines === undefined ? undefined : world.log(name).at(log.lines.last) as { time: string } | undefined
  return line === undefined ? since : Date.parse(line.time)
}

/** Sizes that were counted once: a line more costs that line. By world, node and file. */
const sizes = new WeakMap<World, Map<string, Counted>>()

interface Counted { readonly first: number, readonly last: number, readonly row: number, readonly bytes: number }

function sizesOf(world: World): Map<string, Counted> {
  let known = sizes.get(world)
  if (known === undefined) sizes.set(world, known = new Map())
  return known
}

function sizeOf(place: FilePlace, log: NodeLog): number {
  const { world, node } = place
  if (log.lines === undefined) return Buffer.byteLength(whole(place, log))
  const known = sizesOf(world)
  const key = `${node.name}${log.path}`
  const before = known.get(key)
  const { first, last, rows } = log.lines
  const goesOn = before !== undefined && before.first === first && before.last <= last && before.row <= rows
  let bytes = goesOn ? before.bytes : 0
  for (const { text } of rowsFrom(world, node, log, goesOn ? before.row + 1 : 1)) bytes += Buffer.byteLength(text) + 1
  known.set(key, { first, last, row: rows, bytes })
  return bytes
}
