import type { Slot } from '../../world/records.js'
import type { ReadContext, VirtualProperty } from '../call.js'
import { systemRole } from './default-roles.js'

/**
 * `ManagedEntity.effectiveRole`: the roles that the reader's rights on the entity are made of; the
 * View role alone where he only sees an ancestor of what he may read. Who sees everything is an
 * Administrator: that is the stored value.
 */
export const effectiveRole: VirtualProperty = Object.assign(rolesOfReader, { limitedReadersOnly: true })

function rolesOfReader({ services, reader, session }: ReadContext, self: Slot): unknown {
  if (session === undefined) return undefined
  const { authorization } = services
  const roles = authorization.rolesOn(reader, session.principal, self)
  if (roles.length > 0) return roles
  return authorization.has(reader, session.principal, self, 'System.View') ? [systemRole.view] : []
}
