import {
  clusterEntries, datastoreEntries, hostEntries, hostNames, standaloneEntries,
} from './hosts.js'
import { refAt, textAt, type Inventory, type ReadObject } from './inventory.js'
import { opaqueEntries, switchEntries } from './networks.js'
import { defined, folderPath, nameOf, nearest, productOf, type Notes } from './paths.js'
import { vmEntries, type HostFacts } from './vms.js'
import { CliError } from '../io.js'

type Entry = Record<string, unknown>

/** A lab file, and what of the inventory it has no place for. */
export interface ImportedLab {
  readonly lab: Entry
  readonly notes: readonly string[]
}

/**
 * The lab file of an inventory: hosts, clusters, pools, vApps, folders, datastores, networks and
 * VMs under their names.
 * @throws CliError when there is no host in it
 */
export function labFrom(inventory: Inventory, name: string): ImportedLab {
  const notes: Notes = new Set()
  const names = hostNames(inventory)
  if (names.size === 0) throw new CliError('there is no host in the inventory that was read')
  const about = inventory.of('ServiceInstance')[0]
  const isHost = textAt(about, 'content.about.apiType') === 'HostAgent'
  const product = productOf(textAt(about, 'content.about.version'))
  const hosts = hostEntries(inventory, names)
  const datastores = datastoreEntries(inventory, names, notes)
  const datacenters = isHost ? [] : inventory.of('Datacenter').map(each => datacenterEntry(inventory, each, names, notes))
  const vms = vmEntries(inventory, factsOf(names, hosts, datastores, datacenters), notes)
  const lab = defined({
    lab: name, product,
    vcenters: isHost ? undefined : [{ name: vcenterName(names), datacenters }],
    hosts, datastores, vms,
  })
  return { lab, notes: [...notes] }
}

function vcenterName(hosts: ReadonlyMap<string, string>): string {
  const taken = new Set(hosts.values())
  let name = 'vc-01'
  for (let n = 2; taken.has(name); n += 1) name = `vc-${String(n).padStart(2, '0')}`
  return name
}

function datacenterEntry(inventory: Inventory, datacenter: ReadObject, names: ReadonlyMap<string, string>, notes: Notes): Entry {
  const pods = inventory.of('StoragePod').filter(each => nearest(inventory, each, 'Datacenter') === datacenter)
  return defined({
    name: nameOf(datacenter),
    folder: folderPath(inventory, datacenter),
    folders: foldersOf(inventory, datacenter),
    clusters: clusterEntries(inventory, datacenter, names),
    ...standaloneEntries(inventory, datacenter, names, notes),
    switches: switchEntries(inventory, datacenter, names),
    opaqueNetworks: opaqueEntries(inventory, datacenter),
    storagePods: pods.map(pod => defined({ name: nameOf(pod), folder: folderPath(inventory, pod) })),
  })
}

const kinds = ['vm', 'host', 'datastore', 'network'] as const

/** Paths of the folders that a datacenter was given, by kind. */
function foldersOf(inventory: Inventory, datacenter: ReadObject): Entry | undefined {
  const own = new Map(kinds.map(kind => [refAt(datacenter, `${kind}Folder`)?.value, kind]))
  const found: Record<string, string[]> = {}
  for (const folder of inventory.of('Folder')) {
    if (nearest(inventory, folder, 'Datacenter') !== datacenter || own.has(folder.self.value)) continue
    const upper = folderPath(inventory, folder)
    const kind = own.get(rootOf(inventory, folder)?.self.value)
    if (kind !== undefined) (found[kind] ??= []).push(upper === undefined ? nameOf(folder) : `${upper}/${nameOf(folder)}`)
  }
  return Object.keys(found).length === 0 ? undefined : found
}

/** The datacenter's own folder above a folder. */
function rootOf(inventory: Inventory, folder: ReadObject): ReadObject | undefined {
  let at: ReadObject | undefined = folder
  for (;;) {
    const upper: ReadObject | undefined = inventory.get(refAt(at, 'parent'))
    if (upper === undefined || upper.self.type === 'Datacenter') return at
    at = upper
  }
}

/** What VMs of each host can use, as the lab file will have it. */
function factsOf(
  names: ReadonlyMap<string, string>, hosts: readonly Entry[], datastores: readonly Entry[], datacenters: readonly Entry[],
): HostFacts {
  const on = new Map([...names.values()].map(name => [name, new Set<string>()]))
  for (const store of datastores) for (const host of store['hosts'] as string[]) on.get(host)?.add(String(store['name']))
  const networks = new Map(hosts.map(host =>
    [String(host['name']), new Set((host['networks'] as { name: string }[]).map(network => network.name))]))
  for (const datacenter of datacenters) {
    for (const dvs of datacenter['switches'] as { hosts: string[], portgroups: { name: string }[] }[]) {
      for (const host of dvs.hosts) for (const group of dvs.portgroups) networks.get(host)?.add(group.name)
    }
    const members = [
      ...(datacenter['clusters'] as { hosts: string[] }[]).flatMap(cluster => cluster.hosts),
      ...datacenter['standaloneHosts'] as string[],
    ]
    for (const host of members) {
      for (const opaque of datacenter['opaqueNetworks'] as { name: string }[]) networks.get(host)?.add(opaque.name)
    }
  }
  return { names, datastores: on, networks }
}
