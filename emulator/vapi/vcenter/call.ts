import { noPermission } from '../../services/authorization/check.js'
import type { Services } from '../../services/call.js'
import type { Session } from '../../services/sessions.js'
import { wellKnownId } from '../../services/well-known.js'
import type { Operation, VapiCall } from '../operation.js'

/** A call of an operation that vpxd stands behind: it has one of vpxd's sessions. */
export interface VcenterCall extends VapiCall {
  readonly services: Services
  readonly session: Session
  /**
   * Calls a method of an object that ServiceContent names, through the gate that SOAP uses: with its
   * privileges, events and log lines.
   * @throws MethodFault
   */
  soap(field: string, method: string, args?: Record<string, unknown>): unknown
}

export type VcenterOperation = Operation<VcenterCall>

/** For privileges on the whole vCenter beside those of the methods. @throws NoPermission */
export function requireOnRoot({ world, node, services, session }: VcenterCall, privilege: string): void {
  const root = world.find(node.name, wellKnownId('rootFolder', 'vcenter'))!
  if (!services.authorization.has(world, session.principal, root, privilege)) throw noPermission(root, privilege)
}
