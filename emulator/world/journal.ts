import { createHash, type Hash } from 'node:crypto'
import type { Job } from './agenda.js'
import type { StreamState } from './random.js'
import type { MutableSlot, Slot, StoredRecord } from './records.js'
import type { Signal } from './signals.js'

/** Why a transaction ran: a call, a job, an injected fault, a command of the lab. JSON. */
export interface Cause {
  readonly kind: 'call' | 'job' | 'fault' | 'lab'
  readonly [detail: string]: unknown
}

/** One record's change; `before` undefined: created, `after` undefined: removed. */
export interface Change {
  readonly slot: Slot
  readonly before: StoredRecord | undefined
  readonly after: StoredRecord | undefined
}

/** What a committed transaction did. */
export interface JournalEntry {
  readonly revision: number
  /** Lab time in milliseconds. */
  readonly time: number
  readonly cause: Cause
  readonly changes: readonly Change[]
  readonly signals: readonly Signal[]
  readonly appended: ReadonlyArray<{ readonly log: string, readonly value: unknown }>
  readonly undo: Undo
}

/** What must be put back, beside the records, to rewind an entry. */
export interface Undo {
  readonly jobsAdded: readonly Job[]
  readonly jobsRemoved: readonly Job[]
  readonly streams: ReadonlyMap<string, StreamState | undefined>
  readonly counters: ReadonlyMap<string, number | undefined>
  /** Length of each appended log before. */
  readonly logs: ReadonlyMap<string, number>
}

/**
 * The numbered history of the world: a bounded window in memory, a running hash over every entry's
 * line, and an optional sink for the lines (persistence).
 */
export class Journal {
  readonly #window: JournalEntry[] = []
  readonly #capacity: number
  #hash: Hash | undefined
  #sink: ((line: string) => void) | undefined

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Starts to write each entry as a line and to hash the lines: costs a diff for each change. */
  record(sink?: (line: string) => void): void {
    this.#hash = createHash('sha256')
    this.#sink = sink
  }

  /** Hash over all lines since `record`; undefined when recording is off. */
  digest(): string | undefined {
    return this.#hash?.copy().digest('hex')
  }

  /**
   * Takes an entry in; with `keep` false (rewind, load) it is hashed but cannot be rewound. Gives
   * the entries that fell out of the window: nothing leads back to them any more.
   */
  add(entry: JournalEntry, keep = true): readonly JournalEntry[] {
    if (this.#hash !== undefined) {
      const line = journalLine(entry)
      this.#hash.update(line).update('\n')
      this.#sink?.(line)
    }
    if (keep) this.#window.push(entry)
    const surplus = this.#window.length - this.#capacity
    return surplus > Math.max(1, this.#capacity / 4) ? this.#window.splice(0, surplus) : []
  }

  /** Entries after a revision, oldest first; what is older than the window is not there. */
  since(revision: number): readonly JournalEntry[] {
    let low = 0
    let high = this.#window.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#window[middle]!.revision > revision) high = middle
      else low = middle + 1
    }
    return this.#window.slice(low)
  }

  /** The oldest revision that a rewind can still reach. */
  oldestReachable(): number {
    const first = this.#window[0]
    return first === undefined ? Infinity : first.revision - 1
  }

  /** Lab time at which a revision was committed; undefined when it is not in the window. */
  timeOf(revision: number): number | undefined {
    const entry = this.since(revision - 1)[0]
    return entry?.revision === revision ? entry.time : undefined
  }

  /** Forgets the entries after a revision (they have been rewound). */
  dropAfter(revision: number): void {
    const kept = this.#window.length - this.since(revision).length
    this.#window.length = kept
  }

  last(): JournalEntry | undefined {
    return this.#window.at(-1)
  }

  clear(): void {
    this.#window.length = 0
  }
}

/** One entry as one line of JSON: changes as paths with new values, keys in stable order. */
export function journalLine(entry: JournalEntry): string {
  return JSON.stringify({
    revision: entry.revision,
    time: entry.time,
    cause: entry.cause,
    changes: entry.changes.map(changeLine),
    signals: entry.signals.map(signal => [signal.kind, signal.payload]),
    appended: entry.appended.map(item => [item.log, item.value]),
  })
}

function changeLine(change: Change): unknown {
  const { node, type, id } = (change.slot as MutableSlot).address
  const at = [node, type, id]
  if (change.before === undefined) return { create: at, record: change.after }
  if (change.after === undefined) return { remove: at }
  const paths: Array<[string, unknown]> = []
  differences('', change.before, change.after, paths)
  return { update: at, set: paths }
}

/** Collects the paths where two values differ, descending only where pointers differ. */
function differences(path: string, before: unknown, after: unknown, out: Array<[string, unknown]>): void {
  if (before === after) return
  if (!isPlainObject(before) || !isPlainObject(after)) {
    out.push([path, after ?? null])
    return
  }
  for (const key of Object.keys(before)) {
    if (!(key in after)) out.push([join(path, key), null])
  }
  for (const key of Object.keys(after)) {
    differences(join(path, key), before[key], after[key], out)
  }
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
