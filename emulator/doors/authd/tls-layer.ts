/** The server's side of TLS over any stream of bytes. */
import type { Duplex } from 'node:stream'
import { TLSSocket, type SecureContext } from 'node:tls'

/** What becomes of a handshake. */
export interface HandshakeEnds {
  readonly secured: (stream: TLSSocket) => void
  /** The handshake failed, or the layer broke later on. */
  readonly failed: (error: Error) => void
}

/**
 * Waits for a client's handshake on a stream. The socket of node's own TLS server would do the same,
 * but does not say which stream it belongs to.
 */
export function serveTls(stream: Duplex, secureContext: SecureContext, { secured, failed }: HandshakeEnds): TLSSocket {
  const layer = new TLSSocket(stream, { isServer: true, secureContext })
  layer.on('error', failed)
  // What goes wrong before the handshake is done is not an error of the socket.
  layer.on('_tlsError', failed)
  stream.on('error', failed)
  layer.once('secure', () => secured(layer))
  return layer
}
