import { hostOfReflector } from '../../inventory/host-managers.js'
import { operationOf, operationOn } from '../../physics/logs/operation.js'
import type { Actor } from '../../physics/compute/signals.js'
import type { Call, Query } from '../../services/call.js'
import { requirePrivilege } from '../../services/authorization/check.js'
import { fault, MethodFault, NotEmulated } from '../../services/method-fault.js'
import { nodeInfo, type NodeInfo } from '../../services/nodes.js'
import { refOf } from '../../services/refs.js'
import type { Session } from '../../services/sessions.js'
import type { MoRef } from '../../schema/model.js'
import type { Slot } from '../../world/records.js'
import type { Definition } from '../define.js'
import { truthOf } from '../truth.js'
import type { ManagedTypeName, MethodArgs, MethodName } from '../../schema/generated/types.js'
import { cliFault } from './define.js'
import type { ChangeSeat } from './model.js'

/**
 * The host that an object behind esxcli belongs to: its HostSystem where the call came in, and its node.
 * @throws HostNotConnected or HostNotReachable when vCenter cannot reach the host
 */
export function hostBehind(call: Query): { readonly system: Slot, readonly node: NodeInfo } {
  const { self: { address: { node, id } }, reader } = call
  const system = reader.find(node, hostOfReflector(id))
  if (system === undefined) throw fault('ManagedObjectNotFound', { obj: refOf(call.self) })
  return { system, node: nodeInfo(reader, truthOf(reader, system).address.node)! }
}

/**
 * Runs a method of one of the host's own managed objects, as a client of the host would: the same
 * privileges, on the object and on those among the arguments, the same events and lines. What it refuses
 * becomes the refusal of the command, with the same text; NoPermission stays what it is.
 */
export function through<T extends ManagedTypeName, M extends MethodName<T> & string>(
  seat: ChangeSeat, definition: Definition, id: string,
  type: T, name: M, args: MethodArgs<T, M>,
): unknown {
  const { call, host, tx } = seat
  const self = tx.find(host.name, id)
  const method = call.services.schema.method(type, name)
  const behaviour = definition.methods[name]
  if (self === undefined || method === undefined || behaviour === undefined) throw fault('NotSupported')
  const own: Call = {
    services: call.services, node: host, session: sessionOn(call, host.name), self, method,
    version: call.version, opId: operationOn(tx, host.name, operationOf(tx)).opId ?? call.opId, client: call.client, tx,
  }
  if (method.privilege !== undefined) requirePrivilege(own, self, method.privilege)
  for (const { property, privilege } of method.params) {
    if (privilege === undefined) continue
    for (const ref of [(args as Readonly<Record<string, unknown>>)[property] ?? []].flat() as MoRef[]) {
      requirePrivilege(own, tx.find(host.name, ref.value)!, privilege)
    }
  }
  try {
    return (behaviour.run as (call: Call, args: unknown) => unknown)(own, args)
  } catch (error) {
    if (!(error instanceof MethodFault) || error instanceof NotEmulated || error.type === 'NoPermission') throw error
    throw cliFault(error.message)
  }
}

/**
 * For what the API has no method for: the privilege that a like method of an object of the host needs.
 * @throws NoPermission
 */
export function requireOnHost({ call, host, tx }: ChangeSeat, id: string, privilege: string): void {
  const own = { ...call, node: host, session: sessionOn(call, host.name), tx } as unknown as Call
  requirePrivilege(own, tx.find(host.name, id)!, privilege)
}

/** Who is behind a command, for signals and events of the host. */
export function actorOn({ call, host }: ChangeSeat): Actor {
  return { node: host.name, userName: sessionOn(call, host.name)?.principal.name ?? '' }
}

/**
 * Who acts on the host: the caller, or vpxuser for one who asks through vCenter, which has looked at
 * the caller's privileges itself.
 */
function sessionOn(call: Query, host: string): Session | undefined {
  if (call.node.name === host || call.session === undefined) return call.session
  return { ...call.session, node: host, principal: { name: 'vpxuser', groups: [], administrator: true } }
}
