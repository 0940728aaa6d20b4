import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { LateLine } from '../console/late-line.js'
import { sayGoodbye } from '../goodbye.js'

/** Pieces on their way through a slow network until the client has to wait. */
const PIECES = 256

export interface ClientStreamOptions {
  readonly socket: Socket
  /** True while the machine says nothing. */
  frozen(): boolean
  /** Real milliseconds by which the network delays what the client says. */
  slow(): number
}

/**
 * A client's socket as its SSH server sees it: what the client says is as late as the network makes it,
 * and while the machine is frozen nothing is read, written or closed.
 */
export class ClientStream extends Duplex {
  readonly #socket: Socket
  readonly #frozen: () => boolean
  readonly #line: LateLine
  #waiting: (() => void) | undefined
  #closing = false
  #saidGoodbye = false

  constructor({ socket, frozen, slow }: ClientStreamOptions) {
    super({ allowHalfOpen: false, emitClose: true })
    this.#socket = socket
    this.#frozen = frozen
    this.#line = new LateLine(slow, frozen)
    socket.on('data', (bytes: Buffer) => {
      this.#line.push(() => { if (!this.push(bytes)) socket.pause() })
      if (this.#line.length >= PIECES) socket.pause()
    })
    // The client has said all it will ever say: a session without a client ends.
    socket.on('end', () => this.#line.push(() => this.push(null)))
    socket.on('close', () => {
      this.#waiting = undefined
      this.#line.stop()
      this.destroy()
    })
  }

  /** Bytes that the client has not taken. */
  get unsent(): number {
    return this.#socket.writableLength + this.writableLength
  }

  /** Ends the connection at once; a frozen one ends when it is thawed. */
  hangUp(): void {
    this.#closing = true
    if (!this.#frozen()) this.#socket.destroy()
  }

  /** The machine answers again: what waited is written, or the connection is closed. */
  thaw(): void {
    if (this.#closing) this.#socket.destroy()
    this.#line.thaw()
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }

  override _read(): void {
    if (!this.#frozen()) this.#socket.resume()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#frozen()) this.#waiting = () => this._write(bytes, _encoding, done)
    else if (this.#socket.destroyed) done()
    else this.#socket.write(bytes, () => done())
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#frozen()) this.#waiting = () => this._final(done)
    else {
      this.#saidGoodbye = true
      sayGoodbye(this.#socket)
      done()
    }
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // Last words are on their way, and close the socket behind them.
    if (!this.#frozen() && !this.#saidGoodbye) this.#socket.destroy()
    done(error)
  }
}
