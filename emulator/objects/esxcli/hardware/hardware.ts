import { namespace, object, rows } from '../define.js'
import { hostConfig, hostProps } from '../host-props.js'
import type { Namespace, Seat } from '../model.js'

/** esxcli hardware (operations.md 2.1): what the host's `hardware` says. */
export const hardware: readonly Namespace[] = [
  namespace('hardware.platform', 'The machine.', {
    get: object('PlatformGet', {
      UUID: 'string', 'Product Name': 'string', 'Vendor Name': 'string', 'Serial Number': 'string',
      'Enclosure Serial Number': 'string', 'BIOS Asset Tag': 'string', 'IPMI Supported': 'boolean',
    }, {
      help: 'Show what machine it is.', hints: { 'header:PlatformGet': 'Platform Information' },
      run: seat => {
        const { uuid, model, vendor, serialNumber } = hostProps(seat).hardware!.systemInfo
        return {
          UUID: uuid.replaceAll('-', '').match(/../g)!.map(byte => `0x${byte}`).join(' '), 'Product Name': model,
          'Vendor Name': vendor, 'Serial Number': serialNumber,
          // The lab's machines have no enclosure, asset tag or management controller of their own.
          'Enclosure Serial Number': undefined, 'BIOS Asset Tag': undefined, 'IPMI Supported': undefined,
        }
      },
    }),
  }),
  namespace('hardware.memory', 'The memory of the machine.', {
    get: object('MemoryGet', { 'Physical Memory': 'long', 'Reliable Memory': 'long', 'NUMA Node Count': 'long' }, {
      help: 'Show how much memory there is.', hints: { 'header:MemoryGet': 'Memory Information' },
      run: seat => {
        const { memorySize, reliableMemoryInfo, numaInfo } = hostProps(seat).hardware!
        return { 'Physical Memory': memorySize, 'Reliable Memory': reliableMemoryInfo?.memorySize, 'NUMA Node Count': numaInfo?.numNodes }
      },
    }),
  }),
  namespace('hardware.cpu', 'The CPUs of the machine.', {
    list: rows('CPU', {
      Id: 'long', 'Package Id': 'long', Family: 'long', Model: 'long', Stepping: 'long', Brand: 'string',
      'Core Speed': 'long', 'Bus Speed': 'long', Node: 'long',
    }, {
      help: 'Show every logical CPU.', table: false, hints: { 'header:CPU': 'CPU:%Id%', 'show-header': 'true' }, run: cpus,
    }),
  }),
  namespace('hardware.cpu.global', 'The CPUs of the machine as a whole.', {
    get: object('GlobalCpu', {
      'CPU Packages': 'long', 'CPU Cores': 'long', 'CPU Threads': 'long', 'Hyperthreading Active': 'boolean',
      'Hyperthreading Supported': 'boolean', 'Hyperthreading Enabled': 'boolean',
    }, {
      help: 'Show how many CPUs there are, and whether their threads are used.',
      run: seat => {
        const { numCpuPackages, numCpuCores, numCpuThreads } = hostProps(seat).hardware!.cpuInfo
        const threads = hostConfig(seat).hyperThread
        return {
          'CPU Packages': numCpuPackages, 'CPU Cores': numCpuCores, 'CPU Threads': numCpuThreads,
          'Hyperthreading Active': threads?.active, 'Hyperthreading Supported': threads?.available,
          'Hyperthreading Enabled': threads?.config,
        }
      },
    }),
  }),
  namespace('hardware.pci', 'Devices on the machine\'s PCI buses.', {
    list: rows('PciDevice', {
      Address: 'string', Segment: 'string', Bus: 'string', Slot: 'string', Function: 'string', 'VMkernel Name': 'string',
      'Vendor Name': 'string', 'Device Name': 'string', 'Device Class Name': 'string', 'Vendor ID': 'string', 'Device ID': 'string',
      'Sub Vendor ID': 'string', 'Sub Device ID': 'string', 'Device Class': 'string',
    }, {
      help: 'Show the PCI devices.', table: false, hints: { 'header:PciDevice': '%Address%', 'show-header': 'true' }, run: pciDevices,
    }),
  }),
  namespace('hardware.trustedboot', 'Trusted boot of the machine.', {
    get: object('TrustedbootGet', { 'Drtm Enabled': 'boolean', 'Tpm Present': 'boolean' }, {
      help: 'Show whether there is a TPM, and whether it measures a late launch.',
      run: seat => {
        const capability = hostProps(seat).capability
        return { 'Drtm Enabled': capability?.txtEnabled, 'Tpm Present': capability?.tpmSupported }
      },
    }),
  }),
]

const brands: Readonly<Record<string, string>> = { intel: 'GenuineIntel', amd: 'AuthenticAMD', hygon: 'HygonGenuine' }

function cpus(seat: Seat) {
  const { cpuPkg, numaInfo } = hostProps(seat).hardware!
  return cpuPkg.flatMap(each => each.threadId.map(id => ({
    Id: id, 'Package Id': each.index, Family: each.family, Model: each.model, Stepping: each.stepping,
    Brand: brands[each.vendor] ?? each.vendor, 'Core Speed': each.hz, 'Bus Speed': each.busHz,
    Node: numaInfo?.numaNode?.find(node => node.cpuID.includes(id))?.typeId,
  }))).sort((a, b) => a.Id - b.Id)
}

function pciDevices(seat: Seat) {
  const { network, storageDevice } = hostConfig(seat)
  const users = new Map([...network?.pnic ?? [], ...storageDevice?.hostBusAdapter ?? []].map(each => [each.pci, each.device]))
  return (hostProps(seat).hardware!.pciDevice ?? []).map(each => ({
    Address: each.id, Segment: `0x${each.id.slice(0, 4)}`, Bus: hex(each.bus, 2), Slot: hex(each.slot, 2), Function: hex(each.function, 1),
    'VMkernel Name': users.get(each.id) ?? '', 'Vendor Name': each.vendorName, 'Device Name': each.deviceName,
    'Device Class Name': each.deviceClassName, 'Vendor ID': hex(each.vendorId, 4), 'Device ID': hex(each.deviceId, 4),
    'Sub Vendor ID': hex(each.subVendorId, 4), 'Sub Device ID': hex(each.subDeviceId, 4), 'Device Class': hex(each.classId, 4),
  }))
}

/** Ids travel as signed shorts. */
function hex(value: number, digits: number): string {
  return `0x${(value & 0xffff).toString(16).padStart(digits, '0')}`
}
