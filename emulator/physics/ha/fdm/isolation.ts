import type { Reader } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import { agentInner, agentOf, configOfAgent, jitter, setAgent, type FdmAgent, type FdmState } from './agent.js'
import { become } from './election.js'
import { raiseFlag } from './files.js'
import { report } from './reports.js'
import { lastHeard, silentAt, type Ear } from './rules.js'
import { ALONE_MS, ISOLATION_MS } from './timing.js'

type Ears = Readonly<Record<string, Ear>>
type Primary = FdmState & { kind: 'primary' }

/** When a primary last heard anybody; Infinity: it hears somebody at present. */
function lastAny(reader: Reader, agent: FdmAgent, ears: Ears): number {
  const now = reader.now()
  let last = (agent.state as Primary).since
  for (const { host } of configOfAgent(reader, agent).members) {
    if (host === agent.host) continue
    const beat = ears[`beat/${host}`]
    if (beat === undefined) return Infinity
    const call = ears[`call/${host}`]
    last = Math.max(last, lastHeard(beat, now), call === undefined ? 0 : lastHeard(call, now))
  }
  return last
}

/**
 * A primary that hears no agent pings its isolation addresses; without an answer for 5 s it holds
 * itself for isolated (availability.md 1.4 C and D).
 */
export function lookAround(tx: Transaction, host: string): void {
  const agent = agentOf(tx, host)!
  const state = agent.state as Primary
  const { ears } = agentInner(tx, host)
  const last = lastAny(tx, agent, ears)
  const now = tx.now()
  if (now - last < ALONE_MS) {
    if (state.alone === undefined) return
    const { alone: _alone, aloneJitter: _jitter, ...rest } = state
    setAgent(tx, host, { state: rest })
    return
  }
  if (state.alone === undefined) {
    const extra = jitter(tx, host)
    setAgent(tx, host, { state: { ...state, alone: last, ...(extra === 0 ? {} : { aloneJitter: extra }) } })
    return
  }
  const answered = ears['gateway'] === undefined ? 0 : lastHeard(ears['gateway'], now)
  if (now - Math.max(last, answered) >= ISOLATION_MS + (state.aloneJitter ?? 0)) declareIsolated(tx, host)
}

/** When a primary's view of its own isolation could change. */
export function nextLook(reader: Reader, agent: FdmAgent, ears: Ears): number {
  const state = agent.state as Primary
  const now = reader.now()
  const last = lastAny(reader, agent, ears)
  if (last === Infinity) return Infinity
  if (state.alone === undefined) return stillHeard(agent, ears, now) ? Infinity : last + ALONE_MS
  const span = ISOLATION_MS + (state.aloneJitter ?? 0)
  const pings = ears['gateway']
  return Math.max(last + span, pings === undefined ? 0 : silentAt(pings, span, now))
}

function stillHeard(agent: FdmAgent, ears: Ears, now: number): boolean {
  return Object.entries(ears).some(([key, ear]) =>
    /^(beat|call)\//.test(key) && silentAt(ear, ALONE_MS, now) === Infinity)
}

function declareIsolated(tx: Transaction, host: string): void {
  const agent = agentOf(tx, host)!
  const { timing } = configOfAgent(tx, agent)
  const now = tx.now()
  become(tx, host, { kind: 'isolated', since: now, responseAt: now + timing.isolationDelay })
  raiseFlag(tx, host, true)
  tx.emit('ha.isolated', { vcenter: agent.vcenter, cluster: agent.cluster, host })
  report(tx, host, { kind: 'hostIsolated', host })
}

/** The delay is over and nothing was heard: the host applies its isolation response. */
export function respond(tx: Transaction, host: string): void {
  const { vcenter, cluster, state } = agentOf(tx, host)!
  if (state.kind !== 'isolated') return
  setAgent(tx, host, { state: { kind: 'isolated', since: state.since } })
  tx.emit('ha.isolationResponse', { vcenter, cluster, host })
}
