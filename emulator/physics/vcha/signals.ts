import type { DataKey } from './state.js'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** Something happened in a cluster that vCenter has an event for; `at`: when, lab time. */
    'vcha.event': {
      readonly vcenter: string, readonly id: string, readonly words: Readonly<Record<string, string>>, readonly at: number
    }
    /** A node sends an SNMP trap 1.3.6.1.4.1.6876.53.0.<number> (VMWARE-VCHA-MIB). */
    'vcha.trap': {
      readonly vcenter: string, readonly number: number, readonly node: string
      readonly values: Readonly<Record<string, string>>
    }
    /** A user's failover, after its conditions were looked at. */
    'vcha.failover': { readonly vcenter: string, readonly planned: boolean }
    /** Replication between the nodes stops, or may go on. */
    'vcha.stalled': { readonly vcenter: string, readonly stalled: boolean }
    /** The mode of a cluster was changed. */
    'vcha.mode': { readonly vcenter: string, readonly mode: 'enabled' | 'disabled' | 'maintenance', readonly was: string }
    /** A node became active and its public address is up. */
    'vcha.promoted': { readonly vcenter: string, readonly node: DataKey, readonly lost: number, readonly kept?: boolean }
    /** A node's public address is up; `warm`: its standby services run already. */
    'vcha.raised': { readonly vcenter: string, readonly warm: boolean }
  }
  interface JobMap {
    /** The ends of a pair take a change of it for true. */
    'vcha.judge': { readonly vcenter: string }
    /** The remaining nodes have agreed on a new active one. */
    'vcha.takeover': { readonly vcenter: string }
    /** Two nodes write the one disk of the teaching mode. */
    'vcha.write': { readonly vcenter: string }
    /** A replica that was away has taken over the next part of what it missed. */
    'vcha.resync': { readonly vcenter: string, readonly part: 'database' | 'serviceConfig' | 'serviceState' }
  }
}

/** Trap numbers of VMWARE-VCHA-MIB (availability.md 2.6). */
export const traps = {
  nodeJoined: 100, nodeLeft: 105, nodeIsolated: 110, clusterState: 130, mode: 150, publicIpUp: 205,
  publicIpDown: 206, failoverTriggered: 210, failoverSucceeded: 220, failedDisabledMode: 225,
  failedNodeLost: 226, failedPassiveNotReady: 227, continueAsActive: 230, databaseReplication: 300,
  fileReplication: 350,
} as const
