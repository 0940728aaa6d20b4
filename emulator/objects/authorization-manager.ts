import type {
  AuthorizationManagerMethods, EntityPrivilege, Permission, UserPrivilegeResult,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { canonicalPrincipal, findAccount, principalOf, readAccount } from '../services/accounts.js'
import {
  changePermissions, checkedPermission, requireRole, samePrincipal,
} from '../services/authorization/change-permissions.js'
import {
  addRole, mergeRole, removeRole, updateRole,
} from '../services/authorization/change-roles.js'
import { visible } from '../services/authorization/check.js'
import { managerRecord } from '../services/authorization/permission-index.js'
import { allPermissions, ownPermissions } from '../services/authorization/permissions.js'
import type { Call, Query } from '../services/call.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import type { Principal } from '../services/sessions.js'
import type { Slot } from '../world/records.js'
import { defineManagedObject, query, type Definition } from './define.js'

type Args<M extends keyof AuthorizationManagerMethods> = AuthorizationManagerMethods[M]['args']

/** Sets or replaces entries of the principals named; the others stay (network-security.md 11.1). */
function setPermissions(call: Call, args: Args<'SetEntityPermissions'>): void {
  const entity = entitySlot(call, args.entity)
  const given = checkedList(call, args.permission)
  const kept = ownPermissions(call.tx, entity)
    .filter(old => !given.some(item => samePrincipal(item, old)))
  changePermissions(call, entity, [...kept, ...given])
}

/** Makes these the only entries of the entity. */
function resetPermissions(call: Call, args: Args<'ResetEntityPermissions'>): void {
  changePermissions(call, entitySlot(call, args.entity), checkedList(call, args.permission))
}

function removePermission(call: Call, args: Args<'RemoveEntityPermission'>): void {
  const entity = entitySlot(call, args.entity)
  const own = ownPermissions(call.tx, entity)
  const name = canonicalPrincipal(call.tx, call.node.name, args.user, args.isGroup)
  const gone = { principal: name, group: args.isGroup, roleId: 0, propagate: false } as Permission
  const kept = own.filter(item => !samePrincipal(item, gone))
  if (kept.length === own.length) throw fault('NotFound')
  changePermissions(call, entity, kept)
}

/** Later entries of one principal win. */
function checkedList(call: Call, list: readonly Permission[] | undefined): Permission[] {
  const checked = (list ?? []).map(item => checkedPermission(call, item))
  return checked.filter((item, index) =>
    !checked.slice(index + 1).some(later => samePrincipal(later, item)))
}

function entityPermissions(call: Query, args: Args<'RetrieveEntityPermissions'>): Permission[] {
  const entity = call.reader.find(call.node.name, args.entity.value)
  if (entity === undefined) throw fault('ManagedObjectNotFound', { obj: args.entity })
  return args.inherited
    ? call.services.authorization.inherited(call.reader, entity)
    : [...ownPermissions(call.reader, entity)]
}

/** Entries on what the caller may see. */
function shownPermissions(call: Query): Permission[] {
  const { services: { authorization }, reader, session, node } = call
  return allPermissions(reader, node.name).flatMap(([id, list]) => {
    const slot = reader.find(node.name, id)
    if (slot === undefined) return []
    return visible(authorization, reader, session?.principal, slot) ? list : []
  })
}

function rolePermissions(call: Query, { roleId }: Args<'RetrieveRolePermissions'>): Permission[] {
  requireRole(call.reader, call.node.name, roleId)
  return shownPermissions(call).filter(item => item.roleId === roleId)
}

function sessionPrivileges(
  call: Query,
  entities: readonly MoRef[],
  sessionId: string,
  privileges: readonly string[] | undefined,
): EntityPrivilege[] {
  const session = call.services.sessions.byKey(call.node.name, sessionId)
  if (session === undefined) throw invalidArgument('sessionId')
  return privilegesOn(call, session.principal, entities, privileges ?? [])
}

function privilegesOn(
  call: Query,
  principal: Principal,
  entities: readonly MoRef[],
  privileges: readonly string[],
): EntityPrivilege[] {
  const { services: { authorization }, reader } = call
  return entities.map(entity => {
    const slot = entityOf(call, entity)
    return {
      entity,
      privAvailability: privileges.map(privId => ({
        privId, isGranted: authorization.has(reader, principal, slot, privId),
      })),
    }
  })
}

function fetchPrivileges(
  call: Query,
  args: Args<'FetchUserPrivilegeOnEntities'>,
): UserPrivilegeResult[] {
  const principal = namedPrincipal(call, args.userName)
  const { services: { authorization }, reader } = call
  const list = managerRecord(reader, call.node.name)?.props.privilegeList ?? []
  const ids = list.map(item => item.privId)
  return args.entities.map(entity => {
    const slot = entityOf(call, entity)
    return { entity, privileges: ids.filter(id => authorization.has(reader, principal, slot, id)) }
  })
}

/** The rights that a user would have at login: his groups now. */
function namedPrincipal(call: Query, userName: string): Principal {
  const slot = findAccount(call.reader, call.node.name, userName, false)
  const account = slot === undefined ? undefined : readAccount(call.reader, slot)
  if (account === undefined) throw invalidArgument('userName')
  return principalOf(call.reader, account)
}

function entityOf(call: Query, ref: MoRef): Slot {
  const slot = call.reader.find(call.node.name, ref.value)
  if (slot === undefined) throw fault('ManagedObjectNotFound', { obj: ref })
  return slot
}

function entitySlot(call: Call, ref: MoRef): Slot {
  const slot = call.tx.find(call.node.name, ref.value)
  if (slot === undefined) throw fault('ManagedObjectNotFound', { obj: ref })
  return slot
}

/** AuthorizationManager: roles and permissions of a node (network-security.md 11.1). */
export const authorizationManager: Definition = defineManagedObject('AuthorizationManager', {
  methods: {
    AddAuthorizationRole: (call: Call, args: Args<'AddAuthorizationRole'>) =>
      addRole(call, args.name, args.privIds ?? []),
    UpdateAuthorizationRole: (call: Call, args: Args<'UpdateAuthorizationRole'>) =>
      updateRole(call, args.roleId, args.newName, args.privIds ?? []),
    RemoveAuthorizationRole: (call: Call, args: Args<'RemoveAuthorizationRole'>) =>
      removeRole(call, args.roleId, args.failIfUsed),
    MergePermissions: (call: Call, args: Args<'MergePermissions'>) =>
      mergeRole(call, args.srcRoleId, args.dstRoleId),
    SetEntityPermissions: setPermissions,
    ResetEntityPermissions: resetPermissions,
    RemoveEntityPermission: removePermission,
    RetrieveEntityPermissions: query(entityPermissions),
    RetrieveAllPermissions: query(shownPermissions),
    RetrieveRolePermissions: query(rolePermissions),
    HasPrivilegeOnEntity: query((call, args: Args<'HasPrivilegeOnEntity'>) =>
      sessionPrivileges(call, [args.entity], args.sessionId, args.privId)[0]!
        .privAvailability.map(item => item.isGranted)),
    HasPrivilegeOnEntities: query((call, args: Args<'HasPrivilegeOnEntities'>) =>
      sessionPrivileges(call, args.entity, args.sessionId, args.privId)),
    HasUserPrivilegeOnEntities: query((call, args: Args<'HasUserPrivilegeOnEntities'>) =>
      privilegesOn(call, namedPrincipal(call, args.userName), args.entities, args.privId ?? [])),
    FetchUserPrivilegeOnEntities: query(fetchPrivileges),
  },
})
