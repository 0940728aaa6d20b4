import type { Slot } from '../../../world/records.js'
import type { Transaction } from '../../../world/transaction.js'
import { reset } from '../../compute/power.js'
import { takeScreenshot } from '../../guest-os/screenshot.js'
import { reportVm, type ResetReason } from './reports.js'

/** HA resets a VM after a screenshot of its console (availability.md 1.8), and says why; false: the host would not. */
export function resetVm(tx: Transaction, vm: Slot, reason: ResetReason): boolean {
  const host = vm.address.node
  // What the guest showed last tells why it hung; after a loss of storage there is nowhere to write it.
  const path = reason === 'vmcpResetApdCleared' ? undefined : takeScreenshot(tx, vm)
  const screenshot = path === undefined ? {} : { screenshotFilePath: path }
  reportVm(tx, host, vm, { kind: 'vmReset', host, reason, ...screenshot })
  const refused = reset(tx, vm, { instant: false })
  if (refused !== undefined) reportVm(tx, host, vm, { kind: 'vmResetFailed', host })
  return refused === undefined
}
