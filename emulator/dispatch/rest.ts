import type { UserSession } from '../schema/generated/types.js'
import type { NodeInfo } from '../services/nodes.js'
import { backEndServing } from '../services/outage.js'
import type { Principal } from '../services/sessions.js'
import { findVapiSession } from '../services/vapi-sessions.js'
import { applianceOperations } from '../vapi/appliance/operations.js'
import { findOperation, runOperation, type Found, type Operation, type VapiCall } from '../vapi/operation.js'
import { managesAppliance, ownSessions, whoIs } from '../vapi/own-sessions.js'
import {
  SESSION_PATHS, refusal, sessionService, type LoginRefusal, type SessionHost, type SessionRequest,
} from '../vapi/session.js'
import type { VcenterCall } from '../vapi/vcenter/call.js'
import { vcenterOperations } from '../vapi/vcenter/operations.js'
import { vapiError, type Dialect, type VapiReply } from '../vapi/vapi-error.js'
import type { Gate, RestDoor } from './invoke.js'
import { callManager, callSessionManager, openSession, type Credentialed } from './session-calls.js'

/** A REST request as a door hands it in. */
export interface RestRequest extends Credentialed {
  readonly method: string
  /** Path without query. */
  readonly path: string
  /** Query without `?`. */
  readonly query: string
  readonly sessionId: string | undefined
  /** The body as it came; empty when there is none. */
  readonly body: string
}

/**
 * The gate of the REST doors: finds the operation of a path and counts what is not emulated.
 * Operations that have a SOAP twin run through the gate of calls.
 */
export class RestGate {
  readonly #gate: Gate
  readonly #door: RestDoor

  constructor(gate: Gate, door: RestDoor = 'api') {
    this.#gate = gate
    this.#door = door
  }

  /** True for a request that is emulated. */
  knows(request: Pick<RestRequest, 'method' | 'path' | 'query'>): boolean {
    const isSession = SESSION_PATHS[request.path] !== undefined && sessionOperation(request) !== undefined
    return isSession || find(applianceOperations, request) !== undefined || this.#ofVcenter(request) !== undefined
  }

  answer(node: NodeInfo, request: RestRequest): VapiReply {
    const { world } = this.#gate.services
    world.runDue()
    const dialect = SESSION_PATHS[request.path]
    const operation = dialect === undefined ? undefined : sessionOperation(request)
    if (dialect !== undefined && operation !== undefined) {
      const { login, sessionId } = request
      return sessionService(this.#sessions(node, request), { operation, dialect, login, sessionId })
    }
    const ofVcenter = this.#ofVcenter(request)
    if (ofVcenter !== undefined) return this.#runOfVcenter(node, request, ofVcenter)
    const found = find(applianceOperations, request)
    return found === undefined ? this.#miss(request) : this.#runOfAppliance(node, request, found)
  }

  #runOfAppliance(node: NodeInfo, request: RestRequest, found: Found): VapiReply {
    const who = this.#principal(node, request)
    if ('refused' in who) return refusal(dialectOf(request), who.refused)
    if (!managesAppliance(who.principal)) return refusal(dialectOf(request), 'forbidden')
    return this.#run(request, found, this.#call(node, request, found, who.principal.name))
  }

