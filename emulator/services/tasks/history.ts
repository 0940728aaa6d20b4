import type { TaskFilterSpec, TaskInfo } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { fromDateTime } from '../../world/clock.js'
import type { Reader } from '../../world/records.js'
import type { Services } from '../call.js'
import { byUser } from '../events/filter.js'
import type { HistorySource, Placed } from '../history/cursor.js'
import { inScope, mayRead } from '../history/scope.js'
import type { NodeInfo } from '../nodes.js'
import type { Session } from '../sessions.js'
import type { TaskProps } from '../tasks.js'
import { wellKnownId } from '../well-known.js'
import { taskLog } from './lists.js'

type Test = (info: TaskInfo, reader: Reader) => boolean

/** The tasks of a vCenter, finished or not, that pass a filter and that a session may see. */
export function taskSource(
  services: Services,
  node: NodeInfo,
  session: Session,
  filter: TaskFilterSpec,
): HistorySource<TaskInfo> {
  const reader = services.world
  const tests = taskTests(node.name, filter)
  const rootId = wellKnownId('rootFolder', node.kind)
  const passes = (info: TaskInfo): boolean => tests.every(test => test(info, reader))
    && mayRead(services, reader, session, aboutOf(info), rootId)
  const matching = (): Placed<TaskInfo>[] => allTasks(services, node)
  return {
    last: () => matching().at(-1)?.place ?? 0,
    forward: after => only(matching().filter(item => item.place > after), passes),
    backward: from => only(matching().filter(item => item.place <= from).reverse(), passes),
  }
}

/** Every task that a vCenter remembers, in order of creation. */
function allTasks(services: Services, node: NodeInfo): Placed<TaskInfo>[] {
  const { world } = services
  const known = new Map<number, TaskInfo>()
  for (const { value } of world.log(taskLog(world, node.name)).since(1)) {
    const info = value as TaskInfo
    known.set(placeOf(info.key), info)
  }
  for (const slot of world.ofType(node.name, 'Task')) {
    const { info } = world.read<TaskProps>(slot)!.props
    known.set(placeOf(info.key), info)
  }
  return [...known].map(([place, value]) => ({ place, value })).sort((a, b) => a.place - b.place)
}

/** Keys end with the number of the task on its node. */
function placeOf(key: string): number {
  return Number(key.slice(key.lastIndexOf('-') + 1))
}

function* only(
  items: readonly Placed<TaskInfo>[],
  passes: (info: TaskInfo) => boolean,
): Generator<Placed<TaskInfo>> {
  for (const item of items) {
    if (passes(item.value)) yield item
  }
}

function aboutOf(info: TaskInfo): MoRef[] {
  return info.entity === undefined ? [] : [info.entity]
}

function taskTests(node: string, filter: TaskFilterSpec): Test[] {
  const { entity, userName, alarm, scheduledTask } = filter
  const tests: Test[] = [...timeTests(filter)]
  if (entity !== undefined) {
    tests.push((info, reader) => inScope(
      reader, node, aboutOf(info), aboutOf(info), entity.entity, entity.recursion))
  }
  if (userName !== undefined) {
    tests.push(info => byUser(reasonField(info, 'userName') ?? '', userName))
  }
  if (alarm !== undefined) tests.push(info => refField(info, 'alarm') === alarm.value)
  if (scheduledTask !== undefined) {
    tests.push(info => refField(info, 'scheduledTask') === scheduledTask.value)
  }
  const oneOf = <T>(
    wanted: readonly T[] | undefined,
    of: (info: TaskInfo) => T | undefined,
  ): void => {
    if (wanted === undefined || wanted.length === 0) return
    tests.push(info => {
      const value = of(info)
      return value !== undefined && wanted.includes(value)
    })
  }
  oneOf(filter.state, info => info.state)
  oneOf(filter.eventChainId, info => info.eventChainId)
  oneOf(filter.activationId, info => info.activationId)
  oneOf(filter.tag, info => info.changeTag)
  oneOf(filter.parentTaskKey, info => info.parentTaskKey)
  oneOf(filter.rootTaskKey, info => info.rootTaskKey)
  return tests
}

function timeTests(filter: TaskFilterSpec): Test[] {
  const { time } = filter
  if (time === undefined) return []
  const property = {
    queuedTime: 'queueTime', startedTime: 'startTime', completedTime: 'completeTime',
  } as const
  const from = time.beginTime === undefined ? -Infinity : fromDateTime(time.beginTime)
  const to = time.endTime === undefined ? Infinity : fromDateTime(time.endTime)
  return [info => {
    const at = info[property[time.timeType]]
    return at !== undefined && fromDateTime(at) >= from && fromDateTime(at) <= to
  }]
}

function reasonField(info: TaskInfo, field: string): string | undefined {
  return (info.reason as unknown as Record<string, string | undefined>)[field]
}

function refField(info: TaskInfo, field: string): string | undefined {
  return (info.reason as unknown as Record<string, MoRef | undefined>)[field]?.value
}
