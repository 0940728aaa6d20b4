import type { RandomStreams } from './random.js'

/** Named counters from 1: managed object ids, event keys, job numbers. */
export class Counters {
  readonly #values = new Map<string, number>()
  #touched: Map<string, number | undefined> | undefined

  next(name: string): number {
    const value = (this.#values.get(name) ?? 0) + 1
    this.#set(name, value)
    return value
  }

  /** Makes sure that the next number is above `value`. */
  atLeast(name: string, value: number): void {
    if ((this.#values.get(name) ?? 0) < value) this.#set(name, value)
  }

  watch(): void {
    this.#touched = new Map()
  }

  noted(): ReadonlyMap<string, number | undefined> {
    const noted = this.#touched ?? new Map<string, number | undefined>()
    this.#touched = undefined
    return noted
  }

  restore(values: Iterable<readonly [string, number | undefined]>): void {
    for (const [name, value] of values) {
      if (value === undefined) this.#values.delete(name)
      else this.#values.set(name, value)
    }
  }

  snapshot(): Array<[string, number]> {
    return [...this.#values].sort(([a], [b]) => a < b ? -1 : 1)
  }

  #set(name: string, value: number): void {
    if (this.#touched !== undefined && !this.#touched.has(name)) this.#touched.set(name, this.#values.get(name))
    this.#values.set(name, value)
  }
}

/** A version-4 UUID from a named stream. */
export function uuid(random: RandomStreams, stream: string): string {
  const hex = random.hex(stream, 32)
  const variant = (8 + (parseInt(hex[16]!, 16) & 3)).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}
