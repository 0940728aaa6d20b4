/** From the last heartbeat on a VMFS volume to the host's word that it is lost (availability.md 6.1). */
export const VMFS_HEARTBEAT_MS = 16_000
/** From an NFS server's silence to the host's word: 12 s x 10 + 5 s (availability.md 6.2). */
export const NFS_SERVER_MS = 125_000
/** Misc.APDTimeout where a host has no such option, in seconds (availability.md 1.9). */
export const APD_TIMEOUT_S = 140

/** I/O latency of an undisturbed device; our own default for flash behind Fibre Channel. */
export const USUAL_LATENCY_MS = 1
/** How many times the average makes the host speak of deteriorated performance; KB 2007236. */
export const LATENCY_ALERT_FACTOR = 30
