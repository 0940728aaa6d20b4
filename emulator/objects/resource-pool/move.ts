import { vmRecord } from '../../physics/compute/vm.js'
import { addPool, removePool, setPool } from '../../physics/management/tree.js'
import type { ResourcePoolProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { requirePrivilege } from '../../services/authorization/check.js'
import type { Call } from '../../services/call.js'
import { refOf } from '../../services/refs.js'
import { postEvent } from '../../services/events.js'
import { fault, invalidArgument } from '../../services/method-fault.js'
import type { Slot } from '../../world/records.js'
import { requireFreeName } from '../entity-names.js'
import { slotOf } from '../truth.js'
import { listChildren } from './children.js'
import { isPool } from './destroy.js'
import { poolArgument } from './events.js'

/**
 * MoveIntoResourcePool: pools and VMs of the same compute resource, all or nothing.
 * @throws InvalidArgument for a pool into itself, or an entity of another compute resource.
 */
export function moveIntoPool(call: Call, { list }: { list: MoRef[] }): void {
  for (const ref of list) {
    const slot = slotOf(call, ref)
    if (isPool(slot)) movePool(call, slot)
    else if (ref.type === 'VirtualMachine') moveVm(call, slot)
    else throw invalidArgument('list')
  }
}

function movePool(call: Call, pool: Slot): void {
  const { tx, self, node } = call
  requirePrivilege(call, pool, 'Resource.MovePool')
  requirePrivilege(call, self, 'Resource.AssignVMToPool')
  const props = tx.read<ResourcePoolProps>(pool)!.props
  const parent = props.parent === undefined ? undefined : tx.find(node.name, props.parent.value)
  if (parent === undefined || !isPool(parent)) throw fault('NotSupported')
  if (props.owner.value !== tx.read<ResourcePoolProps>(self)!.props.owner.value) throw invalidArgument('list')
  for (let at: Slot | undefined = self; at !== undefined && isPool(at); at = parentOf(call, at)) {
    if (at === pool) throw invalidArgument('list')
  }
  if (parent === self) return
  requireFreeName(tx, self, props.name)
  removePool(tx, parent, pool)
  addPool(tx, self, pool)
  listChildren(tx, parent)
  listChildren(tx, self)
  postEvent(tx, node, {
    type: 'ResourcePoolMovedEvent', userName: call.session?.principal.name ?? '',
    fields: {
      resourcePool: poolArgument(tx, pool), oldParent: poolArgument(tx, parent), newParent: poolArgument(tx, self),
    },
  })
}

function moveVm(call: Call, vm: Slot): void {
  const { tx, self, node } = call
  requirePrivilege(call, vm, 'Resource.AssignVMToPool')
  requirePrivilege(call, self, 'Resource.AssignVMToPool')
  const before = vmRecord(tx, vm).props.resourcePool
  const old = before === undefined ? undefined : tx.find(node.name, before.value)
  if (old === undefined) throw fault('NotSupported')
  const owner = tx.read<ResourcePoolProps>(self)!.props.owner.value
  if (tx.read<ResourcePoolProps>(old)!.props.owner.value !== owner) throw invalidArgument('list')
  if (old === self) return
  setPool(tx, vm, refOf(self))
  postEvent(tx, node, {
    type: 'VmResourcePoolMovedEvent', vm, userName: call.session?.principal.name ?? '',
    fields: { oldParent: poolArgument(tx, old), newParent: poolArgument(tx, self) },
  })
}

function parentOf(call: Call, slot: Slot): Slot | undefined {
  const { parent } = call.tx.read<ResourcePoolProps>(slot)!.props
  return parent === undefined ? undefined : call.tx.find(call.node.name, parent.value)
}
