import { linkControllers } from '../../../inventory/devices.js'
import type {
  VirtualController, VirtualDevice, VirtualDeviceConfigSpec, VirtualMachineConfigSpec, VirtualMachineVideoCard,
} from '../../../schema/generated/types.js'
import { fault, notEmulated } from '../../../services/method-fault.js'
import { addDisk, editDisk, removeDisk } from './disks.js'
import { kindOf, unitsOf, type DeviceKind } from './kinds.js'
import { addNic, editNic } from './nics.js'
import { deviceFault, type DeviceWork } from './work.js'

/** Runs all device changes in order; the result hangs together (`controller.device`). */
export function changeDevices(work: DeviceWork, changes: NonNullable<VirtualMachineConfigSpec['deviceChange']>): VirtualDevice[] {
  changes.forEach((change, index) => {
    work.index = index
    changeOne(work, change, index)
  })
  return linkControllers(work.devices)
}

function changeOne(work: DeviceWork, change: VirtualDeviceConfigSpec, index: number): void {
  const path = `spec.deviceChange[${index}]`
  if ((change.profile?.length ?? 0) > 0) throw notEmulated(`${path}.profile`)
  if (change.backing !== undefined) throw notEmulated(`${path}.backing`)
  if ((change.filterSpec?.length ?? 0) > 0) throw notEmulated(`${path}.filterSpec`)
  const type = change.device._typeName
  const kind = type === undefined ? undefined : kindOf(work.schema, type)
  switch (change.operation) {
    case undefined:
    case 'add':
      if (kind === undefined) throw notEmulated(`${path}.device (${type ?? 'VirtualDevice'})`)
      addDevice(work, change, kind)
      return
    case 'edit': editDevice(work, change)
      return
    case 'remove': removeDevice(work, change)
      return
    default: throw deviceFault(work, 'InvalidDeviceOperation', { badOp: change.operation })
  }
}

function addDevice(work: DeviceWork, change: VirtualDeviceConfigSpec, kind: DeviceKind): void {
  if (change.fileOperation !== undefined && kind.kind !== 'disk') {
    throw deviceFault(work, 'InvalidDeviceOperation', { badOp: 'add', badFileOp: change.fileOperation })
  }
  const asked = change.device
  const type = asked._typeName ?? ''
  const key = kind.kind === 'controller'
    ? kind.firstKey + busNumber(work, asked as VirtualController, kind)
    : newKey(work, kind)
  const number = key - kind.firstKey + 1
  let device: VirtualDevice = {
    ...asked,
    key,
    deviceInfo: { label: kind.label(number), summary: kind.summary ?? kind.label(number) },
  }
  if (asked.connectable !== undefined || isPluggable(work, kind, type)) {
    device.connectable = connectableOf(asked, work.poweredOn)
  }
  if (kind.kind === 'controller') device = controller(work, device as VirtualController, number - 1)
  if (kind.controller !== undefined) device = { ...device, ...hangUp(work, asked, kind) }
  if (kind.kind === 'disk') device = addDisk(work, device, change)
  else if (kind.kind === 'nic') device = addNic(work, device)
  else device = withSummary(work, device, kind)
  work.newKeys.set(asked.key, device.key)
  work.devices = [...work.devices, device]
}

/** Devices with a plug that can be pulled: they have `connectable` whether asked for or not. */
function isPluggable(work: DeviceWork, kind: DeviceKind, type: string): boolean {
  return ['cdrom', 'floppy', 'nic'].includes(kind.kind)
    || work.schema.isA(type, 'VirtualSerialPort') || work.schema.isA(type, 'VirtualParallelPort')
}

function sameKind(work: DeviceWork, device: VirtualDevice, kind: DeviceKind): boolean {
  const own = device._typeName === undefined ? undefined : kindOf(work.schema, device._typeName)
  return own !== undefined && own.firstKey === kind.firstKey && own.kind === kind.kind
}

/** The first key of the kind that no device has. */
function newKey(work: DeviceWork, kind: DeviceKind): number {
  const taken = new Set(work.devices.map(device => device.key))
  let key = kind.firstKey
  while (taken.has(key)) key += 1
  return key
}

