import type { JsonObject, StoredRecord } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { serviceKind } from '../appliance/service-table.js'
import { killService } from '../appliance/services.js'
import { applianceOf } from '../appliance/state.js'
import { diskOf, updateDisk, type DiskInner } from './disk-state.js'
import { vchaOf, writersOf, type DataKey } from './state.js'
import { WRITE_MS } from './timing.js'

/**
 * The teaching mode's one disk (availability.md 2.7): who may write, who does, and what becomes of the
 * database when two do. With a witness the right to write is a lease with an epoch that only grows;
 * without one each node that is left alone takes the right itself.
 */
export function settleDisk(tx: Transaction, vcenter: string): void {
  const vcha = vchaOf(tx, vcenter)!
  const disk = diskOf(tx, vcenter)
  if (disk === undefined) return
  const writers = writersOf(vcha)
  if (vcha.witness) lease(tx, vcenter, disk, writers[0])
  if (writers.length > 1 && disk.split === undefined) beginSplit(tx, vcenter)
  if (writers.length < 2 && disk.split !== undefined) endSplit(tx, vcenter, disk)
}

/** A node that begins to serve was granted the next epoch; one that stopped has given its own back. */
function lease(tx: Transaction, vcenter: string, disk: DiskInner, writer: DataKey | undefined): void {
  if (disk.holder === writer) return
  updateDisk(tx, vcenter, inner => {
    if (writer === undefined) delete inner.holder
    else {
      inner.holder = writer
      grant(inner, writer)
    }
  })
}

/** A node takes the right to write: by a lease, or because nobody is there to refuse it. */
export function takeDisk(tx: Transaction, vcenter: string, node: DataKey): void {
  if (diskOf(tx, vcenter) !== undefined) updateDisk(tx, vcenter, inner => grant(inner, node))
}

function grant(inner: DiskInner | { epoch: number, epochs: Record<DataKey, number> }, node: DataKey): void {
  inner.epoch += 1
  inner.epochs[node] = inner.epoch
}

function beginSplit(tx: Transaction, vcenter: string): void {
  const job = tx.after(WRITE_MS, 'vcha.write', { vcenter })
  updateDisk(tx, vcenter, inner => {
    inner.split = tx.world.revision
    inner.writeJob = job
  })
}

/** One writer is left: it reads what both have written, and its database ends there. */
function endSplit(tx: Transaction, vcenter: string, disk: DiskInner): void {
  if (disk.writeJob !== undefined) tx.cancel(disk.writeJob)
  updateDisk(tx, vcenter, inner => {
    delete inner.split
    delete inner.writeJob
  })
  if (disk.damaged && applianceOf(tx, vcenter) !== undefined) killService(tx, vcenter, serviceKind('vmware-vpostgres')!)
}

/**
 * Both nodes write: each its own pages, and the second puts back what it knows of pages that the
 * first has changed since. From then on the database is damaged.
 */
export function writeTwice(tx: Transaction, vcenter: string): void {
  const disk = diskOf(tx, vcenter)
  if (disk?.split === undefined) return
  const lost = putBackOldPages(tx, vcenter, disk.split)
  const job = tx.after(WRITE_MS, 'vcha.write', { vcenter })
  updateDisk(tx, vcenter, inner => {
    inner.writes['1'] += 1
    inner.writes['2'] += 1
    inner.lastWriter = '2'
    // Pages that both keep at hand, such as the log's, collide even if nobody changed anything.
    inner.conflicts += 1 + lost
    inner.damaged = true
    inner.writeJob = job
  })
}

/** Properties of vCenter's records that were changed since the split go back, each by chance. */
function putBackOldPages(tx: Transaction, vcenter: string, split: number): number {
  let lost = 0
  const seen = new Set<number>()
  for (const entry of tx.world.journal.since(split)) {
    for (const { slot, before: old } of entry.changes) {
      if (slot.address.node !== vcenter || seen.has(slot.index) || old === undefined) continue
      seen.add(slot.index)
      const now = tx.read(slot)
      const stale = now === undefined ? [] : staleKeys(old, now)
      if (stale.length === 0 || tx.random('vcha-disk') < 0.5) continue
      lost += 1
      const props: JsonObject = { ...now!.props }
      for (const key of stale) props[key] = (old.props as JsonObject)[key]
      tx.replace(slot, { props, inner: now!.inner })
    }
  }
  return lost
}

/** Plain values of a user's doing: what refers to other objects stays whole, so that it can be shown. */
function staleKeys(old: StoredRecord, now: StoredRecord): string[] {
  return ['name', 'customValue', 'tag', 'overallStatus'].filter(key =>
    key in old.props && (old.props as JsonObject)[key] !== (now.props as JsonObject)[key])
}

/** The database was made usable again, from a backup or by repair; the counters stay. */
export function repairDisk(tx: Transaction, vcenter: string): boolean {
  if (diskOf(tx, vcenter)?.damaged !== true) return false
  updateDisk(tx, vcenter, inner => { inner.damaged = false })
  tx.emit('appliance.startAll', { vcenter })
  return true
}
