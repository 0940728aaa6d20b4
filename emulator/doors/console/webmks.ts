/**
 * WebMKS: a console over WebSocket on a host's 443, at `/ticket/<ticket>` (protocols.md 7.5). A vCenter
 * has no such path: its tickets name the host, and the picture never passes through it (row A6).
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer, createWebSocketStream } from 'ws'
import type { ConsoleConnections } from '../../services/console-connections.js'
import { logRefusal } from '../../services/tickets/refusal-log.js'
import { redeemTicket, type Redeemed } from '../../services/tickets/tickets.js'
import type { FeedEnd, ScreenFeed } from '../../wire/rfb/screen-feed.js'
import type { RfbEnd } from '../../wire/rfb/server.js'
import { soonUnref } from '../../world/clock.js'
import type { World } from '../../world/world.js'
import { refuseUpgrade, type UpgradeDoor, type UpgradeRoute } from '../https/upgrades.js'
import { serveRfb, type RfbStream } from './rfb-stream.js'

/** What WebMKS of a host leans on. */
export interface WebmksOptions {
  /** Node of the host. */
  readonly host: string
  readonly world: World
  readonly consoles: ConsoleConnections
  /** The screen of a VM of the host; undefined: it does not run. */
  feedOf(vm: string): ScreenFeed | undefined
  onDefect(error: unknown): void
  /** Real milliseconds for which a client may leave unread what it was sent. */
  readonly patienceMs?: number
}

const PATH = /^\/ticket\/([^/]+)$/

/** A client's messages are short; only pasted text is longer, and goes nowhere. */
const MAX_MESSAGE = 1024 * 1024

/** Sub-protocol of RFB in binary frames; clients that offer none are taken too (client-quirks.md). */
const BINARY = 'binary'

/** Codes of a close (RFC 6455 section 7.4.1): the product closes with 1000 at power off. */
const NORMAL = 1000
const GOING_AWAY = 1001
const PROTOCOL_ERROR = 1002
const WRONG_DATA = 1003

const endCodes: Readonly<Record<FeedEnd, number>> = { powerOff: NORMAL, dropped: NORMAL, moved: GOING_AWAY }

interface WebSockets {
  readonly server: WebSocketServer
  readonly streamOf: typeof createWebSocketStream
}

/** The consoles that a host serves over WebSocket. */
export class Webmks implements UpgradeRoute {
  readonly #options: WebmksOptions
  readonly #open = new Set<{ thaw(): void }>()
  #sockets: Promise<WebSockets> | undefined

  constructor(options: WebmksOptions) {
    this.#options = options
  }

  matches(path: string): boolean {
    return PATH.test(path)
  }

  /** A ticket that is unknown, used or too old is refused before the upgrade (protocols.md 7.5). */
  handle(req: IncomingMessage, socket: Duplex, head: Buffer, door: UpgradeDoor): void {
    const { host, world } = this.#options
    const path = (req.url ?? '').split('?', 1)[0]!
    const redeemed = redeemTicket(world, host, PATH.exec(path)?.[1] ?? '', 'webmks')
    if ('refused' in redeemed) {
      logRefusal(world, host, door.client, redeemed)
      refuseUpgrade(socket)
      door.answered(404)
      return
    }
    this.#sockets ??= loadSockets()
    this.#sockets.then(({ server, streamOf }) => {
      const feed = this.#options.feedOf(redeemed.vm)
      door.answered(feed === undefined ? 404 : 101)
      if (feed === undefined) refuseUpgrade(socket)
      else server.handleUpgrade(req, socket, head, client => this.#serve(client, streamOf, redeemed, feed, door))
    }).catch((error: unknown) => {
      this.#options.onDefect(error)
      socket.destroy()
    })
  }

  thaw(): void {
    for (const each of [...this.#open]) each.thaw()
  }

  #serve(
    client: WebSocket, streamOf: WebSockets['streamOf'], { vm, userName, issuer }: Redeemed, feed: ScreenFeed,
    door: UpgradeDoor,
  ): void {
    const { host, consoles, patienceMs } = this.#options
    const stream = streamOf(client)
    let over = false
    let shown: RfbStream | undefined
    let close: (() => void) | undefined
    // A host without a voice says no good-bye either; it does so when it answers again.
    const bye = (code: number, reason: string): void => {
      close = () => client.close(code, reason)
      if (!door.frozen()) close()
      finish()
    }
    const remove = consoles.add({
      host, vm, label: 'webmks', client: door.client, userName, issuer, kind: 'webmks',
      drop: () => bye(NORMAL, 'dropped'),
    })
    const finish = (): void => {
      if (over) return
      over = true
      shown?.stop()
      // An end is often heard while others are being told of a change of the world.
      soonUnref(remove)
    }
    shown = serveRfb(stream, {
      feed, mode: 'full', frozen: door.frozen, slow: door.slow, ...patienceMs === undefined ? {} : { patienceMs },
      end: why => bye(...goodbye(why)),
    })
    const entry = { thaw: () => close === undefined ? shown?.thaw() : close() }
    this.#open.add(entry)
    client.on('message', (_data, isBinary) => { if (!isBinary) bye(WRONG_DATA, 'binary frames only') })
    client.on('close', () => {
      this.#open.delete(entry)
      finish()
    })
    stream.on('error', () => client.terminate())
  }
}

function goodbye(why: RfbEnd): [number, string] {
  switch (why.kind) {
    case 'feed': return [endCodes[why.why], why.why]
    case 'client': return [NORMAL, '']
    case 'refused': return [PROTOCOL_ERROR, why.reason]
  }
}

/** Loaded when the first console opens. */
async function loadSockets(): Promise<WebSockets> {
  const { WebSocketServer, createWebSocketStream } = await import('ws')
  const server = new WebSocketServer({
    noServer: true, maxPayload: MAX_MESSAGE, perMessageDeflate: false, clientTracking: false,
    handleProtocols: offered => offered.has(BINARY) ? BINARY : false,
  })
  return { server, streamOf: createWebSocketStream }
}
