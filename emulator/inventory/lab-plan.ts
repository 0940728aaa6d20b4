import { LabFileError, pathText } from './lab-error.js'
import type { LabDatacenter, LabFile, LabHost, LabVcenter, LabVm } from './lab-schema.js'
import { nameAt } from './names.js'
import type { ClusterPlan, DatacenterPlan, HostPlan, LabPlan, SwitchPlan, VcenterPlan, VmPlan, VolumePlan } from './plan-model.js'
import { planVsan, vsanVolume } from './plan-vsan.js'
import { machineId } from '../physics/vcha/state.js'
import { nameMatcher } from '../world/glob.js'
import { nearestName } from '../world/nearest.js'

/**
 * Resolves every name of a lab: which host lies where, mounts what, runs which VM. `firstHost` is the
 * position of its first host among all: in a lab that runs there are some already.
 * @throws LabFileError with the path of each name that is unknown, ambiguous or given twice
 */
export function planLab(lab: LabFile, firstHost = 0): LabPlan {
  const problems: string[] = []
  const hosts = planHosts(lab, firstHost, problems)
  const vcenters = lab.vcenters.map((source, index) => planVcenter(source, ['vcenters', index], hosts, problems))
  uniqueNames([...hosts, ...vcenters].map(node => node.name), 'nodes', problems)
  for (const vcenter of vcenters) {
    const moids = hosts.filter(host => host.vcenter === vcenter).map(host => host.source.moid)
    uniqueNames(moids.filter(moid => moid !== undefined), `moids of ${vcenter.name}`, problems)
  }
  const volumes = planVolumes(lab, hosts, vcenters, problems)
  const vms = planVms(lab, hosts, vcenters, problems)
  if (problems.length > 0) throw new LabFileError(lab.lab, problems)
  return { lab, vcenters, hosts, volumes, vms, vsans: volumes.filter(volume => volume.vsan !== undefined) }
}

function planHosts(lab: LabFile, first: number, problems: string[]): HostPlan[] {
  const hosts: HostPlan[] = []
  lab.hosts.forEach((source, at) => {
    const path = pathText(['hosts', at])
    checkCount(source, path, problems)
    checkHost(source, path, problems)
    for (let i = 0; i < (source.count ?? 1); i += 1) {
      hosts.push({
        name: nameAt(source.name, source.start + i), index: first + hosts.length, source, path, vcenter: undefined,
        datacenter: undefined, cluster: undefined, volumes: [], switches: [],
      })
    }
  })
  return hosts
}

/** What the lab gives a root pool is part of what the machine has; an id is one host's. */
function checkHost(source: LabHost, path: string, problems: string[]): void {
  if (source.moid !== undefined && (source.count ?? 1) > 1) problems.push(`${path}.moid: it is the id of one host`)
  const { cpu, rootPool } = source
  if (rootPool === undefined) return
  const mhz = cpu.sockets * cpu.cores * cpu.mhz
  if (rootPool.cpu > mhz) problems.push(`${path}.rootPool.cpu: the host has ${mhz} MHz`)
  if (rootPool.memory > source.memory) problems.push(`${path}.rootPool.memory: the host has less memory`)
}

function checkCount(source: { name: string, count?: number | undefined }, path: string, problems: string[]): void {
  if ((source.count ?? 1) > 1 && !source.name.includes('#')) {
    problems.push(`${path}.name: with a count the name needs a # where the number goes`)
  }
}

function uniqueNames(names: readonly string[], what: string, problems: string[]): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) problems.push(`${what}: the name ${name} is given twice`)
    seen.add(name)
  }
}

/** Hosts meant by a list of names and globs; what means none is a problem. */
function findHosts(
  wanted: readonly string[], path: readonly PropertyKey[], hosts: readonly HostPlan[], problems: string[],
): HostPlan[] {
  const found = new Set<HostPlan>()
  wanted.forEach((glob, index) => {
    const fits = nameMatcher(glob)
    const matches = hosts.filter(host => fits(host.name))
    if (matches.length === 0 && glob !== '*') {
      problems.push(`${pathText([...path, index])}: ${unknown('host', glob, hosts.map(host => host.name))}`)
    }
    for (const host of matches) found.add(host)
  })
  return [...found].sort((a, b) => a.index - b.index)
}

function unknown(what: string, name: string, known: Iterable<string>): string {
  const near = nearestName(name, known)
  return `there is no ${what} ${name}${near === undefined ? '' : `; did you mean ${near}?`}`
}

function planVcenter(
  source: LabVcenter, path: readonly PropertyKey[], hosts: readonly HostPlan[], problems: string[],
): VcenterPlan {
  const vcenter: VcenterPlan = { name: source.name, source, datacenters: [] }
  source.datacenters.forEach((datacenter, index) => {
    vcenter.datacenters.push(planDatacenter(vcenter, datacenter, [...path, 'datacenters', index], hosts, problems))
  })
  return vcenter
}

