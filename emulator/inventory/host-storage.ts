import type {
  HostBlockHba, HostFibreChannelHba, HostFileSystemMountInfo, HostFileSystemVolumeInfo, HostHostBusAdapter,
  HostMountInfo, HostMultipathInfoLogicalUnit, HostMultipathInfoPath, HostMultipathStateInfo, HostNasVolume,
  HostScsiDisk, HostScsiTopologyInterface, HostStorageDeviceInfo, HostVmfsVolume, ScsiLunDurableName,
} from '../schema/generated/types.js'
import { deepFreeze } from '../world/freeze.js'
import type { HostSpec, VolumeSpec } from './host-spec.js'

const raid: HostBlockHba = deepFreeze({
  _typeName: 'HostBlockHba',
  key: 'key-vim.host.BlockHba-vmhba0',
  device: 'vmhba0',
  bus: 24,
  status: 'online',
  model: 'MegaRAID SAS-3 3108 [Invader]',
  driver: 'lsi_mr3',
  pci: '0000:18:00.0',
  storageProtocol: 'scsi',
  driverVersion: '7.728.02.00',
  firmwareVersion: '25.5.9.0001',
})

function fibreChannel(spec: HostSpec, port: number): HostFibreChannelHba {
  const low = spec.index * 2 + port
  return {
    _typeName: 'HostFibreChannelHba',
    key: `key-vim.host.FibreChannelHba-vmhba${port + 1}`,
    device: `vmhba${port + 1}`,
    bus: 59,
    status: 'online',
    model: 'ISP2722-based 16/32Gb Fibre Channel to PCIe Adapter',
    driver: 'qlnativefc',
    pci: `0000:3b:00.${port}`,
    storageProtocol: 'scsi',
    driverVersion: '5.3.1.3',
    firmwareVersion: '9.08.02',
    // Longs beyond 2^53 are decimal strings (docs/decisions/0002).
    portWorldWideName: wide(0x21000024ff000000n + BigInt(low)),
    nodeWorldWideName: wide(0x20000024ff000000n + BigInt(low)),
    portType: 'fabric',
    speed: 32,
  }
}

function wide(value: bigint): number {
  return value.toString() as unknown as number
}

const states = deepFreeze(['ok'])
const disks = new Map<string, HostScsiDisk>()

/** The disk behind a VMFS volume: the same object on every host that sees it. */
function scsiDisk(volume: VolumeSpec): HostScsiDisk {
  let disk = disks.get(volume.disk)
  if (disk?.capacity.block === Math.floor(volume.capacityBytes / 512) && disk.localDisk === volume.local) return disk
  const uuid = lunUuid(volume)
  disk = deepFreeze({
    _typeName: 'HostScsiDisk',
    deviceName: `/vmfs/devices/disks/${volume.disk}`,
    deviceType: 'disk',
    key: `key-vim.host.ScsiDisk-${uuid}`,
    uuid,
    canonicalName: volume.disk,
    alternateName: [durableName(volume.disk)],
    displayName: `${volume.local ? 'Local' : 'NETAPP Fibre Channel'} Disk (${volume.disk})`,
    lunType: 'disk',
    vendor: volume.local ? 'DELL    ' : 'NETAPP  ',
    model: volume.local ? 'PERC H755 Front ' : 'LUN C-Mode      ',
    revision: volume.local ? '5.16' : '9111',
    scsiLevel: 6,
    serialNumber: 'unavailable',
    queueDepth: 64,
    operationalState: states,
    capabilities: { updateDisplayNameSupported: true },
    vStorageSupport: volume.local ? 'vStorageUnsupported' : 'vStorageSupported',
    protocolEndpoint: false,
    perenniallyReserved: false,
    clusteredVmdkSupported: false,
    applicationProtocol: 'SCSI',
    capacity: { blockSize: 512, block: Math.floor(volume.capacityBytes / 512) },
    devicePath: `/vmfs/devices/disks/${volume.disk}`,
    ssd: true,
    localDisk: volume.local,
    emulatedDIXDIFEnabled: false,
    scsiDiskType: 'native512',
  } satisfies HostScsiDisk)
  disks.set(volume.disk, disk)
  return disk
}

/**
 * The disk's own name as it tells it: a designation descriptor of SCSI page 83h (SPC-4, 7.8.6.1) with
 * code set binary, type NAA, and its length. xsd:byte has a sign.
 */
function durableName(disk: string): ScsiLunDurableName {
  const bytes = disk.slice('naa.'.length).match(/../g) ?? []
  const signed = bytes.map(byte => Number.parseInt(byte, 16) << 24 >> 24)
  return { namespace: 'GENERIC_VPD', namespaceId: 5, data: [1, 3, 0, signed.length, ...signed] }
}

function lunUuid(volume: VolumeSpec): string {
  return `0200${volume.local ? '00' : '0a'}0000${volume.disk.slice(4)}`
}

/** Adapter, target and LUN of each path to the disk of a volume. */
function pathsOf(spec: HostSpec, volume: VolumeSpec, lun: number): HostMultipathInfoPath[] {
  const ports = volume.local ? [0] : [1, 2]
  return ports.map((port): HostMultipathInfoPath => {
    const name = `vmhba${port}:C0:T0:L${lun}`
    return {
      key: `key-vim.host.MultipathInfo.Path-${name}`,
      name,
      pathState: 'active',
      state: 'active',
      isWorkingPath: port < 2,
      adapter: port === 0 ? raid.key! : `key-vim.host.FibreChannelHba-vmhba${port}`,
      lun: `key-vim.host.MultipathInfo.LogicalUnit-${lunUuid(volume)}`,
      ...(port === 0 ? {} : { transport: transport(port) }),
    }
  })
}

