import {
  makeOwnFolder, ownContent, ownFile, ownNames, removeOwnFile, writeOwnFile,
} from '../../physics/hardware/own-files.js'
import type { FileTrouble } from '../shell-model.js'
import type { Entry, FolderEntry } from './entry.js'
import { inFolder } from './paths.js'
import type { FilePlace } from './place.js'

export interface OwnFolderOptions {
  /** Lies in memory: lost with the machine's power. */
  readonly volatile?: boolean
  readonly open?: boolean
  /** What the product has there; what somebody writes comes on top. */
  readonly base?: FolderEntry
  readonly removable?: boolean
}

/** A folder that can be written to: what somebody put there is records of the world. */
export function ownFolder(place: FilePlace, path: string, options: OwnFolderOptions = {}): FolderEntry {
  const { world, node: { name: node } } = place
  const { base, volatile = false } = options
  const write = (at: string, bytes: Uint8Array): FileTrouble | undefined =>
    place.change(tx => writeOwnFile(tx, node, at, bytes, volatile)) ? undefined : 'noSpace'
  const names = (): string[] => [...new Set([...base?.names() ?? [], ...ownNames(world, node, path)])].sort()
  const child = (name: string): Entry | undefined => {
    const at = inFolder(path, name)
    const own = ownFile(world, node, at)
    const below = base?.child(name)
    if (own?.kind === 'directory') return ownFolder(place, at, { ...inherited(options), removable: true })
    if (own === undefined) {
      return below?.kind === 'file' && below.write === undefined ? { ...below, write: bytes => write(at, bytes) } : below
    }
    return {
      kind: 'file', bytes: own.bytes, modified: own.modified,
      ...below?.kind === 'file' && below.secret !== undefined ? { secret: below.secret } : {},
      ...below?.kind === 'file' && below.rights !== undefined ? { rights: below.rights } : {},
      content: () => ownContent(world, node, at) ?? 'noSuchFile',
      write: bytes => write(at, bytes),
      remove: () => drop(place, at),
    }
  }
  return {
    kind: 'directory', modified: ownFile(world, node, path)?.modified ?? place.since, names, child,
    ...options.open === true ? { open: true } : {},
    makeFile: (name, bytes) => write(inFolder(path, name), bytes),
    makeFolder: name => {
      place.change(tx => makeOwnFolder(tx, node, inFolder(path, name), volatile))
      return undefined
    },
    ...options.removable === true ? { remove: () => names().length === 0 ? drop(place, path) : 'notDirectory' as const } : {},
  }
}

function inherited({ volatile, open }: OwnFolderOptions): OwnFolderOptions {
  return { ...volatile === undefined ? {} : { volatile }, ...open === undefined ? {} : { open } }
}

function drop({ change, node }: FilePlace, path: string): undefined {
  change(tx => removeOwnFile(tx, node.name, path))
  return undefined
}
