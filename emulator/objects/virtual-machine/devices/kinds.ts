import type { VirtualDevice } from '../../../schema/generated/types.js'
import type { Schema } from '../../../schema/model.js'

/** How devices of a kind are numbered and hung up. */
export interface DeviceKind {
  readonly kind: 'disk' | 'nic' | 'cdrom' | 'floppy' | 'controller' | 'other'
  /** First key of the kind; further devices get the next free ones. */
  readonly firstKey: number
  /** How the product labels the n-th of them, from 1. */
  readonly label: (n: number) => string
  /** Summary where the device has no other. */
  readonly summary?: string
  /** Type of the controllers that may hold it; undefined: it needs none. */
  readonly controller?: readonly string[]
}

const numbered = (word: string, from = 1) => (n: number): string => `${word} ${n - 1 + from}`
const always = (word: string) => (): string => word

const PCI = ['VirtualPCIController']
const SIO = ['VirtualSIOController']
const DISK_CONTROLLERS = [
  'VirtualSCSIController', 'VirtualSATAController', 'VirtualNVMEController', 'VirtualIDEController',
]

/** A disk controller on the PCI bus. */
function disks(firstKey: number, word: string, summary: string): DeviceKind {
  return { kind: 'controller', firstKey, label: numbered(word, 0), summary, controller: PCI }
}

/** Any other device. */
function other(firstKey: number, label: (n: number) => string, controller?: readonly string[]): DeviceKind {
  return { kind: 'other', firstKey, label, ...(controller === undefined ? {} : { controller }) }
}

/** By device type; a subtype has the kind of its nearest ancestor here. */
const kinds: ReadonlyMap<string, DeviceKind> = new Map<string, DeviceKind>([
  ['VirtualDisk', {
    kind: 'disk', firstKey: 2000, label: numbered('Hard disk'), controller: DISK_CONTROLLERS,
  }],
  ['VirtualEthernetCard', {
    kind: 'nic', firstKey: 4000, label: numbered('Network adapter'), controller: PCI,
  }],
  ['VirtualCdrom', {
    kind: 'cdrom', firstKey: 3000, label: numbered('CD/DVD drive'),
    controller: ['VirtualIDEController', 'VirtualSATAController'],
  }],
  ['VirtualFloppy', {
    kind: 'floppy', firstKey: 8000, label: numbered('Floppy drive'), controller: SIO,
  }],
  ['VirtualSerialPort', other(9000, numbered('Serial port'), SIO)],
  ['VirtualParallelPort', other(10000, numbered('Parallel port'), SIO)],
  ['VirtualSoundCard', other(5000, always('Sound card'), PCI)],
  ['ParaVirtualSCSIController', disks(1000, 'SCSI controller', 'VMware paravirtual SCSI')],
  ['VirtualLsiLogicSASController', disks(1000, 'SCSI controller', 'LSI Logic SAS')],
  ['VirtualLsiLogicController', disks(1000, 'SCSI controller', 'LSI Logic')],
  ['VirtualBusLogicController', disks(1000, 'SCSI controller', 'BusLogic')],
  ['VirtualSATAController', disks(15000, 'SATA controller', 'AHCI')],
  ['VirtualNVMEController', disks(31000, 'NVME controller', 'NVME controller')],
  ['VirtualIDEController', {
    kind: 'controller', firstKey: 200, label: numbered('IDE', 0), summary: 'IDE',
  }],
  ['VirtualUSBXHCIController', {
    kind: 'controller', firstKey: 14000, label: always('USB xHCI controller'),
    summary: 'USB xHCI controller', controller: PCI,
  }],
  ['VirtualUSBController', {
    kind: 'controller', firstKey: 7000, label: always('USB controller'),
    summary: 'Auto connect Disabled', controller: PCI,
  }],
  ['VirtualPCIPassthrough', other(13000, numbered('PCI device', 0), PCI)],
  ['VirtualTPM', other(11000, always('Virtual TPM'))],
  ['VirtualWDT', other(18000, always('Virtual watchdog timer'), PCI)],
  ['VirtualPrecisionClock', other(19000, always('Virtual precision clock'), PCI)],
  ['VirtualUSB', other(7100, numbered('USB'), ['VirtualUSBController', 'VirtualUSBXHCIController'])],
])

/** The kind of a device type or of its nearest ancestor; undefined: this lab has no such device. */
export function kindOf(schema: Schema, typeName: string): DeviceKind | undefined {
  for (let at = schema.data(typeName); at !== undefined; at = at.base) {
    const kind = kinds.get(at.name)
    if (kind !== undefined) return kind
  }
  return undefined
}

/** Units of a controller: how many there are, and the one that the controller itself takes. */
export function unitsOf(schema: Schema, controller: VirtualDevice): { count: number, own?: number, first: number } {
  const type = controller._typeName ?? ''
  if (schema.isA(type, 'ParaVirtualSCSIController')) return { count: 64, own: 7, first: 0 }
  if (schema.isA(type, 'VirtualSCSIController')) return { count: 16, own: 7, first: 0 }
  if (schema.isA(type, 'VirtualSATAController')) return { count: 30, first: 0 }
  if (schema.isA(type, 'VirtualNVMEController')) return { count: 15, first: 0 }
  if (schema.isA(type, 'VirtualIDEController')) return { count: 2, first: 0 }
  if (schema.isA(type, 'VirtualPCIController')) return { count: 256, first: 2 }
  return { count: 256, first: 0 }
}
