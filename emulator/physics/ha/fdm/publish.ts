import type { HostSystemProps } from '../../../schema/generated/types.js'
import type { Reader } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import type { World } from '../../../world/world.js'
import type { HaCluster, HaState } from '../signals.js'
import { agentInner, agentOf, leads, stateSeenBy } from './agent.js'
import { callers, clockOf, tune, type Source } from './ears.js'
import { byElectionOrder } from './election.js'
import { agentWorks, fdmLoss, vcenterWorks } from './links.js'
import { handOver } from './reports.js'
import { DEFAULT_TIMING, heardAgainAt, lastHeard, sentAfter, silentAt } from './rules.js'
import { BEAT_MS, FIND_PRIMARY_MS } from './timing.js'
import { setWatch, watchInner, watchOf } from './watch.js'

declare module '../../../world/signals.js' {
  interface SignalMap {
    /** vCenter is connected to a primary, whose view it shows from now on. */
    'ha.vcenterFollows': HaCluster & { readonly primary: string }
    /** vCenter lost the primary that it was connected to. */
    'ha.vcenterLost': HaCluster & { readonly primary: string }
    /** vCenter has looked for a primary and found none. */
    'ha.vcenterSeeks': HaCluster
    /**
     * What vCenter shows of a host's HA state changed. `reporter`: the host that says so; `told`: a
     * late report has said it already.
     */
    'ha.stateShown': HaCluster & {
      readonly host: string, readonly state: HaState | undefined, readonly was: HaState | undefined
      readonly reporter: string | undefined, readonly told: boolean
    }
  }
  interface JobMap {
    /** The next instant at which what vCenter hears of a cluster's agents could change. */
    'ha.watch': HaCluster
  }
}

/** Looks again for vCenter at the instant that was computed; `settle` is the cluster's. */
export function reactToWatch(world: World, settle: (tx: Transaction, at: HaCluster) => void): void {
  world.onJob('ha.watch', (tx, at) => {
    setWatch(tx, at, {}, { job: undefined, due: undefined })
    settle(tx, at)
  })
}

/** vCenter's side of a cluster's HA: which primary it is connected to, and what it shows. */
export function settleWatch(tx: Transaction, at: HaCluster): void {
  if (!vcenterWorks(tx, at.vcenter)) {
    forgetPrimary(tx, at)
    return
  }
  let told: ReadonlySet<string> = new Set()
  for (let round = 0; round < 3; round += 1) {
    tuneWatch(tx, at)
    const before = watchOf(tx, at)!.primary
    if (before === undefined) told = connect(tx, at)
    else disconnect(tx, at, before)
    if (watchOf(tx, at)!.primary === before) break
  }
  const { missingAt } = watchInner(tx, at)
  if (missingAt !== undefined && tx.now() >= missingAt) {
    setWatch(tx, at, {}, { missingAt: undefined })
    tx.emit('ha.vcenterSeeks', { vcenter: at.vcenter, cluster: at.cluster })
  }
  publish(tx, at, told)
  schedule(tx, at)
}

/** vCenter's services ended: what they knew of agents is gone, what they showed stays. */
function forgetPrimary(tx: Transaction, at: HaCluster): void {
  const { ears, missingAt } = watchInner(tx, at)
  if (watchOf(tx, at)!.primary === undefined && missingAt === undefined && Object.keys(ears).length === 0) return
  setWatch(tx, at, { primary: undefined }, { ears: {}, missingAt: undefined })
  schedule(tx, at)
}

function tuneWatch(tx: Transaction, at: HaCluster): void {
  const { ears } = watchInner(tx, at)
  const after = tune(tx, at.vcenter, ears, sources(tx, at))
  if (after !== ears) setWatch(tx, at, {}, { ears: after })
}

/** The agents' talk to vCenter goes to it directly, not through its own agent (availability.md 1.1). */
function sources(reader: Reader, at: HaCluster): Source[] {
  const { primary, hosts } = watchOf(reader, at)!
  const lossOf = (host: string): number =>
    leads(reader, host) && agentWorks(reader, host) ? fdmLoss(reader, host, at.vcenter) : 1
  if (primary !== undefined) {
    return [{
      key: `beat/${primary}`, anchor: clockOf(reader, primary), period: BEAT_MS, loss: lossOf(primary),
      implicit: true, last: lastBeatBefore(reader, primary),
    }]
  }
  return hosts.map(host => ({
    key: `call/${host}`, anchor: clockOf(reader, host), period: BEAT_MS, loss: lossOf(host), last: 0,
  })).filter(({ loss }) => loss < 1)
}

