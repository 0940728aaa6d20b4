import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { LAB } from '../hardware/chassis.js'
import { filesIn, hostNodes, refreshVolume, resizeFile } from './files.js'
import { addRate, dropRate, freeBytes, plan } from './volume.js'

/**
 * A file that takes more space as time passes: props of `{lab, Grower, grow/<volume>/<folder>/<file>}`.
 * Nothing runs each second: its size is rate x time whenever somebody looks.
 */
export interface Grower {
  readonly volume: string
  readonly folder: string
  readonly file: string
  /** Who makes it grow: id of a DiskWriter, or of a fault. */
  readonly owner: string
  /** Bytes in a second, a whole number. */
  readonly rate: number
  /** Size that the file's record shows, and since when. */
  readonly size: number
  readonly since: number
  /** Size at which it stops by itself. */
  readonly limit: number
  /** Agenda job of that instant. */
  readonly job: number
}

/** Bytes that a file needs at once to grow at all: a block of VMFS 6. */
export const BLOCK_BYTES = 2 ** 20

declare module '../../world/signals.js' {
  interface SignalMap {
    /** Files on a volume want to grow and cannot: it is full. Whoever grows them must stop. */
    'storage.volumeFull': { readonly volume: string, readonly owners: readonly string[] }
    /** A file that grows was written down with the size that it has now. */
    'storage.sizeSettled': { readonly owner: string, readonly size: number }
  }
  interface JobMap {
    'storage.growerDone': { readonly grower: string }
  }
}

/** Id of the record of a file that grows. */
export function growerId(volume: string, folder: string, file: string): string {
  return `grow/${volume}/${folder}/${file}`
}

/**
 * A file that is there begins to grow. Gives false, with nothing done, when the volume has not even
 * a block for it.
 */
export function startGrowth(
  tx: Transaction, at: Pick<Grower, 'volume' | 'folder' | 'file' | 'owner' | 'rate' | 'limit'>,
): boolean {
  const id = growerId(at.volume, at.folder, at.file)
  stopGrowth(tx, id)
  const size = filesIn(tx, at.volume, at.folder)?.[at.file]?.size ?? 0
  if (size >= at.limit) return true
  if (freeBytes(tx, at.volume) < Math.min(BLOCK_BYTES, at.limit - size)) return false
  const job = tx.after(Math.ceil((at.limit - size) * 1000 / at.rate), 'storage.growerDone', { grower: id })
  const props: Grower = { ...at, size, since: tx.now(), job }
  tx.create({ node: LAB, type: 'Grower', id }, { props, inner: {} })
  addRate(tx, at.volume, at.rate)
  return true
}

/** A file grows no more; its size now is written down. Nothing happens when it did not grow. */
export function stopGrowth(tx: Transaction, id: string): void {
  const grower = tx.get<Grower>(LAB, id)?.props
  if (grower === undefined) return
  tx.cancel(grower.job)
  tx.remove({ node: LAB, id })
  dropRate(tx, grower.volume, grower.rate, grower.since)
  writeDown(tx, grower)
}

/** Writes down the present size of a file that grows, or of all of a volume. */
export function settleGrowth(tx: Transaction, volume: string): void {
  for (const slot of tx.ofType(LAB, 'Grower')) {
    const grower = tx.read<Grower>(slot)!.props
    if (grower.volume !== volume || grower.since === tx.now()) continue
    dropRate(tx, volume, grower.rate, grower.since)
    const size = writeDown(tx, grower)
    addRate(tx, volume, grower.rate)
    tx.replace(slot, { props: { ...grower, size, since: tx.now() }, inner: {} })
  }
}

/** Size of a file now, whether or not it grows; undefined: there is none. */
export function fileSize(reader: Reader, volume: string, folder: string, file: string): number | undefined {
  const grower = reader.get<Grower>(LAB, growerId(volume, folder, file))?.props
  return grower === undefined ? filesIn(reader, volume, folder)?.[file]?.size : sizeNow(reader, grower)
}

/** What becomes of volumes on which files grow. */
export function reactToGrowth(world: World): void {
  world.onJob('storage.volumeDue', (tx, { volume }) => {
    if (freeBytes(tx, volume) < 1) fullNow(tx, volume)
    refreshVolume(tx, volume, hostNodes(tx))
    plan(tx, volume)
  })
  world.onJob('storage.growerDone', (tx, { grower }) => {
    const done = tx.get<Grower>(LAB, grower)?.props
    if (done === undefined) return
    stopGrowth(tx, grower)
    // What settling on the way rounded off is made good here.
    const { volume, folder, file, owner, limit } = done
    const size = filesIn(tx, volume, folder)?.[file]?.size ?? limit
    if (limit - size > 1000 || freeBytes(tx, volume) < limit - size) return
    resizeFile(tx, volume, folder, file, limit)
    tx.emit('storage.sizeSettled', { owner, size: limit })
  })
}

function fullNow(tx: Transaction, volume: string): void {
  settleGrowth(tx, volume)
  const growers = tx.ofType(LAB, 'Grower').filter(slot => tx.read<Grower>(slot)!.props.volume === volume)
  const owners = growers.map(slot => tx.read<Grower>(slot)!.props.owner)
  for (const slot of growers) stopGrowth(tx, slot.address.id)
  tx.emit('storage.volumeFull', { volume, owners })
}

function sizeNow(reader: Reader, { rate, size, since, limit }: Grower): number {
  return Math.min(limit, size + Math.floor(rate * (reader.now() - since) / 1000))
}

/** Its growth must be off the volume's sum: what is free then is there for it. */
function writeDown(tx: Transaction, grower: Grower): number {
  const { volume, folder, file, owner } = grower
  const wanted = sizeNow(tx, grower) - grower.size
  const size = grower.size + Math.min(wanted, freeForOne(tx, volume))
  resizeFile(tx, volume, folder, file, size)
  tx.emit('storage.sizeSettled', { owner, size })
  return size
}

/** What one file may take: the others' growth that is not written down yet does not count. */
function freeForOne(tx: Transaction, volume: string): number {
  const record = tx.get<{ capacityBytes: number }, { usedBytes: number }>(LAB, volume)
  return record === undefined ? Infinity : Math.max(0, record.props.capacityBytes - record.inner.usedBytes)
}
