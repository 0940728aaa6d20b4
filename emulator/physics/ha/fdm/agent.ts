import type { ClusterConfigInfoEx } from '../../../schema/generated/types.js'
import type { Reader } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import { LAB } from '../../hardware/chassis.js'
import { hasJitter } from '../../jitter.js'
import type { Party } from '../../network/rules.js'
import type { HaCluster, HaState } from '../signals.js'
import type { Report } from './reports.js'
import type { Ear, FdmTiming } from './rules.js'
import { JITTER_MS } from './timing.js'

/** A host as the configuration that vCenter pushes to the agents lists it. */
export interface FdmMember {
  readonly host: string
  /** Id of its record in vCenter. */
  readonly moid: string
  /** Volumes that vCenter chose for its datastore heartbeats. */
  readonly heartbeatVolumes: readonly string[]
}

/**
 * Props of `{lab, FdmConfig, fdm-config/<vcenter>/<cluster>/<version>}`: what vCenter once pushed to
 * the agents. They act on the last version that they received.
 */
export interface FdmConfig extends HaCluster {
  readonly version: number
  /** The electorate: hosts that are connected and not in maintenance. */
  readonly members: readonly FdmMember[]
  /** The cluster's configuration as vCenter held it. */
  readonly config: ClusterConfigInfoEx
  readonly timing: FdmTiming
  readonly isolationAddresses: readonly Party[]
  /** The network that the agents talk over, if it is not the management network. */
  readonly network?: 'vsan'
  /** Folder of HA's files on the datastores. */
  readonly folder: string
  /** Shared volumes of the cluster: each has a list of protected VMs. */
  readonly volumes: readonly string[]
  /** Members that have no datastore at all. */
  readonly withoutDatastores?: readonly string[]
  readonly maxMasterEvents: number
  readonly maxSlaveEvents: number
}

/** What an agent is doing. Times are lab time in milliseconds. */
export type FdmState =
  /** Does not run: no power, killed, halted without hostd, or its CPUs are stuck. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'uninitialized', readonly endsAt: number }
  | { readonly kind: 'election', readonly since: number, readonly endsAt: number }
  | {
    readonly kind: 'primary'
    readonly since: number
    /** When it begins to start VMs; undefined: it has. */
    readonly readyAt?: number
    /** Since when it pings its isolation addresses, because it hears nobody; and added chance. */
    readonly alone?: number
    readonly aloneJitter?: number
  }
  | { readonly kind: 'secondary', readonly primary: string, readonly since: number }
  | {
    readonly kind: 'isolated'
    readonly since: number
    /** When the isolation response is due; undefined: it has been said. */
    readonly responseAt?: number
  }

/** A primary's knowledge of a host; a host without one is connected. */
export interface View {
  /** Undefined: a new primary has not judged it yet. */
  readonly state: HaState | undefined
  /** Chance added to the time of the verdict. */
  readonly jitter?: number
}

/** Props of `{lab, FdmAgent, fdm/<host>}`. */
export interface FdmAgent extends HaCluster {
  readonly host: string
  readonly moid: string
  /** Id of the FdmConfig that it received last. */
  readonly config: string
  readonly state: FdmState
  /** Of a primary: the hosts that it does not simply hear. */
  readonly views: Readonly<Record<string, View>>
}

/** What the isolation flag in a host's poweron files said, from when on. */
export interface Flag {
  readonly at: number
  readonly isolated: boolean
}

export interface FdmAgentInner {
  /** What it listens to: `beat/<host>`, `storage/<host>`, `read/<host>`, `ping/<host>`, `call/<host>`, `gateway`. */
  readonly ears: Readonly<Record<string, Ear>>
  /** Agenda job of the next instant at which its verdicts could change. */
  readonly job?: number
  readonly due?: number
  /** The last changes of its isolation flag. */
  readonly flags: readonly Flag[]
  /** What it will tell vCenter when it can. */
  readonly reports: readonly Report[]
  /** Ids of the protectedlist locks that it took. */
  readonly locks: readonly string[]
}

