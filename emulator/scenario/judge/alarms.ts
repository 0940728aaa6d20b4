import type { AlarmState } from '../../schema/generated/types.js'
import type { Slot } from '../../world/records.js'
import type { AlarmExpectation } from '../format-expect.js'
import { findObjects, nameOf } from '../objects.js'
import { changesOn, nodeOf, type Judge, type Sight, type Verdict } from './model.js'

/** The state of an alarm on an entity, or anywhere. */
export function alarmJudge(expectation: AlarmExpectation, sight: Sight): Judge {
  const node = nodeOf(expectation, sight)
  return { look: () => look(expectation, sight, node), concerns: entry => changesOn(entry, node) }
}

function look(expectation: AlarmExpectation, { lab }: Sight, node: string): Verdict {
  const { world } = lab
  const ids = new Set(world.ofType(node, 'Alarm').filter(slot => isNamed(slot, expectation.alarm)).map(slot => slot.address.id))
  if (ids.size === 0) return { holds: false, actual: `no alarm ${expectation.alarm} on ${node}` }
  const states = (slot: Slot): AlarmState[] => (['declaredAlarmState', 'triggeredAlarmState'] as const)
    .flatMap(name => lab.read(slot, name) as readonly AlarmState[] | undefined ?? [])
    .filter(state => ids.has(state.alarm.value))
  if (expectation.entity === undefined) return anywhere(expectation, lab.world.ofType(node, 'Folder').flatMap(states))
  const entities = findObjects(world, node, expectation.entity)
  if (entities.length === 0) return { holds: false, actual: `no object ${expectation.entity} on ${node}` }
  const verdicts = entities.map(slot => {
    const state = states(slot).find(each => each.entity.value === slot.address.id)
    return { holds: fits(expectation, state), actual: `${nameOf(slot)}: ${shownState(state)}` }
  })
  return {
    holds: verdicts.every(verdict => verdict.holds),
    actual: verdicts.slice(0, 3).map(verdict => verdict.actual).join('; '),
  }
}

/** Folders list what was triggered below them: green anywhere means that nothing is listed. */
function anywhere(expectation: AlarmExpectation, states: readonly AlarmState[]): Verdict {
  const triggered = states.filter(state => state.overallStatus === 'red' || state.overallStatus === 'yellow')
  const holds = expectation.status === 'green'
    ? triggered.length === 0 : triggered.some(state => fits(expectation, state))
  const shown = triggered.slice(0, 3).map(state => `${state.entity.value}: ${shownState(state)}`)
  return { holds, actual: shown.length === 0 ? 'nowhere triggered' : shown.join('; ') }
}

function fits({ status, acknowledged }: AlarmExpectation, state: AlarmState | undefined): boolean {
  return (state?.overallStatus ?? 'green') === status
    && (acknowledged === undefined || (state?.acknowledged ?? false) === acknowledged)
}

function shownState(state: AlarmState | undefined): string {
  return state === undefined ? 'not triggered' : `${state.overallStatus}${state.acknowledged === true ? ', acknowledged' : ''}`
}

function isNamed(slot: Slot, name: string): boolean {
  const info = (slot.record?.props as { info?: { name?: string, systemName?: string } } | undefined)?.info
  return info?.name === name || info?.systemName === name || slot.address.id === name
}
