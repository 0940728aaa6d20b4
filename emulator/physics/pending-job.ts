import type { Job } from '../world/agenda.js'
import type { Reader } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import type { World } from '../world/world.js'

/** A job of the agenda by its number, for whoever reads: the world, or a transaction in it. */
export function pendingJob(reader: Reader, sequence: number): Job | undefined {
  const { agenda, world } = reader as Partial<World> & Partial<Transaction>
  return (agenda ?? world?.agenda)?.get(sequence)
}
