import type { AlarmFilterSpec, AlarmState } from '../../schema/generated/types.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { eventSubject, postEvent } from '../events.js'
import { ROOT, type AlarmSet } from './alarm-index.js'
import type { CompiledAlarm } from './compiled.js'
import { isTriggered } from './evaluate.js'
import { alarmState, cancelJobs, recall, remember, remembered, stateKey, type Memory } from './memory.js'
import { alarmArguments, capital, frequencyMs, look } from './status.js'
import { showState, triggeredOn } from './triggered.js'

/** The shortest time for which a condition that goes on is left alone after a person cleared it. */
const CLEARED_MS = 1000

/**
 * A person takes notice of a triggered alarm: its actions stop (operations.md 6.1). Nothing happens
 * when it is not triggered on the entity, or acknowledged already.
 */
export function acknowledge(tx: Transaction, alarm: CompiledAlarm, entity: Slot, userName: string): void {
  const memory = recall(tx, alarm, entity)
  if (memory === undefined || !isTriggered(memory.status) || memory.acknowledged !== undefined) return
  const { repeat, ...rest } = memory
  if (repeat !== undefined) tx.cancel(repeat)
  const after: Memory = { ...rest, acknowledged: { by: userName, at: tx.now() } }
  remember(tx, alarm.id, entity, after)
  showState(tx, entity, stateKey(alarm.id, entity), alarmState(alarm, entity, after.status, after))
  postEvent(tx, entity.address.node, {
    ...eventSubject(entity), type: 'AlarmAcknowledgedEvent', userName, fields: alarmArguments(tx, alarm, entity),
  })
}

/** Resets the triggered alarms of a vCenter that a filter means (operations.md 6.1). */
export function clearTriggered(
  tx: Transaction, set: AlarmSet, node: string, filter: AlarmFilterSpec, userName: string,
): void {
  const root = tx.find(node, ROOT)
  for (const state of root === undefined ? [] : triggeredOn(tx, root)) {
    const alarm = set.byId.get(state.alarm.value)
    const entity = tx.find(node, state.entity.value)
    if (alarm !== undefined && entity !== undefined && isMeant(filter, alarm, state)) clear(tx, alarm, entity, userName)
  }
}

const entityTypes: Readonly<Record<string, string>> = { entityTypeHost: 'HostSystem', entityTypeVm: 'VirtualMachine' }

function isMeant({ status = [], typeEntity, typeTrigger }: AlarmFilterSpec, alarm: CompiledAlarm, state: AlarmState): boolean {
  const wanted = entityTypes[typeEntity ?? '']
  return (status.length === 0 || status.includes(state.overallStatus))
    && (wanted === undefined || state.entity.type === wanted)
    && (typeTrigger !== 'triggerTypeEvent' || alarm.eventOnly)
    && (typeTrigger !== 'triggerTypeMetric' || !alarm.eventOnly)
}

/** Back to green; a condition that is still true triggers again after the reporting frequency. */
function clear(tx: Transaction, alarm: CompiledAlarm, entity: Slot, userName: string): void {
  const memory = recall(tx, alarm, entity)
  if (memory === undefined) return
  cancelJobs(tx, memory)
  const silent = Math.max(CLEARED_MS - frequencyMs(alarm), 0)
  remember(tx, alarm.id, entity, {
    status: 'green', at: tx.now(), events: alarm.eventOnly ? greenNow : noEvents,
    reported: { status: memory.status, at: tx.now() + silent },
  })
  showState(tx, entity, stateKey(alarm.id, entity), undefined)
  postEvent(tx, entity.address.node, {
    ...eventSubject(entity), type: 'AlarmClearedEvent', userName,
    fields: { ...alarmArguments(tx, alarm, entity), from: memory.status },
    words: { from: capital(memory.status) },
  })
  look(tx, alarm, entity)
}

const greenNow: NonNullable<Memory['events']> = Object.freeze({ 0: 'green' })
const noEvents: NonNullable<Memory['events']> = Object.freeze({})

/** Takes every trace of an alarm off the entities of a vCenter, without a word. */
export function dropStates(tx: Transaction, node: string, alarmId: string): void {
  for (const [entity, memories] of remembered(tx, node)) {
    const memory = memories[alarmId]
    if (memory !== undefined) dropState(tx, alarmId, entity, memory)
  }
}

/** Takes every trace of an alarm off one entity. */
export function dropState(tx: Transaction, alarmId: string, entity: Slot, memory: Memory): void {
  cancelJobs(tx, memory)
  remember(tx, alarmId, entity, undefined)
  if (isTriggered(memory.status)) showState(tx, entity, stateKey(alarmId, entity), undefined)
}
