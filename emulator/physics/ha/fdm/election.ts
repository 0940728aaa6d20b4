import type { DatastoreProps } from '../../../schema/generated/types.js'
import type { Reader } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import { LAB } from '../../hardware/chassis.js'
import { volumeOf } from '../../storage/paths.js'
import {
  agentInner, agentOf, configOfAgent, jitter, setAgent, type FdmAgent, type FdmState, type View,
} from './agent.js'
import { clockOf, linked } from './ears.js'
import { raiseFlag, releaseLists } from './files.js'
import { usable } from './links.js'
import { handOver, report } from './reports.js'
import { electionOrder, type Candidate, type Ear } from './rules.js'
import { BEAT_MS, ELECTION_MS, PRIMARY_READY_MS } from './timing.js'

/** Inner fact of a host's Node record: `fdm.nodeGoodness` in its own file (availability.md 1.2). */
interface Goodness {
  readonly nodeGoodness?: number
}

/** What counts for a host in an election. */
export function candidateOf(reader: Reader, host: string, moid: string): Candidate {
  let datastores = 0
  for (const slot of reader.ofType(host, 'Datastore')) {
    if (usable(reader, host, volumeOf(reader.read<DatastoreProps>(slot)!.props))) datastores += 1
  }
  return { host, moid, datastores, goodness: reader.get<object, Goodness>(LAB, host)?.inner.nodeGoodness }
}

function candidate(reader: Reader, host: string): Candidate {
  return candidateOf(reader, host, agentOf(reader, host)?.moid ?? '')
}

/** The hosts in the order of elections. */
export function byElectionOrder(reader: Reader, hosts: readonly string[]): string[] {
  return hosts.map(host => candidate(reader, host)).sort(electionOrder).map(({ host }) => host)
}

/** An agent looks for a primary; it takes part in an election that it hears, or begins one. */
export function enterElection(tx: Transaction, host: string): void {
  const now = tx.now()
  let endsAt = now + ELECTION_MS + jitter(tx, host)
  for (const other of rivals(tx, agentOf(tx, host)!)) {
    const { state } = agentOf(tx, other)!
    if (state.kind === 'election' && state.endsAt > now) endsAt = Math.min(endsAt, state.endsAt)
  }
  become(tx, host, { kind: 'election', since: now, endsAt })
}

/** Candidates of an election that an agent hears. */
function rivals(reader: Reader, agent: FdmAgent): string[] {
  return configOfAgent(reader, agent).members.map(member => member.host).filter(host =>
    host !== agent.host && agentOf(reader, host)?.state.kind === 'election'
    && linked(reader, host, agent.host) && linked(reader, agent.host, host))
}

/** The time of an election is over: the best of those who hear each other leads. */
export function concludeElection(tx: Transaction, host: string): void {
  const agent = agentOf(tx, host)!
  const others = rivals(tx, agent)
  if (byElectionOrder(tx, [host, ...others])[0] !== host) {
    const since = tx.now()
    setAgent(tx, host, { state: { kind: 'election', since, endsAt: since + ELECTION_MS } })
    return
  }
  const now = tx.now()
  const views: Record<string, View> = {}
  const ears: Record<string, Ear> = {}
  for (const member of configOfAgent(tx, agent).members) {
    if (member.host === host) continue
    views[member.host] = { state: undefined }
    ears[`beat/${member.host}`] = {
      anchor: clockOf(tx, member.host), period: BEAT_MS, mode: 'down', at: now, last: now,
    }
  }
  setAgent(tx, host, { state: { kind: 'primary', since: now, readyAt: now + PRIMARY_READY_MS }, views }, { ears })
  tx.emit('ha.primaryElected', { vcenter: agent.vcenter, cluster: agent.cluster, host })
  for (const other of others) joinPrimary(tx, other, host)
}

/** An agent follows a primary from now on. */
export function joinPrimary(tx: Transaction, host: string, primary: string): void {
  become(tx, host, { kind: 'secondary', primary, since: tx.now() })
  welcome(tx, primary, host)
  handOver(tx, host)
}

/** A primary has a host in its partition (again). */
export function welcome(tx: Transaction, primary: string, host: string): void {
  const now = tx.now()
  const { vcenter, cluster, views } = agentOf(tx, primary)!
  const { [host]: view, ...others } = views
  const ears = Object.fromEntries(Object.entries(agentInner(tx, primary).ears)
    .filter(([key]) => !key.endsWith(`/${host}`)))
  ears[`beat/${host}`] = { anchor: clockOf(tx, host), period: BEAT_MS, mode: 'up', at: now, last: now }
  setAgent(tx, primary, { views: others }, { ears })
  if (view === undefined || view.state === 'connectedToMaster') return
  const judged = { host, state: 'connectedToMaster', was: view.state } as const
  tx.emit('ha.judged', { vcenter, cluster, primary, ...judged })
  report(tx, primary, { kind: 'judged', ...judged })
  tx.emit('ha.hostJoined', { vcenter, cluster, primary, host })
}

/** Changes what an agent does, and says what ends with what it did before. */
export function become(tx: Transaction, host: string, state: FdmState, keepLists = false): void {
  const { state: before, vcenter, cluster } = agentOf(tx, host)!
  setAgent(tx, host, { state, views: {} }, { ears: {} })
  if (before.kind === 'primary') {
    if (!keepLists) releaseLists(tx, host)
    // vCenter shows one primary's view: what another one thought of hosts is nothing it wants to know.
    const { reports } = agentInner(tx, host)
    setAgent(tx, host, {}, { reports: reports.filter(({ kind }) => kind !== 'judged' && kind !== 'hostPartitioned') })
    tx.emit('ha.primaryGone', { vcenter, cluster, host })
  }
  if (before.kind === 'isolated' && state.kind !== 'isolated') {
    raiseFlag(tx, host, false)
    tx.emit('ha.isolationEnded', { vcenter, cluster, host })
  }
}
