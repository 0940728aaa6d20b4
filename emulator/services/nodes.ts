import { LAB, type NodeInner } from '../physics/hardware/chassis.js'
import type { Reader } from '../world/records.js'

export type NodeKind = 'vcenter' | 'esxi'

/** Product facts of a node, as `about` shows them (protocols.md 2.5). */
export interface Product {
  /** `8.0.3`; at most three dot parts, or the terraform provider panics. */
  readonly version: string
  readonly build: string
  /** `8.0.3.0`: the newest API version that the node speaks. */
  readonly apiVersion: string
  readonly patchLevel: string
}

export { LAB, type NodeInner }

/**
 * One machine with a management endpoint. Stored as record `Node` with the name as id on the
 * pseudo node `lab`.
 */
export interface NodeInfo {
  readonly name: string
  readonly kind: NodeKind
  /** What clients and other nodes call it. */
  readonly hostName: string
  /** IPv4 address in the lab. */
  readonly address: string
  readonly product: Product
  /** vCenter's instance UUID or the host's hardware UUID. */
  readonly uuid: string
}

/** A node's facts; undefined when the lab has none of that name. */
export function nodeInfo(reader: Reader, name: string): NodeInfo | undefined {
  return reader.get<NodeInfo, NodeInner>(LAB, name)?.props
}

/** All nodes, in the order of the lab file. */
export function allNodes(reader: Reader): NodeInfo[] {
  return reader.ofType(LAB, 'Node').map(slot => reader.read<NodeInfo, NodeInner>(slot)!.props)
}
