import { z } from 'zod'
import '../physics/vcha/signals.js'
import { defineFault } from './define.js'
import { clusterOf } from './vcha-node.js'

/** Replication between the nodes stops, though they hear each other. */
export const vchaReplicationStall = defineFault({
  name: 'vcha-replication-stall',
  target: 'vcenter',
  help: 'the active node of a vCenter HA cluster replicates nothing any more; heal lets the passive node catch up',
  example: 'fauxsphere inject vcha-replication-stall vc-01',
  options: z.strictObject({}),
  inject(tx, target) {
    clusterOf(tx, target.id)
    tx.emit('vcha.stalled', { vcenter: target.id, stalled: true })
  },
  heal(tx, target) {
    tx.emit('vcha.stalled', { vcenter: target.id, stalled: false })
  },
})
