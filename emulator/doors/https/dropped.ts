/** Connections that a firewall in front of a port lets nobody hear of. */
import type { Socket } from 'node:net'
import { afterRealMsUnref } from '../../world/clock.js'

/** A client's kernel gives up a connection that nobody answers after about two minutes. */
const PATIENCE_MS = 127000
/** More are kept by nobody: the oldest goes. */
const MOST = 256

/**
 * Keeps connections without a word, as their client's packets were dropped. The kernel has accepted
 * them, since a process cannot make its own port drop packets. What they send is thrown away, so each
 * costs its socket only, and they end with their client, its patience, or the listener.
 */
export class Dropped {
  readonly #sockets = new Map<Socket, () => void>()

  get count(): number {
    return this.#sockets.size
  }

  keep(socket: Socket): void {
    this.#sockets.set(socket, afterRealMsUnref(PATIENCE_MS, () => socket.resetAndDestroy()))
    socket.once('close', () => {
      this.#sockets.get(socket)?.()
      this.#sockets.delete(socket)
    })
    socket.once('end', () => socket.destroy())
    socket.resume()
    if (this.#sockets.size > MOST) this.#sockets.keys().next().value?.resetAndDestroy()
  }

  /** The port is closed. */
  end(): void {
    for (const socket of this.#sockets.keys()) socket.destroy()
  }
}