/** The bus that a new controller asks for if it is free, else the first free one. */
function busNumber(work: DeviceWork, asked: VirtualController, kind: DeviceKind): number {
  const taken = new Set(work.devices
    .filter(device => sameKind(work, device, kind))
    .map(device => (device as VirtualController).busNumber))
  let bus = 0
  while (taken.has(bus)) bus += 1
  const limit = kind.firstKey === 200 ? 2 : 4
  if (asked.busNumber > 0 && !taken.has(asked.busNumber) && asked.busNumber < limit) return asked.busNumber
  if (bus >= limit) throw deviceFault(work, 'TooManyDevices', {}, 'Too many devices of this type.')
  return bus
}

function controller(work: DeviceWork, device: VirtualController, bus: number): VirtualController {
  const { device: _children, ...rest } = device
  if (!work.schema.isA(device._typeName ?? '', 'VirtualSCSIController')) return { ...rest, busNumber: bus }
  const scsi = { hotAddRemove: true, scsiCtlrUnitNumber: 7, sharedBus: 'noSharing' as const }
  return { ...scsi, ...rest, busNumber: bus } as VirtualController
}

/** Controller and unit of a new device: those asked for, or the first that has room. */
function hangUp(
  work: DeviceWork, asked: VirtualDevice, kind: DeviceKind,
): { controllerKey: number, unitNumber: number } {
  const wanted = asked.controllerKey === undefined || asked.controllerKey === 0
    ? undefined
    : work.newKeys.get(asked.controllerKey) ?? asked.controllerKey
  const fits = (device: VirtualDevice) =>
    kind.controller!.some(type => work.schema.isA(device._typeName ?? '', type))
  if (wanted !== undefined && kind.kind !== 'nic') {
    const found = work.devices.find(device => device.key === wanted)
    if (found === undefined) throw deviceFault(work, 'InvalidController', { controllerKey: wanted })
    if (!fits(found)) throw deviceFault(work, 'InvalidController', { controllerKey: wanted })
    return { controllerKey: wanted, unitNumber: freeUnit(work, found, asked.unitNumber) }
  }
  for (const found of inOrder(work, kind)) {
    const unit = firstFree(work, found)
    if (unit !== undefined) return { controllerKey: found.key, unitNumber: unit }
  }
  throw deviceFault(work, 'MissingController')
}

function inOrder(work: DeviceWork, kind: DeviceKind): VirtualDevice[] {
  return kind.controller!.flatMap(type =>
    work.devices.filter(device => work.schema.isA(device._typeName ?? '', type)))
}

function freeUnit(work: DeviceWork, on: VirtualDevice, asked: number | undefined): number {
  if (asked === undefined || asked < 0) {
    const unit = firstFree(work, on)
    if (unit === undefined) throw deviceFault(work, 'TooManyDevices', {}, 'Too many devices on the controller.')
    return unit
  }
  const { count, own } = unitsOf(work.schema, on)
  if (asked >= count || asked === own || takenUnits(work, on).has(asked)) {
    throw deviceFault(work, 'InvalidDeviceSpec', { property: 'device.unitNumber' })
  }
  return asked
}

function firstFree(work: DeviceWork, on: VirtualDevice): number | undefined {
  const { count, own, first } = unitsOf(work.schema, on)
  const taken = takenUnits(work, on)
  for (let unit = first; unit < count; unit += 1) {
    if (unit !== own && !taken.has(unit)) return unit
  }
  return undefined
}

function takenUnits(work: DeviceWork, on: VirtualDevice): Set<number | undefined> {
  return new Set(work.devices
    .filter(device => device.controllerKey === on.key)
    .map(device => device.unitNumber))
}

function connectableOf(asked: VirtualDevice, poweredOn: boolean): NonNullable<VirtualDevice['connectable']> {
  const given = asked.connectable ?? { startConnected: true, allowGuestControl: true, connected: false }
  const connected = poweredOn && (given.connected || given.startConnected)
  return {
    migrateConnect: given.migrateConnect ?? 'unset',
    startConnected: given.startConnected,
    allowGuestControl: given.allowGuestControl,
    connected,
    status: connected ? 'ok' : 'untried',
  }
}

