/**
 * `com.vmware.cis.session`: login, look and logout over REST (protocols.md 5.2). From 8.0U3 the
 * session is the one that SOAP uses, so both dialects go through SessionManager and the ids are
 * its cookies.
 */
import type { UserSession } from '../schema/generated/types.js'
import type { MethodFault } from '../services/method-fault.js'
import { vapiError, type Dialect, type VapiReply } from './vapi-error.js'

/** What the operations need of the node they run on. */
export interface SessionHost {
  /** Logs in; gives the session's id. */
  login(userName: string, password: string): string | MethodFault
  /** The live session of an id, as it is now. */
  session(id: string): UserSession | undefined
  logout(id: string): void
  /** No further session fits (protocols.md 4.3). */
  isFull(): boolean
}

/** A request for the session service, taken apart. */
export interface SessionRequest {
  readonly operation: 'create' | 'get' | 'delete'
  readonly dialect: Dialect
  /** User and password of the Authorization header. */
  readonly login: { readonly userName: string, readonly password: string } | undefined
  /** Value of the `vmware-api-session-id` header or cookie. */
  readonly sessionId: string | undefined
}

/** Paths of the service in the two dialects. */
export const SESSION_PATHS: Readonly<Record<string, Dialect>> = {
  '/rest/com/vmware/cis/session': 'rest',
  '/api/session': 'api',
}

/** Does what the request asks. */
export function sessionService(host: SessionHost, request: SessionRequest): VapiReply {
  if (request.operation === 'create') return create(host, request)
  const id = request.sessionId
  const session = id === undefined ? undefined : host.session(id)
  if (id === undefined || session === undefined) return unauthenticated(request.dialect)
  if (request.operation === 'get') return { status: 200, body: wrapped(request.dialect, shown(session)) }
  host.logout(id)
  return request.dialect === 'rest' ? { status: 200 } : { status: 204 }
}

function create(host: SessionHost, { dialect, login }: SessionRequest): VapiReply {
  if (login === undefined) return unauthenticated(dialect)
  if (host.isFull()) {
    return vapiError(dialect, 'service_unavailable', 'com.vmware.vapi.endpoint.session.limit',
      'The limit of sessions is reached.')
  }
  const id = host.login(login.userName, login.password)
  if (typeof id === 'string') {
    return { status: dialect === 'rest' ? 200 : 201, body: wrapped(dialect, id), opened: id }
  }
  return id.type === 'NoPermission'
    ? vapiError(dialect, 'unauthorized', 'vapi.security.authorization.permission.denied', id.message)
    : unauthenticated(dialect)
}

function unauthenticated(dialect: Dialect): VapiReply {
  return vapiError(dialect, 'unauthenticated', 'com.vmware.vapi.endpoint.method.authentication.required',
    'Authentication required.')
}

function wrapped(dialect: Dialect, value: unknown): unknown {
  return dialect === 'rest' ? { value } : value
}

function shown({ userName, loginTime, lastActiveTime }: UserSession): object {
  return { user: principalName(userName), created_time: loginTime, last_accessed_time: lastActiveTime }
}

/** `VSPHERE.LOCAL\Administrator` as `Administrator@VSPHERE.LOCAL`, how SSO names its users. */
function principalName(name: string): string {
  const [domain, user] = name.split('\\')
  return user === undefined ? name : `${user}@${domain}`
}
