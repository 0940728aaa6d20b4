/** 22/TCP of a node: sshd (protocols.md 8.2). */
import type { Socket } from 'node:net'
import { Listener, type Admits, type DoorAnswer, type ListenAt } from '../https/listener.js'
import { Connection, sshLimits, type SshKit, type SshLimits, type SshTalk } from './connection.js'

/** Clients that one node serves at a time; our own bound, far above what a lab's users open. */
const CONNECTIONS = 512
/** Of these, clients that nobody has let in yet: OpenSSH's MaxStartups has 100 as its end. */
const STARTUPS = 100

export interface SshDoorOptions {
  readonly at: ListenAt
  /** PEM of the node's own key, asked for when the first client comes. */
  hostKey(): string | Promise<string>
  /** False: the host's firewall drops a connection from this address. */
  readonly admits?: Admits | undefined
  /** What stands behind sshd, for a client. */
  talk(client: { readonly address: string, readonly port: number }): SshTalk
  /** True from the moment that the machine lost its power, even before its ports are closed. */
  silent(): boolean
  /** Real milliseconds by which the network delays what a client says; default: none. */
  slow?(): number
  readonly limits?: Partial<SshLimits>
  onDefect(error: unknown): void
}

export class SshDoor {
  readonly #options: SshDoorOptions
  readonly #listener: Listener
  readonly #open = new Set<Connection>()
  #kit: Promise<SshKit> | undefined

  constructor(options: SshDoorOptions) {
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

  /**
   * Behaves like that from now on; see `NodeDoors.answer`. `agentOnly`: sshd does not listen any more,
   * and its connections go on, each with a process of its own.
   */
  async answer(how: DoorAnswer, forgets: boolean, agentOnly: boolean): Promise<void> {
    await this.#listener.answer(how, this.#options.at, forgets, agentOnly)
    if (how === 'open') for (const connection of this.#open) connection.thaw()
  }

  async close(): Promise<void> {
    for (const connection of this.#open) connection.close()
    await this.#listener.close('refuse')
  }

  #accept(socket: Socket): void {
    const anonymous = [...this.#open].filter(each => each.anonymous).length
    if (this.#open.size >= CONNECTIONS || anonymous >= STARTUPS) {
      socket.destroy()
      return
    }
    this.#listener.handOn(socket)
    const { onDefect } = this.#options
    this.#kitNow().then(kit => this.#serve(socket, kit)).catch((error: unknown) => {
      onDefect(error)
      socket.destroy()
    })
  }

  #serve(socket: Socket, kit: SshKit): void {
    if (socket.destroyed) return
    const { talk, slow, silent, onDefect, limits } = this.#options
    const connection: Connection = new Connection({
      socket, kit,
      talk: talk({ address: plain(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 }),
      limits: { ...sshLimits, ...limits },
      frozen: () => this.#listener.mode === 'silent' || silent(),
      slow: () => slow?.() ?? 0,
      onEnd: () => this.#open.delete(connection),
      onDefect,
    })
    this.#open.add(connection)
  }

  #kitNow(): Promise<SshKit> {
    const kit = this.#kit ??= this.#makeKit()
    // One that failed is made again for the next client.
    kit.catch(() => { if (this.#kit === kit) this.#kit = undefined })
    return kit
  }

  async #makeKit(): Promise<SshKit> {
    const [{ default: ssh2 }, hostKey] = await Promise.all([import('ssh2'), this.#options.hostKey()])
    return {
      parseKey: ssh2.utils.parseKey,
      serve: (stream, ident, banner, listener) => {
        const server = new ssh2.Server({
          hostKeys: [hostKey], ident, ...banner === undefined ? {} : { banner },
          keepaliveInterval: KEEP_ALIVE_MS, keepaliveCountMax: 3,
        }, listener)
        server.on('error', () => {})
        server.injectSocket(stream)
      },
    }
  }
}

/** Real milliseconds of silence after which sshd asks whether the client is there; our own default. */
const KEEP_ALIVE_MS = 200_000

/** An IPv4 address that a dual-stack socket writes as IPv6 is that IPv4 address. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}
