import type {
  Extension, TaskInfo, TaskInfoFilterSpec, TaskManagerMethods, TaskManagerViewByStartId,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { Call, Query, ReadContext } from '../services/call.js'
import { MAX_COLLECTORS, type HistorySource } from '../services/history/cursor.js'
import { createHistory, sessionOf } from '../services/history/history-object.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import { createTask, type TaskProps } from '../services/tasks.js'
import { taskDescription } from '../services/tasks/description.js'
import { taskSource } from '../services/tasks/history.js'
import { wellKnownRef } from '../services/well-known.js'
import type { Slot } from '../world/records.js'
import { defineManagedObject, query } from './define.js'

type Args<M extends keyof TaskManagerMethods> = TaskManagerMethods[M]['args']

function createCollector(call: Query, args: Args<'CreateCollectorWithInfoFilterForTasks'>): MoRef {
  // Hosts keep no history of tasks (operations.md 5).
  if (call.node.kind === 'esxi') throw fault('NotSupported')
  const filter = { ...args.filter, _typeName: 'TaskFilterSpec' }
  return createHistory(call, 'TaskHistoryCollector', filter, sourceFor(call, args))
}

/** Tasks from one on, oldest first: for clients that page without a collector. */
function readNext(call: Query, args: Args<'ReadNextTasksByViewSpec'>): TaskInfo[] {
  if (call.node.kind === 'esxi') throw fault('NotSupported')
  const view = args.viewSpec as TaskManagerViewByStartId
  if (view.count === undefined || view.count <= 0) throw invalidArgument('viewSpec.count')
  const start = Number(/^task-(\d+)$/.exec(view.startId)?.[1] ?? NaN)
  if (Number.isNaN(start)) throw invalidArgument('viewSpec.startId')
  const source = sourceFor(call, { filter: args.filterSpec, infoFilter: args.infoFilterSpec })
  const found: TaskInfo[] = []
  for (const { value } of source.forward(start)) {
    found.push(value)
    if (found.length >= view.count) break
  }
  return found
}

function sourceFor(
  call: Query,
  args: { filter: Args<'CreateCollectorForTasks'>['filter'], infoFilter?: TaskInfoFilterSpec | undefined },
): HistorySource<TaskInfo> {
  const source = taskSource(call.services, call.node, sessionOf(call), args.filter)
  const rule = args.infoFilter?.filterTaskResults
  if (rule === undefined) return source
  const keeps = (info: TaskInfo): boolean => {
    if (rule.removeAll === true) return false
    return (rule.descriptionIds ?? []).includes(info.descriptionId) === (rule.filterIn ?? true)
  }
  const shown = (info: TaskInfo): TaskInfo => {
    if (info.result === undefined || keeps(info)) return info
    const { result: _result, ...rest } = info
    return rest
  }
  return {
    last: source.last,
    * forward(after) {
      for (const { place, value } of source.forward(after)) yield { place, value: shown(value) }
    },
    * backward(from) {
      for (const { place, value } of source.backward(from)) yield { place, value: shown(value) }
    },
  }
}

/**
 * A task of an extension: the client carries it out and reports with Task.SetTaskState. The same
 * activationId gives the same task (operations.md 5 "Retry safety").
 * @throws InvalidArgument `taskType` when no extension has registered the type.
 */
function createClientTask(call: Call, args: Args<'CreateTask'>): TaskInfo {
  const again = args.activationId === undefined ? undefined : withActivation(call, args.activationId)
  if (again !== undefined) return again
  if (!taskTypes(call).includes(args.taskTypeId)) throw invalidArgument('taskType')
  const entity = call.tx.find(call.node.name, args.obj.value)
  if (entity === undefined) throw fault('ManagedObjectNotFound', { obj: args.obj })
  const slot = createTask(call.tx, call.services, call.node, {
    descriptionId: args.taskTypeId,
    entity,
    cancelable: args.cancelable,
    userName: args.initiatedBy ?? call.session?.principal.name ?? '',
    ...(args.activationId === undefined ? {} : { opId: args.activationId }),
    ...parents(call, args.parentTaskKey),
  })
  return call.tx.read<TaskProps>(slot)!.props.info
}

function parents(call: Call, key: string | undefined): { parentTaskKey?: string, rootTaskKey?: string } {
  if (key === undefined) return {}
  const parent = call.tx.get<TaskProps>(call.node.name, key)?.props.info
  if (parent === undefined) throw invalidArgument('parentTaskKey')
  return { parentTaskKey: key, rootTaskKey: parent.rootTaskKey ?? key }
}

function withActivation(call: Call, activationId: string): TaskInfo | undefined {
  return call.tx.ofType(call.node.name, 'Task')
    .map(slot => call.tx.read<TaskProps>(slot)!.props.info)
    .find(info => info.activationId === activationId)
}

function taskTypes(call: Call): string[] {
  const ref = wellKnownRef('extensionManager', call.node.kind)
  const list = ref === undefined ? undefined
    : call.tx.get<{ extensionList?: readonly Extension[] }>(call.node.name, ref.value)?.props.extensionList
  return (list ?? []).flatMap(extension => extension.taskList ?? []).map(type => type.taskID)
}

/** TaskManager.recentTask without the tasks of objects that the reader may not see. */
function recentTask(context: ReadContext, self: Slot): readonly MoRef[] {
  const { services: { authorization }, reader, node, session } = context
  const all = reader.read<{ recentTask?: readonly MoRef[] }>(self)?.props.recentTask ?? []
  if (session === undefined) return []
  if (authorization.seesAll(reader, session.principal, node.name)) return all
  return all.filter(ref => {
    const slot = reader.find(node.name, ref.value)
    return slot !== undefined && authorization.has(reader, session.principal, slot, 'System.View')
  })
}

/** TaskManager (operations.md 5). */
export const taskManager = defineManagedObject('TaskManager', {
  methods: {
    CreateCollectorForTasks: query(createCollector),
    CreateCollectorWithInfoFilterForTasks: query(createCollector),
    ReadNextTasksByViewSpec: query(readNext),
    CreateTask: createClientTask,
  },
  virtual: {
    recentTask,
    description: context => taskDescription(context.services.schema),
    maxCollector: () => MAX_COLLECTORS,
  },
})
