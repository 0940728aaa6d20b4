import type { UserSession } from '../schema/generated/types.js'
import type { Reader } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import type { ClientInfo } from './call.js'
import type { NodeInfo } from './nodes.js'

/** Who acts: a user with the groups that were effective at login. */
export interface Principal {
  /** Canonical name: `VSPHERE.LOCAL\Administrator` on vCenter, `root` on a host. */
  readonly name: string
  /** Canonical group names. */
  readonly groups: readonly string[]
  /** True for whoever logged in where anybody may: holds every privilege. */
  readonly administrator?: boolean
}

/** A logged-in session as the rest of the lab sees it. */
export interface Session {
  /** UserSession.key, a UUID; never the cookie. */
  readonly key: string
  readonly node: string
  readonly principal: Principal
  readonly locale: string
}

/** Who logs in, and how: what a new session is made of. */
export interface NewSession {
  readonly principal: Principal
  readonly fullName: string
  readonly locale: string
  readonly client: ClientInfo
}

/** Why a session ends; decides the event. */
export type SessionEnd = 'logout' | 'timeout' | 'terminated'

/** The sessions of all nodes (protocols.md 4). */
export interface Sessions {
  /** The live session of a cookie value; refreshes its idle time. Undefined: none, or timed out. */
  find(node: string, cookie: string | undefined): Session | undefined
  /** Cookie value of a session key, for the door that answers a login; undefined: no session. */
  cookieOf(key: string): string | undefined
  /** True when the session table of a node is full: its door answers 503 (protocols.md 4.3). */
  isFull(node: string): boolean
  /** Keeps a session from timing out while a long poll of it waits; returns the release. */
  hold(key: string): () => void
  /** The session of a key on a node; undefined: none. */
  byKey(node: string, key: string): Session | undefined
  /** The sessions of a node, in order of login. */
  all(node: string): Session[]
  /** A session as the API shows it, with its last activity and number of calls. */
  userSession(reader: Reader, session: Session): UserSession | undefined
  /** Opens a session; the cookie comes into force at commit. */
  open(tx: Transaction, node: NodeInfo, request: NewSession): UserSession
  /** Ends a session, with its event, and its tickets; nothing happens when it is gone. */
  end(tx: Transaction, node: NodeInfo, key: string, why: SessionEnd): void
  /** Changes what a session is: its locale, or who it acts for. */
  change(tx: Transaction, session: Session, to: Partial<NewSession>): UserSession
  /** A ticket with which one request to the HTTP doors may come without a cookie. */
  issueServiceTicket(tx: Transaction, session: Session, request: ServiceRequest): string
  /**
   * Takes a service ticket for a request it was made for: the session it stands for, once.
   * Undefined: no such ticket, used, too old, or made for another request (protocols.md 4.4).
   */
  redeemServiceTicket(
    node: string, id: string, method: string, pathAndQuery: string): Session | undefined
  /** A ticket that opens another session of the same user. */
  issueCloneTicket(tx: Transaction, node: NodeInfo, session: Session): string
  /** Takes a clone ticket: whose it was, once. */
  redeemCloneTicket(tx: Transaction, node: string, ticket: string): NewSession | undefined
}

/** What a service ticket is good for. */
export interface ServiceRequest {
  /** `GET`; undefined: any method. */
  readonly method: string | undefined
  /** Path and query. */
  readonly path: string
}
