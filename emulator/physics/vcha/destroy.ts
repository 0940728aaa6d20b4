import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'
import { diskId, diskOf } from './disk-state.js'
import { enableService } from './build.js'
import { vmOfNode } from './links.js'
import { rollBack } from './rollback.js'
import { machineId, nodeKeys, servingNode, vchaId, vchaOf, type DataKey, type NodeKey, type VchaInner } from './state.js'
import { lower, raise } from './takeover.js'

/**
 * Ends a cluster: one node goes on as a vCenter by itself, the others are machines without a task.
 * With a node other than the active one its older data is what is left (`destroy-vcha` there).
 */
export function destroyVcha(tx: Transaction, vcenter: string, stays: DataKey): void {
  const vcha = vchaOf(tx, vcenter)
  if (vcha === undefined) return
  if (vcha.state === 'configured') endConfigured(tx, vcenter, vcha, stays)
  tx.remove({ node: LAB, id: vchaId(vcenter) })
  if (diskOf(tx, vcenter) !== undefined) tx.remove({ node: LAB, id: diskId(vcenter) })
}

function endConfigured(tx: Transaction, vcenter: string, vcha: VchaInner, stays: DataKey): void {
  for (const job of [vcha.judgeJob, vcha.takeover?.job, vcha.resyncJob, diskOf(tx, vcenter)?.writeJob]) {
    if (job !== undefined) tx.cancel(job)
  }
  if (stays !== vcha.active) {
    lower(tx, vcenter, vcha.active)
    if (vcha.kind === 'replicated') rollBack(tx, vcenter, vcha.position)
  }
  if (servingNode(vcha) !== stays) raise(tx, vcenter, stays)
  for (const key of nodeKeys(vcha)) {
    const vm = vmOfNode(tx, vcenter, vcha, key)
    if (vm !== undefined) setAppliance(tx, vm, key === stays ? vcenter : undefined)
    tx.remove({ node: LAB, id: machineId(vcenter, key) })
  }
  enableService(tx, vcenter, false)
}

/** Says which machine a host's VM is; undefined: none of the lab's. */
export function setAppliance(tx: Transaction, vm: Slot, machine: string | undefined): void {
  tx.update<object, { appliance?: string }>(vm, draft => {
    if (machine === undefined) delete draft.inner.appliance
    else draft.inner.appliance = machine
  })
}

/** A machine of a cluster for a node whose old one is lost; the old VM is nobody's. */
export function releaseNode(tx: Transaction, vcenter: string, key: NodeKey): void {
  const vm = vmOfNode(tx, vcenter, vchaOf(tx, vcenter)!, key)
  if (vm !== undefined) setAppliance(tx, vm, undefined)
  tx.remove({ node: LAB, id: machineId(vcenter, key) })
}
