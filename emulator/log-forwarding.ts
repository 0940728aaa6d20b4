import { DatagramSender } from './doors/emit/datagrams.js'
import type { MessageSender } from './doors/emit/message-sender.js'
import { StreamSender, type StreamTls } from './doors/emit/streams.js'
import { LAB } from './physics/hardware/chassis.js'
import { isForwarded, queueRoom } from './physics/syslog/queue.js'
import './physics/syslog/signals.js'
import {
  forwardingNodes, forwardingOf, nodeOfForwarding, type ForwardSettings, type ForwardTarget, type TargetState,
} from './physics/syslog/state.js'
import { connected, lost, overflowed } from './physics/syslog/streams.js'
import { OutgoingItem } from './syslog-messages.js'
import type { JournalEntry } from './world/journal.js'
import type { SignalMap } from './world/signals.js'
import type { Transaction } from './world/transaction.js'
import type { World } from './world/world.js'

/** One log host of a node, with the socket to it. */
interface Link {
  readonly target: ForwardTarget
  readonly settings: ForwardSettings
  readonly sender: MessageSender
}

export interface LogForwardingOptions {
  /** Certificates of the authorities that nodes trust, PEM. */
  readonly trust: () => Promise<readonly string[]>
  readonly onDefect: (error: unknown) => void
}

const withSocket: ReadonlySet<TargetState> = new Set<TargetState>(['open', 'connecting', 'connected'])

/**
 * Really sends what nodes log to their log hosts. The records say where to and whether anything is
 * in the way (physics/syslog); what happens to the sockets is reported back, as an input of the lab.
 */
export class LogForwarding {
  readonly #world: World
  readonly #options: LogForwardingOptions
  readonly #links = new Map<string, Map<string, Link>>()
  readonly #unsubscribe: () => void

  constructor(world: World, options: LogForwardingOptions) {
    this.#world = world
    this.#options = options
    this.#unsubscribe = world.subscribe(entry => this.#hear(entry))
    for (const node of forwardingNodes(world)) this.#sync(node)
  }

  close(): void {
    this.#unsubscribe()
    for (const links of this.#links.values()) for (const { sender } of links.values()) sender.close(true)
    this.#links.clear()
  }

  #hear(entry: JournalEntry): void {
    for (const { slot: { address } } of entry.changes) {
      if (address.node === LAB && address.type === 'LogForwarding') this.#sync(nodeOfForwarding(address.id))
    }
    if (this.#links.size === 0) return
    const flushed = new Set<MessageSender>()
    for (const { kind, payload } of entry.signals) {
      if (kind === 'syslog.flush') this.#flush(payload as SignalMap['syslog.flush'], flushed)
    }
    for (const { log, value } of entry.appended) this.#pass(log, value, flushed)
  }

  /** Opens and closes sockets as the records of a node say. */
  #sync(node: string): void {
    const forwarding = forwardingOf(this.#world, node)
    const before = this.#links.get(node) ?? new Map<string, Link>()
    const links = new Map<string, Link>()
    for (const target of forwarding?.targets ?? []) {
      if (!withSocket.has(target.state)) continue
      const { settings } = forwarding!
      const known = before.get(target.url)
      const sender = known !== undefined && serves(known, target, settings) ? known.sender : this.#open(node, target, settings)
      links.set(target.url, { target, settings, sender })
    }
    // A stream that something cuts ends at once; one that is no longer wanted ends after its last message.
    const wanted = new Set(forwarding?.targets.map(({ url }) => url))
    for (const [url, { sender }] of before) if (links.get(url)?.sender !== sender) sender.close(!wanted.has(url))
    if (links.size === 0) this.#links.delete(node)
    else this.#links.set(node, links)
  }

  #open(node: string, { to, url }: ForwardTarget, settings: ForwardSettings): MessageSender {
    if (to.protocol === 'udp') return new DatagramSender(to.host, to.port)
    return new StreamSender({
      host: to.host, port: to.port, framing: to.framing, maxBytes: settings.messageBytes, room: Math.max(1, queueRoom(settings)),
      tls: to.protocol === 'ssl' ? this.#tls(settings) : undefined,
      onUp: () => this.#report(node, url, 'connected', tx => connected(tx, node, url)),
      onDown: () => this.#report(node, url, 'lost', tx => lost(tx, node, url)),
      onRefused: count => this.#report(node, url, 'overflowed', tx => overflowed(tx, node, url, count)),
    })
  }

  #tls({ checkCertificates: check, strictCertificates: strict }: ForwardSettings): StreamTls {
    return { trust: () => this.#trust(), check, strict }
  }

  /** Without what it trusts nothing is sent over TLS; the user is told why. */
  #trust(): Promise<readonly string[]> {
    return this.#options.trust().catch((error: unknown) => {
      this.#options.onDefect(error)
      throw error
    })
  }

  #report(node: string, url: string, state: string, change: (tx: Transaction) => void): void {
    try {
      this.#world.transact({ kind: 'lab', what: 'syslog', node, url, state }, change)
    } catch (error) {
      this.#options.onDefect(error)
    }
  }

  /** Sends what waited for a stream, oldest first; the logs themselves kept it. */
  #flush({ node, url, after, keep }: SignalMap['syslog.flush'], flushed: Set<MessageSender>): void {
    const link = this.#links.get(node)?.get(url)
    if (link === undefined) return
    const world = this.#world
    const items = world.logs().filter(log => isForwarded(world, node, log.name)).flatMap(log =>
      [...log.since((after[log.name] ?? 0) + 1)].map(({ value }) => new OutgoingItem(world, node, log.name, value)))
    items.sort((a, b) => a.time < b.time ? -1 : a.time > b.time ? 1 : 0)
    for (const item of items.slice(0, keep)) send(link, item)
    flushed.add(link.sender)
  }

  /** One item that was just appended to a log of the world. */
  #pass(log: string, value: unknown, flushed: ReadonlySet<MessageSender>): void {
    const node = nodeOf(log)
    const links = node === undefined ? undefined : this.#links.get(node)
    if (links === undefined || !isForwarded(this.#world, node!, log)) return
    let item: OutgoingItem | undefined
    for (const link of links.values()) {
      if (link.target.state === 'connecting' || flushed.has(link.sender)) continue
      item ??= new OutgoingItem(this.#world, node!, log, value)
      send(link, item)
    }
  }
}

/** True if a socket is still the right one: no setting changed, and no new try to connect began. */
function serves(known: Link, target: ForwardTarget, settings: ForwardSettings): boolean {
  if (target.to.protocol === 'udp') return true
  return known.settings === settings && (target.state !== 'connecting' || known.target.state === 'connecting')
}

function send({ target, sender }: Link, item: OutgoingItem): void {
  for (const text of item.texts(target.to.formatter)) sender.send(text)
}

/** The node of `logs/<node>/<file>` and `events/<node>`. */
function nodeOf(log: string): string | undefined {
  if (log.startsWith('logs/')) return log.slice(5, log.indexOf('/', 5))
  return log.startsWith('events/') ? log.slice(7) : undefined
}
