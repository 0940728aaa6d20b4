import type { TaskInfo } from '../../schema/generated/types.js'
import { bareName } from '../../physics/truth.js'
import { fromDateTime } from '../../world/clock.js'
import { nameMatcher } from '../../world/glob.js'
import type { TaskExpectation } from '../format-expect.js'
import { countVerdict, nodeOf, type Judge, type Sight } from './model.js'

/** How many tasks there were, and how they ended: those of the history, and those under way. */
export function taskJudge(expectation: TaskExpectation, sight: Sight): Judge {
  const { world } = sight.lab
  const node = nodeOf(expectation, sight)
  const log = `tasks/${node}`
  const finished: TaskInfo[] = []
  let position = sight.logsAt.get(log) ?? 0
  const fits = taskMatcher(expectation, sight.since)
  return {
    look: () => {
      for (const item of world.logs().find(each => each.name === log)?.since(position + 1) ?? []) {
        position = item.position
        finished.push(item.value as TaskInfo)
      }
      const open = world.ofType(node, 'Task')
        .map(slot => world.read<{ info: TaskInfo }>(slot)!.props.info)
        .filter(info => info.state === 'queued' || info.state === 'running')
      const found = [...finished, ...open].filter(info => named(expectation, info))
      const verdict = countVerdict(expectation.count, found.filter(fits).length, 'task')
      const states = found.filter(info => fromDateTime(info.queueTime) >= sight.since).map(shownTask)
      return { ...verdict, actual: verdict.actual + (states.length === 0 ? '' : ` (${states.slice(0, 3).join('; ')})`) }
    },
    concerns: entry => entry.appended.some(item => item.log === log)
      || entry.changes.some(({ slot }) => slot.address.node === node && slot.address.type === 'Task'),
  }
}

function named(expectation: TaskExpectation, info: TaskInfo): boolean {
  return info.name === expectation.task || info.descriptionId === expectation.task
}

function taskMatcher(expectation: TaskExpectation, since: number): (info: TaskInfo) => boolean {
  const { entity, state, error, user } = expectation
  const entityFits = entity === undefined ? undefined : nameMatcher(bareName(entity))
  return info => fromDateTime(info.queueTime) >= since
    && (entityFits === undefined || entityFits(info.entityName ?? '') || entityFits((info.entityName ?? '').split('.')[0]!))
    && (state === undefined || info.state === state)
    && (error === undefined || errorOf(info) === error)
    && (user === undefined || (info.reason as { userName?: string }).userName === user)
}

function errorOf(info: TaskInfo): string | undefined {
  return (info.error?.fault as { _typeName?: string } | undefined)?._typeName
}

function shownTask(info: TaskInfo): string {
  const error = errorOf(info)
  return `${info.entityName ?? 'none'}: ${info.state}${error === undefined ? '' : ` ${error}`}`
}