  /** Operations that vpxd stands behind are at 443 only. */
  #ofVcenter(request: Pick<RestRequest, 'method' | 'path' | 'query'>): Found<VcenterCall> | undefined {
    return this.#door === 'api' ? find(vcenterOperations, request) : undefined
  }

  #runOfVcenter(node: NodeInfo, request: RestRequest, found: Found<VcenterCall>): VapiReply {
    const { services } = this.#gate
    const dialect = dialectOf(request)
    if (request.sessionId !== undefined && !backEndServing(services.world, node.name)) {
      return vapiError(dialect, 'service_unavailable', 'com.vmware.vapi.endpoint.provider.unavailable',
        'The service behind this operation does not answer.')
    }
    const session = services.sessions.find(node.name, request.sessionId)
    if (session === undefined) return refusal(dialect, 'wrong')
    return this.#run(request, found, {
      ...this.#call(node, request, found, session.principal.name), services, session,
      soap: (field, method, args = {}) => {
        const outcome = callManager(this.#gate, node, request, { field, method, args, cookie: request.sessionId })
        if (outcome.kind === 'fault') throw outcome.fault
        return outcome.kind === 'result' ? outcome.value : undefined
      },
    })
  }

  #call(node: NodeInfo, request: RestRequest, { params }: { readonly params: Found['params'] }, userName: string): VapiCall {
    return {
      world: this.#gate.services.world, node, dialect: dialectOf(request), params, body: parsed(request.body),
      query: new URLSearchParams(request.query), userName,
    }
  }

  #run<C extends VapiCall>(request: RestRequest, { operation }: Found<C>, call: C): VapiReply {
    const { dialect, body, node, userName: user } = call
    if (body instanceof SyntaxError) {
      return vapiError(dialect, 'invalid_argument', 'vapi.data.serializers.json.invalid', 'The body is not valid JSON.')
    }
    try {
      const reply = runOperation(operation, call)
      const { method, path, query } = request
      this.#gate.onRest?.({ node: node.name, door: this.#door, method, path, query, body, user, status: reply.status })
      return reply
    } catch (error) {
      this.#gate.onRestDefect(error)
      return vapiError(dialect, 'internal_server_error', 'com.fauxsphere.defect',
        'Internal error of the simulator; see the lab log.')
    }
  }

  /** Who a request is of: its session, of either kind, or at 5480 the login that it brings itself. */
  #principal(
    node: NodeInfo, { sessionId, login }: RestRequest,
  ): { readonly principal: Principal } | { readonly refused: LoginRefusal } {
    const { world, sessions } = this.#gate.services
    if (sessionId !== undefined) {
      const own = findVapiSession(world, node, sessionId)
      if (own !== undefined) return { principal: { name: own.userName, groups: own.groups } }
      const shared = this.#door === 'api' ? sessions.find(node.name, sessionId) : undefined
      if (shared !== undefined) return { principal: shared.principal }
    }
    if (login === undefined || this.#door === 'api') return { refused: 'wrong' }
    return whoIs(world, node, login.userName, login.password, true)
  }

  #miss({ method, path }: RestRequest): VapiReply {
    this.#gate.misses.note(`${method} ${path}`, this.#gate.services.world.now())
    return vapiError(path.startsWith('/api') ? 'api' : 'rest', 'operation_not_found',
      'vapi.rest.operation.not.found', `fauxsphere does not emulate ${method} ${path}.`)
  }

  /** vpxd's sessions at 443 while it answers; else those that need no vpxd. */
  #sessions(node: NodeInfo, request: RestRequest): SessionHost {
    const { world } = this.#gate.services
    const management = this.#door === 'management'
    const own = ownSessions(world, node, management)
    if (management || !backEndServing(world, node.name)) return own
    const { sessionId } = request
    const isOwn = sessionId !== undefined && findVapiSession(world, node, sessionId) !== undefined
    return isOwn && request.method !== 'POST' ? own : this.#shared(node, request)
  }

  #shared(node: NodeInfo, request: RestRequest): SessionHost {
    const { sessions } = this.#gate.services
    return {
      isFull: () => sessions.isFull(node.name),
      session: id => {
        const outcome = callSessionManager(this.#gate, node, request, 'Fetch', { prop: 'currentSession' }, id)
        return outcome.kind === 'result' ? outcome.value as UserSession | undefined : undefined
      },
      logout: id => { callSessionManager(this.#gate, node, request, 'Logout', {}, id) },
      login: (userName, password) => {
        const opened = openSession(this.#gate, node, request, userName, password)
        return 'fault' in opened ? { refused: loginRefusal(opened.fault) } : { id: opened.cookie }
      },
    }
  }
}

/**
 * What is emulated beside the session service, below /api and /rest, as requests are written below
 * /api: `POST /appliance/services/{service}?action=stop`.
 */
export function restOperationNames(): string[] {
  const all: readonly Pick<Operation, 'method' | 'path' | 'action' | 'task'>[] = [...applianceOperations, ...vcenterOperations]
  return all.map(({ method, path, action, task }) => {
    const query = [...action === undefined ? [] : [`action=${action}`], ...task === true ? ['vmw-task=true'] : []].join('&')
    return `${method} ${path}${query === '' ? '' : `?${query}`}`
  })
}

function loginRefusal(fault: string): LoginRefusal {
  if (fault === 'NoPermission') return 'forbidden'
  return fault === 'PasswordExpired' ? 'expired' : 'wrong'
}

/** The session service's operation of an HTTP method; undefined: there is none. */
function sessionOperation({ method, query }: Pick<RestRequest, 'method' | 'query'>): SessionRequest['operation'] | undefined {
  const action = new URLSearchParams(query).get('~action')
  if (method === 'POST' && action === null) return 'create'
  if (method === 'POST' && action === 'get') return 'get'
  if (method === 'GET' && action === null) return 'get'
  return method === 'DELETE' && action === null ? 'delete' : undefined
}

function find<C extends VapiCall>(
  operations: readonly Operation<C>[], request: Pick<RestRequest, 'method' | 'path' | 'query'>,
): Found<C> | undefined {
  const path = request.path.replace(/^\/(api|rest)/, '')
  return findOperation(operations, dialectOf(request), {
    method: request.method, path, query: new URLSearchParams(request.query),
  })
}

function dialectOf({ path }: Pick<RestRequest, 'path'>): Dialect {
  return path.startsWith('/api') ? 'api' : 'rest'
}

function parsed(body: string): unknown {
  if (body.trim() === '') return undefined
  try {
    return JSON.parse(body) as unknown
  } catch (error) {
    return error as SyntaxError
  }
}
