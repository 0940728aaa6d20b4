import { guestNames } from '../../inventory/data/guest-os.js'
import { vmCapability } from '../../inventory/data/vm-templates.js'
import { standardDevices } from '../../inventory/devices.js'
import { guestFamily } from '../../physics/compute/guest-report.js'
import type {
  GuestOsDescriptor, IntOption, VirtualDeviceOption, VirtualHardwareOption, VirtualMachineConfigOption,
  VirtualMachineConfigOptionDescriptor,
} from '../../schema/generated/types.js'

const int = (min: number, max: number, defaultValue: number): IntOption => ({ min, max, defaultValue })

/** Devices that can be given to a VM, with the controllers that they need. */
const devices: ReadonlyArray<readonly [string, string | undefined]> = [
  ['VirtualDisk', undefined],
  ['VirtualCdrom', undefined],
  ['VirtualFloppy', 'VirtualSIOController'],
  ['VirtualSerialPort', 'VirtualSIOController'],
  ['VirtualParallelPort', 'VirtualSIOController'],
  ['ParaVirtualSCSIController', 'VirtualPCIController'],
  ['VirtualLsiLogicSASController', 'VirtualPCIController'],
  ['VirtualLsiLogicController', 'VirtualPCIController'],
  ['VirtualBusLogicController', 'VirtualPCIController'],
  ['VirtualAHCIController', 'VirtualPCIController'],
  ['VirtualNVMEController', 'VirtualPCIController'],
  ['VirtualUSBController', 'VirtualPCIController'],
  ['VirtualUSBXHCIController', 'VirtualPCIController'],
  ['VirtualVmxnet3', 'VirtualPCIController'],
  ['VirtualE1000e', 'VirtualPCIController'],
  ['VirtualE1000', 'VirtualPCIController'],
  ['VirtualTPM', undefined],
]

/** What can be asked of a VM of a hardware version; `guests` restricts the list of guests. */
export function configOption(
  of: VirtualMachineConfigOptionDescriptor, guests: readonly string[] | undefined,
): VirtualMachineConfigOption {
  const version = Number(of.key.replace('vmx-', ''))
  const ids = Object.keys(guestNames).filter(id => guests === undefined || guests.length === 0 || guests.includes(id))
  return {
    version: of.key,
    description: of.description ?? of.key,
    guestOSDescriptor: ids.map(id => guestDescriptor(id, version)),
    guestOSDefaultIndex: Math.max(0, ids.indexOf('otherGuest')),
    hardwareOptions: hardwareOptions(version),
    capabilities: vmCapability,
    datastore: {},
    defaultDevice: [...standardDevices],
    supportedMonitorType: ['release', 'debug', 'stats'],
    supportedOvfEnvironmentTransport: ['iso', 'com.vmware.guestInfo'],
    supportedOvfInstallTransport: [],
  }
}

function maxCpus(version: number): number {
  if (version >= 20) return 768
  if (version >= 18) return 768
  return version >= 11 ? 128 : 32
}

function maxMemoryMb(version: number): number {
  if (version >= 18) return 24 * 1024 * 1024
  return version >= 14 ? 6128 * 1024 : version >= 11 ? 4080 * 1024 : 1011 * 1024
}

function hardwareOptions(version: number): VirtualHardwareOption {
  const shares = (most: number, normal: number) => ({
    sharesOption: { sharesOption: int(0, most, normal), defaultLevel: 'normal' as const },
  })
  return {
    hwVersion: version,
    virtualDeviceOption: devices.map(([type, controllerType]) => deviceOption(type, controllerType)),
    deviceListReadonly: false,
    numCPU: Array.from({ length: maxCpus(version) }, (_, i) => i + 1),
    numCoresPerSocket: int(1, maxCpus(version), 1),
    numCpuReadonly: false,
    memoryMB: { min: 4, max: maxMemoryMb(version), defaultValue: 1024 },
    numPCIControllers: int(1, 1, 1),
    numIDEControllers: int(0, 2, 2),
    numUSBControllers: int(0, 1, 0),
    numUSBXHCIControllers: int(0, 1, 0),
    numSIOControllers: int(1, 1, 1),
    numPS2Controllers: int(1, 1, 1),
    resourceConfigOption: {
      cpuAllocationOption: shares(1000000, 4000), memoryAllocationOption: shares(1000000, 163840),
    },
  }
}

function deviceOption(type: string, controllerType: string | undefined): VirtualDeviceOption {
  return {
    type, ...(controllerType === undefined ? {} : { controllerType }),
    deprecated: false, plugAndPlay: type !== 'VirtualTPM', hotRemoveSupported: type !== 'VirtualTPM',
  }
}

function guestDescriptor(id: string, version: number): GuestOsDescriptor {
  const windows = guestFamily(id) === 'windowsGuest'
  const is64 = id.includes('64')
  const scsi = windows ? 'VirtualLsiLogicSASController' : 'ParaVirtualSCSIController'
  const card = is64 ? 'VirtualVmxnet3' : 'VirtualE1000'
  const efi = windows || /rhel9|debian12|windows1[1-9]/.test(id)
  const off = { supported: false, defaultValue: false }
  return {
    id,
    family: guestFamily(id),
    fullName: guestNames[id] ?? id,
    supportedMaxCPUs: is64 ? maxCpus(version) : 32,
    numSupportedPhysicalSockets: is64 ? 128 : 32,
    numSupportedCoresPerSocket: is64 ? 64 : 32,
    supportedMinMemMB: windows ? 1024 : 32,
    supportedMaxMemMB: is64 ? maxMemoryMb(version) : 65536,
    recommendedMemMB: windows ? 4096 : 1024,
    recommendedColorDepth: 32,
    supportedDiskControllerList: [
      'VirtualAHCIController', 'VirtualIDEController', 'VirtualLsiLogicController',
      'VirtualLsiLogicSASController', 'ParaVirtualSCSIController', 'VirtualNVMEController',
    ],
    recommendedSCSIController: scsi,
    recommendedDiskController: scsi,
    supportedNumDisks: 16,
    recommendedDiskSizeMB: windows ? 49152 : 16384,
    recommendedCdromController: 'VirtualAHCIController',
    supportedEthernetCard: ['VirtualVmxnet3', 'VirtualE1000', 'VirtualE1000e'],
    recommendedEthernetCard: card,
    supportsSlaveDisk: true,
    smcRequired: false,
    supportsWakeOnLan: true,
    supportsVMI: false,
    supportsMemoryHotAdd: is64,
    supportsCpuHotAdd: is64,
    supportsCpuHotRemove: false,
    supportedFirmware: ['bios', 'efi'],
    recommendedFirmware: efi ? 'efi' : 'bios',
    supports3D: true,
    recommended3D: false,
    smcRecommended: false,
    ich7mRecommended: false,
    usbRecommended: false,
    supportLevel: 'supported',
    supportedForCreate: true,
    vRAMSizeInKB: int(1024, 262144, 4096),
    numSupportedFloppyDevices: 2,
    supportsPvscsiControllerForBoot: true,
    diskUuidEnabled: false,
    supportsHotPlugPCI: true,
    supportsSecureBoot: efi,
    vvtdSupported: off,
    vbsSupported: { supported: windows, defaultValue: false },
    vsgxSupported: off,
  }
}
