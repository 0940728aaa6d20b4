import { layoutExOf, layoutOf, type VmFile } from './layout.js'
import type { VirtualMachineUsageOnDatastore } from '../../schema/generated/types.js'
import { toDateTime } from '../../world/clock.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { reservedMb, vmRecord, type VmProps } from '../compute/vm.js'
import { lostFiles } from './access.js'
import { filesIn, folderId, putFiles, refreshDatastore, removeFiles, type StoredFile } from './files.js'
import { datastorePath, homeOf, volumeOf } from './paths.js'

/** Bytes of a fresh vmware.log. */
const LOG_BYTES = 262144

/** Types of files that only exist while a VM runs or sleeps. */
const runTypes = { poweredOff: ['swap', 'suspend', 'suspendMemory'], suspended: ['swap'] } as const

interface Home {
  readonly volume: string
  readonly datastore: Slot
  readonly datastoreName: string
  readonly folder: string
  /** Name of the .vmx file without its ending. */
  readonly stem: string
}

/** Where a VM's own files are; undefined when its datastore is not there. */
export function vmHome(tx: Transaction, slot: Slot): Home | undefined {
  const home = homeOf(tx, slot.address.node, vmRecord(tx, slot).props)
  if (home === undefined) return undefined
  const { path, datastore } = home
  return {
    volume: volumeOf(tx.read<{ summary: { url: string } }>(datastore)!.props),
    datastore,
    datastoreName: path.datastore,
    folder: path.folder,
    stem: path.file.replace(/\.vmx$/, ''),
  }
}

/** Writes files beside a VM's configuration, and says so in its layout; false: no space. */
export function addVmFiles(tx: Transaction, slot: Slot, files: Readonly<Record<string, StoredFile>>): boolean {
  const home = vmHome(tx, slot)
  return home === undefined || addFilesAt(tx, slot, home, files)
}

/** `gone`: names of files that are there and make room first; they are off the layout, too. */
function addFilesAt(
  tx: Transaction, slot: Slot, home: Home, files: Readonly<Record<string, StoredFile>>, gone: readonly string[] = [],
): boolean {
  if (!putFiles(tx, home.volume, home.folder, files, gone)) return false
  const listed = Object.entries(files).map(([name, { type, size }]) => ({
    path: datastorePath(home.datastoreName, home.folder, name), type, size,
  }))
  patchLayout(tx, slot, listed, gone.map(name => datastorePath(home.datastoreName, home.folder, name)))
  refreshDatastore(tx, home.datastore)
  return true
}

/** Removes files beside a VM's configuration, and from its layout. */
function dropVmFiles(tx: Transaction, slot: Slot, names: readonly string[]): void {
  const home = names.length === 0 ? undefined : vmHome(tx, slot)
  if (home === undefined) return
  // A host that has lost the volume cannot delete there: the files stay until somebody who can does.
  const reached = lostFiles(tx, slot.address.node, folderId(home.volume, home.folder)) === undefined
  if (reached) removeFiles(tx, home.volume, home.folder, names)
  patchLayout(tx, slot, [], names.map(name => datastorePath(home.datastoreName, home.folder, name)))
  if (reached) refreshDatastore(tx, home.datastore)
}

/** Makes the swap file of a VM that starts: its memory less what is reserved; false: no space. */
export function putSwapFile(tx: Transaction, slot: Slot): boolean {
  const { props } = vmRecord(tx, slot)
  const home = vmHome(tx, slot)
  if (home === undefined) return true
  const size = Math.max(0, (props.config?.hardware.memoryMB ?? 0) - reservedMb(props)) * 1048576
  const suffix = (slot.index >>> 0).toString(16).padStart(8, '0')
  const swap = `${home.stem}-${suffix}.vswp`
  const stale = staleFiles(tx, home, swap, props.runtime.powerState === 'suspended' ? 'suspended' : 'poweredOff')
  const files = { 'vmware.log': { size: LOG_BYTES, type: 'log' }, [swap]: { size, type: 'swap' } }
  if (addFilesAt(tx, slot, home, files, stale)) return true
  dropVmFiles(tx, slot, stale)
  return false
}

/**
 * Who has the lock on the VM's files clears what a process left behind that could not do so: its swap
 * file, and the memory from which it had been resumed unless the VM is to be resumed from it now.
 */
function staleFiles(tx: Transaction, home: Home, own: string, state: keyof typeof runTypes): string[] {
  const types: readonly string[] = runTypes[state]
  const names: string[] = []
  const files = filesIn(tx, home.volume, home.folder)
  for (const name in files) {
    if (types.includes(files[name]!.type) && name !== own && isOf(home.stem, name)) names.push(name)
  }
  return names
}

