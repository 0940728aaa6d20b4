import type { UserSession } from '../../schema/generated/types.js'
import { fromDateTime, toDateTime } from '../../world/clock.js'
import type { JournalEntry } from '../../world/journal.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { onHostdEnd } from '../../physics/hardware/agents.js'
import { LAB, nodeInfo, type NodeInfo } from '../nodes.js'
import type {
  NewSession, Principal, ServiceRequest, Session, SessionEnd, Sessions,
} from '../sessions.js'
import { announceLogin, announceEnd } from './events.js'
import { sessionLimits } from './limits.js'
import { dropLocalTickets } from './local-tickets.js'
import { messageLocale } from './locales.js'
import {
  SESSION_INDEX, createSession, newCookie, newKey, readSession, sessionId, sessionSlot, timeOf,
  type SessionRecord,
} from './records.js'
import {
  dropTickets, issueCloneTicket, issueServiceTicket, redeemCloneTicket, redeemServiceTicket,
} from './tickets.js'

declare module '../../world/signals.js' {
  interface JobMap {
    /** Looks whether a session has been idle for too long. */
    'session.idle': { readonly node: string, readonly key: string, readonly cookie: string }
  }
}

/** What memory knows of a session beside its record. */
interface Live {
  readonly record: SessionRecord
  readonly session: Session
  lastActive: number
  calls: number
  /** Long polls that wait. */
  held: number
}

/**
 * The session tables of all nodes. Sessions are records, so that a saved lab keeps its logins;
 * last activity and call counts stay outside the journal, so that a read is no transaction.
 */
export class SessionTable implements Sessions {
  /** Told when a session has ended, after the commit: its filters and waits end with it. */
  onEnd: (node: string, key: string) => void = () => {}
  readonly #world: World
  /** By record id. */
  readonly #live = new Map<string, Live>()
  readonly #counts = new Map<string, number>()

