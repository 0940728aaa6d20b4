import type { HostSystemProps } from '../../../schema/generated/types.js'
import type { Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import type { World } from '../../../world/world.js'
import { admit, hostLoad } from '../../compute/admission.js'
import { powerOn, type PowerRefusal } from '../../compute/power.js'
import { vmRecord } from '../../compute/vm.js'
import { moveRegistration, registerOn, settleRegistration } from '../../migration/register.js'
import { lostFiles, objectOfLock } from '../../storage/access.js'
import { lockHolder, lockOf } from '../../storage/locks.js'
import { dasOptionsOf } from '../das-options.js'
import { agentOf, configOfAgent } from '../fdm/agent.js'
import { haLine, isRunning, lineOf, setLine, settingsOn, vmKey } from './line.js'
import { retryPending } from './candidates.js'
import { commands } from './partition.js'
import { dropRestart, lookAt, restartOf, restartsOf, setRestart, type Restart } from './plan.js'
import { restartOn, settleRestart } from './planner.js'
import { showFailover } from './protection.js'
import { reportVm, type StartFailure } from './reports.js'
import { RETRY_MS } from './timing.js'

declare module '../../../world/signals.js' {
  interface JobMap {
    /** The time of the next attempt to start a VM has come. */
    'ha.retry': { readonly primary: string, readonly key: string }
  }
}

/** One attempt to start a VM, and what follows from its end (availability.md 1.5). */
export function reactToAttempts(world: World): void {
  world.onJob('ha.start', (tx, { primary }) => {
    let failed = false
    for (const restart of restartsOf(tx, primary)) {
      const { state } = restart
      if (state.kind !== 'starting' || state.endsAt > tx.now()) continue
      if (!conclude(tx, restart, state.host, state.holder) || failed) continue
      failed = true
      // Once: nothing comes to wait for room before the plan is looked at again.
      retryPending(tx, primary)
    }
  })
  world.onJob('ha.retry', (tx, { primary, key }) => {
    const restart = restartOf(tx, primary, key)
    if (restart?.state.kind !== 'backoff') return
    setRestart(tx, restart, { state: { kind: 'waiting', from: tx.now() } })
    lookAt(tx, primary)
  })
  world.on('vm.guestRunning', (tx, { node, vm }) => {
    const slot = tx.find(node, vm)
    const restart = slot === undefined ? undefined : restartOn(tx, node, vmKey(tx, slot))
    if (slot === undefined || restart?.state.kind !== 'running') return
    if (settingsOn(tx, node, slot)?.readiness.condition === 'guestHbStatusGreen') ready(tx, restart, slot)
  })
}

/** A host has answered, or not; true: the attempt failed. */
function conclude(tx: Transaction, restart: Restart, host: string, holder: string | undefined): boolean {
  const { primary } = restart
  lookAt(tx, primary)
  const vm = tx.find(restart.node, restart.vm)
  if (vm === undefined) {
    dropRestart(tx, restart)
    return false
  }
  if (!commands(tx, primary, host)) {
    // The host went away before it answered: that is no failure of the VM.
    setRestart(tx, restart, { state: { kind: 'waiting', from: tx.now() } })
    return false
  }
  if (isRunning(tx, vm) && commands(tx, primary, vm.address.node)) {
    dropRestart(tx, restart)
    return false
  }
  if (settingsOn(tx, primary, vm)?.restartPriority === 'disabled') {
    registerOnly(tx, restart, vm, host)
    return false
  }
  const refused = holder === undefined ? unable(tx, vm, host) : { why: 'locked', holder } as const
  if (refused === undefined) return start(tx, restart, vm, host)
  if (refused.why === 'memory' || refused.why === 'cpu' || refused.why === 'maintenance' || refused.why === 'vcpus') {
    setRestart(tx, restart, { state: { kind: 'waiting', from: tx.now() } })
    return false
  }
  fail(tx, restart, vm, host, refused)
  return true
}

/** A VM that is not to be restarted is found on another host, off. */
function registerOnly(tx: Transaction, restart: Restart, vm: Slot, host: string): void {
  const { primary } = restart
  const slot = registerAt(tx, primary, vm, host)
  settleRegistration(tx, slot, vm)
  reportVm(tx, primary, slot, { kind: 'vmOnlyRegistered', host })
  dropRestart(tx, { ...restart, node: host, vm: slot.address.id })
  setLine(tx, slot, haLine(agentOf(tx, primary)!, false))
}

/** Why a host could not run a VM that is registered elsewhere, found without touching anything. */
function unable(tx: Transaction, vm: Slot, host: string): PowerRefusal | undefined {
  const lock = lockOf(tx, vm)
  if (lock !== undefined) {
    const lost = lostFiles(tx, host, objectOfLock(lock.id))
    if (lost !== undefined) return { why: 'storage', loss: lost.loss }
    const holder = lockHolder(tx, lock.id)
    if (holder !== undefined && holder !== host) return { why: 'locked', holder }
  }
  const props = tx.get<HostSystemProps>(host, 'ha-host')?.props
  return props === undefined ? undefined : admit(props, hostLoad(tx, host), vmRecord(tx, vm).props)
}

/** True: the host refused. */
function start(tx: Transaction, restart: Restart, vm: Slot, host: string): boolean {
  const { primary } = restart
  const slot = registerAt(tx, primary, vm, host)
  const moved: Restart = { ...restart, node: host, vm: slot.address.id }
  setRestart(tx, restart, { node: moved.node, vm: moved.vm, state: { kind: 'running' } })
  tx.emit('vm.starting', { node: host, vm: slot.address.id })
  const refused = powerOn(tx, slot, { instant: false })
  settleRegistration(tx, slot, vm)
  if (refused !== undefined) {
    fail(tx, moved, slot, host, refused)
    return true
  }
  setLine(tx, slot, haLine(agentOf(tx, primary)!, true))
  reportVm(tx, primary, slot, { kind: 'vmRestarted', host })
  showFailover(tx, primary, slot, false)
  started(tx, moved, slot)
  return false
}

/**
 * The VM's registration comes to a host: moved where both hosts obey, made anew where one is away.
 * Callers end with `settleRegistration`.
 */
function registerAt(tx: Transaction, primary: string, vm: Slot, host: string): Slot {
  if (vm.address.node === host) return vm
  const line = lineOf(tx, vm)
  if (commands(tx, primary, vm.address.node) && !isRunning(tx, vm)) return moveRegistration(tx, vm, host)
  const slot = registerOn(tx, host, vm)
  setLine(tx, slot, line)
  if (tx.read(vm) !== undefined) setLine(tx, vm, undefined)
  return slot
}

function started(tx: Transaction, restart: Restart, vm: Slot): void {
  const readiness = settingsOn(tx, restart.primary, vm)?.readiness
  const current = restartOf(tx, restart.primary, restart.key)!
  if (readiness === undefined || readiness.condition === 'none' || current.settled) dropRestart(tx, current)
  else if (readiness.condition === 'poweredOn') ready(tx, current, vm)
}

/** What the others wait for has come true; they go on after the delay that the cluster gives. */
function ready(tx: Transaction, restart: Restart, vm: Slot): void {
  const delay = settingsOn(tx, restart.primary, vm)?.readiness.delaySec ?? 0
  const { primary, key } = restart
  if (delay === 0) settleRestart(tx, restart)
  else tx.after(delay * 1000, 'ha.settled', { primary, key })
}

/** An attempt failed: the next one after its wait, until they are used up. */
function fail(tx: Transaction, restart: Restart, vm: Slot, host: string, refused: PowerRefusal): void {
  const { primary, key } = restart
  const attempts = restart.attempts + 1
  const isolated = lineOf(tx, vm)?.released === 'isolation'
  const holder = refused.why === 'locked' ? { holder: refused.holder } : {}
  reportVm(tx, primary, vm, { kind: 'vmRestartFailed', host, why: failureOf(refused), isolated, ...holder })
  showFailover(tx, primary, vm, false)
  const wait = RETRY_MS[attempts - 1] ?? RETRY_MS.at(-1)!
  const { maxVmRestartCount } = dasOptionsOf(configOfAgent(tx, agentOf(tx, primary)!).config)
  if (attempts >= maxVmRestartCount) {
    setRestart(tx, restart, { attempts, settled: true, state: { kind: 'failed' } })
    reportVm(tx, primary, vm, { kind: 'vmRestartsUsedUp', host })
  } else {
    setRestart(tx, restart, { attempts, state: { kind: 'backoff' } })
    tx.after(wait, 'ha.retry', { primary, key })
  }
}

function failureOf({ why }: PowerRefusal): StartFailure {
  return why === 'locked' || why === 'storage' || why === 'swapSpace' ? why : 'other'
}
