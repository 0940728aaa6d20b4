/** POST /sdk: bytes to a call, through the gate, and its outcome to bytes (protocols.md 1). */
import type { Request } from '../../dispatch/invoke.js'
import type { MethodInfo } from '../../schema/model.js'
import { MethodFault, fault } from '../../services/method-fault.js'
import type { Later } from '../../services/call.js'
import { clientVersion } from '../../wire/namespaces.js'
import type { DecodedCall } from '../../wire/soap/decode.js'
import { encoderFor } from '../../wire/soap/encode.js'
import { requestCacheFor } from '../../wire/soap/request-cache.js'
import { WireFault, serverFaultCode, type MethodFaultValue } from '../../wire/soap/wire-fault.js'
import { defaultXmlLimits, type XmlLimits } from '../../wire/xml-model.js'
import { BodyTooLarge, readBody } from './body.js'
import { sessionCookie, setCookie, unquote } from './cookies.js'
import { isGone, send, sendText, type Exchange, type Route } from './exchange.js'
import { XML, type RawHeaders } from './product-headers.js'
import { sendPieces } from './stream.js'

/** Where clients post (protocols.md 2.2): govmomi to /sdk, libvirt and Perl to /sdk/vimService. */
const PATHS: ReadonlySet<string> = new Set(['/sdk', '/sdk/', '/sdk/vimService'])

/** Text of a 503 when the session table is full (protocols.md 1.6). */
const OUT_OF_SESSIONS = '503 Service Unavailable'

/** The vim25 service of a node. */
export const soapRoute: Route = {
  matches: (method, path) => method === 'POST' && PATHS.has(path),
  handle: handleSdkPost,
}

/** Reads a request, sees it through the gate and answers it. */
export function handleSdkPost(exchange: Exchange): void {
  readBody(exchange.req, exchange.door.maxBodyBytes, (error, body) => {
    if (error instanceof BodyTooLarge) {
      refuseTooLarge(exchange)
    } else if (error === undefined && !isGone(exchange)) {
      exchange.trace?.(body)
      guarded(exchange, body)
    }
  })
}

/** 413 and an end to the connection, since the rest of the body is not going to be read. */
export function refuseTooLarge(exchange: Exchange): void {
  exchange.res.once('finish', () => exchange.req.socket.destroySoon())
  sendText(exchange, 413, 'Payload Too Large', ['connection', 'close'])
}

/** Nothing that goes wrong with one request may end the process. */
function guarded(exchange: Exchange, body: Buffer): void {
  try {
    answer(exchange, body)
  } catch (error) {
    if (exchange.res.headersSent) {
      exchange.door.onDefect(error)
      exchange.res.destroy()
    } else {
      refuse(exchange, error)
    }
  }
}

function answer(exchange: Exchange, body: Buffer): void {
  const { door } = exchange
  let call: DecodedCall
  try {
    const resolved = clientVersion(header(exchange, 'soapaction'), door.advertised)
    call = requestCacheFor(door.schema).decode(body, resolved, limitsOf(door.maxBodyBytes))
  } catch (error) {
    refuse(exchange, error)
    return
  }
  const cookie = credential(exchange, call)
  if (takesSession(call.method) && mustWait(exchange, cookie)) {
    sendText(exchange, 503, OUT_OF_SESSIONS)
    return
  }
  invoke(exchange, call, cookie)
}

function invoke(exchange: Exchange, call: DecodedCall, cookie: string | undefined): void {
  const { door, req } = exchange
  const request: Request = {
    self: call.self,
    method: call.method,
    args: call.args,
    version: call.version,
    cookie,
    opId: call.headers.operationId ?? door.newOpId(),
    client: {
      address: req.socket.remoteAddress ?? '',
      userAgent: req.headers['user-agent'] ?? '',
    },
  }
  const outcome = door.gate.invoke(door.node, request)
  if (outcome.kind === 'result') sendResult(exchange, call, outcome.value)
  else if (outcome.kind === 'fault') sendFault(exchange, outcome.fault, call)
  else waitFor(exchange, call, outcome.later)
}

/**
 * A long poll. It is given up at once when the client closes its side: nobody would read the
 * answer, and the waiter would hold memory for ever.
 */
function waitFor(exchange: Exchange, call: DecodedCall, later: Later): void {
  const { req, res } = exchange
  const { socket } = req
  let over = false
  let abandon: (() => void) | undefined
  const settle = (): boolean => {
    if (over) return false
    over = true
    socket.off('end', gone)
    res.off('close', gone)
    return true
  }
  const gone = () => {
    if (!settle()) return
    abandon?.()
    socket.destroy()
  }
  socket.on('end', gone)
  res.on('close', gone)
  abandon = later.start(
    result => {
      if (settle() && !wasCut(exchange)) sendResult(exchange, call, result)
    },
    error => {
      if (settle() && !wasCut(exchange)) sendFault(exchange, asMethodFault(exchange, error), call)
    },
  )
}

