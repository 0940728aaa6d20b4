import type { Transaction } from '../../world/transaction.js'
import { serviceKindsOf } from '../appliance/service-table.js'
import { applianceOf, productVersion, updateAppliance } from '../appliance/state.js'
import { chassis, updateChassis } from '../hardware/chassis.js'
import { nodeLives, vmOfNode } from './links.js'
import { rollBack } from './rollback.js'
import { say, trap } from './say.js'
import { takeDisk } from './shared-disk.js'
import {
  machineId, otherOf, servingNode, updateVcha, vchaOf, type DataKey, type NodeKey,
} from './state.js'
import { ELECTION_MS, STANDBY_WARM_MS } from './timing.js'

/** The remaining nodes begin to agree on a new active one; the job `vcha.takeover` ends that. */
export function beginTakeover(tx: Transaction, vcenter: string, node: DataKey, how: { planned: boolean, asked: boolean }): void {
  const { takeover } = vchaOf(tx, vcenter)!
  if (takeover !== undefined) return
  const job = tx.after(ELECTION_MS, 'vcha.takeover', { vcenter })
  updateVcha(tx, vcenter, inner => { inner.takeover = { node, ...how, job } })
  trap(tx, vcenter, 'failoverTriggered', node, { planned: String(how.planned) })
}

/** The election came to nothing. */
export function giveUpTakeover(tx: Transaction, vcenter: string): void {
  const takeover = vchaOf(tx, vcenter)!.takeover
  if (takeover === undefined) return
  tx.cancel(takeover.job)
  updateVcha(tx, vcenter, inner => { delete inner.takeover })
}

/**
 * A node becomes active: its data is what the vCenter now has, its public address comes up, vpxd and
 * what needs it start (availability.md 2.5). What the old active node had and did not replicate is gone.
 */
export function promote(tx: Transaction, vcenter: string, node: DataKey): void {
  const { live, position, kind, nodes, takeover } = vchaOf(tx, vcenter)!
  if (splits(tx, vcenter, node)) return
  // A planned failover sent everything before it let go.
  const behind = kind === 'replicated' && !live && takeover?.planned !== true
  const lost = behind ? rollBack(tx, vcenter, position) : 0
  // A machine that is stuck or suspended could not take its address down itself.
  const stuck = nodes[otherOf(node)].publicUp === true
  updateVcha(tx, vcenter, inner => {
    delete inner.takeover
    inner.active = node
    inner.nodes[otherOf(node)].publicUp = false
    inner.lost = lost ?? 0
    inner.live = false
    inner.position = tx.world.revision
    inner.succeeded = true
  })
  if (stuck) tx.emit('hardware.powerLost', { node: vcenter, cause: 'guest' })
  tx.emit('vcha.promoted', { vcenter, node, lost: lost ?? 0, ...(lost === undefined ? { kept: true } : {}) })
  raise(tx, vcenter, node)
}

/**
 * Without a witness a node that hears nobody takes the other one for dead. If it lives, both serve:
 * clients go on with the one that they know, and both write.
 */
function splits(tx: Transaction, vcenter: string, node: DataKey): boolean {
  const vcha = vchaOf(tx, vcenter)!
  const other = otherOf(node)
  if (vcha.witness || vcha.nodes[other].publicUp !== true || !nodeLives(tx, vcenter, vcha, other)) return false
  updateVcha(tx, vcenter, inner => {
    delete inner.takeover
    inner.nodes[node].publicUp = true
  })
  takeDisk(tx, vcenter, node)
  trap(tx, vcenter, 'publicIpUp', node)
  return true
}

/** Brings the public address of a node up: clients find a vCenter whose vpxd starts. */
export function raise(tx: Transaction, vcenter: string, node: DataKey): void {
  const bootTime = chassis(tx, machineId(vcenter, node))?.bootTime ?? 0
  updateVcha(tx, vcenter, inner => { inner.nodes[node].publicUp = true })
  trap(tx, vcenter, 'publicIpUp', node)
  tx.emit('vcha.raised', { vcenter, warm: tx.now() - bootTime >= STANDBY_WARM_MS })
}

/** What raising means for the vCenter's own node; runs after its old life has ended. */
export function switchOn(tx: Transaction, vcenter: string, warm: boolean): void {
  updateChassis(tx, vcenter, inner => {
    inner.power = 'on'
    inner.bootTime = tx.now()
    delete inner.downAt
    delete inner.booting
    delete inner.paused
    delete inner.hung
  })
  if (warm) warmServices(tx, vcenter)
  tx.emit('hardware.booted', { node: vcenter })
}

/** Services of a standby node run already, but for vpxd and what needs it. */
function warmServices(tx: Transaction, vcenter: string): void {
  if (applianceOf(tx, vcenter) === undefined) return
  const late = new Set(['vpxd'])
  const kinds = serviceKindsOf(productVersion(tx, vcenter))
  for (const kind of kinds) if ([...kind.requires, ...kind.uses].some(id => late.has(id))) late.add(kind.id)
  updateAppliance(tx, vcenter, inner => {
    for (const { id } of kinds) {
      const service = inner.services[id]
      if (service === undefined || late.has(id) || service.startup !== 'AUTOMATIC') continue
      Object.assign(service, { state: 'STARTED', since: tx.now() })
    }
  })
}

/** The public address of a node goes down, and with it all that clients had there. */
export function lower(tx: Transaction, vcenter: string, node: DataKey): void {
  const vcha = vchaOf(tx, vcenter)!
  if (vcha.nodes[node].publicUp !== true) return
  const served = servingNode(vcha) === node
  updateVcha(tx, vcenter, inner => { inner.nodes[node].publicUp = false })
  trap(tx, vcenter, 'publicIpDown', node)
  if (served) tx.emit('hardware.powerLost', { node: vcenter, cause: 'guest' })
}

/** The operating system of a node starts anew; its VM keeps its power. */
export function rebootNode(tx: Transaction, vcenter: string, key: NodeKey): void {
  const node = machineId(vcenter, key)
  tx.emit('hardware.powerLost', { node, cause: 'guest' })
  const vm = vmOfNode(tx, vcenter, vchaOf(tx, vcenter)!, key)
  const on = vm === undefined
    || tx.read<{ runtime: { powerState: string } }>(vm)!.props.runtime.powerState === 'poweredOn'
  if (on) tx.emit('hardware.powerRestored', { node })
}

/** A failover is over when vpxd answers on the new active node. */
export function tellSuccess(tx: Transaction, vcenter: string): void {
  const vcha = vchaOf(tx, vcenter)
  if (vcha?.succeeded !== true) return
  updateVcha(tx, vcenter, inner => { delete inner.succeeded })
  say(tx, vcenter, 'failover.succeeded')
  trap(tx, vcenter, 'failoverSucceeded', vcha.active)
}
