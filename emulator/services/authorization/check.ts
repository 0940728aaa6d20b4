import type { PropertyInfo } from '../../schema/model.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Call, Query } from '../call.js'
import { refOf } from '../refs.js'
import { fault, type MethodFault } from '../method-fault.js'
import type { Principal } from '../sessions.js'
import type { Authorization } from './authorization.js'

/** The NoPermission fault for an object, in the form of 7.0.3.2 and later (protocols.md 1.6). */
export function noPermission(object: Slot, ...privileges: string[]): MethodFault {
  const ref = refOf(object)
  return fault('NoPermission', {
    object: ref,
    privilegeId: privileges[0],
    missingPrivileges: [{ entity: ref, privilegeIds: privileges }],
  })
}

/** The NotAuthenticated fault for a call or a read without a session (protocols.md 1.6). */
export function notAuthenticated(object: Slot, privilege: string): MethodFault {
  return fault('NotAuthenticated', { object: refOf(object), privilegeId: privilege })
}

/** Those of some privileges that the caller does not hold on an object, in the same order. */
export function missingPrivileges(
  call: Call | Query,
  object: Slot,
  privileges: readonly string[],
): string[] {
  const { services: { authorization }, session } = call
  const reader = readerOf(call)
  const principal = session?.principal
  if (principal === undefined) return privileges.filter(id => id !== 'System.Anonymous')
  return privileges.filter(id => !authorization.has(reader, principal, object, id))
}

/**
 * For privileges that the tables do not declare (network-security.md 11.5). Throws NoPermission
 * naming the object when the caller lacks one, NotAuthenticated when nobody is logged in.
 */
export function requirePrivilege(call: Call | Query, object: Slot, ...privileges: string[]): void {
  const missing = missingPrivileges(call, object, privileges)
  if (missing.length === 0) return
  throw call.session === undefined
    ? notAuthenticated(object, missing[0]!)
    : noPermission(object, ...missing)
}

/** Privilege to read a property: its own, or System.Read (network-security.md appendix D). */
export function propertyPrivilege(property: PropertyInfo): string {
  return property.privilege ?? 'System.Read'
}

/**
 * Whether a reader may see a property. Undefined: yes; else the fault value for `missingSet`
 * (network-security.md 11.4). `principal` undefined: nobody is logged in.
 */
export function readableProperty(
  authorization: Authorization,
  reader: Reader,
  principal: Principal | undefined,
  object: Slot,
  property: PropertyInfo,
): MethodFault['value'] | undefined {
  const privilege = propertyPrivilege(property)
  if (privilege === 'System.Anonymous') return undefined
  if (principal === undefined) return notAuthenticated(object, privilege).value
  if (authorization.has(reader, principal, object, privilege)) return undefined
  return noPermission(object, privilege).value
}

/** Whether an object appears to a reader at all, in views and traversals (System.View). */
export function visible(
  authorization: Authorization,
  reader: Reader,
  principal: Principal | undefined,
  object: Slot,
): boolean {
  return principal !== undefined && authorization.has(reader, principal, object, 'System.View')
}

function readerOf(call: Call | Query): Reader {
  return 'tx' in call ? call.tx : call.reader
}
