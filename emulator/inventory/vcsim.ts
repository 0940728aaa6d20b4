import { checkLab } from './check-lab.js'
import type { LabFile, LabFileInput } from './lab-schema.js'

type VcenterInput = NonNullable<LabFileInput['vcenters']>[number]
type DatacenterInput = NonNullable<VcenterInput['datacenters']>[number]
type ClusterInput = NonNullable<DatacenterInput['clusters']>[number]
type SwitchInput = NonNullable<DatacenterInput['switches']>[number]
type VmInput = NonNullable<LabFileInput['vms']>[number]
type DatastoreInput = NonNullable<LabFileInput['datastores']>[number]

/** Counts of the peer's model, as its flags give them; `vms` is by pool or standalone host. */
export interface VcsimShape {
  readonly esx: boolean
  readonly datacenters: number
  readonly clusters: number
  readonly hosts: number
  readonly standaloneHosts: number
  readonly datastores: number
  readonly vms: number
  readonly pools: number
  readonly apps: number
  readonly folders: number
  readonly pods: number
  readonly portgroups: number
  readonly nsxPortgroups: number
  readonly opaqueNetworks: number
  readonly autostart: boolean
}

export interface VcsimOptions {
  /** Real directory behind a datastore; the peer has one for each (peer-measured.md part 1). */
  directory?(datacenter: string, datastore: string): string
}

/** The peer's defaults (peer-measured.md part 1). */
export const vcsimDefaults: VcsimShape = {
  esx: false, datacenters: 1, clusters: 1, hosts: 3, standaloneHosts: 1, datastores: 1, vms: 2, pools: 0, apps: 0,
  folders: 0, pods: 0, portgroups: 1, nsxPortgroups: 0, opaqueNetworks: 0, autostart: true,
}

/**
 * The lab that has the inventory of the peer's model: names, tree and counts as the peer's suite
 * expects them (peer-measured.md part 1: DC0, DC0_C0_H0, DC0_H0, DC0_C0_RP0_VM0, LocalDS_0 …).
 */
export function vcsimLab(shape: VcsimShape, options: VcsimOptions = {}): LabFile {
  return checkLab(shape.esx ? esxLab(shape, options) : vcenterLab(shape, options), 'vcsim')
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

const ESX_HOST = 'localhost.localdomain'

function esxLab(shape: VcsimShape, options: VcsimOptions): LabFileInput {
  return {
    lab: 'vcsim-esx',
    hosts: [{ name: ESX_HOST }],
    datastores: datastores(shape, 'ha-datacenter', [ESX_HOST], undefined, options),
    vms: vms(shape, { prefix: 'ha-host', host: ESX_HOST }),
  }
}

function vcenterLab(shape: VcsimShape, options: VcsimOptions): LabFileInput {
  const lab = { hosts: [] as LabFileInput['hosts'], datastores: [] as DatastoreInput[], vms: [] as VmInput[] }
  const datacenters: DatacenterInput[] = []
  let folder = 0
  for (const index of numbers(shape.datacenters)) {
    const name = `DC${index}`
    const inFolder = folder < shape.folders && index >= shape.datacenters - shape.folders
    const place = inFolder ? `F${folder++}` : undefined
    datacenters.push(datacenter(shape, name, place))
    addHosts(shape, name, lab.hosts)
    const hosts = hostNames(shape, name)
    if (hosts.length === 0) continue
    lab.datastores.push(...datastores(shape, name, hosts, place, options))
    if (shape.datastores > 0) lab.vms.push(...datacenterVms(shape, name, place))
  }
  return {
    lab: 'vcsim',
    vcenters: [{ name: 'vc-01', datacenters, alarms: [peerAlarm] }],
    ...lab,
    // A lab has a host at least; without any in the model this one belongs to no vCenter.
    hosts: lab.hosts.length > 0 ? lab.hosts : [{ name: 'unmanaged' }],
  }
}

/** The peer's own alarm, which its users try events on (peer-vcsim.md). */
const peerAlarm = {
  name: 'vcsim VM Alarm',
  description: 'vcsim alarm for Virtual Machines',
  events: { 'vcsim.vm.success': 'green', 'vcsim.vm.failure': 'yellow', 'vcsim.vm.fatal': 'red' },
} as const

function hostNames(shape: VcsimShape, datacenter: string): string[] {
  return [
    ...numbers(shape.standaloneHosts).map(host => `${datacenter}_H${host}`),
    ...numbers(shape.clusters).flatMap(cluster =>
      numbers(shape.hosts).map(host => `${datacenter}_C${cluster}_H${host}`)),
  ]
}

function addHosts(shape: VcsimShape, datacenter: string, hosts: LabFileInput['hosts']): void {
  if (shape.standaloneHosts > 0) hosts.push({ name: `${datacenter}_H#`, count: shape.standaloneHosts, start: 0 })
  for (const cluster of numbers(shape.clusters)) {
    if (shape.hosts > 0) hosts.push({ name: `${datacenter}_C${cluster}_H#`, count: shape.hosts, start: 0 })
  }
}

/** `undefined` fields are left out: the schema takes no undefined. */
function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : { [key]: value } as Record<K, string>
}

