import type { Slot, StoredRecord } from '../../world/records.js'
import type { JournalEntry } from '../../world/journal.js'
import type { Transaction } from '../../world/transaction.js'
import { chassis, hostsOf, LAB } from '../hardware/chassis.js'
import { adoptHost, releaseHost } from '../management/connection.js'
import { mirrorOf } from '../management/mirror.js'

/** What lives in vpxd's memory and history, not in the rows that are rolled back here. */
const notRows = /^(Task|TaskManager|EventManager|SessionManager|ViewManager|PropertyCollector)$/

/**
 * Brings a vCenter's inventory back to what its database had at a revision: the new active node
 * never got what came later. Gives how many commits of users are lost; undefined: the revision is
 * older than the journal reaches, and everything is kept.
 * The log of events is not shortened: keys of events are never given twice.
 */
export function rollBack(tx: Transaction, vcenter: string, position: number): number | undefined {
  const { journal, revision } = tx.world
  if (position >= revision) return 0
  if (position < journal.oldestReachable()) return undefined
  const entries = journal.since(position)
  const before = new Map<Slot, StoredRecord | undefined>()
  for (const entry of entries) {
    for (const change of entry.changes) {
      const { address } = change.slot
      if (address.node !== vcenter || notRows.test(address.type) || before.has(change.slot)) continue
      before.set(change.slot, change.before)
    }
  }
  for (const [slot, record] of before) restore(tx, slot, record)
  settleHosts(tx, vcenter)
  return entries.filter(entry => isUserCommit(entry, vcenter)).length
}

function restore(tx: Transaction, slot: Slot, record: StoredRecord | undefined): void {
  const now = tx.read(slot)
  if (record === undefined) {
    if (now !== undefined) tx.remove(slot)
  } else if (now === undefined) {
    tx.create(slot.address, record)
  } else {
    tx.replace(slot, record)
  }
}

/** Hosts that were added meanwhile are nobody's; those that were removed are there, disconnected. */
function settleHosts(tx: Transaction, vcenter: string): void {
  for (const host of hostsOf(tx, vcenter)) {
    if (mirrorOf(tx, vcenter, host, 'ha-host') === undefined) releaseHost(tx, host)
  }
  for (const host of tx.ofType(LAB, 'Node').map(slot => slot.address.id)) {
    if (chassis(tx, host)?.managedBy === undefined && tx.find(host, 'ha-host') !== undefined
      && mirrorOf(tx, vcenter, host, 'ha-host') !== undefined) adoptHost(tx, vcenter, host, false)
  }
}

/** True for a commit that somebody asked for, and of which more is lost than the list of tasks. */
function isUserCommit({ cause, changes, signals }: JournalEntry, vcenter: string): boolean {
  // What ended the old active node is no commit on it.
  if (signals.some(({ kind, payload }) =>
    kind === 'hardware.powerLost' && (payload as { node: string }).node === vcenter)) return false
  if (cause.kind !== 'call' && !(cause.kind === 'job' && cause['job'] === 'task.run')) return false
  return changes.some(({ slot: { address }, before, after }) =>
    address.node === vcenter && !notRows.test(address.type) && rowsDiffer(before, after))
}

function rowsDiffer(before: StoredRecord | undefined, after: StoredRecord | undefined): boolean {
  if (before === undefined || after === undefined) return before !== after
  const keys = new Set([...Object.keys(before.props), ...Object.keys(after.props)])
  keys.delete('recentTask')
  return before.inner !== after.inner || [...keys].some(key =>
    (before.props as Record<string, unknown>)[key] !== (after.props as Record<string, unknown>)[key])
}
