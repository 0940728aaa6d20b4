/** All HTTP ports of one node: 443 with its routes, 80 with its redirect (protocols.md 1, 6). */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Access } from '../../services/access-log.js'
import type { NodeInfo } from '../../services/nodes.js'
import type { DocumentedSchema } from '../../schema/schema.js'
import { afterRealMsUnref } from '../../world/clock.js'
import { defaultXmlLimits } from '../../wire/xml-model.js'
import type { DoorContext, DoorGate, DoorSessions, Trace } from './door-context.js'
import { openExchange, sendText, type Route } from './exchange.js'
import { Listener, type CloseMode, type DoorAnswer, type ListenAt } from './listener.js'
import { clientsXmlRoute, landingRoute, noBackend, notFound } from './pages.js'
import { redirect } from './redirect.js'
import type { IdentitySource, TlsSettings } from './secure-settings.js'
import { WebServer, type ServerLimits } from './server.js'
import { servedVersion, serviceVersionsRoute } from './service-versions.js'
import { soapRoute } from './soap.js'
import { refuseUpgrade, type UpgradeDoor, type UpgradeRoute } from './upgrades.js'
import { wsdlRoute } from './wsdl-route.js'

/** What a node's doors are made of. */
export interface NodeDoorsOptions {
  readonly node: NodeInfo
  readonly gate: DoorGate
  readonly sessions: DoorSessions
  readonly schema: DocumentedSchema
  /** Key and certificate, asked for at the first TLS connection; undefined: plain HTTP. */
  readonly identity: IdentitySource | undefined
  readonly https: ListenAt
  /** Port 80; undefined: not opened. */
  readonly http?: ListenAt | undefined
  readonly now: () => number
  readonly newOpId: () => string
  readonly onDefect: (error: unknown) => void
  /** Further paths of 443, looked at before the built-in ones. */
  readonly routes?: readonly Route[]
  readonly upgrades?: readonly UpgradeRoute[]
  /** Body of the 503 for a path whose service is stopped; default: all answer. */
  readonly outage?: (path: string) => string | undefined
  /** True from the moment that the machine lost its power, even before its ports are closed. */
  readonly silent?: () => boolean
  /** False: only `routes` and `upgrades` are served, as on the door of the appliance's management. */
  readonly api?: boolean
  /** Real milliseconds by which the network delays a request and its answer; default: none. */
  readonly slow?: (() => number) | undefined
  /** Label that the version file names instead of the product's version (the peer's `-api-version`). */
  readonly apiVersion?: string | undefined
  /** Default: with TLS. */
  readonly secureCookies?: boolean
  readonly trace?: Trace | undefined
  /** Hears of each request that is answered on 443 and 80; default: nobody keeps account. */
  readonly access?: (access: Access) => void
  /** Asked for when TLS starts and at each `renew`; default: TLS 1.2 and 1.3 with Node's own suites. */
  readonly tls?: (() => TlsSettings) | undefined
  /**
   * True for a source address that the node's firewall lets begin a connection to the port of this
   * door, or to another one of the product's; default: all.
   */
  readonly admits?: (address: string, port?: number) => boolean
  readonly limits?: Partial<ServerLimits>
  /** Default 64 MiB. */
  readonly maxBodyBytes?: number
  /** Default 64 KiB; Infinity: never compress. */
  readonly gzipAboveBytes?: number
}

/** Where a node answers. */
export interface OpenedDoors {
  readonly https: ListenAt
  readonly http: ListenAt | undefined
}

/** Counts for the metrics. */
export interface DoorCounts {
  requests: number
  readonly connections: number
}

const builtIn: readonly Route[] = [
  soapRoute, serviceVersionsRoute, wsdlRoute, landingRoute, clientsXmlRoute,
]

/**
 * The HTTP doors of a node. They can die and come back with the node: `close` says how they die,
 * `open` brings them back on the same ports.
 */
export class NodeDoors {
  readonly #options: NodeDoorsOptions
  readonly #context: DoorContext
  readonly #routes: readonly Route[]
  readonly #secure: Listener
  readonly #plain: Listener | undefined
  #servers: WebServer[] = []
  #requests = 0
  /** The port does not answer, and what was upgraded goes on. */
  #agentOnly = false

  constructor(options: NodeDoorsOptions) {
    this.#options = options
    this.#context = this.#makeContext(options)
    this.#routes = [...options.routes ?? [], ...options.api === false ? [] : builtIn]
    const { admits = () => true } = options
    this.#secure = new Listener(socket => this.#servers[0]?.accept(socket), address => admits(address))
    if (options.http !== undefined) {
      this.#plain = new Listener(socket => this.#servers[1]?.accept(socket), address => admits(address, 80))
    }
  }

  /** The node's name. */
  get name(): string {
    return this.#options.node.name
  }

