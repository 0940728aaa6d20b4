import type { VirtualDisk, VirtualDiskFlatVer2BackingInfo, VirtualSCSIController } from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'
import { filesIn } from '../storage/files.js'
import { lockHolder, lockId, lockOf } from '../storage/locks.js'
import { datastorePath } from '../storage/paths.js'
import { disksOf, type WritableDisk } from './disk-writers.js'
import { vmRecord } from './vm.js'

/**
 * VMs that were started with a disk from another VM's folder: props of
 * `{lab, DiskUsers, disk-users/<volume>/<folder>/<file>}`. A VM whose disks lie beside its configuration
 * needs no such record: its own lock speaks for them.
 */
interface DiskUsers {
  /** Ids of the VMs' own locks; of one that does not run nobody holds it. */
  readonly locks: readonly string[]
}

/** A disk that another VM holds. */
export interface DiskConflict {
  /** The host that runs that VM. */
  readonly holder: string
  /** Datastore path of the disk. */
  readonly file: string
}

/** A disk as two VMs may have it. */
export type UsedDisk = Pick<WritableDisk, 'volume' | 'folder' | 'file'>

/**
 * The first disk of a VM that another running VM holds for itself; undefined: it can have all. Several
 * VMs may have a disk only if all say so: `sharingMultiWriter`, or a controller with a shared bus.
 */
export function diskConflict(reader: Reader, vm: Slot): DiskConflict | undefined {
  for (const disk of disksOf(reader, vm)) {
    const conflict = conflictOver(reader, vm, disk, () => isShared(reader, vm, disk))
    if (conflict !== undefined) return conflict
  }
  return undefined
}

/** The running VM that holds one disk against another, which shares it or does not. */
export function conflictOver(reader: Reader, vm: Slot, disk: UsedDisk, shared: () => boolean): DiskConflict | undefined {
  for (const lock of usersOf(reader, vm, disk)) {
    const holder = lockHolder(reader, lock)
    const user = holder === undefined ? undefined
      : reader.ofType(holder, 'VirtualMachine').find(slot => lockOf(reader, slot)?.id === lock)
    if (holder === undefined || user === undefined || !disksOf(reader, user).some(each => same(each, disk))) continue
    if (!shared() || !isShared(reader, user, disk)) return { holder, file: pathOf(reader, user, disk) }
  }
  return undefined
}

/** A VM runs with its disks: those in folders of others know it from now on. */
export function noteDiskUse(tx: Transaction, vm: Slot): void {
  for (const disk of disksOf(tx, vm)) noteUse(tx, vm, disk)
}

/** A VM that runs has got one more disk. */
export function noteUse(tx: Transaction, vm: Slot, disk: UsedDisk): void {
  const own = lockOf(tx, vm)?.id
  if (own === undefined || own.startsWith(lockId(disk.volume, disk.folder, ''))) return
  const id = recordId(disk)
  const slot = tx.find(LAB, id)
  const known = slot === undefined ? [] : tx.read<DiskUsers>(slot)!.props.locks
  if (known.includes(own)) return
  // Who does not run any more is forgotten, so that the list does not grow.
  const props: DiskUsers = { locks: [...known.filter(lock => lockHolder(tx, lock) !== undefined), own] }
  if (slot === undefined) tx.create({ node: LAB, type: 'DiskUsers', id }, { props, inner: {} })
  else tx.replace(slot, { props: { ...props }, inner: {} })
}

/** Locks of the other VMs that may have a disk: those in its folder, and those that were started with it. */
function usersOf(reader: Reader, vm: Slot, { volume, folder, file }: UsedDisk): string[] {
  const own = lockOf(reader, vm)?.id
  const locks: string[] = []
  for (const name in filesIn(reader, volume, folder)) if (name.endsWith('.vmx')) locks.push(lockId(volume, folder, name))
  const noted = reader.get<DiskUsers>(LAB, recordId({ volume, folder, file }))?.props.locks ?? []
  return [...locks, ...noted].filter(lock => lock !== own)
}

function isShared(reader: Reader, vm: Slot, disk: UsedDisk): boolean {
  const devices = vmRecord(reader, vm).props.config?.hardware.device ?? []
  const path = pathOf(reader, vm, disk)
  const device = devices.find(each => (each.backing as Partial<VirtualDiskFlatVer2BackingInfo> | undefined)?.fileName === path)
  if (device === undefined) return false
  return sharesDisk(device as VirtualDisk, devices.find(({ key }) => key === device.controllerKey) as VirtualSCSIController | undefined)
}

/** True for a disk that its VM is ready to have with others. */
export function sharesDisk({ backing }: Pick<VirtualDisk, 'backing'>, controller: Partial<VirtualSCSIController> | undefined): boolean {
  if ((backing as Partial<VirtualDiskFlatVer2BackingInfo> | undefined)?.sharing === 'sharingMultiWriter') return true
  return controller?.sharedBus !== undefined && controller.sharedBus !== 'noSharing'
}

/** The path by which a VM names a disk. */
function pathOf(reader: Reader, vm: Slot, disk: UsedDisk): string {
  const found = disksOf(reader, vm).find(each => same(each, disk))
  const datastore = /^\[([^\]]*)\]/.exec(found?.extentPath ?? '')?.[1] ?? ''
  return datastorePath(datastore, disk.folder, disk.file)
}

function same(one: UsedDisk, other: UsedDisk): boolean {
  return one.volume === other.volume && one.folder === other.folder && one.file === other.file
}

function recordId({ volume, folder, file }: UsedDisk): string {
  return `disk-users/${volume}/${folder}/${file}`
}
