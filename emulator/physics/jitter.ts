import type { Reader } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import { LAB } from './hardware/chassis.js'

const ID = 'jitter'

/** Lets timers vary by chance in this lab; without it every lab is exact. */
export function allowJitter(tx: Transaction): void {
  if (tx.find(LAB, ID) === undefined) tx.create({ node: LAB, type: 'Jitter', id: ID }, { props: {}, inner: {} })
}

/** True in a lab whose timers vary. */
export function hasJitter(reader: Reader): boolean {
  return reader.find(LAB, ID) !== undefined
}

/**
 * Milliseconds that a timer takes: the given ones, and in a lab with jitter up to `spreadMs` more,
 * drawn from a stream of its own so that one timer's chance never shifts another's.
 */
export function jittered(tx: Transaction, ms: number, spreadMs: number, stream: string): number {
  return hasJitter(tx) ? ms + Math.floor(tx.random(`jitter/${stream}`) * (spreadMs + 1)) : ms
}
