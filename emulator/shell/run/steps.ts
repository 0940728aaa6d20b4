import type { Later } from '../../services/call.js'

/** What a command waits for before it goes on. */
export type Wait =
  /** An instant of lab time, in milliseconds. */
  | { readonly kind: 'time', readonly until: number }
  /** An answer of the API that is not there yet; the command is given a `LaterAnswer`. */
  | { readonly kind: 'later', readonly later: Later }
  /** That something changed in the world: asked after each commit. */
  | { readonly kind: 'change', ready(): boolean }
  /** Its turn: others may run in between. */
  | { readonly kind: 'turn' }
  /** Its own pipe: there is nothing to read in it yet. Only pipelines are told of it. */
  | { readonly kind: 'pipe' }
  /** The first of several; commands of one pipeline that all wait. */
  | { readonly kind: 'any', readonly waits: readonly Wait[] }

export type LaterAnswer = { readonly value: unknown } | { readonly error: unknown }

/**
 * Work that may wait, and is taken up again where it stopped: so a command runs to its first wait at once,
 * and goes on within the instant that it waited for, whatever the clock.
 */
export type Steps<T> = Generator<Wait, T, unknown>

/** Waits until an instant of lab time. */
export function * until(ms: number): Steps<void> {
  yield { kind: 'time', until: ms }
}

/** Looks again and again in lab time, less often the longer it takes, until something is so. */
export function * untilSo(now: () => number, ready: () => boolean, firstMs = 50): Steps<void> {
  const since = now()
  while (!ready()) yield * until(now() + Math.max(firstMs, Math.min(MOST_BETWEEN_MS, Math.floor((now() - since) / 10))))
}

/** Longest pause between two looks. */
const MOST_BETWEEN_MS = 2000