function datacenter(shape: VcsimShape, name: string, folder: string | undefined): DatacenterInput {
  const place = folder === undefined ? [] : [folder]
  return {
    name,
    ...optional('folder', folder),
    ...optional('hostFolder', folder),
    folders: { vm: place, host: place, datastore: place, network: place },
    standaloneHosts: numbers(shape.standaloneHosts).map(host => `${name}_H${host}`),
    clusters: numbers(shape.clusters).map(index => cluster(shape, `${name}_C${index}`, folder)),
    switches: switches(shape, name, folder),
    opaqueNetworks: numbers(shape.opaqueNetworks).map(index => ({ name: `${name}_NSX${index}`, ...optional('folder', folder) })),
    storagePods: numbers(shape.pods).map(index => ({ name: `${name}_POD${index}` })),
  }
}

function cluster(shape: VcsimShape, name: string, folder: string | undefined): ClusterInput {
  return {
    name,
    ...optional('folder', folder),
    hosts: numbers(shape.hosts).map(host => `${name}_H${host}`),
    // As the peer's clusters: without it a VM could not be made without naming a host.
    drs: true,
    pools: numbers(shape.pools).map(index => ({ name: `${name}_RP${index + 1}` })),
    vApps: numbers(shape.apps).map(index => ({ name: `${name}_APP${index}`, ...optional('folder', folder) })),
  }
}

function switches(shape: VcsimShape, datacenter: string, folder: string | undefined): SwitchInput[] {
  if (shape.portgroups === 0 && shape.nsxPortgroups === 0) return []
  return [{
    name: 'DVS0',
    version: '6.5.0',
    ...optional('folder', folder),
    portgroups: [
      ...numbers(shape.portgroups).map(index => ({ name: `${datacenter}_DVPG${index}`, ports: 1 })),
      ...numbers(shape.nsxPortgroups + shape.opaqueNetworks)
        .map(index => ({ name: `${datacenter}_NSXPG${index}`, nsx: true })),
    ],
  }]
}

function datastores(
  shape: VcsimShape, datacenter: string, hosts: string[], folder: string | undefined, options: VcsimOptions,
): DatastoreInput[] {
  return numbers(shape.datastores).map(index => {
    const name = `LocalDS_${index}`
    return {
      name, hosts, capacity: '10TiB', ...optional('folder', folder),
      ...optional('directory', options.directory?.(datacenter, name)),
    }
  })
}

function datacenterVms(shape: VcsimShape, name: string, folder: string | undefined): VmInput[] {
  const network = shape.portgroups > 0 ? `${name}_DVPG0` : 'VM Network'
  const common = { ...optional('folder', folder), networks: [network] }
  const machines = numbers(shape.standaloneHosts).flatMap(host =>
    vms(shape, { ...common, prefix: `${name}_H${host}`, host: `${name}_H${host}` }))
  if (shape.hosts === 0) return machines
  for (const index of numbers(shape.clusters)) {
    const cluster = `${name}_C${index}`
    if (shape.pools === 0) machines.push(...vms(shape, { ...common, prefix: `${cluster}_RP0`, cluster, datacenter: name }))
    for (const pool of numbers(shape.pools)) {
      const path = `${cluster}_RP${pool + 1}`
      machines.push(...vms(shape, { ...common, prefix: path, cluster, datacenter: name, pool: path }))
    }
    for (const app of numbers(shape.apps)) {
      const path = `${cluster}_APP${app}`
      // Without Tools, so that clients meet both kinds.
      machines.push(...vms(shape, { ...common, prefix: path, cluster, datacenter: name, pool: path, tools: false }))
    }
  }
  return machines
}

type VmPlace = Partial<Pick<VmInput, 'host' | 'cluster' | 'datacenter' | 'pool' | 'folder' | 'networks' | 'tools'>>

function vms(shape: VcsimShape, { prefix, ...place }: VmPlace & { prefix: string }): VmInput[] {
  if (shape.vms === 0 || shape.datastores === 0) return []
  return [{
    ...place,
    name: `${prefix}_VM#`,
    count: shape.vms,
    start: 0,
    datastore: 'LocalDS_0',
    guest: 'otherGuest',
    cpu: 1,
    memory: '32MiB',
    disks: ['10GiB'],
    diskName: 'disk#.vmdk',
    power: shape.autostart ? 'on' : 'off',
  }]
}
