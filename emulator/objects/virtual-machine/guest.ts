import { toolsRunning } from '../../physics/compute/guest.js'
import { askGuest, type GuestWish } from '../../physics/compute/guest-wishes.js'
import { terminate } from '../../physics/compute/power.js'
import { vmRecord } from '../../physics/compute/vm.js'
import type { Call } from '../../services/call.js'
import { fault } from '../../services/method-fault.js'
import { callerOf, isInstant, truthOf } from '../truth.js'
import { powerFault, requireNoQuestion } from './power.js'

/** ShutdownGuest: returns when the guest was asked; it takes its time. */
export function shutdownGuest(call: Call): void {
  ask(call, 'shutdown')
}

/** RebootGuest. */
export function rebootGuest(call: Call): void {
  ask(call, 'reboot')
}

/** StandbyGuest: with the default standbyAction `checkpoint` the VM ends suspended. */
export function standbyGuest(call: Call): void {
  ask(call, 'standby')
}

function ask(call: Call, how: GuestWish): void {
  const truth = truthOf(call.tx, call.self)
  const { props } = vmRecord(call.tx, truth)
  const { powerState } = props.runtime
  if (powerState !== 'poweredOn') {
    throw fault('InvalidPowerState', { requestedState: 'poweredOn', existingState: powerState })
  }
  requireNoQuestion(props)
  if (!toolsRunning(props)) throw fault('ToolsUnavailable')
  const by = callerOf(call)
  const signal = how === 'shutdown' ? 'vm.guestShutdown' : how === 'reboot' ? 'vm.guestReboot' : 'vm.guestStandby'
  call.tx.emit(signal, { node: truth.address.node, vm: truth.address.id, by })
  askGuest(call.tx, truth, how, { by, instant: isInstant(call) })
}

/** TerminateVM: kills the VM process, without a task. */
export function terminateVm(call: Call): void {
  const truth = truthOf(call.tx, call.self)
  const { powerState } = vmRecord(call.tx, truth).props.runtime
  if (powerState !== 'poweredOn') {
    throw fault('InvalidPowerState', { requestedState: 'poweredOn', existingState: powerState })
  }
  const refusal = terminate(call.tx, truth, { by: callerOf(call), instant: isInstant(call) })
  if (refusal !== undefined) throw powerFault(call.tx, truth, 'powerOff', refusal)
}
