import type { MoRef } from '../schema/model.js'
import { authorizationRecords } from '../services/authorization/defaults.js'
import type { ClusterComputeResourceProps, ClusterConfigInfoEx } from '../schema/generated/types.js'
import { deepFreeze } from '../world/freeze.js'
import { clusterConfigOf, type ClusterWishes } from './cluster-config.js'
import { LabFileError } from './lab-error.js'
import { buildAlarms } from './alarm-records.js'
import {
  list, newRef, put, type Build, type ComputeState, type DatacenterState, type FolderState, type HostState,
  type NetworkState, type PoolState, type PortgroupState, type SwitchState, type VcenterState,
  type VolumeState,
} from './build-state.js'
import {
  capacityOf, clusterProps, computeResourceProps, environmentBrowserProps, poolChoice, resourcePoolProps,
  rootPoolChoice, virtualAppProps, type Capacity,
} from './compute.js'
import { datastoreBrowserProps, datastoreProps } from './datastore.js'
import { distributedSwitchProps, portgroupProps } from './distributed-switch.js'
import { datacenterProps, folderProps, storagePodProps } from './folder.js'
import { buildHealthProviders } from './health-providers.js'
import { hostManagers, hostReflectors, vcenterConfigManager } from './host-managers.js'
import { ref } from './host-spec.js'
import { mirroredHostProps } from './host-system.js'
import { networkProps, opaqueNetworkProps } from './network.js'
import { hardwareVersionOf } from './products.js'
import { serviceRecords } from './service-content.js'
import { vsanClusterConfig } from './vsan.js'

/** The folder at a path below another; missing ones are made. */
export function folderAt(build: Build, node: string, from: FolderState, path: string | undefined): FolderState {
  let at = from
  for (const name of (path ?? '').split('/').filter(part => part !== '')) {
    let next = at.below.get(name)
    if (next === undefined) {
      next = {
        ref: newRef(build, node, 'Folder', folderPrefix[at.kind]), name, kind: at.kind, parent: at.ref, children: [],
        below: new Map(),
      }
      at.below.set(name, next)
      at.children.push(next.ref)
    }
    at = next
  }
  return at
}

export const folderPrefix = {
  root: 'group-d', vm: 'group-v', host: 'group-h', datastore: 'group-s', network: 'group-n', pod: 'group-p',
} as const

/** The pool at a path below a root pool; undefined when there is none. */
export function poolAt(root: PoolState, path: string | undefined): PoolState | undefined {
  let at: PoolState | undefined = root
  for (const name of (path ?? '').split('/').filter(part => part !== '')) {
    at = at?.pools.find(pool => pool.name === name)
  }
  return at
}

/** Creates the whole inventory of a vCenter but for its VMs, which are there already. */
export function buildVcenter(build: Build, vcenter: VcenterState): void {
  const { node } = vcenter
  const roles = build.plan.lab.roles.filter(role => role.node === node.name)
  const { manager, rootPermissions } = authorizationRecords(node, roles)
  build.tx.create(manager.address, { props: manager.props, inner: manager.inner })
  for (const { type, id, props } of serviceRecords(node, build.now)) put(build, node.name, ref(type, id), props)
  const root = folderProps(vcenter.root.name, 'root', undefined, list(vcenter.root.children))
  put(build, node.name, vcenter.root.ref, { ...root, permission: rootPermissions })
  buildAlarms(build, node.name, vcenter.root.ref, vcenter.plan.source.alarms)
  for (const folder of vcenter.root.below.values()) buildFolders(build, node.name, folder)
  for (const datacenter of vcenter.datacenters.values()) buildDatacenter(build, vcenter, datacenter)
  buildHealthProviders(build, vcenter)
}

function buildFolders(build: Build, node: string, folder: FolderState): void {
  put(build, node, folder.ref, folderProps(folder.name, folder.kind, folder.parent, list(folder.children)))
  for (const child of folder.below.values()) buildFolders(build, node, child)
}

