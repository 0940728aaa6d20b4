import type { Transaction } from '../../world/transaction.js'
import { chassis } from '../hardware/chassis.js'
import { linkWorks, nodeLives } from './links.js'
import { componentOf, settleMembers } from './members.js'
import { settleReplication } from './replication.js'
import { rollBack } from './rollback.js'
import { say, trap } from './say.js'
import {
  configuredVcha, hasPeer, linkOf, machineId, otherOf, servingNode, updateVcha, vchaOf, type VchaInner,
} from './state.js'
import { settleDisk } from './shared-disk.js'
import { beginTakeover, giveUpTakeover, lower, promote, raise, rebootNode } from './takeover.js'

/**
 * What the nodes do about what they take for true of each other (availability.md 2.3, 2.4). In
 * enabled mode two of three decide: an active node that hears nobody stops serving before the others
 * may begin, so that there is never more than one.
 */
export function decide(tx: Transaction, vcenter: string): void {
  const before = configuredVcha(tx, vcenter)
  if (before === undefined) return
  stepDown(tx, vcenter)
  settleReplication(tx, vcenter)
  settleMembers(tx, vcenter)
  if (before.cluster === 'healthy') takeOver(tx, vcenter)
  serveAgain(tx, vcenter)
  settleDisk(tx, vcenter)
}

/** A node with the public address that may not have it takes it down, then reboots itself (MIB). */
function stepDown(tx: Transaction, vcenter: string): void {
  for (const key of ['1', '2'] as const) {
    const vcha = vchaOf(tx, vcenter)!
    if (vcha.nodes[key].publicUp !== true || !nodeLives(tx, vcenter, vcha, key)) continue
    if (mayServe(vcha, key)) continue
    trap(tx, vcenter, 'nodeIsolated', key)
    lower(tx, vcenter, key)
    rebootNode(tx, vcenter, key)
  }
}

/** True if a node that lives may answer clients. */
function mayServe(vcha: VchaInner, key: '1' | '2'): boolean {
  // Nobody is there to ask: the danger that the teaching mode shows (2.7).
  if (!vcha.witness) return key === vcha.active || !vcha.links['1-2']
  if (key !== vcha.active) return false
  if (vcha.mode !== 'enabled') return true
  // With one disk the witness's lease counts, and nobody else's word.
  return vcha.kind === 'sharedDisk' ? vcha.links[linkOf(key, 'w')] : hasPeer(vcha, key)
}

/** The passive node and the witness have lost the active one: they begin to elect. */
function takeOver(tx: Transaction, vcenter: string): void {
  const vcha = vchaOf(tx, vcenter)!
  const other = otherOf(vcha.active)
  const lost = vcha.kind === 'sharedDisk' && vcha.witness
    ? !vcha.links[linkOf(vcha.active, 'w')] : !componentOf(vcha, other).has(vcha.active)
  if (vcha.mode !== 'enabled' || !lost) return
  if (!electable(tx, vcenter, vcha)) return
  beginTakeover(tx, vcenter, other, { planned: false, asked: false })
}

function electable(tx: Transaction, vcenter: string, vcha: VchaInner): boolean {
  const other = otherOf(vcha.active)
  if (!nodeLives(tx, vcenter, vcha, other)) return false
  return !vcha.witness || (vcha.links[linkOf(other, 'w')] && linkWorks(tx, vcenter, vcha, linkOf(other, 'w')))
}

/** The election ends: the passive node serves, if it still can and nobody else does. */
export function endTakeover(tx: Transaction, vcenter: string): void {
  const vcha = configuredVcha(tx, vcenter)
  const takeover = vcha?.takeover
  if (vcha === undefined || takeover === undefined) return
  const rival = vcha.nodes[vcha.active].publicUp === true && nodeLives(tx, vcenter, vcha, vcha.active)
  const stays = takeover.node !== otherOf(vcha.active) || (vcha.witness && rival)
  const may = takeover.asked ? nodeLives(tx, vcenter, vcha, takeover.node) : electable(tx, vcenter, vcha)
  if (stays || !may) {
    giveUpTakeover(tx, vcenter)
  } else {
    promote(tx, vcenter, takeover.node)
  }
  decide(tx, vcenter)
}

/** The active node is there, may serve, and does not: it does. */
function serveAgain(tx: Transaction, vcenter: string): void {
  const vcha = vchaOf(tx, vcenter)!
  if (vcha.takeover !== undefined || vcha.nodes[vcha.active].publicUp === true) return
  if (!nodeLives(tx, vcenter, vcha, vcha.active) || !mayServe(vcha, vcha.active)) return
  raise(tx, vcenter, vcha.active)
  settleReplication(tx, vcenter)
}

/** A user's failover: the old active node lets go at once, and returns as the passive one. */
export function failOver(tx: Transaction, vcenter: string, planned: boolean): void {
  const vcha = configuredVcha(tx, vcenter)
  if (vcha === undefined || vcha.takeover !== undefined) return
  beginTakeover(tx, vcenter, otherOf(vcha.active), { planned, asked: true })
  lower(tx, vcenter, vcha.active)
  rebootNode(tx, vcenter, vcha.active)
}

/**
 * `vcha-reset-primary` on the shell of a node: it becomes active with the data that it has, whatever
 * the others say, and reboots (availability.md 2.4). Only for a cluster that nobody serves.
 * @returns false when somebody serves, or the node is off
 */
export function resetPrimary(tx: Transaction, vcenter: string, key: '1' | '2'): boolean {
  const vcha = configuredVcha(tx, vcenter)
  if (vcha === undefined || chassis(tx, machineId(vcenter, key))?.power !== 'on') return false
  if (servingNode(vcha) !== undefined) return false
  giveUpTakeover(tx, vcenter)
  if (key !== vcha.active) {
    const lost = vcha.kind === 'replicated' ? rollBack(tx, vcenter, vcha.position) ?? 0 : 0
    updateVcha(tx, vcenter, inner => {
      inner.active = key
      inner.lost = lost
      inner.position = tx.world.revision
    })
    say(tx, vcenter, 'force.reset.active', { nodeName: vcha.nodes[key].name })
  }
  rebootNode(tx, vcenter, key)
  return true
}
