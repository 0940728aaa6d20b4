import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'
import type { DataKey } from './state.js'

/** Inner facts of the record `SharedDisk`, id `vcha-disk/<vcenter>`: the teaching mode's one disk. */
export interface DiskInner {
  /** Highest right to write that was ever granted: it only grows (a fencing token, availability.md 2.7). */
  epoch: number
  /** The right that each node took last. */
  epochs: Record<DataKey, number>
  /** Who has the lease of the witness; undefined: nobody, or there is no witness to ask. */
  holder?: DataKey | undefined
  /** Pages that each node wrote while there were two writers. */
  writes: Record<DataKey, number>
  lastWriter?: DataKey | undefined
  /** Pages that were written over by the node that did not know them. */
  conflicts: number
  damaged: boolean
  /** Journal revision at which the second writer began; present while there are two. */
  split?: number | undefined
  writeJob?: number | undefined
}

/** Id of the shared disk of a vCenter. */
export function diskId(vcenter: string): string {
  return `vcha-disk/${vcenter}`
}

/** The shared disk of a vCenter; undefined: its nodes have one each. */
export function diskOf(reader: Reader, vcenter: string): DiskInner | undefined {
  return reader.get<object, DiskInner>(LAB, diskId(vcenter))?.inner
}

/** True if a database was written by two nodes at once and cannot be opened any more. */
export function databaseDamaged(reader: Reader, vcenter: string): boolean {
  const disk = diskOf(reader, vcenter)
  return disk !== undefined && disk.damaged && disk.split === undefined
}

/** Changes a disk's facts through a draft. */
export function updateDisk(tx: Transaction, vcenter: string, recipe: (inner: DiskInner) => void): void {
  tx.update<object, DiskInner>({ node: LAB, id: diskId(vcenter) }, draft => recipe(draft.inner as DiskInner))
}

/** A disk that node 1 writes, alone. */
export function createDisk(tx: Transaction, vcenter: string, witness: boolean): void {
  const inner: DiskInner = {
    epoch: 1, epochs: { '1': 1, '2': 0 }, ...witness ? { holder: '1' } : {},
    writes: { '1': 0, '2': 0 }, conflicts: 0, damaged: false,
  }
  tx.create({ node: LAB, type: 'SharedDisk', id: diskId(vcenter) }, { props: {}, inner })
}
