import type { Transaction } from '../../world/transaction.js'
import { say, trap } from './say.js'
import {
  endsOf, hasPeer, linksOf, nodeKeys, otherOf, roleOf, servingNode, updateVcha, vchaOf,
  type ClusterState, type NodeKey, type VchaInner,
} from './state.js'

/** The nodes that hear each other, over whomever, and one of them. */
export function componentOf(vcha: VchaInner, of: NodeKey): Set<NodeKey> {
  const found = new Set<NodeKey>([of])
  for (let grown = true; grown;) {
    grown = false
    for (const link of linksOf(vcha)) {
      const [a, b] = endsOf(link)
      if (!vcha.links[link] || found.has(a) === found.has(b)) continue
      found.add(a).add(b)
      grown = true
    }
  }
  return found
}

/**
 * The node whose picture is the cluster's: the active one while it serves or hears somebody, else
 * the passive one if it hears the witness.
 */
export function centreOf(vcha: VchaInner): NodeKey {
  if (servingNode(vcha) === vcha.active || hasPeer(vcha, vcha.active)) return vcha.active
  const other = otherOf(vcha.active)
  return hasPeer(vcha, other) ? other : vcha.active
}

/** True while the passive node could take over without loss of more than the way of replication allows. */
export function passiveReady(vcha: VchaInner): boolean {
  if (vcha.kind === 'sharedDisk') return true
  return vcha.database === vcha.wanted && vcha.files.serviceConfig && vcha.files.serviceState
}

/** The state of a cluster (availability.md 2.4). In disabled mode nothing is replicated, so only nodes count. */
export function stateOf(vcha: VchaInner): ClusterState {
  const members = componentOf(vcha, centreOf(vcha))
  if (members.size === 1) return 'isolated'
  const complete = linksOf(vcha).every(link => vcha.links[link])
  return complete && (vcha.mode === 'disabled' || passiveReady(vcha)) ? 'healthy' : 'degraded'
}

/** Brings the members and the state of a cluster in line with its links, and says what changed. */
export function settleMembers(tx: Transaction, vcenter: string): void {
  const before = vchaOf(tx, vcenter)!
  const centre = centreOf(before)
  const members = componentOf(before, centre)
  const cluster = stateOf(before)
  const changed = nodeKeys(before).filter(key => before.nodes[key].joined !== members.has(key))
  if (changed.length === 0 && cluster === before.cluster) return
  updateVcha(tx, vcenter, inner => {
    for (const key of changed) inner.nodes[key].joined = members.has(key)
    inner.cluster = cluster
  })
  for (const key of changed) tellMember(tx, vcenter, centre, key, members.has(key))
  if (cluster === before.cluster) return
  say(tx, vcenter, `cluster.state.${cluster}`)
  trap(tx, vcenter, 'clusterState', centre, { from: before.cluster, to: cluster })
}

function tellMember(tx: Transaction, vcenter: string, centre: NodeKey, key: NodeKey, joined: boolean): void {
  const vcha = vchaOf(tx, vcenter)!
  const words = { nodeName: vcha.nodes[key].name, nodeIp: vcha.nodes[key].address.ip, nodeRole: roleOf(vcha, key) }
  say(tx, vcenter, joined ? 'node.joined' : 'node.left', words)
  trap(tx, vcenter, joined ? 'nodeJoined' : 'nodeLeft', centre, words)
}
