import type { Transaction } from '../../world/transaction.js'
import { updateAppliance, type Growth, type Partition, type PartitionState } from './state.js'
import { DISK_CRITICAL_PERCENT, DISK_WARNING_PERCENT } from './timing.js'

const GIB = 2 ** 30

/** What is known of a partition beside its fill: its disk, and how the API's monitoring names it. */
export interface PartitionKind {
  readonly mount: string
  /** Number of the virtual disk of the appliance (`system/storage`). */
  readonly disk: number
  /** `storage.used.filesystem.<name>`. */
  readonly name: string
  readonly sizeGib: number
  readonly usualPercent: number
}

/**
 * The partitions of an appliance with their usual sizes (availability.md 3.3); fills are what a
 * small lab shows. `/storage/archive` is nearly full on a healthy one.
 */
export const partitionKinds: readonly PartitionKind[] = [
  { mount: '/', disk: 1, name: 'root', sizeGib: 48, usualPercent: 22 },
  { mount: '/storage/core', disk: 4, name: 'core', sizeGib: 25, usualPercent: 1 },
  { mount: '/storage/log', disk: 5, name: 'log', sizeGib: 10, usualPercent: 31 },
  { mount: '/storage/db', disk: 6, name: 'db', sizeGib: 10, usualPercent: 9 },
  { mount: '/storage/dblog', disk: 7, name: 'dblog', sizeGib: 15, usualPercent: 7 },
  { mount: '/storage/seat', disk: 8, name: 'seat', sizeGib: 10, usualPercent: 12 },
  { mount: '/storage/netdump', disk: 9, name: 'netdump', sizeGib: 1, usualPercent: 1 },
  { mount: '/storage/autodeploy', disk: 10, name: 'autodeploy', sizeGib: 10, usualPercent: 1 },
  { mount: '/storage/imagebuilder', disk: 11, name: 'imagebuilder', sizeGib: 10, usualPercent: 1 },
  { mount: '/storage/updatemgr', disk: 12, name: 'updatemgr', sizeGib: 100, usualPercent: 4 },
  { mount: '/storage/archive', disk: 13, name: 'archive', sizeGib: 50, usualPercent: 72 },
  { mount: '/storage/vtsdb', disk: 14, name: 'vtsdb', sizeGib: 10, usualPercent: 3 },
  { mount: '/storage/vtsdblog', disk: 15, name: 'vtsdblog', sizeGib: 5, usualPercent: 6 },
  { mount: '/storage/lifecycle', disk: 16, name: 'lifecycle', sizeGib: 100, usualPercent: 5 },
]

/** Partitions whose fill vpxd watches: those of its database (availability.md 3.3). */
export const WATCHED = ['/storage/seat', '/storage/db'] as const

/** True for a partition that vpxd watches. */
export function isWatched(mount: string): boolean {
  return (WATCHED as readonly string[]).includes(mount)
}

/** A partition as a fresh appliance has it; one inode for 16 KiB, as ext4 makes them. */
export function freshPartition(kind: PartitionKind, now: number): Partition {
  const bytesTotal = kind.sizeGib * GIB
  const inodesTotal = bytesTotal / 16384
  const bytes = Math.round(bytesTotal * kind.usualPercent / 100)
  const inodes = Math.round(inodesTotal * Math.min(4, kind.usualPercent) / 100)
  return {
    bytesTotal, bytesUsed: bytes, inodesTotal, inodesUsed: inodes, since: now,
    usual: { bytes, inodes },
  }
}

/** Bytes and inodes in use at an instant. */
export function usedAt(partition: Partition, now: number): { bytes: number, inodes: number } {
  const { bytesUsed: bytes, inodesUsed: inodes, growth, since } = partition
  if (growth === undefined) return { bytes, inodes }
  const grown = growth.perSecond * Math.max(0, now - since) / 1000
  const value = Math.min(growth.until, Math.floor((growth.what === 'bytes' ? bytes : inodes) + grown))
  return growth.what === 'bytes' ? { bytes: value, inodes } : { bytes, inodes: value }
}

/** How full it is at an instant in percent: bytes or inodes, whichever is worse. */
export function percentAt(partition: Partition, now: number): number {
  const { bytes, inodes } = usedAt(partition, now)
  return 100 * Math.max(bytes / partition.bytesTotal, inodes / partition.inodesTotal)
}

/** The state of a fill (availability.md 3.3). */
export function stateOf(percent: number): PartitionState {
  if (percent >= DISK_CRITICAL_PERCENT) return 'critical'
  return percent >= DISK_WARNING_PERCENT ? 'warning' : 'ok'
}

/** When growth brings it to a percentage; undefined: never. */
export function reachesAt(partition: Partition, percent: number): number | undefined {
  const { growth, since } = partition
  if (growth === undefined || growth.perSecond <= 0) return undefined
  const total = growth.what === 'bytes' ? partition.bytesTotal : partition.inodesTotal
  const used = growth.what === 'bytes' ? partition.bytesUsed : partition.inodesUsed
  const goal = Math.ceil(total * percent / 100)
  if (goal > growth.until) return undefined
  return since + Math.ceil(Math.max(0, goal - used) / growth.perSecond * 1000)
}

/** How a partition is filled, or freed. */
export interface Fill {
  readonly what: 'bytes' | 'inodes'
  /** Use in percent that it ends with. */
  readonly toPercent: number
  /** Percent of the partition in a second; undefined: at once. */
  readonly percentPerSecond?: number | undefined
}

/** Fills or frees a partition; says `appliance.filled`. */
export function fill(tx: Transaction, vcenter: string, mount: string, to: Fill): void {
  updateAppliance(tx, vcenter, inner => {
    const partition = inner.partitions[mount]!
    const now = usedAt(partition, tx.now())
    const total = to.what === 'bytes' ? partition.bytesTotal : partition.inodesTotal
    const goal = Math.min(total, Math.ceil(total * to.toPercent / 100))
    settleAt(partition, tx.now(), now)
    if (to.percentPerSecond === undefined || goal <= now[to.what]) {
      if (to.what === 'bytes') partition.bytesUsed = goal
      else partition.inodesUsed = goal
      return
    }
    const growth: Growth = { what: to.what, perSecond: total * to.percentPerSecond / 100, until: goal }
    partition.growth = growth
  })
  tx.emit('appliance.filled', { vcenter, mount })
}

/** Frees what a fill has brought and ends growth; says `appliance.filled`. */
export function free(tx: Transaction, vcenter: string, mount: string): void {
  updateAppliance(tx, vcenter, inner => {
    const partition = inner.partitions[mount]!
    settleAt(partition, tx.now(), partition.usual)
  })
  tx.emit('appliance.filled', { vcenter, mount })
}

function settleAt(partition: Partition, now: number, used: { bytes: number, inodes: number }): void {
  partition.bytesUsed = used.bytes
  partition.inodesUsed = used.inodes
  partition.since = now
  delete partition.growth
}
