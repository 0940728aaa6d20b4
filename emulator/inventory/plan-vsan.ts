import { pathText } from './lab-error.js'
import type { ClusterPlan, HostPlan, VolumePlan, VsanPlan } from './plan-model.js'
import { clusterVsan, type LabClusterVsan } from './lab-schema-vsan.js'

/** Hosts by a list of names and globs; names that mean none are problems of the file. */
type FindHosts = (wanted: readonly string[], path: readonly PropertyKey[], among: readonly HostPlan[]) => HostPlan[]

/**
 * The vSAN of a cluster of a lab file; undefined: it has none. Two replicas and a witness of each
 * object lie in three fault domains, so there are three, or two and a witness host (availability.md 6.3).
 */
export function planVsan(
  cluster: Pick<ClusterPlan, 'source' | 'hosts'>, path: readonly PropertyKey[], all: readonly HostPlan[],
  find: FindHosts, problems: string[],
): VsanPlan | undefined {
  const { vsan } = cluster.source
  if (vsan === false) return undefined
  const source = vsan === true ? clusterVsan.parse({}) : vsan
  const at = pathText(path)
  const domains = source.faultDomains.length === 0
    ? cluster.hosts.map(host => ({ name: host.name, hosts: [host] }))
    : source.faultDomains.map((domain, index) => ({
        name: domain.name, hosts: find(domain.hosts, [...path, 'faultDomains', index, 'hosts'], cluster.hosts),
      }))
  checkDomains(cluster.hosts, domains, source, at, problems)
  const witness = source.witness === undefined ? undefined : find([source.witness], [...path, 'witness'], all)[0]
  if (witness !== undefined && cluster.hosts.includes(witness)) {
    problems.push(`${at}.witness: ${witness.name} is a host of the cluster`)
  }
  const preferred = source.witness === undefined ? undefined : source.preferred ?? domains[0]?.name
  return { source, domains, witness, preferred }
}

function checkDomains(
  hosts: readonly HostPlan[], domains: VsanPlan['domains'], source: LabClusterVsan, at: string, problems: string[],
): void {
  const { witness, preferred } = source
  const placed = domains.flatMap(domain => domain.hosts)
  for (const host of hosts) {
    const times = placed.filter(each => each === host).length
    if (times !== 1) problems.push(`${at}.faultDomains: ${host.name} is in ${times === 0 ? 'none' : `${times} of them`}`)
  }
  if (witness === undefined && domains.length < 3) problems.push(`${at}: it needs three fault domains, or two and a witness`)
  if (witness !== undefined && domains.length !== 2) problems.push(`${at}: with a witness there are two fault domains, the sites`)
  if (preferred === undefined) return
  if (witness === undefined) problems.push(`${at}.preferred: only where there is a witness`)
  else if (!domains.some(domain => domain.name === preferred)) problems.push(`${at}.preferred: there is no site ${preferred}`)
}

/** The datastore of a cluster's vSAN, as a volume of the lab. */
export function vsanVolume(cluster: ClusterPlan, vsan: VsanPlan, name: string, number: number): VolumePlan {
  const { source } = vsan
  return {
    name, number, hosts: cluster.hosts, local: false, vsan,
    source: {
      name: source.datastore, type: 'vsan', capacity: source.capacity, each: false,
      hosts: cluster.hosts.map(host => host.name),
    },
  }
}
