import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'
import type { LogHost } from './log-hosts.js'

/**
 * `silent`: the node's syslog daemon does not run. `open`: datagrams are sent; nobody says whether
 * they arrive. `cut`: datagrams do not leave the node. The other three are of streams:
 * `connecting`, `connected`, and `lost` until the next try.
 */
export type TargetState = 'silent' | 'open' | 'cut' | 'connecting' | 'connected' | 'lost'

/** A log host as a node sees it. */
export interface ForwardTarget {
  readonly to: LogHost
  /** `logHostUrl` of it. */
  readonly url: string
  state: TargetState
  /** Lab time in milliseconds since which it is in this state. */
  since: number
  /** Agenda job of the next try to connect. */
  retryJob?: number | undefined
  /**
   * What waits for a stream that is not connected: all that the node's logs hold after these
   * positions. The logs themselves are the queue, so that waiting costs nothing.
   */
  waiting?: Record<string, number> | undefined
  /** Messages of those that have been counted as dropped. */
  droppedOfWaiting: number
  /** Messages that were never sent because the queue was full. */
  dropped: number
  /** It was lost, and somebody was told; undefined once it is connected again. */
  told?: boolean | undefined
}

/** Settings of a node's forwarding that concern all its targets. */
export interface ForwardSettings {
  readonly retryMs: number
  readonly dropMarkPercent: number
  /** Longest message on a stream, in bytes. */
  readonly messageBytes: number
  /** The receiver's certificate must be of a CA that the node trusts. */
  readonly checkCertificates: boolean
  /** Its chain must keep the letter of RFC 5280, too. */
  readonly strictCertificates: boolean
}

/** Inner facts of the record `LogForwarding`, id `syslog/<node>`, on the lab node; there only while a node has targets. */
export interface Forwarding {
  settings: ForwardSettings
  targets: ForwardTarget[]
}

const ID = 'syslog/'

/** Where a node's messages go; undefined: nowhere. */
export function forwardingOf(reader: Reader, node: string): Forwarding | undefined {
  return reader.get<object, Forwarding>(LAB, ID + node)?.inner
}

/** Names of the nodes that have targets. */
export function forwardingNodes(reader: Reader): string[] {
  return reader.ofType(LAB, 'LogForwarding').map(slot => nodeOfForwarding(slot.address.id))
}

/** The node whose record that is. */
export function nodeOfForwarding(id: string): string {
  return id.slice(ID.length)
}

/** Sets a node's targets; none: the record goes. */
export function setForwarding(tx: Transaction, node: string, forwarding: Forwarding): void {
  const id = ID + node
  const slot = tx.find(LAB, id)
  const record = { props: {}, inner: forwarding as unknown as Record<string, unknown> }
  if (forwarding.targets.length === 0) {
    if (slot !== undefined) tx.remove(slot)
  } else if (slot === undefined) {
    tx.create({ node: LAB, type: 'LogForwarding', id }, record)
  } else {
    tx.replace(slot, record)
  }
}

/** Changes one target of a node through a draft. */
export function updateTarget(
  tx: Transaction, node: string, url: string, recipe: (target: ForwardTarget) => void,
): void {
  tx.update<object, Forwarding>({ node: LAB, id: ID + node }, draft => {
    const target = (draft.inner as Forwarding).targets.find(each => each.url === url)
    if (target !== undefined) recipe(target)
  })
}

/** A target of a node. */
export function targetOf(reader: Reader, node: string, url: string): ForwardTarget | undefined {
  return forwardingOf(reader, node)?.targets.find(each => each.url === url)
}

const RECEIVERS = 'syslog-receivers'

/**
 * In a lab with doors real receivers decide whether a stream comes about, and its senders report
 * that. Without, the way there decides alone.
 */
export function askRealReceivers(tx: Transaction): void {
  if (tx.find(LAB, RECEIVERS) === undefined) tx.create({ node: LAB, type: 'LogReceivers', id: RECEIVERS }, { props: {}, inner: {} })
}

export function realReceivers(reader: Reader): boolean {
  return reader.find(LAB, RECEIVERS) !== undefined
}
