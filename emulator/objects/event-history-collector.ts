import type { Event, EventHistoryCollectorMethods } from '../schema/generated/types.js'
import type { Query } from '../services/call.js'
import { cursorOf, latestPageOf } from '../services/history/history-object.js'
import { wellKnownId } from '../services/well-known.js'
import { defineManagedObject, query } from './define.js'

type Args<M extends keyof EventHistoryCollectorMethods> = EventHistoryCollectorMethods[M]['args']

/** EventHistoryCollector: a scrollable view of the events that a filter lets through. */
export const eventHistoryCollector = defineManagedObject('EventHistoryCollector', {
  methods: {
    ReadNextEvents: query((call: Query, args: Args<'ReadNextEvents'>) =>
      cursorOf<Event>(call.self).readNext(args.maxCount)),
    ReadPreviousEvents: query((call: Query, args: Args<'ReadPreviousEvents'>) =>
      cursorOf<Event>(call.self).readPrevious(args.maxCount)),
  },
  virtual: {
    latestPage: (context, self) =>
      latestPageOf<Event>(context, self, wellKnownId('eventManager', context.node.kind)),
    // The page is there at once, with `delayedInit` too.
    initialized: () => true,
  },
})