/** Props of `{lab, FdmEngine, fdm-engine}`: how the agents are simulated; without it: lazily. */
export interface FdmEngine {
  /** `beats`: every single heartbeat and check, for comparison (design.md decision 16). */
  readonly heartbeats: 'lazy' | 'beats'
  /** The most that chance adds to elections and verdicts, in milliseconds; default: as the lab has jitter. */
  readonly jitterMs?: number
}

const ENGINE = 'fdm-engine'

/** Id of a host's agent record. */
export function agentId(host: string): string {
  return `fdm/${host}`
}

/** The agent of a host; undefined: HA was never configured on it, or is not any more. */
export function agentOf(reader: Reader, host: string): FdmAgent | undefined {
  return reader.get<FdmAgent>(LAB, agentId(host))?.props
}

/** The agent's inner facts; it must exist. */
export function agentInner(reader: Reader, host: string): FdmAgentInner {
  return reader.get<FdmAgent, FdmAgentInner>(LAB, agentId(host))!.inner
}

/** The configuration that an agent acts on. */
export function configOfAgent(reader: Reader, agent: FdmAgent): FdmConfig {
  return reader.get<FdmConfig>(LAB, agent.config)!.props
}

/** The configuration that a host's HA agent received last; undefined: it has none. */
export function fdmConfig(reader: Reader, host: string): FdmConfig | undefined {
  const agent = agentOf(reader, host)
  return agent === undefined ? undefined : configOfAgent(reader, agent)
}

/** Changes an agent's record. */
export function setAgent(
  tx: Transaction, host: string, props: Partial<FdmAgent>, inner: Partial<FdmAgentInner> = {},
): void {
  const slot = tx.find(LAB, agentId(host))!
  const record = tx.read<FdmAgent, FdmAgentInner>(slot)!
  tx.replace(slot, {
    props: { ...record.props, ...props } as never, inner: { ...record.inner, ...inner } as never,
  })
}

/** True while every single heartbeat is simulated. */
export function beatByBeat(reader: Reader): boolean {
  return reader.get<FdmEngine>(LAB, ENGINE)?.props.heartbeats === 'beats'
}

/** A draw of what chance adds to an interval: up to half a beat; 0 where the lab has no jitter. */
export function jitter(tx: Transaction, host: string): number {
  const most = tx.get<FdmEngine>(LAB, ENGINE)?.props.jitterMs ?? (hasJitter(tx) ? JITTER_MS : 0)
  return most === 0 ? 0 : Math.floor(tx.random(`ha/jitter/${host}`) * most)
}

/** Says how the agents of a lab are simulated, from now on. */
export function setEngine(tx: Transaction, engine: FdmEngine): void {
  const slot = tx.find(LAB, ENGINE)
  if (slot === undefined) tx.create({ node: LAB, type: 'FdmEngine', id: ENGINE }, { props: engine, inner: {} })
  else tx.replace(slot, { props: { ...engine }, inner: {} })
  tx.emit('network.changed', { why: 'the engine of the HA agents' })
}

/** The primary of a host's partition as that host knows it; undefined: none at present. */
export function primaryOf(reader: Reader, host: string): string | undefined {
  const state = agentOf(reader, host)?.state
  return state?.kind === 'primary' ? host : state?.kind === 'secondary' ? state.primary : undefined
}

/** True while a host leads a partition, in its own view. */
export function leads(reader: Reader, host: string): boolean {
  return agentOf(reader, host)?.state.kind === 'primary'
}

/** True while a host follows that primary, in its own view. */
export function follows(reader: Reader, host: string, primary: string): boolean {
  const state = agentOf(reader, host)?.state
  return state?.kind === 'secondary' && state.primary === primary
}

/** How a primary sees a host of its configuration; undefined: not judged yet, or no member. */
export function stateSeenBy(reader: Reader, primary: string, host: string): HaState | undefined {
  const agent = agentOf(reader, primary)
  if (agent?.state.kind !== 'primary') return undefined
  if (host === primary) return 'master'
  if (host in agent.views) return agent.views[host]!.state
  return configOfAgent(reader, agent).members.some(member => member.host === host) ? 'connectedToMaster' : undefined
}