interface Backing { readonly fileName?: string, readonly deviceName?: string, readonly serviceURI?: string }

/** The summary of a device that has a medium or a line: it says what is behind it. */
function withSummary(work: DeviceWork, device: VirtualDevice, kind: DeviceKind): VirtualDevice {
  const backing = device.backing as Backing | undefined
  const port = work.schema.isA(device._typeName ?? '', 'VirtualSerialPort')
  const word = kind.kind === 'cdrom' ? 'ISO' : kind.kind === 'floppy' ? 'Image' : port ? 'File' : undefined
  if (word === undefined || backing === undefined) return device
  const { fileName, deviceName, serviceURI } = backing
  const behind = deviceName !== undefined && deviceName !== '' ? deviceName : 'Remote device'
  const summary = fileName !== undefined ? `${word} ${fileName}`
    : port && serviceURI !== undefined ? `Remote ${serviceURI}` : behind
  return { ...device, deviceInfo: { label: device.deviceInfo!.label, summary } }
}

function editDevice(work: DeviceWork, change: VirtualDeviceConfigSpec): void {
  const asked = change.device
  const at = work.devices.findIndex(device => device.key === asked.key)
  const before = work.devices[at]
  if (before === undefined || (asked._typeName !== undefined && asked._typeName !== before._typeName)) {
    throw deviceFault(work, 'InvalidDeviceSpec', { property: 'device.key' })
  }
  const kind = kindOf(work.schema, before._typeName ?? '')
  let device: VirtualDevice = { ...before, ...given(asked), ...(before.deviceInfo === undefined ? {} : { deviceInfo: before.deviceInfo }) }
  if (asked.connectable !== undefined) device.connectable = edited(asked.connectable, work.poweredOn)
  if (kind?.kind === 'disk') device = editDisk(work, before, device, change)
  else if (kind?.kind === 'nic') device = editNic(work, before, device)
  else if (kind !== undefined) device = withSummary(work, device, kind)
  else checkVideoCard(work, before, device)
  work.devices = work.devices.with(at, device)
}

/** A VM that runs has the video memory with which it was started. */
function checkVideoCard(work: DeviceWork, before: VirtualDevice, device: VirtualDevice): void {
  const ram = (card: VirtualDevice): number | undefined => (card as VirtualMachineVideoCard).videoRamSizeInKB
  if (before._typeName !== 'VirtualMachineVideoCard' || !work.poweredOn || ram(before) === ram(device)) return
  throw fault('InvalidPowerState', { requestedState: 'poweredOff', existingState: 'poweredOn' })
}

function edited(
  connectable: NonNullable<VirtualDevice['connectable']>, poweredOn: boolean,
): NonNullable<VirtualDevice['connectable']> {
  const connected = poweredOn && connectable.connected
  return { migrateConnect: 'unset', ...connectable, connected, status: connected ? 'ok' : 'untried' }
}

/** What the client set; an edit leaves the rest as it is. */
function given(device: VirtualDevice): Partial<VirtualDevice> {
  return Object.fromEntries(Object.entries(device).filter(([, value]) => value !== undefined))
}

function removeDevice(work: DeviceWork, change: VirtualDeviceConfigSpec): void {
  const found = work.devices.find(device => device.key === change.device.key)
  if (found === undefined) throw deviceFault(work, 'InvalidDeviceSpec', { property: 'device.key' })
  const kind = kindOf(work.schema, found._typeName ?? '')
  if (kind === undefined) throw deviceFault(work, 'InvalidDeviceOperation', { badOp: 'remove' })
  if (kind.kind === 'controller' && work.devices.some(device => device.controllerKey === found.key)) {
    throw deviceFault(work, 'InvalidDeviceOperation', { badOp: 'remove' }, 'The controller has devices attached.')
  }
  if (kind.kind === 'disk') removeDisk(work, found, change)
  work.devices = work.devices.filter(device => device !== found)
}
