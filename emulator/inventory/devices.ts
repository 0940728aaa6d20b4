import type {
  ParaVirtualSCSIController, VirtualCdrom, VirtualCdromRemotePassthroughBackingInfo, VirtualController,
  VirtualDevice, VirtualDeviceConnectInfo, VirtualDevicePciBusSlotInfo, VirtualDisk,
  VirtualDiskFlatVer2BackingInfo, VirtualEthernetCardDistributedVirtualPortBackingInfo,
  VirtualEthernetCardNetworkBackingInfo, VirtualEthernetCardOpaqueNetworkBackingInfo,
  VirtualIDEController, VirtualKeyboard, VirtualMachineVMCIDevice, VirtualMachineVideoCard,
  VirtualPCIController, VirtualPS2Controller, VirtualPointingDevice,
  VirtualPointingDeviceDeviceBackingInfo, VirtualSIOController, VirtualVmxnet3,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { deepFreeze } from '../world/freeze.js'
import { template } from './template.js'

/**
 * Virtual hardware. Keys as the product gives them: controllers IDE 200, PS/2 300, PCI 100, SIO
 * 400, keyboard 600, pointing device 700, video card 500, VMCI 12000, SCSI 1000, disks from 2000,
 * CD-ROM from 3000 (IDE) or 16000 (SATA), network cards from 4000.
 */
export const deviceKeys = {
  pci: 100, ide: 200, ps2: 300, sio: 400, videoCard: 500, keyboard: 600, pointer: 700,
  scsi: 1000, disk: 2000, cdrom: 3000, ethernet: 4000, vmci: 12000,
} as const

const ide = (busNumber: number, device?: number[]): VirtualIDEController => ({
  _typeName: 'VirtualIDEController',
  key: deviceKeys.ide + busNumber,
  deviceInfo: { label: `IDE ${busNumber}`, summary: `IDE ${busNumber}` },
  busNumber,
  ...(device === undefined ? {} : { device }),
})

const ps2: VirtualPS2Controller = deepFreeze({
  _typeName: 'VirtualPS2Controller',
  key: deviceKeys.ps2,
  deviceInfo: { label: 'PS2 controller 0', summary: 'PS2 controller 0' },
  busNumber: 0,
  device: [deviceKeys.keyboard, deviceKeys.pointer],
})

const pci: VirtualPCIController = deepFreeze({
  _typeName: 'VirtualPCIController',
  key: deviceKeys.pci,
  deviceInfo: { label: 'PCI controller 0', summary: 'PCI controller 0' },
  busNumber: 0,
  device: [deviceKeys.videoCard, deviceKeys.vmci],
})

const sio: VirtualSIOController = deepFreeze({
  _typeName: 'VirtualSIOController',
  key: deviceKeys.sio,
  deviceInfo: { label: 'SIO controller 0', summary: 'SIO controller 0' },
  busNumber: 0,
})

const keyboard: VirtualKeyboard = deepFreeze({
  _typeName: 'VirtualKeyboard',
  key: deviceKeys.keyboard,
  deviceInfo: { label: 'Keyboard', summary: 'Keyboard' },
  controllerKey: deviceKeys.ps2,
  unitNumber: 0,
})

const pointerBacking: VirtualPointingDeviceDeviceBackingInfo = {
  _typeName: 'VirtualPointingDeviceDeviceBackingInfo',
  deviceName: '',
  useAutoDetect: false,
  hostPointingDevice: 'autodetect',
}

const pointer: VirtualPointingDevice = deepFreeze({
  _typeName: 'VirtualPointingDevice',
  key: deviceKeys.pointer,
  deviceInfo: { label: 'Pointing device', summary: 'Pointing device; Device' },
  backing: pointerBacking,
  controllerKey: deviceKeys.ps2,
  unitNumber: 1,
})

const videoCard: VirtualMachineVideoCard = deepFreeze({
  _typeName: 'VirtualMachineVideoCard',
  key: deviceKeys.videoCard,
  deviceInfo: { label: 'Video card', summary: 'Video card' },
  controllerKey: deviceKeys.pci,
  unitNumber: 0,
  videoRamSizeInKB: 4096,
  numDisplays: 1,
  useAutoDetect: false,
  enable3DSupport: false,
  use3dRenderer: 'automatic',
  graphicsMemorySizeInKB: 262144,
})

const vmci: VirtualMachineVMCIDevice = deepFreeze({
  _typeName: 'VirtualMachineVMCIDevice',
  key: deviceKeys.vmci,
  deviceInfo: {
    label: 'VMCI device',
    summary: 'Device on the virtual machine PCI bus that provides support for the virtual machine '
      + 'communication interface',
  },
  controllerKey: deviceKeys.pci,
  unitNumber: 17,
  id: -1,
  allowUnrestrictedCommunication: false,
  filterEnable: true,
})

/** The devices that every VM has, whatever its specification says. Frozen and shared. */
export const standardDevices: readonly VirtualDevice[] = template([
  deepFreeze(ide(0)), deepFreeze(ide(1)), ps2, pci, sio, keyboard, pointer, videoCard, vmci,
])

const connected: VirtualDeviceConnectInfo = deepFreeze({
  migrateConnect: 'unset', startConnected: true, allowGuestControl: true, connected: true, status: 'ok',
})
const notConnected: VirtualDeviceConnectInfo = deepFreeze({
  migrateConnect: 'unset', startConnected: true, allowGuestControl: true, connected: false, status: 'untried',
})
const removable: VirtualDeviceConnectInfo = deepFreeze({
  migrateConnect: 'unset', startConnected: false, allowGuestControl: true, connected: false, status: 'untried',
})

/** A paravirtual SCSI controller on a bus. */
export function scsiController(busNumber = 0): ParaVirtualSCSIController {
  return {
    _typeName: 'ParaVirtualSCSIController',
    key: deviceKeys.scsi + busNumber,
    deviceInfo: { label: `SCSI controller ${busNumber}`, summary: 'VMware paravirtual SCSI' },
    slotInfo: slot(160 + 32 * busNumber),
    controllerKey: deviceKeys.pci,
    unitNumber: 3 + busNumber,
    busNumber,
    hotAddRemove: true,
    sharedBus: 'noSharing',
    scsiCtlrUnitNumber: 7,
  }
}

const cdromBacking: VirtualCdromRemotePassthroughBackingInfo = deepFreeze({
  _typeName: 'VirtualCdromRemotePassthroughBackingInfo',
  deviceName: '',
  useAutoDetect: false,
  exclusive: false,
})

/** An empty CD-ROM drive that waits for a client's device, on the first IDE controller. */
export function cdromDrive(): VirtualCdrom {
  return {
    _typeName: 'VirtualCdrom',
    key: deviceKeys.cdrom,
    deviceInfo: { label: 'CD/DVD drive 1', summary: 'Remote device' },
    backing: cdromBacking,
    connectable: removable,
    controllerKey: deviceKeys.ide,
    unitNumber: 0,
  }
}

const normalShares = deepFreeze({ shares: 1000, level: 'normal' as const })
const ioAllocation = deepFreeze({ limit: -1, shares: normalShares, reservation: 0 })

export interface DiskSpec {
  /** Position among the VM's disks, from 0; unit 7 belongs to the controller. */
  readonly index: number
  readonly fileName: string
  readonly datastore: MoRef
  readonly capacityBytes: number
  readonly thin: boolean
  readonly uuid: string
}

/** A disk on the first SCSI controller. */
export function flatDisk(spec: DiskSpec, deviceInfo = diskLabel(spec)): VirtualDisk {
  const backing: VirtualDiskFlatVer2BackingInfo = {
    _typeName: 'VirtualDiskFlatVer2BackingInfo',
    fileName: spec.fileName,
    datastore: spec.datastore,
    diskMode: 'persistent',
    split: false,
    writeThrough: false,
    thinProvisioned: spec.thin,
    uuid: spec.uuid,
    contentId: 'fffffffe',
    digestEnabled: false,
    sharing: 'sharingNone',
  }
  return {
    _typeName: 'VirtualDisk',
    key: deviceKeys.disk + spec.index,
    deviceInfo,
    backing: Object.freeze(backing),
    controllerKey: deviceKeys.scsi,
    unitNumber: spec.index < 7 ? spec.index : spec.index + 1,
    capacityInKB: Math.floor(spec.capacityBytes / 1024),
    capacityInBytes: spec.capacityBytes,
    shares: normalShares,
    storageIOAllocation: ioAllocation,
    virtualDiskFormat: 'native_512',
    nativeUnmanagedLinkedClone: false,
    guestReadOnly: false,
  }
}

/** `Hard disk 1` and the size in KB with thousands separators, as the product writes it. */
export function diskLabel(spec: { index: number, capacityBytes: number }): { label: string, summary: string } {
  const kb = Math.floor(spec.capacityBytes / 1024)
  return Object.freeze({ label: `Hard disk ${spec.index + 1}`, summary: `${withCommas(kb)} KB` })
}

/** Thousands apart by commas; toLocaleString would load the locale data for it. */
function withCommas(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

export type NicBacking =
  | VirtualEthernetCardNetworkBackingInfo
  | VirtualEthernetCardDistributedVirtualPortBackingInfo
  | VirtualEthernetCardOpaqueNetworkBackingInfo

/** A backing by a network of the inventory: standard network, port group of a switch, or opaque. */
export function networkBacking(name: string, network: MoRef): VirtualEthernetCardNetworkBackingInfo {
  return {
    _typeName: 'VirtualEthernetCardNetworkBackingInfo',
    deviceName: name,
    useAutoDetect: false,
    network,
    inPassthroughMode: false,
  }
}

/** A backing by a distributed port group. */
export function portBacking(
  switchUuid: string, portgroupKey: string, portKey: string, connectionCookie: number,
): VirtualEthernetCardDistributedVirtualPortBackingInfo {
  return {
    _typeName: 'VirtualEthernetCardDistributedVirtualPortBackingInfo',
    port: Object.freeze({ switchUuid, portgroupKey, portKey, connectionCookie }),
  }
}

/** A backing by an opaque network. */
export function opaqueBacking(id: string, type: string): VirtualEthernetCardOpaqueNetworkBackingInfo {
  return { _typeName: 'VirtualEthernetCardOpaqueNetworkBackingInfo', opaqueNetworkId: id, opaqueNetworkType: type }
}

export interface NicSpec {
  readonly index: number
  readonly summary: string
  readonly backing: NicBacking
  readonly mac: string
  /** `assigned` by vCenter, `generated` by a host. */
  readonly addressType: string
  readonly connected: boolean
}

/** A vmxnet3 network card. */
export function vmxnet3(spec: NicSpec, deviceInfo = nicLabel(spec)): VirtualVmxnet3 {
  return {
    _typeName: 'VirtualVmxnet3',
    key: deviceKeys.ethernet + spec.index,
    deviceInfo,
    backing: spec.backing,
    connectable: spec.connected ? connected : notConnected,
    slotInfo: slot(192 + 32 * spec.index),
    controllerKey: deviceKeys.pci,
    unitNumber: 7 + spec.index,
    addressType: spec.addressType,
    macAddress: spec.mac,
    wakeOnLanEnabled: true,
    uptCompatibilityEnabled: true,
    uptv2Enabled: false,
  }
}

/** Label and summary of a network card. */
export function nicLabel(spec: { index: number, summary: string }): { label: string, summary: string } {
  return Object.freeze({ label: `Network adapter ${spec.index + 1}`, summary: spec.summary })
}

/**
 * Writes into each controller which devices hang on it (`device`), as the product does. Devices
 * whose list is right already are kept as they are, so that templates stay shared.
 */
export function linkControllers(devices: readonly VirtualDevice[]): VirtualDevice[] {
  const children = new Map<number, number[]>()
  for (const device of devices) {
    if (device.controllerKey === undefined) continue
    const list = children.get(device.controllerKey) ?? []
    list.push(device.key)
    children.set(device.controllerKey, list)
  }
  return devices.map(device => {
    if (!('busNumber' in device)) return device
    const controller = device as VirtualController
    const wanted = children.get(controller.key)
    if (sameKeys(controller.device, wanted)) return device
    const { device: _old, ...rest } = controller
    return deepFreeze(wanted === undefined ? rest : { ...rest, device: wanted })
  })
}

function sameKeys(a: readonly number[] | undefined, b: readonly number[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.length === b.length && a.every((key, i) => key === b[i])
}

const slots = new Map<number, VirtualDevicePciBusSlotInfo>()

function slot(pciSlotNumber: number): VirtualDevicePciBusSlotInfo {
  let info = slots.get(pciSlotNumber)
  if (info === undefined) {
    info = Object.freeze({ _typeName: 'VirtualDevicePciBusSlotInfo', pciSlotNumber })
    slots.set(pciSlotNumber, info)
  }
  return info
}
