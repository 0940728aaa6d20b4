import { Agenda, type Job } from './agenda.js'
import { Clock, type ClockMode, type ClockOptions, afterRealMsUnref, soonUnref } from './clock.js'
import { Counters } from './ids.js'
import { Instants } from './instants.js'
import { Journal, type Cause, type JournalEntry } from './journal.js'
import { AppendLog } from './logs.js'
import { RandomStreams } from './random.js'
import type { JsonObject, MutableSlot, Reader, Slot, StoredRecord } from './records.js'
import type { JobKind, JobMap, Signal, SignalKind, SignalMap } from './signals.js'
import { Store } from './store.js'
import { Transaction, type Pending } from './transaction.js'

/** A bound on rounds of reactions in one transaction: more than this is a circle in the rules. */
const MAX_ROUNDS = 1000

export interface WorldOptions {
  readonly seed: string
  readonly clock: ClockOptions
  /** Entries kept for rewind and for the control API; default 10,000. */
  readonly journalCapacity?: number
}

type Reaction = (tx: Transaction, payload: unknown) => void

interface JobHandler {
  readonly run: (tx: Transaction, payload: unknown) => void
  readonly failed?: ((tx: Transaction, payload: unknown, error: unknown) => void) | undefined
  readonly after?: ((payload: unknown) => void) | undefined
}

/** Runs on each record written in a transaction, before the commit; may write more records. */
export type Follower = (tx: Transaction, written: readonly Slot[]) => void

/**
 * All state, changed only inside transactions (design.md 4.2). `transact` is synchronous: between
 * its first and last line nothing else runs.
 */
export class World implements Reader {
  readonly store = new Store()
  readonly agenda = new Agenda()
  readonly counters = new Counters()
  readonly journal: Journal
  readonly random: RandomStreams
  readonly clock: Clock
  readonly instants: Instants
  #revision = 0
  #time: number
  #open = false
  /** The present of what runs `after` a job. */
  #held: number | undefined
  /** Cancels the timer for the next job, which is due at `#wakeAt`. */
  #wake: (() => void) | undefined
  #wakeAt = NaN
  /** Cancels the run of what is due at once. */
  #soon: (() => void) | undefined
  readonly #reactions = new Map<string, Reaction[]>()
  readonly #jobHandlers = new Map<string, JobHandler>()
  readonly #followers: Follower[] = []
  readonly #listeners = new Set<(entry: JournalEntry) => void>()
  readonly #logs = new Map<string, AppendLog>()
  /** Told of a job that failed with no handler for the failure: a defect of ours. */
  onDefect: (error: unknown, cause: Cause) => void = error => { throw error }

  constructor(options: WorldOptions) {
    this.random = new RandomStreams(options.seed)
    this.clock = new Clock(options.clock)
    this.instants = new Instants(this.clock)
    this.journal = new Journal(options.journalCapacity ?? 10000)
    this.#time = this.clock.now()
  }

  /** Number of the newest committed transaction. */
  get revision(): number {
    return this.#revision
  }

  /** Present lab time in milliseconds. */
  now(): number {
    return this.#held ?? Math.max(this.#time, this.clock.now())
  }

  /** Adds a reaction to a signal. Reactions run in order of registration, inside the transaction. */
  on<K extends SignalKind>(kind: K, reaction: (tx: Transaction, payload: SignalMap[K]) => void): void {
    const list = this.#reactions.get(kind) ?? []
    list.push(reaction as Reaction)
    this.#reactions.set(kind, list)
  }

  /**
   * Says how jobs of a kind are run. When `run` throws, its transaction is void and `failed`
   * runs in one of its own. `after` runs when the job is committed and everybody has heard of it:
   * outside transactions, and with the job's instant as the present, however late the real clock is.
   */
  onJob<K extends JobKind>(
    kind: K,
    run: (tx: Transaction, payload: JobMap[K]) => void,
    failed?: (tx: Transaction, payload: JobMap[K], error: unknown) => void,
    after?: (payload: JobMap[K]) => void,
  ): void {
    this.#jobHandlers.set(kind, { run, failed, after } as JobHandler)
  }

  /** Adds a follower of written records (derived properties, the mirror). */
  follow(follower: Follower): void {
    this.#followers.push(follower)
  }

