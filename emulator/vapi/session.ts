/**
 * `com.vmware.cis.session`: login, look and logout over REST (protocols.md 5.2). From 8.0U3 the
 * session is the one that SOAP uses, so both dialects go through SessionManager and the ids are
 * its cookies. The appliance's management, and the endpoint while vpxd is down, have their own.
 */
import type { UserSession } from '../schema/generated/types.js'
import { vapiError, type Dialect, type VapiReply } from './vapi-error.js'

/** Why a login was refused. `unavailable`: nobody can tell who the user is. */
export type LoginRefusal = 'wrong' | 'expired' | 'unavailable' | 'forbidden'

/** What the operations need of the node they run on. */
export interface SessionHost {
  /** Logs in; gives the session's id. */
  login(userName: string, password: string): { readonly id: string } | { readonly refused: LoginRefusal }
  /** The live session of an id, as it is now. */
  session(id: string): ShownSession | undefined
  logout(id: string): void
  /** No further session fits (protocols.md 4.3). */
  isFull(): boolean
}

/** What a session shows of itself. */
export type ShownSession = Pick<UserSession, 'userName' | 'loginTime' | 'lastActiveTime'>

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
  const outcome = host.login(login.userName, login.password)
  if ('refused' in outcome) return refusal(dialect, outcome.refused)
  const { id } = outcome
  return { status: dialect === 'rest' ? 200 : 201, body: wrapped(dialect, id), opened: id }
}

/** The error of a login that was refused. */
export function refusal(dialect: Dialect, why: LoginRefusal): VapiReply {
  switch (why) {
    case 'forbidden':
      return vapiError(dialect, 'unauthorized', 'vapi.security.authorization.permission.denied',
        'Permission to perform this operation was denied.')
    case 'unavailable':
      return vapiError(dialect, 'service_unavailable', 'com.vmware.vapi.endpoint.sso.unavailable',
        'The authentication service cannot be reached.')
    case 'expired':
      return vapiError(dialect, 'unauthenticated', 'com.vmware.vapi.endpoint.method.authentication.expired',
        'The password of the user has expired.')
    case 'wrong':
      return unauthenticated(dialect)
  }
}

/** The error of a request that shows no live session and no valid login. */
function unauthenticated(dialect: Dialect): VapiReply {
  return vapiError(dialect, 'unauthenticated', 'com.vmware.vapi.endpoint.method.authentication.required',
    'Authentication required.')
}

function wrapped(dialect: Dialect, value: unknown): unknown {
  return dialect === 'rest' ? { value } : value
}

function shown({ userName, loginTime, lastActiveTime }: ShownSession): object {
  return { user: principalName(userName), created_time: loginTime, last_accessed_time: lastActiveTime }
}

/** `VSPHERE.LOCAL\Administrator` as `Administrator@VSPHERE.LOCAL`, how SSO names its users. */
function principalName(name: string): string {
  const [domain, user] = name.split('\\')
  return user === undefined ? name : `${user}@${domain}`
}
