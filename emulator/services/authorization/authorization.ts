import type { Reader, Slot } from '../../world/records.js'
import type { Principal } from '../sessions.js'

/** Answers who may do what (network-security.md 11). */
export interface Authorization {
  /** True if the principal holds the privilege on the object, inheritance included. */
  has(reader: Reader, principal: Principal, object: Slot, privilege: string): boolean
  /** True if nothing on this node is hidden from the principal: reads may skip every check. */
  seesAll(reader: Reader, principal: Principal, node: string): boolean
  /** Grows whenever an answer of `has` may have changed (permissions, roles, tree). */
  readonly epoch: number
}