  /** Hears of every commit, after it; returns the cancel. */
  subscribe(listener: (entry: JournalEntry) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Defines an append-only log; asking again gives the same. */
  defineLog(name: string, capacity: number): AppendLog {
    const log = this.#logs.get(name) ?? new AppendLog(name, capacity)
    this.#logs.set(name, log)
    return log
  }

  hasLog(name: string): boolean {
    return this.#logs.has(name)
  }

  log(name: string): AppendLog {
    const log = this.#logs.get(name)
    if (log === undefined) throw new Error(`no such log: ${name}`)
    return log
  }

  logs(): AppendLog[] {
    return [...this.#logs.values()]
  }

  /** Runs a change. What is due runs first, so that the change sees the present. */
  transact<R>(cause: Cause, change: (tx: Transaction) => R): R {
    if (this.#open) throw new Error('a transaction is open already')
    this.runDue()
    return this.#commit(cause, this.now(), change)
  }

  /** The record of an id on a node; undefined if there is none. */
  get<P extends object = JsonObject, I extends object = JsonObject>(
    node: string,
    id: string,
  ): StoredRecord<P, I> | undefined {
    return this.store.find(node, id)?.record as StoredRecord<P, I> | undefined
  }

  /** The record of a slot. */
  read<P extends object = JsonObject, I extends object = JsonObject>(
    slot: Slot,
  ): StoredRecord<P, I> | undefined {
    return slot.record as StoredRecord<P, I> | undefined
  }

  /** The slot of an id on a node if a record lives there. */
  find(node: string, id: string): Slot | undefined {
    const slot = this.store.find(node, id)
    return slot?.record === undefined ? undefined : slot
  }

  /** Slots of all live records of one exact type on a node. */
  ofType(node: string, type: string): Slot[] {
    return [...this.store.ofType(node, type).values()]
  }

  /** Builds the first state: like a transaction, but not a journal entry one could rewind. */
  genesis(build: (tx: Transaction) => void): void {
    this.#commit({ kind: 'lab', what: 'genesis' }, this.now(), build)
    this.journal.clear()
    // The first state is revision 1, in however many parts it was built: `rewind 1` leads there.
    this.#revision = 1
  }

  /** Runs every job that is due at the present lab time. */
  runDue(): void {
    if (this.#open) return
    this.#runUntil(this.#held ?? this.clock.now())
    this.#schedule()
  }

  /** Moves the manual clock on, running what comes due on the way, in order. */
  advance(ms: number): void {
    if (this.clock.mode !== 'manual') throw new Error('the clock is not manual')
    this.#runUntil(this.clock.now() + ms)
  }

  /** Runs the next job of the manual clock; false when the agenda is empty. */
  step(): boolean {
    const next = this.agenda.peek()
    if (next === undefined) return false
    this.#runUntil(Math.max(next.due, this.clock.now()))
    return true
  }

  /** Starts to run jobs as they come due on a real or scaled clock. */
  start(): void {
    this.#schedule()
  }

  /** Stops the timer of `start`. */
  stop(): void {
    this.#wake?.()
    this.#soon?.()
    this.#wake = this.#soon = undefined
    this.#wakeAt = NaN
  }

  changeClock(mode: ClockMode, factor?: number): void {
    this.runDue()
    this.stop()
    this.clock.change(mode, factor)
    this.#schedule()
    this.instants.look()
  }

  /**
   * Replaces the whole state, as one journal entry, so that watchers see ordinary changes.
   * Used by rewind and load.
   */
  restate(cause: Cause, time: number, change: (tx: Transaction) => void): void {
    this.stop()
    this.#time = time
    this.clock.jump(time)
    this.#commit(cause, time, change, true)
    this.#schedule()
    this.instants.look()
  }

  #runUntil(target: number): void {
    for (let next = this.agenda.peek(); next !== undefined && next.due <= target; next = this.agenda.peek()) {
      this.clock.set(next.due)
      this.#time = Math.max(this.#time, next.due)
      this.agenda.remove(next.sequence)
      this.#runJob(next)
      this.#afterJob(next)
    }
    this.clock.set(target)
    this.#time = Math.max(this.#time, target)
    if (this.clock.mode === 'manual') this.instants.look()
  }

  #runJob(job: Job): void {
    const handler = this.#jobHandlers.get(job.kind)
    const cause: Cause = { kind: 'job', job: job.kind, sequence: job.sequence }
    if (handler === undefined) {
      this.onDefect(new Error(`no handler for job ${job.kind}`), cause)
      return
    }
    try {
      this.#commit(cause, this.#time, tx => handler.run(tx, job.payload), false, job)
    } catch (error) {
      this.#runFailed(handler, job, cause, error)
    }
  }

  #afterJob(job: Job): void {
    const after = this.#jobHandlers.get(job.kind)?.after
    if (after === undefined) return
    const held = this.#held
    this.#held = job.due
    try {
      after(job.payload)
    } catch (error) {
      this.onDefect(error, { kind: 'job', job: job.kind, sequence: job.sequence })
    } finally {
      this.#held = held
    }
  }

  #runFailed(handler: JobHandler, job: Job, cause: Cause, error: unknown): void {
    if (handler.failed === undefined) {
      this.onDefect(error, cause)
      return
    }
    try {
      this.#commit(cause, this.#time, tx => handler.failed!(tx, job.payload, error), false, job)
    } catch (second) {
      this.onDefect(second, cause)
    }
  }

