import type { Reader } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import type { HaState } from '../signals.js'
import {
  agentInner, agentOf, configOfAgent, follows, jitter, setAgent, type FdmAgent, type FdmConfig, type FdmMember,
} from './agent.js'
import { welcome } from './election.js'
import { flagAt } from './files.js'
import { report } from './reports.js'
import { heardAgainAt, judge, judgeAfter, lastHeard, sentAfter, silentAt, type Ear } from './rules.js'
import { STORAGE_SILENCE_MS, WATCH_STORAGE_MS } from './timing.js'

type Ears = Readonly<Record<string, Ear>>

/** A primary looks at every member that it does not simply hear, and judges it. */
export function judgeMembers(tx: Transaction, primary: string): void {
  const config = configOfAgent(tx, agentOf(tx, primary)!)
  for (const member of config.members) {
    if (member.host !== primary) judgeMember(tx, primary, config, member)
  }
}

function judgeMember(tx: Transaction, primary: string, config: FdmConfig, member: FdmMember): void {
  const { host } = member
  const { ears } = agentInner(tx, primary)
  const beat = ears[`beat/${host}`]
  if (beat === undefined) return
  const agent = agentOf(tx, primary)!
  const view = agent.views[host]
  const verdict = verdictOf(tx, agent, config, member, ears, beat)
  if (verdict === 'connectedToMaster') {
    if (view !== undefined && view.state !== undefined && follows(tx, host, primary)) welcome(tx, primary, host)
    return
  }
  if (view?.state === verdict) return
  if (tooEarly(tx, primary, config, member, beat)) return
  const was = view === undefined ? 'connectedToMaster' : view.state
  setView(tx, primary, host, { state: verdict })
  say(tx, primary, host, verdict, was)
}

/** Where the lab has jitter, a first verdict comes up to so much later; the draw is kept in the view. */
function tooEarly(tx: Transaction, primary: string, config: FdmConfig, member: FdmMember, beat: Ear): boolean {
  const view = agentOf(tx, primary)!.views[member.host]
  if (view?.state !== undefined && view.jitter === undefined) return false
  const extra = view?.jitter ?? jitter(tx, primary)
  const due = lastHeard(beat, tx.now()) + judgeAfter(config.timing, hasStorage(member)) + extra
  if (tx.now() >= due) return false
  const state = view === undefined ? 'connectedToMaster' : view.state
  setView(tx, primary, member.host, { state, jitter: extra })
  return true
}

function hasStorage(member: FdmMember): boolean {
  return member.heartbeatVolumes.length > 0
}

function verdictOf(
  reader: Reader, agent: FdmAgent, { timing }: FdmConfig, member: FdmMember, ears: Ears, beat: Ear,
): HaState {
  const now = reader.now()
  const { host } = member
  const storage = ears[`storage/${host}`]
  const ping = ears[`ping/${host}`]
  const read = ears[`read/${host}`]
  return judge(timing, {
    now,
    beat: lastHeard(beat, now),
    storage: !hasStorage(member) ? undefined : storage === undefined ? 0 : lastHeard(storage, now),
    ping: ping === undefined ? 0 : lastHeard(ping, now),
    isolated: read !== undefined && flagAt(reader, host, lastHeard(read, now)),
  })
}

function setView(tx: Transaction, primary: string, host: string, view: FdmAgent['views'][string]): void {
  setAgent(tx, primary, { views: { ...agentOf(tx, primary)!.views, [host]: view } })
}

function say(tx: Transaction, primary: string, host: string, state: HaState, was: HaState | undefined): void {
  const { vcenter, cluster } = agentOf(tx, primary)!
  tx.emit('ha.judged', { vcenter, cluster, primary, host, state, was })
  report(tx, primary, { kind: 'judged', host, state, was })
  if (state === 'networkPartitionedFromMaster') report(tx, primary, { kind: 'hostPartitioned', host })
  if (state !== 'hostDown') return
  report(tx, primary, { kind: 'hostFailed', host })
  tx.emit('ha.hostFailed', { vcenter, cluster, primary, host })
}

/** The next instant at which a verdict about a member could change; Infinity: none in sight. */
export function nextVerdict(reader: Reader, agent: FdmAgent, member: FdmMember, ears: Ears): number {
  const { host } = member
  const beat = ears[`beat/${host}`]
  if (beat === undefined) return Infinity
  const now = reader.now()
  const { timing } = configOfAgent(reader, agent)
  const storage = ears[`storage/${host}`]
  const ping = ears[`ping/${host}`]
  const times = [
    silentAt(beat, WATCH_STORAGE_MS, now), silentAt(beat, timing.hostTimeout, now),
    silentAt(beat, judgeAfter(timing, hasStorage(member)) + (agent.views[host]?.jitter ?? 0), now),
    silentAt(beat, judgeAfter(timing, hasStorage(member)), now), heardAgainAt(beat, now),
    ...(storage === undefined ? [] : [silentAt(storage, STORAGE_SILENCE_MS, now), heardAgainAt(storage, now)]),
    ...(ping === undefined ? [] : [silentAt(ping, timing.pingTimeout, now), heardAgainAt(ping, now)]),
    nextRead(reader, host, ears[`read/${host}`]),
  ]
  return Math.min(...times.filter(time => time > now))
}

/** A poweron file whose content changed is read at the primary's next reading. */
function nextRead(reader: Reader, host: string, read: Ear | undefined): number {
  if (read === undefined || read.mode !== 'up') return Infinity
  const now = reader.now()
  return flagAt(reader, host, Infinity) === flagAt(reader, host, lastHeard(read, now)) ? Infinity : sentAfter(read, now)
}
