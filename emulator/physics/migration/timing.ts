/**
 * How long moves of VMs take, in lab time. No public figure holds for any machine: these follow
 * from the lines that labs have (10 GbE for vMotion, an array that copies 200 MiB/s).
 */

/** Before and after the copy of memory: checks, destination process, switch-over. */
export const VMOTION_BASE_MS = 3000
/** Per MiB of a running VM's memory over 10 GbE. */
export const VMOTION_MS_PER_MB = 0.9
/** A VM that is off, to another host that sees its files: a registration. */
export const COLD_MOVE_MS = 1000
/** Before and after a copy of files. */
export const RELOCATE_BASE_MS = 4000
/** Per MiB of files copied between datastores. */
export const RELOCATE_MS_PER_MB = 5