  #commit<R>(
    cause: Cause,
    time: number,
    change: (tx: Transaction) => R,
    plain = false,
    taken?: Job,
  ): R {
    const pending: Pending = {
      records: new Map(), signals: [], jobsAdded: [], jobsRemoved: [], appended: [],
    }
    const tx = new Transaction(this, time, pending)
    this.random.watch()
    this.counters.watch()
    this.#open = true
    let result: R
    try {
      result = change(tx)
      if (!plain) this.#settle(tx)
    } catch (error) {
      this.random.restore(this.random.noted())
      this.counters.restore(this.counters.noted())
      throw error
    } finally {
      this.#open = false
    }
    this.#apply(cause, time, tx, pending, taken, !plain)
    return result
  }

  #settle(tx: Transaction): void {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const signals = tx.takeSignals()
      for (const signal of signals) this.#react(tx, signal)
      if (signals.length > 0) continue
      const written = tx.takeWritten()
      if (written.length === 0) return
      for (const follower of this.#followers) follower(tx, written)
    }
    throw new Error('reactions do not come to rest')
  }

  #react(tx: Transaction, signal: Signal): void {
    for (const reaction of this.#reactions.get(signal.kind) ?? []) reaction(tx, signal.payload)
  }

  #apply(
    cause: Cause,
    time: number,
    tx: Transaction,
    pending: Pending,
    taken: Job | undefined,
    keep: boolean,
  ): void {
    const changes = tx.changes()
    for (const { slot, after } of changes) this.store.put(slot as MutableSlot, after)
    const logs = new Map<string, number>()
    for (const { log, value } of pending.appended) {
      const target = this.log(log)
      if (!logs.has(log)) logs.set(log, target.last)
      target.append(value)
    }
    for (const job of pending.jobsRemoved) this.agenda.remove(job.sequence)
    for (const job of pending.jobsAdded) this.agenda.add(job)
    const streams = this.random.noted()
    const counters = this.counters.noted()
    const idle = changes.length + pending.signals.length + pending.appended.length
      + pending.jobsAdded.length + pending.jobsRemoved.length + streams.size + counters.size === 0
    // Another state is told of also when no record differs: its pending work does.
    if (idle && taken === undefined && keep) return
    this.#revision += 1
    const jobsRemoved = taken === undefined ? pending.jobsRemoved : [taken, ...pending.jobsRemoved]
    const entry: JournalEntry = {
      revision: this.#revision, time, cause, changes, signals: pending.signals,
      appended: pending.appended,
      undo: { jobsAdded: pending.jobsAdded, jobsRemoved, streams, counters, logs },
    }
    for (const old of this.journal.add(entry, keep)) this.#forgetRemoved(old)
    for (const listener of this.#listeners) listener(entry)
    if (pending.jobsAdded.length > 0) this.#schedule()
  }

  /** Frees the places of records that were removed so long ago that no rewind brings them back. */
  #forgetRemoved(entry: JournalEntry): void {
    for (const { slot, after } of entry.changes) {
      if (after === undefined) this.store.forget(slot as MutableSlot)
    }
  }

  /** Sees to it that the next job runs in time; a timer that is right already stays. */
  #schedule(): void {
    const next = this.clock.mode === 'manual' ? undefined : this.agenda.peek()
    if (next === undefined) {
      this.stop()
      return
    }
    const ms = this.clock.realMsUntil(next.due)
    if (ms === 0) {
      this.#soon ??= soonUnref(() => {
        this.#soon = undefined
        this.runDue()
      })
    } else if (this.#wakeAt !== next.due) {
      this.#wake?.()
      this.#wakeAt = next.due
      this.#wake = afterRealMsUnref(Math.ceil(ms), () => {
        this.#wakeAt = NaN
        this.runDue()
      })
    }
  }
}
