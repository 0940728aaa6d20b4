import type {
  CustomFieldDef, CustomFieldsManagerMethods, ExtensibleManagedObjectMethods,
} from '../schema/generated/types.js'
import { privilegeCatalog } from '../services/authorization/privileges.js'
import { requirePrivilege } from '../services/authorization/check.js'
import type { Call } from '../services/call.js'
import {
  customFields, dropCustomValues, setCustomFields, setCustomValue,
} from '../services/custom-fields.js'
import { postEvent } from '../services/events.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import { defineManagedObject } from './define.js'
import { userOf } from './truth.js'

type Args<M extends keyof CustomFieldsManagerMethods> = CustomFieldsManagerMethods[M]['args']

/** A new definition; its key is never used again. DuplicateName: one for the same type is there. */
function addField(call: Call, args: Args<'AddCustomFieldDef'>): CustomFieldDef {
  const fields = customFields(call.tx, call.node.name)
  checkName(fields, args.name, args.moType)
  checkPolicy(call, args.fieldDefPolicy)
  checkPolicy(call, args.fieldPolicy)
  const def: CustomFieldDef = {
    key: call.tx.count(`customField/${call.node.name}`),
    name: args.name,
    type: 'string',
    ...(args.moType === undefined ? {} : { managedObjectType: args.moType }),
    ...(args.fieldDefPolicy === undefined ? {} : { fieldDefPrivileges: args.fieldDefPolicy }),
    ...(args.fieldPolicy === undefined ? {} : { fieldInstancePrivileges: args.fieldPolicy }),
  }
  setCustomFields(call.tx, call.services.schema, call.node.name, [...fields, def])
  announce(call, 'CustomFieldDefAddedEvent', def)
  return def
}

function renameField(call: Call, args: Args<'RenameCustomFieldDef'>): void {
  const fields = customFields(call.tx, call.node.name)
  const def = fieldOf(fields, args.key)
  if (args.name === def.name) return
  checkName(fields, args.name, def.managedObjectType)
  const renamed = fields.map(field => field === def ? { ...def, name: args.name } : field)
  setCustomFields(call.tx, call.services.schema, call.node.name, renamed)
  announce(call, 'CustomFieldDefRenamedEvent', def, { newName: args.name })
}

function removeField(call: Call, args: Args<'RemoveCustomFieldDef'>): void {
  const fields = customFields(call.tx, call.node.name)
  const def = fieldOf(fields, args.key)
  const { schema } = call.services
  setCustomFields(call.tx, schema, call.node.name, fields.filter(field => field !== def))
  dropCustomValues(call.tx, schema, call.node.name, args.key)
  announce(call, 'CustomFieldDefRemovedEvent', def)
}

function setField(call: Call, args: Args<'SetField'>): void {
  const slot = call.tx.find(call.node.name, args.entity.value)
  if (slot === undefined) throw fault('ManagedObjectNotFound', { obj: args.entity })
  setCustomValue(call.tx, call.node, slot, args.key, args.value, userOf(call))
}

/** The same by the field's name, on the entity itself. */
function setByName(call: Call, args: ExtensibleManagedObjectMethods['setCustomValue']['args']): void {
  requirePrivilege(call, call.self, 'Global.SetCustomField')
  const { type } = call.self.address
  const def = customFields(call.tx, call.node.name).find(field => field.name === args.key
    && [undefined, '', 'ManagedEntity', type].includes(field.managedObjectType))
  if (def === undefined) throw invalidArgument('key')
  setCustomValue(call.tx, call.node, call.self, def.key, args.value, userOf(call))
}

function fieldOf(fields: readonly CustomFieldDef[], key: number): CustomFieldDef {
  const def = fields.find(field => field.key === key)
  if (def === undefined) throw invalidArgument('key')
  return def
}

function checkName(fields: readonly CustomFieldDef[], name: string, moType: string | undefined): void {
  if (name === '') throw invalidArgument('name')
  const taken = fields.some(field => field.name === name
    && (field.managedObjectType ?? '') === (moType ?? ''))
  if (taken) throw fault('DuplicateName', { name, object: { type: 'CustomFieldsManager', value: 'CustomFieldsManager' } })
}

function checkPolicy(call: Call, policy: Args<'AddCustomFieldDef'>['fieldPolicy']): void {
  if (policy === undefined) return
  const known = new Set(privilegeCatalog(call.node.product.apiVersion).ids)
  for (const privilege of Object.values(policy) as string[]) {
    if (!known.has(privilege)) throw fault('InvalidPrivilege', { privilege })
  }
}

function announce(
  call: Call,
  type: 'CustomFieldDefAddedEvent' | 'CustomFieldDefRenamedEvent' | 'CustomFieldDefRemovedEvent',
  def: CustomFieldDef,
  more: Record<string, unknown> = {},
): void {
  postEvent(call.tx, call.node, {
    type, userName: userOf(call), fields: { fieldKey: def.key, name: def.name, ...more },
  })
}

/** CustomFieldsManager: definitions for entities of a vCenter and their values. */
export const customFieldsManager = defineManagedObject('CustomFieldsManager', {
  methods: {
    AddCustomFieldDef: addField,
    RenameCustomFieldDef: renameField,
    RemoveCustomFieldDef: removeField,
    SetField: setField,
  },
})

/** What every entity can do with its custom values. */
export const extensibleManagedObject = defineManagedObject('ExtensibleManagedObject', {
  methods: { setCustomValue: setByName },
})
