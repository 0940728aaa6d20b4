import type { EventAlarmExpressionComparison } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { objectsOf } from '../events/filter.js'
import type { StoredEvent } from '../events.js'
import { ROOT, type AlarmSet } from './alarm-index.js'
import type { CompiledAlarm, EventLeaf, Part } from './compiled.js'
import { recall, remember, type Memory } from './memory.js'
import { actionsFor, frequencyMs, isOn, look, sayActions, settle } from './status.js'
import { ancestors } from './tree.js'

type Values = Readonly<Record<string, unknown>>

/** Lets the alarms that wait for an event of this kind have it. */
export function matchEvent(tx: Transaction, set: AlarmSet, node: string, event: StoredEvent): void {
  const id = (event as { eventTypeId?: string }).eventTypeId
  const byType = set.byEvent.get(event._typeName)
  const byId = id === undefined || id === event._typeName ? undefined : set.byEvent.get(id)
  if (byType === undefined && byId === undefined) return
  for (const { alarm, leaf } of [...byType ?? [], ...byId ?? []]) {
    const entity = entityOf(tx, node, event, alarm, leaf)
    if (entity === undefined || !isOn(alarm, entity) || !compares(event, leaf.comparisons)) continue
    take(tx, alarm, leaf, entity, event)
  }
}

function take(tx: Transaction, alarm: CompiledAlarm, leaf: EventLeaf, entity: Slot, event: StoredEvent): void {
  const memory = recall(tx, alarm, entity)
  if (leaf.status === undefined) {
    fire(tx, alarm, entity, memory, event)
    return
  }
  const kept = leaf.status === 'green' || !isInAnd(alarm.tree, leaf) ? {} : memory?.events
  const events = { ...kept, [leaf.index]: leaf.status }
  const base: Memory = memory ?? { status: alarm.eventOnly ? 'gray' : 'green', at: tx.now() }
  remember(tx, alarm.id, entity, { ...base, events })
  look(tx, alarm, entity, { eventKey: event.key })
}

/**
 * An event that changes no status is for all actions of the alarm (API reference,
 * EventAlarmExpression.status), at most once in the reporting frequency.
 */
function fire(tx: Transaction, alarm: CompiledAlarm, entity: Slot, known: Memory | undefined, event: StoredEvent): void {
  const memory: Memory = known ?? { status: 'gray', at: tx.now() }
  const { status, reported } = memory
  if (alarm.actions.length === 0) return
  if (reported !== undefined && tx.now() < reported.at + frequencyMs(alarm)) return
  sayActions(tx, alarm, entity, {
    from: status, to: status, eventKey: event.key, repeated: false, actions: alarm.actions.map(each => each.action),
  })
  settle(tx, alarm, entity, { ...memory, reported: { status, at: tx.now() } })
}

/** True if the expression must be true together with others. */
function isInAnd(part: Part, leaf: EventLeaf): boolean {
  if (part.kind !== 'and' && part.kind !== 'or') return false
  return part.parts.some(each => each === leaf ? part.kind === 'and' : isInAnd(each, leaf))
}

/**
 * The entity on which an event counts for an alarm: the object of the right type that the event
 * names, if the alarm is defined there or above; without a type the alarm's own entity only.
 */
function entityOf(
  tx: Transaction, node: string, event: StoredEvent, alarm: CompiledAlarm, leaf: EventLeaf,
): Slot | undefined {
  const named = namedIn(event)
  const owner = alarm.info.entity
  const { types } = leaf
  if (types === undefined) {
    const isAbout = named.length === 0 ? owner.value === ROOT : named.some(ref => ref.value === owner.value)
    return isAbout ? tx.find(node, owner.value) : undefined
  }
  const ref = named.find(each => types.has(each.type))
  const entity = ref === undefined ? undefined : tx.find(node, ref.value)
  return entity !== undefined && isBelow(tx, entity, owner.value) ? entity : undefined
}

/** True for an entity itself and for what lies below it. */
export function isBelow(reader: Reader, entity: Slot, owner: string): boolean {
  return owner === ROOT || entity.address.id === owner
    || ancestors(reader, entity).some(slot => slot.address.id === owner)
}

const common = ['vm', 'host', 'computeResource', 'ds', 'net', 'dvs', 'datacenter']
/** Properties of events about alarms that name where the alarm lies, not what happened to whom. */
const notSubject = new Set(['alarm', 'source', ...common])

/** Objects that an event names: its own, then those of its common arguments, then any other. */
function namedIn(event: StoredEvent): MoRef[] {
  const values = event as unknown as Values
  const found = objectsOf(event)
  for (const key of common) found.push(...refsIn(values[key]))
  for (const key in values) if (!notSubject.has(key)) found.push(...refsIn(values[key]))
  return found
}

function refsIn(argument: unknown): MoRef[] {
  if (typeof argument !== 'object' || argument === null || !('name' in argument)) return []
  return Object.values(argument).filter(isRef)
}

function isRef(value: unknown): value is MoRef {
  const ref = value as Partial<MoRef> | undefined | null
  return typeof ref === 'object' && ref !== null && typeof ref.type === 'string' && typeof ref.value === 'string'
}

function compares(event: StoredEvent, comparisons: readonly EventAlarmExpressionComparison[]): boolean {
  return comparisons.every(({ attributeName, operator, value }) =>
    operators[operator]!(attribute(event as unknown as Values, attributeName), value))
}

const operators: Readonly<Record<string, (found: string, wanted: string) => boolean>> = {
  equals: (found, wanted) => found === wanted,
  notEqualTo: (found, wanted) => found !== wanted,
  startsWith: (found, wanted) => found.startsWith(wanted),
  doesNotStartWith: (found, wanted) => !found.startsWith(wanted),
  endsWith: (found, wanted) => found.endsWith(wanted),
  doesNotEndWith: (found, wanted) => !found.endsWith(wanted),
}

/** Names of the operators of a comparison. */
export const comparisonOperators: ReadonlySet<string> = new Set(Object.keys(operators))

/** A property of an event by its path, or the argument of an EventEx by its key; empty when unset. */
function attribute(event: Values, path: string): string {
  let value: unknown = event
  for (const step of path.split('.')) value = (value as Values | undefined)?.[step]
  const list = (event['arguments'] ?? event['data']) as { key: string, value: unknown }[] | undefined
  value ??= list?.find(argument => argument.key === path)?.value
  if (typeof value === 'object' && value !== null && '_value' in value) value = value._value
  return value === undefined || value === null ? '' : String(value)
}

/** Repeats the actions of an alarm that is still as it was; false when they are not due any more. */
export function repeatActions(
  tx: Transaction, alarm: CompiledAlarm, entity: Slot, from: Memory['status'],
): boolean {
  const memory = recall(tx, alarm, entity)
  if (memory === undefined || memory.acknowledged !== undefined) return false
  sayActions(tx, alarm, entity, {
    from, to: memory.status, eventKey: memory.eventKey, repeated: true,
    actions: actionsFor(alarm, from, memory.status, true),
  })
  return true
}
