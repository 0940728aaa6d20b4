import type { EventName } from '../../../schema/generated/types.js'

/** What a viewer is told of an event: its category and its text with placeholders. */
export interface Pattern {
  readonly category: 'info' | 'warning' | 'error' | 'user'
  /** `{vm.name} is powered on`: see `eventMessage`. */
  readonly text: string
}

/** Patterns of an area, by event type; a type that the tables do not know does not compile. */
export type Patterns = Partial<Record<EventName, Pattern>>

/** A pattern of category info. */
export function info(text: string): Pattern {
  return { category: 'info', text }
}

/** A pattern of category warning. */
export function warning(text: string): Pattern {
  return { category: 'warning', text }
}

/** A pattern of category error. */
export function error(text: string): Pattern {
  return { category: 'error', text }
}

/** A pattern of category user. */
export function user(text: string): Pattern {
  return { category: 'user', text }
}