/** True for `web.vswp` and `web-0000002a.vswp` of `web`; `web2` may have its files in the same folder. */
function isOf(stem: string, name: string): boolean {
  return name.startsWith(stem) && /^(?:-[0-9a-f]{8})?\.[a-z]+$/.test(name.slice(stem.length))
}

/** Writes the memory of a VM that is suspended; false: no space. */
export function putSuspendFile(tx: Transaction, slot: Slot): boolean {
  const { props } = vmRecord(tx, slot)
  const home = vmHome(tx, slot)
  if (home === undefined) return true
  const suffix = (slot.index >>> 0).toString(16).padStart(8, '0')
  return addVmFiles(tx, slot, {
    [`${home.stem}-${suffix}.vmss`]: { size: 1048576, type: 'suspend' },
    [`${home.stem}-${suffix}.vmem`]: {
      size: (props.config?.hardware.memoryMB ?? 0) * 1048576, type: 'suspendMemory',
    },
  })
}

/** Removes what only exists while a VM runs (and, when it is off, what a suspend left). */
export function removeRunFiles(tx: Transaction, slot: Slot, state: 'poweredOff' | 'suspended'): void {
  const types: readonly string[] = runTypes[state]
  const names = (vmRecord(tx, slot).props.layoutEx?.file ?? [])
    .filter(file => types.includes(file.type))
    .map(file => file.name.slice(file.name.lastIndexOf('/') + 1))
  dropVmFiles(tx, slot, names)
}

/** Adds and drops files of a VM's layout by datastore path, and brings `storage` in line. */
export function patchLayout(
  tx: Transaction, slot: Slot, add: readonly VmFile[], drop: readonly string[],
): void {
  const { props } = vmRecord(tx, slot)
  const gone = new Set([...drop, ...add.map(file => file.path)])
  const files = [...listedFiles(props).filter(file => !gone.has(file.path)), ...add]
  const timestamp = toDateTime(tx.now())
  const record = vmRecord(tx, slot)
  tx.replace(slot, {
    props: {
      ...record.props,
      layout: layoutOf(files),
      layoutEx: layoutExOf(files, timestamp),
      storage: { perDatastoreUsage: usage(tx, slot, props, files), timestamp },
    },
    inner: record.inner,
  })
}

/** Shows a listed file of a VM with another size, in its place. */
export function resizeListed(tx: Transaction, slot: Slot, path: string, size: number): void {
  const { props, inner } = vmRecord(tx, slot)
  const before = listedFiles(props)
  if (!before.some(file => file.path === path && file.size !== size)) return
  const files = before.map(file => file.path === path ? { ...file, size } : file)
  const timestamp = toDateTime(tx.now())
  tx.replace(slot, {
    props: {
      ...props,
      layoutEx: layoutExOf(files, timestamp),
      storage: { perDatastoreUsage: usage(tx, slot, props, files), timestamp },
    },
    inner,
  })
}

/** The files of a VM as its `layoutEx` lists them. */
export function listedFiles(vm: VmProps): VmFile[] {
  const disks = new Map<number, number>()
  for (const disk of vm.layoutEx?.disk ?? []) {
    for (const unit of disk.chain ?? []) {
      for (const key of unit.fileKey) disks.set(key, disk.key)
    }
  }
  return (vm.layoutEx?.file ?? []).map(file => {
    const disk = disks.get(file.key)
    const base = { path: file.name, type: file.type, size: file.size }
    return disk === undefined ? base : { ...base, disk }
  })
}

function usage(
  tx: Transaction, slot: Slot, vm: VmProps, files: readonly VmFile[],
): VirtualMachineUsageOnDatastore[] {
  return (vm.datastore ?? []).map(datastore => {
    const name = tx.get<{ name: string }>(slot.address.node, datastore.value)?.props.name ?? ''
    const own = files.filter(file => file.path.startsWith(`[${name}]`))
    const committed = sum(own)
    const extents = sum(own.filter(file => file.type === 'diskExtent'))
    const uncommitted = Math.max(0, provisionedBytes(vm, name) - extents)
    return { datastore, committed, uncommitted, unshared: committed }
  })
}

function sum(files: readonly VmFile[]): number {
  return files.reduce((bytes, file) => bytes + file.size, 0)
}

/** Bytes that a VM's disks on a datastore may grow to. */
function provisionedBytes(vm: VmProps, datastore: string): number {
  let bytes = 0
  for (const device of vm.config?.hardware.device ?? []) {
    const disk = device as { capacityInKB?: number, capacityInBytes?: number, backing?: object }
    const backing = disk.backing as { fileName?: string } | undefined
    if (disk.capacityInKB === undefined || backing?.fileName === undefined) continue
    if (!backing.fileName.startsWith(`[${datastore}]`)) continue
    bytes += disk.capacityInBytes ?? disk.capacityInKB * 1024
  }
  return bytes
}
