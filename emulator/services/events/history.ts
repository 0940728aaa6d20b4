import type { EventFilterSpec } from '../../schema/generated/types.js'
import type { AppendLog } from '../../world/logs.js'
import type { Reader } from '../../world/records.js'
import type { Services } from '../call.js'
import { eventLog, type StoredEvent } from '../events.js'
import type { HistorySource, Placed } from '../history/cursor.js'
import { mayRead } from '../history/scope.js'
import type { NodeInfo } from '../nodes.js'
import type { Session } from '../sessions.js'
import { wellKnownId } from '../well-known.js'
import { eventMatcher, subjectsOf } from './filter.js'

/** The events of a node that pass a filter and that a session may see. */
export function eventSource(
  services: Services,
  node: NodeInfo,
  session: Session,
  filter: EventFilterSpec,
): HistorySource<StoredEvent> {
  const reader = services.world
  const log = reader.log(eventLog(reader, node))
  const matches = eventMatcher(services.schema, node.name, filter)
  const rootId = wellKnownId('rootFolder', node.kind)
  const passes = (event: StoredEvent): boolean => matches(reader, event)
    && mayRead(services, reader, session, subjectsOf(event), rootId)
  const present = filter.disableFullMessage === true ? withoutMessage : same
  return {
    last: () => log.last,
    at: place => log.at(place),
    forward: after => walk(log, Math.max(after + 1, log.first), 1, passes, present),
    backward: from => walk(log, Math.min(from, log.last), -1, passes, present),
  }
}

/** EventManager.latestEvent as a session sees it: unset when it may not read it. */
export function latestEvent(
  services: Services,
  reader: Reader,
  node: NodeInfo,
  session: Session,
  event: StoredEvent | undefined,
): StoredEvent | undefined {
  if (event === undefined) return undefined
  const rootId = wellKnownId('rootFolder', node.kind)
  return mayRead(services, reader, session, subjectsOf(event), rootId) ? event : undefined
}

function* walk(
  log: AppendLog,
  from: number,
  step: 1 | -1,
  passes: (event: StoredEvent) => boolean,
  present: (event: StoredEvent) => StoredEvent,
): Generator<Placed<StoredEvent>> {
  for (let place = from; place >= log.first && place <= log.last; place += step) {
    const event = log.at(place) as StoredEvent
    if (passes(event)) yield { place, value: present(event) }
  }
}

function same(event: StoredEvent): StoredEvent {
  return event
}

function withoutMessage(event: StoredEvent): StoredEvent {
  const { fullFormattedMessage: _message, ...rest } = event
  return rest as StoredEvent
}
