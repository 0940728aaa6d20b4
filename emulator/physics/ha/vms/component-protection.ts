import type { DatastoreProps } from '../../../schema/generated/types.js'
import type { Reader, Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import type { World } from '../../../world/world.js'
import { terminate } from '../../compute/power.js'
import { LAB } from '../../hardware/chassis.js'
import { lostFiles, lostVolume, type StorageLoss } from '../../storage/access.js'
import '../../storage/loss.js'
import { volumeOf } from '../../storage/paths.js'
import { objectOf } from '../../vsan/state.js'
import { hostMonitoring, type ApdReaction, type PdlReaction } from '../config.js'
import { agentOf, configOfAgent, primaryOf, type FdmAgent } from '../fdm/agent.js'
import { agentWorks } from '../fdm/links.js'
import { haLine, isConcerned, isRunning, lineOf, setLine, settingsOn } from './line.js'
import { commands, isActing } from './partition.js'
import { Places } from './placement.js'
import { reportVm } from './reports.js'
import { resetVm } from './reset.js'
import { REACT_MS } from './timing.js'

/** Props of `{lab, HaStorageLoss, ha-storage/<host>/<volume>}`: a volume that HA's agent sees lost. */
interface HaStorageLoss {
  readonly host: string
  readonly volume: string
  readonly loss: StorageLoss
  readonly since: number
  /** VMs of the host that it concerns, and how far HA is with each. */
  readonly vms: Readonly<Record<string, 'detected' | 'refused' | 'terminated'>>
}

/** Why HA does not terminate a VM (availability.md 1.9). */
export type NotTerminated = 'noRoom' | 'unknown'

declare module '../../../world/signals.js' {
  interface JobMap {
    /** The delay that the cluster gives after the host's own time-out (`Misc.APDTimeout`) is over. */
    'ha.terminate': { readonly host: string, readonly volume: string, readonly since: number, readonly vm: string }
    /** The volume is back: HA's reaction to that. */
    'ha.apdCleared': { readonly host: string, readonly vm: string }
  }
}

/**
 * VM Component Protection (availability.md 1.9): a host that lives has lost a datastore. After 140 s
 * and the cluster's delay its VMs are ended and started elsewhere, as the policy says; with a device
 * that is gone for good at once.
 */
export function reactToComponentLoss(world: World): void {
  world.on('storage.accessChanged', (tx, { host, volume, loss, was }) => {
    if (loss === undefined) cleared(tx, host, volume, was)
    else lost(tx, host, volume, loss)
    if (loss === undefined) retryRefused(tx, host)
  })
  world.on('ha.hostJoined', (tx, { host }) => retryRefused(tx, host))
  world.on('storage.apdTimeout', (tx, { host, volume }) => {
    const known = lossOf(tx, host, volume)
    if (known?.loss === 'apd') detect(tx, known)
  })
  world.onJob('ha.terminate', (tx, { host, volume, since, vm }) => {
    const known = lossOf(tx, host, volume)
    if (known?.since === since) considerTermination(tx, known, vm)
  })
  world.onJob('ha.apdCleared', (tx, { host, vm }) => {
    const slot = tx.find(host, vm)
    if (slot !== undefined && isRunning(tx, slot)) resetVm(tx, slot, 'vmcpResetApdCleared')
  })
}

/** True if a VM has a file on a volume that its host cannot use. */
export function hasLostVolume(reader: Reader, vm: Slot): boolean {
  const { node } = vm.address
  const object = objectOf(reader, vm)
  if (object !== undefined && lostFiles(reader, node, object.key) !== undefined) return true
  const datastores = reader.read<{ datastore?: readonly { value: string }[] }>(vm)?.props.datastore ?? []
  return datastores.some(ref => {
    const store = reader.get<DatastoreProps>(node, ref.value)
    return store !== undefined && lostVolume(reader, node, volumeOf(store.props)) !== undefined
  })
}

function lossId(host: string, volume: string): string {
  return `ha-storage/${host}/${volume}`
}

function lossOf(reader: Reader, host: string, volume: string): HaStorageLoss | undefined {
  return reader.get<HaStorageLoss>(LAB, lossId(host, volume))?.props
}

function put(tx: Transaction, loss: HaStorageLoss): void {
  const id = lossId(loss.host, loss.volume)
  const slot = tx.find(LAB, id)
  if (slot === undefined) tx.create({ node: LAB, type: 'HaStorageLoss', id }, { props: loss, inner: {} })
  else tx.replace(slot, { props: { ...loss } as never, inner: {} })
}

function lost(tx: Transaction, host: string, volume: string, loss: StorageLoss): void {
  if (agentOf(tx, host) === undefined) return
  const since = tx.now()
  const known: HaStorageLoss = { host, volume, loss, since, vms: {} }
  put(tx, known)
  if (loss === 'pdl') detect(tx, known)
}

/** The agent of a host that works, and is asked to do something about its VMs. */
function actingAgent(reader: Reader, host: string): FdmAgent | undefined {
  const agent = agentOf(reader, host)
  if (agent === undefined || !agentWorks(reader, host)) return undefined
  return hostMonitoring(configOfAgent(reader, agent).config) ? agent : undefined
}

function reactionOf(reader: Reader, vm: Slot, loss: StorageLoss): ApdReaction | PdlReaction {
  const settings = settingsOn(reader, vm.address.node, vm)
  if (settings === undefined || settings.restartPriority === 'disabled') return 'disabled'
  return loss === 'apd' ? settings.componentProtection.apd : settings.componentProtection.pdl
}

/** HA takes notice of what a volume's loss means for each VM. */
function detect(tx: Transaction, known: HaStorageLoss): void {
  const { host, volume, loss, since } = known
  if (actingAgent(tx, host) === undefined) return
  const vms: Record<string, 'detected'> = {}
  for (const vm of runningOn(tx, host, volume)) {
    const reaction = reactionOf(tx, vm, loss)
    if (reaction === 'disabled') continue
    vms[vm.address.id] = 'detected'
    reportVm(tx, host, vm, { kind: 'storageFailure', host, what: 'detected', datastore: nameOn(tx, host, volume), loss })
    if (reaction === 'warning') continue
    const ms = loss === 'apd' ? (settingsOn(tx, host, vm)?.componentProtection.apdDelaySec ?? 0) * 1000 : REACT_MS
    tx.after(ms, 'ha.terminate', { host, volume, since, vm: vm.address.id })
  }
  put(tx, { ...known, vms })
}

function runningOn(tx: Transaction, host: string, volume: string): Slot[] {
  const vms = datastoreOn(tx, host, volume)?.vm ?? []
  return vms.map(ref => tx.find(host, ref.value)).filter(slot => slot !== undefined).filter(slot => isRunning(tx, slot))
}

function datastoreOn(reader: Reader, host: string, volume: string): DatastoreProps | undefined {
  const slot = reader.ofType(host, 'Datastore')
    .find(each => volumeOf(reader.read<DatastoreProps>(each)!.props) === volume)
  return slot === undefined ? undefined : reader.read<DatastoreProps>(slot)!.props
}

function nameOn(reader: Reader, host: string, volume: string): string {
  return datastoreOn(reader, host, volume)?.name ?? volume
}

/**
 * Ends a VM whose files are out of reach, if it can run elsewhere. Where that is not known, because
 * the host is in no primary's partition, only the aggressive policy does; where it is known that
 * nobody can, none does.
 */
function considerTermination(tx: Transaction, known: HaStorageLoss, id: string): void {
  const { host, volume, loss } = known
  const vm = tx.find(host, id)
  const agent = actingAgent(tx, host)
  if (vm === undefined || agent === undefined || !isRunning(tx, vm) || !isConcerned(tx, vm)) return
  const reaction = reactionOf(tx, vm, loss)
  if (reaction === 'disabled' || reaction === 'warning') return
  const obstacle = obstacleTo(tx, host, vm)
  const datastore = nameOn(tx, host, volume)
  if (obstacle === 'noRoom' || (obstacle === 'unknown' && reaction !== 'restartAggressive')) {
    if (known.vms[id] !== 'refused') {
      reportVm(tx, host, vm, { kind: 'storageFailure', host, what: 'notTerminated', datastore, loss, reason: obstacle })
    }
    put(tx, { ...known, vms: { ...known.vms, [id]: 'refused' } })
    return
  }
  put(tx, { ...known, vms: { ...known.vms, [id]: 'terminated' } })
  if (lineOf(tx, vm)?.protected === true) setLine(tx, vm, haLine(agent, true, 'storage'))
  reportVm(tx, host, vm, { kind: 'storageFailure', host, what: 'terminating', datastore, loss })
  const refused = terminate(tx, vm, { instant: true })
  if (refused === undefined) tx.emit('ha.vmsReleased', { host })
  else reportVm(tx, host, vm, { kind: 'storageFailure', host, what: 'aborted', datastore, loss })
}

function obstacleTo(tx: Transaction, host: string, vm: Slot): NotTerminated | undefined {
  const primary = primaryOf(tx, host)
  if (primary === undefined || !isActing(tx, primary) || !commands(tx, primary, host)) return 'unknown'
  return new Places(tx, primary).possible(vm) ? undefined : 'noRoom'
}

/** Somebody may be able to run now what nobody could before. */
function retryRefused(tx: Transaction, host: string): void {
  const agent = agentOf(tx, host)
  if (agent === undefined) return
  for (const slot of tx.ofType(LAB, 'HaStorageLoss')) {
    const known = tx.read<HaStorageLoss>(slot)!.props
    const other = agentOf(tx, known.host)
    if (other?.cluster !== agent.cluster || other.vcenter !== agent.vcenter) continue
    for (const [vm, state] of Object.entries(known.vms)) {
      if (state !== 'refused') continue
      tx.after(REACT_MS, 'ha.terminate', { host: known.host, volume: known.volume, since: known.since, vm })
    }
  }
}

/** The volume is back before HA had ended the VM (between 140 and 320 s). */
function cleared(tx: Transaction, host: string, volume: string, was: StorageLoss | undefined): void {
  const known = lossOf(tx, host, volume)
  if (known === undefined) return
  tx.remove({ node: LAB, id: lossId(host, volume) })
  for (const [id, state] of Object.entries(known.vms)) {
    const vm = tx.find(host, id)
    if (vm === undefined || state === 'terminated' || !isRunning(tx, vm) || actingAgent(tx, host) === undefined) continue
    const loss = was ?? known.loss
    reportVm(tx, host, vm, { kind: 'storageFailure', host, what: 'cleared', datastore: nameOn(tx, host, volume), loss })
    const reset = settingsOn(tx, host, vm)?.componentProtection.onApdCleared === 'reset'
    if (loss === 'apd' && reset && isConcerned(tx, vm)) tx.after(REACT_MS, 'ha.apdCleared', { host, vm: id })
  }
}
