import type { VirtualDisk, VirtualDiskFlatVer2BackingInfo } from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'
import { growerId, startGrowth, stopGrowth } from '../storage/growth.js'
import { datastoreByName, datastorePath, parseDatastorePath, volumeOf } from '../storage/paths.js'
import { vmRecord, type VmProps } from './vm.js'

/**
 * What the instance of a VM on one host has written to one disk: props of
 * `{lab, DiskWriter, writer/<host>/<volume>/<folder>/<file>}`. Kept after it ended: who wrote what
 * is the truth that a split brain is judged by.
 */
export interface DiskWriter {
  readonly host: string
  /** The VM's id on that host and its name, when it began to write last. */
  readonly vm: string
  readonly name: string
  /** Volume, folder and name of the disk's descriptor. */
  readonly volume: string
  readonly folder: string
  readonly file: string
  /** Lab time of its first and its latest write. */
  readonly firstAt: number
  readonly lastAt: number
  /** Bytes written up to `lastAt`. */
  readonly bytes: number
  /** Bytes per second that it writes since `lastAt`; 0: it does not. */
  readonly rate: number
}

/** A disk that a guest may write to. */
export interface WritableDisk {
  readonly id: string
  readonly volume: string
  readonly folder: string
  readonly file: string
  /** Datastore path of its extent. */
  readonly extentPath: string
  readonly extent: string
  readonly thin: boolean
  readonly capacityBytes: number
}

/** The disks of a VM on datastores of its host. */
export function disksOf(reader: Reader, vm: Slot): WritableDisk[] {
  const { node } = vm.address
  return (vmRecord(reader, vm).props.config?.hardware.device ?? []).flatMap(device => {
    const disk = device as VirtualDisk
    const backing = disk.backing as Partial<VirtualDiskFlatVer2BackingInfo> | undefined
    const path = device._typeName === 'VirtualDisk' ? parseDatastorePath(backing?.fileName ?? '') : undefined
    const datastore = path === undefined ? undefined : datastoreByName(reader, node, path.datastore)
    if (path === undefined || datastore === undefined) return []
    const volume = volumeOf(reader.read<{ summary: { url: string } }>(datastore)!.props)
    const extent = path.file.replace(/\.vmdk$/, '-flat.vmdk')
    return [{
      id: `writer/${node}/${volume}/${path.folder}/${path.file}`,
      volume, folder: path.folder, file: path.file, extent,
      extentPath: datastorePath(path.datastore, path.folder, extent),
      thin: backing?.thinProvisioned === true,
      capacityBytes: disk.capacityInBytes ?? disk.capacityInKB * 1024,
    }]
  })
}

/** Bytes that a writer has written until now. */
export function writtenBytes(reader: Reader, writer: DiskWriter): number {
  return writer.bytes + Math.floor(writer.rate * (reader.now() - writer.lastAt) / 1000)
}

/**
 * A guest begins to write to a disk, or writes at another rate. Gives false when the disk is thin
 * and its volume has no block for it: then nothing was written.
 */
export function startWriting(tx: Transaction, vm: Slot, disk: WritableDisk, rate: number): boolean {
  stopWriting(tx, disk.id)
  if (disk.thin && !startGrowth(tx, {
    volume: disk.volume, folder: disk.folder, file: disk.extent, owner: disk.id, rate, limit: disk.capacityBytes,
  })) return false
  const slot = tx.find(LAB, disk.id)
  const before = slot === undefined ? undefined : tx.read<DiskWriter>(slot)!.props
  const props: DiskWriter = {
    host: vm.address.node, vm: vm.address.id, name: tx.read<VmProps>(vm)!.props.name,
    volume: disk.volume, folder: disk.folder, file: disk.file,
    firstAt: before?.firstAt ?? tx.now(), lastAt: tx.now(), bytes: before?.bytes ?? 0, rate,
  }
  if (slot === undefined) tx.create({ node: LAB, type: 'DiskWriter', id: disk.id }, { props, inner: {} })
  else tx.replace(slot, { props: { ...props }, inner: {} })
  return true
}

/** A guest writes no more to a disk; what it wrote stays on record. */
export function stopWriting(tx: Transaction, id: string): void {
  const slot = tx.find(LAB, id)
  const writer = slot === undefined ? undefined : tx.read<DiskWriter>(slot)!.props
  if (slot === undefined || writer === undefined || writer.rate === 0) return
  const { volume, folder, file } = writer
  const grower = growerId(volume, folder, file.replace(/\.vmdk$/, '-flat.vmdk'))
  // Another host's instance may be the one that makes it grow now.
  if (tx.get<{ owner: string }>(LAB, grower)?.props.owner === id) stopGrowth(tx, grower)
  tx.replace(slot, {
    props: { ...writer, bytes: writtenBytes(tx, writer), lastAt: tx.now(), rate: 0 }, inner: {},
  })
}
