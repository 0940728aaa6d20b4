import { isMirrored } from '../physics/management/truth.js'
import { removeChild } from '../physics/management/tree.js'
import type { NetworkProps } from '../schema/generated/types.js'
import type { Call } from '../services/call.js'
import { fault } from '../services/method-fault.js'
import type { TaskRun } from '../services/tasks.js'
import type { Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import { defineManagedObject, type Definition } from './define.js'
import { taskEntity } from './truth.js'

export const network: Definition = defineManagedObject('Network', {
  methods: { DestroyNetwork: (call: Call) => remove(call.tx, call.self) },
})

/** Destroy_Task of a network. */
export function destroyNetwork(run: TaskRun): void {
  remove(run.tx, taskEntity(run))
}

/**
 * A network is the name of port groups of hosts: it only goes when no host has it any more.
 * @throws ResourceInUse while a host or a VM has it.
 */
function remove(tx: Transaction, slot: Slot): void {
  const { props } = tx.read<NetworkProps>(slot)!
  if (isMirrored(tx, slot) || (props.host ?? []).length > 0 || (props.vm ?? []).length > 0) {
    throw fault('ResourceInUse', { type: 'Network', name: props.name })
  }
  const parent = props.parent === undefined ? undefined : tx.find(slot.address.node, props.parent.value)
  if (parent !== undefined) removeChild(tx, parent, slot)
  tx.remove(slot)
}
