import type { CheckerKind } from '../checker.js'
import { admittedFits } from './admission.js'
import { vpxdStopsWhenFull } from './appliance.js'
import { notRespondingWhenSilent } from './connection.js'
import { dependentsWait } from './dependencies.js'
import { eventsInOrder } from './events.js'
import { listsHaveOwners } from './lists.js'
import { everyVmRuns, inventoryIsTrue } from './liveness.js'
import { oneLockHolder, twiceOnlyWhenSplit } from './locks.js'
import { onePrimary } from './primaries.js'
import { attemptsSpaced, fewAtOnce, restartsAreDue } from './restarts.js'
import { spaceAddsUp } from './space.js'
import { deadOnlyWhenSilent, isolationActsLate } from './timing.js'
import { oneActive, soundRoles } from './vcha.js'
import { oneSideHasVotes } from './votes.js'

/** Every invariant that a run is checked for. */
export const checkers: readonly CheckerKind[] = [
  oneLockHolder,
  twiceOnlyWhenSplit,
  oneSideHasVotes,
  onePrimary,
  deadOnlyWhenSilent,
  isolationActsLate,
  oneActive,
  soundRoles,
  notRespondingWhenSilent,
  eventsInOrder,
  spaceAddsUp,
  vpxdStopsWhenFull,
  attemptsSpaced,
  fewAtOnce,
  listsHaveOwners,
  admittedFits,
  dependentsWait,
  restartsAreDue,
  inventoryIsTrue,
  everyVmRuns,
]
