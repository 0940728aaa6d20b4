/**
 * What happened to the members of a filter group since some position (design.md decision 5). Any
 * number of filters read the same log, each from its own position.
 */
import type { Slot } from '../../world/records.js'
import type { Props } from './paths.js'

/** A member changed, came or went. */
export interface LogEntry {
  readonly position: number
  readonly slot: Slot
  /** Properties before the change; undefined: it was not a member. */
  readonly before: Props | undefined
  /** The update made from it last, and for which state, so that it is made once. */
  made?: { readonly after: Props, readonly update: object | undefined }
}

/** Below this length nothing is compacted. */
const SHORT = 256

export class ChangeLog {
  #entries: LogEntry[] = []
  #end = 0
  #limit = SHORT

  /** Position after the newest entry. */
  get end(): number {
    return this.#end
  }

  get length(): number {
    return this.#entries.length
  }

  /** True when `compact` would be worth its while. */
  get isLong(): boolean {
    return this.#entries.length > this.#limit
  }

  append(slot: Slot, before: Props | undefined): void {
    this.#end += 1
    this.#entries.push({ position: this.#end, slot, before })
  }

  /** Moves the end on without an entry. */
  advance(): number {
    this.#end += 1
    return this.#end
  }

  /** For each object that was touched after a position, its first entry there. */
  firstAfter(position: number): Map<Slot, LogEntry> {
    const found = new Map<Slot, LogEntry>()
    for (let i = this.indexAfter(position); i < this.#entries.length; i += 1) {
      const entry = this.#entries[i]!
      if (!found.has(entry.slot)) found.set(entry.slot, entry)
    }
    return found
  }

  /** Position of the first entry after a position; undefined: there is none. */
  nextAfter(position: number): number | undefined {
    return this.#entries[this.indexAfter(position)]?.position
  }

  /**
   * Drops what no reader at one of these positions needs. Between two positions only the first
   * entry of each object counts, so that the length is bounded by readers' positions times members.
   */
  compact(positions: Iterable<number>): void {
    const marks = [...new Set(positions)].sort((a, b) => a - b)
    const kept: LogEntry[] = []
    const seen = new Set<Slot>()
    let mark = 0
    for (const entry of marks.length === 0 ? [] : this.#entries) {
      if (entry.position <= marks[0]!) continue
      while (mark + 1 < marks.length && marks[mark + 1]! < entry.position) {
        mark += 1
        seen.clear()
      }
      if (seen.has(entry.slot)) continue
      seen.add(entry.slot)
      kept.push(entry)
    }
    this.#entries = kept
    this.#limit = Math.max(SHORT, kept.length * 2)
  }

  indexAfter(position: number): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#entries[middle]!.position > position) high = middle
      else low = middle + 1
    }
    return low
  }
}
