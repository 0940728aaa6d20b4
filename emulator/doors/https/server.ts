/** The HTTP server of one port: TLS in front of it or not, limits, and the routes behind it. */
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterRealMsUnref } from '../../world/clock.js'
import { PATIENCE_MS } from '../console/patience.js'
import { sayGoodbye } from '../goodbye.js'
import { secureSettings, type IdentitySource, type TlsSettings } from './secure-settings.js'
import { refuseUpgrade } from './upgrades.js'

/** Bounds against slow and greedy clients, in real milliseconds and bytes. */
export interface ServerLimits {
  /** Time for the whole head of a request; slow-loris ends here. */
  readonly headersMs: number
  /** Time for a request with its body. */
  readonly requestMs: number
  readonly handshakeMs: number
  /** How often the two first are looked at. */
  readonly checkMs: number
  /** A kept connection without a request; more than pyVmomi's 900 s (client-quirks.md). */
  readonly keepAliveMs: number
  /** Time for which a client may take nothing of what it was sent; one that reads slowly is waited for. */
  readonly readMs: number
  readonly headerBytes: number
}

const defaultLimits: ServerLimits = {
  headersMs: 30000,
  requestMs: 600000,
  handshakeMs: 20000,
  checkMs: 5000,
  keepAliveMs: 1200000,
  readMs: PATIENCE_MS,
  headerBytes: 65536,
}

export interface WebServerOptions {
  /** Undefined: plain HTTP. Asked for at the first connection. */
  readonly identity: IdentitySource | undefined
  /** Asked for when the server starts and at each `renew`. */
  readonly tls?: (() => TlsSettings) | undefined
  readonly limits?: Partial<ServerLimits>
  readonly onRequest: (req: IncomingMessage, res: ServerResponse) => void
  readonly onUpgrade?: ((req: IncomingMessage, socket: Duplex, head: Buffer) => void) | undefined
  readonly onDefect: (error: unknown) => void
  /** True while the machine says nothing, not even good-bye; default: never. */
  readonly silent?: () => boolean
}

/** HTTP status and reason for what the HTTP parser refuses. */
const REFUSALS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/**
 * Speaks HTTP on sockets that are handed in. Node's https module and the certificate are not
 * loaded before the first connection, so that a lab of many nodes starts fast.
 */
export class WebServer {
  readonly #options: WebServerOptions
  readonly #limits: ServerLimits
  #server: HttpServer | HttpsServer | undefined
  #starting: Promise<void> | undefined
  #stopped = false

  constructor(options: WebServerOptions) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
  }

  /** Takes a connection over. */
  accept(socket: Socket): void {
    if (this.#server !== undefined) {
      this.#take(this.#server, socket)
      return
    }
    this.#starting ??= this.#start()
    this.#starting.then(
      () => this.#server === undefined ? socket.destroy() : this.#take(this.#server, socket),
      error => {
        this.#starting = undefined
        this.#options.onDefect(error)
        socket.destroy()
      },
    )
  }

  /** Another certificate, policy or ticket keys from the next handshake on; open connections stay. */
  async renew(): Promise<void> {
    await this.#starting
    if (this.#server === undefined || this.#options.identity === undefined) return
    const settings = await secureSettings(this.#options.identity, this.#options.tls)
    if ('setSecureContext' in this.#server) this.#server.setSecureContext(settings)
  }

  /** Ends the server's own timers. Sockets belong to the listener. */
  stop(): void {
    this.#stopped = true
    this.#server?.close()
    this.#server = undefined
  }

  #take(server: HttpServer | HttpsServer, socket: Socket): void {
    // Nobody waits for an answer who goes in the middle of a handshake: half open is only what comes after.
    if (this.#options.identity !== undefined) socket.allowHalfOpen = false
    server.emit('connection', socket)
  }

  async #start(): Promise<void> {
    const { identity, onUpgrade } = this.#options
    const server = identity === undefined
      ? (await import('node:http')).createServer(this.#httpOptions())
      : (await import('node:https')).createServer({
          ...this.#httpOptions(), ...await secureSettings(identity, this.#options.tls),
          ALPNProtocols: ['http/1.1'], handshakeTimeout: this.#limits.handshakeMs,
        })
    server.on('request', this.#options.onRequest)
    server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => this.#expect(req, res))
    server.on('checkExpectation', this.#options.onRequest)
    server.on('clientError', refuseMalformed)
    server.on('secureConnection', (socket: TLSSocket) => { socket.allowHalfOpen = true })
    server.on('tlsClientError', (_error: Error, socket: TLSSocket) => socket.destroy())
    server.on('upgrade', onUpgrade ?? ((_req: IncomingMessage, socket: Duplex) => refuseUpgrade(socket)))
    server.keepAliveTimeout = this.#limits.keepAliveMs
    server.timeout = this.#limits.readMs
    server.on('timeout', (socket: Socket) => this.#still(socket))
    letHalfOpenClientsRead(server)
    // The server never listens by itself; this is what starts its watch over slow requests.
    server.emit('listening')
    if (this.#stopped) server.close()
    else this.#server = server
  }

  /**
   * Nothing has moved on a connection for a while. It goes if what was sent lies unread, or if no request
   * is under way (Node has put its own time on it then). Who waits for a late answer is left alone; a
   * client that reads slowly does not come here, since Node looks at the bytes that are still queued.
   */
  #still(socket: Socket, unread?: number): void {
    const { readMs } = this.#limits
    const { writableLength } = socket
    if (socket.destroyed || (socket.timeout === readMs && writableLength === 0)) return
    // A machine without a voice says no good-bye either; when it has one again the client gets its time anew.
    const again = this.#options.silent?.() === true || (unread !== undefined && unread !== writableLength)
    if (again) afterRealMsUnref(readMs, () => this.#still(socket, writableLength))
    else socket.destroy()
  }

  #httpOptions() {
    return {
      maxHeaderSize: this.#limits.headerBytes,
      headersTimeout: this.#limits.headersMs,
      requestTimeout: this.#limits.requestMs,
      connectionsCheckingInterval: this.#limits.checkMs,
    }
  }

  /** `Expect: 100-continue` is answered at once (protocols.md 1.3). */
  #expect(req: IncomingMessage, res: ServerResponse): void {
    res.writeContinue()
    this.#options.onRequest(req, res)
  }
}

/** A client that has sent FIN after its request still gets its answer. */
function letHalfOpenClientsRead(server: HttpServer | HttpsServer): void {
  const halfOpen = server as { httpAllowHalfOpen?: boolean }
  halfOpen.httpAllowHalfOpen = true
}

/** What is not HTTP gets a short answer and a close, never a stack. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = REFUSALS[error.code ?? ''] ?? '400 Bad Request'
  sayGoodbye(socket, `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
