import type {
  AuthorizationRole, Permission, RoleEventArgument,
} from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import { canonicalName, findAccount, readAccount } from '../accounts.js'
import type { Call } from '../call.js'
import { eventArgument } from '../events/arguments.js'
import { postEvent } from '../events.js'
import { fault, invalidArgument } from '../method-fault.js'
import { systemRole, ungrantable } from './default-roles.js'
import { managerRecord } from './permission-index.js'
import { ownPermissions, putPermissions } from './permissions.js'
import { rootOf } from './tree.js'

/** A role of a node; undefined: there is none of that id. */
export function roleOf(
  reader: Reader,
  node: string,
  roleId: number,
): AuthorizationRole | undefined {
  return managerRecord(reader, node)?.props.roleList?.find(role => role.roleId === roleId)
}

/** A role that must be there; NotFound otherwise. */
export function requireRole(reader: Reader, node: string, roleId: number): AuthorizationRole {
  const role = roleOf(reader, node, roleId)
  if (role === undefined) throw fault('NotFound')
  return role
}

/** InvalidArgument for a role that no permission may name (network-security.md 11.2). */
export function checkGrantable(roleId: number, argument: string): void {
  if (ungrantable.has(roleId)) throw invalidArgument(argument)
}

/** True for entries of the same user or group. */
export function samePrincipal(a: Permission, b: Permission): boolean {
  return a.group === b.group && a.principal.toLowerCase() === b.principal.toLowerCase()
}

/**
 * A permission as it is kept: the principal's canonical name. Faults: UserNotFound, NotFound for
 * the role, InvalidArgument for a role that cannot be granted (network-security.md 11.1, 11.2).
 */
export function checkedPermission(call: Call, permission: Permission): Permission {
  const { principal, group, roleId, propagate } = permission
  const slot = findAccount(call.tx, call.node.name, principal, group)
  const account = slot === undefined ? undefined : readAccount(call.tx, slot)
  // Where anybody may log in, anybody may be given rights too (the peer's manner).
  if (account === undefined && !call.services.behaviour.anyLogin) {
    throw fault('UserNotFound', { principal, unresolved: false })
  }
  requireRole(call.tx, call.node.name, roleId)
  checkGrantable(roleId, 'permission.roleId')
  return { principal: account === undefined ? principal : canonicalName(account.props), group, roleId, propagate }
}

/**
 * Gives an entity other permissions, with an event for each difference. AuthMinimumAdminPermission
 * when the root would lose its last propagating Administrator (network-security.md 11.1).
 */
export function changePermissions(call: Call, entity: Slot, list: readonly Permission[]): void {
  const { tx } = call
  const before = ownPermissions(tx, entity)
  const atRoot = rootOf(tx, call.node.name)?.index === entity.index
  if (atRoot && before.some(rules) && !list.some(rules)) {
    throw fault('AuthMinimumAdminPermission')
  }
  for (const old of before) {
    if (!list.some(item => samePrincipal(item, old))) postRemoved(call, entity, old)
  }
  for (const item of list) {
    postSet(call, entity, item, before.find(old => samePrincipal(old, item)))
  }
  putPermissions(tx, entity, list)
}

function rules(permission: Permission): boolean {
  return permission.roleId === systemRole.admin && permission.propagate
}

function postRemoved(call: Call, entity: Slot, { principal, group }: Permission): void {
  postEvent(call.tx, call.node, {
    type: 'PermissionRemovedEvent',
    userName: call.session?.principal.name,
    fields: { entity: entityArgument(call.tx, entity), principal, group },
  })
}

function postSet(call: Call, entity: Slot, now: Permission, old: Permission | undefined): void {
  const { principal, group, propagate, roleId } = now
  if (old?.roleId === roleId && old.propagate === propagate) return
  const fields = {
    entity: entityArgument(call.tx, entity), principal, group,
    role: roleArgument(call, roleId), propagate,
  }
  const previous = old === undefined ? {} : {
    prevRole: roleArgument(call, old.roleId), prevPropagate: old.propagate,
  }
  postEvent(call.tx, call.node, {
    type: old === undefined ? 'PermissionAddedEvent' : 'PermissionUpdatedEvent',
    userName: call.session?.principal.name,
    fields: { ...fields, ...previous },
  })
}

function entityArgument(reader: Reader, entity: Slot): object {
  return eventArgument(reader, entity, 'ManagedEntityEventArgument')
}

function roleArgument(call: Call, roleId: number): RoleEventArgument {
  const name = roleOf(call.tx, call.node.name, roleId)?.name ?? ''
  return { roleId, name } as RoleEventArgument
}
