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

  /** Runs something once lab time has come to an instant; returns the cancel. */
  at(due: number, run: () => void): () => void {
    const waiting: Waiting = { due, run }
    this.#waiting.add(waiting)
    this.#arm(waiting)
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
    const ms = this.#clock.mode === 'manual' ? undefined : this.#clock.realMsUntil(waiting.due)
    // Also what is due already runs later: never within the transaction or the call that asked.
    if (ms !== undefined) waiting.cancel = afterRealMsUnref(Math.ceil(ms), () => this.#run(waiting))
    else if (waiting.due <= this.#clock.now()) this.#run(waiting)
  }

  #run(waiting: Waiting): void {
    if (this.#waiting.delete(waiting)) waiting.run()
  }
}
