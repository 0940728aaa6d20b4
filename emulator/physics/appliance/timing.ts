/**
 * Between power and the first answer of the appliance's operating system: Photon boots, 5480 comes
 * up, vmon begins to start services. What is left of `APPLIANCE_BOOT_MS` (management/timing.ts) is
 * the start of vpostgres, sts and vpxd one after another; defaults, not published figures.
 */
export const APPLIANCE_OS_BOOT_MS = 60_000

/** vpxd looks at the database's partition so often (availability.md 3.3, period not sourced). */
export const DISK_CHECK_MS = 60_000

/** Use of the database's partition at which vpxd warns and at which it stops (availability.md 3.3). */
export const DISK_WARNING_PERCENT = 80
export const DISK_CRITICAL_PERCENT = 95

/** Start of services until they answer; defaults that add up to `APPLIANCE_BOOT_MS`. */
export const SERVICE_START_MS = {
  usual: 8_000, system: 1_000, vpostgres: 30_000, sts: 60_000, vpxd: 90_000, ui: 60_000,
} as const

/** Orderly end of a service; a default. */
export const SERVICE_STOP_MS = 3_000

/** vmon sees a dead process at its next look; a default. */
export const WATCHDOG_LOOK_MS = 5_000

/**
 * The watchdog restarts a service so often within the window; the next failure reboots the
 * appliance (availability.md 5, row "vpxd crash": 2 restarts within 3600 s).
 */
export const WATCHDOG_RESTARTS = 2
export const WATCHDOG_WINDOW_MS = 3_600_000
