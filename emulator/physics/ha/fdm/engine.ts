import type { Reader } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import type { World } from '../../../world/world.js'
import '../../appliance/signals.js'
import { LAB, chassis } from '../../hardware/chassis.js'
import type { HaCluster } from '../signals.js'
import { agentId, agentInner, agentOf, configOfAgent, leads, setAgent, type FdmAgent } from './agent.js'
import { judgeMembers, nextVerdict } from './detection.js'
import { callers, tuneAgent } from './ears.js'
import { become, byElectionOrder, concludeElection, enterElection, joinPrimary } from './election.js'
import { nextFreeList, raiseFlag, releaseLists, takeLists } from './files.js'
import { lookAround, nextLook, respond } from './isolation.js'
import { agentLoss, agentWorks } from './links.js'
import { settleWatch } from './publish.js'
import { heardAgainAt, lastHeard, sentAfter, silentAt, type Ear } from './rules.js'
import { AGENT_START_MS } from './timing.js'
import { watchOf, watchedClusters } from './watch.js'

declare module '../../../world/signals.js' {
  interface SignalMap {
    /** Facts that a cluster's agents judge by changed: they look again once they are all known. */
    'ha.settle': HaCluster
  }
  interface JobMap {
    /** The next instant at which an agent's verdicts could change. */
    'ha.check': { readonly host: string }
  }
}

/** More rounds than agents ever need to come to rest after one change. */
const MAX_ROUNDS = 12

/**
 * The HA agents: each keeps its own state and judges by what it hears. Nothing runs while nothing
 * can change; every change of a fact makes the agents of its cluster look again, and each puts the
 * next instant at which a verdict could change on the agenda (design.md decision 16).
 */
export function reactToAgentFacts(world: World): void {
  const all = (tx: Transaction): void => { for (const each of watchedClusters(tx)) ask(tx, each) }
  const ofHost = (tx: Transaction, host: string): void => {
    const agent = agentOf(tx, host)
    if (agent !== undefined) ask(tx, agent)
  }
  const ofNode = (tx: Transaction, { node }: { node: string }): void => {
    ofHost(tx, node)
    for (const each of watchedClusters(tx)) if (each.vcenter === node) ask(tx, each)
  }
  world.on('network.changed', all)
  world.on('agent.changed', (tx, { host }) => ofHost(tx, host))
  world.on('storage.accessChanged', (tx, { host }) => ofHost(tx, host))
  for (const kind of ['hardware.powerLost', 'hardware.booted', 'hardware.hung', 'hardware.paused', 'hardware.resumed'] as const) {
    world.on(kind, ofNode)
  }
  world.on('appliance.vpxd', (tx, { vcenter }) => ofNode(tx, { node: vcenter }))
  world.on('ha.settle', (tx, at) => {
    asked(tx).delete(`${at.vcenter}/${at.cluster}`)
    settle(tx, at)
  })
  world.onJob('ha.check', (tx, { host }) => {
    const agent = agentOf(tx, host)
    if (agent === undefined) return
    const { job: _job, due: _due, ...inner } = agentInner(tx, host)
    setInner(tx, host, inner)
    settle(tx, agent)
  })
}

const waiting = new WeakMap<Transaction, Set<string>>()

/** Clusters whose agents will look again in this transaction already. */
function asked(tx: Transaction): Set<string> {
  let set = waiting.get(tx)
  if (set === undefined) waiting.set(tx, set = new Set())
  return set
}

/** Lets the agents of a cluster look again, once, when all that is said now has been reacted to. */
export function ask(tx: Transaction, { vcenter, cluster }: HaCluster): void {
  const key = `${vcenter}/${cluster}`
  if (asked(tx).has(key)) return
  asked(tx).add(key)
  tx.emit('ha.settle', { vcenter, cluster })
}

/** All agents of a cluster act on what they know now, until none has anything to do. */
export function settle(tx: Transaction, at: HaCluster): void {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { hosts } = watchOf(tx, at)!
    const before = hosts.map(host => agentOf(tx, host))
    for (const host of hosts) if (agentOf(tx, host) !== undefined) act(tx, host)
    if (hosts.every((host, index) => agentOf(tx, host) === before[index])) break
  }
  for (const host of watchOf(tx, at)!.hosts) if (agentOf(tx, host) !== undefined) schedule(tx, host)
  settleWatch(tx, at)
}

/** One agent looks at its own facts and does what its state asks for. */
function act(tx: Transaction, host: string): void {
  if (!powered(tx, host)) return
  tuneAgent(tx, host)
  const { state } = agentOf(tx, host)!
  const now = tx.now()
  switch (state.kind) {
    case 'stopped': return
    case 'uninitialized':
      if (now >= state.endsAt) enterElection(tx, host)
      return
    case 'election': {
      const primary = heardCalls(tx, host).find(other => leads(tx, other))
      if (primary !== undefined) joinPrimary(tx, host, primary)
      else if (now >= state.endsAt) concludeElection(tx, host)
      return
    }
    case 'secondary': return follow(tx, host, state.primary)
    case 'primary': return lead(tx, host)
    case 'isolated': return waitForAnybody(tx, host, state)
  }
}

