import { afterRealMsUnref, type Clock } from './clock.js'

interface Waiting {
  readonly due: number
  readonly run: () => void
  cancel?: (() => void) | undefined
}

/**
 * Who shows time going by without a change of state (a picture of a guest that boots) is told when
 * an instant has come. Never state: nothing that is saved or replayed may hang on it; that is what
 * the agenda is for.
 */
export class Instants {
  readonly #clock: Clock
  readonly #waiting = new Set<Waiting>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Runs something once lab time has come to an instant, never before this returns; what is due
   * already runs when the clock goes on. Returns the cancel.
   */
  at(due: number, run: () => void): () => void {
    const waiting: Waiting = { due, run }
    this.#waiting.add(waiting)
    if (this.#clock.mode !== 'manual') this.#arm(waiting)
    return () => {
      waiting.cancel?.()
      this.#waiting.delete(waiting)
    }
  }

  /** The clock was moved, or goes at another speed. */
  look(): void {
    for (const waiting of [...this.#waiting]) this.#arm(waiting)
  }

  #arm(waiting: Waiting): void {
    waiting.cancel?.()
    waiting.cancel = undefined
    if (this.#clock.mode !== 'manual') {
      const ms = Math.ceil(this.#clock.realMsUntil(waiting.due))
      waiting.cancel = afterRealMsUnref(ms, () => this.#run(waiting))
    } else if (waiting.due <= this.#clock.now()) this.#run(waiting)
  }

  #run(waiting: Waiting): void {
    if (this.#waiting.delete(waiting)) waiting.run()
  }
}
