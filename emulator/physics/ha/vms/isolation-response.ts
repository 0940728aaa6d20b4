import type { Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import type { World } from '../../../world/world.js'
import { toolsRunning } from '../../compute/guest.js'
import { askGuest } from '../../compute/guest-wishes.js'
import { terminate } from '../../compute/power.js'
import { vmRecord } from '../../compute/vm.js'
import { lostFiles, objectOfLock } from '../../storage/access.js'
import { lockOf } from '../../storage/locks.js'
import { hostMonitoring } from '../config.js'
import { dasOptionsOf } from '../das-options.js'
import { agentOf, configOfAgent, type FdmAgent } from '../fdm/agent.js'
import { watchOf } from '../fdm/watch.js'
import '../signals.js'
import { haLine, isConcerned, isRunning, lineOf, setLine, settingsOn } from './line.js'
import { isOwned } from './partition.js'
import { reportVm } from './reports.js'

declare module '../../../world/signals.js' {
  interface JobMap {
    /** A guest that was asked to shut down on an isolated host has had its time. */
    'ha.shutdownTimeout': { readonly host: string, readonly vm: string }
  }
}

/**
 * What an isolated host does with its VMs (availability.md 1.4, last paragraphs). Before it touches a
 * VM whose home datastore it reaches, some primary must own that datastore, so that the VM will be
 * started elsewhere; until then the response waits. Without the datastore it acts as well, because
 * somebody may have started the VM already.
 */
export function reactToIsolation(world: World): void {
  world.on('ha.isolationResponse', (tx, { host }) => respond(tx, host, true))
  world.on('ha.primaryReady', (tx, at) => {
    for (const host of watchOf(tx, at)?.hosts ?? []) respond(tx, host, false)
  })
  world.on('ha.judged', (tx, { host, state }) => {
    if (state === 'networkIsolated') respond(tx, host, false)
  })
  world.on('storage.accessChanged', (tx, { host, loss }) => {
    if (loss !== undefined) respond(tx, host, false)
  })
  world.on('storage.objectsChanged', (tx, { host, lost }) => {
    if (lost.length > 0) respond(tx, host, false)
  })
  world.on('vm.poweredOff', (tx, { node, vm }) => {
    const slot = tx.find(node, vm)
    if (slot !== undefined && lineOf(tx, slot)?.released === 'isolation') tx.emit('ha.vmsReleased', { host: node })
  })
  world.onJob('ha.shutdownTimeout', (tx, { host, vm }) => shutdownTimeout(tx, host, tx.find(host, vm)))
}

/** True while a host is isolated and the delay of its response is over. */
function mustRespond(tx: Transaction, host: string): FdmAgent | undefined {
  const agent = agentOf(tx, host)
  if (agent?.state.kind !== 'isolated' || agent.state.responseAt !== undefined) return undefined
  return hostMonitoring(configOfAgent(tx, agent).config) ? agent : undefined
}

function respond(tx: Transaction, host: string, first: boolean): void {
  const agent = mustRespond(tx, host)
  if (agent === undefined) return
  for (const vm of tx.ofType(host, 'VirtualMachine')) {
    if (isRunning(tx, vm) && isConcerned(tx, vm)) respondFor(tx, agent, vm, first)
  }
}

function respondFor(tx: Transaction, agent: FdmAgent, vm: Slot, first: boolean): void {
  const { host } = agent
  const settings = settingsOn(tx, host, vm)
  if (settings === undefined || settings.isolationResponse === 'none') return
  if (settings.restartPriority === 'disabled') {
    if (first) reportVm(tx, host, vm, { kind: 'vmIsolationExempt', host })
    return
  }
  const lock = lockOf(tx, vm)
  const reachable = lock !== undefined && lostFiles(tx, host, objectOfLock(lock.id)) === undefined
  if (reachable && isShared(tx, agent, lock.volume) && !isOwned(tx, agent, lock)) return
  release(tx, agent, vm)
  if (settings.isolationResponse === 'shutdown' && toolsRunning(vmRecord(tx, vm).props)) shutDown(tx, agent, vm)
  else stop(tx, host, vm)
}

function isShared(tx: Transaction, agent: FdmAgent, volume: string): boolean {
  return configOfAgent(tx, agent).volumes.includes(volume)
}

/** The marker in the VM's folder: HA stopped it, and will start it elsewhere. */
function release(tx: Transaction, agent: FdmAgent, vm: Slot): void {
  if (lineOf(tx, vm)?.protected === true) setLine(tx, vm, haLine(agent, true, 'isolation'))
}

function shutDown(tx: Transaction, agent: FdmAgent, vm: Slot): void {
  const { isolationShutdownTimeoutSec } = dasOptionsOf(configOfAgent(tx, agent).config)
  tx.emit('vm.guestShutdown', { node: agent.host, vm: vm.address.id })
  askGuest(tx, vm, 'shutdown', { instant: false })
  reportVm(tx, agent.host, vm, { kind: 'vmStoppedOnIsolation', host: agent.host, how: 'shutdown' })
  tx.after(isolationShutdownTimeoutSec * 1000, 'ha.shutdownTimeout', { host: agent.host, vm: vm.address.id })
}

/** A guest that did not go down is powered off, unless the host is isolated no more. */
function shutdownTimeout(tx: Transaction, host: string, vm: Slot | undefined): void {
  if (vm === undefined || !isRunning(tx, vm) || lineOf(tx, vm)?.released !== 'isolation') return
  const agent = mustRespond(tx, host)
  if (agent !== undefined) stop(tx, host, vm)
  else setLine(tx, vm, haLine(agentOf(tx, host)!, true))
}

function stop(tx: Transaction, host: string, vm: Slot): void {
  reportVm(tx, host, vm, { kind: 'vmStoppedOnIsolation', host, how: 'powerOff' })
  terminate(tx, vm, { instant: true })
}
