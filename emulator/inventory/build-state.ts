import type { HostSystemProps } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { NodeInfo } from '../services/nodes.js'
import type { Transaction } from '../world/transaction.js'
import type { PoolChoice } from './compute.js'
import { ref, type HostSpec, type VolumeSpec } from './host-spec.js'
import type { Identities } from './identity.js'
import type { FolderKind } from './folder.js'
import type { ClusterPlan, DatacenterPlan, HostPlan, LabPlan, SwitchPlan, VcenterPlan, VolumePlan } from './plan-model.js'
import { vcenterId, type VcenterPrefix } from '../physics/management/ids.js'

/** What the builder knows while it builds: ids are given out first, records are made at the end. */
export interface Build {
  readonly tx: Transaction
  readonly plan: LabPlan
  readonly identities: Identities
  readonly options: BuildOptions
  /** dateTime of the lab's first instant, and of things made long before. */
  readonly now: string
  readonly created: string
  readonly nodes: Map<string, NodeInfo>
  readonly hosts: Map<HostPlan, HostState>
  readonly volumes: Map<VolumePlan, VolumeState>
  readonly vcenters: Map<VcenterPlan, VcenterState>
  /** Next guest address and next MAC of a card. */
  readonly next: { address: number, mac: number, vm: number, disk: number }
}

export interface BuildOptions {
  readonly seed: string
  /** Password of `administrator@vsphere.local` and of root; default `VMware1!`. */
  readonly password?: string
  /** Position of its first host among all of the world; default: 0. */
  readonly firstHost?: number
}

export interface HostState {
  readonly plan: HostPlan
  readonly node: NodeInfo
  readonly spec: HostSpec
  readonly vm: MoRef[]
  readonly volumes: readonly VolumeState[]
  /** Networks of the host's own inventory by name. */
  readonly networks: Map<string, NetworkState>
  readonly mirror: HostMirror | undefined
  props?: HostSystemProps
  managers?: ReadonlyMap<string, object>
}

/** The host on its vCenter. */
export interface HostMirror {
  readonly ref: MoRef
  readonly number: string
  readonly compute: ComputeState
  readonly vm: MoRef[]
}

export interface NetworkState {
  readonly name: string
  readonly ref: MoRef
  readonly vm: MoRef[]
  readonly hosts: MoRef[]
  readonly mirrors: string[]
}

export interface VolumeState {
  readonly plan: VolumePlan
  readonly spec: VolumeSpec
  usedBytes: number
  /** VMs on it by host, in the references of the host. */
  readonly vm: Map<HostPlan, MoRef[]>
  /** Its record in each datacenter. */
  readonly mirrors: Map<DatacenterPlan, { readonly ref: MoRef, readonly vm: MoRef[] }>
}

export interface VcenterState {
  readonly plan: VcenterPlan
  readonly node: NodeInfo
  readonly root: FolderState
  readonly datacenters: Map<DatacenterPlan, DatacenterState>
}

export interface DatacenterState {
  readonly plan: DatacenterPlan
  readonly ref: MoRef
  readonly parent: FolderState
  readonly folders: Readonly<Record<'vm' | 'host' | 'datastore' | 'network', FolderState>>
  readonly networks: Map<string, NetworkState>
  readonly switches: Map<SwitchPlan, SwitchState>
  readonly computes: ComputeState[]
}

export interface FolderState {
  readonly ref: MoRef
  readonly name: string
  readonly kind: FolderKind
  readonly parent: MoRef | undefined
  readonly children: MoRef[]
  readonly below: Map<string, FolderState>
}

/** A cluster, or the compute resource of a stand-alone host. */
export interface ComputeState {
  readonly plan: ClusterPlan | HostPlan
  readonly ref: MoRef
  readonly name: string
  readonly parent: MoRef
  readonly environment: MoRef
  readonly pool: PoolState
  readonly hosts: HostState[]
  readonly vms: { total: number, poweredOff: number }
}

export interface PoolState {
  readonly ref: MoRef
  readonly name: string
  readonly parent: MoRef
  readonly choice: PoolChoice | undefined
  readonly pools: PoolState[]
  readonly vm: MoRef[]
  /** Of a vApp: where it lies. */
  readonly folder: MoRef | undefined
  started: boolean
}

/** A distributed switch and its port groups; port keys are numbered through the switch. */
export interface SwitchState {
  readonly plan: SwitchPlan
  readonly ref: MoRef
  readonly uuid: string
  readonly parent: MoRef
  readonly uplink: PortgroupState
  readonly groups: PortgroupState[]
  readonly vm: Set<MoRef>
  nextPort: number
}

export interface PortgroupState extends NetworkState {
  readonly portKeys: string[]
  readonly vlan: number | 'trunk'
  readonly nsx: boolean
  used: number
}

/** A new reference on a vCenter. */
export function newRef(build: Build, node: string, type: string, prefix: VcenterPrefix): MoRef {
  return ref(type, vcenterId(build.tx, node, prefix))
}

/** Creates a record whose inner facts are empty or given; both are frozen already or made so. */
export function put(build: Build, node: string, reference: MoRef, props: object, inner: object = noInner): void {
  build.tx.create({ node, type: reference.type, id: reference.value }, Object.freeze({ props, inner }))
}

const noInner = Object.freeze({})

/** Freezes a collected list, so that a record may hold it. */
export function list(refs: MoRef[]): MoRef[] {
  return Object.freeze(refs) as MoRef[]
}
