/** 902/udp of a vCenter, and the sockets from which hosts send to it (protocols.md 7.7). */
import { createSocket, type Socket } from 'node:dgram'
import type { ListenAt } from '../https/listener.js'
import { decodeHeartbeat, encodeHeartbeat, type Heartbeat } from './datagram.js'

/** The last heartbeat that a vCenter has received of a host, and how many there were. */
export interface HeardHost extends Heartbeat {
  readonly count: number
}

/** Hosts that are kept in mind at most: whoever sends made-up ones must not fill the memory. */
const HOSTS = 10_000

/**
 * The port of a vCenter. It hears and counts; whether a host responds is said by the model, which the
 * hosts' senders follow too.
 */
export class HeartbeatPort {
  readonly #wanted: ListenAt
  readonly #heard = new Map<string, HeardHost>()
  #socket: Socket | undefined
  #at: ListenAt | undefined
  #strange = 0

  constructor(at: ListenAt) {
    this.#wanted = at
  }

  /** Address and real port while it is open, and afterwards the last ones. */
  get at(): ListenAt | undefined {
    return this.#at
  }

  /** Datagrams that were no heartbeats. */
  get strange(): number {
    return this.#strange
  }

  /** What was heard of a host, by its UUID. */
  heard(uuid: string): HeardHost | undefined {
    return this.#heard.get(uuid)
  }

  /** Opens the port. Rejects with the system's error if it is taken. */
  open(): Promise<ListenAt> {
    const socket = createSocket({ type: this.#wanted.address.includes(':') ? 'udp6' : 'udp4' })
    socket.on('message', bytes => this.#receive(bytes))
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.bind({ address: this.#wanted.address, port: this.#wanted.port }, () => {
        socket.off('error', reject)
        socket.on('error', () => {})
        socket.unref()
        this.#socket = socket
        this.#at = { address: this.#wanted.address, port: socket.address().port }
        resolve(this.#at)
      })
    })
  }

  close(): Promise<void> {
    const socket = this.#socket
    this.#socket = undefined
    return socket === undefined ? Promise.resolve() : new Promise(resolve => socket.close(() => resolve()))
  }

  #receive(bytes: Buffer): void {
    const beat = decodeHeartbeat(bytes)
    const known = beat === undefined ? undefined : this.#heard.get(beat.uuid)
    if (beat === undefined || (known === undefined && this.#heard.size >= HOSTS)) this.#strange += 1
    else this.#heard.set(beat.uuid, { ...beat, count: (known?.count ?? 0) + 1 })
  }
}

/** One host's socket: a random port of its own address, as vpxa's. */
export class HeartbeatSocket {
  readonly #address: string
  #socket: Socket | undefined

  constructor(address: string) {
    this.#address = address
  }

  /** Sends and forgets: nobody is told when it does not arrive. */
  send(beat: Heartbeat, to: ListenAt): void {
    this.#socket ??= this.#open()
    this.#socket.send(encodeHeartbeat(beat), to.port, to.address, () => {})
  }

  close(): void {
    this.#socket?.close()
    this.#socket = undefined
  }

  #open(): Socket {
    const socket = createSocket({ type: this.#address.includes(':') ? 'udp6' : 'udp4' })
    socket.on('error', () => {})
    socket.bind({ address: this.#address, port: 0, exclusive: true })
    socket.unref()
    return socket
  }
}