function buildDatacenter(build: Build, vcenter: VcenterState, datacenter: DatacenterState): void {
  const node = vcenter.node.name
  const { folders } = datacenter
  // Datastores may lie in folders that are made on the way, so they come first.
  const datastores = list(buildDatastores(build, node, datacenter))
  const networks = list([...datacenter.networks.values()].map(network => network.ref))
  put(build, node, datacenter.ref, datacenterProps(datacenter.plan.source.name, datacenter.parent.ref, {
    vm: folders.vm.ref, host: folders.host.ref, datastore: folders.datastore.ref, network: folders.network.ref,
  }, { datastore: datastores, network: networks }, hardwareVersionOf(vcenter.node.product)))
  for (const item of datacenter.switches.values()) buildSwitch(build, node, item)
  for (const network of datacenter.networks.values()) buildNetwork(build, node, datacenter, network)
  for (const compute of datacenter.computes) buildCompute(build, node, datacenter, compute)
  for (const folder of Object.values(folders)) buildFolders(build, node, folder)
}

function buildDatastores(build: Build, node: string, datacenter: DatacenterState): MoRef[] {
  const refs: MoRef[] = []
  const pods = podsOf(build, node, datacenter)
  for (const volume of build.volumes.values()) {
    const mirror = volume.mirrors.get(datacenter.plan)
    if (mirror === undefined) continue
    const { source } = volume.plan
    const pod = source.pod === undefined ? undefined : pods.get(source.pod)
    const folder = folderAt(build, node, datacenter.folders.datastore, source.folder)
    ;(pod?.children ?? folder.children).push(mirror.ref)
    const hosts = volume.plan.hosts.filter(host => host.datacenter === datacenter.plan)
    const spec = { ...volume.spec, usedBytes: volume.usedBytes }
    const browser = ref('HostDatastoreBrowser', `datastoreBrowser-${mirror.ref.value}`)
    put(build, node, mirror.ref, datastoreProps(spec, {
      self: mirror.ref, parent: pod?.ref ?? folder.ref, hosts: hosts.map(host => build.hosts.get(host)!.mirror!.ref),
      vm: list(mirror.vm), browser,
    }, build.now), { mirrors: hosts.map(host => `${host.name}/${volume.spec.uuid}`) })
    put(build, node, browser, datastoreBrowserProps(list([mirror.ref])))
    if (pod !== undefined) {
      pod.capacity += spec.capacityBytes
      pod.free += spec.capacityBytes - spec.usedBytes
    }
    refs.push(mirror.ref)
  }
  for (const pod of pods.values()) {
    put(build, node, pod.ref, storagePodProps(pod.name, pod.parent, list(pod.children), pod.capacity, pod.free))
  }
  return refs
}

interface Pod {
  readonly ref: MoRef
  readonly name: string
  readonly parent: MoRef
  readonly children: MoRef[]
  capacity: number
  free: number
}

function podsOf(build: Build, node: string, datacenter: DatacenterState): Map<string, Pod> {
  const pods = new Map<string, Pod>()
  for (const { name, folder } of datacenter.plan.source.storagePods) {
    const parent = folderAt(build, node, datacenter.folders.datastore, folder)
    const pod = {
      ref: newRef(build, node, 'StoragePod', 'group-p'), name, parent: parent.ref, children: [], capacity: 0, free: 0,
    }
    parent.children.push(pod.ref)
    pods.set(name, pod)
  }
  return pods
}

function buildSwitch(build: Build, node: string, item: SwitchState): void {
  const { source } = item.plan
  const names = uplinkNames(item)
  const members = item.plan.hosts.map((host, index) => ({
    host: build.hosts.get(host)!.mirror!.ref,
    pnics: source.nics,
    uplinkPortKeys: item.uplink.portKeys.slice(index * source.uplinks, (index + 1) * source.uplinks),
  }))
  const groups: PortgroupState[] = [...item.groups, item.uplink]
  const numPorts = groups.reduce((sum, group) => sum + group.portKeys.length, 0)
  put(build, node, item.ref, distributedSwitchProps({
    self: item.ref, parent: item.parent, name: source.name, uuid: item.uuid, version: switchVersion(build, node, source.version),
    mtu: source.mtu, uplinkNames: names, uplinkPortgroup: item.uplink.ref, portgroups: groups.map(group => group.ref),
    portgroupNames: groups.map(group => group.name), numPorts, createTime: build.created, members, vm: [...item.vm],
  }), { nextPort: item.nextPort })
}

