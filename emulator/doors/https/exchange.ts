/** One request and its answer on the HTTPS door, and the few ways to write an answer. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { realMs } from '../../world/clock.js'
import type { DoorContext } from './door-context.js'
import { httpDate, productHeaders, type RawHeaders } from './product-headers.js'

/** What a route is given. */
export interface Exchange {
  readonly door: DoorContext
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** Path without query, percent escapes as sent. */
  readonly path: string
  /** Query without `?`; empty when there is none. */
  readonly query: string
  /** Real milliseconds at which the request's head had arrived. */
  readonly startedMs: number
  /** Takes a copy of the body that is sent; undefined: nobody traces. */
  readonly trace: ((bytes: Buffer) => void) | undefined
}

/** A path or a family of paths that somebody serves on 443. */
export interface Route {
  /** True when the route wants the request. */
  matches(method: string, path: string): boolean
  /** Answers it. A rejected promise becomes a plain 500. */
  handle(exchange: Exchange): void | Promise<void>
}

/** Opens an exchange for a request. */
export function openExchange(door: DoorContext, req: IncomingMessage, res: ServerResponse): Exchange {
  const url = req.url ?? '/'
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const query = mark < 0 ? '' : url.slice(mark + 1)
  const trace = door.trace?.open(door.node.name, `${req.method ?? ''} ${url}`)
  return { door, req, res, path, query, startedMs: realMs(), trace }
}

/** Answers with a whole body in one write. `extra` holds names and values in turn. */
export function send(
  exchange: Exchange,
  status: number,
  contentType: string,
  body: string | Buffer,
  extra: RawHeaders = [],
): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const head = headers(exchange, contentType)
  head.push('content-length', String(bytes.length), ...extra)
  writeHead(exchange, status, head)
  exchange.trace?.(bytes)
  exchange.res.end(exchange.req.method === 'HEAD' ? undefined : bytes)
}

/** Answers in plain text: what the proxy in front of the services says by itself. */
export function sendText(exchange: Exchange, status: number, text: string, extra: RawHeaders = []): void {
  send(exchange, status, 'text/plain', text, extra)
}

/** The product's own headers for this exchange, to be added to. */
export function headers(exchange: Exchange, contentType: string): RawHeaders {
  const { door } = exchange
  return productHeaders({
    productVersion: door.productVersion,
    contentType,
    date: httpDate(door.now()),
    serviceMs: Math.round(realMs() - exchange.startedMs),
  })
}

/**
 * Writes status and headers. The product names no Connection header on a kept HTTP/1.1
 * connection, so Node is told to leave it out there.
 */
export function writeHead(exchange: Exchange, status: number, head: RawHeaders): void {
  const { req, res } = exchange
  res.sendDate = false
  const listed = head.includes('connection')
  if (!listed && res.shouldKeepAlive && req.httpVersion !== '1.0') res.removeHeader('connection')
  res.writeHead(status, head)
  exchange.door.access?.({
    method: req.method ?? '-', path: exchange.path, httpVersion: req.httpVersion, status,
    bytes: req.headers['content-length'], ms: realMs() - exchange.startedMs, client: req.socket.remoteAddress ?? '-',
  })
}

/** True when nothing can be written any more. */
export function isGone(exchange: Exchange): boolean {
  return exchange.res.destroyed || exchange.req.socket.destroyed || exchange.door.frozen()
}
