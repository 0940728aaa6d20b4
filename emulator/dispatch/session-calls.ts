import type { UserSession } from '../schema/generated/types.js'
import type { ClientInfo } from '../services/call.js'
import type { NodeInfo } from '../services/nodes.js'
import type { Principal } from '../services/sessions.js'
import { wellKnownRef } from '../services/well-known.js'
import type { Gate, Outcome } from './invoke.js'

/** A request as its calls of the SessionManager need it. */
export interface CallOrigin {
  readonly opId: string
  readonly client: ClientInfo
}

/** What a request that is no call says of who it is from. */
export interface Credentialed extends CallOrigin {
  /** Value of the session cookie. */
  readonly cookie: string | undefined
  /** Of a Basic Authorization header. */
  readonly login: { readonly userName: string, readonly password: string } | undefined
}

/** Calls a method of a node's SessionManager, for doors that speak no SOAP: with the same checks, events and lines. */
export function callSessionManager(
  gate: Gate, node: NodeInfo, origin: CallOrigin, method: string, args: Record<string, unknown>, cookie?: string,
): Outcome {
  return callManager(gate, node, origin, { field: 'sessionManager', method, args, cookie })
}

/** The same for any object that the ServiceContent names. */
export function callManager(
  gate: Gate, node: NodeInfo, { opId, client }: CallOrigin,
  { field, method, args, cookie }: {
    readonly field: string, readonly method: string, readonly args: Record<string, unknown>, readonly cookie: string | undefined
  },
): Outcome {
  const { schema } = gate.services
  const self = wellKnownRef(field, node.kind)!
  return gate.invoke(node, {
    self, method: schema.method(self.type, method)!, args, cookie, version: schema.versions.newest('vim25'), opId, client,
  })
}

/** Logs in by SessionManager.Login; gives the session's cookie, or the type of the fault. */
export function openSession(
  gate: Gate, node: NodeInfo, origin: CallOrigin, userName: string, password: string,
): { readonly cookie: string } | { readonly fault: string } {
  const outcome = callSessionManager(gate, node, origin, 'Login', { userName, password })
  if (outcome.kind === 'fault') return { fault: outcome.fault.type }
  const key = outcome.kind === 'result' ? (outcome.value as UserSession).key : ''
  const cookie = gate.services.sessions.cookieOf(key)
  return cookie === undefined ? { fault: 'InvalidLogin' } : { cookie }
}

/**
 * Runs something as the user of a request: by its session, or by a login that lasts for this one request.
 * Undefined: it is from nobody, and nothing ran.
 */
export function asUser<T>(gate: Gate, node: NodeInfo, request: Credentialed, run: (principal: Principal) => T): T | undefined {
  const { world, sessions } = gate.services
  world.runDue()
  const session = sessions.find(node.name, request.cookie)
  if (session !== undefined) return run(session.principal)
  if (request.login === undefined) return undefined
  const opened = openSession(gate, node, request, request.login.userName, request.login.password)
  if ('fault' in opened) return undefined
  try {
    return run(sessions.find(node.name, opened.cookie)!.principal)
  } finally {
    callSessionManager(gate, node, request, 'Logout', {}, opened.cookie)
  }
}