/** `Uplink 1` and so on. */
export function uplinkNames(item: Pick<SwitchState, 'plan'>): string[] {
  return Array.from({ length: item.plan.source.uplinks }, (_, index) => `Uplink ${index + 1}`)
}

function switchVersion(build: Build, node: string, asked: string | undefined): string {
  if (asked !== undefined) return asked
  const { version } = build.nodes.get(node)!.product
  if (version.startsWith('6.')) return '6.6.0'
  return version.startsWith('9.') ? '9.0.0' : version.startsWith('7.') ? '7.0.3' : '8.0.3'
}

function buildNetwork(build: Build, node: string, datacenter: DatacenterState, network: NetworkState): void {
  const self = network.ref
  const parent = parentOf(datacenter.folders.network, self) ?? datacenter.folders.network.ref
  const refs = { self, parent, host: list(network.hosts), vm: list(network.vm) }
  const inner = { mirrors: network.mirrors }
  if (self.type === 'Network') {
    put(build, node, self, networkProps(network.name, refs), inner)
    return
  }
  if (self.type === 'OpaqueNetwork') {
    const id = build.identities.uuid('opaque', Number(self.value.replace(/\D/g, '')))
    put(build, node, self, opaqueNetworkProps(network.name, id, refs))
    return
  }
  const group = network as PortgroupState
  const owner = [...datacenter.switches.values()].find(item => item.uplink === group || item.groups.includes(group))!
  put(build, node, self, portgroupProps({
    ...refs, name: network.name, switch: owner.ref, vlan: group.vlan, uplink: owner.uplink === group, nsx: group.nsx,
    segmentId: group.nsx ? build.identities.uuid('segment', Number(self.value.replace(/\D/g, ''))) : undefined,
    uplinkNames: uplinkNames(owner), portKeys: group.portKeys,
  }), inner)
}

function parentOf(folder: FolderState, child: MoRef): MoRef | undefined {
  if (folder.children.includes(child)) return folder.ref
  for (const below of folder.below.values()) {
    const found = parentOf(below, child)
    if (found !== undefined) return found
  }
  return undefined
}

function buildCompute(build: Build, node: string, datacenter: DatacenterState, compute: ComputeState): void {
  const capacity = capacityOf(compute.hosts.map(host => host.spec))
  const volumes = [...new Set(compute.hosts.flatMap(host => host.volumes))]
  const datastores = list(volumes.map(volume => volume.mirrors.get(datacenter.plan)!.ref))
  const hosts = new Set(compute.hosts.map(host => host.mirror!.ref))
  const networks = [...datacenter.networks.values()]
    .filter(network => network.hosts.some(host => hosts.has(host))).map(network => network.ref)
  const refs = {
    parent: compute.parent, pool: compute.pool.ref, hosts: [...hosts], datastores, networks,
    environment: compute.environment,
  }
  const hardware = hardwareVersionOf(build.nodes.get(node)!.product)
  const browser = ref('HostDatastoreBrowser', `datastoreBrowser-${compute.ref.value}`)
  if (compute.ref.type === 'ComputeResource') {
    const mirrors = compute.hosts.map(host => `${host.spec.name}/ha-compute-res`)
    put(build, node, compute.ref, computeResourceProps(compute.name, refs, capacity, hardware), { mirrors })
  } else {
    const source = 'cluster' in compute.plan ? undefined : compute.plan.source
    const choice = { ha: (source?.ha ?? false) !== false, drs: source?.drs ?? false, vms: compute.vms }
    const plain = clusterProps(compute.name, refs, capacity, choice, hardware)
    const props = { ...plain, configurationEx: deepFreeze({ ...plain.configurationEx, ...vsanClusterConfig(compute) }) }
    put(build, node, compute.ref, source === undefined ? props : configured(build, node, compute, props, source, volumes))
  }
  put(build, node, browser, datastoreBrowserProps(datastores))
  put(build, node, compute.environment, environmentBrowserProps(browser))
  buildPool(build, node, compute, compute.pool, capacity)
  for (const host of compute.hosts) buildHostMirror(build, node, datacenter, host)
}

