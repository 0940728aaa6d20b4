import type { Permission } from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Principal } from '../sessions.js'

/** Answers who may do what (network-security.md 11). */
export interface Authorization {
  /** True if the principal holds the privilege on the object, inheritance included. */
  has(reader: Reader, principal: Principal, object: Slot, privilege: string): boolean
  /** True if nothing on this node is hidden from the principal: reads may skip every check. */
  seesAll(reader: Reader, principal: Principal, node: string): boolean
  /** Ids of the roles that make up the principal's rights on an entity; empty: none. */
  rolesOn(reader: Reader, principal: Principal, object: Slot): readonly number[]
  /** True if the principal has any right on any object of a node (protocols.md 4.2). */
  hasAny(reader: Reader, principal: Principal, node: string): boolean
  /**
   * The permissions that count on an entity: its own and, of the ancestors' propagating ones, the
   * nearest for each principal.
   */
  inherited(reader: Reader, entity: Slot): Permission[]
  /** Grows whenever an answer of `has` may have changed (permissions, roles, tree). */
  readonly epoch: number
}
