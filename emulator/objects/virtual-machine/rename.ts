import type { Actor } from '../../physics/compute/signals.js'
import { vmRecord, type VmProps } from '../../physics/compute/vm.js'
import { followSlot } from '../../physics/management/mirror.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { requireFreeName, storedName } from '../entity-names.js'

/** @throws InvalidName, DuplicateName for the name in the folder of the entity that was asked. */
export function checkRename(tx: Transaction, entity: Slot, name: string): void {
  const stored = storedName(name)
  const { parent } = vmRecord(tx, entity).props
  const folder = parent === undefined ? undefined : tx.find(entity.address.node, parent.value)
  if (folder !== undefined) requireFreeName(tx, folder, stored, entity)
}

/** Gives a VM another name; its files keep theirs. */
export function renameVm(tx: Transaction, entity: Slot, truth: Slot, name: string, by: Actor): void {
  const newName = storedName(name)
  const oldName = vmRecord(tx, entity).props.name
  if (newName === oldName) return
  tx.update<VmProps>(truth, ({ props }) => {
    props.name = newName
    if (props.config !== undefined) props.config.name = newName
  })
  if (truth !== entity) followSlot(tx, truth)
  tx.emit('vm.renamed', { node: truth.address.node, vm: truth.address.id, by, oldName, newName })
}
