import type { Transaction } from '../../../world/transaction.js'
import type { World } from '../../../world/world.js'
import { reactToHaConfig, settleHa } from './configure.js'
import { reactToAgentFacts, settle } from './engine.js'
import { reactToWatch } from './publish.js'

/** The HA agents of the lab's hosts and vCenter's side of them (availability.md 1.1 to 1.4). */
export function reactToFdm(world: World): void {
  reactToHaConfig(world)
  reactToAgentFacts(world)
  reactToWatch(world, settle)
}

/** HA as it is when the lab begins. */
export function settleFdm(tx: Transaction): void {
  settleHa(tx)
}
