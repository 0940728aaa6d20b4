import type { Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import { reset } from '../../compute/power.js'
import { reportVm, type ResetReason } from './reports.js'

/** HA resets a VM, and says why; false: the host would not. */
export function resetVm(tx: Transaction, vm: Slot, reason: ResetReason): boolean {
  const host = vm.address.node
  reportVm(tx, host, vm, { kind: 'vmReset', host, reason })
  const refused = reset(tx, vm, { instant: false })
  if (refused !== undefined) reportVm(tx, host, vm, { kind: 'vmResetFailed', host })
  return refused === undefined
}
