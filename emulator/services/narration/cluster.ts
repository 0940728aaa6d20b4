import type { ClusterComputeResourceProps } from '../../schema/generated/types.js'
import type { World } from '../../world/world.js'
import { postEvent } from '../events.js'
import '../../physics/ha/signals.js'

/**
 * What vCenter says about the failover capacity of its clusters (availability.md 1.10). While it is
 * short, the event is also an issue of the cluster's configuration.
 */
export function narrateClusters(world: World): void {
  world.on('cluster.failover', (tx, { vcenter, cluster, sufficient }) => {
    const slot = tx.find(vcenter, cluster)
    if (slot === undefined) return
    const type = sufficient ? 'FailoverLevelRestored' : 'InsufficientFailoverResourcesEvent'
    const event = postEvent(tx, vcenter, { type, computeResource: slot })
    const { props, inner } = tx.read<ClusterComputeResourceProps>(slot)!
    const others = (props.configIssue ?? [])
      .filter(issue => issue._typeName !== 'InsufficientFailoverResourcesEvent')
    const configIssue = sufficient ? others : [...others, event]
    const configStatus = configIssue.length === 0 ? 'green' : 'red'
    tx.replace(slot, { props: { ...props, configIssue, configStatus } as never, inner })
  })
}
