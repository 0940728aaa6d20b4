import type { ComputeResourceProps } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { authorizationRecords } from '../services/authorization/defaults.js'
import { toDateTime } from '../world/clock.js'
import { put, list, type Build, type HostState, type VolumeState } from './build-state.js'
import {
  capacityOf, computeResourceProps, environmentBrowserProps, resourcePoolProps, rootPoolChoice,
} from './compute.js'
import { datastoreBrowserProps, datastoreProps } from './datastore.js'
import { portgroupProps } from './distributed-switch.js'
import { datacenterProps, folderProps, type FolderKind } from './folder.js'
import { hostConfigManager, hostManagerProps, hostManagers, hostReflectors } from './host-managers.js'
import { haRefs, ref, type HostSpec, type HostSwitchSpec, type VolumeSpec } from './host-spec.js'
import { hostSystemProps } from './host-system.js'
import type { HostPlan, VolumePlan } from './plan-model.js'
import { networkProps } from './network.js'
import { hardwareVersionOf } from './products.js'
import { serviceRecords } from './service-content.js'
import { hostVsan, vsanUuid } from './vsan.js'

const DAY_MS = 86400000

/** The facts of a host that its records are made from. */
export function hostSpec(build: Build, plan: HostPlan, switches: readonly HostSwitchSpec[]): HostSpec {
  const { source, index } = plan
  const node = build.nodes.get(plan.name)!
  const vcenter = plan.vcenter === undefined ? undefined : build.nodes.get(plan.vcenter.name)
  const bootTimeMs = hostBootTime(build, index)
  const vsan = hostVsan(build, plan)
  return {
    name: plan.name,
    hostName: node.hostName,
    domain: build.plan.lab.domain,
    address: node.address,
    index,
    product: node.product,
    uuid: node.uuid,
    serial: build.identities.hex('serial', index, 7).toUpperCase(),
    cpu: source.cpu,
    memoryBytes: source.memory,
    ...(source.rootPool === undefined
      ? {} : { rootPool: { mhz: source.rootPool.cpu, mb: Math.floor(source.rootPool.memory / 2 ** 20) } }),
    nics: source.nics,
    vendor: source.vendor,
    model: source.model,
    tpm: source.tpm,
    networks: source.networks,
    switches,
    bootTime: toDateTime(bootTimeMs),
    bootTimeMs,
    managedBy: vcenter?.name,
    managementIp: vcenter?.address,
    ...(vsan === undefined ? {} : { vsan }),
  }
}

/** A host has been up for 10 to 40 days when the lab begins. */
export function hostBootTime(build: Build, index: number): number {
  const days = 10 + build.identities.fraction('boot', index) * 30
  return Math.floor((build.tx.now() - days * DAY_MS) / 1000) * 1000
}

/** The facts of a volume. Its id is what the last part of its URL says (physics/storage/paths.ts). */
export function volumeSpec(build: Build, plan: VolumePlan): VolumeSpec {
  const { source, number } = plan
  const id = build.identities
  const directory = source.directory?.replace(/\/+$/, '')
  const vmfs = source.type === 'VMFS'
  const short = `${id.hex('volume', number, 8)}-${id.hex('extent', number, 8)}`
  const uuid = directory !== undefined
    ? directory.split('/').pop()!
    : vmfs
      ? `${short}-${id.hex('vmfs', number, 4)}-e4434b${String(number).padStart(6, '0')}`
      : short
  return {
    uuid,
    name: plan.name,
    type: directory === undefined ? source.type : 'OTHER',
    capacityBytes: source.capacity,
    usedBytes: 0,
    local: plan.local,
    server: source.server ?? 'nas-01.lab.test',
    path: source.path ?? `/export/${plan.name}`,
    url: directory ?? `ds:///vmfs/volumes/${uuid}/`,
    disk: `naa.${plan.local ? '6d0946606e6c' : '600a09803831'}${id.hex('disk', number, 20)}`,
    multipleHosts: plan.hosts.length > 1,
    ...(plan.vsan === undefined ? {} : { vsanUuid: vsanUuid(build, number) }),
  }
}

/** Creates the whole inventory of a host on its own node; its VMs are there already. */
export function buildHost(build: Build, host: HostState): void {
  const { spec } = host
  const volumes = host.volumes.map(volume => volume.spec)
  const datastores = list(host.volumes.map(volume => ref('Datastore', volume.spec.uuid)))
  const networks = list([...host.networks.values()].map(network => network.ref))
  const props = hostSystemProps(spec, {
    self: haRefs.host, parent: haRefs.compute, configManager: hostConfigManager, browser: haRefs.browser,
    vm: list(host.vm), datastore: datastores, network: networks,
  }, volumes, build.now)
  host.props = props
  const node = spec.name
  buildTree(build, host, datastores, networks)
  put(build, node, haRefs.host, props)
  put(build, node, haRefs.browser, datastoreBrowserProps(datastores))
  put(build, node, haRefs.environment, environmentBrowserProps(haRefs.browser))
  for (const volume of host.volumes) buildDatastore(build, host, volume)
  buildServices(build, host)
}

