import type { Action, ManagedEntityStatus } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { eventArgument } from '../events/arguments.js'
import { eventSubject, postEvent } from '../events.js'
import { refOf } from '../refs.js'
import type { CompiledAlarm } from './compiled.js'
import { evaluate, isTriggered, severity } from './evaluate.js'
import { alarmState, cancelJobs, recall, remember, stateKey, type Memory } from './memory.js'
import { showState } from './triggered.js'

declare module '../../world/signals.js' {
  interface SignalMap {
    /**
     * Actions of an alarm are due: the status changed in a way that they are for, or they repeat.
     * Whoever carries them out posts AlarmActionTriggeredEvent and what came of it.
     */
    'alarm.action': {
      vcenter: string
      alarm: string
      entity: MoRef
      from: ManagedEntityStatus
      to: ManagedEntityStatus
      /** Key of the event that triggered, if it was one. */
      eventKey: number | undefined
      repeated: boolean
      actions: readonly Action[]
    }
  }
  interface JobMap {
    'alarm.look': { vcenter: string, alarm: string, entity: string }
    'alarm.repeat': { vcenter: string, alarm: string, entity: string, from: ManagedEntityStatus }
  }
}

/** What made somebody look at an alarm. */
export interface Occasion {
  /** Key of an event that matched. */
  readonly eventKey?: number
  /** The entity, the alarm or vCenter itself is new: nothing was known before. */
  readonly first?: boolean
}

/** The status of an alarm on an entity of which nothing is remembered. */
function restStatus(alarm: CompiledAlarm, first: boolean): ManagedEntityStatus {
  return alarm.eventOnly || first ? 'gray' : 'green'
}

/** Brings the status of an alarm on an entity in line with what its expression says now. */
export function look(tx: Transaction, alarm: CompiledAlarm, entity: Slot, occasion: Occasion = {}): void {
  const known = recall(tx, alarm, entity)
  const on = isOn(alarm, entity)
  if (!on && known === undefined) return
  const verdict = on ? evaluate(tx, alarm, entity, known) : { status: 'gray' as const, next: undefined, since: undefined }
  if (known === undefined && !isTriggered(verdict.status) && verdict.next === undefined
    && occasion.eventKey === undefined) return
  const { since: _since, ...rest } = known ?? { status: restStatus(alarm, occasion.first === true), at: tx.now() }
  const memory: Memory = verdict.since === undefined ? rest : { ...rest, since: verdict.since }
  const heldUntil = silencedUntil(tx, alarm, memory, verdict.status)
  const status = heldUntil === undefined ? verdict.status : memory.status
  const next = Math.min(verdict.next ?? Infinity, heldUntil ?? Infinity)
  const changed = status === memory.status ? memory : turn(tx, alarm, entity, memory, status, occasion)
  settle(tx, alarm, entity, schedule(tx, alarm, entity, changed, next))
}

/** False for an alarm that is switched off, everywhere or for this entity. */
export function isOn(alarm: CompiledAlarm, entity: Slot): boolean {
  return alarm.info.enabled && alarm.disabled[entity.address.id] !== true
}

/**
 * Triggers that follow a reported one within the reporting frequency are silent (API reference,
 * AlarmSetting); one that is worse than what was reported is not held back, which is our choice.
 */
function silencedUntil(
  tx: Transaction, alarm: CompiledAlarm, { status, reported }: Memory, to: ManagedEntityStatus,
): number | undefined {
  if (reported === undefined || severity(to) <= severity(status) || !isTriggered(to)) return undefined
  if (severity(to) > severity(reported.status)) return undefined
  const until = reported.at + frequencyMs(alarm)
  return tx.now() < until ? until : undefined
}

/** The reporting frequency of an alarm in milliseconds. */
export function frequencyMs(alarm: CompiledAlarm): number {
  return (alarm.info.setting?.reportingFrequency ?? 0) * 1000
}

/** The status changes: states above, AlarmStatusChangedEvent, actions. */
function turn(
  tx: Transaction, alarm: CompiledAlarm, entity: Slot, before: Memory, to: ManagedEntityStatus,
  { eventKey }: Occasion,
): Memory {
  const { acknowledged: _ack, eventKey: _event, repeat, ...kept } = before
  if (repeat !== undefined) tx.cancel(repeat)
  let memory: Memory = {
    ...kept, status: to, at: tx.now(), ...(eventKey === undefined ? {} : { eventKey }),
    ...(isTriggered(to) ? { reported: { status: to, at: tx.now() } } : {}),
  }
  const shown = isTriggered(to) ? alarmState(alarm, entity, to, memory) : undefined
  showState(tx, entity, stateKey(alarm.id, entity), shown)
  tellChange(tx, alarm, entity, before.status, to)
  const job = act(tx, alarm, entity, before.status, to, eventKey)
  if (job !== undefined) memory = { ...memory, repeat: job }
  return memory
}

