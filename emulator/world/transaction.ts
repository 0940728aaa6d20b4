import { Immer, type Draft } from 'immer'
import type { Job } from './agenda.js'
import { deepFreeze } from './freeze.js'
import type { Change } from './journal.js'
import type { Address, JsonObject, MutableSlot, Reader, Slot, StoredRecord } from './records.js'
import type { JobKind, JobMap, Signal, SignalKind, SignalMap } from './signals.js'
import type { World } from './world.js'

type AnyRecord = StoredRecord

/** Drafts only: freezing is `deepFreeze`, which knows that stored values are plain JSON. */
const drafts = new Immer({ autoFreeze: false })

/** What a transaction has changed so far. The world reads it at commit. */
export interface Pending {
  readonly records: Map<MutableSlot, AnyRecord | undefined>
  readonly signals: Signal[]
  readonly jobsAdded: Job[]
  readonly jobsRemoved: Job[]
  readonly appended: Array<{ log: string, value: unknown }>
}

/**
 * A synchronous, all-or-nothing change of the world. Reads see what this transaction has written.
 * If anything throws, nothing happened.
 */
export class Transaction implements Reader {
  readonly world: World
  readonly #now: number
  readonly #pending: Pending
  #unhandled: Signal[] = []
  #fresh = new Set<MutableSlot>()
  /** Slots that `create` was called for, by node and type: a big transaction is not walked for a few. */
  readonly #created = new Map<string, Set<MutableSlot>>()
  /** Items appended so far, by log. */
  readonly #appended = new Map<string, number>()

  constructor(world: World, now: number, pending: Pending) {
    this.world = world
    this.#now = now
    this.#pending = pending
  }

  /** Lab time of the transaction in milliseconds. */
  now(): number {
    return this.#now
  }

  /** The record of an id on a node, as this transaction left it; undefined if there is none. */
  get<P extends object = JsonObject, I extends object = JsonObject>(
    node: string,
    id: string,
  ): StoredRecord<P, I> | undefined {
    const slot = this.world.store.find(node, id)
    return slot === undefined ? undefined : this.read<P, I>(slot)
  }

  /** Like `get`, by slot. */
  read<P extends object = JsonObject, I extends object = JsonObject>(
    slot: Slot,
  ): StoredRecord<P, I> | undefined {
    const own = slot as MutableSlot
    const pending = this.#pending.records
    return (pending.has(own) ? pending.get(own) : own.record) as StoredRecord<P, I> | undefined
  }

  /** The slot of an id on a node if a record lives there now. */
  find(node: string, id: string): Slot | undefined {
    const slot = this.world.store.find(node, id)
    return slot === undefined || this.read(slot) === undefined ? undefined : slot
  }

  /** Slots of all live records of one exact type on a node, those of this transaction included. */
  ofType(node: string, type: string): Slot[] {
    const found: Slot[] = []
    for (const slot of this.world.store.ofType(node, type).values()) {
      if (this.read(slot) !== undefined) found.push(slot)
    }
    for (const slot of this.#created.get(`${node} ${type}`) ?? []) {
      if (slot.record === undefined && this.read(slot) !== undefined) found.push(slot)
    }
    return found
  }

  /**
   * Slots of all live records of one type on a node that have a key in an index, in the order of
   * `ofType`, those of this transaction included. For keys that a record keeps as long as it lives.
   */
  withKey(index: string, node: string, type: string, key: string): Slot[] {
    const found = (this.world.store.lookup(index, node, key) as MutableSlot[])
      .filter(slot => this.read(slot) !== undefined).sort((a, b) => a.index - b.index)
    for (const slot of this.#created.get(`${node} ${type}`) ?? []) {
      const record = slot.record === undefined ? this.read(slot) : undefined
      if (record !== undefined && this.world.store.keysOf(index, record, slot.address).includes(key)) found.push(slot)
    }
    return found
  }

  /**
   * Changes a record through a draft. Faults when there is none: callers look first.
   * Nothing of the draft may be kept after the recipe returns.
   */
  update<P extends object = JsonObject, I extends object = JsonObject>(
    at: Slot | { node: string, id: string },
    recipe: (draft: { props: Draft<P>, inner: Draft<I> }) => void,
  ): void {
    const slot = this.#slot(at)
    const before = slot === undefined ? undefined : this.read(slot)
    if (slot === undefined || before === undefined) {
      throw new Error(`no record to update: ${JSON.stringify('address' in at ? at.address : at)}`)
    }
    const after = drafts.produce(before, draft => {
      recipe(draft as unknown as { props: Draft<P>, inner: Draft<I> })
    })
    if (after !== before) this.#set(slot, after)
  }

