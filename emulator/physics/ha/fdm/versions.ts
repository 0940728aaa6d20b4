import type {
  ClusterComputeResourceProps, ClusterComputeResourceSummary, ClusterDasDataSummary,
} from '../../../schema/generated/types.js'
import type { Transaction } from '../../../world/transaction.js'
import type { HaCluster } from '../signals.js'
import type { FdmConfig } from './agent.js'

/**
 * `summary.dasData` of a cluster: versions of what vCenter gives the agents, its list of hosts, the
 * cluster's configuration, and which VMs fit where (here: volumes and heartbeat datastores). Unset
 * while HA is off (ClusterDasDataSummary).
 */
export function showVersions(
  tx: Transaction, at: HaCluster, before: FdmConfig | undefined, next: FdmConfig | undefined,
): void {
  const slot = tx.find(at.vcenter, at.cluster)
  if (slot === undefined) return
  const { props, inner } = tx.read<ClusterComputeResourceProps>(slot)!
  const { dasData, ...rest } = props.summary as ClusterComputeResourceSummary & { dasData?: ClusterDasDataSummary }
  if (next === undefined && dasData === undefined) return
  const raised = (name: keyof ClusterDasDataSummary, other: (a: FdmConfig, b: FdmConfig) => boolean): number =>
    Number(dasData?.[name] ?? 0) + (before === undefined || dasData === undefined || other(before, next!) ? 1 : 0)
  const summary = next === undefined ? rest : {
    ...rest,
    dasData: {
      _typeName: 'ClusterDasDataSummary',
      hostListVersion: raised('hostListVersion', (a, b) => differ(a, b, each => each.members.map(({ moid }) => moid))),
      clusterConfigVersion: raised('clusterConfigVersion', (a, b) =>
        a.config !== b.config || differ(a, b, each => each.isolationAddresses)),
      compatListVersion: raised('compatListVersion', (a, b) =>
        differ(a, b, each => [...each.volumes, ...each.members.map(member => member.heartbeatVolumes.join())])),
    },
  }
  tx.replace(slot, { props: { ...props, summary, summaryEx: summary } as never, inner })
}

function differ(a: FdmConfig, b: FdmConfig, list: (config: FdmConfig) => readonly string[]): boolean {
  return list(a).join('/') !== list(b).join('/')
}
