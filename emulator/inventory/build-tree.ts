import type { MoRef } from '../schema/model.js'
import { wellKnownRef } from '../services/well-known.js'
import { hostSpec } from './build-hosts.js'
import {
  newRef, type Build, type ComputeState, type DatacenterState, type FolderState, type HostMirror,
  type NetworkState, type PoolState, type PortgroupState, type SwitchState, type VcenterState,
} from './build-state.js'
import { folderAt, folderPrefix, uplinkNames } from './build-vcenter.js'
import { poolChoice } from './compute.js'
import { ref, type HostSwitchSpec } from './host-spec.js'
import { LabFileError } from './lab-error.js'
import type { ClusterPlan, DatacenterPlan, HostPlan, SwitchPlan, VcenterPlan } from './plan-model.js'

/** Gives out the ids of everything in the vCenters but VMs, in the order in which one would make it. */
export function planVcenterStates(build: Build): void {
  for (const plan of build.plan.vcenters) {
    const node = build.nodes.get(plan.name)!
    // The root folder is `group-d1`: the first id.
    newRef(build, node.name, 'Folder', 'group-d')
    skipGivenIds(build, plan)
    const root: FolderState = {
      ref: wellKnownRef('rootFolder', 'vcenter')!, name: 'Datacenters', kind: 'root', parent: undefined,
      children: [], below: new Map(),
    }
    const vcenter: VcenterState = { plan, node, root, datacenters: new Map() }
    build.vcenters.set(plan, vcenter)
    for (const item of plan.datacenters) vcenter.datacenters.set(item, datacenterState(build, vcenter, item))
  }
}

/** Numbers up to those of ids that the lab file gives are not given out: none is used twice. */
function skipGivenIds(build: Build, vcenter: VcenterPlan): void {
  const given = build.plan.hosts.filter(host => host.vcenter === vcenter && host.source.moid !== undefined)
  const highest = Math.max(0, ...given.map(host => Number(host.source.moid!.slice('host-'.length))))
  for (let number = 1; number < highest;) number = build.tx.count(`${vcenter.name}/object`)
}

function datacenterState(build: Build, vcenter: VcenterState, plan: DatacenterPlan): DatacenterState {
  const node = vcenter.node.name
  const parent = folderAt(build, node, vcenter.root, plan.source.folder)
  const self = newRef(build, node, 'Datacenter', 'datacenter')
  parent.children.push(self)
  const folder = (kind: 'vm' | 'host' | 'datastore' | 'network'): FolderState => ({
    ref: newRef(build, node, 'Folder', folderPrefix[kind]), name: kind, kind, parent: self, children: [], below: new Map(),
  })
  const folders = { vm: folder('vm'), host: folder('host'), datastore: folder('datastore'), network: folder('network') }
  for (const kind of ['vm', 'host', 'datastore', 'network'] as const) {
    for (const path of plan.source.folders[kind]) folderAt(build, node, folders[kind], path)
  }
  const state: DatacenterState = {
    plan, ref: self, parent, folders, networks: new Map(), switches: new Map(), computes: [],
  }
  for (const item of plan.switches) state.switches.set(item, switchState(build, node, state, item))
  return state
}

function switchState(build: Build, node: string, datacenter: DatacenterState, plan: SwitchPlan): SwitchState {
  const folder = folderAt(build, node, datacenter.folders.network, plan.source.folder)
  const self = newRef(build, node, 'VmwareDistributedVirtualSwitch', 'dvs')
  folder.children.push(self)
  const number = Number(self.value.slice('dvs-'.length))
  const state = {
    plan, ref: self, uuid: switchUuid(build, number), parent: folder.ref, groups: [], vm: new Set<MoRef>(), nextPort: 0,
  } as unknown as SwitchState & { uplink: PortgroupState }
  const group = (name: string, vlan: number | 'trunk', nsx: boolean, ports: number): PortgroupState => {
    const item: PortgroupState = {
      name, ref: newRef(build, node, 'DistributedVirtualPortgroup', 'dvportgroup'), vm: [], hosts: [], mirrors: [],
      portKeys: Array.from({ length: ports }, () => String(state.nextPort++)), vlan, nsx, used: 0,
    }
    folder.children.push(item.ref)
    return item
  }
  const { source } = plan
  state.uplink = group(`${source.name}-DVUplinks-${number}`, 'trunk', false, source.uplinks * plan.hosts.length)
  for (const item of source.portgroups) state.groups.push(group(item.name, item.vlan, item.nsx, item.ports))
  for (const item of [...state.groups, state.uplink]) datacenter.networks.set(item.name, item)
  return state
}

