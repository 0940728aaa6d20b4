import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'
import { filesIn, hostNodes, putFiles, refreshVolume, removeFiles } from './files.js'
import { growerId, startGrowth, stopGrowth } from './growth.js'
import { freeBytes, type Volume } from './volume.js'

/** How far a volume is filled with things that are no VM's files, and how fast. */
export interface Fill {
  /** Percent of the volume's capacity that are to be in use; undefined: `bytes` says how much. */
  readonly toPercent?: number | undefined
  readonly bytes?: number | undefined
  /** Undefined: at once. */
  readonly bytesPerSecond?: number | undefined
}

/**
 * Puts a file of that size into a volume's root, or lets one grow there. `id` names the file, and
 * with it what `empty` takes away. A volume that is fuller already gets an empty file.
 */
export function fillVolume(tx: Transaction, volume: string, id: string, fill: Fill): void {
  const { capacityBytes } = tx.get<Volume>(LAB, volume)!.props
  const free = freeBytes(tx, volume)
  const wanted = fill.bytes ?? Math.ceil(capacityBytes * (fill.toPercent ?? 100) / 100) - (capacityBytes - free)
  const size = Math.max(0, Math.min(free, wanted))
  const file = fileOf(id)
  if (fill.bytesPerSecond === undefined) {
    putFiles(tx, volume, '', { [file]: { size, type: 'other' } })
    refreshVolume(tx, volume, hostNodes(tx))
    return
  }
  putFiles(tx, volume, '', { [file]: { size: 0, type: 'other' } })
  startGrowth(tx, { volume, folder: '', file, owner: id, rate: Math.max(1, Math.floor(fill.bytesPerSecond)), limit: size })
}

/** Takes away what filled a volume. */
export function emptyVolume(tx: Transaction, volume: string, id: string): void {
  stopGrowth(tx, growerId(volume, '', fileOf(id)))
  if (filesIn(tx, volume, '')?.[fileOf(id)] === undefined) return
  removeFiles(tx, volume, '', [fileOf(id)])
  refreshVolume(tx, volume, hostNodes(tx))
}

function fileOf(id: string): string {
  return `backup-${id}.tar`
}
