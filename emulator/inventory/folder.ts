import type { DatacenterProps, FolderProps, StoragePodProps } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { deepFreeze } from '../world/freeze.js'
import { noEntityFacts } from './virtual-machine.js'

/** What a folder may hold: the root and those below it, and the four kinds of a datacenter. */
const childTypes: Readonly<Record<FolderKind, string[]>> = deepFreeze({
  root: ['Folder', 'Datacenter'],
  vm: ['Folder', 'VirtualMachine', 'VirtualApp'],
  host: ['Folder', 'ComputeResource'],
  datastore: ['Folder', 'Datastore', 'StoragePod'],
  network: ['Folder', 'Network', 'DistributedVirtualSwitch'],
  pod: ['Datastore'],
})

export type FolderKind = 'root' | 'vm' | 'host' | 'datastore' | 'network' | 'pod'

/** What a folder of a kind may hold. A host's own folders hold no folders. */
export function childTypesOf(kind: FolderKind, esxi: boolean): string[] {
  return esxi ? hostChildTypes[kind] : childTypes[kind]
}

const hostChildTypes: Readonly<Record<FolderKind, string[]>> = deepFreeze({
  root: ['Datacenter'],
  vm: ['VirtualMachine'],
  host: ['ComputeResource'],
  datastore: ['Datastore'],
  network: ['Network'],
  pod: ['Datastore'],
})

/** All managed properties of a folder; `parent` is undefined for the root. */
export function folderProps(
  name: string, kind: FolderKind, parent: MoRef | undefined, childEntity: MoRef[], esxi = false,
): FolderProps {
  return Object.freeze({
    ...noEntityFacts,
    ...(parent === undefined ? {} : { parent }),
    name,
    childType: childTypesOf(kind, esxi),
    childEntity,
  } satisfies FolderProps)
}

/** All managed properties of a datastore cluster without automation. */
export function storagePodProps(
  name: string, parent: MoRef, childEntity: MoRef[], capacity: number, freeSpace: number,
): StoragePodProps {
  return Object.freeze({
    ...folderProps(name, 'pod', parent, childEntity),
    summary: Object.freeze({ name, capacity, freeSpace }),
    podStorageDrsEntry,
  } satisfies StoragePodProps)
}

const podStorageDrsEntry: NonNullable<StoragePodProps['podStorageDrsEntry']> = deepFreeze({
  storageDrsConfig: {
    podConfig: {
      enabled: false,
      ioLoadBalanceEnabled: true,
      defaultVmBehavior: 'manual',
      loadBalanceInterval: 480,
      defaultIntraVmAffinity: true,
      spaceLoadBalanceConfig: {
        spaceThresholdMode: 'utilization', spaceUtilizationThreshold: 80, freeSpaceThresholdGB: 50,
        minSpaceUtilizationDifference: 5,
      },
      ioLoadBalanceConfig: {
        reservablePercentThreshold: 60, reservableThresholdMode: 'automated', ioLatencyThreshold: 15,
        ioLoadImbalanceThreshold: 5,
      },
    },
  },
})

/** All managed properties of a datacenter. */
export function datacenterProps(
  name: string,
  parent: MoRef,
  folders: { vm: MoRef, host: MoRef, datastore: MoRef, network: MoRef },
  content: { datastore: MoRef[], network: MoRef[] },
  hardware: number,
): DatacenterProps {
  return Object.freeze({
    ...noEntityFacts,
    parent,
    name,
    vmFolder: folders.vm,
    hostFolder: folders.host,
    datastoreFolder: folders.datastore,
    networkFolder: folders.network,
    datastore: content.datastore,
    network: content.network,
    configuration: Object.freeze({
      defaultHardwareVersionKey: `vmx-${hardware}`, maximumHardwareVersionKey: `vmx-${hardware}`,
    }),
  } satisfies DatacenterProps)
}
