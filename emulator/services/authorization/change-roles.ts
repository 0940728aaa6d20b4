import type { AuthorizationRole } from '../../schema/generated/types.js'
import type { Slot, StoredRecord } from '../../world/records.js'
import type { Call } from '../call.js'
import { postEvent } from '../events.js'
import { fault, invalidArgument } from '../method-fault.js'
import { changePermissions, checkGrantable, requireRole } from './change-permissions.js'
import { newRole, withSystem } from './defaults.js'
import { managerRecord } from './permission-index.js'
import { allPermissions } from './permissions.js'

/** Longest name of an object in the inventory, taken for roles too. */
const MAX_NAME = 80

/** Makes a role; returns its id. Faults: InvalidName, AlreadyExists, InvalidArgument. */
export function addRole(call: Call, name: string, privileges: readonly string[]): number {
  checkName(call, name)
  checkPrivileges(call, privileges)
  const roleId = managerRecord(call.tx, call.node.name)!.inner.nextRoleId
  const role = newRole(roleId, { name, privileges })
  editRoles(call, (roles, inner) => {
    inner.nextRoleId = roleId + 1
    return [...roles, role]
  })
  postRole(call, 'RoleAddedEvent', role, { privilegeList: role.privilege })
  return roleId
}

/**
 * Renames a role and replaces its privileges. Faults: NotFound, InvalidName, AlreadyExists;
 * InvalidArgument for a system role (network-security.md A20, unsure).
 */
export function updateRole(
  call: Call,
  roleId: number,
  name: string,
  privileges: readonly string[],
): void {
  const before = requireRole(call.tx, call.node.name, roleId)
  if (before.system) throw invalidArgument('roleId')
  checkName(call, name, roleId)
  checkPrivileges(call, privileges)
  const old = before.privilege ?? []
  const privilege = withSystem(privileges)
  // The label that a user's role has follows its name.
  const info = before.info.label === before.name ? { label: name, summary: name } : before.info
  const after: AuthorizationRole = { ...before, name, info, privilege }
  editRoles(call, roles => roles.map(role => role.roleId === roleId ? after : role))
  postRole(call, 'RoleUpdatedEvent', after, {
    privilegeList: privilege,
    prevRoleName: before.name,
    privilegesAdded: privilege.filter(id => !old.includes(id)),
    privilegesRemoved: old.filter(id => !privilege.includes(id)),
  })
}

/**
 * Removes a role, and its permissions unless `failIfUsed`. Faults: NotFound, RemoveFailed;
 * InvalidArgument for a system role.
 */
export function removeRole(call: Call, roleId: number, failIfUsed: boolean): void {
  const role = requireRole(call.tx, call.node.name, roleId)
  if (role.system) throw invalidArgument('roleId')
  const used = entitiesWith(call, roleId)
  if (failIfUsed && used.length > 0) throw fault('RemoveFailed')
  for (const entity of used) changeRoleOn(call, entity, roleId, undefined)
  editRoles(call, roles => roles.filter(item => item.roleId !== roleId))
  postRole(call, 'RoleRemovedEvent', role, {})
}

/** Gives all permissions of one role another one. Faults: NotFound, AuthMinimumAdminPermission. */
export function mergeRole(call: Call, from: number, to: number): void {
  requireRole(call.tx, call.node.name, from)
  requireRole(call.tx, call.node.name, to)
  checkGrantable(to, 'dstRoleId')
  if (from === to) return
  for (const entity of entitiesWith(call, from)) changeRoleOn(call, entity, from, to)
}

function entitiesWith(call: Call, roleId: number): Slot[] {
  return allPermissions(call.tx, call.node.name)
    .filter(([, list]) => list.some(item => item.roleId === roleId))
    .map(([id]) => call.tx.find(call.node.name, id))
    .filter(slot => slot !== undefined)
}

function changeRoleOn(call: Call, entity: Slot, from: number, to: number | undefined): void {
  const list = managerRecord(call.tx, call.node.name)!.inner.permissions[entity.address.id] ?? []
  changePermissions(call, entity, list.flatMap(item => {
    if (item.roleId !== from) return [item]
    return to === undefined ? [] : [{ ...item, roleId: to }]
  }))
}

function checkName(call: Call, name: string, own?: number): void {
  if (name.trim() === '' || name.length > MAX_NAME) throw fault('InvalidName', { name })
  const roles = managerRecord(call.tx, call.node.name)?.props.roleList ?? []
  if (roles.some(role => role.name === name && role.roleId !== own)) {
    throw fault('AlreadyExists', { name })
  }
}

function checkPrivileges(call: Call, privileges: readonly string[]): void {
  const list = managerRecord(call.tx, call.node.name)?.props.privilegeList ?? []
  const known = new Set(list.map(item => item.privId))
  if (privileges.some(id => !known.has(id))) throw invalidArgument('privIds')
}

function editRoles(
  call: Call,
  edit: (
    roles: readonly AuthorizationRole[],
    inner: { nextRoleId: number },
  ) => AuthorizationRole[],
): void {
  const record = managerRecord(call.tx, call.node.name)!
  const inner = { ...record.inner }
  const roleList = edit(record.props.roleList ?? [], inner)
  const props = { ...record.props, roleList }
  call.tx.replace(call.self, { props, inner } as unknown as StoredRecord)
}

function postRole(
  call: Call,
  type: 'RoleAddedEvent' | 'RoleUpdatedEvent' | 'RoleRemovedEvent',
  role: AuthorizationRole,
  fields: object,
): void {
  postEvent(call.tx, call.node, {
    type,
    userName: call.session?.principal.name,
    fields: { role: { roleId: role.roleId, name: role.name }, ...fields },
  })
}
