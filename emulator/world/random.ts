import seedrandom from 'seedrandom'

/** State of one stream: four unsigned 32-bit words of the sfc32 generator. */
export type StreamState = readonly [number, number, number, number]

/**
 * Named streams of chance from one seed (design.md decision 6). A draw in one stream never shifts
 * another. States are plain data and belong to the image.
 */
export class RandomStreams {
  #seed: string
  readonly #states = new Map<string, Uint32Array>()
  #touched: Map<string, StreamState | undefined> | undefined

  constructor(seed: string) {
    this.#seed = seed
  }

  get seed(): string {
    return this.#seed
  }

  /** Forgets all streams; new ones come from another seed (load). */
  reseed(seed: string): void {
    this.#seed = seed
    this.#states.clear()
  }

  /** A number in [0, 1) with 32 bits of chance. */
  next(stream: string): number {
    return this.uint32(stream) / 4294967296
  }

  /** An unsigned 32-bit integer. */
  uint32(stream: string): number {
    const state = this.#state(stream)
    let a = state[0]!
    let b = state[1]!
    let c = state[2]!
    const d = state[3]!
    const sum = (a + b + d) >>> 0
    a = (b ^ (b >>> 9)) >>> 0
    b = (c + (c << 3)) >>> 0
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0
    state[0] = a
    state[1] = b
    state[2] = c
    state[3] = (d + 1) >>> 0
    return sum
  }

  /** An integer in [0, bound); bound at most 2^32. */
  below(stream: string, bound: number): number {
    return Math.floor(this.next(stream) * bound)
  }

  /** Lower-case hexadecimal digits. */
  hex(stream: string, digits: number): string {
    let text = ''
    while (text.length < digits) text += this.uint32(stream).toString(16).padStart(8, '0')
    return text.slice(0, digits)
  }

  /** Begins to note the state of each stream before its first draw, for the journal. */
  watch(): void {
    this.#touched = new Map()
  }

  /** What `watch` noted: stream name to its state before (undefined: it did not exist). */
  noted(): ReadonlyMap<string, StreamState | undefined> {
    const noted = this.#touched ?? new Map<string, StreamState | undefined>()
    this.#touched = undefined
    return noted
  }

  /** Puts noted states back. */
  restore(states: Iterable<readonly [string, StreamState | undefined]>): void {
    for (const [name, state] of states) {
      if (state === undefined) this.#states.delete(name)
      else this.#states.set(name, Uint32Array.from(state))
    }
  }

  /** All states, sorted by name. */
  snapshot(): Array<[string, StreamState]> {
    return [...this.#states.keys()].sort().map(name => [name, words(this.#states.get(name)!)])
  }

  #state(name: string): Uint32Array {
    let state = this.#states.get(name)
    if (this.#touched !== undefined && !this.#touched.has(name)) {
      this.#touched.set(name, state === undefined ? undefined : words(state))
    }
    if (state === undefined) {
      const source = seedrandom(`${this.#seed}/${name}`)
      state = Uint32Array.from([0, 0, 0, 0].map(() => source.int32()))
      this.#states.set(name, state)
    }
    return state
  }
}

function words(state: Uint32Array): StreamState {
  return [state[0]!, state[1]!, state[2]!, state[3]!]
}
