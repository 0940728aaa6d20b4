import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'
import {
  filesIn, folderId, makeFolder, putFiles, removeFiles, type VolumeFolder, type VolumeFolderInner,
} from './files.js'
import { lockHolder, lockId } from './locks.js'

/** A file or a folder of a volume; `file` is empty for a folder. */
export interface TreePlace {
  readonly volume: string
  readonly folder: string
  readonly file: string
}

/** Path of a place inside its volume, without slashes at its ends. */
export function treePath({ folder, file }: TreePlace): string {
  return file === '' ? folder : join(folder, file)
}

/** The path of something in a folder. */
export function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

/**
 * The folders of a volume at and below one, by path. The volume keeps no tree, its folders are looked
 * through: there is one for each VM.
 */
export function foldersFrom(reader: Reader, volume: string, folder: string): string[] {
  const root = folderId(volume, '')
  const below = folder === '' ? root : `${folderId(volume, folder)}/`
  const own = folderId(volume, folder)
  return reader.ofType(LAB, 'VolumeFolder')
    .map(slot => slot.address.id)
    .filter(id => id === own || id.startsWith(below))
    .map(id => id.slice(root.length))
}

/** True if there is a folder of that path, or one below it. */
export function isFolder(reader: Reader, volume: string, folder: string): boolean {
  return filesIn(reader, volume, folder) !== undefined || foldersFrom(reader, volume, folder).length > 0
}

/** Names of the folders right in a folder. */
export function subfolders(reader: Reader, volume: string, folder: string): string[] {
  const skip = folder === '' ? 0 : folder.length + 1
  const names = foldersFrom(reader, volume, folder)
    .filter(path => path.length > folder.length)
    .map(path => path.slice(skip).split('/', 1)[0]!)
  return [...new Set(names)]
}

/** What a path means on a volume: the folder of that name, or the file; undefined: neither is there. */
export function placeAt(reader: Reader, volume: string, folder: string, name: string): TreePlace | undefined {
  if (filesIn(reader, volume, folder)?.[name] !== undefined) return { volume, folder, file: name }
  const path = name === '' ? folder : join(folder, name)
  return path === '' || isFolder(reader, volume, path) ? { volume, folder: path, file: '' } : undefined
}

/** Makes a folder and those above it. */
export function makeFolders(tx: Transaction, volume: string, folder: string): void {
  const parts = folder.split('/')
  parts.forEach((_, index) => makeFolder(tx, volume, parts.slice(0, index + 1).join('/')))
}

/** The file at or below a place that a running VM has locked, as a path in the volume. */
export function lockedBelow(reader: Reader, place: TreePlace): string | undefined {
  const folders = place.file === '' ? foldersFrom(reader, place.volume, place.folder) : [place.folder]
  for (const folder of folders) {
    for (const name of Object.keys(filesIn(reader, place.volume, folder) ?? {})) {
      if (!name.endsWith('.vmx') || lockHolder(reader, lockId(place.volume, folder, name)) === undefined) continue
      // A log may be read and taken away while its VM runs; all else is in use.
      if (place.file === '' || !place.file.endsWith('.log')) return join(folder, place.file === '' ? name : place.file)
    }
  }
  return undefined
}

/** Removes a file, or a folder with all that is below it. */
export function removeTree(tx: Transaction, place: TreePlace): void {
  if (place.file !== '') {
    removeFiles(tx, place.volume, place.folder, [place.file])
    return
  }
  for (const folder of foldersFrom(tx, place.volume, place.folder)) {
    removeFiles(tx, place.volume, folder, Object.keys(filesIn(tx, place.volume, folder) ?? {}))
    if (folder !== '') tx.remove({ node: LAB, id: folderId(place.volume, folder) })
  }
}

/** Copies a file or a folder to a path; false, with nothing done, when there is not the space. */
export function copyTree(tx: Transaction, from: TreePlace, to: TreePlace): boolean {
  if (from.file !== '') return copyFile(tx, from, to)
  makeFolders(tx, to.volume, to.folder)
  for (const folder of foldersFrom(tx, from.volume, from.folder)) {
    const target = `${to.folder}${folder.slice(from.folder.length)}`
    makeFolder(tx, to.volume, target)
    for (const file of Object.keys(filesIn(tx, from.volume, folder) ?? {})) {
      const done = copyFile(tx, { volume: from.volume, folder, file }, { volume: to.volume, folder: target, file })
      if (!done) return false
    }
  }
  return true
}

/** A copy holds what its original holds: the saved configuration of a VM, the picture of a screenshot. */
function copyFile(tx: Transaction, from: TreePlace, to: TreePlace): boolean {
  const file = filesIn(tx, from.volume, from.folder)?.[from.file]
  if (file === undefined || !putFiles(tx, to.volume, to.folder, { [to.file]: file })) return file === undefined
  const { saved, screens } = tx.get<VolumeFolder, VolumeFolderInner>(LAB, folderId(from.volume, from.folder))!.inner
  const slot = tx.find(LAB, folderId(to.volume, to.folder))!
  tx.update<VolumeFolder, VolumeFolderInner>(slot, ({ inner }) => {
    if (saved?.[from.file] !== undefined) inner.saved = { ...inner.saved, [to.file]: saved[from.file] }
    if (screens?.[from.file] !== undefined) Object.assign(inner, { screens: { ...inner.screens, [to.file]: screens[from.file] } })
  })
  return true
}
