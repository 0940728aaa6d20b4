import { nodeNow } from '../../physics/appliance/facts.js'
import { toDateTime } from '../../world/clock.js'
import type { Reader, Slot, StoredRecord } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { uuid } from '../../world/ids.js'
import { LAB, type NodeKind } from '../nodes.js'

/** Stream of chance for keys, cookies and tickets. */
const STREAM = 'sessions'

/** Index of sessions: key `<node>/<session key>`, and the key alone. */
export const SESSION_INDEX = 'session'

/** A logged-in session, as it is saved. Last activity and call count live in memory only. */
export interface SessionProps {
  readonly node: string
  readonly key: string
  readonly userName: string
  readonly fullName: string
  readonly loginTime: string
  readonly locale: string
  readonly ipAddress: string
  readonly userAgent: string
}

export interface SessionInner {
  readonly cookie: string
  readonly groups: readonly string[]
  readonly administrator: boolean
  /** Idle time after which it ends; 0: never. The option counts for new sessions only. */
  readonly timeoutMs: number
  /** The job on the agenda that looks whether it is idle; absent: it never ends by itself. */
  readonly idleJob?: number
}

export type SessionRecord = StoredRecord<SessionProps, SessionInner>

/** Id of a session's record on the pseudo node `lab`. */
export function sessionId(node: string, cookie: string): string {
  return `session/${node}/${cookie}`
}

/** The slot of a session by key, committed state; undefined: none. */
export function sessionSlot(tx: Transaction, node: string, key: string): Slot | undefined {
  return tx.world.store.lookup(SESSION_INDEX, LAB, `${node}/${key}`)[0]
}

/** The record of a session's slot. */
export function readSession(reader: Reader, slot: Slot): SessionRecord | undefined {
  return reader.read<SessionProps, SessionInner>(slot)
}

/** A session key or ticket in the product's form: a UUID that begins with 52 (protocols.md 1.5). */
export function newKey(tx: Transaction): string {
  return `52${uuid(tx.world.random, STREAM).slice(2)}`
}

/** A cookie value: 40 hex digits on vCenter, a UUID on a host (protocols.md 1.5). */
export function newCookie(tx: Transaction, kind: NodeKind): string {
  return kind === 'vcenter' ? tx.world.random.hex(STREAM, 40) : newKey(tx)
}

/** Writes a session; returns its slot. */
export function createSession(tx: Transaction, props: SessionProps, inner: SessionInner): Slot {
  const id = sessionId(props.node, inner.cookie)
  return tx.create({ node: LAB, type: 'Session', id }, { props, inner })
}

/** The present as a node's API writes it. */
export function timeOf(reader: Reader, node: string): string {
  return toDateTime(nodeNow(reader, node))
}
