import type { ComputeResourceProps, HostSystemProps, ResourcePoolProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Slot, StoredRecord } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { setVmInner, vmRecord, type VmInner, type VmProps } from '../compute/vm.js'
import { mirrored } from './link.js'
import { detachVm, setHost, setPool } from './tree.js'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** vCenter unregistered, on a host, what was left there of a VM that another host has now. */
    'management.leftover': { vcenter: string, host: string, vm: string, name: string }
  }
}

const ORPHANS = 'orphan'

/** Defines the index by which orphaned VMs are found by their instance UUID. */
export function indexOrphans(world: World): void {
  const facts = (record: StoredRecord): VmProps => record.props as unknown as VmProps
  world.store.defineIndex({
    name: ORPHANS, types: ['VirtualMachine'],
    keys: record => {
      const { runtime, config } = facts(record)
      return runtime.connectionState === 'orphaned' && config?.instanceUuid !== undefined ? [config.instanceUuid] : []
    },
    same: (a, b) => facts(a).runtime === facts(b).runtime && facts(a).config === facts(b).config,
  })
}

/**
 * Which host's record a vCenter record of a VM stands for, when more than one host has the VM:
 * after HA restarted it elsewhere, and while a VM moves (availability.md 5, 1.5).
 */

/** True if the vCenter record stands for this very record of a host. */
export function standsFor(tx: Transaction, target: Slot, vm: Slot): boolean {
  const { inner } = vmRecord(tx, target)
  return inner.hostNode === vm.address.node && inner.hostMoid === vm.address.id
}

/**
 * A host says that it has a VM which vCenter knows. `same`: that is where vCenter has it; `taken`:
 * vCenter had it elsewhere and follows; `leftover`: another host registered it since, this record
 * is a rest, unregistered unless it still runs (then it is as soon as it stops).
 */
export function claimMirror(
  tx: Transaction, vm: Slot, target: Slot, host: Slot,
): 'same' | 'taken' | 'leftover' {
  if (standsFor(tx, target, vm)) return 'same'
  const { inner } = vmRecord(tx, target)
  const other = inner.hostNode === undefined || inner.hostMoid === undefined
    ? undefined
    : tx.find(inner.hostNode, inner.hostMoid)
  if (other !== undefined && registrationNumber(tx, other) > registrationNumber(tx, vm)) {
    removeLeftover(tx, vm, target)
    return 'leftover'
  }
  repoint(tx, vm, target, host)
  if (other !== undefined && mirrored(tx, target.address.node, other.address.node)) removeLeftover(tx, other, target)
  return 'taken'
}

/**
 * The vCenter record of a VM that was registered anew on another host by its file: the one with the
 * same instance UUID, if that one is orphaned. Undefined: vCenter does not know the VM.
 */
export function recognised(tx: Transaction, vcenter: string, vm: Slot): Slot | undefined {
  const { props, inner } = vmRecord(tx, vm)
  const instanceUuid = props.config?.instanceUuid
  if (instanceUuid === undefined || inner.placement !== undefined) return undefined
  const found = tx.world.store.lookup(ORPHANS, vcenter, instanceUuid)
    .find(slot => tx.read<VmProps>(slot)?.props.runtime.connectionState === 'orphaned')
  if (found !== undefined) {
    tx.update<VmProps, VmInner>(vm, draft => { draft.inner.vcenterId = found.address.id })
  }
  return found
}

function registrationNumber(tx: Transaction, vm: Slot): number {
  return vmRecord(tx, vm).inner.registration ?? 0
}

function removeLeftover(tx: Transaction, vm: Slot, target: Slot): void {
  const { props } = vmRecord(tx, vm)
  if (props.runtime.powerState === 'poweredOn') return
  const { node, id } = vm.address
  detachVm(tx, vm)
  tx.remove(vm)
  tx.emit('management.leftover', { vcenter: target.address.node, host: node, vm: id, name: props.name })
}

/** The vCenter record stands for another host's record: lists of hosts, and pool, follow. */
function repoint(tx: Transaction, vm: Slot, target: Slot, host: Slot): void {
  const { node, id } = vm.address
  setHost(tx, target, { type: 'HostSystem', value: host.address.id })
  setVmInner(tx, target, { ...vmRecord(tx, target).inner, hostNode: node, hostMoid: id, mirrors: [`${node}/${id}`] })
  const owner = tx.read<HostSystemProps>(host)!.props.parent
  const compute = owner === undefined
    ? undefined
    : tx.get<ComputeResourceProps>(host.address.node, owner.value)?.props
  if (compute === undefined) return
  keepPool(tx, target, owner!, compute)
}

/** A VM stays in its pool within a cluster; elsewhere it falls into the root pool. */
function keepPool(tx: Transaction, target: Slot, owner: MoRef, compute: ComputeResourceProps): void {
  const { props } = vmRecord(tx, target)
  const { node } = target.address
  const pool = props.resourcePool === undefined
    ? undefined
    : tx.get<ResourcePoolProps>(node, props.resourcePool.value)?.props
  if (props.config?.template !== true && pool?.owner.value !== owner.value) setPool(tx, target, compute.resourcePool)
  if (props.environmentBrowser.value === compute.environmentBrowser?.value) return
  tx.update<VmProps>(target, draft => {
    if (compute.environmentBrowser !== undefined) draft.props.environmentBrowser = { ...compute.environmentBrowser }
  })
}
