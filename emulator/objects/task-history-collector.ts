import type { TaskHistoryCollectorMethods, TaskInfo } from '../schema/generated/types.js'
import type { Query } from '../services/call.js'
import { cursorOf, latestPageOf } from '../services/history/history-object.js'
import { wellKnownId } from '../services/well-known.js'
import { defineManagedObject, query } from './define.js'

type Args<M extends keyof TaskHistoryCollectorMethods> = TaskHistoryCollectorMethods[M]['args']

/** TaskHistoryCollector: a scrollable view of the tasks that a filter lets through. */
export const taskHistoryCollector = defineManagedObject('TaskHistoryCollector', {
  methods: {
    ReadNextTasks: query((call: Query, args: Args<'ReadNextTasks'>) =>
      cursorOf<TaskInfo>(call.self).readNext(args.maxCount)),
    ReadPreviousTasks: query((call: Query, args: Args<'ReadPreviousTasks'>) =>
      cursorOf<TaskInfo>(call.self).readPrevious(args.maxCount)),
  },
  virtual: {
    latestPage: (context, self) =>
      latestPageOf<TaskInfo>(context, self, wellKnownId('taskManager', context.node.kind)),
  },
})