function planDatacenter(
  vcenter: VcenterPlan,
  source: LabDatacenter,
  path: readonly PropertyKey[],
  hosts: readonly HostPlan[],
  problems: string[],
): DatacenterPlan {
  const datacenter: DatacenterPlan = { source, vcenter, hosts: [], clusters: [], standalone: [], switches: [] }
  const take = (host: HostPlan, at: readonly PropertyKey[], cluster: ClusterPlan | undefined): void => {
    if (host.datacenter !== undefined) problems.push(`${pathText(at)}: the host ${host.name} has a place already`)
    Object.assign(host, { vcenter, datacenter, cluster })
    datacenter.hosts.push(host)
  }
  const standalonePath = [...path, 'standaloneHosts']
  for (const host of findHosts(source.standaloneHosts, standalonePath, hosts, problems)) {
    datacenter.standalone.push(host)
    take(host, standalonePath, undefined)
  }
  source.clusters.forEach((item, index) => {
    const at = [...path, 'clusters', index, 'hosts']
    const cluster: ClusterPlan = {
      source: item, datacenter, hosts: findHosts(item.hosts, at, hosts, problems), vsan: undefined,
    }
    for (const host of cluster.hosts) take(host, at, cluster)
    cluster.vsan = planVsan(cluster, [...path, 'clusters', index, 'vsan'], hosts,
      (wanted, where, among) => findHosts(wanted, where, among, problems), problems)
    datacenter.clusters.push(cluster)
  })
  source.switches.forEach((item, index) => {
    const members = findHosts(item.hosts, [...path, 'switches', index, 'hosts'], datacenter.hosts, problems)
    const plan: SwitchPlan = { source: item, datacenter, hosts: members }
    for (const host of members) host.switches.push(plan)
    datacenter.switches.push(plan)
  })
  return datacenter
}

function planVolumes(
  lab: LabFile, hosts: readonly HostPlan[], vcenters: readonly VcenterPlan[], problems: string[],
): VolumePlan[] {
  const volumes: VolumePlan[] = []
  const taken = new Map<unknown, Set<string>>()
  lab.datastores.forEach((source, at) => {
    const found = findHosts(source.hosts, ['datastores', at, 'hosts'], hosts, problems)
    if (found.length === 0) problems.push(`${pathText(['datastores', at, 'hosts'])}: no host mounts it`)
    const groups = source.each ? found.map(host => [host]) : [found]
    groups.forEach((group, index) => {
      const name = freeName(nameAt(source.name, index + 1), group, taken)
      const volume: VolumePlan = { name, source, hosts: group, local: source.each, number: volumes.length }
      volumes.push(volume)
      for (const host of group) host.volumes.push(volume)
    })
  })
  for (const cluster of vcenters.flatMap(vcenter => vcenter.datacenters).flatMap(datacenter => datacenter.clusters)) {
    if (cluster.vsan === undefined) continue
    const name = freeName(cluster.vsan.source.datastore, cluster.hosts, taken)
    const volume = vsanVolume(cluster, cluster.vsan, name, volumes.length)
    volumes.push(volume)
    for (const host of cluster.hosts) host.volumes.push(volume)
  }
  return volumes
}

/** Names of datastores are unique in a datacenter; vCenter adds a number to the second. */
function freeName(name: string, hosts: readonly HostPlan[], taken: Map<unknown, Set<string>>): string {
  const places = new Set(hosts.map(host => host.datacenter ?? host))
  const sets = [...places].map(place => {
    const set = taken.get(place) ?? new Set<string>()
    taken.set(place, set)
    return set
  })
  let free = name
  for (let n = 1; sets.some(set => set.has(free)); n += 1) free = `${name} (${n})`
  for (const set of sets) set.add(free)
  return free
}

function planVms(
  lab: LabFile, hosts: readonly HostPlan[], vcenters: readonly VcenterPlan[], problems: string[],
): VmPlan[] {
  const clusters = vcenters.flatMap(vcenter => vcenter.datacenters).flatMap(datacenter => datacenter.clusters)
  const plans: VmPlan[] = []
  vcenters.forEach((vcenter, at) => {
    const plan = appliancePlan(vcenter, ['vcenters', at, 'appliance'], hosts, problems)
    if (plan === undefined) return
    plans.push(plan)
    plans.push(...vchaPlans(vcenter, plan, ['vcenters', at, 'vcha'], hosts, problems))
  })
  lab.vms.forEach((source, at) => {
    const path = pathText(['vms', at])
    checkCount(source, path, problems)
    if (source.host !== undefined && source.cluster !== undefined) problems.push(`${path}: give host or cluster, not both`)
    const cluster = source.cluster === undefined ? undefined : findCluster(source, path, clusters, problems)
    const wanted = source.host === undefined ? ['*'] : typeof source.host === 'string' ? [source.host] : source.host
    const found = cluster?.hosts ?? (source.cluster === undefined ? findHosts(wanted, ['vms', at, 'host'], hosts, problems) : [])
    if (cluster?.hosts.length === 0) problems.push(`${path}.cluster: the cluster ${source.cluster!} has no hosts`)
    const plan: VmPlan = { source, path, hosts: found, cluster: cluster ?? found[0]?.cluster }
    checkVm(plan, problems)
    plans.push(plan)
  })
  return plans
}

