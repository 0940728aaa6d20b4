import type { MoRef } from '../schema/model.js'
import type { TaskRun } from '../services/tasks.js'
import type { JsonObject, Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import { requireFreeName, storedName } from './entity-names.js'
import { taskEntity } from './truth.js'

/** Gives an entity another name below the same parent; returns the old name. */
export function renameEntity(run: TaskRun, newName: string): string {
  return rename(run.tx, taskEntity(run), newName)
}

/** @throws InvalidName, DuplicateName. */
export function rename(tx: Transaction, slot: Slot, newName: string): string {
  const stored = storedName(newName)
  const { props } = tx.read<{ parent?: MoRef, name: string }>(slot)!
  const parent = props.parent === undefined ? undefined : tx.find(slot.address.node, props.parent.value)
  if (parent !== undefined) requireFreeName(tx, parent, stored, slot)
  tx.update<JsonObject>(slot, draft => {
    draft.props['name'] = stored
    const summary = draft.props['summary'] as { name?: string } | undefined
    if (summary?.name !== undefined) summary.name = stored
    const info = draft.props['info'] as { name?: string } | undefined
    if (info?.name !== undefined) info.name = stored
  })
  return props.name
}
