/** 902/TCP of a host: nfcd's socket with vmware-authd behind it (protocols.md 7). */
import { X509Certificate } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import { thumbprint } from '../../services/certificates.js'
import type { DoorAnswer } from '../https/node-doors.js'
import { Listener, type ListenAt } from '../https/listener.js'
import type { ServerIdentity, TlsPolicy } from '../https/server.js'
import { authdLimits, Connection, type AuthdLimits, type DaemonIdentity, type ShownConsole } from './connection.js'
import type { DaemonBack } from './dialogue.js'

/** Clients that one host serves at a time; our own bound, far above what a host shows. */
const CONNECTIONS = 512

export interface AuthdDoorOptions<Console> {
  readonly at: ListenAt
  /** Key and certificate, asked for when the first client comes. */
  readonly identity: () => ServerIdentity | Promise<ServerIdentity>
  readonly tls?: TlsPolicy
  /** What stands behind the daemon, for a client at an address. */
  back(client: string): Omit<DaemonBack<Console>, 'thumbprint'>
  /** Shows a console on a stream. */
  serve(console: Console, stream: Duplex, line: ConsoleLine): ShownConsole
  /** True from the moment that the machine lost its power, even before its ports are closed. */
  silent(): boolean
  /** Real milliseconds by which the network delays a command; default: none. */
  slow?(): number
  readonly limits?: Partial<AuthdLimits>
  onDefect(error: unknown): void
}

/** What a console may ask of the connection that it is on. */
export interface ConsoleLine {
  /** True while the machine says nothing. */
  frozen(): boolean
  close(): void
}

const closeModes = { refused: 'refuse', timeout: 'silent', reset: 'reset' } as const

export class AuthdDoor<Console> {
  readonly #options: AuthdDoorOptions<Console>
  readonly #listener: Listener
  readonly #open = new Set<Connection<Console>>()
  #identity: Promise<DaemonIdentity> | undefined
  #tls: TlsPolicy

  constructor(options: AuthdDoorOptions<Console>) {
    this.#options = options
    this.#tls = options.tls ?? { minVersion: 'TLSv1.2' }
    this.#listener = new Listener(socket => this.#accept(socket))
  }

  /** Connections that are not over. */
  get connections(): number {
    return this.#open.size
  }

  /** Opens the port. Rejects with the system's error if it is taken. */
  open(): Promise<ListenAt> {
    return this.#listener.open(this.#options.at)
  }

  /** Behaves like that from now on; see `NodeDoors.answer`. */
  async answer(how: DoorAnswer, forgets: boolean): Promise<void> {
    if (how !== 'open') {
      await this.#listener.close(closeModes[how])
      return
    }
    await this.#listener.open(this.#options.at, forgets)
    for (const connection of this.#open) connection.thaw()
  }

  /** Another certificate or policy from the next connection on. */
  renew(tls?: TlsPolicy): Promise<void> {
    this.#identity = undefined
    if (tls !== undefined) this.#tls = tls
    return Promise.resolve()
  }

  async close(): Promise<void> {
    for (const connection of this.#open) connection.close()
    await this.#listener.close('refuse')
  }

  #accept(socket: Socket): void {
    if (this.#open.size >= CONNECTIONS) {
      socket.destroy()
      return
    }
    const { back, serve, slow, silent, onDefect, limits } = this.#options
    const frozen = (): boolean => this.#listener.mode === 'silent' || silent()
    const connection: Connection<Console> = new Connection({
      socket,
      identity: this.#identityNow(),
      back: back(socket.remoteAddress ?? ''),
      serve: (console, stream) => serve(console, stream, { frozen, close: () => connection.close() }),
      frozen,
      slow: () => slow?.() ?? 0,
      limits: { ...authdLimits, ...limits },
      onEnd: () => this.#open.delete(connection),
      onDefect,
    })
    this.#open.add(connection)
  }

  #identityNow(): Promise<DaemonIdentity> {
    const identity = this.#identity ??= this.#makeIdentity()
    // One that failed is asked for again by the next client.
    identity.catch(() => { if (this.#identity === identity) this.#identity = undefined })
    return identity
  }

  async #makeIdentity(): Promise<DaemonIdentity> {
    const [{ createSecureContext }, pair] = await Promise.all([import('node:tls'), this.#options.identity()])
    return {
      context: createSecureContext({ ...pair, ...this.#tls }),
      sha1: thumbprint(new X509Certificate(pair.cert).raw, 'sha1'),
    }
  }
}
