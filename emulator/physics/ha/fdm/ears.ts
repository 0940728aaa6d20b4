import type { Reader } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import { chassis } from '../../hardware/chassis.js'
import {
  agentInner, agentOf, beatByBeat, configOfAgent, follows, leads, setAgent, type FdmAgent, type FdmMember,
} from './agent.js'
import { agentLoss, agentNetwork, agentWorks, pingLoss, touchesVolume, usable } from './links.js'
import { VSAN_GATEWAY } from './isolation-addresses.js'
import { lastHeard, sentAfter, sentBefore, turned, type Ear } from './rules.js'
import { BEAT_MS, POWERON_READ_MS, STORAGE_BEAT_MS, WATCH_STORAGE_MS } from './timing.js'

/** What an agent wants to listen to at present. */
export interface Source {
  readonly key: string
  readonly anchor: number
  readonly period: number
  /** Share of what is sent that is lost; 1: nothing arrives. */
  readonly loss: number
  /** When it was last heard, for an ear that begins now. */
  readonly last: number
  /** Nothing need be kept while all of it arrives: the ear is there only when something is missed. */
  readonly implicit?: boolean
}

/** Lab time from which a machine's seconds are counted. */
export function clockOf(reader: Reader, node: string): number {
  return chassis(reader, node)?.bootTime ?? 0
}

/** Brings an agent's ears in line with what can be heard now, and receives what is due. */
export function tuneAgent(tx: Transaction, host: string): void {
  const agent = agentOf(tx, host)!
  const before = agentInner(tx, host).ears
  const after = tune(tx, host, before, sourcesOf(tx, agent, before))
  if (after !== before) setAgent(tx, host, {}, { ears: after })
}

/** The ears for a list of sources; the same object when nothing changed. */
export function tune(
  tx: Transaction, listener: string, before: Readonly<Record<string, Ear>>, sources: readonly Source[],
): Readonly<Record<string, Ear>> {
  const each = beatByBeat(tx)
  const after: Record<string, Ear> = {}
  let changed = false
  for (const source of sources) {
    const old = before[source.key]
    const ear = tuned(tx, listener, old, source, each)
    if (ear !== old) changed = true
    if (ear !== undefined) after[source.key] = ear
  }
  return changed || Object.keys(before).length !== Object.keys(after).length ? after : before
}

function tuned(
  tx: Transaction, listener: string, old: Ear | undefined, source: Source, each: boolean,
): Ear | undefined {
  const { anchor, period, loss } = source
  const now = tx.now()
  const mode = each || (loss > 0 && loss < 1) ? 'each' : loss === 0 ? 'up' : 'down'
  if (old === undefined) {
    if (mode === 'up' && source.implicit === true) return undefined
    return { anchor, period, mode, at: now, last: source.last, ...(mode === 'each' ? { loss } : {}) }
  }
  const received = receive(tx, `ha/${source.key}>${listener}`, old)
  const same = received.anchor === anchor && received.period === period
  const moved = same ? received : { ...received, anchor, period, at: now, last: lastHeard(received, now) }
  return turned(moved, mode, loss, now)
}

/**
 * Looks at the sendings that are due at an ear that takes each by itself. What changes at the very
 * instant of a sending counts from the next one on, whichever of the two is worked off first.
 */
function receive(tx: Transaction, stream: string, ear: Ear): Ear {
  if (ear.mode !== 'each') return ear
  const { loss = 1 } = ear
  let { at, last } = ear
  for (let sent = sentAfter(ear, at); sent <= tx.now(); sent += ear.period) {
    at = sent
    if (loss === 0 || (loss < 1 && tx.random(stream) >= loss)) last = sent
  }
  return at === ear.at ? ear : { ...ear, at, last }
}

function sourcesOf(reader: Reader, agent: FdmAgent, ears: Readonly<Record<string, Ear>>): Source[] {
  const { state } = agent
  switch (state.kind) {
    case 'stopped':
    case 'uninitialized': return []
    case 'election': return calls(reader, agent, ['primary'])
    case 'secondary': return [primaryBeat(reader, agent, state.primary, state.since)]
    case 'isolated': return [
      ...calls(reader, agent, ['primary', 'election', 'isolated']), gateway(reader, agent, state.since),
    ]
    case 'primary': return [
      ...configOfAgent(reader, agent).members.filter(member => member.host !== agent.host)
        .flatMap(member => memberSources(reader, agent, member, ears, state.since)),
      ...calls(reader, agent, ['primary']),
      ...(state.alone === undefined ? [] : [gateway(reader, agent, state.alone)]),
    ]
  }
}

