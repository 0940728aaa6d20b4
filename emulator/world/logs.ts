/** One numbered item of an append-only log. */
export interface LogItem {
  /** Position since the beginning of the log, from 1; never used again. */
  readonly position: number
  readonly value: unknown
}

/**
 * An append-only log with a bounded number of items kept: events, finished tasks, log-file lines.
 * Appending costs the same at any length. Values are frozen JSON.
 */
export class AppendLog {
  readonly name: string
  readonly capacity: number
  #items: unknown[] = []
  #head = 0
  #last = 0

  constructor(name: string, capacity: number) {
    this.name = name
    this.capacity = capacity
  }

  /** Position of the newest item; 0 when nothing was ever appended. */
  get last(): number {
    return this.#last
  }

  /** Position of the oldest item still kept. */
  get first(): number {
    return this.#last - (this.#items.length - this.#head) + 1
  }

  append(value: unknown): number {
    this.#items.push(value)
    this.#last += 1
    if (this.#items.length - this.#head > this.capacity) this.#forget()
    return this.#last
  }

  at(position: number): unknown {
    return position < this.first || position > this.#last
      ? undefined
      : this.#items[this.#head + position - this.first]
  }

  /** Drops everything after a position (rewind). */
  truncate(last: number): void {
    const keep = Math.max(0, last - this.first + 1)
    this.#items.length = this.#head + keep
    this.#last = last
  }

  /** Items from a position on, oldest first. */
  * since(position: number): Generator<LogItem> {
    for (let at = Math.max(position, this.first); at <= this.#last; at += 1) {
      yield { position: at, value: this.at(at) }
    }
  }

  snapshot(): { name: string, capacity: number, last: number, items: unknown[] } {
    const items = this.#items.slice(this.#head)
    return { name: this.name, capacity: this.capacity, last: this.#last, items }
  }

  restore(last: number, items: readonly unknown[]): void {
    this.#items = [...items]
    this.#head = 0
    this.#last = last
  }

  #forget(): void {
    this.#items[this.#head] = undefined
    this.#head += 1
    if (this.#head * 2 < this.#items.length) return
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }
}
