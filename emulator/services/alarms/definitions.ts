import type { AlarmInfo, AlarmSpec } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { toDateTime } from '../../world/clock.js'
import type { JsonObject, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { eventArgument } from '../events/arguments.js'
import { eventSubject, nextEventKey, postEvent } from '../events.js'
import { fault, invalidArgument } from '../method-fault.js'
import { refOf } from '../refs.js'
import { definitionsChanged, type AlarmIndex } from './alarm-index.js'
import { dropStates } from './by-hand.js'
import type { AlarmInner, CompiledAlarm } from './compiled.js'
import { lookEverywhere } from './follow.js'
import { recall } from './memory.js'
import { look } from './status.js'

/** Longest name of an alarm (the product's entity names have the same bound). */
const MAX_NAME = 80

/** Ids of alarms that clients make begin above those of the default set. */
const FIRST_OWN_ID = 400

/**
 * Defines an alarm and looks at everything that it is for. The spec's expression and action were
 * checked (`alarm-spec.ts`).
 * @throws InvalidName, DuplicateName (names are unique over a vCenter), InvalidArgument for a system
 * name that is not the name
 */
export function createAlarm(
  tx: Transaction, index: AlarmIndex, entity: Slot, spec: AlarmSpec, userName: string,
): MoRef {
  const { node } = entity.address
  checkName(tx, index, node, spec.name)
  if (spec.systemName !== undefined && spec.systemName !== spec.name) throw invalidArgument('spec.systemName')
  tx.world.counters.atLeast(`alarm/${node}`, FIRST_OWN_ID)
  const ref = { type: 'Alarm', value: `alarm-${tx.count(`alarm/${node}`)}` }
  const key = nextEventKey(tx, node)
  const slot = tx.create({ node, type: ref.type, id: ref.value }, {
    props: {
      info: alarmInfo(spec, {
        key: ref.value, alarm: ref, entity: refOf(entity), lastModifiedTime: toDateTime(tx.now()),
        lastModifiedUser: userName, creationEventId: key,
      }),
      value: [], availableField: [],
    },
    inner: {},
  })
  definitionsChanged(tx, node)
  tell(tx, 'AlarmCreatedEvent', slot, userName, { key })
  lookEverywhere(tx, node, index.of(tx, node)!.byId.get(ref.value)!)
  return ref
}

type Extra = Omit<AlarmInfo, keyof AlarmSpec>

/** An AlarmInfo: the spec and what the server adds. */
export function alarmInfo(spec: AlarmSpec, extra: Extra): AlarmInfo {
  const { name, systemName, description, enabled, expression, action, actionFrequency, setting } = spec
  return {
    _typeName: 'AlarmInfo', name, description, enabled, expression, ...extra,
    ...(systemName === undefined ? {} : { systemName }),
    ...(action === undefined ? {} : { action }),
    ...(actionFrequency === undefined ? {} : { actionFrequency }),
    ...(setting === undefined ? {} : { setting }),
  } as AlarmInfo
}

/**
 * Replaces the definition of an alarm; what it said so far is void and everything is looked at anew.
 * @throws InvalidName, DuplicateName; InvalidArgument for another system name, or another name of an
 * alarm that has one (API reference, AlarmSpec.systemName)
 */
export function reconfigureAlarm(
  tx: Transaction, index: AlarmIndex, slot: Slot, spec: AlarmSpec, userName: string,
): void {
  const { node } = slot.address
  const { props, inner } = tx.read<{ info: AlarmInfo }>(slot)!
  const { info } = props
  const { systemName } = info
  if (spec.systemName !== undefined && spec.systemName !== systemName) throw invalidArgument('spec.systemName')
  const name = systemName !== undefined && spec.name === systemName ? info.name : spec.name
  if (systemName !== undefined && name !== info.name) throw invalidArgument('spec.name')
  checkName(tx, index, node, name, slot)
  const { key, alarm, entity, creationEventId } = info
  const after = alarmInfo({ ...spec, name, ...(systemName === undefined ? {} : { systemName }) }, {
    key, alarm, entity, creationEventId, lastModifiedTime: toDateTime(tx.now()), lastModifiedUser: userName,
  })
  dropStates(tx, node, slot.address.id)
  tx.replace(slot, { props: { ...props, info: after } as JsonObject, inner })
  definitionsChanged(tx, node)
  tell(tx, 'AlarmReconfiguredEvent', slot, userName, { fields: { configChanges: changesOf(info, after) } })
  lookEverywhere(tx, node, index.of(tx, node)!.byId.get(slot.address.id)!)
}

/** Removes an alarm with all its states. */
export function removeAlarm(tx: Transaction, slot: Slot, userName: string): void {
  tell(tx, 'AlarmRemovedEvent', slot, userName, {})
  dropStates(tx, slot.address.node, slot.address.id)
  tx.remove(slot)
  definitionsChanged(tx, slot.address.node)
}

/** Switches an alarm off, or on again, for one entity. */
export function setDisabled(tx: Transaction, index: AlarmIndex, alarm: CompiledAlarm, entity: Slot, off: boolean): void {
  const { node, id } = entity.address
  const slot = tx.find(node, alarm.id)!
  const { props, inner } = tx.read<JsonObject, AlarmInner>(slot)!
  const { [id]: was, ...others } = inner.disabled ?? {}
  if ((was === true) === off) return
  const disabled = off ? { ...others, [id]: true as const } : others
  tx.replace(slot, { props, inner: { ...inner, disabled } })
  definitionsChanged(tx, node)
  const now = index.of(tx, node)!.byId.get(alarm.id)!
  look(tx, now, entity, { first: recall(tx, now, entity) === undefined })
}

function checkName(tx: Transaction, index: AlarmIndex, node: string, name: string, own?: Slot): void {
  if (name.trim() === '' || name.length > MAX_NAME) throw fault('InvalidName', { name })
  const taken = index.of(tx, node)!.all.find(alarm => alarm.info.name === name && alarm.id !== own?.address.id)
  if (taken !== undefined) throw fault('DuplicateName', { name, object: taken.ref })
}

interface Tale {
  readonly key?: number
  readonly fields?: Readonly<Record<string, unknown>>
}

function tell(
  tx: Transaction, type: 'AlarmCreatedEvent' | 'AlarmReconfiguredEvent' | 'AlarmRemovedEvent', slot: Slot,
  userName: string, { key, fields }: Tale,
): void {
  const { info } = tx.read<{ info: AlarmInfo }>(slot)!.props
  const entity = tx.find(slot.address.node, info.entity.value)
  if (entity === undefined) return
  postEvent(tx, slot.address.node, {
    ...eventSubject(entity), type, userName, key,
    fields: {
      alarm: { name: info.name, alarm: info.alarm },
      entity: eventArgument(tx, entity, 'ManagedEntityEventArgument'), ...fields,
    },
  })
}

/** What a reconfiguration changed, one line for each property. */
function changesOf(before: AlarmInfo, after: AlarmInfo): { modified: string, added: string, deleted: string } {
  const lines: Record<'modified' | 'added' | 'deleted', string[]> = { modified: [], added: [], deleted: [] }
  const silent = ['lastModifiedTime', 'lastModifiedUser']
  const old = before as unknown as JsonObject
  const fresh = after as unknown as JsonObject
  for (const name of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
    const [a, b] = [old[name], fresh[name]].map(value => value === undefined ? undefined : JSON.stringify(value))
    if (a === b || silent.includes(name)) continue
    if (a === undefined) lines.added.push(`${name}: ${b!}`)
    else if (b === undefined) lines.deleted.push(`${name}: ${a}`)
    else lines.modified.push(`${name}: ${a} -> ${b}`)
  }
  return { modified: lines.modified.join('\n'), added: lines.added.join('\n'), deleted: lines.deleted.join('\n') }
}
