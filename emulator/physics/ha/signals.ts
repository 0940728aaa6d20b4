/**
 * What the HA agents (FDM) of a cluster say to each other and to the rest of the lab. A cluster is
 * named by the id of its vCenter record; hosts by their nodes.
 */
export interface HaCluster {
  readonly vcenter: string
  readonly cluster: string
}

/** A host's HA state as the API names it (ClusterDasFdmAvailabilityState, availability.md 1.3). */
export type HaState =
  | 'uninitialized' | 'election' | 'master' | 'connectedToMaster' | 'networkPartitionedFromMaster'
  | 'networkIsolated' | 'hostDown' | 'initializationError' | 'uninitializationError' | 'fdmUnreachable'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** vCenter's configuration of a cluster changed (HA switched on or off, settings, members). */
    'cluster.reconfigured': HaCluster
    /** What admission control wants to keep free is not there any more, or is there again. */
    'cluster.failover': HaCluster & { readonly sufficient: boolean }
    /** A host won an election and leads its partition. It acts on VMs when `ha.primaryReady` is said. */
    'ha.primaryElected': HaCluster & { readonly host: string }
    /** A primary has read the protected lists and begins to start what does not run (T35 of 1.4 B). */
    'ha.primaryReady': HaCluster & { readonly host: string }
    /** A primary leads no more: it lost power, abdicated, was isolated, or HA went off. */
    'ha.primaryGone': HaCluster & { readonly host: string }
    /** A primary's judgement of a host changed; `was` is its last one. */
    'ha.judged': HaCluster & {
      readonly primary: string, readonly host: string, readonly state: HaState, readonly was: HaState | undefined
    }
    /** A primary took the protected list of a datastore that somebody else had held. */
    'ha.listTaken': HaCluster & { readonly host: string }
    /** A primary declared a host dead: its protected VMs are to be started elsewhere. */
    'ha.hostFailed': HaCluster & { readonly primary: string, readonly host: string }
    /** A host found itself isolated, and wrote so into its poweron files where it could. */
    'ha.isolated': HaCluster & { readonly host: string }
    /** A host is isolated no more; a response that has not been carried out is cancelled. */
    'ha.isolationEnded': HaCluster & { readonly host: string }
    /** The delay after the isolation has passed: the host now applies its isolation response. */
    'ha.isolationResponse': HaCluster & { readonly host: string }
    /** A host came (back) into a primary's partition and can take VMs. */
    'ha.hostJoined': HaCluster & { readonly primary: string, readonly host: string }
  }
}
