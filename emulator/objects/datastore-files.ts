import { isUp } from '../physics/hardware/chassis.js'
import type { MirrorInner } from '../physics/management/truth.js'
import { lostVolume } from '../physics/storage/access.js'
import { refreshDatastore } from '../physics/storage/files.js'
import { lockedBelow, placeAt, type TreePlace } from '../physics/storage/file-tree.js'
import { parseDatastorePath, volumeOf, type DatastorePath } from '../physics/storage/paths.js'
import type { DatastoreProps } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { refOf } from '../services/refs.js'
import { fault } from '../services/method-fault.js'
import type { Reader, Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'

/** A datastore that a path names, with the path in parts. */
export interface NamedStore {
  readonly store: Slot
  readonly volume: string
  readonly path: DatastorePath
}

/** The records of a datastore on the hosts that have it; on a host its own. */
export function hostSides(reader: Reader, slot: Slot): Slot[] {
  const { mirrors } = reader.read<object, MirrorInner>(slot)!.inner
  if (mirrors === undefined) return [slot]
  return mirrors.map(mirror => {
    const at = mirror.indexOf('/')
    return reader.find(mirror.slice(0, at), mirror.slice(at + 1))
  }).filter(found => found !== undefined)
}

/** Those of a datastore's hosts that reach it now. */
export function reachingSides(reader: Reader, store: Slot): Slot[] {
  const volume = volumeOf(reader.read<DatastoreProps>(store)!.props)
  return hostSides(reader, store)
    .filter(({ address: { node } }) => isUp(reader, node) && lostVolume(reader, node, volume) === undefined)
}

/**
 * The datastore of a path `[name] folder/file`, among those given.
 * @throws InvalidDatastorePath for another form or name, InaccessibleDatastore when no host reaches it
 */
export function storeOf(reader: Reader, node: string, among: readonly MoRef[], datastorePath: string): NamedStore {
  const path = plainPath(datastorePath)
  const store = path === undefined ? undefined : among
    .map(ref => reader.find(node, ref.value))
    .find(slot => slot !== undefined && reader.read<DatastoreProps>(slot)!.props.name === path.datastore)
  if (path === undefined || store === undefined) {
    throw fault('InvalidDatastorePath', { datastorePath }, `Invalid datastore path '${datastorePath}'.`)
  }
  if (reachingSides(reader, store).length === 0) {
    throw fault('InaccessibleDatastore', { datastore: refOf(store), name: path.datastore },
      `Unable to access datastore '${path.datastore}'.`)
  }
  return { store, volume: volumeOf(reader.read<DatastoreProps>(store)!.props), path }
}

/** A path without the steps that lead nowhere; undefined for one that leads up, or is none. */
function plainPath(text: string): DatastorePath | undefined {
  const path = parseDatastorePath(text)
  if (path === undefined) return undefined
  const steps = (part: string): string[] => part.split('/').filter(step => step !== '' && step !== '.')
  const folder = steps(path.folder)
  const file = steps(path.file)
  if ([...folder, ...file].includes('..')) return undefined
  return { datastore: path.datastore, folder: folder.join('/'), file: file.join('/') }
}

/** What a path means. @throws FileNotFound */
export function placeOf(reader: Reader, { volume, path }: NamedStore, text: string): TreePlace {
  const place = placeAt(reader, volume, path.folder, path.file)
  if (place === undefined) throw fileNotFound(text)
  return place
}

/** @throws FileLocked for a file of a VM that runs, or a folder with one */
export function requireUnlocked(reader: Reader, { path }: NamedStore, place: TreePlace): void {
  const locked = lockedBelow(reader, place)
  if (locked === undefined) return
  const file = `[${path.datastore}] ${locked}`
  throw fault('FileLocked', { file }, `Unable to access file ${file} since it is locked`)
}

export function fileNotFound(file: string): Error {
  return fault('FileNotFound', { file }, `File ${file} was not found`)
}

/** Shows the free space of a datastore as it is now, on the hosts that reach it. */
export function showSpaceOf(tx: Transaction, store: Slot): void {
  for (const side of reachingSides(tx, store)) refreshDatastore(tx, side)
}
