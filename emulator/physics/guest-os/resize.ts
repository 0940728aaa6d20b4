import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { toolsRunning } from '../compute/guest.js'
import { setVmProps, vmRecord } from '../compute/vm.js'
import { TEXT_MODE } from '../text-screen.js'
import { phaseOf } from './phase.js'
import { setTerminal, terminalOf } from './terminal.js'

/** The largest screen of a guest, in pixels. */
export const LARGEST = { width: 1280, height: 800 } as const

/**
 * A guest whose VMware Tools run follows a wish for another size of its screen, between text mode and
 * LARGEST; others keep theirs. The API shows it as `guest.screen`.
 */
export function resizeScreen(tx: Transaction, vm: Slot, width: number, height: number): void {
  const { props } = vmRecord(tx, vm)
  const { phase, still } = phaseOf(tx, vm)
  if (phase.is !== 'up' || still || !toolsRunning(props) || props.guest === undefined) return
  const size = {
    width: Math.max(TEXT_MODE.width, Math.min(LARGEST.width, Math.floor(width))),
    height: Math.max(TEXT_MODE.height, Math.min(LARGEST.height, Math.floor(height))),
  }
  const before = terminalOf(tx, vm).size ?? TEXT_MODE
  if (before.width === size.width && before.height === size.height) return
  setTerminal(tx, vm, { size })
  showSize(tx, vm)
}

/** VMware Tools report the size that the screen has: of a guest that was suspended, the one of before. */
export function showSize(tx: Transaction, vm: Slot): void {
  const { size } = terminalOf(tx, vm)
  const { guest } = vmRecord(tx, vm).props
  if (size !== undefined && guest !== undefined) setVmProps(tx, vm, { guest: { ...guest, screen: { ...size } } })
}