function tellChange(
  tx: Transaction, alarm: CompiledAlarm, entity: Slot, from: ManagedEntityStatus, to: ManagedEntityStatus,
): void {
  postEvent(tx, entity.address.node, {
    ...eventSubject(entity), type: 'AlarmStatusChangedEvent',
    fields: { ...alarmArguments(tx, alarm, entity), from, to },
    words: { from: capital(from), to: capital(to) },
  })
}

/**
 * The arguments of an event about an alarm on an entity: `source` is where the alarm is defined.
 * The API reference has the two the other way round than the product's message and its clients.
 */
export function alarmArguments(tx: Transaction, alarm: CompiledAlarm, entity: Slot): Record<string, unknown> {
  const owner = tx.find(entity.address.node, alarm.info.entity.value)
  return {
    alarm: { name: alarm.info.name, alarm: alarm.ref },
    source: eventArgument(tx, owner ?? entity, 'ManagedEntityEventArgument'),
    entity: eventArgument(tx, entity, 'ManagedEntityEventArgument'),
  }
}

/** A status as messages write it. */
export function capital(status: string): string {
  return status.charAt(0).toUpperCase() + status.slice(1)
}

/** Says which actions a change is for; gives the job that repeats them, if some repeat. */
function act(
  tx: Transaction, alarm: CompiledAlarm, entity: Slot, from: ManagedEntityStatus, to: ManagedEntityStatus,
  eventKey: number | undefined,
): number | undefined {
  const actions = actionsFor(alarm, from, to)
  if (actions.length === 0) return undefined
  sayActions(tx, alarm, entity, { from, to, eventKey, repeated: false, actions })
  return repeatLater(tx, alarm, entity, from, to)
}

interface Due {
  readonly from: ManagedEntityStatus
  readonly to: ManagedEntityStatus
  readonly eventKey: number | undefined
  readonly repeated: boolean
  readonly actions: readonly Action[]
}

/** Nothing is said while actions are switched off on the entity. */
export function sayActions(tx: Transaction, alarm: CompiledAlarm, entity: Slot, due: Due): void {
  if (due.actions.length === 0) return
  if (tx.read<{ alarmActionsEnabled?: boolean }>(entity)?.props.alarmActionsEnabled === false) return
  tx.emit('alarm.action', { vcenter: entity.address.node, alarm: alarm.id, entity: refOf(entity), ...due })
}

/** Puts the next repetition on the agenda, if some action of the change repeats. */
export function repeatLater(
  tx: Transaction, alarm: CompiledAlarm, entity: Slot, from: ManagedEntityStatus, to: ManagedEntityStatus,
): number | undefined {
  const seconds = alarm.info.actionFrequency ?? 0
  if (seconds <= 0 || actionsFor(alarm, from, to, true).length === 0) return undefined
  return tx.after(seconds * 1000, 'alarm.repeat', {
    vcenter: entity.address.node, alarm: alarm.id, entity: entity.address.id, from,
  })
}

/**
 * The actions for a change of status. An alarm that was gray counts as one that was green: default
 * alarms act on their first trigger. The four flags are of clients older than API 4.0.
 */
export function actionsFor(
  alarm: CompiledAlarm, from: ManagedEntityStatus, to: ManagedEntityStatus, repeating = false,
): Action[] {
  const start = from === 'gray' ? 'green' : from
  const end = to === 'gray' ? 'green' : to
  return alarm.actions.filter(each => {
    const specs = each.transitionSpecs ?? []
    if (specs.length > 0) {
      return specs.some(spec => spec.startState === start && spec.finalState === end && (!repeating || spec.repeats))
    }
    const flag = `${start}2${end}` as 'green2yellow' | 'yellow2red' | 'red2yellow' | 'yellow2green'
    return !repeating && each[flag]
  }).map(each => each.action)
}

/** Sees to it that the alarm is looked at at an instant, and at no other. */
function schedule(tx: Transaction, alarm: CompiledAlarm, entity: Slot, memory: Memory, next: number): Memory {
  if (memory.job?.due === next) return memory
  const { job, ...rest } = memory
  if (job !== undefined) tx.cancel(job.sequence)
  if (next === Infinity) return rest
  const due = Math.max(next, tx.now())
  const sequence = tx.after(due - tx.now(), 'alarm.look', {
    vcenter: entity.address.node, alarm: alarm.id, entity: entity.address.id,
  })
  return { ...rest, job: { sequence, due } }
}

/** Keeps what is worth keeping: an alarm at rest that reported nothing lately is forgotten. */
export function settle(tx: Transaction, alarm: CompiledAlarm, entity: Slot, memory: Memory): void {
  const { status, events = {}, since, reported, job } = memory
  const isSilent = reported === undefined || tx.now() >= reported.at + frequencyMs(alarm)
  const atRest = !isTriggered(status) && since === undefined && job === undefined && isSilent
    && Object.keys(events).length === 0
  if (atRest) cancelJobs(tx, memory)
  remember(tx, alarm.id, entity, atRest ? undefined : memory)
}
