import type { AlarmState, ManagedEntityStatus } from '../../schema/generated/types.js'
import { emptyList } from '../../physics/frozen.js'
import type { Reader, Slot } from '../../world/records.js'
import type { VirtualProperty } from '../call.js'
import { alarmIndex, ROOT, type AlarmIndex, type AlarmSet } from './alarm-index.js'
import type { CompiledAlarm } from './compiled.js'
import { evaluate } from './evaluate.js'
import { alarmState, recallAll, type Memory } from './memory.js'
import { isOn } from './status.js'
import { ancestors, typesBelow } from './tree.js'

/**
 * `ManagedEntity.declaredAlarmState`: the states of all alarms that apply to an entity, those that
 * came down from above included. Computed when it is read: thousands of entities have dozens each.
 * Silent: the product, too, sends no updates for the status in it (API reference, AlarmState).
 */
export const declaredAlarmState: VirtualProperty = Object.assign(
  (({ services, reader }, self) => declaredOn(reader, alarmIndex(services.world, services.schema), self)) as VirtualProperty,
  { silent: true },
)

/** The states of the alarms that apply to an entity; none on a host, which has no alarms. */
export function declaredOn(reader: Reader, index: AlarmIndex, entity: Slot): readonly AlarmState[] {
  const set = index.of(reader, entity.address.node)
  if (set === undefined) return emptyList
  const owners = set.scoped.size === 0 ? none
    : new Set([entity, ...ancestors(reader, entity)].map(slot => slot.address.id))
  const memories = recallAll(reader, entity)
  const states: AlarmState[] = []
  for (const alarm of fitting(set, entity.address.type)) {
    const owner = alarm.info.entity.value
    if (owner !== ROOT && !owners.has(owner)) continue
    const isTarget = alarm.types.has(entity.address.type) || (alarm.onItself && owner === entity.address.id)
    if (!isTarget && !reachesBelow(alarm, entity.address.type)) continue
    const memory = memories[alarm.id]
    states.push(alarmState(alarm, entity, statusOf(reader, alarm, entity, memory, isTarget), memory))
  }
  return states
}

const none: ReadonlySet<string> = new Set()
const byType = new WeakMap<AlarmSet, Map<string, readonly CompiledAlarm[]>>()

/** Alarms that can trigger on entities of a type, on those below them, or on their own entity only. */
function fitting(set: AlarmSet, type: string): readonly CompiledAlarm[] {
  let types = byType.get(set)
  if (types === undefined) byType.set(set, types = new Map())
  let alarms = types.get(type)
  if (alarms === undefined) {
    alarms = set.all.filter(alarm => alarm.types.has(type) || alarm.onItself || reachesBelow(alarm, type))
    types.set(type, alarms)
  }
  return alarms
}

function reachesBelow(alarm: CompiledAlarm, type: string): boolean {
  if (!(type in typesBelow)) return false
  const below = typesBelow[type]
  return below === undefined ? alarm.types.size > 0 : below.some(each => alarm.types.has(each))
}

/** Gray where nothing was ever known: no event yet, no value, not an entity that it can trigger on. */
function statusOf(
  reader: Reader, alarm: CompiledAlarm, entity: Slot, memory: Memory | undefined, isTarget: boolean,
): ManagedEntityStatus {
  if (memory !== undefined) return memory.status
  if (!isTarget || alarm.eventOnly || !isOn(alarm, entity)) return 'gray'
  return evaluate(reader, alarm, entity, undefined).status === 'gray' ? 'gray' : 'green'
}
