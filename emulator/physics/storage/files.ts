import type { DatastoreProps } from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB, chassis } from '../hardware/chassis.js'
import { mirrored } from '../management/link.js'
import { mirrorOf } from '../management/mirror.js'
import type { TextScreen } from '../text-screen.js'
import { volumeOf } from './paths.js'
import { freeBytes, use, type Volume, type VolumeInner } from './volume.js'

export { freeBytes, type Volume, type VolumeInner }

/** A file on a volume. `type` is a VirtualMachineFileLayoutExFileType, or `other`. */
export interface StoredFile {
  /** Bytes that it takes on the volume. */
  readonly size: number
  readonly type: string
  /** Of a disk's descriptor: what the guest sees. */
  readonly capacityBytes?: number
  /** Of a disk's descriptor: nobody has put a system on it since it was made. Copies are as blank. */
  readonly blank?: true
  /** Lab time at which it was written, in milliseconds; absent: before the lab began. */
  readonly modified?: number
}

/** Props of `{lab, VolumeFolder, '<uuid>/<dir>'}`; the root folder's id ends in the slash. */
export interface VolumeFolder {
  files: Record<string, StoredFile>
}

/** What a folder knows beyond its list of files. */
export interface VolumeFolderInner {
  /** Content of .vmx files whose VM is registered nowhere, by file name. */
  saved?: Record<string, unknown>
  /** What screenshots show, by file name. */
  screens?: Record<string, TextScreen>
}

/** Id of the record of a folder. */
export function folderId(volume: string, folder: string): string {
  return `${volume}/${folder}`
}

/** The files of a folder; undefined: there is no such folder. */
export function filesIn(reader: Reader, volume: string, folder: string): VolumeFolder['files'] | undefined {
  return reader.get<VolumeFolder>(LAB, folderId(volume, folder))?.props.files
}

/** Makes a folder; nothing happens when it is there. */
export function makeFolder(tx: Transaction, volume: string, folder: string): void {
  const id = folderId(volume, folder)
  if (tx.find(LAB, id) !== undefined) return
  tx.create<VolumeFolder, VolumeFolderInner>(
    { node: LAB, type: 'VolumeFolder', id }, { props: { files: {} }, inner: {} })
}

/**
 * Writes files into a folder, which is made when missing; a file that was there is replaced, and those
 * named in `gone` make room first. Returns false, with nothing done, when the volume has not the space.
 */
export function putFiles(
  tx: Transaction, volume: string, folder: string, files: Readonly<Record<string, StoredFile>>,
  gone: readonly string[] = [],
): boolean {
  const before = filesIn(tx, volume, folder) ?? {}
  const present = gone.length === 0 ? before : without(before, gone)
  let growth = -bytesOf(before, gone)
  for (const [name, file] of Object.entries(files)) growth += file.size - (present[name]?.size ?? 0)
  if (growth > 0 && growth > freeBytes(tx, volume)) return false
  makeFolder(tx, volume, folder)
  const slot = tx.find(LAB, folderId(volume, folder))!
  const { inner } = tx.read<VolumeFolder>(slot)!
  const written: Record<string, StoredFile> = { ...present }
  for (const [name, file] of Object.entries(files)) written[name] = { ...file, modified: tx.now() }
  tx.replace(slot, { props: { files: written }, inner })
  use(tx, volume, growth)
  return true
}

/** Gives a file another size without asking for space: who grows looks himself. */
export function resizeFile(tx: Transaction, volume: string, folder: string, name: string, size: number): void {
  const slot = tx.find(LAB, folderId(volume, folder))
  const present = slot === undefined ? undefined : tx.read<VolumeFolder>(slot)!
  const file = present?.props.files[name]
  if (slot === undefined || file === undefined || file.size === size) return
  const files = { ...present!.props.files, [name]: { ...file, size } }
  tx.replace(slot, { props: { files }, inner: present!.inner })
  use(tx, volume, size - file.size)
}

