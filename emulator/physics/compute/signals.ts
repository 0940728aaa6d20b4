/** Who caused something: the endpoint that was asked, the user there, and the event chain. */
export interface Actor {
  readonly node: string
  readonly userName: string
  /** Event chain of the task on that node; undefined: a chain of its own. */
  readonly chainId?: number
}

/** A fact about a VM of a host: `node` is the host's node, `vm` its id there. */
export interface VmFact {
  readonly node: string
  readonly vm: string
  readonly by?: Actor
}

declare module '../../world/signals.js' {
  interface SignalMap {
    'vm.starting': VmFact
    'vm.resuming': VmFact
    'vm.poweredOn': VmFact
    'vm.stopping': VmFact
    'vm.poweredOff': VmFact
    'vm.suspending': VmFact
    'vm.suspended': VmFact
    'vm.resetting': VmFact
    /** The VM starts anew; for its guest everything it had in memory is gone. */
    'vm.reset': VmFact
    'vm.guestShutdown': VmFact
    'vm.guestReboot': VmFact
    'vm.guestStandby': VmFact
    /** VMware Tools began to report. */
    'vm.guestRunning': VmFact
    /** Said together with `vm.created`, before it: the record is there already. */
    'vm.creating': VmFact & { readonly spec: Readonly<Record<string, unknown>> }
    'vm.created': VmFact
    'vm.registered': VmFact
    /** The record is gone already; `name` is what it was called. */
    'vm.removed': VmFact & { readonly name: string }
    /** A VM was moved to another host; `vm` is the id that it had here, `as` the one it has there. */
    'vm.left': { readonly node: string, readonly vm: string, readonly to: string, readonly as: string }
    'vm.reconfigured': VmFact & { readonly spec: Readonly<Record<string, unknown>> }
    'vm.renamed': VmFact & { readonly oldName: string, readonly newName: string }
    'vm.macAssigned': VmFact & { readonly adapter: string, readonly mac: string }
    'vm.uuidAssigned': VmFact & { readonly uuid: string }
    'vm.instanceUuidAssigned': VmFact & { readonly instanceUuid: string }
    /**
     * What the VM's guest does to its disks from now on, while it runs: bytes written in a second,
     * spread over its disks; 0 stops it.
     */
    'workload.set': { readonly node: string, readonly vm: string, readonly writeBytesPerSecond: number }
    /** Space on a volume was taken or given back by a host. */
    'storage.usageChanged': { readonly volume: string, readonly node: string }
  }
  interface JobMap {
    /** A guest that was booting is up. */
    'vm.guestUp': { readonly node: string, readonly vm: string }
    /** A guest that was asked to go down or stand by has done so. */
    'vm.guestDown': {
      readonly node: string
      readonly vm: string
      readonly how: 'shutdown' | 'reboot' | 'standby'
      readonly by?: Actor
      readonly instant: boolean
    }
    /** The other hosts notice the free space of a shared volume. */
    'storage.refresh': { readonly volume: string }
  }
}
