import { diskLabel, flatDisk } from '../../../inventory/devices.js'
import { vmRecord } from '../../../physics/compute/vm.js'
import { conflictOver, noteUse, sharesDisk } from '../../../physics/compute/shared-disks.js'
import { refOnHost } from '../../../physics/management/truth.js'
import { filesIn, freeBytes, putFiles, removeFiles, type StoredFile } from '../../../physics/storage/files.js'
import {
  datastoreByName, datastorePath, homeOf, parseDatastorePath, volumeOf,
} from '../../../physics/storage/paths.js'
import { patchLayout } from '../../../physics/storage/vm-files.js'
import type {
  DatastoreProps, VirtualDevice, VirtualDeviceConfigSpec, VirtualDisk, VirtualDiskFlatVer2BackingInfo,
} from '../../../schema/generated/types.js'
import { fault, notEmulated, type MethodFault } from '../../../services/method-fault.js'
import { uuid } from '../../../world/ids.js'
import type { Slot } from '../../../world/records.js'
import { deviceFault, type DeviceWork } from './work.js'

type FlatBacking = VirtualDiskFlatVer2BackingInfo

/** Bytes of a disk's descriptor file. */
const DESCRIPTOR_BYTES = 503
/** Largest virtual disk: 62 TB. */
const MAX_DISK_BYTES = 62 * 2 ** 40

interface Place {
  readonly datastore: Slot
  readonly name: string
  readonly volume: string
  readonly folder: string
  /** Name of the descriptor; empty: to be chosen. */
  readonly file: string
}

/** A new disk: its file is made (`fileOperation` create) or must be there. */
export function addDisk(work: DeviceWork, device: VirtualDevice, change: VirtualDeviceConfigSpec): VirtualDisk {
  const disk = device as VirtualDisk
  const backing = disk.backing as FlatBacking | undefined
  if (backing === undefined) throw deviceFault(work, 'InvalidDeviceSpec', { property: 'device.backing' })
  if (backing._typeName !== undefined && backing._typeName !== 'VirtualDiskFlatVer2BackingInfo') {
    throw notEmulated(`spec.deviceChange[${work.index}].device.backing (${backing._typeName})`)
  }
  if (backing.parent !== undefined) throw notEmulated(`spec.deviceChange[${work.index}].device.backing.parent`)
  const creates = change.fileOperation === 'create'
  if (change.fileOperation !== undefined && !creates) {
    throw notEmulated(`spec.deviceChange[${work.index}].fileOperation (${change.fileOperation})`)
  }
  const place = placeOf(work, backing, creates)
  return creates ? createDisk(work, disk, backing, place) : attachDisk(work, disk, backing, place)
}

function createDisk(work: DeviceWork, disk: VirtualDisk, backing: FlatBacking, asked: Place): VirtualDisk {
  const capacityBytes = capacityOf(disk)
  if (!(capacityBytes > 0) || capacityBytes > MAX_DISK_BYTES) {
    throw deviceFault(work, 'InvalidDeviceSpec', { property: 'device.capacityInKB' })
  }
  const present = filesIn(work.tx, asked.volume, asked.folder) ?? {}
  const file = asked.file === '' ? freeName(work, present) : asked.file
  const path = datastorePath(asked.name, asked.folder, file)
  if (present[file] !== undefined) {
    throw fault('FileAlreadyExists', { file: path }, `Cannot complete the operation because the file or folder ${path} already exists`)
  }
  const thin = backing.thinProvisioned === true
  const flat = file.replace(/\.vmdk$/, '-flat.vmdk')
  store(work, asked, disk.key, {
    [file]: { size: DESCRIPTOR_BYTES, type: 'diskDescriptor', capacityBytes, blank: true },
    [flat]: { size: thin ? 0 : capacityBytes, type: 'diskExtent' },
  })
  return finished(work, disk, backing, asked, path, capacityBytes)
}

