/** Plain VNC of one VM on a port of its host, for clients that know RFB alone. */
import type { Socket } from 'node:net'
import type { Security } from '../../wire/rfb/handshake.js'
import type { ScreenFeed } from '../../wire/rfb/screen-feed.js'
import { soonUnref } from '../../world/clock.js'
import { Listener, type DoorAnswer, type ListenAt } from '../https/listener.js'
import { sayGoodbye } from '../goodbye.js'
import { serveRfb, type RfbStream } from './rfb-stream.js'

/** Clients of one VM at a time; our own bound. */
const CLIENTS = 64

export interface VncDoorOptions {
  readonly at: ListenAt
  /** The screen; undefined: the VM does not run here any more. */
  feed(): ScreenFeed | undefined
  /** Asked for each client. */
  security(): Security
  /** A client is in; gives what must be called when it is gone. `drop` throws it out. */
  opened(client: string, drop: () => void): () => void
  /** True from the moment that the machine lost its power, even before its ports are closed. */
  silent(): boolean
  /** Real milliseconds by which the network delays what a client says. */
  slow(): number
  /** True for a source address that the host's firewall lets begin a connection; default: all. */
  admits?(address: string): boolean
  readonly patienceMs?: number
  readonly handshakeMs?: number
}

export class VncDoor {
  readonly #options: VncDoorOptions
  readonly #listener: Listener
  readonly #consoles = new Set<Pick<RfbStream, 'thaw'>>()

  constructor(options: VncDoorOptions) {
    this.#options = options
    this.#listener = new Listener(socket => this.#accept(socket), address => options.admits?.(address) ?? true)
  }

  /** Opens the port. Rejects with the system's error if it is taken. */
  open(): Promise<ListenAt> {
    return this.#listener.open(this.#options.at)
  }

  /** Connections that are not over. */
  get connections(): number {
    return this.#listener.connections
  }

  /** Behaves like that from now on; see `NodeDoors.answer`. */
  async answer(how: DoorAnswer, forgets: boolean): Promise<void> {
    await this.#listener.answer(how, this.#options.at, forgets)
    if (how === 'open') for (const each of [...this.#consoles]) each.thaw()
  }

  close(): Promise<void> {
    return this.#listener.close('refuse')
  }

  #accept(socket: Socket): void {
    const { feed: find, security, opened, silent, slow, patienceMs, handshakeMs } = this.#options
    const feed = find()
    if (feed === undefined || this.#consoles.size >= CLIENTS) {
      socket.destroy()
      return
    }
    const frozen = (): boolean => this.#listener.mode === 'silent' || silent()
    let over = false
    // A host without a voice says no good-bye either; it does so when it answers again.
    const bye = (): void => {
      over = true
      if (!frozen()) sayGoodbye(socket)
    }
    let gone = (): void => {}
    const console = serveRfb(socket, {
      feed, mode: 'full', security: security(), frozen, slow,
      ...patienceMs === undefined ? {} : { patienceMs },
      ...handshakeMs === undefined ? {} : { handshakeMs },
      opened: () => {
        gone = opened(socket.remoteAddress ?? '', () => {
          console.stop()
          bye()
        })
      },
      end: bye,
    })
    const entry = { thaw: () => over ? sayGoodbye(socket) : console.thaw() }
    this.#consoles.add(entry)
    socket.on('end', () => socket.destroy())
    socket.on('close', () => {
      this.#consoles.delete(entry)
      console.stop()
      // An end is often heard while others are being told of a change of the world.
      soonUnref(gone)
    })
  }
}
