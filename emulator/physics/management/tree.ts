import type { VirtualMachineProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { JsonObject, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { setVmProps, vmRecord } from '../compute/vm.js'

/**
 * Both directions of the inventory's references, on the node of the slots concerned. Each step
 * copies one array of references and looks at nothing else of the inventory.
 */

/** Enters a VM in the lists of its folder, host, pool, datastores and networks. */
export function attachVm(tx: Transaction, vm: Slot): void {
  for (const [holder, list] of holders(tx, vm)) insert(tx, holder, list, vm)
}

/** Takes a VM off the lists of its folder, host, pool, datastores and networks. */
export function detachVm(tx: Transaction, vm: Slot): void {
  for (const [holder, list] of holders(tx, vm)) drop(tx, holder, list, vm)
}

/** Says what a VM uses now, in its lists of datastores or networks and in theirs of VMs. */
export function relink(tx: Transaction, vm: Slot, list: 'datastore' | 'network', now: readonly MoRef[]): void {
  const before = tx.read<VirtualMachineProps>(vm)!.props[list] ?? []
  relinkBack(tx, vm, before, now)
  tx.update<VirtualMachineProps>(vm, draft => { draft.props[list] = [...now] })
}

/** Only the other direction of `relink`: for a record whose own list was changed already. */
export function relinkBack(tx: Transaction, vm: Slot, before: readonly MoRef[], now: readonly MoRef[]): void {
  for (const ref of before) {
    if (!hasRef(now, ref)) drop(tx, ref, 'vm', vm)
  }
  for (const ref of now) {
    if (!hasRef(before, ref)) insert(tx, ref, 'vm', vm)
  }
}

/** Moves a VM to another pool (undefined: none, a template), in both directions. */
export function setPool(tx: Transaction, vm: Slot, pool: MoRef | undefined): void {
  const before = tx.read<VirtualMachineProps>(vm)!.props.resourcePool
  if (before?.value === pool?.value) return
  if (before !== undefined) drop(tx, before, 'vm', vm)
  if (pool !== undefined) insert(tx, pool, 'vm', vm)
  tx.update<VirtualMachineProps>(vm, draft => {
    if (pool === undefined) delete draft.props.resourcePool
    else draft.props.resourcePool = { type: pool.type, value: pool.value }
  })
}

/** A VM is on another host from now on, in both directions; its other lists stay as they are. */
export function setHost(tx: Transaction, vm: Slot, host: MoRef): void {
  const { runtime } = vmRecord(tx, vm).props
  if (runtime.host?.value === host.value) return
  if (runtime.host !== undefined) drop(tx, runtime.host, 'vm', vm)
  insert(tx, host, 'vm', vm)
  setVmProps(tx, vm, { runtime: { ...runtime, host: { type: host.type, value: host.value } } })
}

/** Puts an entity below a folder: its `parent`, and the folder's `childEntity`. */
export function addChild(tx: Transaction, folder: Slot, child: Slot): void {
  setParent(tx, child, folder)
  insert(tx, refTo(folder), 'childEntity', child)
}

/** Takes an entity off a folder's `childEntity`; its `parent` stays until it has another. */
export function removeChild(tx: Transaction, folder: Slot, child: Slot): void {
  drop(tx, refTo(folder), 'childEntity', child)
}

/** Puts a pool or vApp below a pool. */
export function addPool(tx: Transaction, parent: Slot, child: Slot): void {
  setParent(tx, child, parent)
  insert(tx, refTo(parent), 'resourcePool', child)
}

/** Takes a pool or vApp off its parent pool. */
export function removePool(tx: Transaction, parent: Slot, child: Slot): void {
  drop(tx, refTo(parent), 'resourcePool', child)
}

/** True if a list of references holds one. */
export function hasRef(refs: readonly MoRef[], ref: MoRef): boolean {
  const { value } = ref
  for (let i = refs.length - 1; i >= 0; i -= 1) {
    if (refs[i]!.value === value) return true
  }
  return false
}

function holders(tx: Transaction, vm: Slot): Array<readonly [MoRef, string]> {
  const props = tx.read<VirtualMachineProps>(vm)!.props
  const found: Array<readonly [MoRef, string]> = []
  if (props.parent !== undefined) found.push([props.parent, 'childEntity'])
  if (props.runtime.host !== undefined) found.push([props.runtime.host, 'vm'])
  if (props.resourcePool !== undefined) found.push([props.resourcePool, 'vm'])
  for (const ref of props.datastore ?? []) found.push([ref, 'vm'])
  for (const ref of props.network ?? []) found.push([ref, 'vm'])
  return found
}

function setParent(tx: Transaction, child: Slot, parent: Slot): void {
  tx.update<JsonObject>(child, draft => { draft.props['parent'] = refTo(parent) })
}

/** Adds to a list of a record on the entity's node; a holder that is not there is passed over. */
function insert(tx: Transaction, holder: MoRef, list: string, entity: Slot): void {
  const slot = tx.find(entity.address.node, holder.value)
  if (slot === undefined) return
  const record = tx.read<Record<string, unknown>>(slot)!
  const before = record.props[list] as readonly MoRef[] | undefined ?? []
  if (hasRef(before, refTo(entity))) return
  setList(tx, slot, list, [...before, refTo(entity)])
}

function drop(tx: Transaction, holder: MoRef, list: string, entity: Slot): void {
  const slot = tx.find(entity.address.node, holder.value)
  if (slot === undefined) return
  const before = tx.read<Record<string, unknown>>(slot)!.props[list] as readonly MoRef[] | undefined
  if (before === undefined || !hasRef(before, refTo(entity))) return
  setList(tx, slot, list, before.filter(ref => ref.value !== entity.address.id))
}

/**
 * Without a draft, and frozen here: a list of 10,000 references would be walked item by item
 * otherwise. Its items are frozen already.
 */
function setList(tx: Transaction, slot: Slot, list: string, refs: readonly MoRef[]): void {
  const record = tx.read(slot)!
  tx.replace(slot, { props: { ...record.props, [list]: Object.freeze(refs) }, inner: record.inner })
}

function refTo(slot: Slot): MoRef {
  return Object.freeze({ type: slot.address.type, value: slot.address.id })
}
