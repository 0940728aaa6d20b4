import type { UserSession } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { ClientInfo } from '../services/call.js'
import { MethodFault } from '../services/method-fault.js'
import type { NodeInfo } from '../services/nodes.js'
import { wellKnownRef } from '../services/well-known.js'
import { SESSION_PATHS, sessionService, type SessionHost, type SessionRequest } from '../vapi/session.js'
import { vapiError, type VapiReply } from '../vapi/vapi-error.js'
import type { Gate, Outcome } from './invoke.js'

/** A REST request as a door hands it in. */
export interface RestRequest {
  readonly method: string
  /** Path without query. */
  readonly path: string
  /** Query without `?`. */
  readonly query: string
  readonly login: SessionRequest['login']
  readonly sessionId: string | undefined
  readonly opId: string
  readonly client: ClientInfo
}

/**
 * The gate of the REST doors: finds the operation of a path and counts what is not emulated.
 * Operations that have a SOAP twin run through the gate of calls.
 */
export class RestGate {
  readonly #gate: Gate

  constructor(gate: Gate) {
    this.#gate = gate
  }

  answer(node: NodeInfo, request: RestRequest): VapiReply {
    const dialect = SESSION_PATHS[request.path]
    const operation = dialect === undefined ? undefined : operationOf(request)
    if (dialect === undefined || operation === undefined) return this.#miss(request)
    const { login, sessionId } = request
    return sessionService(this.#host(node, request), { operation, dialect, login, sessionId })
  }

  #miss({ method, path }: RestRequest): VapiReply {
    this.#gate.misses.note(`${method} ${path}`, this.#gate.services.world.now())
    return vapiError(path.startsWith('/api') ? 'api' : 'rest', 'operation_not_found',
      'vapi.rest.operation.not.found', `fauxsphere does not emulate ${method} ${path}.`)
  }

  #host(node: NodeInfo, request: RestRequest): SessionHost {
    const { sessions } = this.#gate.services
    const manager = wellKnownRef('sessionManager', node.kind)!
    const call = (method: string, args: Record<string, unknown>, cookie?: string): Outcome =>
      this.#call(node, request, manager, { method, args, cookie })
    return {
      isFull: () => sessions.isFull(node.name),
      session: id => {
        const outcome = call('Fetch', { prop: 'currentSession' }, id)
        return outcome.kind === 'result' ? outcome.value as UserSession | undefined : undefined
      },
      logout: id => { call('Logout', {}, id) },
      login: (userName, password) => {
        const outcome = call('Login', { userName, password })
        if (outcome.kind === 'fault') return outcome.fault
        const key = outcome.kind === 'result' ? (outcome.value as UserSession).key : ''
        return sessions.cookieOf(key) ?? new MethodFault('NotAuthenticated')
      },
    }
  }

  #call(
    node: NodeInfo,
    { opId, client }: RestRequest,
    self: MoRef,
    call: { method: string, args: Record<string, unknown>, cookie: string | undefined },
  ): Outcome {
    const { schema } = this.#gate.services
    return this.#gate.invoke(node, {
      self, method: schema.method(self.type, call.method)!, args: call.args, cookie: call.cookie,
      version: schema.versions.newest('vim25'), opId, client,
    })
  }
}

/** The session service's operation of an HTTP method; undefined: there is none. */
function operationOf({ method, query }: RestRequest): SessionRequest['operation'] | undefined {
  const action = new URLSearchParams(query).get('~action')
  if (method === 'POST' && action === null) return 'create'
  if (method === 'POST' && action === 'get') return 'get'
  if (method === 'GET' && action === null) return 'get'
  return method === 'DELETE' && action === null ? 'delete' : undefined
}
