import { invalidArgument } from '../method-fault.js'

/** An item of a history with its place in it; places grow and are never used again. */
export interface Placed<T> {
  readonly place: number
  readonly value: T
}

/** A history as a collector walks it: only what its filter and its user let through. */
export interface HistorySource<T> {
  /** Items after a place, oldest first. */
  forward(after: number): Iterable<Placed<T>>
  /** Items at or before a place, newest first. */
  backward(from: number): Iterable<Placed<T>>
  /** The place of the newest item there is, let through or not. */
  last(): number
  /**
   * Of a history whose items never change: the item at a place, let through or not. With it a
   * latest page is carried on from the one before.
   */
  at?(place: number): unknown
}

/** A latest page, and how far the history had come. */
export interface LatestPage<T> {
  readonly items: readonly T[]
  readonly last: number
  readonly mark: unknown
}

const DEFAULT_PAGE = 10
const MAX_PAGE = 1000

/** Collectors that one session may have of a kind at a time (operations.md 4.2). */
export const MAX_COLLECTORS = 32

/**
 * The scrollable view of a history collector (operations.md 4.2). The cursor stands between two
 * items; a new collector's stands before the oldest.
 */
export class HistoryCursor<T> {
  readonly source: HistorySource<T>
  pageSize = DEFAULT_PAGE
  #cursor = 0

  constructor(source: HistorySource<T>) {
    this.source = source
  }

  /** Moves on towards the newest; returns what was passed, oldest first. */
  readNext(maxCount: number): T[] {
    checkCount(maxCount)
    const found = take(this.source.forward(this.#cursor), maxCount)
    this.#cursor = found.at(-1)?.place ?? this.#cursor
    return found.map(item => item.value)
  }

  /** Moves back towards the oldest; returns what was passed, newest first. */
  readPrevious(maxCount: number): T[] {
    checkCount(maxCount)
    const found = take(this.source.backward(this.#cursor), maxCount)
    const oldest = found.at(-1)
    if (oldest !== undefined) this.#cursor = oldest.place - 1
    return found.map(item => item.value)
  }

  /** To the oldest item, so that readNext gives everything. */
  rewind(): void {
    this.#cursor = 0
  }

  /** To the newest item, so that readPrevious gives everything from the newest on. */
  reset(): void {
    this.#cursor = this.source.last()
  }

  /**
   * Sets the size of the latest page; 0 means the default.
   * @throws InvalidArgument `maxCount` below 0 or above 1000.
   */
  setPageSize(maxCount: number): void {
    if (maxCount < 0 || maxCount > MAX_PAGE) throw invalidArgument('maxCount')
    this.pageSize = maxCount === 0 ? DEFAULT_PAGE : maxCount
  }

  /** The newest items, newest first; carried on from an earlier page of the same size if it can be. */
  latestPage(before?: LatestPage<T>): LatestPage<T> {
    const { source, pageSize } = this
    const last = source.last()
    const mark = source.at?.(last)
    const goesOn = before !== undefined && before.mark !== undefined && before.last <= last
      && source.at?.(before.last) === before.mark
    if (!goesOn) {
      const items = take(source.backward(Infinity), pageSize).map(item => item.value)
      return { items, last, mark }
    }
    const added = take(source.forward(before.last), Infinity).map(item => item.value)
    const items = added.length === 0 ? before.items
      : [...added.reverse(), ...before.items].slice(0, pageSize)
    return { items, last, mark }
  }
}

function checkCount(maxCount: number): void {
  if (maxCount <= 0) throw invalidArgument('maxCount')
}

function take<T>(items: Iterable<T>, count: number): T[] {
  const found: T[] = []
  for (const item of items) {
    found.push(item)
    if (found.length >= count) break
  }
  return found
}
