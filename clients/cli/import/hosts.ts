import {
  fieldOf, items, numberAt, refAt, textAt, valueAt, type Inventory, type ReadObject,
} from './inventory.js'
import { defined, folderPath, isPool, nameOf, nearest, plainName, poolPath, productOf, sizeText, type Notes } from './paths.js'
import type { Ref, Value } from '../../sdk/soap-xml.js'

type Entry = Record<string, unknown>

/** The names that hosts have in the lab file, by id: unique, and without signs that mean a pattern. */
export function hostNames(inventory: Inventory): Map<string, string> {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const host of inventory.of('HostSystem')) {
    const wanted = nameOf(host).replace(/[^A-Za-z0-9._-]/g, '-')
    let name = wanted
    for (let n = 2; taken.has(name); n += 1) name = `${wanted}-${n}`
    taken.add(name)
    names.set(host.self.value, name)
  }
  return names
}

/** The `hosts` of a lab file. */
export function hostEntries(inventory: Inventory, names: ReadonlyMap<string, string>): Entry[] {
  return inventory.of('HostSystem').map(host => {
    const sockets = numberAt(host, 'summary.hardware.numCpuPkgs') ?? 2
    const cores = numberAt(host, 'summary.hardware.numCpuCores') ?? 32
    const threads = numberAt(host, 'summary.hardware.numCpuThreads') ?? cores
    const name = names.get(host.self.value)!
    const shown = textAt(host, 'name')
    const memory = numberAt(host, 'summary.hardware.memorySize')
    return defined({
      name,
      hostName: shown === name ? undefined : shown,
      moid: /^host-\d+$/.test(host.self.value) ? host.self.value : undefined,
      product: productOf(textAt(host, 'config.product.version') ?? textAt(host, 'summary.config.product.version')),
      cpu: {
        sockets: bounded(sockets, 1, 8), cores: bounded(Math.floor(cores / sockets), 1, 128),
        threads: threads > cores ? 2 : 1, mhz: bounded(numberAt(host, 'summary.hardware.cpuMhz') ?? 2400, 500, 10000),
      },
      memory: memory === undefined ? undefined : sizeText(memory),
      nics: bounded(numberAt(host, 'summary.hardware.numNics') ?? 4, 1, 32),
      vendor: textAt(host, 'summary.hardware.vendor'),
      model: textAt(host, 'summary.hardware.model'),
      networks: hostNetworks(inventory, host),
    })
  })
}

export function bounded(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(value)))
}

/** Standard networks of a host, with the VLANs of their port groups. */
function hostNetworks(inventory: Inventory, host: ReadObject): Entry[] {
  const vlans = new Map(items<Value>(valueAt(host, 'config.network.portgroup'))
    .map(group => [fieldOf(group, ['spec', 'name']), Number(fieldOf(group, ['spec', 'vlanId']) ?? 0)] as const))
  return inventory.listed(host, 'network').filter(network => network.self.type === 'Network').map(network => {
    const vlan = vlans.get(textAt(network, 'name'))
    return { name: nameOf(network), ...(vlan === undefined || vlan === 0 ? {} : { vlan }) }
  })
}

/** The `clusters` of a datacenter. */
export function clusterEntries(inventory: Inventory, datacenter: ReadObject, names: ReadonlyMap<string, string>): Entry[] {
  return inventory.of('ClusterComputeResource').filter(cluster => nearest(inventory, cluster, 'Datacenter') === datacenter)
    .map(cluster => {
      const below = inventory.of('ResourcePool', 'VirtualApp').filter(pool => ownerOf(inventory, pool) === cluster)
      const drs = textAt(cluster, 'configurationEx.drsConfig.defaultVmBehavior')
      return defined({
        name: nameOf(cluster),
        folder: folderPath(inventory, cluster),
        hosts: namesOf(inventory.listed(cluster, 'host'), names),
        ha: textAt(cluster, 'configurationEx.dasConfig.enabled') === 'true',
        drs: textAt(cluster, 'configurationEx.drsConfig.enabled') === 'true' && (drs ?? true),
        pools: depthFirst(inventory, below.filter(pool => pool.self.type === 'ResourcePool')).map(pool => ({
          ...placed(inventory, pool),
          cpu: allocation(valueAt(pool, 'config.cpuAllocation')), memory: allocation(valueAt(pool, 'config.memoryAllocation')),
        })),
        vApps: depthFirst(inventory, below.filter(pool => pool.self.type === 'VirtualApp')).map(pool => defined({
          ...placed(inventory, pool), folder: vAppFolder(inventory, pool),
        })),
      })
    })
}

function namesOf(hosts: readonly ReadObject[], names: ReadonlyMap<string, string>): string[] {
  return hosts.flatMap(host => names.get(host.self.value) ?? [])
}

