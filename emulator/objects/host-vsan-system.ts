import { hostNodeOf } from '../physics/management/truth.js'
import { mirrored } from '../physics/management/link.js'
import { dataHosts, membersOf, sight, vsanOfHost, type VsanCluster } from '../physics/vsan/state.js'
import type { VsanHostClusterStatus } from '../schema/generated/types.js'
import type { Query } from '../services/call.js'
import { fault } from '../services/method-fault.js'
import type { Reader } from '../world/records.js'
import { defineManagedObject, query, type Definition } from './define.js'

export const hostVsanSystem: Definition = defineManagedObject('HostVsanSystem', {
  methods: { QueryHostStatus: query(status) },
})

/**
 * The host's place among the hosts that it reaches over the vSAN network: the first that has data leads
 * them, the second stands by (VsanHostNodeState); a partition has its own.
 * @throws HostNotReachable when vCenter cannot reach the host
 */
function status({ reader, self }: Query): VsanHostClusterStatus {
  const host = hostNodeOf(reader, self)
  if (host !== self.address.node && !mirrored(reader, self.address.node, host)) throw fault('HostNotReachable')
  const cluster = vsanOfHost(reader, host)
  if (cluster === undefined) return { health: 'unknown', nodeState: { state: 'disabled' } }
  const members = partitionOf(reader, cluster, host)
  return {
    uuid: cluster.uuid, nodeUuid: cluster.nodes[host]!, health: 'healthy',
    nodeState: { state: roleOf(cluster, host, members) },
    memberUuid: members.map(member => cluster.nodes[member]!),
  }
}

function partitionOf(reader: Reader, cluster: VsanCluster, host: string): string[] {
  const sees = sight(reader, cluster)
  return membersOf(cluster).filter(other => sees(host, other))
}

function roleOf(cluster: VsanCluster, host: string, members: readonly string[]): string {
  const leading = dataHosts(cluster).filter(each => members.includes(each))
  return host === leading[0] ? 'master' : host === leading[1] ? 'backup' : 'agent'
}
