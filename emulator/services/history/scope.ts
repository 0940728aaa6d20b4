import type { MoRef } from '../../schema/model.js'
import type { Reader } from '../../world/records.js'
import type { Services } from '../call.js'
import type { Session } from '../sessions.js'

/** How far a filter by entity reaches. */
export type Recursion = 'self' | 'children' | 'all'

interface Upward {
  readonly parent?: MoRef
  readonly parentVApp?: MoRef
  readonly resourcePool?: MoRef
  readonly runtime?: { readonly host?: MoRef }
}

/**
 * True if an object is another one or lies below it in the present inventory: in its folders, its
 * datacenter, its cluster, its pools or on its host. An object that is gone lies nowhere.
 */
export function isWithin(reader: Reader, node: string, ref: MoRef, root: MoRef): boolean {
  const seen = new Set<string>()
  const open = [ref]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.value === root.value) return true
    if (seen.has(at.value)) continue
    seen.add(at.value)
    const slot = reader.find(node, at.value)
    const props = slot === undefined ? undefined : reader.read<Upward>(slot)?.props
    if (props === undefined) continue
    const pool = at.type === 'VirtualMachine' ? props.resourcePool : undefined
    const host = at.type === 'VirtualMachine' ? props.runtime?.host : undefined
    for (const next of [props.parent, props.parentVApp, pool, host]) {
      if (next !== undefined) open.push(next)
    }
  }
  return false
}

/** True if what concerns `about` lies in the reach of a filter by entity. */
export function inScope(
  reader: Reader,
  node: string,
  about: readonly MoRef[],
  named: readonly MoRef[],
  entity: MoRef,
  recursion: Recursion,
): boolean {
  // What concerns no object (logins, settings) concerns the whole node: its root folder.
  if (about.length === 0 && named.length === 0) return isRoot(reader, node, entity) && recursion !== 'children'
  const itself = about.some(ref => ref.value === entity.value)
  if (recursion === 'self') return itself
  if (itself) return recursion === 'all'
  return named.some(ref => isWithin(reader, node, ref, entity))
}

function isRoot(reader: Reader, node: string, entity: MoRef): boolean {
  const slot = reader.find(node, entity.value)
  return slot?.address.type === 'Folder' && reader.read<Upward>(slot)?.props.parent === undefined
}

/**
 * True if a session may be told of what concerns some objects: it may read the first of them that
 * is still there; what concerns none of them is for those who may read the root folder.
 */
export function mayRead(
  services: Services,
  reader: Reader,
  session: Session,
  about: readonly MoRef[],
  rootId: string,
): boolean {
  const { authorization } = services
  if (authorization.seesAll(reader, session.principal, session.node)) return true
  for (const ref of [...about, { type: 'Folder', value: rootId }]) {
    const slot = reader.find(session.node, ref.value)
    if (slot !== undefined) return authorization.has(reader, session.principal, slot, 'System.Read')
  }
  return false
}
