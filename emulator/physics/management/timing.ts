/** A host sends a heartbeat over UDP 902 every 10 s (availability.md 4.2). */
export const HEARTBEAT_MS = 10_000

/** vCenter waits 60 s for one, `config.vpxd.heartbeat.notRespondingTimeout` (availability.md 4.2). */
export const NOT_RESPONDING_MS = 60_000

/** Power-on self test and start of ESXi until hostd answers; a default, not a published figure. */
export const HOST_BOOT_MS = 120_000

/** Start of a vCenter appliance until vpxd answers; a default, not a published figure. */
export const APPLIANCE_BOOT_MS = 240_000
