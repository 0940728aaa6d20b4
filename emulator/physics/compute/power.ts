import type { HostSystemProps, VirtualMachinePowerState } from '../../schema/generated/types.js'
import { toDateTime } from '../../world/clock.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { lostFiles, objectOfLock, type StorageLoss } from '../storage/access.js'
import { dropLock, lockOf, takeLock } from '../storage/locks.js'
import { putSuspendFile, putSwapFile, removeRunFiles } from '../storage/vm-files.js'
import { licenceExpired } from '../appliance/facts.js'
import { addLoad, admit, hostLoad, type Refusal } from './admission.js'
import type { HostInner } from './maintenance.js'
import { connectDevices } from './connect.js'
import { bootGuest, stopGuest } from './guest.js'
import { diskConflict, noteDiskUse } from './shared-disks.js'
import { dropQuestion } from './questions.js'
import './signals.js'
import type { Actor } from './signals.js'
import { setVmProps, vmRecord, type VmProps } from './vm.js'

/** What can be asked of a VM's power. */
export type PowerOperation = 'powerOn' | 'powerOff' | 'reset' | 'suspend'

/** The rules of VM power: the state that each operation leads to; undefined: refused. */
const transitions: Record<PowerOperation, Partial<Record<VirtualMachinePowerState, VirtualMachinePowerState>>> = {
  powerOn: { poweredOff: 'poweredOn', suspended: 'poweredOn' },
  powerOff: { poweredOn: 'poweredOff', suspended: 'poweredOff' },
  reset: { poweredOn: 'poweredOn' },
  suspend: { poweredOn: 'suspended' },
}

/** The state after an operation; undefined when it cannot be done in the present one. */
export function nextPowerState(
  operation: PowerOperation, state: VirtualMachinePowerState,
): VirtualMachinePowerState | undefined {
  return transitions[operation][state]
}

/** Why an operation did not happen, in physical terms. */
export type PowerRefusal = Refusal
  | { readonly why: 'state', readonly state: VirtualMachinePowerState }
  | { readonly why: 'template' }
  /** It waits for the answer to a question. */
  | { readonly why: 'question', readonly text: string }
  | { readonly why: 'swapSpace' }
  | { readonly why: 'licence' }
  | { readonly why: 'suspendSpace' }
  /** Another host (or somebody outside) holds the lock on its files, or another VM that on a disk of it (`file`). */
  | { readonly why: 'locked', readonly holder: string, readonly file?: string }
  /** The host cannot use the datastore of its files. */
  | { readonly why: 'storage', readonly loss: StorageLoss }

/** How an operation is done: who is behind it, and whether guests take no lab time. */
export interface PowerOptions {
  readonly by?: Actor
  readonly instant: boolean
}

/** Starts a VM of a host (or resumes it); undefined when it runs, else why it does not. */
export function powerOn(tx: Transaction, slot: Slot, options: PowerOptions): PowerRefusal | undefined {
  const vm = vmRecord(tx, slot).props
  const refused = refuse('powerOn', vm) ?? licensed(tx, slot) ?? admitOnHost(tx, slot, vm)
  if (refused !== undefined) return refused
  const unusable = takeFiles(tx, slot)
  if (unusable !== undefined) return unusable
  const conflict = diskConflict(tx, slot)
  if (conflict !== undefined || !putSwapFile(tx, slot)) {
    giveFilesBack(tx, slot)
    return conflict === undefined ? { why: 'swapSpace' } : { why: 'locked', ...conflict }
  }
  noteDiskUse(tx, slot)
  addLoad(tx, slot.address.node, vm, 1)
  const { suspendTime: _suspended, cleanPowerOff: _clean, ...runtime } = vm.runtime
  setVmProps(tx, slot, {
    runtime: { ...runtime, powerState: 'poweredOn', bootTime: toDateTime(tx.now()) },
  })
  connectDevices(tx, slot, true)
  bootGuest(tx, slot, { ...options, instant: options.instant || vm.runtime.powerState === 'suspended' })
  tx.emit('vm.poweredOn', fact(slot, options.by))
  return undefined
}

/** Stops a VM at once; also throws away a suspended state. */
export function powerOff(tx: Transaction, slot: Slot, options: PowerOptions): PowerRefusal | undefined {
  const vm = vmRecord(tx, slot).props
  const refused = refuse('powerOff', vm)
  if (refused !== undefined) return refused
  halt(tx, slot, vm, 'poweredOff')
  tx.emit('vm.poweredOff', fact(slot, options.by))
  return undefined
}

/**
 * Ends a running VM's process from outside, whatever it is at: an open question goes with it.
 * Undefined when it is done, else why not.
 */
