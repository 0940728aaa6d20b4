import type {
  HostCpuIdInfo, HostCpuPackage, HostHardwareInfo, HostHardwareSummary, HostNumaNode, HostPciDevice,
} from '../schema/generated/types.js'
import { deepFreeze } from '../world/freeze.js'
import type { HostSpec } from './host-spec.js'

const CPU_MODEL = 'Intel(R) Xeon(R) Gold 6338 CPU'

const cpuFeatures: HostCpuIdInfo[] = deepFreeze([
  feature(0, '00011011', '01110101011011100110010101000111',
    '01101100011001010111010001101110', '01001001011001010110111001101001'),
  feature(1, '00000000000001100000011010100110', '00000000000000010000100000000000',
    '01111111111111101111101111111111', '10111111111010111111101111111111'),
  feature(-2147483648, '10000000000000000000000000001000', '0', '0', '0'),
  feature(-2147483647, '0', '0', '00000000000000000000000100100001', '00101100000100000000100000000000'),
])

function feature(level: number, eax: string, ebx: string, ecx: string, edx: string): HostCpuIdInfo {
  const grouped = (bits: string): string => bits.padStart(32, '0').match(/.{4}/g)!.join(':')
  return { level, vendor: '', eax: grouped(eax), ebx: grouped(ebx), ecx: grouped(ecx), edx: grouped(edx) }
}

/** A PCI device: id, class, vendor, device, names. */
type Pci = readonly [id: string, classId: number, vendorId: number, deviceId: number, vendor: string, name: string, className: string]

const storageAdapters: readonly Pci[] = [
  ['0000:18:00.0', 0x104, 0x1000, 0x14, 'Broadcom / LSI', 'MegaRAID SAS-3 3108 [Invader]', 'RAID bus controller'],
  ['0000:3b:00.0', 0xc04, 0x1077, 0x2261, 'QLogic Corp.', 'ISP2722-based 16/32Gb Fibre Channel to PCIe Adapter', 'Fibre Channel'],
  ['0000:3b:00.1', 0xc04, 0x1077, 0x2261, 'QLogic Corp.', 'ISP2722-based 16/32Gb Fibre Channel to PCIe Adapter', 'Fibre Channel'],
]

/** PCI address of a physical network card. */
export function nicPciId(index: number): string {
  return `0000:${(0x5e + (index >> 1)).toString(16)}:00.${index & 1}`
}

function pciDevice([id, classId, vendorId, deviceId, vendorName, deviceName, deviceClassName]: Pci): HostPciDevice {
  const [, bus, rest] = id.split(':') as [string, string, string]
  return {
    id, classId, bus: parseInt(bus, 16), slot: parseInt(rest.slice(0, 2), 16), function: Number(rest.slice(3)),
    vendorId: signed(vendorId), subVendorId: signed(vendorId), vendorName, deviceId: signed(deviceId),
    subDeviceId: 1, deviceName, deviceClassName, physicalSlot: -1,
  }
}

/** PCI ids are shorts on the wire. */
function signed(value: number): number {
  return value > 0x7fff ? value - 0x10000 : value
}

type Shared = Omit<HostHardwareInfo, 'systemInfo'>
const sharedByShape = new Map<string, Shared>()

