import type { AlarmManagerMethods, AlarmState } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { Call, Query } from '../services/call.js'
import { refOf } from '../services/refs.js'
import { fault } from '../services/method-fault.js'
import { wellKnownId } from '../services/well-known.js'
import type { Reader, Slot } from '../world/records.js'
import { defineManagedObject, query } from './define.js'

type Args<M extends keyof AlarmManagerMethods> = AlarmManagerMethods[M]['args']

interface AlarmProps { readonly info?: { readonly entity?: MoRef } }

/** Alarms that are defined on an entity; without one, those on the root folder. */
function getAlarm(call: Query, args: Args<'GetAlarm'>): MoRef[] {
  const { reader, node } = call
  const entity = args.entity?.value ?? wellKnownId('rootFolder', node.kind)
  if (args.entity !== undefined) entityOf(reader, node.name, args.entity)
  return reader.ofType(node.name, 'Alarm')
    .filter(slot => reader.read<AlarmProps>(slot)?.props.info?.entity?.value === entity)
    .map(refOf)
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
  const slot = entityOf(call.reader, call.node.name, args.entity)
  const props = call.reader.read<{ declaredAlarmState?: readonly AlarmState[] }>(slot)!.props
  return props.declaredAlarmState ?? []
}

function entityOf(reader: Reader, node: string, ref: MoRef): Slot {
  const slot = reader.find(node, ref.value)
  if (slot === undefined) throw fault('ManagedObjectNotFound', { obj: ref })
  return slot
}

/** AlarmManager (operations.md 6): the listing; alarms themselves are not emulated yet. */
export const alarmManager = defineManagedObject('AlarmManager', {
  methods: {
    GetAlarm: query(getAlarm),
    AreAlarmActionsEnabled: query(actionsEnabled),
    EnableAlarmActions: enableActions,
    GetAlarmState: query(alarmStates),
  },
})
