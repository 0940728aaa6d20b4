/** The end of connections whose other side may be gone, or may not listen. */
import type { Duplex } from 'node:stream'
import { afterRealMsUnref } from '../world/clock.js'

/** Real milliseconds for last words to be handed to the kernel, which delivers them by itself then. */
const GOODBYE_MS = 1000

/**
 * Sends last words and closes. A peer that takes nothing, or that reset a TLS connection (then nobody
 * ever says what became of a write), does not keep the socket.
 */
export function sayGoodbye(socket: Duplex, words = '', ms = GOODBYE_MS): void {
  socket.on('error', () => {})
  socket.once('close', afterRealMsUnref(ms, () => socket.destroy()))
  socket.end(words, () => socket.destroy())
}
