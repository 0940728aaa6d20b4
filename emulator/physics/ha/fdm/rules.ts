import {
  DEAD_PING_MS, HOST_TIMEOUT_MS, ISOLATION_DELAY_MS, PING_TIMEOUT_MS, STORAGE_SILENCE_MS, WATCH_STORAGE_MS,
} from './timing.js'
import type { HaState } from '../signals.js'

/**
 * Pure decisions of the HA agents: facts in, verdict out. Both engines use them, the one that
 * computes the next instant at which a verdict could change and the one that looks at every beat.
 */

/** Intervals that a cluster's advanced options may change, in milliseconds (availability.md 1.11). */
export interface FdmTiming {
  readonly hostTimeout: number
  readonly pingTimeout: number
  readonly deadPing: number
  readonly isolationDelay: number
}

export const DEFAULT_TIMING: FdmTiming = {
  hostTimeout: HOST_TIMEOUT_MS, pingTimeout: PING_TIMEOUT_MS, deadPing: DEAD_PING_MS,
  isolationDelay: ISOLATION_DELAY_MS,
}

/**
 * What an agent hears from one source that sends at `anchor + n * period`. `up`: all of it has
 * arrived since `at`; `down`: nothing has; `each`: each one is looked at, `at` is the last one that
 * was. `last` is the last one received until `at`.
 */
export interface Ear {
  readonly anchor: number
  readonly period: number
  readonly mode: 'up' | 'down' | 'each'
  readonly at: number
  readonly last: number
  /** Of mode `each`: share that is lost since the facts were last looked at. */
  readonly loss?: number
}

/** The last sending at or before an instant. */
export function sentBefore({ anchor, period }: Pick<Ear, 'anchor' | 'period'>, time: number): number {
  return time - ((((time - anchor) % period) + period) % period)
}

/** The first sending after an instant. */
export function sentAfter(ear: Pick<Ear, 'anchor' | 'period'>, time: number): number {
  return sentBefore(ear, time) + ear.period
}

/** When the source was last heard, as of `now`. */
export function lastHeard(ear: Ear, now: number): number {
  if (ear.mode !== 'up') return ear.last
  const sent = sentBefore(ear, now)
  return sent > ear.at ? Math.max(sent, ear.last) : ear.last
}

/** The ear from now on in another mode. A sending at the very instant still counts as before. */
export function turned(ear: Ear, mode: Ear['mode'], loss: number, now: number): Ear {
  if (ear.mode === mode && (mode !== 'each' || ear.loss === loss)) return ear
  const { anchor, period } = ear
  if (mode === 'each' && ear.mode === 'each') return { ...ear, loss }
  return { anchor, period, mode, at: now, last: lastHeard(ear, now), ...(mode === 'each' ? { loss } : {}) }
}

/** When the source will have been silent for a span; Infinity: not while things stay as they are. */
export function silentAt(ear: Ear, span: number, now: number): number {
  const end = lastHeard(ear, now) + span
  if (ear.mode !== 'up') return end
  const first = sentAfter(ear, ear.at)
  return first > now && end < first ? end : Infinity
}

/** When the source will be heard again after a change; Infinity: it has been, or cannot be. */
export function heardAgainAt(ear: Ear, now: number): number {
  const first = sentAfter(ear, ear.at)
  return ear.mode === 'up' && first > now ? first : Infinity
}

/** What a primary knows of a host that it has not heard for a while. */
export interface Silence {
  readonly now: number
  /** Last network heartbeat. */
  readonly beat: number
  /** Last datastore heartbeat; undefined: the host has no heartbeat datastores. */
  readonly storage: number | undefined
  /** Last answer to a ping. */
  readonly ping: number
  /** What the host's poweron file said when it was last read. */
  readonly isolated: boolean
}

/** Silence after which a primary judges a host (1.4 A: 15 s, with heartbeat datastores 18 s). */
export function judgeAfter(timing: FdmTiming, storage: boolean): number {
  const plain = timing.hostTimeout + timing.pingTimeout
  return storage ? Math.max(plain, WATCH_STORAGE_MS + STORAGE_SILENCE_MS) : plain
}

/**
 * The classification of 1.3. A host whose agent lives heartbeats on its datastores; one that does
 * but cannot be heard is partitioned or isolated even though it answers pings (ha-oracle.md V09 b);
 * an agent that is dead or halted has closed its heartbeat files, so that only pings tell of the host.
 */
export function judge(timing: FdmTiming, silence: Silence): HaState {
  const { now, beat, storage, ping, isolated } = silence
  if (now - beat < judgeAfter(timing, storage !== undefined)) return 'connectedToMaster'
  if (storage !== undefined && now - storage < STORAGE_SILENCE_MS) {
    return isolated ? 'networkIsolated' : 'networkPartitionedFromMaster'
  }
  return now - ping < Math.max(timing.pingTimeout, 1) ? 'fdmUnreachable' : 'hostDown'
}

/** What counts in an election. */
export interface Candidate {
  readonly host: string
  /** The override of the host's own file; undefined: none (1.2, 1.11). */
  readonly goodness: number | undefined
  /** Mounted datastores that it can use. */
  readonly datastores: number
  /** MoID of the host in vCenter. */
  readonly moid: string
}

/**
 * The order of elections (1.2): the override, then datastores, then the lexically greatest MoID,
 * compared as text: `host-99` comes before `host-100`. Negative: `a` wins.
 */
export function electionOrder(a: Candidate, b: Candidate): number {
  return (b.goodness ?? 0) - (a.goodness ?? 0) || b.datastores - a.datastores
    || (a.moid > b.moid ? -1 : a.moid < b.moid ? 1 : 0)
}