/** UUIDs of switches are written in groups of two digits: `50 1a 2b …-3c 4d …`. */
function switchUuid(build: Build, number: number): string {
  const pairs = build.identities.hex('switch', number, 30).match(/../g)!
  const all = ['50', ...pairs]
  return `${all.slice(0, 8).join(' ')}-${all.slice(8).join(' ')}`
}

/** Places the hosts: their compute resources, pools, networks and ids. */
export function planHostStates(build: Build): void {
  const computes = new Map<ClusterPlan | HostPlan, ComputeState>()
  for (const vcenter of build.plan.vcenters) planComputes(build, vcenter, computes)
  for (const plan of build.plan.hosts) {
    const compute = computes.get(plan.cluster ?? plan)
    const mirror = compute === undefined ? undefined : hostMirror(build, plan, compute)
    const switches = plan.switches.map(item => hostSwitch(build, plan, item))
    const spec = hostSpec(build, plan, switches)
    const networks = new Map<string, NetworkState>()
    const state = {
      plan, node: build.nodes.get(plan.name)!, spec, vm: [], volumes: plan.volumes.map(item => build.volumes.get(item)!),
      networks, mirror,
    }
    build.hosts.set(plan, state)
    compute?.hosts.push(state)
    addNetworks(build, plan, networks, mirror)
    if (plan.datacenter !== undefined) addVolumes(build, plan, plan.datacenter)
  }
}

function planComputes(
  build: Build, plan: VcenterPlan, computes: Map<ClusterPlan | HostPlan, ComputeState>,
): void {
  const vcenter = build.vcenters.get(plan)!
  for (const datacenter of vcenter.datacenters.values()) {
    for (const { name, folder } of datacenter.plan.source.opaqueNetworks) {
      const place = folderAt(build, vcenter.node.name, datacenter.folders.network, folder)
      const self = newRef(build, vcenter.node.name, 'OpaqueNetwork', 'network')
      place.children.push(self)
      datacenter.networks.set(name, { name, ref: self, vm: [], hosts: [], mirrors: [] })
    }
    for (const host of datacenter.plan.standalone) computes.set(host, computeState(build, vcenter, datacenter, host))
    for (const item of datacenter.plan.clusters) computes.set(item, computeState(build, vcenter, datacenter, item))
  }
}

function computeState(
  build: Build, vcenter: VcenterState, datacenter: DatacenterState, plan: ClusterPlan | HostPlan,
): ComputeState {
  const node = vcenter.node.name
  const cluster = 'hosts' in plan ? plan : undefined
  const path = cluster === undefined ? datacenter.plan.source.hostFolder : cluster.source.folder
  const folder = folderAt(build, node, datacenter.folders.host, path)
  const self = newRef(build, node, cluster === undefined ? 'ComputeResource' : 'ClusterComputeResource', 'domain-c')
  folder.children.push(self)
  const number = self.value.slice('domain-c'.length)
  const root: PoolState = {
    ref: newRef(build, node, 'ResourcePool', 'resgroup'), name: 'Resources', parent: self, choice: undefined,
    pools: [], vm: [], folder: undefined, started: false,
  }
  const state: ComputeState = {
    plan, ref: self, name: cluster?.source.name ?? build.nodes.get((plan as HostPlan).name)!.hostName,
    parent: folder.ref, environment: ref('EnvironmentBrowser', `envbrowser-${number}`), pool: root, hosts: [],
    vms: { total: 0, poweredOff: 0 },
  }
  if (cluster !== undefined) addPools(build, node, datacenter, cluster, root)
  datacenter.computes.push(state)
  return state
}

