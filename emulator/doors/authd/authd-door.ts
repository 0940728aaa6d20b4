/** 902/TCP of a host: nfcd's socket with vmware-authd behind it (protocols.md 7). */
import { X509Certificate } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import { thumbprint } from '../../services/certificates.js'
import { Listener, type Admits, type DoorAnswer, type ListenAt } from '../https/listener.js'
import { secureSettings, type IdentitySource, type TlsSettings } from '../https/secure-settings.js'
import { authdLimits, Connection, type AuthdLimits, type DaemonIdentity, type ShownConsole } from './connection.js'
import type { DaemonBack } from './dialogue.js'

/** Clients that one host serves at a time; our own bound, far above what a host shows. */
const CONNECTIONS = 512

export interface AuthdDoorOptions<Console> {
  readonly at: ListenAt
  /** Key and certificate, asked for when the first client comes. */
  readonly identity: IdentitySource
  /** Asked for with it, and again after each `renew`. */
  readonly tls?: (() => TlsSettings) | undefined
  /** False: the host's firewall drops a connection from this address. */
  readonly admits?: Admits | undefined
  /** What stands behind the daemon, for a client at an address. */
  back(client: string): Omit<DaemonBack<Console>, 'thumbprint'>
  /** Shows a console on a stream. */
  serve(console: Console, stream: Duplex, line: ConsoleLine): ShownConsole
  /** True from the moment that the machine lost its power, even before its ports are closed. */
  silent(): boolean
  /** Real milliseconds by which the network delays what a client says; default: none. */
  slow?(): number
  readonly limits?: Partial<AuthdLimits>
  onDefect(error: unknown): void
}

/** What a console may ask of the connection that it is on. */
export interface ConsoleLine {
  /** True while the machine says nothing. */
  frozen(): boolean
  /** Real milliseconds by which the network delays what a client says. */
  slow(): number
  close(): void
}

export class AuthdDoor<Console> {
  readonly #options: AuthdDoorOptions<Console>
  readonly #listener: Listener
  readonly #open = new Set<Connection<Console>>()
  #identity: Promise<DaemonIdentity> | undefined

  constructor(options: AuthdDoorOptions<Console>) {
    this.#options = options
    this.#listener = new Listener(socket => this.#accept(socket), options.admits)
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
    await this.#listener.answer(how, this.#options.at, forgets)
    if (how === 'open') for (const connection of this.#open) connection.thaw()
  }

  /** Another certificate or policy from the next connection on. */
  renew(): Promise<void> {
    this.#identity = undefined
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
    const late = (): number => slow?.() ?? 0
    const connection: Connection<Console> = new Connection({
      socket,
      identity: this.#identityNow(),
      back: back(socket.remoteAddress ?? ''),
      serve: (console, stream) => serve(console, stream, { frozen, slow: late, close: () => connection.close() }),
      frozen,
      slow: late,
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
    const { identity, tls } = this.#options
    const [{ createSecureContext }, settings] = await Promise.all([import('node:tls'), secureSettings(identity, tls)])
    return {
      context: createSecureContext(settings),
      sha1: thumbprint(new X509Certificate(settings.cert).raw, 'sha1'),
    }
  }
}
