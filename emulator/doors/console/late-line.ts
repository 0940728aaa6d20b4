import { afterRealMsUnref, realMs } from '../../world/clock.js'

/**
 * What comes over a network, in its order: each piece as late as the network makes it, and none at all
 * while the host says nothing.
 */
export class LateLine {
  readonly #slow: () => number
  readonly #frozen: () => boolean
  readonly #waiting: Array<{ readonly due: number, readonly run: () => void }> = []
  #cancel: (() => void) | undefined

  /** `slow`: real milliseconds of delay, asked for each piece. */
  constructor(slow: () => number, frozen: () => boolean) {
    this.#slow = slow
    this.#frozen = frozen
  }

  /** Pieces on their way. */
  get length(): number {
    return this.#waiting.length
  }

  /** Runs it when the piece has come through: at once on a good network. */
  push(run: () => void): void {
    const delay = this.#slow()
    if (delay <= 0 && this.#waiting.length === 0 && !this.#frozen()) run()
    else {
      this.#waiting.push({ due: Math.max(realMs() + delay, this.#waiting.at(-1)?.due ?? 0), run })
      this.#watch()
    }
  }

  /** The host answers again after a silence. */
  thaw(): void {
    this.#flush()
  }

  stop(): void {
    this.#cancel?.()
    this.#waiting.length = 0
  }

  #watch(): void {
    const [next] = this.#waiting
    if (next === undefined || this.#cancel !== undefined || this.#frozen()) return
    this.#cancel = afterRealMsUnref(Math.max(0, next.due - realMs()), () => {
      this.#cancel = undefined
      this.#flush()
    })
  }

  #flush(): void {
    // A timer may fire a little before its time.
    while (!this.#frozen() && this.#waiting.length > 0 && this.#waiting[0]!.due <= realMs() + 1) this.#waiting.shift()!.run()
    this.#watch()
  }
}