  /**
   * Replaces a whole record by another one that shares what did not change. The values are the
   * world's from now on: they are frozen at commit, once, however often a record is replaced.
   */
  replace(slot: Slot, record: StoredRecord): void {
    if (this.read(slot) !== record) this.#set(slot as MutableSlot, record)
  }

  /** Creates a record. Its values are frozen at commit; parts that are frozen already are shared. */
  create<P extends object, I extends object>(address: Address, record: { props: P, inner: I }): Slot {
    const known = this.world.store.find(address.node, address.id)
    // An id is used once on a node, whatever the type: also by what this transaction made just now.
    if (known !== undefined && this.read(known) !== undefined) throw new Error(`exists: ${JSON.stringify(address)}`)
    const slot = this.world.store.slotFor(address)
    this.#set(slot, record as unknown as AnyRecord)
    const key = `${address.node} ${address.type}`
    const created = this.#created.get(key)
    if (created === undefined) this.#created.set(key, new Set([slot]))
    else created.add(slot)
    return slot
  }

  /** Removes a record; nothing happens when it is gone already. */
  remove(at: Slot | { node: string, id: string }): void {
    const slot = this.#slot(at)
    if (slot !== undefined && this.read(slot) !== undefined) this.#set(slot, undefined)
  }

  /** Says a fact. Reactions run before the commit, in order of registration. */
  emit<K extends SignalKind>(kind: K, payload: SignalMap[K]): void {
    const signal = deepFreeze({ kind, payload }) as Signal
    this.#pending.signals.push(signal)
    this.#unhandled.push(signal)
  }

  /** Puts a job on the agenda, `ms` of lab time from now; returns its sequence number. */
  after<K extends JobKind>(ms: number, kind: K, payload: JobMap[K]): number {
    const sequence = this.count('agenda')
    const job: Job = deepFreeze({ due: this.#now + ms, sequence, kind, payload })
    this.#pending.jobsAdded.push(job)
    return sequence
  }

  /** Takes a job off the agenda; nothing happens when it has run already. */
  cancel(sequence: number): void {
    const added = this.#pending.jobsAdded.findIndex(job => job.sequence === sequence)
    if (added >= 0) {
      this.#pending.jobsAdded.splice(added, 1)
      return
    }
    const job = this.world.agenda.get(sequence)
    if (job !== undefined) this.#pending.jobsRemoved.push(job)
  }

  /** The next number of a named counter, from 1. */
  count(counter: string): number {
    return this.world.counters.next(counter)
  }

  /** Appends to a log of the world, which must have been defined. */
  append(log: string, value: unknown): number {
    this.#pending.appended.push({ log, value: deepFreeze(value as object) })
    const count = (this.#appended.get(log) ?? 0) + 1
    this.#appended.set(log, count)
    return this.world.log(log).last + count
  }

  /** A draw in [0, 1) from a named stream. */
  random(stream: string): number {
    return this.world.random.next(stream)
  }

  /** For the world: signals not yet reacted to. */
  takeSignals(): Signal[] {
    const taken = this.#unhandled
    this.#unhandled = []
    return taken
  }

  /** For the world: slots written since the last call. */
  takeWritten(): MutableSlot[] {
    const taken = [...this.#fresh]
    this.#fresh = new Set()
    return taken
  }

  /** For the world: the net changes, frozen. */
  changes(): Change[] {
    const changes: Change[] = []
    for (const [slot, after] of this.#pending.records) {
      if (slot.record !== after) changes.push({ slot, before: slot.record, after: deepFreeze(after) })
    }
    return changes
  }

  #set(slot: MutableSlot, record: AnyRecord | undefined): void {
    this.#pending.records.set(slot, record)
    this.#fresh.add(slot)
  }

  #slot(at: Slot | { node: string, id: string }): MutableSlot | undefined {
    return 'address' in at ? at as MutableSlot : this.world.store.find(at.node, at.id)
  }
}
