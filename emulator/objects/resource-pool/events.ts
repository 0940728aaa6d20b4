import { eventArgument } from '../../services/events/arguments.js'
import type { Reader, Slot } from '../../world/records.js'

/** A pool as an argument of an event. */
export function poolArgument(reader: Reader, pool: Slot): object {
  return eventArgument(reader, pool, 'ResourcePoolEventArgument')
}
