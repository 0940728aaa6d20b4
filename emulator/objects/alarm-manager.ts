import type { AlarmManagerMethods, AlarmState } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { alarmIndex, type AlarmIndex } from '../services/alarms/alarm-index.js'
import { acknowledge, clearTriggered } from '../services/alarms/by-hand.js'
import type { CompiledAlarm } from '../services/alarms/compiled.js'
import { declaredOn } from '../services/alarms/declared.js'
import { createAlarm, setDisabled } from '../services/alarms/definitions.js'
import { isBelow } from '../services/alarms/matching.js'
import type { Call, Query } from '../services/call.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import { visible } from '../services/authorization/check.js'
import { refOf } from '../services/refs.js'
import type { Reader, Slot } from '../world/records.js'
import { checkSpec } from './alarm/spec.js'
import { defineManagedObject, query } from './define.js'
import { userOf } from './truth.js'

type Args<M extends keyof AlarmManagerMethods> = AlarmManagerMethods[M]['args']

interface AlarmProps { readonly info?: { readonly entity?: MoRef } }

/** Alarms that are defined on an entity; without one, those on every entity that the caller sees. */
function getAlarm(call: Query, args: Args<'GetAlarm'>): MoRef[] {
  const { reader, node, services: { authorization }, session } = call
  const entity = args.entity?.value
  if (args.entity !== undefined) entityOf(reader, node.name, args.entity)
  return reader.ofType(node.name, 'Alarm')
    .filter(slot => entity === undefined
      ? visible(authorization, reader, session?.principal, slot)
      : reader.read<AlarmProps>(slot)?.props.info?.entity?.value === entity)
    .map(refOf)
}

function create(call: Call, { entity, spec }: Args<'CreateAlarm'>): MoRef {
  const { schema } = call.services
  const slot = entityOf(call.tx, call.node.name, entity)
  checkSpec(schema, spec)
  return createAlarm(call.tx, indexOf(call), slot, spec, userOf(call))
}

function actionsEnabled(call: Query, args: Args<'AreAlarmActionsEnabled'>): boolean {
  const slot = entityOf(call.reader, call.node.name, args.entity)
  return call.reader.read<{ alarmActionsEnabled?: boolean }>(slot)!.props.alarmActionsEnabled ?? true
}

function enableActions(call: Call, args: Args<'EnableAlarmActions'>): void {
  const slot = entityOf(call.tx, call.node.name, args.entity)
  const { props, inner } = call.tx.read(slot)!
  call.tx.replace(slot, { props: { ...props, alarmActionsEnabled: args.enabled }, inner })
}

function alarmStates(call: Query, args: Args<'GetAlarmState'>): readonly AlarmState[] {
  return declaredOn(call.reader, indexOf(call), entityOf(call.reader, call.node.name, args.entity))
}

const typesByEntity = new Set(['entityTypeAll', 'entityTypeHost', 'entityTypeVm'])
const typesByTrigger = new Set(['triggerTypeAll', 'triggerTypeEvent', 'triggerTypeMetric'])

function clear(call: Call, { filter }: Args<'ClearTriggeredAlarms'>): void {
  const { typeEntity, typeTrigger } = filter
  if (typeEntity !== undefined && !typesByEntity.has(typeEntity)) throw invalidArgument('filter.typeEntity')
  if (typeTrigger !== undefined && !typesByTrigger.has(typeTrigger)) throw invalidArgument('filter.typeTrigger')
  const set = indexOf(call).of(call.tx, call.node.name)!
  clearTriggered(call.tx, set, call.node.name, filter, userOf(call))
}

/** @throws InvalidArgument for an alarm that does not apply to the entity. */
function toggle(call: Call, args: Args<'DisableAlarm'>, off: boolean): void {
  const entity = entityOf(call.tx, call.node.name, args.entity)
  const alarm = alarmOf(call, args.alarm)
  if (!isBelow(call.tx, entity, alarm.info.entity.value)) throw invalidArgument('entity')
  setDisabled(call.tx, indexOf(call), alarm, entity, off)
}

function alarmOf(call: Call, ref: MoRef): CompiledAlarm {
  const found = indexOf(call).of(call.tx, call.node.name)?.byId.get(ref.value)
  if (found === undefined) throw fault('ManagedObjectNotFound', { obj: ref })
  return found
}

function indexOf(call: Call | Query): AlarmIndex {
  return alarmIndex(call.services.world, call.services.schema)
}

function entityOf(reader: Reader, node: string, ref: MoRef): Slot {
  const slot = reader.find(node, ref.value)
  if (slot === undefined) throw fault('ManagedObjectNotFound', { obj: ref })
  return slot
}

/** AlarmManager (operations.md 6). */
export const alarmManager = defineManagedObject('AlarmManager', {
  methods: {
    CreateAlarm: create,
    GetAlarm: query(getAlarm),
    AreAlarmActionsEnabled: query(actionsEnabled),
    EnableAlarmActions: enableActions,
    GetAlarmState: query(alarmStates),
    AcknowledgeAlarm: (call, args) => acknowledge(
      call.tx, alarmOf(call, args.alarm), entityOf(call.tx, call.node.name, args.entity), userOf(call)),
    ClearTriggeredAlarms: clear,
    DisableAlarm: (call, args) => toggle(call, args, true),
    EnableAlarm: (call, args) => toggle(call, args, false),
  },
})
