import type {
  Event, EventManagerMethods, EventManagerViewByStartId, EventName,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { Call, Query, ReadContext, VirtualProperty } from '../services/call.js'
import { eventArgument, type EventSubject } from '../services/events/arguments.js'
import { argumentDescription, eventDescription } from '../services/events/description.js'
import { eventSource, latestEvent } from '../services/events/history.js'
import { eventSubject, postEvent, type StoredEvent } from '../services/events.js'
import { MAX_COLLECTORS, type Placed } from '../services/history/cursor.js'
import { createHistory, sessionOf } from '../services/history/history-object.js'
import { fault } from '../services/method-fault.js'
import type { Slot } from '../world/records.js'
import { defineManagedObject, query } from './define.js'
import { userOf } from './truth.js'

type Args<M extends keyof EventManagerMethods> = EventManagerMethods[M]['args']

/** Events of one QueryEvents, at most (operations.md 4.2). */
const QUERY_LIMIT = 1000

/**
 * The newest matching events, oldest first; `maxCount` of the filter bounds them further. With a
 * view, those after an event, oldest first, or those before it, newest first.
 */
function queryEvents(call: Query, args: Args<'QueryEvents'>): Event[] {
  const source = eventSource(call.services, call.node, sessionOf(call), args.filter)
  const { maxCount } = args.filter
  const limit = maxCount === undefined || maxCount <= 0 ? QUERY_LIMIT : Math.min(maxCount, QUERY_LIMIT)
  const view = args.eventViewSpec as EventManagerViewByStartId | undefined
  if (view === undefined) return first(source.backward(Infinity), limit).reverse()
  return view.isForward
    ? first(source.forward(0), limit, event => event.key > view.startEventId)
    : first(source.backward(Infinity), limit, event => event.key < view.startEventId)
}

function first(
  items: Iterable<Placed<Event>>,
  limit: number,
  fits: (event: Event) => boolean = () => true,
): Event[] {
  const found: Event[] = []
  for (const { value } of items) {
    if (fits(value)) found.push(value)
    if (found.length >= limit) break
  }
  return found
}

function createCollector(call: Query, args: Args<'CreateCollectorForEvents'>): MoRef {
  const source = eventSource(call.services, call.node, sessionOf(call), args.filter)
  const filter = { ...args.filter, _typeName: 'EventFilterSpec' }
  return createHistory(call, 'EventHistoryCollector', filter, source)
}

/** GeneralUserEvent about an entity, in the caller's words. */
function logUserEvent(call: Call, args: Args<'LogUserEvent'>): void {
  const slot = call.tx.find(call.node.name, args.entity.value)
  if (slot === undefined) throw fault('ManagedObjectNotFound', { obj: args.entity })
  postEvent(call.tx, call.node, {
    ...eventSubject(slot),
    type: 'GeneralUserEvent',
    userName: userOf(call),
    fields: { message: args.msg, entity: eventArgument(call.tx, slot, 'ManagedEntityEventArgument') },
  })
}

const subjects = {
  vm: 'vm', host: 'host', computeResource: 'computeResource', datacenter: 'datacenter',
  ds: 'datastore', net: 'network', dvs: 'dvs',
} as const

/**
 * Posts a client's event: key, time and user are the server's own, whatever the client wrote.
 * @throws InvalidEvent when it names an object that is not there, or is no event of any use.
 */
function postClientEvent(call: Call, args: Args<'PostEvent'>): void {
  const given = args.eventToPost as StoredEvent & Record<string, unknown>
  const type = given._typeName ?? 'Event'
  if (type === 'Event') throw fault('InvalidEvent')
  const {
    _typeName: _type, key: _key, chainId: _chain, createdTime: _time, userName: _user,
    fullFormattedMessage, datacenter: _dc, computeResource: _cr, host: _host, vm: _vm, ds: _ds,
    net: _net, dvs: _dvs, ...fields
  } = given
  postEvent(call.tx, call.node, {
    ...givenSubject(call, given),
    type: type as EventName,
    userName: userOf(call),
    chainId: args.taskInfo?.eventChainId,
    fields,
    message: fullFormattedMessage === '' ? undefined : fullFormattedMessage,
  })
}

function givenSubject(call: Call, event: Record<string, unknown>): EventSubject {
  const found: Record<string, Slot> = {}
  for (const [property, ref] of Object.entries(subjects)) {
    const argument = event[property] as Record<string, MoRef | undefined> | undefined
    const object = argument?.[ref]
    if (object === undefined) continue
    const slot = call.tx.find(call.node.name, object.value)
    if (slot === undefined) throw fault('InvalidEvent')
    found[property] = slot
  }
  return found
}

const shownLatest: VirtualProperty = (context: ReadContext, self) => {
  const event = context.reader.read<{ latestEvent?: StoredEvent }>(self)?.props.latestEvent
  const { session } = context
  if (session === undefined) return undefined
  return latestEvent(context.services, context.reader, context.node, session, event)
}

/** EventManager (operations.md 4). */
export const eventManager = defineManagedObject('EventManager', {
  methods: {
    QueryEvents: query(queryEvents),
    CreateCollectorForEvents: query(createCollector),
    RetrieveArgumentDescription: query((call: Query, args: Args<'RetrieveArgumentDescription'>) =>
      argumentDescription(call.services.schema, args.eventTypeId)),
    LogUserEvent: logUserEvent,
    PostEvent: postClientEvent,
  },
  virtual: {
    description: context => eventDescription(context.services.schema),
    latestEvent: shownLatest,
    maxCollector: () => MAX_COLLECTORS,
  },
})
