import { toolsRunning } from '../../physics/compute/guest.js'
import { vmRecord } from '../../physics/compute/vm.js'
import { takeScreenshot } from '../../physics/guest-os/screenshot.js'
import { MODIFIERS, scanCodeOf } from '../../physics/guest-os/usb-keyboard.js'
import type { UsbScanCodeSpecKeyEvent, VirtualMachineMethods } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { fault, invalidArgument } from '../../services/method-fault.js'
import { startTask, type TaskRun } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { noSpace } from './power.js'
import { taskEntity, truthOf } from '../truth.js'

/**
 * PutUsbScanCodes: keys go down and up one after the other, each with its modifiers; gives how many
 * of them the keyboard knows. What the guest makes of them is its own affair.
 * @throws InvalidPowerState for a VM that does not run
 */
export function putUsbScanCodes(call: Call, { spec }: VirtualMachineMethods['PutUsbScanCodes']['args']): number {
  const vm = runningVm(call.tx, call.self)
  const presses = spec.keyEvents.map(pressOf).filter(codes => codes !== undefined)
  if (presses.length > 0) {
    call.tx.emit('guest.key', { node: vm.address.node, vm: vm.address.id, scanCodes: presses.flat() })
  }
  return presses.length
}

/** Codes of one key event: what goes down, and negative what comes up again; undefined: no such key. */
function pressOf({ usbHidCode, modifiers }: UsbScanCodeSpecKeyEvent): number[] | undefined {
  const code = scanCodeOf(usbHidCode)
  if (code === undefined || code === 0) return undefined
  const held = Object.entries(MODIFIERS).filter(([name]) => modifiers?.[name as keyof typeof MODIFIERS] === true)
    .map(([, modifier]) => modifier)
  return [...held, code, -code, ...held.reverse().map(modifier => -modifier)]
}

/**
 * SetScreenResolution: the guest's VMware Tools change the size of its screen.
 * @throws InvalidPowerState, ToolsUnavailable; InvalidArgument for a size without any pixels
 */
export function setScreenResolution(
  call: Call, { width, height }: VirtualMachineMethods['SetScreenResolution']['args'],
): void {
  const vm = runningVm(call.tx, call.self)
  if (!toolsRunning(vmRecord(call.tx, vm).props)) throw fault('ToolsUnavailable')
  if (width <= 0) throw invalidArgument('width')
  if (height <= 0) throw invalidArgument('height')
  call.tx.emit('guest.resize', { node: vm.address.node, vm: vm.address.id, width, height })
}

/** CreateScreenshot_Task: the result is the datastore path of a PNG. */
export function startScreenshot(call: Call): MoRef {
  return startTask(call, {
    descriptionId: 'VirtualMachine.createScreenshot', entity: call.self, job: 'vm.createScreenshot', payload: {},
    durationMs: taskDurationMs.createScreenshot,
  })
}

/** Task job of a screenshot. */
export const screenshotJobs = {
  'vm.createScreenshot': (run: TaskRun): string => {
    const vm = runningVm(run.tx, taskEntity(run))
    const path = takeScreenshot(run.tx, vm)
    if (path === undefined) throw noSpace(run.tx, vm)
    return path
  },
}

function runningVm(tx: Transaction, vm: Slot): Slot {
  const truth = truthOf(tx, vm)
  const { powerState } = vmRecord(tx, truth).props.runtime
  if (powerState !== 'poweredOn') {
    throw fault('InvalidPowerState', { requestedState: 'poweredOn', existingState: powerState })
  }
  return truth
}
