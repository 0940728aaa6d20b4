import type { Duplex } from 'node:stream'
import { RfbServer, type RfbEnd, type RfbOptions } from '../../wire/rfb/server.js'
import { afterRealMsUnref } from '../../world/clock.js'
import { LateLine } from './late-line.js'
import { ConsolePatience } from './patience.js'

/** A console on a stream. */
export interface RfbStreamOptions extends Omit<RfbOptions, 'output'> {
  /** The console is over, not by `stop`: whoever owns the stream closes it. */
  end(why: RfbEnd): void
  /** The client has come through the handshake. */
  opened?(): void
  /** True while the host says nothing, for whatever reason; default: never. */
  readonly frozen?: () => boolean
  /** Real milliseconds by which the network delays what a client says; default: none. */
  readonly slow?: (() => number) | undefined
  /** Real milliseconds for which a client may leave unread what it was sent. */
  readonly patienceMs?: number
  /** Real milliseconds that a client has for the handshake; our own bound, default a minute. */
  readonly handshakeMs?: number
}

/** What the owner of the stream can tell a console. */
export interface RfbStream {
  /** The host answers again after a silence. */
  thaw(): void
  /** The stream is gone, or is about to go. */
  stop(): void
}

const HANDSHAKE_MS = 60_000

/** Pieces of input that wait for the network; more stay in the socket. */
const WAITING = 64

/**
 * Shows a screen on a stream: plain VNC, WebMKS, or what is left of a connection to 902 when authd has
 * done its part. At most one update waits for a client that does not read, and in the end it is sent away.
 */
export function serveRfb(stream: Duplex, options: RfbStreamOptions): RfbStream {
  const frozen = options.frozen ?? (() => false)
  const line = new LateLine(options.slow ?? (() => 0), frozen)
  const end = (why: RfbEnd): void => {
    stop()
    options.end(why)
  }
  const patience = new ConsolePatience(options.patienceMs, () =>
    end({ kind: 'refused', reason: 'the client does not read' }))
  const server = new RfbServer({
    ...options,
    output: {
      send: bytes => {
        patience.sent()
        stream.write(bytes, () => { if (patience.taken() && !frozen()) server.drained() })
      },
      ready: () => patience.idle && !frozen(),
      opened: () => {
        cancelHandshake()
        options.opened?.()
      },
      end,
    },
  })
  const receive = (bytes: Buffer): void => {
    line.push(() => {
      server.receive(bytes)
      if (line.length === 0) stream.resume()
    })
    if (line.length >= WAITING) stream.pause()
  }
  const cancelHeartbeat = patience.everyBeat(seconds => { if (!frozen()) server.heartbeat(seconds) })
  const cancelHandshake = afterRealMsUnref(options.handshakeMs ?? HANDSHAKE_MS, () =>
    end({ kind: 'refused', reason: 'the handshake took too long' }))
  const stop = (): void => {
    cancelHandshake()
    patience.stop()
    cancelHeartbeat()
    line.stop()
    stream.off('data', receive)
    server.stop()
  }
  stream.on('data', receive)
  server.start()
  return {
    thaw: () => {
      line.thaw()
      server.drained()
    },
    stop,
  }
}
