import type { HistoryCollectorMethods } from '../schema/generated/types.js'
import type { Query } from '../services/call.js'
import { cursorOf, destroyHistory } from '../services/history/history-object.js'
import { defineManagedObject, query } from './define.js'

type Args<M extends keyof HistoryCollectorMethods> = HistoryCollectorMethods[M]['args']

/** What the collectors of events and of tasks have in common (operations.md 4.2). */
export const historyCollector = defineManagedObject('HistoryCollector', {
  methods: {
    SetCollectorPageSize: query((call: Query, args: Args<'SetCollectorPageSize'>) =>
      cursorOf(call.self).setPageSize(args.maxCount)),
    RewindCollector: query((call: Query) => cursorOf(call.self).rewind()),
    ResetCollector: query((call: Query) => cursorOf(call.self).reset()),
    DestroyCollector: query(destroyHistory),
  },
})
