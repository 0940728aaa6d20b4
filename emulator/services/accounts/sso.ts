import { certificateExpired } from '../../physics/appliance/facts.js'
import { serviceUp } from '../../physics/appliance/services.js'
import { applianceOf } from '../../physics/appliance/state.js'
import type { Reader } from '../../world/records.js'
import type { NodeInfo } from '../nodes.js'

/**
 * Whether a node can tell who somebody is. On a vCenter that is single sign-on's work: without its
 * token service or directory, or when what it signs with has expired, nobody can log in
 * (availability.md 5). Sessions that are open go on.
 */
export function identityServing(reader: Reader, node: NodeInfo): boolean {
  if (applianceOf(reader, node.name) === undefined) return true
  return serviceUp(reader, node.name, 'sts') && serviceUp(reader, node.name, 'vmdird')
    && !certificateExpired(reader, node.name, 'sts')
}