function attachDisk(work: DeviceWork, disk: VirtualDisk, backing: FlatBacking, place: Place): VirtualDisk {
  const path = datastorePath(place.name, place.folder, place.file)
  const files = filesIn(work.tx, place.volume, place.folder) ?? {}
  const descriptor = files[place.file]
  if (place.file === '' || descriptor === undefined) {
    throw fault('FileNotFound', { file: path }, `File ${path} was not found`)
  }
  const used = work.devices.some(item => (item.backing as Partial<FlatBacking> | undefined)?.fileName === path)
  if (used) throw deviceFault(work, 'InvalidDeviceBacking', { property: 'device.backing.fileName' })
  takeDisk(work, disk, place, path)
  const flat = place.file.replace(/\.vmdk$/, '-flat.vmdk')
  const capacity = descriptor.capacityBytes ?? files[flat]?.size ?? capacityOf(disk)
  patchLayout(work.tx, work.vm, [place.file, flat].filter(name => files[name] !== undefined).map(name => ({
    path: datastorePath(place.name, place.folder, name),
    size: files[name]!.size, type: files[name]!.type, disk: disk.key,
  })), [])
  return finished(work, disk, backing, place, path, capacity)
}

/** A VM that runs can have no disk that another one holds for itself. */
function takeDisk({ tx, vm, devices }: DeviceWork, disk: VirtualDisk, place: Place, path: string): void {
  if (vmRecord(tx, vm).props.runtime.powerState !== 'poweredOn') return
  const controller = devices.find(({ key }) => key === disk.controllerKey)
  if (conflictOver(tx, vm, place, () => sharesDisk(disk, controller)) !== undefined) {
    throw fault('FileLocked', { file: path }, 'Unable to access file since it is locked')
  }
  noteUse(tx, vm, place)
}

/** A grown disk, another mode or other shares; the file stays. */
export function editDisk(
  work: DeviceWork, before: VirtualDevice, device: VirtualDevice, change: VirtualDeviceConfigSpec,
): VirtualDisk {
  if (change.fileOperation !== undefined) {
    throw deviceFault(work, 'InvalidDeviceOperation', { badOp: 'edit', badFileOp: change.fileOperation })
  }
  const old = before as VirtualDisk
  const asked = change.device as Partial<VirtualDisk>
  const disk = { ...(device as VirtualDisk), backing: { ...old.backing, ...editableBacking(asked) } } as VirtualDisk
  const wanted = asked.capacityInBytes !== undefined && asked.capacityInBytes !== old.capacityInBytes
    ? asked.capacityInBytes
    : asked.capacityInKB !== undefined && asked.capacityInKB !== old.capacityInKB
      ? asked.capacityInKB * 1024
      : capacityOf(old)
  if (wanted < capacityOf(old)) throw deviceFault(work, 'InvalidDeviceSpec', { property: 'device.capacityInKB' })
  if (wanted > capacityOf(old)) growFile(work, old, wanted)
  return withCapacity(disk, wanted)
}

/** What of a flat backing can change while the disk stays the same. */
function editableBacking(asked: Partial<VirtualDisk>): Partial<FlatBacking> {
  const backing = asked.backing as Partial<FlatBacking> | undefined
  return {
    ...(backing?.diskMode === undefined ? {} : { diskMode: backing.diskMode }),
    ...(backing?.sharing === undefined ? {} : { sharing: backing.sharing }),
    ...(backing?.writeThrough === undefined ? {} : { writeThrough: backing.writeThrough }),
  }
}

function growFile(work: DeviceWork, disk: VirtualDisk, capacityBytes: number): void {
  const backing = disk.backing as FlatBacking
  const place = placeOf(work, backing, false)
  const flat = place.file.replace(/\.vmdk$/, '-flat.vmdk')
  const files = filesIn(work.tx, place.volume, place.folder) ?? {}
  const size = backing.thinProvisioned === true ? files[flat]?.size ?? 0 : capacityBytes
  store(work, place, disk.key, {
    [place.file]: { ...files[place.file], size: DESCRIPTOR_BYTES, type: 'diskDescriptor', capacityBytes },
    [flat]: { size, type: 'diskExtent' },
  })
}

/** A disk leaves the VM; with `fileOperation` destroy its files go too. */
export function removeDisk(work: DeviceWork, device: VirtualDevice, change: VirtualDeviceConfigSpec): void {
  if (change.fileOperation !== undefined && change.fileOperation !== 'destroy') {
    throw deviceFault(work, 'InvalidDeviceOperation', { badOp: 'remove', badFileOp: change.fileOperation })
  }
  const place = placeOf(work, device.backing as FlatBacking, false)
  const names = [place.file, place.file.replace(/\.vmdk$/, '-flat.vmdk')]
  if (change.fileOperation === 'destroy') removeFiles(work.tx, place.volume, place.folder, names)
  patchLayout(work.tx, work.vm, [], names.map(name => datastorePath(place.name, place.folder, name)))
}