/** Removes files by name; names that are not there are passed over. */
export function removeFiles(tx: Transaction, volume: string, folder: string, names: readonly string[]): void {
  const slot = tx.find(LAB, folderId(volume, folder))
  if (slot === undefined) return
  const { props: { files }, inner } = tx.read<VolumeFolder, VolumeFolderInner>(slot)!
  const gone = names.filter(name => Object.hasOwn(files, name))
  if (gone.length === 0) return
  const { saved, screens } = inner
  tx.replace(slot, {
    props: { files: without(files, gone) },
    inner: {
      ...saved === undefined ? {} : { saved: without(saved, gone) },
      ...screens === undefined ? {} : { screens: without(screens, gone) },
    },
  })
  use(tx, volume, -bytesOf(files, gone))
}

function bytesOf(files: VolumeFolder['files'], names: readonly string[]): number {
  return names.reduce((sum, name) => sum + files[name]!.size, 0)
}

/** A copy that lacks some keys; a loop, since deleting makes V8 keep the object as a slow table. */
function without<T>(values: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> {
  const left: Record<string, T> = {}
  for (const key in values) if (!keys.includes(key)) left[key] = values[key]!
  return left
}

/** Removes a folder if it is empty; true if it is gone. */
export function removeFolderIfEmpty(tx: Transaction, volume: string, folder: string): boolean {
  const files = filesIn(tx, volume, folder)
  if (files === undefined || folder === '') return true
  if (Object.keys(files).length > 0) return false
  tx.remove({ node: LAB, id: folderId(volume, folder) })
  return true
}

/**
 * Brings the free space that one host's datastore record shows up to date, and with it the record
 * of the vCenter that hears the host.
 */
export function refreshDatastore(tx: Transaction, datastore: Slot): void {
  const volume = tx.get<Volume, VolumeInner>(LAB, volumeOf(tx.read<DatastoreProps>(datastore)!.props))
  if (volume === undefined) return
  const capacity = volume.props.capacityBytes
  const freeSpace = freeBytes(tx, volumeOf(tx.read<DatastoreProps>(datastore)!.props))
  showSpace(tx, datastore, capacity, freeSpace)
  const { node, id } = datastore.address
  const vcenter = chassis(tx, node)?.managedBy
  if (vcenter === undefined || !mirrored(tx, vcenter, node)) return
  const mirror = mirrorOf(tx, vcenter, node, id)
  if (mirror !== undefined) showSpace(tx, mirror, capacity, freeSpace)
}

function showSpace(tx: Transaction, datastore: Slot, capacity: number, freeSpace: number): void {
  const { props, inner } = tx.read<DatastoreProps>(datastore)!
  const { summary, info } = props
  if (summary.freeSpace === freeSpace && summary.capacity === capacity) return
  const shown = {
    ...props, summary: { ...summary, capacity, freeSpace }, info: { ...info, freeSpace },
  }
  tx.replace(datastore, { props: shown as never, inner })
}

/** Refreshes the datastores of a volume on every host; `hosts` are the names of host nodes. */
export function refreshVolume(tx: Transaction, volume: string, hosts: readonly string[]): void {
  const record = tx.find(LAB, volume)
  if (record === undefined) return
  const { refreshJob } = tx.read<Volume, VolumeInner>(record)!.inner
  if (refreshJob !== undefined) {
    tx.cancel(refreshJob)
    tx.update<Volume, VolumeInner>(record, draft => { delete draft.inner.refreshJob })
  }
  for (const host of hosts) {
    for (const slot of tx.ofType(host, 'Datastore')) {
      if (volumeOf(tx.read<DatastoreProps>(slot)!.props) === volume) refreshDatastore(tx, slot)
    }
  }
}

/** Names of all host nodes of the lab. */
export function hostNodes(reader: Reader): string[] {
  return reader.ofType(LAB, 'Node')
    .filter(slot => reader.read<{ kind?: string }>(slot)?.props.kind === 'esxi')
    .map(slot => slot.address.id)
}