/** What a secondary hears of its primary. */
function primaryBeat(reader: Reader, agent: FdmAgent, primary: string, since: number): Source {
  const anchor = clockOf(reader, primary)
  return {
    key: `beat/${primary}`, anchor, period: BEAT_MS, implicit: true,
    loss: leads(reader, primary) ? agentLoss(reader, primary, agent.host) : 1,
    last: Math.max(since, sentBefore({ anchor, period: BEAT_MS }, reader.now())),
  }
}

/** Agents in those states that make themselves heard: primaries announce, candidates vote. */
function calls(reader: Reader, agent: FdmAgent, kinds: readonly string[]): Source[] {
  const found: Source[] = []
  for (const { host } of configOfAgent(reader, agent).members) {
    const other = host === agent.host ? undefined : agentOf(reader, host)
    if (other === undefined || !kinds.includes(other.state.kind)) continue
    const loss = agentLoss(reader, host, agent.host)
    if (loss < 1) found.push({ key: `call/${host}`, anchor: clockOf(reader, host), period: BEAT_MS, loss, last: 0 })
  }
  return found
}

/** The isolation addresses: one answer of any of them is enough. */
function gateway(reader: Reader, agent: FdmAgent, since: number): Source {
  const losses = configOfAgent(reader, agent).isolationAddresses.map(each =>
    pingLoss(reader, agent.host, each, each === VSAN_GATEWAY ? 'vsan' : 'management'))
  return { key: 'gateway', anchor: since, period: BEAT_MS, loss: Math.min(1, ...losses), last: 0 }
}

/** What a primary listens to for one member, the more the longer it does not hear it. */
function memberSources(
  reader: Reader, agent: FdmAgent, member: FdmMember, ears: Readonly<Record<string, Ear>>, since: number,
): Source[] {
  const { host } = member
  const now = reader.now()
  const heeds = follows(reader, host, agent.host)
  const anchor = clockOf(reader, host)
  const view = agent.views[host]
  const known = ears[`beat/${host}`]
  const sources: Source[] = [{
    key: `beat/${host}`, anchor: known === undefined || heeds ? anchor : known.anchor, period: BEAT_MS,
    implicit: view === undefined,
    loss: heeds ? agentLoss(reader, host, agent.host) : 1,
    last: view === undefined ? Math.max(since, sentBefore({ anchor, period: BEAT_MS }, now)) : since,
  }]
  const silence = known === undefined ? 0 : now - lastHeard(known, now)
  const judged = view !== undefined && view.state !== undefined
  if (silence >= WATCH_STORAGE_MS || judged) sources.push(...storageSources(reader, agent.host, member))
  const { timing } = configOfAgent(reader, agent)
  if (silence >= timing.hostTimeout || judged) {
    const dead = view?.state === 'hostDown'
    sources.push({
      key: `ping/${host}`, anchor: ears[`ping/${host}`]?.anchor ?? now, last: 0,
      period: dead ? timing.deadPing : BEAT_MS, loss: pingLoss(reader, agent.host, host, agentNetwork(reader, host)),
    })
  }
  return sources
}

/** A member's heartbeat and poweron files on its heartbeat datastores. */
function storageSources(reader: Reader, primary: string, { host, heartbeatVolumes }: FdmMember): Source[] {
  const mine = heartbeatVolumes.filter(volume => usable(reader, primary, volume))
  if (heartbeatVolumes.length === 0) return []
  const anchor = clockOf(reader, primary)
  const read = { anchor, period: POWERON_READ_MS }
  return [{
    key: `storage/${host}`, anchor: clockOf(reader, host), period: STORAGE_BEAT_MS, last: 0,
    loss: mine.some(volume => touchesVolume(reader, host, volume)) ? 0 : 1,
  }, {
    key: `read/${host}`, ...read, loss: mine.length > 0 ? 0 : 1, last: sentBefore(read, reader.now()),
  }]
}

/** Hosts whose calls have arrived, in the order of the ears. */
export function callers(ears: Readonly<Record<string, Ear>>, now: number): string[] {
  return Object.entries(ears).filter(([key, ear]) => key.startsWith('call/') && lastHeard(ear, now) > 0)
    .map(([key]) => key.slice('call/'.length))
}

/** True if an agent's host can hear another's at all, perhaps not everything. */
export function linked(reader: Reader, from: string, to: string): boolean {
  return agentWorks(reader, from) && agentLoss(reader, from, to) < 1
}
