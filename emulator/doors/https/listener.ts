/** A TCP listener whose machine can die: its sockets are known, and can be cut or left silent. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { Dropped } from './dropped.js'

/** Where to listen. Port 0: any free one. */
export interface ListenAt {
  readonly address: string
  readonly port: number
}

/**
 * How a door dies. `refuse`: sockets are closed and new connections refused (the process ended).
 * `reset`: sockets are reset, new ones too. `silent`: nothing is answered any more and nobody is
 * told (the machine lost power). A connection is still accepted by the kernel then, since a
 * process cannot make its own port drop packets; it stays without a byte.
 */
export type CloseMode = 'refuse' | 'reset' | 'silent'

/** How a port answers its clients: the words of the physics (network/doors.ts), which decides it. */
export type DoorAnswer = 'open' | 'refused' | 'timeout' | 'reset'

const closeModes = { refused: 'refuse', timeout: 'silent', reset: 'reset' } as const

/** Seconds of silence after which the kernel asks whether the other side still lives. */
const KEEP_ALIVE_MS = 60000

/** True for a source address whose first packet the firewall before a port lets through. */
export type Admits = (address: string) => boolean

export class Listener {
  readonly #accept: (socket: Socket) => void
  readonly #admits: Admits
  readonly #dropped = new Dropped()
  readonly #sockets = new Set<Socket>()
  /** Those that somebody else than the door's own service serves now, by the client's address and port. */
  readonly #handedOn = new Set<string>()
  /** Came while the door was silent: nobody has taken them yet. */
  readonly #waiting = new Set<Socket>()
  #server: Server | undefined
  #mode: 'open' | CloseMode = 'refuse'
  #at: ListenAt | undefined

  /** `admits` is asked when a connection begins and never again: what is established goes on. */
  constructor(accept: (socket: Socket) => void, admits: Admits = () => true) {
    this.#accept = accept
    this.#admits = admits
  }

  /** Address and real port while listening, and afterwards the last ones. */
  get at(): ListenAt | undefined {
    return this.#at
  }

  get mode(): 'open' | CloseMode {
    return this.#mode
  }

  get connections(): number {
    return this.#sockets.size
  }

  /** Connections that the firewall dropped and whose clients still wait. */
  get dropped(): number {
    return this.#dropped.count
  }

  /**
   * Begins to listen, or to answer again. After a silent time the old sockets are reset if the
   * machine that came back `forgets` them; if only the network was away they go on. A port once
   * chosen is kept. Rejects with the system's error when the port cannot be bound.
   */
  async open(wanted: ListenAt, forgets = true): Promise<ListenAt> {
    if (this.#mode === 'silent' && forgets) cut(this.#sockets, true)
    if (this.#server === undefined) this.#at = await this.#listen(this.#at ?? wanted)
    this.#mode = 'open'
    for (const socket of this.#sockets) socket.resume()
    for (const socket of this.#waiting) if (!socket.destroyed) this.#accept(socket)
    this.#waiting.clear()
    return this.#at!
  }

  /** The connection of a client is served by somebody else from now on, who may outlive the service. */
  handOn(client: Socket): void {
    if (client.remotePort !== undefined) this.#handedOn.add(nameOf(client))
  }

  /**
   * Dies in one of three ways; resolves when the listener is really gone (`refuse`). `serviceOnly`:
   * connections that were handed on are spared.
   */
  async close(mode: CloseMode, serviceOnly = false): Promise<void> {
    this.#mode = mode
    const spared = (socket: Socket): boolean => serviceOnly && this.#handedOn.has(nameOf(socket))
    if (mode === 'silent') {
      for (const socket of this.#sockets) if (spared(socket)) socket.resume(); else socket.pause()
      return
    }
    const concerned = [...this.#sockets].filter(socket => !spared(socket))
    const server = this.#server
    if (mode === 'refuse' && server !== undefined) {
      this.#server = undefined
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      this.#dropped.end()
      cut(concerned, false)
      // Connections that go on keep it from being gone, though nobody new gets in.
      if (concerned.length === this.#sockets.size) await closed
      return
    }
    cut(concerned, mode === 'reset')
  }

  /** Behaves like that from now on; `wanted` and `forgets` as at `open`, `serviceOnly` as at `close`. */
  async answer(how: DoorAnswer, wanted: ListenAt, forgets: boolean, serviceOnly = false): Promise<void> {
    if (how === 'open') {
      await this.open(wanted, forgets)
      return
    }
    // A machine that was without power knows none of them, whoever served them.
    if (this.#mode === 'silent' && forgets && how !== 'timeout') cut(this.#sockets, true)
    await this.close(closeModes[how], serviceOnly)
    // Whoever refused before and says nothing now must be there to say nothing.
    if (how !== 'refused' && this.#server === undefined) this.#at = await this.#listen(this.#at ?? wanted)
  }

  #listen(at: ListenAt): Promise<ListenAt> {
    const server = createServer({
      allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS,
    }, socket => this.#connected(socket))
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: at.address, port: at.port, backlog: 1024 }, () => {
        server.off('error', reject)
        server.on('error', () => {})
        this.#server = server
        resolve({ address: at.address, port: (server.address() as AddressInfo).port })
      })
    })
  }

  #connected(socket: Socket): void {
    socket.on('error', () => {})
    if (this.#mode === 'reset') {
      socket.resetAndDestroy()
      return
    }
    if (!this.#admits(socket.remoteAddress ?? '')) {
      this.#dropped.keep(socket)
      return
    }
    this.#sockets.add(socket)
    const name = nameOf(socket)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      this.#handedOn.delete(name)
      this.#waiting.delete(socket)
    })
    if (this.#mode === 'silent') {
      socket.pause()
      this.#waiting.add(socket)
    } else this.#accept(socket)
  }
}

/** Closes connections, or resets them. */
function cut(sockets: Iterable<Socket>, reset: boolean): void {
  for (const socket of sockets) {
    if (reset) socket.resetAndDestroy()
    else socket.destroy()
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
