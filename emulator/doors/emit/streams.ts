import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { framed, type SyslogFraming } from '../../wire/syslog/framing.js'
import { afterRealMsUnref } from '../../world/clock.js'
import { sayGoodbye } from '../goodbye.js'
import type { MessageSender } from './message-sender.js'

/** Real milliseconds for a connection, its TLS included, to come about. */
const CONNECT_MS = 10_000
/** Real milliseconds for which refused messages are added up before they are reported. */
const REPORT_MS = 1000
/** Real milliseconds that a receiver has at the end for what was written and not read. */
const LAST_MS = 5000

export interface StreamTls {
  readonly trust: () => Promise<readonly string[]>
  readonly check: boolean
  /** Every certificate of the receiver's chain must keep the letter of RFC 5280. */
  readonly strict: boolean
}

export interface StreamOptions {
  readonly host: string
  readonly port: number
  /** Undefined: without TLS. */
  readonly tls: StreamTls | undefined
  readonly framing: SyslogFraming
  readonly maxBytes: number
  /** Messages under way at the most; what comes above is not sent. */
  readonly room: number
  readonly onUp: () => void
  /** It broke, or never came about; said once, and not after `close`. */
  readonly onDown: () => void
  readonly onRefused: (count: number) => void
  readonly lastMs?: number
}

/** Sends messages over one connection, which is made at once and never again. */
export class StreamSender implements MessageSender {
  readonly #options: StreamOptions
  #socket: Socket | undefined
  #underWay = 0
  #refused = 0
  #report: (() => void) | undefined
  #patience: (() => void) | undefined
  #ended = false

  constructor(options: StreamOptions) {
    this.#options = options
    this.#patience = afterRealMsUnref(CONNECT_MS, () => this.#down())
    const { host, port, tls } = options
    if (tls === undefined) {
      this.#use(connect({ host, port }), 'connect')
      return
    }
    tls.trust().then(ca => {
      if (this.#ended) return
      const servername = isIP(host) === 0 ? { servername: host } : {}
      this.#use(connectTls({ host, port, ca: [...ca], rejectUnauthorized: tls.check, ...servername }), 'secureConnect')
      // What connecting throws ends this stream, not the process.
    }).catch(() => this.#down())
  }

  send(text: string): void {
    const { framing, maxBytes, room } = this.#options
    if (this.#socket === undefined || this.#underWay >= room) {
      this.#refuse()
      return
    }
    this.#underWay += 1
    this.#socket.write(framed(text, framing, maxBytes), () => { this.#underWay -= 1 })
  }

  close(gently: boolean): void {
    this.#end()
    const socket = this.#socket
    if (gently && socket?.connecting === false) sayGoodbye(socket, '', this.#options.lastMs ?? LAST_MS)
    else socket?.destroy()
  }

  #use(socket: Socket, ready: 'connect' | 'secureConnect'): void {
    this.#socket = socket
    socket.unref()
    // A log host has nothing to say; what it says is thrown away so that its end is noticed.
    socket.resume()
    socket.on(ready, () => { void this.#begin(socket) })
    socket.on('error', () => this.#down())
    socket.on('close', () => this.#down())
  }

  async #begin(socket: Socket): Promise<void> {
    const { tls } = this.#options
    if (tls?.check === true && tls.strict) {
      try {
        const { strictFault } = await import('./strict-chain.js')
        if (strictFault((socket as TLSSocket).getPeerCertificate(true)) !== undefined) return this.#down()
      } catch {
        // What cannot be read keeps no rule.
        return this.#down()
      }
    }
    if (this.#ended) return
    this.#patience?.()
    this.#options.onUp()
  }

  #down(): void {
    if (this.#ended) return
    this.#end()
    this.#socket?.destroy()
    this.#options.onDown()
  }

  #end(): void {
    this.#ended = true
    this.#patience?.()
    this.#report?.()
    this.#patience = this.#report = undefined
  }

  #refuse(): void {
    this.#refused += 1
    this.#report ??= afterRealMsUnref(REPORT_MS, () => {
      const count = this.#refused
      this.#refused = 0
      this.#report = undefined
      this.#options.onRefused(count)
    })
  }
}
