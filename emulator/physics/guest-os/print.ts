import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { vmRecord } from '../compute/vm.js'
import { banner } from './prompt.js'
import { setTerminal, terminalOf, type TerminalChange } from './terminal.js'

/** Lines of a screen that has scrolled; what is above is forgotten. */
const LINES_KEPT = 60

/** Lines appear above the one with the cursor. */
export function print(tx: Transaction, vm: Slot, lines: readonly string[], change: TerminalChange = {}): void {
  const before = terminalOf(tx, vm).lines
  const all = [...before.length === 0 ? banner(vmRecord(tx, vm)) : before, ...lines]
  setTerminal(tx, vm, { lines: all.slice(-LINES_KEPT), ...change })
}
