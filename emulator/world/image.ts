import type { Job } from './agenda.js'
import type { StreamState } from './random.js'
import type { Address, MutableSlot, Slot, StoredRecord } from './records.js'
import type { Transaction } from './transaction.js'
import type { World } from './world.js'

/** Format of a saved image; raised when its shape changes, with a migration beside it. */
export const IMAGE_FORMAT = 1

/** The whole state of a world as plain JSON. */
export interface Image {
  readonly format: number
  readonly seed: string
  readonly time: number
  readonly revision: number
  readonly counters: ReadonlyArray<readonly [string, number]>
  readonly streams: ReadonlyArray<readonly [string, StreamState]>
  readonly agenda: readonly Job[]
  readonly logs: ReadonlyArray<{ name: string, capacity: number, last: number, items: unknown[] }>
  readonly records: ReadonlyArray<{ at: Address, record: StoredRecord }>
}

/** What is wrong with an image that cannot be loaded. */
export class ImageError extends Error {}

/** The present state. Equal states give equal images: everything is in a stable order. */
export function saveImage(world: World): Image {
  world.runDue()
  return {
    format: IMAGE_FORMAT,
    seed: world.random.seed,
    time: world.now(),
    revision: world.revision,
    counters: world.counters.snapshot(),
    streams: world.random.snapshot(),
    agenda: world.agenda.list(),
    // A log that holds nothing and never did is as good as none.
    logs: world.logs().filter(log => log.last > 0).map(log => log.snapshot()).sort((a, b) => a.name < b.name ? -1 : 1),
    records: allRecords(world),
  }
}

/** By node and type, and within a type in order of creation: what has a meaning, and no more. */
function allRecords(world: World): Array<{ at: Address, record: StoredRecord }> {
  const { store } = world
  return store.nodes().sort().flatMap(node => store.typesOn(node).sort().flatMap(type =>
    [...store.ofType(node, type).values()].map(slot => ({ at: slot.address, record: slot.record! }))))
}

/**
 * Puts an image in place of the present state. Watchers see it as ordinary changes.
 * @throws ImageError when the image is of another format or another shape; nothing has changed then.
 */
export function loadImage(world: World, image: Image): void {
  checkImage(image)
  const wanted = new Map<MutableSlot, StoredRecord>()
  for (const { at, record } of image.records) {
    const found = world.store.find(at.node, at.id)
    if (found !== undefined && found.record !== undefined && found.address.type !== at.type) {
      throw new ImageError(`the image has a ${at.type} where this lab has a ${found.address.type}: ${at.node} ${at.id}`)
    }
    wanted.set(world.store.slotFor(at), record)
  }
  world.counters.restore(world.counters.snapshot().map(([name]) => [name, undefined] as const))
  world.counters.restore(image.counters)
  world.random.reseed(image.seed)
  world.random.restore(image.streams)
  world.agenda.replace(image.agenda)
  // Logs begin when something is first written: one that the image lacks was empty then.
  for (const log of world.logs()) log.restore(0, [])
  for (const log of image.logs) world.defineLog(log.name, log.capacity).restore(log.last, log.items)
  world.restate({ kind: 'lab', what: 'load', revision: image.revision }, image.time, tx => {
    for (let index = 0; index < world.store.size; index += 1) {
      const slot = world.store.slotAt(index)
      if (slot === undefined) continue
      put(tx, slot, wanted.get(slot))
    }
  })
  world.journal.clear()
}

/** The latest revision at or before a lab time; undefined when the journal does not reach it. */
export function revisionAt(world: World, time: number): number | undefined {
  const entries = world.journal.since(world.journal.oldestReachable())
  let found: number | undefined
  for (const entry of entries) {
    if (entry.time > time) return found ?? entry.revision - 1
    found = entry.revision
  }
  return found ?? world.revision
}

/**
 * Goes back to the state after a revision: records, agenda, chance, counters, logs and the clock.
 * The revision number itself goes on growing, so that watchers see the way back as changes. The
 * clock shows the instant of the revision, or `at`, an instant before the next one.
 * @throws ImageError when the journal does not reach so far back.
 */
export function rewind(world: World, revision: number, at?: number): void {
  const entries = world.journal.since(revision)
  if (entries.length === 0 && (at === undefined || at >= world.now())) return
  if (revision < world.journal.oldestReachable()) {
    throw new ImageError(`revision ${revision} is gone; the oldest that can be reached is `
      + `${world.journal.oldestReachable()}`)
  }
  const target = new Map<Slot, StoredRecord | undefined>()
  const jobs = new Map(world.agenda.list().map(job => [job.sequence, job]))
  for (const entry of [...entries].reverse()) {
    for (const change of entry.changes) target.set(change.slot, change.before)
    for (const job of entry.undo.jobsAdded) jobs.delete(job.sequence)
    for (const job of entry.undo.jobsRemoved) jobs.set(job.sequence, job)
    for (const [name, last] of entry.undo.logs) world.log(name).truncate(last)
    world.random.restore(entry.undo.streams)
    world.counters.restore(entry.undo.counters)
  }
  for (const name of new Set(entries.flatMap(entry => [...entry.undo.logs.keys()]))) {
    refill(world, name, revision)
  }
  const time = at ?? world.journal.timeOf(revision) ?? entries[0]!.time
  world.agenda.replace(jobs.values())
  world.journal.dropAfter(revision)
  world.restate({ kind: 'lab', what: 'rewind', revision }, time, tx => {
    for (const [slot, record] of target) put(tx, slot as MutableSlot, record)
  })
}

/** Brings back what a full log had dropped since the revision, as far as the journal knows it. */
function refill(world: World, name: string, revision: number): void {
  const log = world.log(name)
  const values: unknown[] = []
  for (const entry of world.journal.since(world.journal.oldestReachable())) {
    if (entry.revision > revision) break
    for (const item of entry.appended) if (item.log === name) values.push(item.value)
  }
  const wanted = values.slice(-log.capacity)
  if (wanted.length > log.last - log.first + 1) log.restore(log.last, wanted)
}

function put(tx: Transaction, slot: MutableSlot, record: StoredRecord | undefined): void {
  if (record === undefined) tx.remove(slot)
  else if (slot.record === undefined) tx.create(slot.address, record)
  else tx.replace(slot, record)
}

function checkImage(image: Image): void {
  if (image.format !== IMAGE_FORMAT) {
    throw new ImageError(`image format ${String(image.format)} cannot be read; this version reads ${IMAGE_FORMAT}`)
  }
  if (!Array.isArray(image.records) || !Array.isArray(image.agenda)) {
    throw new ImageError('the image is damaged: records or agenda are missing')
  }
}
