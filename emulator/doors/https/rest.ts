/** `/rest` and `/api` of a vCenter (protocols.md 5.2): HTTP on one side, the REST gate on the other. */
import type { RestGate, RestRequest } from '../../dispatch/rest.js'
import { BodyTooLarge, readBody } from './body.js'
import { cookieValue } from './cookies.js'
import { credentialsOf } from './credentials.js'
import { isGone, send, type Exchange, type Route } from './exchange.js'
import type { RawHeaders } from './product-headers.js'
import { refuseTooLarge } from './soap.js'

/** Name of the header, and of the cookie, that carry a session's id. */
const SESSION_ID = 'vmware-api-session-id'

/** The REST paths of a node; hosts have none. */
export function restRoute(gate: RestGate): Route {
  return {
    matches: (_method, path) => /^\/(rest|api)(\/|$)/.test(path),
    handle: exchange => readBody(exchange.req, exchange.door.maxBodyBytes, (error, body) => {
      if (error instanceof BodyTooLarge) refuseTooLarge(exchange)
      if (error !== undefined || isGone(exchange)) return
      exchange.trace?.(body)
      answer(exchange, gate, body.toString())
    }),
  }
}

function answer(exchange: Exchange, gate: RestGate, body: string): void {
  const { door } = exchange
  const reply = gate.answer(door.node, requestOf(exchange, body))
  const extra: RawHeaders = []
  if (reply.opened !== undefined) {
    const path = exchange.path.startsWith('/api') ? '/api' : '/rest'
    const secure = door.secureCookies ? 'Secure;' : ''
    extra.push('set-cookie', `${SESSION_ID}=${reply.opened};Path=${path};${secure}HttpOnly`)
  }
  const sent = reply.body === undefined ? '' : JSON.stringify(reply.body)
  send(exchange, reply.status, 'application/json', sent, extra)
}

function requestOf(exchange: Exchange, body: string): RestRequest {
  const { req, path, query } = exchange
  const given = req.headers[SESSION_ID]
  return {
    ...credentialsOf(exchange), method: req.method ?? 'GET', path, query, body,
    sessionId: (Array.isArray(given) ? given[0] : given) ?? cookieValue(req.headers.cookie, SESSION_ID),
  }
}
