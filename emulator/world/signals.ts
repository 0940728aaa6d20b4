/**
 * Internal facts: what happened, said once, inside a transaction (design.md 13, "signal").
 * Each area of physics declares its own by merging into this interface:
 *
 *     declare module '../../world/signals.js' {
 *       interface SignalMap { 'hardware.powerLost': { host: string } }
 *     }
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface SignalMap {}

/** Kinds of jobs on the agenda and their payloads, declared in the same way. Payloads are JSON. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface JobMap {}

export type SignalKind = keyof SignalMap & string
export type JobKind = keyof JobMap & string

export interface Signal<K extends SignalKind = SignalKind> {
  readonly kind: K
  readonly payload: SignalMap[K]
}