/** The compute resource of a pool. */
export function ownerOf(inventory: Inventory, pool: ReadObject | undefined): ReadObject | undefined {
  let at = pool
  while (at !== undefined && isPool(at)) at = inventory.get(refAt(at, 'parent'))
  return at
}

/** Parents before children; the root pool is there by itself. */
function depthFirst(inventory: Inventory, pools: readonly ReadObject[]): ReadObject[] {
  const depth = (pool: ReadObject): number => poolPath(inventory, pool)?.split('/').length ?? 0
  return pools.filter(pool => depth(pool) > 0).sort((a, b) => depth(a) - depth(b))
}

function placed(inventory: Inventory, pool: ReadObject): Entry {
  const path = poolPath(inventory, pool)!.split('/')
  return defined({ name: nameOf(pool), parent: path.length === 1 ? undefined : path.slice(0, -1).join('/') })
}

function vAppFolder(inventory: Inventory, vApp: ReadObject): string | undefined {
  const folder = refAt(vApp, 'parentFolder')
  if (folder === undefined) return undefined
  return folderPath(inventory, { self: vApp.self, props: { parent: folder } })
}

function allocation(value: Value | readonly Value[] | undefined): Entry {
  const field = (...path: string[]): string | undefined => {
    const found = fieldOf(value, path)
    return typeof found === 'string' ? found : undefined
  }
  const level = field('shares', 'level')
  return defined({
    shares: level === 'custom' ? bounded(Number(field('shares', 'shares') ?? 0), 0, 1000000) : level,
    reservation: Math.max(0, Number(field('reservation') ?? 0)),
    limit: Math.max(-1, Number(field('limit') ?? -1)),
    expandable: field('expandableReservation') !== 'false',
  })
}

/** Stand-alone hosts of a datacenter; they share one folder in a lab file. */
export function standaloneEntries(
  inventory: Inventory, datacenter: ReadObject, names: ReadonlyMap<string, string>, notes: Notes,
): Entry {
  const computes = inventory.of('ComputeResource').filter(each => nearest(inventory, each, 'Datacenter') === datacenter)
  const folders = [...new Set(computes.map(each => folderPath(inventory, each)))]
  if (folders.length > 1) notes.add(`folders of stand-alone hosts other than ${folders[0] ?? 'the first'} in ${nameOf(datacenter)}`)
  if (computes.some(each => inventory.of('ResourcePool', 'VirtualApp')
    .some(pool => ownerOf(inventory, pool) === each && poolPath(inventory, pool) !== undefined))) {
    notes.add('resource pools and vApps of stand-alone hosts')
  }
  return defined({
    standaloneHosts: computes.flatMap(each => namesOf(inventory.listed(each, 'host'), names)),
    hostFolder: folders[0],
  })
}

/** The `datastores` of a lab file: one for each volume, whichever datacenters see it. */
export function datastoreEntries(inventory: Inventory, names: ReadonlyMap<string, string>, notes: Notes): Entry[] {
  const byVolume = new Map<string, { first: ReadObject, hosts: Set<string> }>()
  const users = new Map<string, string[]>()
  for (const host of inventory.of('HostSystem')) {
    for (const { self } of inventory.listed(host, 'datastore')) {
      users.set(self.value, [...users.get(self.value) ?? [], names.get(host.self.value)!])
    }
  }
  for (const store of inventory.of('Datastore')) {
    const volume = textAt(store, 'summary.url') ?? store.self.value
    const found = byVolume.get(volume) ?? { first: store, hosts: new Set<string>() }
    byVolume.set(volume, found)
    for (const mount of items<{ key: Ref }>(valueAt(store, 'host'))) {
      const name = names.get(mount.key.value)
      if (name !== undefined) found.hosts.add(name)
    }
    for (const name of users.get(store.self.value) ?? []) found.hosts.add(name)
  }
  return [...byVolume.values()].flatMap(({ first, hosts }) => {
    if (hosts.size > 0) return [datastoreEntry(inventory, first, [...hosts])]
    notes.add(`datastores that no host mounts: ${nameOf(first)}`)
    return []
  })
}

const types: Readonly<Record<string, string>> = { NFS: 'NFS', NFS41: 'NFS41', vsan: 'vsan' }

function datastoreEntry(inventory: Inventory, store: ReadObject, hosts: string[]): Entry {
  const capacity = numberAt(store, 'summary.capacity') ?? 0
  const pod = nearest(inventory, store, 'StoragePod')
  return defined({
    name: nameOf(store),
    type: types[textAt(store, 'summary.type') ?? ''] ?? 'VMFS',
    capacity: capacity > 0 ? sizeText(capacity) : undefined,
    hosts,
    server: textAt(store, 'info.nas.remoteHost'),
    path: textAt(store, 'info.nas.remotePath'),
    folder: pod === undefined ? folderPath(inventory, store) : undefined,
    pod: pod === undefined ? undefined : plainName(nameOf(pod)),
  })
}
