/**
 * The only file that touches real time (design.md 4.3, decision 14). What the simulated product
 * waits for runs on lab time through the agenda; a client's patience (long polls, keep-alive)
 * runs on real time through `afterRealMs`.
 */

export type ClockMode = 'real' | 'scaled' | 'manual'

/** Fixed first instant of a lab on the manual clock, so that runs are the same on any day. */
export const MANUAL_START_MS = Date.UTC(2026, 0, 5, 8, 0, 0)

export interface ClockOptions {
  readonly mode: ClockMode
  /** Lab seconds for one real second; only for `scaled`. */
  readonly factor?: number
  /** First lab instant; default: the present, or MANUAL_START_MS on the manual clock. */
  readonly startMs?: number
}

export class Clock {
  #mode: ClockMode
  #factor: number
  #labBase: number
  #realBase: number

  constructor(options: ClockOptions) {
    this.#mode = options.mode
    this.#factor = options.mode === 'scaled' ? options.factor ?? 1 : 1
    this.#realBase = performance.now()
    this.#labBase = options.startMs ?? (options.mode === 'manual' ? MANUAL_START_MS : Date.now())
  }

  get mode(): ClockMode {
    return this.#mode
  }

  get factor(): number {
    return this.#factor
  }

  /** Lab time in whole milliseconds since 1970. */
  now(): number {
    if (this.#mode === 'manual') return this.#labBase
    return Math.floor(this.#labBase + (performance.now() - this.#realBase) * this.#factor)
  }

  /** Sets the manual clock to an instant; ignored on a running clock. */
  set(labMs: number): void {
    if (this.#mode === 'manual') this.#labBase = labMs
  }

  /** Moves a clock of any mode to another instant (rewind, load). */
  jump(labMs: number): void {
    this.#labBase = labMs
    this.#realBase = performance.now()
  }

  /** Changes the mode; lab time goes on from where it is. */
  change(mode: ClockMode, factor = 1): void {
    this.#labBase = this.now()
    this.#realBase = performance.now()
    this.#mode = mode
    this.#factor = mode === 'scaled' ? factor : 1
  }

  /** Real milliseconds until a lab instant; Infinity on the manual clock. */
  realMsUntil(labMs: number): number {
    if (this.#mode === 'manual') return Infinity
    return Math.max(0, (labMs - this.now()) / this.#factor)
  }
}

/** Runs something after real milliseconds, for a client's patience only; returns the cancel. */
export function afterRealMs(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, Math.min(ms, 2147483647))
  return () => clearTimeout(timer)
}

/** Like `afterRealMs`, but does not keep the process alive. */
export function afterRealMsUnref(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, Math.min(ms, 2147483647))
  timer.unref()
  return () => clearTimeout(timer)
}

/** Runs something as soon as what runs now has ended; returns the cancel. */
export function soonUnref(run: () => void): () => void {
  const immediate = setImmediate(run)
  immediate.unref()
  return () => clearImmediate(immediate)
}

/** Like `soonUnref`, for work under way that somebody waits for: it keeps the process alive. */
export function soon(run: () => void): void {
  setImmediate(run)
}

/** Real milliseconds from an arbitrary origin, for meters and rate limits at the doors. */
export function realMs(): number {
  return performance.now()
}

let lastMs = NaN
let lastText = ''

/** Lab milliseconds to the API's dateTime: UTC, fraction only when not zero (protocols.md 1.7). */
export function toDateTime(labMs: number): string {
  // One instant is asked for many times in a row: every event and task of a transaction has it.
  if (labMs === lastMs) return lastText
  const text = new Date(labMs).toISOString()
  lastText = text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text.replace(/0+Z$/, 'Z')
  lastMs = labMs
  return lastText
}

/** A dateTime of the API to lab milliseconds; NaN when it cannot be read. */
export function fromDateTime(text: string): number {
  return Date.parse(text)
}