/** Stops an agent that cannot run and starts one that can again; true if it runs. */
function powered(tx: Transaction, host: string): boolean {
  const { state } = agentOf(tx, host)!
  const works = agentWorks(tx, host)
  if (works && state.kind === 'stopped') {
    raiseFlag(tx, host, false)
    // A primary that hung kept its lists, whoever leads now: they are free from here on.
    if (agentInner(tx, host).locks.length > 0) {
      releaseLists(tx, host)
      ask(tx, agentOf(tx, host)!)
    }
    become(tx, host, { kind: 'uninitialized', endsAt: tx.now() + AGENT_START_MS })
  }
  if (!works && state.kind !== 'stopped') {
    const on = chassis(tx, host)?.power === 'on'
    // A process that ends closes its files; a host that lost power or hangs cannot.
    become(tx, host, { kind: 'stopped' }, !on || chassis(tx, host)?.hung === true)
    if (!on) setAgent(tx, host, {}, { reports: [], locks: [] })
  }
  return works
}

/** Others whose traffic has arrived since this agent listens, the best first. */
function heardCalls(reader: Reader, host: string): string[] {
  const heard = callers(agentInner(reader, host).ears, reader.now())
  return heard.length < 2 ? heard : byElectionOrder(reader, heard)
}

/** A secondary that is told of its primary's going, or misses it for too long, looks for another. */
function follow(tx: Transaction, host: string, primary: string): void {
  const told = !leads(tx, primary) && agentLoss(tx, primary, host) < 1
  const beat = agentInner(tx, host).ears[`beat/${primary}`]
  const { timing } = configOfAgent(tx, agentOf(tx, host)!)
  const now = tx.now()
  if (told || (beat !== undefined && now - lastHeard(beat, now) >= timing.hostTimeout)) enterElection(tx, host)
}

function lead(tx: Transaction, host: string): void {
  const [other] = heardCalls(tx, host).filter(each => leads(tx, each))
  if (other !== undefined && byElectionOrder(tx, [host, other])[0] === other) {
    joinPrimary(tx, host, other)
    return
  }
  takeLists(tx, host)
  judgeMembers(tx, host)
  const { state, vcenter, cluster } = agentOf(tx, host)!
  if (state.kind === 'primary' && state.readyAt !== undefined && tx.now() >= state.readyAt) {
    const { readyAt: _readyAt, ...rest } = state
    setAgent(tx, host, { state: rest })
    tx.emit('ha.primaryReady', { vcenter, cluster, host })
  }
  lookAround(tx, host)
}

/** An isolated host goes back as soon as an address answers or it hears another agent (1.4 H). */
function waitForAnybody(tx: Transaction, host: string, state: FdmAgent['state'] & { kind: 'isolated' }): void {
  const now = tx.now()
  const heard = heardCalls(tx, host)
  const primary = heard.find(other => leads(tx, other))
  if (primary !== undefined) {
    joinPrimary(tx, host, primary)
    return
  }
  const gateway = agentInner(tx, host).ears['gateway']
  if (heard.length > 0 || (gateway !== undefined && lastHeard(gateway, now) > 0)) {
    enterElection(tx, host)
    return
  }
  raiseFlag(tx, host, true)
  if (state.responseAt !== undefined && now >= state.responseAt) respond(tx, host)
}

/** Puts the next instant at which an agent could decide otherwise on the agenda. */
function schedule(tx: Transaction, host: string): void {
  const agent = agentOf(tx, host)!
  const inner = agentInner(tx, host)
  const now = tx.now()
  const due = Math.min(...nextTimes(tx, agent, inner.ears).filter(time => time > now), Infinity)
  if (due === (inner.due ?? Infinity)) return
  const { job, due: _due, ...rest } = inner
  if (job !== undefined) tx.cancel(job)
  setInner(tx, host, due === Infinity ? rest : { ...rest, due, job: tx.after(due - now, 'ha.check', { host }) })
}

function nextTimes(reader: Reader, agent: FdmAgent, ears: Readonly<Record<string, Ear>>): number[] {
  const { state, host } = agent
  const times = Object.values(ears).filter(ear => ear.mode === 'each').map(ear => sentAfter(ear, ear.at))
  const now = reader.now()
  switch (state.kind) {
    case 'stopped': return []
    case 'uninitialized': return [state.endsAt]
    case 'election': return [...times, state.endsAt, ...heardAgain(ears, now)]
    case 'isolated': return [...times, state.responseAt ?? Infinity, ...heardAgain(ears, now)]
    case 'secondary': {
      const beat = ears[`beat/${state.primary}`]
      const { timing } = configOfAgent(reader, agent)
      return beat === undefined ? times : [...times, silentAt(beat, timing.hostTimeout, now)]
    }
    case 'primary': return [
      ...times, state.readyAt ?? Infinity, nextLook(reader, agent, ears), nextFreeList(reader, host),
      ...heardAgain(ears, now),
      ...configOfAgent(reader, agent).members.map(member => nextVerdict(reader, agent, member, ears)),
    ]
  }
}

function heardAgain(ears: Readonly<Record<string, Ear>>, now: number): number[] {
  return Object.entries(ears).filter(([key]) => key.startsWith('call/') || key === 'gateway')
    .map(([, ear]) => heardAgainAt(ear, now))
}

function setInner(tx: Transaction, host: string, inner: object): void {
  const slot = tx.find(LAB, agentId(host))!
  tx.replace(slot, { props: tx.read(slot)!.props, inner: inner as never })
}
