import type { Slot } from '../../world/records.js'
import type { NodeInfo } from '../nodes.js'
import type { SessionSlot } from '../session-objects.js'
import type { Session } from '../sessions.js'
import type { Collector, FilterRequest } from './collector.js'

/** Filters, views and parked waits of all sessions; see property-collector/README.md. */
export interface Collectors {
  /** The collector behind a PropertyCollector object, for a session. */
  collector(session: Session, object: Slot): Collector
  /**
   * Makes a filter on a collector; its objects are reported under the collector's next version.
   * @throws InvalidProperty, InvalidType, InvalidArgument, ManagedObjectNotFound, NoPermission.
   */
  createFilter(node: NodeInfo, session: Session, object: Slot, request: FilterRequest): SessionSlot
  /** Says that the contents of a list or inventory view have been changed by the client. */
  viewChanged(view: SessionSlot): void
  /** Forgets everything that belonged to a session and ends its parked waits. */
  endSession(node: string, sessionKey: string): void
}
