import { registerOn, settleRegistration } from '../../emulator/physics/migration/register.js'
import type { Slot } from '../../emulator/world/records.js'
import type { Transaction } from '../../emulator/world/transaction.js'

/** Registers a VM that another host has, or had, and leaves it off. */
export function registerWhole(tx: Transaction, host: string, vm: Slot): Slot {
  const slot = registerOn(tx, host, vm)
  settleRegistration(tx, slot, vm)
  return slot
}
