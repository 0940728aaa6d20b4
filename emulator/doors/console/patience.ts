import { afterRealMsUnref } from '../../world/clock.js'

/** How long a client may leave unread what it was sent, unless said otherwise; our own bound. */
export const PATIENCE_MS = 60_000

/** Seconds between two heartbeats, for clients that want to hear them; our own choice. */
const HEARTBEAT_S = 30

/** Counts what a client has not taken yet, and loses patience with one that takes nothing. */
export class ConsolePatience {
  readonly #ms: number
  readonly #lost: () => void
  #under = 0
  #stopped = false
  #cancel: (() => void) | undefined

  constructor(ms = PATIENCE_MS, lost: () => void) {
    this.#ms = ms
    this.#lost = lost
  }

  /** True when everything that was sent has been taken. */
  get idle(): boolean {
    return this.#under === 0
  }

  /** A message is on its way. */
  sent(): void {
    this.#under += 1
    if (!this.#stopped) this.#cancel ??= afterRealMsUnref(this.#ms, this.#lost)
  }

  /** A message was taken; true when no other is on its way. */
  taken(): boolean {
    this.#under -= 1
    if (this.#under > 0) return false
    this.#cancel?.()
    this.#cancel = undefined
    return !this.#stopped
  }

  /** Calls with the seconds to the next call, again and again; gives the cancel. */
  everyBeat(beat: (seconds: number) => void): () => void {
    let cancel = afterRealMsUnref(HEARTBEAT_S * 1000, function again() {
      beat(HEARTBEAT_S)
      cancel = afterRealMsUnref(HEARTBEAT_S * 1000, again)
    })
    return () => cancel()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
    this.#cancel = undefined
  }
}