function addPools(
  build: Build, node: string, datacenter: DatacenterState, cluster: ClusterPlan, root: PoolState,
): void {
  const add = (name: string, path: string | undefined, vApp: boolean, choice: PoolState['choice'], folder?: string): void => {
    let parent: PoolState | undefined = root
    for (const part of (path ?? '').split('/').filter(item => item !== '')) {
      parent = parent?.pools.find(pool => pool.name === part)
    }
    if (parent === undefined) {
      throw new LabFileError(build.plan.lab.lab, [`the pool ${name} of ${cluster.source.name}: there is no pool ${path!} above it`])
    }
    const place = vApp ? folderAt(build, node, datacenter.folders.vm, folder) : undefined
    const self = newRef(build, node, vApp ? 'VirtualApp' : 'ResourcePool', vApp ? 'resgroup-v' : 'resgroup')
    place?.children.push(self)
    parent.pools.push({ ref: self, name, parent: parent.ref, choice, pools: [], vm: [], folder: place?.ref, started: false })
  }
  for (const pool of cluster.source.pools) add(pool.name, pool.parent, false, poolChoice(pool))
  for (const { name, parent, folder } of cluster.source.vApps) add(name, parent, true, defaultChoice, folder)
}

const part = { shares: 'normal', reservation: 0, limit: -1, expandable: true } as const
const defaultChoice = poolChoice({ cpu: part, memory: part })

function hostMirror(build: Build, plan: HostPlan, compute: ComputeState): HostMirror {
  const { moid } = plan.source
  const self = moid === undefined ? newRef(build, plan.vcenter!.name, 'HostSystem', 'host') : ref('HostSystem', moid)
  return { ref: self, number: self.value.slice('host-'.length), compute, vm: [] }
}

function hostSwitch(build: Build, plan: HostPlan, item: SwitchPlan): HostSwitchSpec {
  const state = build.vcenters.get(plan.vcenter!)!.datacenters.get(plan.datacenter!)!.switches.get(item)!
  const { uplinks, nics, name, mtu } = item.source
  const at = item.hosts.indexOf(plan) * uplinks
  const names = uplinkNames(state)
  return {
    uuid: state.uuid, name, mtu, pnics: nics,
    uplinks: names.map((uplink, index) => ({ key: state.uplink.portKeys[at + index]!, name: uplink })),
  }
}

/** The networks of a host, and the host in the networks of its vCenter. */
function addNetworks(
  build: Build, plan: HostPlan, networks: Map<string, NetworkState>, mirror: HostMirror | undefined,
): void {
  for (const { name } of plan.source.networks) {
    networks.set(name, { name, ref: ref('Network', `HaNetwork-${name}`), vm: [], hosts: [], mirrors: [] })
  }
  if (mirror === undefined) return
  const datacenter = build.vcenters.get(plan.vcenter!)!.datacenters.get(plan.datacenter!)!
  for (const item of plan.switches) {
    const state = datacenter.switches.get(item)!
    for (const group of [...state.groups, state.uplink]) group.hosts.push(mirror.ref)
    for (const group of state.groups) {
      networks.set(group.name, { name: group.name, ref: group.ref, vm: [], hosts: [], mirrors: [] })
      group.mirrors.push(`${plan.name}/${group.ref.value}`)
    }
  }
  for (const { name } of datacenter.plan.source.opaqueNetworks) datacenter.networks.get(name)!.hosts.push(mirror.ref)
  for (const { name } of plan.source.networks) {
    const upper = standardNetwork(build, datacenter, plan.vcenter!.name, name)
    upper.hosts.push(mirror.ref)
    upper.mirrors.push(`${plan.name}/HaNetwork-${name}`)
  }
}

function standardNetwork(build: Build, datacenter: DatacenterState, node: string, name: string): NetworkState {
  let network = datacenter.networks.get(name)
  if (network === undefined) {
    network = { name, ref: newRef(build, node, 'Network', 'network'), vm: [], hosts: [], mirrors: [] }
    datacenter.networks.set(name, network)
    datacenter.folders.network.children.push(network.ref)
  }
  return network
}

function addVolumes(build: Build, plan: HostPlan, datacenter: DatacenterPlan): void {
  for (const item of plan.volumes) {
    const volume = build.volumes.get(item)!
    if (volume.mirrors.has(datacenter)) continue
    volume.mirrors.set(datacenter, { ref: newRef(build, plan.vcenter!.name, 'Datastore', 'datastore'), vm: [] })
  }
}
