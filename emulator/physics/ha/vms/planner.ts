import type { Reader, Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import type { World } from '../../../world/world.js'
import { vmRecord } from '../../compute/vm.js'
import { jittered } from '../../jitter.js'
import { lockHolder } from '../../storage/locks.js'
import { restartOrder, type HaVmSettings } from '../config.js'
import { agentOf, configOfAgent, primaryOf } from '../fdm/agent.js'
import { report } from '../fdm/reports.js'
import { dependsOn } from '../rules.js'
import { isProtected, isRunning, settingsOn, vmRef } from './line.js'
import { commands, isActing } from './partition.js'
import { Places } from './placement.js'
import {
  dropPlan, dropRestart, hasPlan, indexRestarts, lookAt, planInner, restartOf, restartsOf, setPlan, setRestart, type Restart,
} from './plan.js'
import { showFailover } from './protection.js'
import { reportVm } from './reports.js'
import { START_MS, START_SPREAD_MS } from './timing.js'

declare module '../../../world/signals.js' {
  interface JobMap {
    /** Power-ons that a primary asked for at one time have come to their end. */
    'ha.start': { readonly primary: string }
    /** A VM that was started is ready, or was waited for long enough. */
    'ha.settled': { readonly primary: string, readonly key: string }
  }
}

/** A restart with what decides its turn. */
interface Turn {
  readonly restart: Restart
  readonly vm: Slot
  readonly settings: HaVmSettings
  /** Agent VMs, FT secondaries, the priorities; the last are those that are only registered (1.5). */
  readonly rank: number
}

const DONE = { kind: 'running' } as const
const DISABLED_RANK = 2 + restartOrder.length

/** A primary works through what it has to start, each time that something came to an end. */
export function reactToPlans(world: World): void {
  indexRestarts(world)
  world.onJob('ha.plan', (tx, { primary }) => {
    if (!hasPlan(tx, primary)) return
    setPlan(tx, primary, { job: undefined, due: undefined })
    if (isActing(tx, primary)) lookThrough(tx, primary)
  })
  world.onJob('ha.settled', (tx, { primary, key }) => {
    const restart = restartOf(tx, primary, key)
    if (restart !== undefined) settleRestart(tx, restart)
  })
}

/** Others wait for this one no longer; it is forgotten when it runs already. */
export function settleRestart(tx: Transaction, restart: Restart): void {
  if (restart.state.kind === 'running') dropRestart(tx, restart)
  else setRestart(tx, restart, { settled: true })
  lookAt(tx, restart.primary)
}

function lookThrough(tx: Transaction, primary: string): void {
  const turns = turnsOf(tx, primary)
  const due = turns.filter(({ restart: { state } }) => state.kind === 'waiting' && state.from <= tx.now())
  begin(tx, primary, due.length)
  const places = new Places(tx, primary)
  for (const turn of turns) places.note(turn.restart, turn.rank, turn.vm)
  const byRef = new Map(turns.map(turn => [vmRef(tx, turn.vm).value, turn.restart.key]))
  let rank = -1
  let asked = false
  const startMs = due.length === 0 ? 0 : jittered(tx, START_MS, START_SPREAD_MS, `ha/start/${primary}`)
  const endsAt = tx.now() + startMs
  for (const turn of due) {
    if (turn.rank > rank && turn.rank > lowestAllowed(tx, turns)) break
    rank = turn.rank
    if (places.busy) break
    if (!mustWait(tx, primary, turn, byRef) && place(tx, primary, turn, places, endsAt)) asked = true
  }
  if (asked) tx.after(startMs, 'ha.start', { primary })
  end(tx, primary)
}

/** The primary's restarts in their order, without those that are not needed any more. */
function turnsOf(tx: Transaction, primary: string): Turn[] {
  const turns: Turn[] = []
  const agent = agentOf(tx, primary)!
  for (const restart of restartsOf(tx, primary)) {
    const vm = tx.find(restart.node, restart.vm)
    const settings = vm === undefined ? undefined : settingsOn(tx, primary, vm)
    if (vm === undefined || settings === undefined || !isProtected(tx, vm, agent)) {
      dropRestart(tx, restart)
      continue
    }
    const runs = isRunning(tx, vm) && commands(tx, primary, vm.address.node)
    if (runs && (restart.state.kind === 'waiting' || restart.state.kind === 'pending')) dropRestart(tx, restart)
    else turns.push({ restart, vm, settings, rank: rankOf(tx, vm, settings) })
  }
  return turns.sort((a, b) => a.rank - b.rank)
}

function rankOf(reader: Reader, vm: Slot, settings: HaVmSettings): number {
  const { config } = vmRecord(reader, vm).props
  if (config?.managedBy?.extensionKey === 'com.vmware.vim.eam') return 0
  if (config?.ftInfo?.role === 2) return 1
  return settings.restartPriority === 'disabled' ? DISABLED_RANK : 2 + restartOrder.indexOf(settings.restartPriority)
}

/** The last rank whose turn it is: one that others wait for holds up those below it. */
function lowestAllowed(reader: Reader, turns: readonly Turn[]): number {
  const holding = turns.find(({ restart }) => {
    const { state, settled } = restartOf(reader, restart.primary, restart.key) ?? { state: DONE, settled: true }
    if (settled) return false
    return state.kind === 'waiting' ? state.from <= reader.now() : state.kind !== 'pending' && state.kind !== 'failed'
  })
  return holding === undefined ? Infinity : holding.rank
}

/** True while a VM of a group that it depends on is still to be started. */
function mustWait(tx: Transaction, primary: string, turn: Turn, byRef: ReadonlyMap<string, string>): boolean {
  const { config } = configOfAgent(tx, agentOf(tx, primary)!)
  if ((config.rule?.length ?? 0) === 0) return false
  return dependsOn(config, vmRef(tx, turn.vm)).some(ref => {
    const key = byRef.get(ref.value)
    const other = key === undefined ? undefined : restartOf(tx, primary, key)
    return other !== undefined && !other.settled && other.state.kind !== 'failed'
  })
}

/** Asks a host for a VM, which will answer at `endsAt`; false: none can be asked now. */
function place(
  tx: Transaction, primary: string, { restart, vm, settings, rank }: Turn, places: Places, endsAt: number,
): boolean {
  const chosen = places.choose(vm, rank)
  if (chosen === 'busy') return false
  if (chosen === 'resources') {
    setRestart(tx, restart, { state: { kind: 'pending' }, told: true })
    if (restart.told !== true) reportVm(tx, primary, vm, { kind: 'vmWithoutRoom', host: primary })
    return false
  }
  const owner = lockHolder(tx, restart.key)
  const holder = owner === undefined || owner === chosen.host ? {} : { holder: owner }
  const waited = settings.readiness.condition !== 'none' && rank !== DISABLED_RANK
  const { key } = restart
  const timeout = waited && restart.timeout === undefined
    ? { timeout: tx.after(settings.restartPriorityTimeoutSec * 1000, 'ha.settled', { primary, key }) } : {}
  setRestart(tx, restart, { state: { kind: 'starting', ...chosen, ...holder, endsAt }, settled: !waited || restart.settled, ...timeout })
  showFailover(tx, primary, vm, true)
  return true
}

/** Tells vCenter that a failover begins. */
function begin(tx: Transaction, primary: string, count: number): void {
  if (count === 0 || planInner(tx, primary).active === true) return
  setPlan(tx, primary, { active: true })
  report(tx, primary, { kind: 'failover', host: primary, phase: 'initiated', count })
  report(tx, primary, { kind: 'failover', host: primary, phase: 'inProgress', count })
}

/** The failover is over when nothing is under way; a plan with nothing in it is dropped. */
function end(tx: Transaction, primary: string): void {
  const left = restartsOf(tx, primary)
  const next = Math.min(...left.map(({ state }) => state.kind === 'waiting' && state.from > tx.now() ? state.from : Infinity))
  if (next !== Infinity) lookAt(tx, primary, next - tx.now())
  if (left.some(({ state }) => state.kind === 'waiting' || state.kind === 'starting')) return
  if (planInner(tx, primary).active === true) {
    setPlan(tx, primary, { active: undefined })
    report(tx, primary, { kind: 'failover', host: primary, phase: 'completed', count: left.length })
  }
  if (left.length === 0) dropPlan(tx, primary)
}

/** The plan that a VM is on, if its host's primary has one. */
export function restartOn(tx: Transaction, host: string, key: string): Restart | undefined {
  const primary = primaryOf(tx, host)
  return primary === undefined ? undefined : restartOf(tx, primary, key)
}
