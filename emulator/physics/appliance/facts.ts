import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A node's licence expired, or a valid one was assigned. */
    'node.licence': { node: string, expired: boolean }
    /** A certificate of a node expired or was renewed. */
    'node.certificate': { node: string, certificate: CertificateKind, expired: boolean }
    /** A node's clock went wrong or was set right. */
    'node.clock': { node: string, offsetMs: number }
    /** The password of a node's user expired, or the user was locked; `ended`: no longer. */
    'node.password': { node: string, user: string, how: 'expired' | 'locked', ended: boolean }
  }
}

/** `machine`: what TLS clients see; `sts`: what single sign-on signs its tokens with. */
export type CertificateKind = 'machine' | 'sts'

/** What went wrong with a node beside its power; the record is there only while something is. */
export interface NodeFacts {
  /** Milliseconds that its clock is ahead of the lab's; negative: behind. */
  clockOffsetMs?: number | undefined
  licenceExpired?: boolean | undefined
  /** Certificates that are past their end. */
  expired?: Partial<Record<CertificateKind, boolean>> | undefined
}

const none: NodeFacts = {}

/** What is wrong with a node. */
export function factsOf(reader: Reader, node: string): NodeFacts {
  return reader.get<object, NodeFacts>(LAB, factsId(node))?.inner ?? none
}

/** The node's own idea of the present: lab time and what its clock is off, in milliseconds. */
export function nodeNow(reader: Reader, node: string): number {
  return reader.now() + (factsOf(reader, node).clockOffsetMs ?? 0)
}

/** True while the licence (or evaluation) of a node is over. */
export function licenceExpired(reader: Reader, node: string): boolean {
  return factsOf(reader, node).licenceExpired === true
}

/** True while a certificate of a node is past its end. */
export function certificateExpired(reader: Reader, node: string, kind: CertificateKind): boolean {
  return factsOf(reader, node).expired?.[kind] === true
}

/** Sets a node's clock wrong by so many milliseconds, or right with 0. */
export function setClockOffset(tx: Transaction, node: string, offsetMs: number): void {
  update(tx, node, facts => {
    if (offsetMs === 0) delete facts.clockOffsetMs
    else facts.clockOffsetMs = offsetMs
  })
  tx.emit('node.clock', { node, offsetMs })
}

/** Ends a node's licence, or gives it one. */
export function setLicenceExpired(tx: Transaction, node: string, expired: boolean): void {
  update(tx, node, facts => {
    if (expired) facts.licenceExpired = true
    else delete facts.licenceExpired
  })
  tx.emit('node.licence', { node, expired })
}

/** Lets a certificate of a node expire, or renews it. */
export function setCertificateExpired(
  tx: Transaction, node: string, certificate: CertificateKind, expired: boolean,
): void {
  update(tx, node, facts => {
    const { [certificate]: _own, ...rest } = facts.expired ?? {}
    facts.expired = expired ? { ...rest, [certificate]: true } : rest
  })
  tx.emit('node.certificate', { node, certificate, expired })
}

function update(tx: Transaction, node: string, recipe: (facts: NodeFacts) => void): void {
  const id = factsId(node)
  const slot = tx.find(LAB, id) ?? tx.create({ node: LAB, type: 'NodeFacts', id }, { props: {}, inner: {} })
  tx.update<object, NodeFacts>(slot, draft => recipe(draft.inner as NodeFacts))
}

function factsId(node: string): string {
  return `facts/${node}`
}