  get counts(): DoorCounts {
    const connections = this.#secure.connections + (this.#plain?.connections ?? 0)
    return { requests: this.#requests, connections }
  }

  /** Opens the ports, or brings them back. Rejects with the system's error if one is taken. */
  async open(): Promise<OpenedDoors> {
    if (this.#servers.length === 0) this.#servers = [this.#httpsServer(), this.#redirectServer()]
    const https = await this.#secure.open(this.#options.https)
    const http = await this.#plain?.open(this.#options.http!)
    return { https, http }
  }

  /** Lets the doors die; `refuse` is also the orderly end. */
  async close(mode: CloseMode = 'refuse'): Promise<void> {
    await Promise.all([this.#secure.close(mode), this.#plain?.close(mode)])
    if (mode !== 'refuse') return
    for (const server of this.#servers) server.stop()
    this.#servers = []
  }

  /**
   * One port answers in another way from now on. `forgets`: the machine was without power, so that
   * connections of before a silence are unknown to it when it answers again. `agentOnly`: upgraded
   * connections go on, since others than the agent serve them.
   */
  async answer(port: 'https' | 'http', how: DoorAnswer, forgets: boolean, agentOnly = false): Promise<void> {
    const listener = port === 'https' ? this.#secure : this.#plain
    const at = port === 'https' ? this.#options.https : this.#options.http
    if (listener === undefined || at === undefined) return
    if (how === 'open' && this.#servers.length === 0) this.#servers = [this.#httpsServer(), this.#redirectServer()]
    if (port === 'https') this.#agentOnly = how !== 'open' && agentOnly
    await listener.answer(how, at, forgets, agentOnly)
    if (how === 'open' || agentOnly) this.#thaw()
  }

  #thaw(): void {
    for (const route of this.#options.upgrades ?? []) route.thaw?.()
  }

  /** Takes a renewed certificate, other TLS settings or the next ticket keys into use. */
  async renew(): Promise<void> {
    await this.#servers[0]?.renew()
  }

  #makeContext(options: NodeDoorsOptions): DoorContext {
    const { node } = options
    return {
      node,
      productVersion: node.product.version,
      apiVersion: options.apiVersion ?? node.product.apiVersion,
      advertised: servedVersion(node.product.apiVersion),
      schema: options.schema,
      gate: options.gate,
      sessions: options.sessions,
      secureCookies: options.secureCookies ?? options.identity !== undefined,
      maxBodyBytes: options.maxBodyBytes ?? defaultXmlLimits.maxBytes,
      gzipAboveBytes: options.gzipAboveBytes ?? 65536,
      now: options.now,
      newOpId: options.newOpId,
      outage: options.outage ?? (() => undefined),
      frozen: () => this.#secure.mode === 'silent' || options.silent?.() === true,
      trace: options.trace,
      access: options.access,
      onDefect: options.onDefect,
    }
  }

  #httpsServer(): WebServer {
    const { identity, tls, limits, onDefect } = this.#options
    return new WebServer({
      identity, onDefect,
      ...tls === undefined ? {} : { tls },
      ...limits === undefined ? {} : { limits },
      silent: () => this.#context.frozen(),
      onRequest: (req, res) => this.#receive(req, res),
      onUpgrade: (req, socket, head) => this.#upgrade(req, socket, head),
    })
  }

  #redirectServer(): WebServer {
    const { node, limits, onDefect } = this.#options
    return new WebServer({
      identity: undefined, onDefect, silent: () => this.#context.frozen(),
      ...limits === undefined ? {} : { limits },
      onRequest: (req, res) => {
        redirect(req, res, node.hostName, this.#secure.at?.port ?? 443)
        this.#account(req, res.statusCode)
      },
    })
  }

  /** The network may be slow: then the request is looked at only when it has come through. */
  #receive(req: IncomingMessage, res: ServerResponse): void {
    this.#whenThrough(res, () => this.#route(req, res))
  }

  #whenThrough(connection: { readonly destroyed: boolean }, run: () => void): void {
    const delay = this.#options.slow?.() ?? 0
    if (delay <= 0) run()
    else afterRealMsUnref(delay, () => { if (!connection.destroyed) run() })
  }

  #route(req: IncomingMessage, res: ServerResponse): void {
    if (this.#context.frozen()) return
    this.#requests += 1
    const exchange = openExchange(this.#context, req, res)
    const outage = this.#context.outage(exchange.path)
    if (outage !== undefined) {
      noBackend(exchange, outage)
      return
    }
    const method = req.method ?? 'GET'
    const route = this.#routes.find(each => each.matches(method, exchange.path))
    if (route === undefined) {
      notFound(exchange)
      return
    }
    const failed = (error: unknown) => {
      this.#options.onDefect(error)
      if (res.headersSent) res.destroy()
      else sendText(exchange, 500, 'Internal Server Error')
    }
    try {
      route.handle(exchange)?.catch(failed)
    } catch (error) {
      failed(error)
    }
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {})
    this.#whenThrough(socket, () => {
      if (this.#context.frozen()) return
      const path = (req.url ?? '/').split('?', 1)[0]!
      const route = this.#options.upgrades?.find(each => each.matches(path))
      if (route === undefined || this.#context.outage(path) !== undefined) {
        refuseUpgrade(socket)
        this.#account(req, 404)
      } else {
        this.#secure.handOn(req.socket)
        route.handle(req, socket, head, this.#upgradeDoor(req))
      }
    })
  }

  /** Tells of a request that had no exchange. */
  #account(req: IncomingMessage, status: number): void {
    this.#options.access?.({
      method: req.method ?? '-', path: (req.url ?? '/').split('?', 1)[0]!, httpVersion: req.httpVersion, status,
      bytes: req.headers['content-length'], ms: 0, client: req.socket.remoteAddress ?? '-',
    })
  }

  #upgradeDoor(req: IncomingMessage): UpgradeDoor {
    return {
      client: req.socket.remoteAddress ?? '',
      answered: status => this.#account(req, status),
      frozen: () => this.#options.silent?.() === true || (this.#secure.mode === 'silent' && !this.#agentOnly),
      slow: this.#options.slow ?? (() => 0),
    }
  }
}