  constructor(world: World) {
    this.#world = world
    world.store.defineIndex({
      name: SESSION_INDEX,
      types: ['Session'],
      keys: record => {
        const { node, key } = record.props
        return [`${String(node)}/${String(key)}`, String(key)]
      },
    })
    world.subscribe(entry => this.#hear(entry))
    world.onJob('session.idle', (tx, { node, key, cookie }) => this.#idle(tx, node, key, cookie))
    world.on('hardware.powerLost', (tx, { node }) => this.#lose(tx, node))
    onHostdEnd(world, (tx, host) => this.#lose(tx, host))
    world.on('appliance.vpxd', (tx, { vcenter, serving }) => {
      if (!serving) this.#lose(tx, vcenter)
    })
  }

  find(node: string, cookie: string | undefined): Session | undefined {
    if (cookie === undefined) return undefined
    const slot = this.#world.find(LAB, sessionId(node, cookie))
    if (slot === undefined) return undefined
    const live = this.#liveOf(slot)
    const now = this.#world.now()
    if (isIdle(live, now)) return undefined
    live.lastActive = now
    live.calls += 1
    return live.session
  }

  cookieOf(key: string): string | undefined {
    const slot = this.#world.store.lookup(SESSION_INDEX, LAB, key)[0]
    return slot === undefined ? undefined : readSession(this.#world, slot)?.inner.cookie
  }

  isFull(node: string): boolean {
    const { maxSessions } = sessionLimits(this.#world, node)
    return maxSessions > 0 && (this.#counts.get(node) ?? 0) >= maxSessions
  }

  hold(key: string): () => void {
    const slot = this.#world.store.lookup(SESSION_INDEX, LAB, key)[0]
    if (slot === undefined) return () => {}
    this.#liveOf(slot).held += 1
    let released = false
    return () => {
      const live = this.#live.get(slot.address.id)
      if (released || live === undefined) return
      released = true
      live.held = Math.max(0, live.held - 1)
      live.lastActive = this.#world.now()
    }
  }

  byKey(node: string, key: string): Session | undefined {
    const slot = this.#world.store.lookup(SESSION_INDEX, LAB, `${node}/${key}`)[0]
    return slot === undefined ? undefined : this.#liveOf(slot).session
  }

  all(node: string): Session[] {
    return this.#world.ofType(LAB, 'Session')
      .map(slot => this.#liveOf(slot).session)
      .filter(session => session.node === node)
  }

  userSession(reader: Reader, session: Session): UserSession | undefined {
    const slot = this.#world.store.lookup(SESSION_INDEX, LAB, `${session.node}/${session.key}`)[0]
    const record = slot === undefined ? undefined : readSession(reader, slot)
    if (slot === undefined || record === undefined) return undefined
    const live = this.#liveOf(slot)
    return shown(record, live.lastActive, live.calls)
  }

  open(tx: Transaction, node: NodeInfo, request: NewSession): UserSession {
    const key = newKey(tx)
    const { timeoutMs } = sessionLimits(tx, node.name)
    const cookie = newCookie(tx, node.kind)
    const { principal, fullName, locale, client } = request
    const idle = timeoutMs > 0
      ? { idleJob: tx.after(timeoutMs, 'session.idle', { node: node.name, key, cookie }) } : {}
    const slot = createSession(tx, {
      node: node.name, key, userName: principal.name, fullName, loginTime: timeOf(tx, node.name), locale,
      ipAddress: client.address, userAgent: client.userAgent,
    }, {
      cookie, groups: principal.groups, administrator: principal.administrator === true, timeoutMs,
      ...idle,
    })
    const record = readSession(tx, slot)!
    announceLogin(tx, node, record.props)
    return shown(record, tx.now(), 0)
  }

  end(tx: Transaction, node: NodeInfo, key: string, why: SessionEnd): void {
    const slot = sessionSlot(tx, node.name, key)
    const record = slot === undefined ? undefined : readSession(tx, slot)
    if (slot === undefined || record === undefined) return
    if (why !== 'terminated') {
      announceEnd(tx, node, record.props, this.#live.get(slot.address.id)?.calls ?? 0)
    }
    dropTickets(tx, node.name, key)
    if (record.inner.idleJob !== undefined) tx.cancel(record.inner.idleJob)
    tx.remove(slot)
  }

  change(tx: Transaction, session: Session, to: Partial<NewSession>): UserSession {
    const slot = sessionSlot(tx, session.node, session.key)!
    const before = readSession(tx, slot)!
    const { principal, fullName, locale } = to
    const props = {
      ...before.props,
      ...(principal === undefined ? {} : { userName: principal.name }),
      ...(fullName === undefined ? {} : { fullName }),
      ...(locale === undefined ? {} : { locale }),
    }
    const inner = principal === undefined ? before.inner : {
      ...before.inner, groups: principal.groups, administrator: principal.administrator === true,
    }
    tx.replace(slot, { props: { ...props }, inner: { ...inner } })
    const live = this.#liveOf(slot)
    return shown({ props, inner }, live.lastActive, live.calls)
  }

  issueServiceTicket(tx: Transaction, session: Session, request: ServiceRequest): string {
    return issueServiceTicket(tx, session, request)
  }

  redeemServiceTicket(
    node: string, id: string, method: string, pathAndQuery: string): Session | undefined {
    const key = redeemServiceTicket(this.#world, node, id, method, pathAndQuery)
    return key === undefined ? undefined : this.byKey(node, key)
  }

  issueCloneTicket(tx: Transaction, node: NodeInfo, session: Session): string {
    return issueCloneTicket(tx, node, session)
  }

  redeemCloneTicket(tx: Transaction, node: string, ticket: string): NewSession | undefined {
    const key = redeemCloneTicket(tx, node, ticket)
    const slot = key === undefined ? undefined : sessionSlot(tx, node, key)
    const record = slot === undefined ? undefined : readSession(tx, slot)
    if (record === undefined) return undefined
    const { fullName, locale, ipAddress, userAgent } = record.props
    const client = { address: ipAddress, userAgent }
    return { principal: principalOf(record), fullName, locale, client }
  }

  /** Memory of a session, made anew when its record is another one (impersonation, load). */
  #liveOf(slot: Slot): Live {
    const record = readSession(this.#world, slot)!
    const known = this.#live.get(slot.address.id)
    if (known?.record === record) return known
    const { node, key, locale } = record.props
    const live: Live = {
      record,
      session: { key, node, principal: principalOf(record), locale },
      lastActive: known?.lastActive ?? this.#world.now(),
      calls: known?.calls ?? 0,
      held: known?.held ?? 0,
    }
    this.#live.set(slot.address.id, live)
    return live
  }

  #hear(entry: JournalEntry): void {
    for (const { slot, before, after } of entry.changes) {
      if (slot.address.type !== 'Session') continue
      if (after !== undefined) {
        // From now on it is remembered: also a session that is never used must time out.
        const { session } = this.#liveOf(slot)
        if (before === undefined) this.#count(session.node, 1)
        continue
      }
      this.#live.delete(slot.address.id)
      const { node, key } = (before as unknown as SessionRecord).props
      this.#count(node, -1)
      this.onEnd(node, key)
    }
  }

  /**
   * Sessions are in the memory of hostd or vpxd: they end with it and with its machine's power, and
   * nobody says so (availability.md 3.3 and 5).
   */
  #lose(tx: Transaction, node: string): void {
    const info = nodeInfo(tx, node)
    if (info === undefined) return
    for (const { key } of this.all(node)) this.end(tx, info, key, 'terminated')
    dropLocalTickets(tx, node)
  }

  #count(node: string, by: number): void {
    this.#counts.set(node, (this.#counts.get(node) ?? 0) + by)
  }

  /** The agenda's look at a session: ends it, or looks again when it could be idle for too long. */
  #idle(tx: Transaction, node: string, key: string, cookie: string): void {
    const slot = tx.find(LAB, sessionId(node, cookie))
    const info = slot === undefined ? undefined : nodeInfo(tx, node)
    if (slot === undefined || info === undefined) return
    const live = this.#liveOf(slot)
    if (isIdle(live, tx.now())) {
      this.end(tx, info, key, 'timeout')
      return
    }
    const since = live.held > 0 ? tx.now() : Math.min(live.lastActive, tx.now())
    const { props, inner } = live.record
    const idleJob = tx.after(since + inner.timeoutMs - tx.now(), 'session.idle', { node, key, cookie })
    tx.replace(slot, { props: { ...props }, inner: { ...inner, idleJob } })
  }
}

function isIdle(live: Live, now: number): boolean {
  const { timeoutMs } = live.record.inner
  return timeoutMs > 0 && live.held === 0 && now - live.lastActive >= timeoutMs
}

function principalOf(record: SessionRecord): Principal {
  const { groups, administrator } = record.inner
  return { name: record.props.userName, groups, ...(administrator ? { administrator } : {}) }
}

function shown(record: SessionRecord, lastActive: number, calls: number): UserSession {
  const { key, userName, fullName, loginTime, locale, ipAddress, userAgent } = record.props
  return {
    key, userName, fullName, loginTime,
    lastActiveTime: toDateTime(Math.max(lastActive, fromDateTime(loginTime))),
    locale, messageLocale: messageLocale(locale), extensionSession: false, ipAddress, userAgent,
    callCount: calls,
  }
}