function buildTree(build: Build, host: HostState, datastores: MoRef[], networks: MoRef[]): void {
  const { spec } = host
  const node = spec.name
  const hardware = hardwareVersionOf(spec.product)
  const folder = (reference: MoRef, name: string, kind: FolderKind, children: MoRef[]): void =>
    put(build, node, reference, folderProps(name, kind, haRefs.datacenter, children, true))
  put(build, node, haRefs.datacenter, datacenterProps('ha-datacenter', haRefs.root, {
    vm: haRefs.vmFolder, host: haRefs.hostFolder, datastore: haRefs.datastoreFolder, network: haRefs.networkFolder,
  }, { datastore: datastores, network: networks }, hardware))
  folder(haRefs.vmFolder, 'vm', 'vm', list(host.vm))
  folder(haRefs.hostFolder, 'host', 'host', list([haRefs.compute]))
  folder(haRefs.datastoreFolder, 'datastore', 'datastore', datastores)
  folder(haRefs.networkFolder, 'network', 'network', networks)
  const capacity = capacityOf([spec])
  const compute: ComputeResourceProps = computeResourceProps(spec.hostName, {
    parent: haRefs.hostFolder, pool: haRefs.pool, hosts: [haRefs.host], datastores, networks,
    environment: haRefs.environment,
  }, capacity, hardware)
  put(build, node, haRefs.compute, compute)
  put(build, node, haRefs.pool, resourcePoolProps('Resources', {
    self: haRefs.pool, parent: haRefs.compute, owner: haRefs.compute, pools: [], vm: list(host.vm),
  }, rootPoolChoice(capacity), capacity, build.created))
  for (const network of host.networks.values()) {
    const refs = { self: network.ref, parent: haRefs.networkFolder, host: list([haRefs.host]), vm: list(network.vm) }
    put(build, node, network.ref, network.ref.type === 'Network'
      ? networkProps(network.name, refs)
      : hostPortgroup(host, network.name, refs))
  }
}

type Refs = Parameters<typeof networkProps>[1]

/** A distributed port group as a host knows it: without the switch, which is vCenter's. */
function hostPortgroup(host: HostState, name: string, refs: Refs): object {
  const group = host.plan.switches.flatMap(item => item.source.portgroups).find(item => item.name === name)
  return portgroupProps({
    ...refs, name, switch: undefined, vlan: group?.vlan ?? 0, uplink: false, nsx: group?.nsx ?? false,
    uplinkNames: [], portKeys: [],
  })
}

function buildDatastore(build: Build, host: HostState, volume: VolumeState): void {
  const node = host.spec.name
  const self = ref('Datastore', volume.spec.uuid)
  const browser = ref('HostDatastoreBrowser', `ha-datastorebrowser-${volume.spec.uuid}`)
  const spec = { ...volume.spec, usedBytes: volume.usedBytes }
  put(build, node, self, datastoreProps(spec, {
    self, parent: haRefs.datastoreFolder, hosts: [haRefs.host], vm: list(volume.vm.get(host.plan) ?? []), browser,
  }, build.now))
  put(build, node, browser, datastoreBrowserProps(list([self])))
}

function buildServices(build: Build, host: HostState): void {
  const { node } = host
  const roles = build.plan.lab.roles.filter(role => role.node === node.name)
  const { manager, rootPermissions } = authorizationRecords(node, roles)
  build.tx.create(manager.address, { props: manager.props, inner: manager.inner })
  const root = folderProps('ha-folder-root', 'root', undefined, list([haRefs.datacenter]), true)
  put(build, node.name, haRefs.root, { ...root, permission: rootPermissions })
  for (const { type, id, props } of serviceRecords(node, build.now)) put(build, node.name, ref(type, id), props)
  const managers = new Map<string, object>()
  for (const [field, type, id] of hostManagers) {
    const props = hostManagerProps(field, host.spec, host.props!)
    managers.set(field, props)
    if (build.tx.find(node.name, id) === undefined) put(build, node.name, ref(type, id), props)
  }
  for (const [type, id] of hostReflectors) put(build, node.name, ref(type, id), {})
  host.managers = managers
}