/** The parts of `hardware` that hosts of one shape share. */
function sharedHardware(spec: HostSpec): Shared {
  const { sockets, cores, threads, mhz } = spec.cpu
  const shape = JSON.stringify([spec.cpu, spec.memoryBytes, spec.nics, spec.vendor])
  let shared = sharedByShape.get(shape)
  if (shared !== undefined) return shared
  const hz = mhz * 1e6
  const perSocket = cores * threads
  const threadIds = (socket: number): number[] => Array.from({ length: perSocket }, (_, i) => socket * perSocket + i)
  const nics = Array.from({ length: spec.nics }, (_, i): Pci =>
    [nicPciId(i), 0x200, 0x8086, 0x1592, 'Intel Corporation', 'Ethernet Controller E810-C for QSFP', 'Ethernet controller'])
  shared = deepFreeze({
    cpuPowerManagementInfo: { currentPolicy: 'Balanced', hardwareSupport: 'ACPI P-states, ACPI C-states' },
    cpuInfo: { numCpuPackages: sockets, numCpuCores: sockets * cores, numCpuThreads: sockets * perSocket, hz },
    cpuPkg: Array.from({ length: sockets }, (_, index): HostCpuPackage => ({
      index, vendor: 'intel', hz, busHz: 100000000, description: `${CPU_MODEL} @ ${(mhz / 1000).toFixed(2)}GHz`,
      threadId: threadIds(index), cpuFeature: cpuFeatures, family: 6, model: 106, stepping: 6,
    })),
    memorySize: spec.memoryBytes,
    numaInfo: {
      type: 'NUMA', numNodes: sockets,
      numaNode: Array.from({ length: sockets }, (_, typeId): HostNumaNode => ({
        typeId, cpuID: threadIds(typeId), memorySize: Math.floor(spec.memoryBytes / sockets),
        memoryRangeBegin: Math.floor(spec.memoryBytes / sockets) * typeId,
        memoryRangeLength: Math.floor(spec.memoryBytes / sockets),
      })),
    },
    smcPresent: false,
    pciDevice: [...storageAdapters, ...nics].map(pciDevice),
    cpuFeature: cpuFeatures,
    biosInfo: {
      biosVersion: '1.12.1', releaseDate: '2024-03-15T00:00:00Z', vendor: spec.vendor, majorRelease: 1,
      minorRelease: 12, firmwareMajorRelease: 255, firmwareMinorRelease: 255, firmwareType: 'UEFI',
    },
    reliableMemoryInfo: { memorySize: 0 },
    sgxInfo: { sgxState: 'notPresent', totalEpcMemory: 0, flcMode: 'off' },
    sevInfo: { sevState: 'uninitialized', maxSevEsGuests: 0 },
    memoryTieringType: 'noTiering',
    memoryTierInfo: [{ name: 'DRAM', type: 'DRAM', flags: [], size: spec.memoryBytes }],
  } satisfies Shared)
  sharedByShape.set(shape, shared)
  return shared
}

/** `hardware` of a host. */
export function hostHardware(spec: HostSpec): HostHardwareInfo {
  return Object.freeze({
    systemInfo: deepFreeze({
      vendor: spec.vendor,
      model: spec.model,
      family: 'PowerEdge',
      uuid: spec.uuid,
      otherIdentifyingInfo: [
        { identifierValue: spec.serial, identifierType: serviceTag },
      ],
      serialNumber: spec.serial,
      vvolHostId: spec.uuid,
      bootCommandLine: '/bootbank/b.b00 vmbTrustedBoot=false tboot=0x0 no-auto-partition bootUUID=0',
    }),
    ...sharedHardware(spec),
  })
}

const serviceTag = deepFreeze({ label: 'Service tag', summary: 'Service tag of the system', key: 'ServiceTag' })

const summaries = new Map<string, Omit<HostHardwareSummary, 'uuid' | 'otherIdentifyingInfo'>>()

/** `summary.hardware` of a host. */
export function hardwareSummary(spec: HostSpec, hardware: HostHardwareInfo): HostHardwareSummary {
  const shape = JSON.stringify([spec.cpu, spec.memoryBytes, spec.nics, spec.vendor, spec.model])
  let shared = summaries.get(shape)
  if (shared === undefined) {
    shared = {
      vendor: spec.vendor, model: spec.model, family: 'PowerEdge', memorySize: spec.memoryBytes,
      cpuModel: hardware.cpuPkg[0]!.description, cpuMhz: spec.cpu.mhz,
      numCpuPkgs: hardware.cpuInfo.numCpuPackages, numCpuCores: hardware.cpuInfo.numCpuCores,
      numCpuThreads: hardware.cpuInfo.numCpuThreads, numNics: spec.nics, numHBAs: storageAdapters.length,
    }
    summaries.set(shape, shared)
  }
  return Object.freeze({ ...shared, uuid: spec.uuid, otherIdentifyingInfo: hardware.systemInfo.otherIdentifyingInfo! })
}
