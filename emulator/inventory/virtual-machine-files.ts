import type { VmFile } from '../physics/storage/layout.js'
import type {
  VirtualDevice, VirtualDisk, VirtualDiskFlatVer2BackingInfo, VirtualMachineStorageInfo,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'

/** Bytes that a thin disk takes of its capacity when the lab is made: an installed guest. */
export function thinSize(capacityBytes: number): number {
  return Math.min(capacityBytes, Math.max(2 ** 20, Math.floor(capacityBytes / 5 / 2 ** 20) * 2 ** 20))
}

/**
 * The files of a VM, in the order of `layoutEx`: configuration, NVRAM, snapshot list, each disk's
 * descriptor and extent, log, and the swap file while it runs.
 * @param directory `[ds] folder/` with its slash
 */
export function vmFiles(
  directory: string,
  name: string,
  devices: readonly VirtualDevice[],
  options: { firmware: string, poweredOn: boolean, swapBytes: number, blank?: boolean },
): VmFile[] {
  // Joined strings are flat; concatenated ones would keep their parts alive.
  const own = (suffix: string): string => [directory, name, suffix].join('')
  const files: VmFile[] = [
    { path: own('.vmx'), type: 'config', size: 3221 },
    { path: own('.nvram'), type: 'nvram', size: options.firmware === 'efi' ? 270840 : 8684 },
    { path: own('.vmsd'), type: 'snapshotList', size: 0 },
  ]
  for (const device of devices) {
    if (device._typeName !== 'VirtualDisk') continue
    const disk = device as VirtualDisk
    const backing = disk.backing as VirtualDiskFlatVer2BackingInfo
    const capacity = disk.capacityInBytes ?? disk.capacityInKB * 1024
    const size = backing.thinProvisioned !== true ? capacity : options.blank === true ? 0 : thinSize(capacity)
    files.push({ path: backing.fileName, type: 'diskDescriptor', size: 503, disk: disk.key })
    files.push({
      path: [backing.fileName.slice(0, -'.vmdk'.length), '.vmdk'].join('-flat'), type: 'diskExtent', size, disk: disk.key,
    })
  }
  if (options.poweredOn) {
    files.push({ path: [directory, 'vmware.log'].join(''), type: 'log', size: 262144 })
    files.push({ path: own('.vswp'), type: 'swap', size: options.swapBytes })
  }
  return files
}

/** Space of a VM on one datastore: taken, and what thin disks may still grow by. */
export function storageOf(
  datastore: MoRef,
  files: readonly VmFile[],
  devices: readonly VirtualDevice[],
  timestamp: string,
): VirtualMachineStorageInfo {
  let committed = 0
  let extents = 0
  let capacity = 0
  for (const file of files) {
    committed += file.size
    if (file.type === 'diskExtent') extents += file.size
  }
  for (const device of devices) {
    if (device._typeName === 'VirtualDisk') capacity += (device as VirtualDisk).capacityInBytes ?? 0
  }
  const usage = Object.freeze({
    datastore, committed, uncommitted: Math.max(0, capacity - extents), unshared: committed,
  })
  return Object.freeze({ perDatastoreUsage: Object.freeze([usage]) as Array<typeof usage>, timestamp })
}
