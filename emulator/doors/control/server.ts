/**
 * The control port (contract.md, "Control API"): a plain HTTP server that is there at once and
 * answers the probes; everything else is loaded when first asked for.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { sayGoodbye } from '../goodbye.js'
import type { ListenAt } from '../https/listener.js'
import type { EventsSocket } from './events-socket.js'
import { PROBLEM_TYPE, problem } from './problem.js'
import type { ControlTarget } from './target.js'

type Handler = (req: IncomingMessage, res: ServerResponse) => void

export interface ControlServerOptions {
  readonly target: ControlTarget
  readonly listen: ListenAt
  readonly onDefect: (error: unknown) => void
}

/** Names a browser may have used when the port is on loopback: keeps web pages of others out. */
const LOCAL_NAMES = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i

export class ControlServer {
  readonly #options: ControlServerOptions
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #app: Promise<Handler> | undefined
  #events: Promise<EventsSocket> | undefined

  constructor(options: ControlServerOptions) {
    this.#options = options
  }

  /** Opens the port; resolves with the real one. Rejects with the system's error. */
  open(): Promise<ListenAt> {
    const server = createServer((req, res) => this.#answer(req, res))
    server.on('upgrade', (req, socket: Duplex, head) => this.#upgrade(req, socket, head))
    server.on('connection', socket => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    this.#server = server
    const { address, port } = this.#options.listen
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: address, port }, () => {
        server.off('error', reject)
        resolve({ address, port: (server.address() as AddressInfo).port })
      })
    })
  }

  async close(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    const closed = new Promise<void>(resolve => server.close(() => resolve()))
    ;(await this.#events)?.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #answer(req: IncomingMessage, res: ServerResponse): void {
    if (!this.#isWelcome(req)) {
      sendProblem(res, 403, 'this port answers to local names only')
      return
    }
    const path = (req.url ?? '/').split('?', 1)[0]!
    const { target } = this.#options
    if (req.method === 'GET' && path === '/health') {
      sendJson(res, 200, { status: 'ok' })
    } else if (req.method === 'GET' && path === '/ready') {
      const ready = target.isReady()
      sendJson(res, ready ? 200 : 503, { ready, revision: target.lab().revision })
    } else {
      this.#throughApp(req, res)
    }
  }

  #throughApp(req: IncomingMessage, res: ServerResponse): void {
    const { target, onDefect } = this.#options
    this.#app ??= import('./app.js').then(({ controlApp }) => controlApp(target, onDefect))
    this.#app.then(handler => handler(req, res), error => {
      onDefect(error)
      sendProblem(res, 500, 'the control API could not be loaded')
    })
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {})
    const path = (req.url ?? '').split('?', 1)[0]
    if (path !== '/v1/events' || !this.#isWelcome(req)) {
      const status = path === '/v1/events' ? '403 Forbidden' : '404 Not Found'
      sayGoodbye(socket, `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    this.#events ??= import('./events-socket.js')
      .then(({ EventsSocket: Events }) => new Events(this.#options.target))
    this.#events.then(events => events.take(req, socket, head), error => {
      this.#options.onDefect(error)
      socket.destroy()
    })
  }

  /** On loopback only requests that name a local host: a web page cannot forge that. */
  #isWelcome(req: IncomingMessage): boolean {
    const { address } = this.#options.listen
    const isLocal = address.startsWith('127.') || address === '::1' || address === 'localhost'
    return !isLocal || req.headers.host === undefined || LOCAL_NAMES.test(req.headers.host)
  }
}

function sendJson(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  res.end(JSON.stringify(value))
}

function sendProblem(res: ServerResponse, status: number, detail: string): void {
  res.writeHead(status, { 'content-type': PROBLEM_TYPE })
  res.end(JSON.stringify(problem(status, detail)))
}
