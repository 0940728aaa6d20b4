import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { VmRecord } from '../compute/vm.js'
import type { FindGuests } from './ping.js'

/** Where a command runs. */
export interface CommandPlace {
  readonly tx: Transaction
  readonly find: FindGuests
  readonly vm: Slot
  readonly record: VmRecord
  readonly user: string
  /** The shell's folder. */
  readonly folder: string
  readonly history: readonly string[]
}

/** What a command does to the screen and the shell. */
export interface CommandEffect {
  readonly lines?: readonly string[]
  readonly clear?: boolean
  readonly logout?: boolean
  readonly folder?: string
}

/** One command of the guests' shell. */
export interface GuestCommand {
  /** One line for `help`. */
  readonly help: string
  /** `args` are the words behind the name. */
  run(place: CommandPlace, args: readonly string[]): CommandEffect
}

/** An effect that only prints. */
export function says(...lines: readonly string[]): CommandEffect {
  return { lines }
}

/** Columns of a table: the first to the left, the others to the right, each as wide as its widest. */
export function table(rows: readonly (readonly string[])[], left: readonly number[] = [0]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row => row.map((cell, column) =>
    left.includes(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)).join('  ').trimEnd())
}
