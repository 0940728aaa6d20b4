import type { PartitionState } from './state.js'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A partition was filled or freed, or begins to grow. */
    'appliance.filled': { vcenter: string, mount: string }
    /** The look at the partitions found another state than the one before. */
    'appliance.partition': { vcenter: string, mount: string, from: PartitionState, to: PartitionState }
    /**
     * vpxd began to answer, or ended while the appliance runs: its sessions, tasks and collectors
     * are gone. A loss of the appliance's power is not said here again.
     */
    'appliance.vpxd': { vcenter: string, serving: boolean }
    /** A service that answered does so no more: what its process had in memory is gone. */
    'appliance.serviceEnded': { vcenter: string, service: string }
    /** A service ended without being asked. */
    'appliance.serviceDied': { vcenter: string, service: string }
    /** A start was tried and given up at once. */
    'appliance.startRefused': { vcenter: string, service: string, why: StartRefusal }
    /** Somebody at the appliance's console starts a service, or all that start by themselves. */
    'appliance.startService': { vcenter: string, service: string }
    'appliance.startAll': { vcenter: string }
    /** vpxd's process dies now, and so many times more, each so long after it was up again. */
    'appliance.crash': { vcenter: string, more: number, afterMs: number }
    /** Nothing kills vpxd any more. */
    'appliance.crashEnd': { vcenter: string }
  }
  interface JobMap {
    /** A service comes to the end of STARTING or STOPPING. */
    'appliance.service': { vcenter: string, service: string, to: 'STARTED' | 'STOPPED' }
    /** vpxd and the monitor look at the partitions. */
    'appliance.check': { vcenter: string }
    /** vmon has seen that a process is dead. */
    'appliance.watchdog': { vcenter: string, service: string }
    'appliance.crashAgain': { vcenter: string }
    'appliance.shutdown': { vcenter: string }
  }
}

/** Why a service does not start: its partition is full, or what it needs does not start. */
export type StartRefusal =
  | { readonly why: 'disk', readonly mount: string, readonly percent: number }
  | { readonly why: 'requires', readonly service: string }
  | { readonly why: 'disabled' }
  /** Its data cannot be read any more. */
  | { readonly why: 'damaged' }
  | { readonly why: 'power' }
