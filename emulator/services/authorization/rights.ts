import type {
  AuthorizationManagerProps, AuthorizationRole, Permission,
} from '../../schema/generated/types.js'
import type { StoredRecord } from '../../world/records.js'
import type { Principal } from '../sessions.js'
import type { AuthorizationInner } from './defaults.js'
import { systemRole } from './default-roles.js'

/** Union of roles; equal unions of one table are one object. */
export interface Rights {
  /** Sorted role ids. */
  readonly roles: readonly number[]
  /** True with the Admin role: holds every privilege, whatever it is called. */
  readonly all: boolean
  readonly privileges: readonly ReadonlySet<string>[]
}

/** What the entries of one object give a principal. */
export interface Match {
  /** On the object itself; undefined: no entry matches. */
  readonly own: Rights
  /** On what is below: from the propagating entries. */
  readonly below: Rights | undefined
}

export const noRights: Rights = { roles: [], all: false, privileges: [] }

/** True if a union of roles holds a privilege. */
export function grants(rights: Rights, privilege: string): boolean {
  return rights.all || rights.privileges.some(set => set.has(privilege))
}

type ManagerRecord = StoredRecord<AuthorizationManagerProps, AuthorizationInner>

interface Entry {
  /** Lower case. */
  readonly name: string
  readonly group: boolean
  readonly roleId: number
  readonly propagate: boolean
}

/** The permissions of a node in a form to search: one for each state of the manager's record. */
export class RightsTable {
  readonly #entries: ReadonlyMap<string, readonly Entry[]>
  readonly #global: readonly Entry[]
  readonly #roles = new Map<number, ReadonlySet<string>>()
  readonly #unions = new Map<string, Rights>()

  constructor(record: ManagerRecord) {
    const { permissions, globalPermissions } = record.inner
    this.#entries = new Map(Object.entries(permissions).map(([id, list]) => [id, list.map(entry)]))
    this.#global = globalPermissions.map(entry)
    for (const role of record.props.roleList ?? []) {
      this.#roles.set(role.roleId, privilegesOf(role))
    }
  }

  /** The objects with entries that match a principal, by id. */
  matches(principal: Principal): Map<string, Match> {
    const user = principal.name.toLowerCase()
    const groups = new Set(principal.groups.map(name => name.toLowerCase()))
    const found = new Map<string, Match>()
    for (const [id, entries] of this.#entries) {
      const match = this.#match(entries, user, groups)
      if (match !== undefined) found.set(id, match)
    }
    return found
  }

  /** What the global permissions give a principal. */
  global(principal: Principal): Rights | undefined {
    const groups = new Set(principal.groups.map(name => name.toLowerCase()))
    return this.#match(this.#global, principal.name.toLowerCase(), groups)?.below
  }

  /** The rights that two paths give together (network-security.md 11.4 rule 5). */
  union(a: Rights | undefined, b: Rights | undefined): Rights | undefined {
    if (a === undefined || b === undefined || a === b) return a ?? b
    return this.#rights([...a.roles, ...b.roles])
  }

  /** The rights of the built-in administrator of a lab that lets anybody in. */
  administrator(): Rights {
    return this.#rights([systemRole.admin])
  }

  #match(entries: readonly Entry[], user: string, groups: ReadonlySet<string>): Match | undefined {
    const own = this.#decide(entries, user, groups)
    if (own === undefined) return undefined
    const below = this.#decide(entries.filter(item => item.propagate), user, groups)
    return { own, below }
  }

  /** A user entry beats the groups; else all groups together (11.4 rules 3 and 4). */
  #decide(
    entries: readonly Entry[],
    user: string,
    groups: ReadonlySet<string>,
  ): Rights | undefined {
    const personal = entries.find(item => !item.group && item.name === user)
    if (personal !== undefined) return this.#rights([personal.roleId])
    const shared = entries.filter(item => item.group && groups.has(item.name))
    return shared.length === 0 ? undefined : this.#rights(shared.map(item => item.roleId))
  }

  #rights(roleIds: readonly number[]): Rights {
    const roles = [...new Set(roleIds)].sort((a, b) => a - b)
    const key = roles.join()
    let rights = this.#unions.get(key)
    if (rights === undefined) {
      rights = {
        roles,
        all: roles.includes(systemRole.admin),
        privileges: roles.flatMap(id => this.#roles.get(id) ?? []),
      }
      this.#unions.set(key, rights)
    }
    return rights
  }
}

function entry(permission: Permission): Entry {
  return {
    name: permission.principal.toLowerCase(),
    group: permission.group,
    roleId: permission.roleId,
    propagate: permission.propagate,
  }
}

const privilegeSets = new WeakMap<readonly string[], ReadonlySet<string>>()

function privilegesOf(role: AuthorizationRole): ReadonlySet<string> {
  const list = role.privilege ?? []
  let set = privilegeSets.get(list)
  if (set === undefined) {
    set = new Set(list)
    privilegeSets.set(list, set)
  }
  return set
}
