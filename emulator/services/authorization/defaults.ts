import type {
  AuthorizationManagerProps, AuthorizationRole, Permission,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Address } from '../../world/records.js'
import type { NodeInfo } from '../nodes.js'
import { wellKnownRef } from '../well-known.js'
import { defaultRoles, systemRole } from './default-roles.js'
import { privilegeCatalog } from './privileges.js'

/** What an AuthorizationManager record holds beside its properties. */
export interface AuthorizationInner {
  /** The truth about permissions: own entries by entity id; `props.permission` repeats them. */
  readonly permissions: Readonly<Record<string, readonly Permission[]>>
  /** Entries on the root above all services (network-security.md 11.4 rule 6); entity is unset. */
  readonly globalPermissions: readonly Permission[]
  /** Id for the next role; grows and is never used again. */
  readonly nextRoleId: number
}

/** The first authorization state of a node. */
export interface AuthorizationRecords {
  readonly manager: {
    readonly address: Address
    readonly props: AuthorizationManagerProps
    readonly inner: AuthorizationInner
  }
  /** For `permission` of the root folder. */
  readonly rootPermissions: Permission[]
}

/** First id of a role that a user makes: above the samples (network-security.md 11.2). */
const FIRST_ROLE_ID = 101

/** Principals with the Admin role on the root of a new node (network-security.md 11.4 rule 9). */
const administrators = {
  vcenter: [
    { principal: 'VSPHERE.LOCAL\\Administrator', group: false },
    { principal: 'VSPHERE.LOCAL\\Administrators', group: true },
  ],
  esxi: [
    { principal: 'root', group: false },
    { principal: 'vpxuser', group: false },
    { principal: 'dcui', group: false },
  ],
} as const

/** A role that a lab file adds. */
export interface RoleSpec {
  readonly name: string
  readonly privileges: readonly string[]
}

/**
 * Roles, privileges and first permissions of a node, for the inventory builder
 * (network-security.md 11.2 and 11.4). More permissions are set with `putPermissions`.
 */
export function authorizationRecords(
  node: NodeInfo,
  moreRoles: readonly RoleSpec[] = [],
): AuthorizationRecords {
  const root = wellKnownRef('rootFolder', node.kind) as MoRef
  const ref = wellKnownRef('authorizationManager', node.kind) as MoRef
  const catalog = privilegeCatalog(node.product.version)
  const rootPermissions = administrators[node.kind].map(item => ({
    entity: root, ...item, roleId: systemRole.admin, propagate: true,
  }))
  const more = moreRoles.map((spec, index) => newRole(FIRST_ROLE_ID + index, spec))
  const roles = defaultRoles(node.kind, node.product.version)
  return {
    manager: {
      address: { node: node.name, type: ref.type, id: ref.value },
      props: {
        privilegeList: catalog.list as AuthorizationManagerProps['privilegeList'] & object,
        roleList: more.length === 0 ? roles as AuthorizationRole[] : [...roles, ...more],
        description: catalog.description,
      },
      inner: {
        permissions: { [root.value]: rootPermissions },
        globalPermissions: [],
        nextRoleId: FIRST_ROLE_ID + more.length,
      },
    },
    rootPermissions,
  }
}

/** A role made by a user; the three System privileges are always in it (11.1). */
export function newRole(roleId: number, spec: RoleSpec): AuthorizationRole {
  return {
    roleId,
    system: false,
    name: spec.name,
    info: { label: spec.name, summary: spec.name },
    privilege: withSystem(spec.privileges),
  }
}

/** Privileges in the order of the list, the three of System added. */
export function withSystem(privileges: readonly string[]): string[] {
  return [...new Set([...privileges, 'System.Anonymous', 'System.Read', 'System.View'])].sort()
}
