import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'

/** The two nodes that may be active, and the witness. */
export type NodeKey = '1' | '2' | 'w'
export type DataKey = '1' | '2'

export type ClusterMode = 'enabled' | 'disabled' | 'maintenance'
export type ClusterState = 'healthy' | 'degraded' | 'isolated'
/** States of the database's replication (VMWARE-VCHA-MIB; availability.md 2.1). */
export type DatabaseState = 'sync' | 'async' | 'noReplication'
/** The providers of file replication: the small and the large one. */
export type FileProvider = 'serviceConfig' | 'serviceState'

/** Static address settings of a node on the vCenter HA network, or of its public card. */
export interface NodeAddress {
  readonly ip: string
  /** IPv4: a mask such as `255.255.255.0`; IPv6: undefined. */
  readonly mask?: string | undefined
  /** IPv6: length of the prefix. */
  readonly prefix?: number | undefined
  readonly gateway?: readonly string[] | undefined
}

/** One of the three machines. */
export interface NodeFacts {
  /** What people call it: the name of its VM. */
  name: string
  address: NodeAddress
  /** The public address that it has when it is active; undefined: the vCenter's own. */
  failover?: NodeAddress | undefined
  biosUuid?: string | undefined
  /** The VM that it is and where it was seen last; undefined: a machine of its own. */
  vm?: { host: string, id: string } | undefined
  /** The public address is up on this machine. */
  publicUp?: boolean | undefined
  /** The members of the cluster have it as present. */
  joined: boolean
}

/** Two nodes, such as `1-2`; the smaller key first, the witness last. */
export type Link = '1-2' | '1-w' | '2-w'

/** A change of a link that its ends have not taken for true yet. */
export interface Waiting {
  readonly up: boolean
  readonly due: number
}

/** Something to tell once vpxd can. */
export interface Told {
  readonly at: number
  readonly id: string
  readonly words: Readonly<Record<string, string>>
}

/** A node on its way to be active. */
export interface Takeover {
  readonly node: DataKey
  readonly planned: boolean
  /** True: a user asked for it, so that nobody has to be missing. */
  readonly asked: boolean
  readonly job: number
}

/** Inner facts of the record `Vcha`, id `vcha/<vcenter>`, on the lab node. */
export interface VchaInner {
  state: 'prepared' | 'configured'
  kind: 'replicated' | 'sharedDisk'
  /** True: it was prepared for machines that somebody clones by hand. */
  manual?: boolean | undefined
  witness: boolean
  mode: ClusterMode
  nodes: Record<NodeKey, NodeFacts>
  /** Who has the role of the active node: the one with the newest data. */
  active: DataKey
  cluster: ClusterState
  /** What each pair of nodes takes for true, and what is about to replace it. */
  links: Record<Link, boolean>
  waiting: Partial<Record<Link, Waiting>>
  judgeJob?: number | undefined
  takeover?: Takeover | undefined
  /** How the database is replicated, and how it is meant to be. */
  database: DatabaseState
  wanted: 'sync' | 'async'
  files: Record<FileProvider, boolean>
  /** Replication is stopped though the nodes hear each other. */
  stalled?: boolean | undefined
  /** True while every commit goes to the passive node. */
  live: boolean
  /** Journal revision up to which the passive node has everything; of use while not live. */
  position: number
  resyncJob?: number | undefined
  /** User commits that the last failover lost. */
  lost: number
  /** A failover whose end has not been told yet. */
  succeeded?: boolean | undefined
  told: Told[]
}

/** Id of a vCenter's cluster record. */
export function vchaId(vcenter: string): string {
  return `vcha/${vcenter}`
}

/** Id of a machine of the cluster; it is also its name as a party of the network `vcha`. */
export function machineId(vcenter: string, key: NodeKey): string {
  return `vcha/${vcenter}/${key}`
}

/** The vCenter and the node of a machine's id; undefined for other machines. */
export function machineOf(id: string): { vcenter: string, key: NodeKey } | undefined {
  const match = /^vcha\/(.+)\/([12w])$/.exec(id)
  return match === null ? undefined : { vcenter: match[1]!, key: match[2] as NodeKey }
}

/** The cluster of a vCenter, prepared or configured; undefined: it has none. */
export function vchaOf(reader: Reader, vcenter: string): VchaInner | undefined {
  return reader.get<object, VchaInner>(LAB, vchaId(vcenter))?.inner
}

/** The cluster of a vCenter when it works as one. */
export function configuredVcha(reader: Reader, vcenter: string): VchaInner | undefined {
  const vcha = vchaOf(reader, vcenter)
  return vcha?.state === 'configured' ? vcha : undefined
}

/** Names of the vCenters that have a working cluster. */
export function clusteredVcenters(reader: Reader): string[] {
  return reader.ofType(LAB, 'Vcha')
    .filter(slot => reader.read<object, VchaInner>(slot)?.inner.state === 'configured')
    .map(slot => slot.address.id.slice('vcha/'.length))
}

/** Changes a cluster's facts through a draft. */
export function updateVcha(tx: Transaction, vcenter: string, recipe: (inner: VchaInner) => void): void {
  tx.update<object, VchaInner>({ node: LAB, id: vchaId(vcenter) }, draft => recipe(draft.inner as VchaInner))
}

/** The nodes that a cluster has. */
export function nodeKeys(vcha: VchaInner): NodeKey[] {
  return vcha.witness ? ['1', '2', 'w'] : ['1', '2']
}

/** The pairs of nodes that a cluster has. */
export function linksOf(vcha: VchaInner): Link[] {
  return vcha.witness ? ['1-2', '1-w', '2-w'] : ['1-2']
}

/** The pair of two nodes. */
export function linkOf(a: NodeKey, b: NodeKey): Link {
  return (a < b ? `${a}-${b}` : `${b}-${a}`) as Link
}

/** The two ends of a pair. */
export function endsOf(link: Link): [NodeKey, NodeKey] {
  return link.split('-') as [NodeKey, NodeKey]
}

/** The other of the two nodes that may be active. */
export function otherOf(key: DataKey): DataKey {
  return key === '1' ? '2' : '1'
}

/** True if a node takes itself for connected with at least one other. */
export function hasPeer(vcha: VchaInner, key: NodeKey): boolean {
  return linksOf(vcha).some(link => vcha.links[link] && endsOf(link).includes(key))
}

/** The node whose public address is up, the active one first; undefined: nobody serves. */
export function servingNode(vcha: VchaInner): DataKey | undefined {
  return [vcha.active, otherOf(vcha.active)].find(key => vcha.nodes[key].publicUp === true)
}

/** All nodes whose public address is up; more than one: a split brain. */
export function writersOf(vcha: VchaInner): DataKey[] {
  return (['1', '2'] as const).filter(key => vcha.nodes[key].publicUp === true)
}

/** The role of a node as the cluster has it. */
export function roleOf(vcha: VchaInner, key: NodeKey): 'active' | 'passive' | 'witness' {
  return key === 'w' ? 'witness' : key === vcha.active ? 'active' : 'passive'
}
