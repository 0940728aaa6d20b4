import type { Transaction } from '../../../world/transaction.js'
import type { World } from '../../../world/world.js'
import { reactToAttempts } from './attempt.js'
import { reactToFailures } from './candidates.js'
import { reactToComponentLoss } from './component-protection.js'
import { reactToDuplicates } from './duplicates.js'
import { reactToEndedGhosts } from './ghosts.js'
import { reactToIsolation } from './isolation-response.js'
import { reactToMonitoring } from './monitoring.js'
import { reactToPlans } from './planner.js'
import { reactToProtection, settleProtection } from './protection.js'

/** What HA does with VMs (availability.md 1.5 to 1.9). */
export function reactToHaVms(world: World): void {
  reactToProtection(world)
  reactToFailures(world)
  reactToPlans(world)
  reactToAttempts(world)
  reactToIsolation(world)
  reactToDuplicates(world)
  reactToComponentLoss(world)
  reactToMonitoring(world)
  reactToEndedGhosts(world)
}

/** What HA knows of VMs when the lab begins. */
export function settleHaVms(tx: Transaction): void {
  settleProtection(tx)
}
