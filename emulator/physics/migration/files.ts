import type { VirtualDevice, VirtualMachineConfigInfo } from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { setVmProps, vmRecord } from '../compute/vm.js'
import {
  filesIn, folderId, freeBytes, putFiles, refreshDatastore, removeFiles, removeFolderIfEmpty, type StoredFile,
} from '../storage/files.js'
import { LAB } from '../hardware/chassis.js'
import type { VmFile } from '../storage/layout.js'
import { dropLock, lockOf, takeLock } from '../storage/locks.js'
import { datastoreByName, datastorePath, parseDatastorePath, volumeOf } from '../storage/paths.js'
import { listedFiles, patchLayout } from '../storage/vm-files.js'

/** A datastore as a place for files: its volume, and its name in paths. */
export interface FilePlace {
  readonly volume: string
  readonly name: string
}

/** Where the files of a VM are to go; what is undefined stays. */
export interface FilesGoal {
  /** Configuration, log, swap, and disks that are not named in `disks`. */
  readonly home?: FilePlace
  /** By key of the disk. */
  readonly disks: ReadonlyMap<number, FilePlace>
}

/** One file on its way. */
export interface FileMove {
  readonly file: VmFile
  readonly stored: StoredFile
  readonly from: { readonly volume: string, readonly folder: string, readonly name: string }
  readonly to: FilePlace & { readonly folder: string }
}

/**
 * The files of a host's VM that must be copied to reach a goal. The folder on the other datastore is
 * called like the one that the file is in, with a number if somebody else has that.
 */
export function planFiles(reader: Reader, vm: Slot, goal: FilesGoal): FileMove[] {
  const { node } = vm.address
  const moves: FileMove[] = []
  const folders = new Map<string, string>()
  for (const file of listedFiles(vmRecord(reader, vm).props)) {
    const path = parseDatastorePath(file.path)
    const datastore = path === undefined ? undefined : datastoreByName(reader, node, path.datastore)
    if (path === undefined || datastore === undefined) continue
    const volume = volumeOf(reader.read<{ summary: { url: string } }>(datastore)!.props)
    const place = (file.disk === undefined ? undefined : goal.disks.get(file.disk)) ?? goal.home
    if (place === undefined || place.volume === volume) continue
    const key = folderId(place.volume, path.folder)
    const folder = folders.get(key) ?? freeFolder(reader, place.volume, path.folder)
    folders.set(key, folder)
    const stored = filesIn(reader, volume, path.folder)?.[path.file] ?? { size: file.size, type: file.type }
    moves.push({ file, stored, from: { volume, folder: path.folder, name: path.file }, to: { ...place, folder } })
  }
  return moves
}

/** Bytes that moves copy. */
export function bytesOf(moves: readonly FileMove[]): number {
  return moves.reduce((sum, move) => sum + move.stored.size, 0)
}

/** The first place that has not the space for what is to come; undefined: all have. */
export function fullPlace(reader: Reader, moves: readonly FileMove[]): FilePlace | undefined {
  const wanted = new Map<string, number>()
  for (const { to, stored } of moves) wanted.set(to.volume, (wanted.get(to.volume) ?? 0) + stored.size)
  return moves.find(({ to }) => wanted.get(to.volume)! > freeBytes(reader, to.volume))?.to
}

/**
 * Moves files and writes the new places into the VM's record, which may be on another host by now.
 * The caller asked `fullPlace`, and brings the lists of datastores in line afterwards.
 */
export function moveFiles(tx: Transaction, vm: Slot, moves: readonly FileMove[]): void {
  if (moves.length === 0) return
  const running = vmRecord(tx, vm).props.runtime.powerState === 'poweredOn'
  const oldLock = running ? lockOf(tx, vm) : undefined
  const paths = new Map<string, string>()
  for (const { file, stored, from, to } of moves) {
    if (!putFiles(tx, to.volume, to.folder, { [from.name]: stored })) throw new Error('no space: not asked before')
    removeFiles(tx, from.volume, from.folder, [from.name])
    paths.set(file.path, datastorePath(to.name, to.folder, from.name))
  }
  for (const { from } of moves) removeFolderIfEmpty(tx, from.volume, from.folder)
  rewrite(tx, vm, moves, paths)
  if (running) moveLock(tx, vm, oldLock)
}

/** Free space of the datastores that files came from or went to, on one host. */
export function refreshPlaces(tx: Transaction, host: string, moves: readonly FileMove[]): void {
  const volumes = new Set(moves.flatMap(move => [move.from.volume, move.to.volume]))
  for (const slot of tx.ofType(host, 'Datastore')) {
    if (volumes.has(volumeOf(tx.read<{ summary: { url: string } }>(slot)!.props))) refreshDatastore(tx, slot)
  }
}

function freeFolder(reader: Reader, volume: string, wanted: string): string {
  let folder = wanted
  for (let n = 1; reader.find(LAB, folderId(volume, folder)) !== undefined && wanted !== ''; n += 1) folder = `${wanted}_${n}`
  return folder
}

function moveLock(tx: Transaction, vm: Slot, old: { id: string } | undefined): void {
  const lock = lockOf(tx, vm)
  if (old !== undefined && old.id !== lock?.id) dropLock(tx, old.id, vm.address.node)
  if (lock !== undefined) takeLock(tx, lock.id, vm.address.node)
}

function rewrite(
  tx: Transaction, vm: Slot, moves: readonly FileMove[], paths: ReadonlyMap<string, string>,
): void {
  const { props } = vmRecord(tx, vm)
  const { config } = props
  if (config !== undefined) setVmProps(tx, vm, { config: movedConfig(config, moves, paths) })
  const added = moves.map(({ file }) => ({ ...file, path: paths.get(file.path)! }))
  patchLayout(tx, vm, added, [...paths.keys()])
}

function movedConfig(
  config: VirtualMachineConfigInfo, moves: readonly FileMove[], paths: ReadonlyMap<string, string>,
): VirtualMachineConfigInfo {
  const vmPathName = paths.get(config.files.vmPathName ?? '')
  const device = (config.hardware.device ?? []).map(item => movedDevice(item, moves, paths))
  const moved = { ...config, hardware: { ...config.hardware, device } }
  if (vmPathName === undefined) return moved
  const directory = vmPathName.slice(0, vmPathName.lastIndexOf('/') + 1)
  const files = {
    ...config.files, vmPathName, snapshotDirectory: directory, suspendDirectory: directory, logDirectory: directory,
  }
  return { ...moved, files }
}

function movedDevice(
  device: VirtualDevice, moves: readonly FileMove[], paths: ReadonlyMap<string, string>,
): VirtualDevice {
  const backing = device.backing as { fileName?: string } | undefined
  const fileName = backing?.fileName === undefined ? undefined : paths.get(backing.fileName)
  if (fileName === undefined) return device
  const move = moves.find(({ file }) => file.path === backing!.fileName)!
  return {
    ...device, backing: { ...backing, fileName, datastore: { type: 'Datastore', value: move.to.volume } },
  } as VirtualDevice
}
