import type { World } from '../../world/world.js'
import { postEvent } from '../events.js'
import { keepConfigIssue } from './config-issue.js'
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
    keepConfigIssue(tx, slot, 'red',
      issue => issue._typeName === 'InsufficientFailoverResourcesEvent', sufficient ? undefined : event as never)
  })
}