function findCluster(
  source: LabVm, path: string, clusters: readonly ClusterPlan[], problems: string[],
): ClusterPlan | undefined {
  const found = clusters.filter(cluster => cluster.source.name === source.cluster
    && (source.datacenter === undefined || cluster.datacenter.source.name === source.datacenter))
  if (found.length === 1) return found[0]
  problems.push(found.length === 0
    ? `${path}.cluster: ${unknown('cluster', source.cluster!, clusters.map(cluster => cluster.source.name))}`
    : `${path}.cluster: more than one cluster is called ${source.cluster!}; give the datacenter too`)
  return undefined
}

/** Datastores and networks that a VM names must be on each of its hosts. */
function checkVm(plan: VmPlan, problems: string[]): void {
  const { source, path } = plan
  for (const host of plan.hosts) {
    if (source.datastore !== undefined && volumeFor(host, source.datastore) === undefined) {
      problems.push(`${path}.datastore: on ${host.name} ${unknown('datastore', source.datastore, host.volumes.map(v => v.name))}`)
      return
    }
    if (host.volumes.length === 0) {
      problems.push(`${path}: ${host.name} has no datastore`)
      return
    }
    for (const network of source.networks ?? []) {
      const known = networksOf(host)
      if (known.includes(network)) continue
      problems.push(`${path}.networks: on ${host.name} ${unknown('network', network, known)}`)
      return
    }
  }
}

/** Names of the networks that VMs of a host may use. */
export function networksOf(host: HostPlan): string[] {
  return [
    ...host.source.networks.map(network => network.name),
    ...host.switches.flatMap(item => item.source.portgroups.map(group => group.name)),
    ...host.datacenter?.source.opaqueNetworks.map(network => network.name) ?? [],
  ]
}

/** The datastore of a name on a host; without a name the first shared one, else the first. */
export function volumeFor(host: HostPlan, name: string | undefined): VolumePlan | undefined {
  if (name !== undefined) return host.volumes.find(volume => volume.name === name)
  return host.volumes.find(volume => !volume.local) ?? host.volumes[0]
}

function appliancePlan(
  vcenter: VcenterPlan, path: readonly PropertyKey[], hosts: readonly HostPlan[], problems: string[],
): VmPlan | undefined {
  const appliance = vcenter.source.appliance
  if (appliance === undefined) return undefined
  const found = findHosts([appliance.host], [...path, 'host'], hosts, problems)
  const source: LabVm = {
    name: appliance.vm ?? vcenter.name, start: 1, host: appliance.host, cpu: appliance.cpu, coresPerSocket: 1,
    memory: appliance.memory, reservation: { cpu: 0, memory: 0 }, disks: [appliance.disk], thin: true,
    guest: 'vmwarePhoton64Guest', firmware: 'bios',
    power: 'on', tools: true, template: false, hardware: 10, annotation: 'VMware vCenter Server Appliance',
    ...(appliance.datastore === undefined ? {} : { datastore: appliance.datastore }),
    ...(appliance.folder === undefined ? {} : { folder: appliance.folder }),
    ...(appliance.network === undefined ? {} : { networks: [appliance.network] }),
    ...(vcenter.source.address === undefined ? {} : { ip: vcenter.source.address }),
  }
  const plan: VmPlan = {
    source, path: pathText(path), hosts: found, cluster: found[0]?.cluster,
    appliance: vcenter.source.vcha === undefined ? vcenter.name : machineId(vcenter.name, '1'),
  }
  checkVm(plan, problems)
  return plan
}

/** The VMs of the passive node and of the witness of a vCenter HA cluster: clones of the active one. */
function vchaPlans(
  vcenter: VcenterPlan, active: VmPlan, path: readonly PropertyKey[], hosts: readonly HostPlan[], problems: string[],
): VmPlan[] {
  const { vcha } = vcenter.source
  if (vcha === undefined) return []
  const nodes = [['2', 'passive', 'peer'], ...vcha.witness ? [['w', 'witnessNode', 'witness'] as const] : []] as const
  return nodes.flatMap(([key, field, suffix]) => {
    const place = vcha[field]
    if (place === undefined) return []
    const found = findHosts([place.host], [...path, field, 'host'], hosts, problems)
    const { datastore: _old, ip: _ip, ...common } = active.source
    const source: LabVm = {
      ...common, name: place.vm ?? `${active.source.name}-${suffix}`, host: place.host,
      ...(key === 'w' ? { cpu: 1, memory: 2 ** 30 } : {}),
      ...(place.datastore === undefined ? {} : { datastore: place.datastore }),
    }
    const plan: VmPlan = {
      source, path: pathText([...path, field]), hosts: found, cluster: found[0]?.cluster,
      appliance: machineId(vcenter.name, key),
    }
    checkVm(plan, problems)
    return [plan]
  })
}
