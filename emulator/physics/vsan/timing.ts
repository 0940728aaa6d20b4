/** Intervals of vSAN in milliseconds; sections are those of the fact sheet availability.md. */

/** A host ends a VM whose object it cannot use (VSAN.AutoTerminateGhostVm, 6.3) after so long; a default. */
export const GHOST_MS = 30_000

/** Votes are computed again after a loss: under a minute in a small cluster (6.3). */
export const REVOTE_MS = 45_000

/** A component that missed writes is up to date again so long after its return; a default. */
export const RESYNC_MS = 30_000

/** An absent component is built anew elsewhere (6.3). */
export const REBUILD_MS = 3_600_000
