import type { MoRef } from '../schema/model.js'
import type { Product } from '../services/nodes.js'

/** A host as the builders need it: every choice made, every name given. */
export interface HostSpec {
  /** Node name. */
  readonly name: string
  /** What it is called in inventories and by clients. */
  readonly hostName: string
  readonly domain: string
  readonly address: string
  /** Position among the hosts of the lab, from 0. */
  readonly index: number
  readonly product: Product
  readonly uuid: string
  readonly serial: string
  readonly cpu: { readonly sockets: number, readonly cores: number, readonly threads: number, readonly mhz: number }
  readonly memoryBytes: number
  /** Exact capacity of its root pool where the lab gives it. */
  readonly rootPool?: { readonly mhz: number, readonly mb: number }
  readonly nics: number
  readonly vendor: string
  readonly model: string
  readonly tpm: boolean
  readonly networks: ReadonlyArray<{ readonly name: string, readonly vlan: number }>
  readonly switches: readonly HostSwitchSpec[]
  /** dateTime since which it is up, and lab milliseconds of the same. */
  readonly bootTime: string
  readonly bootTimeMs: number
  readonly managedBy: string | undefined
  readonly managementIp: string | undefined
  /** Its part in a cluster's vSAN. */
  readonly vsan?: HostVsanSpec
}

/** A host of a vSAN, or its witness. */
export interface HostVsanSpec {
  readonly uuid: string
  readonly nodeUuid: string
  /** Name of its fault domain where the lab gives them. */
  readonly domain?: string
}

/** The host's part in a distributed switch. */
export interface HostSwitchSpec {
  readonly uuid: string
  readonly name: string
  readonly mtu: number
  readonly pnics: readonly string[]
  readonly uplinks: ReadonlyArray<{ readonly key: string, readonly name: string }>
}

/** A volume that a host has mounted, as its datastore. */
export interface VolumeSpec {
  readonly uuid: string
  readonly name: string
  readonly type: 'VMFS' | 'NFS' | 'NFS41' | 'vsan' | 'OTHER'
  readonly capacityBytes: number
  readonly usedBytes: number
  /** Mounted by one host only, from a disk inside it. */
  readonly local: boolean
  readonly server: string
  readonly path: string
  readonly url: string
  /** Canonical name of the disk behind a VMFS volume. */
  readonly disk: string
  readonly multipleHosts: boolean
  /** UUID of the cluster whose vSAN it is. */
  readonly vsanUuid?: string
}

/** Type and id of a reference. */
export function ref(type: string, value: string): MoRef {
  return Object.freeze({ type, value })
}

/** Ids of the fixed objects of a host's inventory (protocols.md 2.4). */
export const haRefs = {
  root: ref('Folder', 'ha-folder-root'),
  datacenter: ref('Datacenter', 'ha-datacenter'),
  vmFolder: ref('Folder', 'ha-folder-vm'),
  hostFolder: ref('Folder', 'ha-folder-host'),
  datastoreFolder: ref('Folder', 'ha-folder-datastore'),
  networkFolder: ref('Folder', 'ha-folder-network'),
  compute: ref('ComputeResource', 'ha-compute-res'),
  pool: ref('ResourcePool', 'ha-root-pool'),
  host: ref('HostSystem', 'ha-host'),
  browser: ref('HostDatastoreBrowser', 'ha-hostdatastorebrowser'),
  environment: ref('EnvironmentBrowser', 'ha-env-browser'),
} as const
