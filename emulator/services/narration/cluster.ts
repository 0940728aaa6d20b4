import type { Event } from '../../schema/generated/types.js'
import type { ClusterInner } from '../../physics/ha/follow.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { postEvent } from '../events.js'
import { keepConfigIssue } from './config-issue.js'
import { postHa } from './ha.js'
import '../../physics/ha/signals.js'

const VIOLATION = 'FailoverResourcesViolationEvent'

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
    keep(tx, slot, issue => issue._typeName === 'InsufficientFailoverResourcesEvent', sufficient ? undefined : event as never)
  })
  world.on('cluster.usage', (tx, { vcenter, cluster, exceeds, restored }) => {
    const slot = tx.find(vcenter, cluster)
    if (slot === undefined) return
    const issue = exceeds ? postHa(tx, vcenter, slot, VIOLATION) : undefined
    keep(tx, slot, each => (each as { eventTypeId?: string }).eventTypeId?.endsWith(`.${VIOLATION}`) === true, issue as never)
    // There is no event of its own for the end; the alarm on both waits for this one (operations.md 6.2).
    if (exceeds || restored || insufficient(tx, slot)) return
    postEvent(tx, vcenter, { type: 'FailoverLevelRestored', computeResource: slot })
  })
}

/** Too little kept free is worse than too much used. */
function keep(tx: Transaction, slot: Slot, same: (event: Event) => boolean, issue: Event | undefined): void {
  keepConfigIssue(tx, slot, insufficient(tx, slot) ? 'red' : 'yellow', same, issue)
}

function insufficient(tx: Transaction, slot: Slot): boolean {
  return tx.read<object, ClusterInner>(slot)!.inner.insufficient === true
}
