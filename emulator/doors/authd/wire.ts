/** One TCP connection that carries one TLS layer after another (protocols.md 7.3). */
import { Duplex } from 'node:stream'
import type { Socket } from 'node:net'

/**
 * A socket whose bytes go to the newest of its layers. An older layer is forgotten: what it still
 * writes goes nowhere, so that it cannot say good-bye on the wire. While the machine is frozen nothing
 * is written and nothing is closed.
 */
export class Wire {
  readonly #socket: Socket
  readonly #frozen: () => boolean
  #layer: Layer | undefined
  /** Came while no layer takes it. */
  #early: Buffer[] = []
  #earlyBytes = 0
  #held = false
  #waiting: (() => void) | undefined
  #closing = false

  constructor(socket: Socket, frozen: () => boolean) {
    this.#socket = socket
    this.#frozen = frozen
    socket.on('data', (bytes: Buffer) => this.#receive(bytes))
    // The client has said all it will ever say: there is no half-open talk with this daemon.
    socket.on('end', () => this.close())
    socket.on('close', () => {
      this.#layer?.destroy()
      this.#waiting = undefined
    })
  }

  /** A new layer takes the socket over, with what has come meanwhile. */
  attach(): Duplex {
    const layer = new Layer(this)
    this.#layer = layer
    this.#held = false
    const early = this.#early
    this.#early = []
    this.#earlyBytes = 0
    for (const bytes of early) layer.push(bytes)
    this.wanted()
    return layer
  }

  /** What comes from now on is for the next layer. */
  hold(): void {
    this.#held = true
  }

  /** Ends the connection; a frozen one ends when it is thawed. */
  close(): void {
    this.#closing = true
    if (!this.#frozen()) this.#socket.destroy()
  }

  /** The machine answers again: what waited is written, or the connection is closed. */
  thaw(): void {
    if (this.#closing) this.#socket.destroy()
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }

  /** Bytes of a layer; `done` when the socket has taken them. */
  write(layer: Duplex, bytes: Buffer, done: (error?: Error | null) => void): void {
    if (layer !== this.#layer) done()
    else if (this.#frozen()) this.#waiting = () => this.write(layer, bytes, done)
    else if (this.#socket.destroyed) done(new Error('the connection is closed'))
    else this.#socket.write(bytes, done)
  }

  /** The layer can take more. */
  wanted(): void {
    if (!this.#frozen()) this.#socket.resume()
  }

  #receive(bytes: Buffer): void {
    if (this.#layer === undefined || this.#held) this.#keep(bytes)
    else if (!this.#layer.push(bytes)) this.#socket.pause()
  }

  #keep(bytes: Buffer): void {
    this.#early.push(bytes)
    // The first flight of a handshake is far below that; whoever sends more waits.
    this.#earlyBytes += bytes.length
    if (this.#earlyBytes > 65536) this.#socket.pause()
  }
}

/** The socket as one TLS layer sees it. */
class Layer extends Duplex {
  readonly #wire: Wire

  constructor(wire: Wire) {
    super({ allowHalfOpen: true })
    this.#wire = wire
  }

  override _read(): void {
    this.#wire.wanted()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#wire.write(this, bytes, done)
  }
}
