/**
 * Intervals of what HA does with VMs, in milliseconds. Sections are those of the fact sheet
 * availability.md.
 */

/** vCenter tells the primary of a VM that was powered on, which writes its list; a default (1.6). */
export const PROTECT_MS = 1000

/**
 * Added to `das.config.fdm.policy.unknownStateMonitorPeriod` (10 s): from the verdict on a host to
 * the first requests, 10 to 15 s in all (1.4 A).
 */
export const PLAN_MS = 2000
/** What chance adds to it in a lab with jitter, so that it all stays within 10 to 15 s. */
export const PLAN_SPREAD_MS = 3000

/** From a primary's request to a host until the VM's power-on has ended; a default (V03: within 18 to 60 s). */
export const START_MS = 5000
/** What chance adds to it in a lab with jitter: the windows of ha-oracle.md V14 leave so much. */
export const START_SPREAD_MS = 3000

/** A primary finds the marker of a VM that an isolated host stopped: half of its reading cycle of 30 s (1.1). */
export const READ_MARKER_MS = 15_000

/** Waits before the second and later attempts: 2, 4, 8, 16 minutes from the failure's being known (1.5). */
export const RETRY_MS = [120_000, 240_000, 480_000, 960_000] as const

/** A host's agent answers the question of a VM that lost its lock: within seconds (6.4); a default. */
export const ANSWER_MS = 5000

/** An agent's own reaction to what it has found out; a default. */
export const REACT_MS = 1000