function lastBeatBefore(reader: Reader, host: string): number {
  return sentAfter({ anchor: clockOf(reader, host), period: BEAT_MS }, reader.now()) - BEAT_MS
}

/** vCenter connects to a primary that it hears; with several, to the first in the order of elections. */
function connect(tx: Transaction, at: HaCluster): ReadonlySet<string> {
  const [primary] = byElectionOrder(tx, callers(watchInner(tx, at).ears, tx.now()))
  if (primary === undefined) return new Set()
  setWatch(tx, at, { primary }, { ears: {}, missingAt: undefined })
  tx.emit('ha.vcenterFollows', { vcenter: at.vcenter, cluster: at.cluster, primary })
  const waiting = agentInner(tx, primary).reports.flatMap(each => each.kind === 'judged' ? [each.host] : [])
  for (const host of watchOf(tx, at)!.hosts) handOver(tx, host)
  return new Set(waiting)
}

function disconnect(tx: Transaction, at: HaCluster, primary: string): void {
  const beat = watchInner(tx, at).ears[`beat/${primary}`]
  const told = !leads(tx, primary) && agentWorks(tx, primary) && fdmLoss(tx, primary, at.vcenter) < 1
  const now = tx.now()
  const silent = beat !== undefined && now - lastHeard(beat, now) >= DEFAULT_TIMING.hostTimeout
  if (!told && !silent) return
  const off = watchOf(tx, at)!.config === undefined
  setWatch(tx, at, { primary: undefined }, { ears: {}, missingAt: off ? undefined : now + FIND_PRIMARY_MS })
  tx.emit('ha.vcenterLost', { vcenter: at.vcenter, cluster: at.cluster, primary })
}

/** Shows every host's state; what nobody can say any more stays as it was (availability.md part 8). */
function publish(tx: Transaction, at: HaCluster, told: ReadonlySet<string>): void {
  const { primary, hosts, config } = watchOf(tx, at)!
  if (config === undefined) return
  for (const host of hosts) {
    const agent = agentOf(tx, host)
    if (agent === undefined) continue
    if (primary !== undefined) {
      const state = stateSeenBy(tx, primary, host)
      if (state !== undefined) showState(tx, at, host, agent.moid, state, primary, told.has(host))
    } else if (agent.state.kind === 'election' || agent.state.kind === 'uninitialized') {
      if (fdmLoss(tx, host, at.vcenter) < 1) showState(tx, at, host, agent.moid, agent.state.kind, host)
    }
  }
}

/** Writes `dasHostState` of vCenter's record of a host; undefined: unset. */
export function showState(
  tx: Transaction, at: HaCluster, host: string, moid: string, state: HaState | undefined,
  reporter: string | undefined, told = false,
): void {
  const slot = tx.find(at.vcenter, moid)
  if (slot === undefined) return
  const record = tx.read<HostSystemProps>(slot)!
  const { dasHostState, ...runtime } = record.props.runtime
  const by = reporter === undefined ? undefined : agentOf(tx, reporter)?.moid
  if (dasHostState?.state === state && dasHostState?.stateReporter?.value === by) return
  const shown = state === undefined ? runtime : {
    ...runtime,
    dasHostState: { state, ...(by === undefined ? {} : { stateReporter: { type: 'HostSystem', value: by } }) },
  }
  tx.replace(slot, { props: { ...record.props, runtime: shown } as never, inner: record.inner as never })
  const was = dasHostState?.state as HaState | undefined
  if (was !== state) {
    tx.emit('ha.stateShown', { vcenter: at.vcenter, cluster: at.cluster, host, state, was, reporter, told })
  }
}

function schedule(tx: Transaction, at: HaCluster): void {
  const { ears, missingAt, job, due: before } = watchInner(tx, at)
  const now = tx.now()
  const times = Object.values(ears).flatMap(ear => ear.mode === 'each'
    ? [sentAfter(ear, ear.at)]
    : [silentAt(ear, DEFAULT_TIMING.hostTimeout, now), heardAgainAt(ear, now)])
  const due = Math.min(...[...times, missingAt ?? Infinity].filter(time => time > now), Infinity)
  if (due === (before ?? Infinity)) return
  if (job !== undefined) tx.cancel(job)
  const { vcenter, cluster } = at
  const next = due === Infinity ? undefined : tx.after(due - now, 'ha.watch', { vcenter, cluster })
  setWatch(tx, at, {}, { job: next, due: due === Infinity ? undefined : due })
}
