/** A watchdog starts a crashed agent again after 30 to 60 s (availability.md 5); a default of those. */
export const WATCHDOG_MS = 40_000
