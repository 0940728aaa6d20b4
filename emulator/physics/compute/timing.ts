/**
 * How long things take on the simulated hardware, in lab milliseconds. None of these numbers is
 * documented by the vendor: they are defaults of the order that the product shows on idle hardware.
 */

/** Work of a power-on task: VMX process start, swap file, memory allocation. */
export const POWER_ON_MS = 2000
export const POWER_OFF_MS = 500
export const RESET_MS = 500
/** Writing memory to the suspend file, per GiB of configured memory. */
export const SUSPEND_MS_PER_GIB = 4000
export const SUSPEND_BASE_MS = 1000
/** From power-on to VMware Tools reporting. */
export const GUEST_BOOT_MS = 25000
/** From the guest being asked to its power-off. */
export const GUEST_SHUTDOWN_MS = 8000
/** From the guest being asked to stand by to the suspended state. */
export const GUEST_STANDBY_MS = 4000

export const CREATE_VM_MS = 1000
export const DESTROY_VM_MS = 1000
export const REGISTER_VM_MS = 700
export const RECONFIGURE_VM_MS = 800
export const RENAME_MS = 200
/** Moves and removals in the inventory: database work only. */
export const INVENTORY_MS = 100

/** Lag of the other hosts' view of the free space of a shared volume. */
export const FREE_SPACE_REFRESH_MS = 30000
