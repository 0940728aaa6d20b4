/** /v1/events: the journal as it is written, over WebSocket. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import type { ControlTarget } from './target.js'

/** A client that leaves this much unread is cut off: it may ask again with `since`. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024

/** "Try again later". */
const OVERLOADED = 1013

/** How many old entries `since` sends at most. */
const CATCH_UP = 100000

/** Takes over an upgrade request. */
export class EventsSocket {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false })
  readonly #target: ControlTarget

  constructor(target: ControlTarget) {
    this.#target = target
  }

  take(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(req, socket, head, client => this.#serve(client, req.url ?? ''))
  }

  /** Says goodbye to all. */
  close(): void {
    for (const client of this.#server.clients) client.terminate()
    this.#server.close()
  }

  #serve(client: WebSocket, url: string): void {
    const since = /[?&]since=(\d+)/.exec(url)?.[1]
    if (since !== undefined) {
      for (const entry of this.#target.journal(Number(since), CATCH_UP).entries) {
        client.send(JSON.stringify(entry))
      }
    }
    const cancel = this.#target.subscribe(line => {
      if (client.bufferedAmount > MAX_UNREAD_BYTES) client.close(OVERLOADED, 'reads too slowly')
      else client.send(line)
    })
    client.on('close', cancel)
    client.on('error', () => client.terminate())
  }
}