const transports = [1, 2].map(port => deepFreeze({
  _typeName: 'HostFibreChannelTargetTransport',
  portWorldWideName: wide(0x500a098000000000n + BigInt(port)),
  nodeWorldWideName: wide(0x500a098000000000n),
}))

function transport(port: number): typeof transports[number] {
  return transports[port - 1]!
}

function logicalUnit(spec: HostSpec, volume: VolumeSpec, lun: number): HostMultipathInfoLogicalUnit {
  const uuid = lunUuid(volume)
  return {
    key: `key-vim.host.MultipathInfo.LogicalUnit-${uuid}`,
    id: uuid,
    lun: `key-vim.host.ScsiDisk-${uuid}`,
    path: pathsOf(spec, volume, lun),
    policy: { policy: volume.local ? 'VMW_PSP_FIXED' : 'VMW_PSP_RR' },
    storageArrayTypePolicy: { policy: volume.local ? 'VMW_SATP_LOCAL' : 'VMW_SATP_ALUA' },
  }
}

/** `config.storageDevice`: a RAID controller, two Fibre Channel ports, and the disks of the volumes. */
export function storageDevice(spec: HostSpec, volumes: readonly VolumeSpec[]): HostStorageDeviceInfo {
  const block = volumes.filter(volume => volume.type === 'VMFS')
  const units = block.map((volume, lun) => logicalUnit(spec, volume, lun))
  const adapters: HostHostBusAdapter[] = [raid, fibreChannel(spec, 0), fibreChannel(spec, 1)]
  return deepFreeze({
    hostBusAdapter: adapters,
    scsiLun: block.map(scsiDisk),
    scsiTopology: { adapter: adapters.map((adapter, port) => topology(adapter, port, block)) },
    multipathInfo: { lun: units },
    softwareInternetScsiEnabled: false,
  } satisfies HostStorageDeviceInfo)
}

function topology(adapter: HostHostBusAdapter, port: number, block: readonly VolumeSpec[]): HostScsiTopologyInterface {
  const lun = block.flatMap((volume, number) => volume.local !== (port === 0) ? [] : [{
    key: `key-vim.host.ScsiTopology.Lun-${lunUuid(volume)}`, lun: number,
    scsiLun: `key-vim.host.ScsiDisk-${lunUuid(volume)}`,
  }])
  return {
    key: `key-vim.host.ScsiTopology.Interface-${adapter.device}`,
    adapter: adapter.key!,
    target: lun.length === 0 ? [] : [{
      key: `key-vim.host.ScsiTopology.Target-${adapter.device}:0:0`, target: 0, lun,
      ...(port === 0 ? {} : { transport: transport(port) }),
    }],
  }
}

/** `config.multipathState` of the same paths. */
export function multipathState(device: HostStorageDeviceInfo): HostMultipathStateInfo {
  return deepFreeze({
    path: (device.multipathInfo?.lun ?? []).flatMap(unit =>
      unit.path.map(path => ({ name: path.name, pathState: path.pathState }))),
  })
}

const mounts = new Map<string, HostMountInfo>()

/** How a host has mounted a volume. */
export function mountInfo(volume: VolumeSpec): HostMountInfo {
  let info = mounts.get(volume.uuid)
  if (info === undefined) {
    info = deepFreeze({
      path: volume.type === 'OTHER' ? volume.url : `/vmfs/volumes/${volume.uuid}`,
      accessMode: 'readWrite', mounted: true, accessible: true,
    })
    mounts.set(volume.uuid, info)
  }
  return info
}

/** The file system of a volume, as hosts and datastores show it. */
export function vmfsVolume(volume: VolumeSpec): HostVmfsVolume {
  return deepFreeze({
    _typeName: 'HostVmfsVolume',
    type: 'VMFS',
    name: volume.name,
    capacity: volume.capacityBytes,
    blockSizeMb: 1,
    blockSize: 1024,
    unmapGranularity: 1024,
    unmapPriority: 'low',
    maxBlocks: 63963136,
    majorVersion: 6,
    version: '6.82',
    uuid: volume.uuid,
    extent: [{ diskName: volume.disk, partition: volume.local ? 8 : 1 }],
    vmfsUpgradable: false,
    ssd: true,
    local: volume.local,
    scsiDiskType: 'native512',
  })
}

/** The NFS mount of a volume. */
export function nasVolume(volume: VolumeSpec): HostNasVolume {
  return deepFreeze({
    _typeName: 'HostNasVolume',
    type: volume.type,
    name: volume.name,
    capacity: volume.capacityBytes,
    remoteHost: volume.server,
    remotePath: volume.path,
    userName: '',
    remoteHostNames: [volume.server],
    securityType: 'AUTH_SYS',
    protocolEndpoint: false,
  })
}

/** `config.fileSystemVolume` of a host. */
export function fileSystemVolume(volumes: readonly VolumeSpec[]): HostFileSystemVolumeInfo {
  const mountList = volumes.map((volume): HostFileSystemMountInfo => ({
    mountInfo: mountInfo(volume),
    volume: volume.type === 'VMFS'
      ? vmfsVolume(volume)
      : volume.type === 'NFS' || volume.type === 'NFS41'
        ? nasVolume(volume)
        : deepFreeze({ type: volume.type, name: volume.name, capacity: volume.capacityBytes }),
    vStorageSupport: volume.local ? 'vStorageUnsupported' : 'vStorageSupported',
  }))
  return deepFreeze({ volumeTypeList: ['VMFS', 'NFS', 'NFS41', 'vsan', 'VVOL', 'VFFS', 'OTHER', 'PMEM'], mountInfo: mountList })
}
