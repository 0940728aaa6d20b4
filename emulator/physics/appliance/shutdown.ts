import { powerOff } from '../compute/power.js'
import { vmRecord } from '../compute/vm.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { findVm } from '../vcha/links.js'
import { configuredVcha, machineId, servingNode } from '../vcha/state.js'
import { applianceOf, updateAppliance } from './state.js'
import { rebootAppliance } from './watchdog.js'

/** Plans the end of an appliance in so many milliseconds; a later plan takes the place of an earlier. */
export function planShutdown(
  tx: Transaction, vcenter: string, action: 'poweroff' | 'reboot', reason: string, afterMs: number,
): void {
  cancelShutdown(tx, vcenter)
  const job = tx.after(afterMs, 'appliance.shutdown', { vcenter })
  updateAppliance(tx, vcenter, inner => {
    inner.shutdown = { action, reason, at: tx.now() + afterMs, job }
  })
}

/** Forgets a planned end; nothing happens when there is none. */
export function cancelShutdown(tx: Transaction, vcenter: string): void {
  const planned = applianceOf(tx, vcenter)?.shutdown
  if (planned === undefined) return
  tx.cancel(planned.job)
  updateAppliance(tx, vcenter, inner => { delete inner.shutdown })
}

/** The planned end comes: a reboot of the system inside, or the VM that it is switches itself off. */
export function runShutdown(tx: Transaction, vcenter: string): void {
  const planned = applianceOf(tx, vcenter)?.shutdown
  if (planned === undefined) return
  updateAppliance(tx, vcenter, inner => { delete inner.shutdown })
  if (planned.action === 'reboot') {
    rebootAppliance(tx, vcenter)
    return
  }
  const vm = vmOf(tx, vcenter)
  if (vm === undefined) tx.emit('hardware.powerLost', { node: vcenter, cause: 'guest' })
  else powerOff(tx, vm, { instant: false })
}

/** The VM that a vCenter is, on whichever host has it running; undefined: it is a machine of its own. */
function vmOf(tx: Transaction, vcenter: string): Slot | undefined {
  const vcha = configuredVcha(tx, vcenter)
  const machine = vcha === undefined ? vcenter : machineId(vcenter, servingNode(vcha) ?? vcha.active)
  const vm = findVm(tx, machine)
  return vm !== undefined && vmRecord(tx, vm).props.runtime.powerState === 'poweredOn' ? vm : undefined
}