/** The cluster with what its lab file says of HA, groups and rules. */
function configured(
  build: Build, node: string, compute: ComputeState, props: ClusterComputeResourceProps, wishes: ClusterWishes,
  volumes: readonly VolumeState[],
): ClusterComputeResourceProps {
  if (typeof wishes.ha === 'boolean' && wishes.groups.length === 0 && wishes.rules.length === 0) return props
  const problems = new Set<string>()
  const vms = compute.hosts.flatMap(host => host.mirror!.vm)
    .map(self => ({ name: String(build.tx.get(node, self.value)?.props['name'] ?? ''), ref: self }))
  const config = clusterConfigOf(props.configurationEx as ClusterConfigInfoEx, wishes, {
    vms,
    hosts: compute.hosts.map(host => ({ name: host.plan.name, ref: host.mirror!.ref })),
    datastores: volumes.map(volume => ({
      name: volume.plan.name, ref: volume.mirrors.get(compute.hosts[0]!.plan.datacenter!)!.ref,
    })),
  }, text => problems.add(`clusters.${compute.name}: ${text}`))
  if (problems.size > 0) throw new LabFileError(build.plan.lab.lab, [...problems])
  const { dasConfig, dasVmConfig = [], drsConfig, drsVmConfig = [], rule = [] } = config
  return deepFreeze({
    ...props, configurationEx: config, configuration: { dasConfig, dasVmConfig, drsConfig, drsVmConfig, rule },
  })
}

function buildPool(build: Build, node: string, compute: ComputeState, pool: PoolState, capacity: Capacity): void {
  const refs = {
    self: pool.ref, parent: pool.parent, owner: compute.ref, pools: pool.pools.map(child => child.ref),
    vm: list(pool.vm),
  }
  const choice = pool.choice ?? rootPoolChoice(capacity)
  if (pool.folder !== undefined) {
    const uuid = build.identities.uuid('vapp', Number(pool.ref.value.replace(/\D/g, '')), '50')
    const more = { folder: pool.folder, datastore: [], network: [], uuid, started: pool.started }
    put(build, node, pool.ref, virtualAppProps(pool.name, refs, more, choice, capacity, build.created))
  } else {
    const isRoot = pool === compute.pool
    const mirrors = isRoot && compute.ref.type === 'ComputeResource'
      ? compute.hosts.map(host => `${host.spec.name}/ha-root-pool`)
      : []
    put(build, node, pool.ref, resourcePoolProps(pool.name, refs, choice, capacity, build.created),
      isRoot ? { mirrors } : undefined)
  }
  for (const child of pool.pools) buildPool(build, node, compute, child, capacity)
}

function buildHostMirror(build: Build, node: string, datacenter: DatacenterState, host: HostState): void {
  const mirror = host.mirror!
  const props = host.props!
  const datastore = list(host.volumes.map(volume => volume.mirrors.get(datacenter.plan)!.ref))
  const network = list([...datacenter.networks.values()]
    .filter(item => item.hosts.includes(mirror.ref)).map(item => item.ref))
  const browser = ref('HostDatastoreBrowser', `datastoreBrowser-${mirror.ref.value}`)
  const own = mirroredHostProps(props, {
    self: mirror.ref, parent: mirror.compute.ref, configManager: vcenterConfigManager(mirror.number), browser,
    vm: list(mirror.vm), datastore, network,
  }, Object.freeze({ ...props.config!, host: mirror.ref }))
  const hostNode = host.spec.name
  put(build, node, mirror.ref, own, { mirrors: [`${hostNode}/ha-host`], hostNode, hostMoid: 'ha-host' })
  put(build, node, browser, datastoreBrowserProps(datastore), { mirrors: [`${hostNode}/ha-hostdatastorebrowser`] })
  for (const [field, type, id, prefix] of hostManagers) {
    if (prefix === '') continue
    const shared = host.managers!.get(field)!
    const managerProps = field === 'datastoreSystem' ? Object.freeze({ ...shared, datastore }) : shared
    put(build, node, ref(type, `${prefix}-${mirror.number}`), managerProps, { mirrors: [`${hostNode}/${id}`] })
  }
  for (const [type, id, prefix] of hostReflectors) {
    put(build, node, ref(type, `${prefix}-${mirror.number}`), {}, { mirrors: [`${hostNode}/${id}`] })
  }
}

/** Allocations of a pool or vApp of the lab file. */
export { poolChoice }
