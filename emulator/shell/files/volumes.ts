import type { DatastoreProps } from '../../schema/generated/types.js'
import { lostVolume } from '../../physics/storage/access.js'
import { filesIn, putFiles, refreshVolume, removeFolderIfEmpty, type StoredFile } from '../../physics/storage/files.js'
import {
  copyTree, isFolder, join, lockedBelow, makeFolders, removeTree, subfolders, type TreePlace,
} from '../../physics/storage/file-tree.js'
import { volumeOf } from '../../physics/storage/paths.js'
import type { FileTrouble } from '../shell-model.js'
import { link, type CopyTo, type Entry, type FileEntry, type FolderEntry } from './entry.js'
import type { FilePlace } from './place.js'
import { copyContent, dropContent, keepContent, storedContent } from './stored-content.js'

interface Mounted { readonly name: string, readonly volume: string, readonly store: DatastoreProps }

/** The volumes that a host has mounted now, in the order of its datastores. */
export function mountedVolumes({ world, node }: Pick<FilePlace, 'world' | 'node'>): Mounted[] {
  return world.ofType(node.name, 'Datastore').map(slot => {
    const store = world.read<DatastoreProps>(slot)!.props
    return { name: store.name, volume: volumeOf(store), store }
  }).filter(({ volume }) => lostVolume(world, node.name, volume) === undefined)
}

/** `/vmfs/volumes`: the volumes by their ids, and a link for each name. */
export function volumesFolder(place: FilePlace): FolderEntry {
  return {
    kind: 'directory', modified: place.since,
    names: () => mountedVolumes(place).flatMap(({ name, volume }) => [volume, name]).sort(),
    child: (asked): Entry | undefined => {
      for (const { name, volume } of mountedVolumes(place)) {
        if (asked === volume) return volumeFolder(place, volume, '')
        if (asked === name) return link(volume, place.since)
      }
      return undefined
    },
  }
}

function volumeFolder(place: FilePlace, volume: string, folder: string): FolderEntry {
  const { world } = place
  const files = (): Readonly<Record<string, StoredFile>> => filesIn(world, volume, folder) ?? {}
  const at = { volume, folder, file: '' }
  return {
    kind: 'directory', modified: place.since, place: at,
    ...folder === '' ? {} : { copyTo: copier(place, at) },
    names: () => [...new Set([...subfolders(world, volume, folder), ...Object.keys(files())])].sort(),
    child: (name): Entry | undefined => {
      const stored = files()[name]
      if (stored !== undefined) return volumeFile(place, { volume, folder, file: name }, stored)
      const path = join(folder, name)
      return isFolder(world, volume, path) ? volumeFolder(place, volume, path) : undefined
    },
    makeFile: (name, bytes) => write(place, { volume, folder, file: name }, bytes),
    makeFolder: name => change(place, volume, tx => { makeFolders(tx, volume, join(folder, name)) }),
    ...folder === '' ? {} : {
      remove: () => subfolders(world, volume, folder).length + Object.keys(files()).length > 0 ? 'notDirectory' as const
        : change(place, volume, tx => { removeFolderIfEmpty(tx, volume, folder) }),
    },
  }
}

function volumeFile(place: FilePlace, at: TreePlace, stored: StoredFile): FileEntry {
  return {
    kind: 'file', bytes: stored.size, modified: stored.modified ?? place.since, rights: '-rw-------', secret: true,
    content: () => storedContent(place, at, stored),
    copyTo: copier(place, at),
    write: bytes => write(place, at, bytes),
    remove: () => lockedBelow(place.world, at) !== undefined ? 'busy'
      : change(place, at.volume, tx => {
        removeTree(tx, at)
        dropContent(tx, at)
      }),
  }
}

/** Writes a file of a volume: its size counts; what it holds is kept beside it. */
function write(place: FilePlace, at: TreePlace, bytes: Uint8Array): FileTrouble | undefined {
  if (lockedBelow(place.world, at) !== undefined) return 'busy'
  let room = true
  change(place, at.volume, tx => {
    room = putFiles(tx, at.volume, at.folder, { [at.file]: { size: bytes.length, type: 'other' } })
      && keepContent(tx, at, bytes)
  })
  return room ? undefined : 'noSpace'
}

/** What becomes of `cp` and `mv` inside volumes: the model's files are copied, with all that it knows of them. */
function copier(place: FilePlace, from: TreePlace): CopyTo {
  return (folder, name, moves) => {
    if (moves && lockedBelow(place.world, from) !== undefined) return 'busy'
    const path = join(folder.folder, name)
    const to = from.file === '' ? { volume: folder.volume, folder: path, file: '' } : { ...folder, file: name }
    let room = true
    change(place, to.volume, tx => {
      room = copyTree(tx, from, to)
      if (room) copyContent(tx, from, to)
      if (room && moves) removeTree(tx, from)
    })
    if (moves && from.volume !== to.volume) change(place, from.volume, () => {})
    return room ? undefined : 'noSpace'
  }
}

function change({ change: transact, node }: FilePlace, volume: string, what: Parameters<FilePlace['change']>[0]): undefined {
  transact(tx => {
    what(tx)
    refreshVolume(tx, volume, [node.name])
  })
  return undefined
}