/** The service died while the client waited: the connection is reset (availability.md 3.3). */
function wasCut(exchange: Exchange): boolean {
  if (exchange.door.outage(exchange.path) === undefined) return false
  if (!exchange.door.frozen()) exchange.req.socket.destroy()
  return true
}

function sendResult(exchange: Exchange, call: DecodedCall, value: unknown): void {
  if (isGone(exchange)) return
  const extra = loginCookie(exchange, call.method, value)
  try {
    const encoder = encoderFor(exchange.door.schema, call.namespace, call.version)
    sendPieces(exchange, 200, XML, encoder.response(call.method, value, call.uri), extra)
  } catch (error) {
    exchange.door.onDefect(error)
    if (exchange.res.headersSent) exchange.res.destroy()
    else sendFault(exchange, defect(), call)
  }
}

/** HTTP 500 with the fault (rule 8); what is not emulated is named in a header too (design.md 9). */
function sendFault(exchange: Exchange, thrown: MethodFault, call: DecodedCall): void {
  if (isGone(exchange)) return
  const { schema } = exchange.door
  const encoder = encoderFor(schema, call.namespace, call.version)
  const extra: RawHeaders = []
  if (thrown.type === 'NotImplemented') {
    extra.push('x-lab-unimplemented', `${call.method.owner}.${call.method.name}`)
  }
  let bytes: Buffer
  try {
    bytes = encoder.fault(serverFaultCode, thrown.message, thrown.value, call.uri)
  } catch (error) {
    exchange.door.onDefect(error)
    bytes = encoder.fault(serverFaultCode, 'A general system error occurred', undefined, call.uri)
  }
  send(exchange, 500, XML, bytes, extra)
}

/** A request that never became a call. */
function refuse(exchange: Exchange, error: unknown): void {
  const { door } = exchange
  if (!(error instanceof WireFault)) door.onDefect(error)
  const { faultCode, faultString, detail } = error instanceof WireFault
    ? error
    : { faultCode: serverFaultCode, faultString: defect().message, detail: defect().value as MethodFaultValue }
  const encoder = encoderFor(door.schema, 'vim25', door.schema.versions.newest('vim25'))
  send(exchange, 500, XML, encoder.fault(faultCode, faultString, detail))
}

function asMethodFault(exchange: Exchange, error: unknown): MethodFault {
  if (error instanceof MethodFault) return error
  exchange.door.onDefect(error)
  return defect()
}

function defect(): MethodFault {
  return fault('SystemError', { reason: 'internal error of the simulator; see the lab log' })
}

/**
 * The session a request shows: the cookie, or the vcSessionCookie header by which calls to the
 * sister services authenticate (protocols.md 1.4).
 */
function credential(exchange: Exchange, call: DecodedCall): string | undefined {
  const cookie = sessionCookie(header(exchange, 'cookie'))
  const context = call.headers.vcSessionCookie
  const shown = context === undefined ? undefined : sessionCookie(context) ?? unquote(context)
  return call.namespace === 'vim25' ? cookie ?? shown : shown ?? cookie
}

/** One Set-Cookie, and only for a login that succeeded (rule 6). */
function loginCookie(exchange: Exchange, method: MethodInfo, value: unknown): RawHeaders {
  if (!opensSession(method)) return []
  const key = (value as { key?: unknown } | undefined)?.key
  const cookie = typeof key === 'string' ? exchange.door.sessions.cookieOf(key) : undefined
  return cookie === undefined ? [] : ['set-cookie', setCookie(cookie, exchange.door.secureCookies)]
}

function opensSession(method: MethodInfo): boolean {
  return method.owner === 'SessionManager'
    && (method.name.startsWith('Login') || method.name === 'CloneSession')
}

/** Calls that would take a place in the session table (protocols.md 1.6: 503). */
function takesSession(method: MethodInfo): boolean {
  return opensSession(method) || method.name === 'RetrieveServiceContent'
}

function mustWait(exchange: Exchange, cookie: string | undefined): boolean {
  const { node, sessions } = exchange.door
  return sessions.isFull(node.name) && sessions.find(node.name, cookie) === undefined
}

function header(exchange: Exchange, name: string): string | undefined {
  const value = exchange.req.headers[name]
  return Array.isArray(value) ? value[0] : value
}

function limitsOf(maxBytes: number): XmlLimits {
  return maxBytes === defaultXmlLimits.maxBytes ? defaultXmlLimits : { ...defaultXmlLimits, maxBytes }
}
