import { addPool, removePool, setPool } from '../../physics/management/tree.js'
import type { ResourcePoolProps } from '../../schema/generated/types.js'
import { postEvent } from '../../services/events.js'
import { requirePrivilege } from '../../services/authorization/check.js'
import type { Call } from '../../services/call.js'
import { refOf } from '../../services/refs.js'
import { fault, notEmulated } from '../../services/method-fault.js'
import type { NodeInfo } from '../../services/nodes.js'
import type { TaskRun } from '../../services/tasks.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { taskEntity } from '../truth.js'
import { listChildren } from './children.js'
import { poolArgument } from './events.js'

/** Who removes a pool. */
export interface Remover {
  readonly tx: Transaction
  readonly node: NodeInfo
  readonly userName: string
  readonly chainId?: number
}

/** Destroy_Task: what is in the pool goes to its parent. The root pool is NotSupported. */
export function destroyPool(run: TaskRun): void {
  removeWithContent(run, taskEntity(run))
}

/** DestroyChildren: all pools below go, their VMs come to this one. */
export function destroyChildren(call: Call): void {
  requirePrivileges(call)
  const { tx, node, self } = call
  removePools({ tx, node, userName: call.session?.principal.name ?? '' }, self)
}

/** Removes all pools below one; their VMs come to it. */
export function removePools(by: Remover, pool: Slot): void {
  for (const ref of by.tx.read<ResourcePoolProps>(pool)!.props.resourcePool ?? []) {
    const child = by.tx.find(by.node.name, ref.value)
    if (child === undefined) continue
    removePools(by, child)
    removeWithContent(by, child)
  }
}

/** DeletePool on the pool and its direct children; who has VMs in them must be let in here too. */
function requirePrivileges(call: Call): void {
  const { tx, node, self } = call
  requirePrivilege(call, self, 'Resource.DeletePool')
  for (const ref of tx.read<ResourcePoolProps>(self)!.props.resourcePool ?? []) {
    const child = tx.find(node.name, ref.value)
    if (child === undefined) continue
    requirePrivilege(call, child, 'Resource.DeletePool')
    const { vm = [] } = tx.read<ResourcePoolProps>(child)!.props
    if (vm.length > 0) requirePrivilege(call, self, 'Resource.AssignVMToPool')
  }
}

function removeWithContent(by: Remover, pool: Slot): void {
  const { tx, node } = by
  const { props } = tx.read<ResourcePoolProps>(pool)!
  const parent = props.parent === undefined ? undefined : tx.find(node.name, props.parent.value)
  if (parent === undefined || !isPool(parent)) throw fault('NotSupported')
  if (pool.address.type === 'VirtualApp' && (props.vm ?? []).length > 0) {
    throw notEmulated('Destroy_Task of a vApp with VMs')
  }
  for (const ref of props.vm ?? []) {
    const vm = tx.find(node.name, ref.value)
    if (vm !== undefined) setPool(tx, vm, refOf(parent))
  }
  for (const ref of props.resourcePool ?? []) {
    const child = tx.find(node.name, ref.value)
    if (child === undefined) continue
    removePool(tx, pool, child)
    addPool(tx, parent, child)
  }
  postEvent(tx, node, {
    type: 'ResourcePoolDestroyedEvent', userName: by.userName,
    fields: { resourcePool: poolArgument(tx, pool) },
    ...(by.chainId === undefined ? {} : { chainId: by.chainId }),
  })
  removePool(tx, parent, pool)
  tx.remove(pool)
  listChildren(tx, parent)
}

/** True for a ResourcePool or a VirtualApp. */
export function isPool(slot: Slot): boolean {
  return slot.address.type === 'ResourcePool' || slot.address.type === 'VirtualApp'
}

