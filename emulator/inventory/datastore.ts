import type {
  DatastoreCapability, DatastoreInfo, DatastoreProps, HostDatastoreBrowserProps, LocalDatastoreInfo,
  NasDatastoreInfo, StorageIORMInfo, VmfsDatastoreInfo, VsanDatastoreInfo,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { deepFreeze } from '../world/freeze.js'
import type { VolumeSpec } from './host-spec.js'
import { mountInfo, nasVolume, vmfsVolume } from './host-storage.js'
import { noEntityFacts } from './virtual-machine.js'

/** What a Datastore refers to on the node whose record is made. */
export interface DatastoreRefs {
  readonly self: MoRef
  readonly parent: MoRef
  readonly hosts: readonly MoRef[]
  readonly vm: MoRef[]
  readonly browser: MoRef
}

const TIB = 2 ** 40
const vmfsFormats = deepFreeze(['thin', 'thick', 'eagerZeroedThick'])

const blockCapability: DatastoreCapability = deepFreeze({
  directoryHierarchySupported: true,
  rawDiskMappingsSupported: true,
  perFileThinProvisioningSupported: true,
  storageIORMSupported: true,
  nativeSnapshotSupported: false,
  topLevelDirectoryCreateSupported: true,
  seSparseSupported: true,
  vmfsSparseSupported: false,
  vsanSparseSupported: false,
  upitSupported: true,
  vmdkExpandSupported: true,
  clusteredVmdkSupported: false,
})

const fileCapability: DatastoreCapability = deepFreeze({
  ...blockCapability, rawDiskMappingsSupported: false, seSparseSupported: false, vmfsSparseSupported: true,
  upitSupported: false,
})

const iorm: StorageIORMInfo = deepFreeze({
  enabled: false,
  congestionThresholdMode: 'automatic',
  congestionThreshold: 30,
  percentOfPeakThroughput: 90,
  statsCollectionEnabled: false,
  reservationEnabled: false,
  statsAggregationDisabled: true,
  reservableIopsThreshold: 0,
})

/** All managed properties of a datastore. */
export function datastoreProps(volume: VolumeSpec, refs: DatastoreRefs, timestamp: string): DatastoreProps {
  const freeSpace = Math.max(0, volume.capacityBytes - volume.usedBytes)
  const info = mountInfo(volume)
  return Object.freeze({
    ...noEntityFacts,
    parent: refs.parent,
    name: volume.name,
    info: datastoreInfo(volume, freeSpace, timestamp),
    summary: Object.freeze({
      datastore: refs.self,
      name: volume.name,
      url: volume.url,
      capacity: volume.capacityBytes,
      freeSpace,
      uncommitted: 0,
      accessible: true,
      multipleHostAccess: volume.multipleHosts,
      type: volume.type,
      maintenanceMode: 'normal',
    }),
    host: deepFreeze(refs.hosts.map(key => ({ key, mountInfo: info }))),
    vm: refs.vm,
    browser: refs.browser,
    capability: volume.type === 'VMFS' ? blockCapability : fileCapability,
    iormConfiguration: iorm,
  } satisfies DatastoreProps)
}

function datastoreInfo(volume: VolumeSpec, freeSpace: number, timestamp: string): DatastoreInfo {
  const common = {
    name: volume.name,
    url: volume.url,
    freeSpace,
    maxFileSize: 64 * TIB,
    maxVirtualDiskCapacity: 62 * TIB,
    maxMemoryFileSize: 64 * TIB,
    timestamp,
    containerId: '',
    supportedVDiskFormats: vmfsFormats,
    logicalSectorSize: 512,
    physicalSectorSize: 512,
  }
  if (volume.type === 'VMFS') {
    const info: VmfsDatastoreInfo = {
      _typeName: 'VmfsDatastoreInfo', ...common, maxPhysicalRDMFileSize: 64 * TIB, maxVirtualRDMFileSize: 62 * TIB,
      vmfs: vmfsVolume(volume),
    }
    return Object.freeze(info)
  }
  if (volume.type === 'OTHER') {
    const info: LocalDatastoreInfo = { _typeName: 'LocalDatastoreInfo', ...common, path: volume.url }
    return Object.freeze(info)
  }
  if (volume.type === 'vsan') {
    const info: VsanDatastoreInfo = {
      _typeName: 'VsanDatastoreInfo', ...common, ...(volume.vsanUuid === undefined ? {} : { membershipUuid: volume.vsanUuid }),
    }
    return Object.freeze(info)
  }
  const info: NasDatastoreInfo = { _typeName: 'NasDatastoreInfo', ...common, nas: nasVolume(volume) }
  return Object.freeze(info)
}

const fileQueries: NonNullable<HostDatastoreBrowserProps['supportedType']> = deepFreeze([
  'FolderFileQuery', 'VmConfigFileQuery', 'TemplateConfigFileQuery', 'VmDiskFileQuery', 'VmSnapshotFileQuery',
  'VmNvramFileQuery', 'VmLogFileQuery', 'IsoImageFileQuery', 'FloppyImageFileQuery',
].map(_typeName => ({ _typeName })))

/** All managed properties of a datastore browser. */
export function datastoreBrowserProps(datastore: MoRef[]): HostDatastoreBrowserProps {
  return Object.freeze({ datastore, supportedType: fileQueries })
}
