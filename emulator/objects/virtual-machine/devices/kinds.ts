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

const numbered = (word: string, from = 1) => (n: number) => `${word} ${n - 1 + from}`

const rows: ReadonlyArray<readonly [string, DeviceKind]> = [
  ['VirtualDisk', {
    kind: 'disk', firstKey: 2000, label: numbered('Hard disk'),
    controller: ['VirtualSCSIController', 'VirtualSATAController', 'VirtualNVMEController', 'VirtualIDEController'],
  }],
  ['VirtualEthernetCard', {
    kind: 'nic', firstKey: 4000, label: numbered('Network adapter'), controller: ['VirtualPCIController'],
  }],
  ['VirtualCdrom', {
    kind: 'cdrom', firstKey: 3000, label: numbered('CD/DVD drive'),
    controller: ['VirtualIDEController', 'VirtualSATAController'],
  }],
  ['VirtualFloppy', { kind: 'floppy', firstKey: 8000, label: numbered('Floppy drive'), controller: ['VirtualSIOController'] }],
  ['VirtualSerialPort', { kind: 'other', firstKey: 9000, label: numbered('Serial port'), controller: ['VirtualSIOController'] }],
  ['VirtualParallelPort', { kind: 'other', firstKey: 10000, label: numbered('Parallel port'), controller: ['VirtualSIOController'] }],
  ['VirtualSoundCard', { kind: 'other', firstKey: 5000, label: () => 'Sound card', controller: ['VirtualPCIController'] }],
  ['ParaVirtualSCSIController', { kind: 'controller', firstKey: 1000, label: numbered('SCSI controller', 0), summary: 'VMware paravirtual SCSI', controller: ['VirtualPCIController'] }],
  ['VirtualLsiLogicSASController', { kind: 'controller', firstKey: 1000, label: numbered('SCSI controller', 0), summary: 'LSI Logic SAS', controller: ['VirtualPCIController'] }],
  ['VirtualLsiLogicController', { kind: 'controller', firstKey: 1000, label: numbered('SCSI controller', 0), summary: 'LSI Logic', controller: ['VirtualPCIController'] }],
  ['VirtualBusLogicController', { kind: 'controller', firstKey: 1000, label: numbered('SCSI controller', 0), summary: 'BusLogic', controller: ['VirtualPCIController'] }],
  ['VirtualSATAController', { kind: 'controller', firstKey: 15000, label: numbered('SATA controller', 0), summary: 'AHCI', controller: ['VirtualPCIController'] }],
  ['VirtualNVMEController', { kind: 'controller', firstKey: 31000, label: numbered('NVME controller', 0), summary: 'NVME controller', controller: ['VirtualPCIController'] }],
  ['VirtualIDEController', { kind: 'controller', firstKey: 200, label: numbered('IDE', 0), summary: 'IDE' }],
  ['VirtualUSBXHCIController', { kind: 'controller', firstKey: 14000, label: () => 'USB xHCI controller', summary: 'USB xHCI controller', controller: ['VirtualPCIController'] }],
  ['VirtualUSBController', { kind: 'controller', firstKey: 7000, label: () => 'USB controller', summary: 'Auto connect Disabled', controller: ['VirtualPCIController'] }],
  ['VirtualPCIPassthrough', { kind: 'other', firstKey: 13000, label: numbered('PCI device', 0), controller: ['VirtualPCIController'] }],
  ['VirtualTPM', { kind: 'other', firstKey: 11000, label: () => 'Virtual TPM', summary: 'Trusted Platform Module' }],
  ['VirtualWDT', { kind: 'other', firstKey: 18000, label: () => 'Virtual watchdog timer', controller: ['VirtualPCIController'] }],
  ['VirtualPrecisionClock', { kind: 'other', firstKey: 19000, label: () => 'Virtual precision clock', controller: ['VirtualPCIController'] }],
  ['VirtualUSB', { kind: 'other', firstKey: 7000, label: numbered('USB'), controller: ['VirtualUSBController', 'VirtualUSBXHCIController'] }],
]

/** The kind of a device type or of its nearest ancestor; undefined: this lab has no such device. */
export function kindOf(schema: Schema, typeName: string): DeviceKind | undefined {
  for (let at = schema.data(typeName); at !== undefined; at = at.base) {
    const row = rows.find(([name]) => name === at!.name)
    if (row !== undefined) return row[1]
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
