/**
 * How long guests and volumes take, in lab milliseconds. None of these numbers is documented by
 * the vendor: they are defaults of the order that small guests show on idle hardware. How long
 * tasks take is in `services/timing.ts`.
 */

/** From power-on to VMware Tools reporting. */
export const GUEST_BOOT_MS = 25000
/** From the guest being asked to its power-off. */
export const GUEST_SHUTDOWN_MS = 8000
/** From the guest being asked to stand by to the suspended state. */
export const GUEST_STANDBY_MS = 4000

/** Lag of the other hosts' view of the free space of a shared volume. */
export const FREE_SPACE_REFRESH_MS = 30000

/**
 * From a guest that stands still to its heartbeat being missed: 21 s lie between question and
 * time-out of VMware Tools in the vmware.log of vmware/vic issue 6163 (availability.md 3.1).
 */
export const HEARTBEAT_YELLOW_MS = 21000
/** From there to no heartbeat at all; the log shows one time-out only, so as long again. */
export const HEARTBEAT_RED_MS = 21000

/** From an application's last heartbeat to its being red: it must send one in 30 s (guest SDK). */
export const APPLICATION_RED_MS = 30000

/**
 * The longest that the hosts go without a look at a volume that grows; where it grows fast, they
 * see each whole percent. Our own choice: the product refreshes "periodically" (availability.md 3.1).
 */
export const GROWING_REFRESH_MS = 300_000
