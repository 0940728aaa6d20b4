/**
 * Intervals of the HA agents in milliseconds. Sources are sections of the fact sheet
 * availability.md; what a cluster's advanced options change is in `options.ts`.
 */

/** Network heartbeats and pings: one a second (1.1). */
export const BEAT_MS = 1000

/** The most that chance adds to an election or a verdict in a lab with jitter: keeps ha-oracle.md's windows. */
export const JITTER_MS = 500

/** A host touches its heartbeat files every 5 s (1.1; NFS, and taken for VMFS too). */
export const STORAGE_BEAT_MS = 5000

/** Silence after which a primary begins to watch a host's datastore heartbeats (1.4 A). */
export const WATCH_STORAGE_MS = 3000

/** How long it watches them before it believes that there are none (1.4 A: T3 to T18; I6). */
export const STORAGE_SILENCE_MS = 15_000

/** `das.config.fdm.hostTimeout`: silence after which an agent is not connected any more (1.11). */
export const HOST_TIMEOUT_MS = 10_000

/** `das.config.fdm.icmpPingTimeout`: how long pings must stay without answer (1.11). */
export const PING_TIMEOUT_MS = 5000

/** `das.config.fdm.deadIcmpPingInterval`: pings to a host that is held for dead (1.11). */
export const DEAD_PING_MS = 10_000

/** Silence after which an agent that hears nobody begins to ping its isolation addresses (1.4 D). */
export const ALONE_MS = 1000

/** Pings without answer until an agent that hears nobody holds itself for isolated (1.4 C, D). */
export const ISOLATION_MS = 5000

/** `das.config.fdm.isolationPolicyDelaySec`: until the isolation response; less counts as this (1.11). */
export const ISOLATION_DELAY_MS = 30_000

/** An election (1.2: about 15 s). */
export const ELECTION_MS = 15_000

/** A new primary reads the protected lists before it starts what does not run (1.4 B: T25 to T35). */
export const PRIMARY_READY_MS = 10_000

/** Start of the agent until it takes part; a default that keeps ha-oracle.md V01. */
export const AGENT_START_MS = 500

/** A primary reads the poweron files about every 30 s (1.1). */
export const POWERON_READ_MS = 30_000

/** vCenter says that it finds no primary after so long without one; a default (1.4 B: order only). */
export const FIND_PRIMARY_MS = 10_000

/** vCenter chooses another heartbeat datastore for a lost one after this time; a default. */
export const RECHOOSE_MS = 30_000
