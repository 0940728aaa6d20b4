/**
 * Nodes of a cluster exchange a heartbeat each second. No figure is published; this and the next
 * ones are the defaults of availability.md 2.5, marked there as our own.
 */
export const HEARTBEAT_MS = 1_000

/** A node that is not heard so long is lost (availability.md 2.5). */
export const NODE_LOST_MS = 10_000

/** A node that is heard again so long is back; a default. */
export const NODE_JOIN_MS = 5_000

/** From the loss of the active node to the passive's public address (availability.md 2.5: +15 s). */
export const ELECTION_MS = 5_000

/** A replica that was away takes over what it missed of the database; a default. */
export const RESYNC_DATABASE_MS = 30_000

/** The small and the large provider of file replication follow; defaults. */
export const RESYNC_CONFIG_MS = 10_000
export const RESYNC_STATE_MS = 30_000

/** An asynchronous replica is so far behind; a default. */
export const ASYNC_LAG_MS = 2_000

/** The active node sends what is left to the passive one before a planned failover; a default. */
export const FLUSH_MS = 10_000

/**
 * Standby services (all but vpxd and what needs it) of a node that booted so long ago are up: the
 * sum of vpostgres and sts in appliance/timing.ts.
 */
export const STANDBY_WARM_MS = 90_000

/** Shared disk with two writers: how often each of them writes a page; a teaching default. */
export const WRITE_MS = 10_000

/** Enabling vCenter HA takes 4 to 9 minutes (performance study 2016, availability.md 2.5). */
export const DEPLOY_MS = 300_000

/** Parts of it that a user may do one by one; defaults. */
export const PREPARE_MS = 60_000
export const CONFIGURE_MS = 120_000
export const CREATE_NODE_MS = 150_000
export const DESTROY_MS = 60_000
