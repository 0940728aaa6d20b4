import type {
  AlarmExpression, AlarmInfo, AlarmTriggeringAction, AndAlarmExpression, EventAlarmExpression,
  GroupAlarmAction, ManagedEntityStatus, MetricAlarmExpression, StateAlarmExpression,
} from '../../schema/generated/types.js'
import type { MoRef, Schema } from '../../schema/model.js'
import type { Slot, StoredRecord } from '../../world/records.js'
import type { World } from '../../world/world.js'
import { metricSources, type MetricSource } from './metrics.js'

/** What of an alarm no client sees. */
export interface AlarmInner {
  /** Ids of the entities for which DisableAlarm was called. */
  readonly disabled?: Readonly<Record<string, true>>
}

export interface EventLeaf {
  readonly kind: 'event'
  readonly index: number
  /** Names of event types, or one id of EventEx or ExtendedEvent. */
  readonly keys: readonly string[]
  /** Exact types of the entity; undefined: only the entity of the alarm itself. */
  readonly types: ReadonlySet<string> | undefined
  /** Undefined: the status stays and every action is done. */
  readonly status: ManagedEntityStatus | undefined
  readonly comparisons: NonNullable<EventAlarmExpression['comparisons']>
}

export interface StateLeaf {
  readonly kind: 'state'
  readonly index: number
  readonly types: ReadonlySet<string>
  readonly path: readonly string[]
  readonly unequal: boolean
  readonly yellow: string | undefined
  readonly red: string | undefined
}

export interface MetricLeaf {
  readonly kind: 'metric'
  readonly index: number
  readonly types: ReadonlySet<string>
  readonly sources: readonly MetricSource[]
  readonly counterId: number
  readonly instance: string
  readonly below: boolean
  /** Worse level first. */
  readonly levels: ReadonlyArray<{ readonly status: 'yellow' | 'red', readonly at: number, readonly holdMs: number }>
}

export type Leaf = EventLeaf | StateLeaf | MetricLeaf

export interface Branch {
  readonly kind: 'and' | 'or'
  readonly parts: readonly Part[]
}

export type Part = Leaf | Branch

/** An alarm, ready to be evaluated. */
export interface CompiledAlarm {
  readonly id: string
  readonly ref: MoRef
  readonly info: AlarmInfo
  readonly tree: Part
  readonly leaves: readonly Leaf[]
  readonly eventOnly: boolean
  /** Exact types of the entities on which it can trigger, below its own entity or there. */
  readonly types: ReadonlySet<string>
  /** Some event triggers it on its own entity, whatever the type. */
  readonly onItself: boolean
  readonly actions: readonly AlarmTriggeringAction[]
  readonly disabled: NonNullable<AlarmInner['disabled']>
}

/** Types to which event alarms come down (API reference, EventAlarmExpression.objectType). */
const propagated = new Set([
  'Datacenter', 'ClusterComputeResource', 'ComputeResource', 'HostSystem', 'ResourcePool', 'VirtualMachine',
  'Datastore', 'StoragePod', 'Network', 'DistributedVirtualSwitch',
])

/** A type name as clients write it: with or without the name of its package. */
export function plainType(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

const done = new WeakMap<StoredRecord, CompiledAlarm>()

/** Compiles the alarm of a record, once for each record. */
export function compileAlarm(world: World, schema: Schema, slot: Slot, record: StoredRecord): CompiledAlarm {
  let alarm = done.get(record)
  if (alarm === undefined) {
    const { info } = record.props as unknown as { info: AlarmInfo }
    alarm = compile(world, schema, slot, info, (record.inner as AlarmInner).disabled ?? {})
    done.set(record, alarm)
  }
  return alarm
}

function compile(
  world: World, schema: Schema, slot: Slot, info: AlarmInfo, disabled: CompiledAlarm['disabled'],
): CompiledAlarm {
  const leaves: Leaf[] = []
  const tree = partOf(world, schema, info.expression, leaves)
  const types = new Set(leaves.flatMap(leaf => [...leaf.types ?? []]))
  return {
    id: slot.address.id, ref: Object.freeze({ type: 'Alarm', value: slot.address.id }), info, tree, leaves, types,
    eventOnly: leaves.every(leaf => leaf.kind === 'event'),
    onItself: leaves.some(leaf => leaf.types === undefined),
    actions: triggering(info.action), disabled,
  }
}

function partOf(world: World, schema: Schema, expression: AlarmExpression, leaves: Leaf[]): Part {
  const { _typeName: type } = expression as { _typeName?: string }
  if (type === 'AndAlarmExpression' || type === 'OrAlarmExpression') {
    const parts = (expression as AndAlarmExpression).expression.map(part => partOf(world, schema, part, leaves))
    return { kind: type === 'AndAlarmExpression' ? 'and' : 'or', parts }
  }
  const index = leaves.length
  const leaf = type === 'EventAlarmExpression' ? eventLeaf(schema, expression as EventAlarmExpression, index)
    : type === 'StateAlarmExpression' ? stateLeaf(schema, expression as StateAlarmExpression, index)
      : metricLeaf(world, schema, expression as MetricAlarmExpression, index)
  leaves.push(leaf)
  return leaf
}

function eventLeaf(schema: Schema, expression: EventAlarmExpression, index: number): EventLeaf {
  const { objectType, status, comparisons = [] } = expression
  const type = objectType === undefined ? '' : plainType(objectType)
  return {
    kind: 'event', index, keys: eventKeys(schema, expression), status, comparisons,
    types: propagated.has(type) ? new Set(schema.subtypes(type)) : undefined,
  }
}

/**
 * An id matches EventEx and ExtendedEvent by their id and other events by their type; without an id
 * the type counts, with those below it (API reference, EventAlarmExpression).
 */
function eventKeys(schema: Schema, { eventType, eventTypeId }: EventAlarmExpression): readonly string[] {
  const id = eventTypeId ?? ''
  const name = plainType(id === '' ? eventType : id)
  const isType = id === '' || id === name || id === `vim.event.${name}`
  if (isType && schema.data(name) !== undefined && schema.isA(name, 'Event')) return schema.subtypes(name)
  return [id]
}

function stateLeaf(schema: Schema, expression: StateAlarmExpression, index: number): StateLeaf {
  const { operator, type, statePath, yellow, red } = expression
  return {
    kind: 'state', index, types: new Set(schema.subtypes(plainType(type))), path: statePath.split('.'),
    unequal: operator === 'isUnequal', yellow, red,
  }
}

function metricLeaf(world: World, schema: Schema, expression: MetricAlarmExpression, index: number): MetricLeaf {
  const { operator, type, metric, yellow, yellowInterval, red, redInterval } = expression
  const level = (status: 'yellow' | 'red', at: number | undefined, seconds = 0): MetricLeaf['levels'] =>
    at === undefined ? [] : [{ status, at, holdMs: seconds * 1000 }]
  return {
    kind: 'metric', index, types: new Set(schema.subtypes(plainType(type))),
    sources: metricSources(world, metric.counterId), counterId: metric.counterId, instance: metric.instance,
    below: operator === 'isBelow',
    levels: [...level('red', red, redInterval), ...level('yellow', yellow, yellowInterval)],
  }
}

function triggering(action: AlarmInfo['action']): AlarmTriggeringAction[] {
  if (action === undefined) return []
  const { _typeName: type } = action as { _typeName?: string }
  if (type === 'GroupAlarmAction') return (action as GroupAlarmAction).action.flatMap(triggering)
  return type === 'AlarmTriggeringAction' ? [action as AlarmTriggeringAction] : []
}
