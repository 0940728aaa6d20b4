import type { CustomFieldDef, CustomFieldStringValue } from '../schema/generated/types.js'
import type { Schema } from '../schema/model.js'
import type { Reader, Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import type { World } from '../world/world.js'
import { eventArgument } from './events/arguments.js'
import { eventSubject, postEvent } from './events.js'
import { invalidArgument } from './method-fault.js'
import type { NodeInfo } from './nodes.js'

const MANAGER = 'CustomFieldsManager'

interface Valued {
  value?: readonly CustomFieldStringValue[]
  customValue?: readonly CustomFieldStringValue[]
  availableField?: readonly CustomFieldDef[]
  summary?: { readonly customValue?: unknown }
}

/** Every field definition of a vCenter; none on a host, which has no CustomFieldsManager. */
export function customFields(reader: Reader, node: string): readonly CustomFieldDef[] {
  return reader.get<{ field?: readonly CustomFieldDef[] }>(node, MANAGER)?.props.field ?? none
}

/** Replaces the definitions and brings `availableField` of every entity up to date. */
export function setCustomFields(
  tx: Transaction,
  schema: Schema,
  node: string,
  fields: readonly CustomFieldDef[],
): void {
  const manager = tx.find(node, MANAGER)!
  const record = tx.read(manager)!
  tx.replace(manager, { props: { ...record.props, field: fields }, inner: record.inner })
  for (const type of schema.subtypes('ManagedEntity')) {
    const available = fieldsFor(fields, type)
    for (const slot of tx.ofType(node, type)) setAvailable(tx, slot, available)
  }
}

/** Gives every new entity of a vCenter its `availableField`; once for each lab. */
export function followCustomFields(world: World, schema: Schema): void {
  const types = new Set(schema.subtypes('ManagedEntity'))
  world.follow((tx, written) => {
    for (const slot of written) {
      const { node, type } = slot.address
      if (slot.record !== undefined || !types.has(type) || tx.read(slot) === undefined) continue
      const fields = customFields(tx, node)
      if (fields.length > 0) setAvailable(tx, slot, fieldsFor(fields, type))
    }
  })
}

/**
 * Sets a field of an entity; the empty value unsets it. Posts CustomFieldValueChangedEvent.
 * @throws InvalidArgument `key` when there is no such field for the entity's type.
 */
export function setCustomValue(
  tx: Transaction,
  node: NodeInfo,
  entity: Slot,
  key: number,
  value: string,
  userName: string,
): void {
  const def = fieldsFor(customFields(tx, node.name), entity.address.type)
    .find(field => field.key === key)
  if (def === undefined) throw invalidArgument('key')
  const before = valuesOf(tx, entity).find(item => item.key === key)?.value
  writeValue(tx, entity, key, value)
  postEvent(tx, node, {
    ...eventSubject(entity),
    type: 'CustomFieldValueChangedEvent',
    userName,
    fields: {
      entity: eventArgument(tx, entity, 'ManagedEntityEventArgument'),
      fieldKey: key, name: def.name, value,
      ...(before === undefined ? {} : { prevState: before }),
    },
  })
}

/** Takes a field's values away from every entity that has one. */
export function dropCustomValues(tx: Transaction, schema: Schema, node: string, key: number): void {
  for (const type of schema.subtypes('ManagedEntity')) {
    for (const slot of tx.ofType(node, type)) {
      if (valuesOf(tx, slot).some(item => item.key === key)) writeValue(tx, slot, key, '')
    }
  }
}

/**
 * The definitions that apply to a type: those of that very type and those for every type. The same
 * array for the same definitions, so that thousands of entities share it.
 */
function fieldsFor(fields: readonly CustomFieldDef[], type: string): readonly CustomFieldDef[] {
  let byType = shared.get(fields)
  if (byType === undefined) shared.set(fields, byType = new Map())
  let found = byType.get(type)
  if (found === undefined) byType.set(type, found = Object.freeze(applying(fields, type)))
  return found
}

function applying(fields: readonly CustomFieldDef[], type: string): readonly CustomFieldDef[] {
  return fields.filter(field => field.managedObjectType === undefined
    || field.managedObjectType === '' || field.managedObjectType === 'ManagedEntity'
    || field.managedObjectType === type)
}

function valuesOf(tx: Transaction, slot: Slot): readonly CustomFieldStringValue[] {
  return tx.read<Valued>(slot)?.props.customValue ?? []
}

function writeValue(tx: Transaction, slot: Slot, key: number, value: string): void {
  const record = tx.read<Valued>(slot)!
  const rest = (record.props.customValue ?? []).filter(item => item.key !== key)
  const customValue = value === '' ? rest
    : [...rest, { _typeName: 'CustomFieldStringValue', key, value } as CustomFieldStringValue]
  const { summary } = record.props
  const props = {
    ...record.props, value: customValue, customValue,
    ...(summary === undefined || !summarised.has(slot.address.type) ? {}
      : { summary: { ...summary, customValue } }),
  }
  tx.replace(slot, { props, inner: record.inner } as never)
}

function setAvailable(tx: Transaction, slot: Slot, available: readonly CustomFieldDef[]): void {
  const record = tx.read<Valued>(slot)!
  if (record.props.availableField === available) return
  tx.replace(slot, {
    props: { ...record.props, availableField: available }, inner: record.inner,
  } as never)
}

/** Types whose summary repeats the values. */
const summarised = new Set(['VirtualMachine', 'HostSystem'])
const none: readonly CustomFieldDef[] = []
const shared = new WeakMap<readonly CustomFieldDef[], Map<string, readonly CustomFieldDef[]>>()