export function terminate(tx: Transaction, slot: Slot, options: PowerOptions): PowerRefusal | undefined {
  dropQuestion(tx, slot)
  return powerOff(tx, slot, options)
}

/** Restarts a running VM's guest without any notice to it. */
export function reset(tx: Transaction, slot: Slot, options: PowerOptions): PowerRefusal | undefined {
  const refused = refuse('reset', vmRecord(tx, slot).props) ?? licensed(tx, slot)
  if (refused !== undefined) return refused
  stopGuest(tx, slot)
  const { runtime } = vmRecord(tx, slot).props
  setVmProps(tx, slot, { runtime: { ...runtime, bootTime: toDateTime(tx.now()) } })
  bootGuest(tx, slot, options)
  tx.emit('vm.reset', fact(slot, options.by))
  return undefined
}

/** Writes a running VM's memory to a file and stops it. */
export function suspend(tx: Transaction, slot: Slot, options: PowerOptions): PowerRefusal | undefined {
  const vm = vmRecord(tx, slot).props
  const refused = refuse('suspend', vm)
  if (refused !== undefined) return refused
  if (!putSuspendFile(tx, slot)) return { why: 'suspendSpace' }
  halt(tx, slot, vm, 'suspended')
  tx.emit('vm.suspended', fact(slot, options.by))
  return undefined
}

/** Why an operation is not possible in the VM's own state. */
export function refuse(operation: PowerOperation, vm: VmProps): PowerRefusal | undefined {
  if (operation === 'powerOn' && vm.config?.template === true) return { why: 'template' }
  const { powerState: state, question } = vm.runtime
  if (nextPowerState(operation, state) === undefined) return { why: 'state', state }
  return question === undefined ? undefined : { why: 'question', text: question.text }
}

/** The VM process ends: its guest, its run-time files and what the host had promised to it. */
function halt(tx: Transaction, slot: Slot, vm: VmProps, state: 'poweredOff' | 'suspended'): void {
  stopGuest(tx, slot)
  removeRunFiles(tx, slot, state)
  giveFilesBack(tx, slot)
  if (vm.runtime.powerState === 'poweredOn') addLoad(tx, slot.address.node, vm, -1)
  const { bootTime: _boot, suspendTime: _suspend, ...runtime } = vm.runtime
  const end = state === 'suspended' ? { suspendTime: toDateTime(tx.now()) } : { cleanPowerOff: false }
  setVmProps(tx, slot, { runtime: { ...runtime, powerState: state, ...end } })
  connectDevices(tx, slot, false)
}

/** The VM process is gone without an orderly end: nobody says so, and its files stay as they are. */
export function loseProcess(tx: Transaction, slot: Slot): void {
  dropQuestion(tx, slot)
  stopGuest(tx, slot)
  connectDevices(tx, slot, false)
  const { bootTime: _boot, ...runtime } = vmRecord(tx, slot).props.runtime
  setVmProps(tx, slot, { runtime: { ...runtime, powerState: 'poweredOff', cleanPowerOff: false } })
}

/** A VM runs only on files that its host can use and has locked. */
function takeFiles(tx: Transaction, slot: Slot): PowerRefusal | undefined {
  const lock = lockOf(tx, slot)
  if (lock === undefined) return undefined
  const lost = lostFiles(tx, slot.address.node, objectOfLock(lock.id))
  if (lost !== undefined) return { why: 'storage', loss: lost.loss }
  const holder = takeLock(tx, lock.id, slot.address.node)
  return holder === undefined ? undefined : { why: 'locked', holder }
}

function giveFilesBack(tx: Transaction, slot: Slot): void {
  const lock = lockOf(tx, slot)
  if (lock !== undefined) dropLock(tx, lock.id, slot.address.node)
}

/** A host whose licence is over starts no VM and resets none (availability.md 5). */
function licensed(tx: Transaction, slot: Slot): PowerRefusal | undefined {
  return licenceExpired(tx, slot.address.node) ? { why: 'licence' } : undefined
}

function admitOnHost(tx: Transaction, slot: Slot, vm: VmProps): Refusal | undefined {
  const { node } = slot.address
  const host = vm.runtime.host === undefined
    ? undefined
    : tx.get<HostSystemProps, HostInner>(node, vm.runtime.host.value)
  if (host?.inner.entering !== undefined) return { why: 'maintenance' }
  return host === undefined ? undefined : admit(host.props, hostLoad(tx, node), vm)
}

function fact(slot: Slot, by: Actor | undefined): { node: string, vm: string, by?: Actor } {
  const { node, id } = slot.address
  return by === undefined ? { node, vm: id } : { node, vm: id, by }
}
