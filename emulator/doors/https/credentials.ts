import type { Credentialed } from '../../dispatch/session-calls.js'
import { sessionCookie } from './cookies.js'
import type { Exchange } from './exchange.js'

/** What an answer of 401 asks for (protocols.md 6.3). */
export const BASIC_CHALLENGE = ['www-authenticate', 'Basic realm="VMware HTTP server"'] as const

/** Who an HTTP request says it is from, and where it comes from; it gets an operation id of its own. */
export function credentialsOf({ door, req }: Exchange): Credentialed {
  return {
    cookie: sessionCookie(req.headers.cookie),
    login: basicLogin(req.headers.authorization),
    opId: door.newOpId(),
    client: { address: req.socket.remoteAddress ?? '', userAgent: req.headers['user-agent'] ?? '' },
  }
}

/** User and password of a Basic Authorization header; undefined for anything else. */
function basicLogin(
  header: string | undefined,
): { readonly userName: string, readonly password: string } | undefined {
  const match = /^basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(header ?? '')
  if (match === null) return undefined
  const text = Buffer.from(match[1]!, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { userName: text.slice(0, colon), password: text.slice(colon + 1) }
}
