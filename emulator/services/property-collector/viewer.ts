/** What a reader may see: objects, properties, and the faults that stand for what it may not. */
import type { MissingPath } from '../../schema/bulk.js'
import { noPermission, notAuthenticated, visible } from '../authorization/check.js'
import type { Services } from '../call.js'
import { isSessionObject } from '../session-objects.js'
import type { Session } from '../sessions.js'
import type { Slot } from '../../world/records.js'

/** Whose eyes objects are looked at with. */
export interface Viewer {
  /** Viewers with equal keys see the same. */
  readonly key: string
  /** Nothing is hidden: no check needs to be made. */
  readonly all: boolean
  /** Whether the object is shown at all. */
  sees(slot: Slot): boolean
  /** Whether a property that needs the privilege is shown. */
  holds(slot: Slot, privilege: string): boolean
  /** The missingSet entry of a property that is not shown. */
  missing(slot: Slot, path: string, privilege: string): MissingPath
}

/** The viewer of a session; undefined: nobody has logged in (protocols.md 4.1). */
export function viewerOf(services: Services, node: string, session: Session | undefined): Viewer {
  if (session === undefined) return anonymous
  const { authorization, world } = services
  const { principal } = session
  if (authorization.seesAll(world, principal, node)) return everything
  return {
    key: `${principal.name}\n${principal.groups.join('\n')}`,
    all: false,
    sees: slot => isSessionObject(slot) || visible(authorization, world, principal, slot),
    holds: (slot, privilege) => isSessionObject(slot)
      || authorization.has(world, principal, slot, privilege),
    missing: (slot, path, privilege) => ({
      path, fault: noPermission(slot, privilege).localized,
    }),
  }
}

const everything: Viewer = {
  key: '*',
  all: true,
  sees: () => true,
  holds: () => true,
  missing: slot => { throw new Error(`nothing is hidden of ${slot.address.id}`) },
}

/** Objects are reported, but of their properties only those that need no login. */
const anonymous: Viewer = {
  key: '',
  all: false,
  sees: () => true,
  holds: (_slot, privilege) => privilege === 'System.Anonymous',
  missing: (slot, path, privilege) => ({
    path, fault: notAuthenticated(slot, privilege).localized,
  }),
}