/** Where a backing's file is, or is to be: a path, a datastore, or beside the VM. */
function placeOf(work: DeviceWork, backing: Partial<FlatBacking>, creates: boolean): Place {
  const { node } = work.vm.address
  const home = homeOf(work.tx, node, vmRecord(work.tx, work.vm).props)
  const text = backing.fileName ?? ''
  const path = text === '' ? undefined : parseDatastorePath(text)
  if (text !== '' && path === undefined) throw badPath(text)
  const datastore = path !== undefined && path.datastore !== ''
    ? datastoreByName(work.tx, node, path.datastore)
    : given(work, backing) ?? home?.datastore
  if (datastore === undefined) throw badPath(text)
  const props = work.tx.read<DatastoreProps>(datastore)!.props
  const beside = path === undefined || (path.folder === '' && path.file === '')
  if (beside && !creates) throw deviceFault(work, 'InvalidDeviceBacking', { property: 'device.backing.fileName' })
  return {
    datastore,
    name: props.name,
    volume: volumeOf(props),
    folder: beside ? home?.path.folder ?? '' : path.folder,
    file: beside ? '' : path.file,
  }
}

function given(work: DeviceWork, backing: Partial<FlatBacking>): Slot | undefined {
  if (backing.datastore === undefined) return undefined
  const { node } = work.vm.address
  const ref = refOnHost(work.tx, work.origin, backing.datastore, node)
  if (ref === undefined) throw deviceFault(work, 'InvalidDeviceBacking', { property: 'device.backing.datastore' })
  return work.tx.find(node, ref.value)
}

function badPath(text: string): MethodFault {
  return fault('InvalidDatastorePath', { datastorePath: text }, `Invalid datastore path '${text}'.`)
}

/** `name.vmdk`, `name_1.vmdk`, …: the first that is free beside the VM. */
function freeName(work: DeviceWork, present: Readonly<Record<string, StoredFile>>): string {
  const home = homeOf(work.tx, work.vm.address.node, vmRecord(work.tx, work.vm).props)
  const stem = (home?.path.file ?? 'disk.vmx').replace(/\.vmx$/, '')
  let name = `${stem}.vmdk`
  for (let n = 1; present[name] !== undefined; n += 1) name = `${stem}_${n}.vmdk`
  return name
}

function store(work: DeviceWork, place: Place, disk: number, files: Record<string, StoredFile>): void {
  if (!putFiles(work.tx, place.volume, place.folder, files)) {
    throw fault('NoDiskSpace', { file: datastorePath(place.name, place.folder, ''), datastore: place.name },
      `Insufficient disk space on datastore '${place.name}' (${freeBytes(work.tx, place.volume)} bytes free).`)
  }
  const listed = Object.entries(files).map(([name, { size, type }]) => ({
    path: datastorePath(place.name, place.folder, name), size, type, disk,
  }))
  patchLayout(work.tx, work.vm, listed, [])
}

function finished(
  work: DeviceWork, disk: VirtualDisk, backing: FlatBacking, place: Place, fileName: string, capacityBytes: number,
): VirtualDisk {
  const base = flatDisk({
    index: disk.key - 2000, fileName, datastore: { type: 'Datastore', value: place.datastore.address.id },
    capacityBytes, thin: backing.thinProvisioned === true,
    uuid: backing.uuid ?? uuid(work.tx.world.random, 'disk/uuid'),
  })
  const { datastore: _datastore, fileName: _file, ...asked } = backing
  const whole = { ...(base.backing as FlatBacking), ...asked, uuid: (base.backing as FlatBacking).uuid }
  return withCapacity({ ...base, ...disk, backing: whole } as VirtualDisk, capacityBytes)
}

function withCapacity(disk: VirtualDisk, capacityBytes: number): VirtualDisk {
  const { label } = disk.deviceInfo!
  const { summary } = diskLabel({ index: 0, capacityBytes })
  return {
    ...disk, capacityInBytes: capacityBytes, capacityInKB: Math.floor(capacityBytes / 1024),
    deviceInfo: { label, summary },
  }
}

function capacityOf(disk: VirtualDisk): number {
  return disk.capacityInBytes !== undefined && disk.capacityInBytes > 0
    ? disk.capacityInBytes
    : disk.capacityInKB * 1024
}
