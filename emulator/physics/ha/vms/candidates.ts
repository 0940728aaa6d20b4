import type { Reader, Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import type { World } from '../../../world/world.js'
import { chassis } from '../../hardware/chassis.js'
import { jittered } from '../../jitter.js'
import { lockHolder, lockOf } from '../../storage/locks.js'
import { hostMonitoring } from '../config.js'
import { dasOptionsOf } from '../das-options.js'
import { agentOf, configOfAgent, leads, primaryOf, type FdmAgent } from '../fdm/agent.js'
import '../signals.js'
import { isProtected, isRunning, lineOf, vmKey } from './line.js'
import { answersFor, commands, isActing, primariesOf } from './partition.js'
import { addRestart, dropPlan, dropRestart, hasPlan, lookAt, planners, restartOf, restartsOf, setRestart } from './plan.js'
import { PLAN_MS, PLAN_SPREAD_MS, READ_MARKER_MS } from './timing.js'

declare module '../../../world/signals.js' {
  interface SignalMap {
    /** HA stopped VMs of a host that are to be started elsewhere; their markers say so. */
    'ha.vmsReleased': { readonly host: string }
  }
  interface JobMap {
    /** A primary reads what a host outside its partition has written into its files. */
    'ha.readMarkers': { readonly primary: string, readonly host: string }
  }
}

/**
 * Which VMs a primary has to start (availability.md 1.5): protected ones that ran on a host that it
 * holds for dead, that run nowhere when it takes over, or that HA itself stopped.
 */
export function reactToFailures(world: World): void {
  world.on('ha.hostFailed', (tx, { primary, host }) => {
    addFailed(tx, primary, host)
    retryPending(tx, primary)
  })
  world.on('ha.primaryReady', (tx, { host }) => takeOver(tx, host))
  // A dead primary's list comes free only after its host was declared dead.
  world.on('ha.listTaken', (tx, { host }) => { if (isActing(tx, host)) takeOver(tx, host) })
  world.on('ha.primaryGone', (tx, { host }) => dropPlan(tx, host))
  world.on('ha.hostJoined', (tx, { primary, host }) => {
    addReleased(tx, primary, host)
    retryPending(tx, primary)
  })
  world.on('ha.vmsReleased', (tx, { host }) => readSoon(tx, host))
  world.on('ha.judged', (tx, { host, state }) => {
    if (state === 'networkIsolated') readSoon(tx, host)
  })
  world.onJob('ha.readMarkers', (tx, { primary, host }) => {
    if (leads(tx, primary)) addReleased(tx, primary, host)
  })
  world.on('vm.poweredOn', (tx, { node, vm }) => forget(tx, tx.find(node, vm)))
  reactToRoom(world)
}

/** What could let a VM be placed that could not before (1.5). */
function reactToRoom(world: World): void {
  const onHost = (tx: Transaction, host: string): void => retryPending(tx, primaryOf(tx, host))
  for (const kind of ['vm.poweredOff', 'vm.suspended', 'vm.reconfigured', 'vm.removed'] as const) {
    world.on(kind, (tx, { node }) => onHost(tx, node))
  }
  world.on('ha.hostConfigured', (tx, { host }) => onHost(tx, host))
  world.on('storage.accessChanged', (tx, { host, loss }) => {
    if (loss !== undefined) return
    onHost(tx, host)
    lookOver(tx, primaryOf(tx, host))
  })
  world.on('storage.objectsChanged', (tx, { host, back }) => {
    if (back.length === 0) return
    onHost(tx, host)
    lookOver(tx, primaryOf(tx, host))
  })
  world.on('cluster.reconfigured', (tx, at) => {
    for (const primary of primariesOf(tx, at)) retryPending(tx, primary)
  })
}

const lookedOver = new WeakMap<Transaction, Set<string>>()

/**
 * A datastore is there again, and with it a list that no primary could read: what failed meanwhile
 * is found now. Once for each primary, however many hosts have it again.
 */
function lookOver(tx: Transaction, primary: string | undefined): void {
  if (primary === undefined || !isActing(tx, primary)) return
  let done = lookedOver.get(tx)
  if (done === undefined) lookedOver.set(tx, done = new Set())
  if (done.has(primary)) return
  done.add(primary)
  takeOver(tx, primary)
}

/** How long a primary makes sure before it starts what a dead host ran. */
function verifyMs(tx: Transaction, agent: FdmAgent): number {
  const { unknownStateMonitorPeriodSec } = dasOptionsOf(configOfAgent(tx, agent).config)
  return unknownStateMonitorPeriodSec * 1000 + jittered(tx, PLAN_MS, PLAN_SPREAD_MS, `ha/plan/${agent.host}`)
}

function addFailed(tx: Transaction, primary: string, host: string): void {
  const agent = agentOf(tx, primary)!
  if (!hostMonitoring(configOfAgent(tx, agent).config)) return
  const ms = verifyMs(tx, agent)
  for (const vm of tx.ofType(host, 'VirtualMachine')) {
    if (isProtected(tx, vm, agent) && answersFor(tx, primary, lockOf(tx, vm))) addRestart(tx, primary, vm, ms)
  }
}

/** VMs of a host that carry HA's own marker and are off. */
function addReleased(tx: Transaction, primary: string, host: string): void {
  const agent = agentOf(tx, primary)!
  for (const vm of tx.ofType(host, 'VirtualMachine')) {
    if (lineOf(tx, vm)?.released === undefined || isRunning(tx, vm) || !isProtected(tx, vm, agent)) continue
    if (answersFor(tx, primary, lockOf(tx, vm))) addRestart(tx, primary, vm, 0)
  }
}

function readSoon(tx: Transaction, host: string): void {
  const agent = agentOf(tx, host)
  if (agent === undefined || !tx.ofType(host, 'VirtualMachine').some(vm => lineOf(tx, vm)?.released !== undefined)) return
  for (const primary of primariesOf(tx, agent)) {
    const ms = primaryOf(tx, host) === primary ? 0 : jittered(tx, READ_MARKER_MS, READ_MARKER_MS, `ha/markers/${host}`)
    tx.after(ms, 'ha.readMarkers', { primary, host })
  }
}

/**
 * A new primary has read the lists: what is on them and runs nowhere is started. What another
 * partition runs shows by the lock on its files.
 */
function takeOver(tx: Transaction, primary: string): void {
  const agent = agentOf(tx, primary)!
  const { members, config } = configOfAgent(tx, agent)
  if (!hostMonitoring(config)) return
  for (const { host } of members) {
    const mine = commands(tx, primary, host)
    for (const vm of tx.ofType(host, 'VirtualMachine')) {
      if (!isProtected(tx, vm, agent) || (mine && isRunning(tx, vm))) continue
      const lock = lockOf(tx, vm)
      if (!mine && lock !== undefined && heldByHost(tx, lock.id)) continue
      if (answersFor(tx, primary, lock)) addRestart(tx, primary, vm, 0)
    }
  }
  if (hasPlan(tx, primary)) lookAt(tx, primary)
}

function heldByHost(reader: Reader, lock: string): boolean {
  const holder = lockHolder(reader, lock)
  return holder !== undefined && chassis(reader, holder) !== undefined
}

/** Somebody started a VM: whoever wanted to need not any more. */
function forget(tx: Transaction, vm: Slot | undefined): void {
  if (vm === undefined) return
  for (const primary of planners(tx)) {
    if (!commands(tx, primary, vm.address.node)) continue
    const restart = restartOf(tx, primary, vmKey(tx, vm))
    if (restart !== undefined && restart.state.kind !== 'running') dropRestart(tx, restart)
  }
}

/** Room may have come up: what had no place is looked at again. */
export function retryPending(tx: Transaction, primary: string | undefined): void {
  if (!hasPlan(tx, primary) || !isActing(tx, primary)) return
  let any = false
  for (const restart of restartsOf(tx, primary)) {
    if (restart.state.kind !== 'pending') continue
    setRestart(tx, restart, { state: { kind: 'waiting', from: tx.now() } })
    any = true
  }
  if (any) lookAt(tx, primary)
}
