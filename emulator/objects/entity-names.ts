import type { MoRef } from '../schema/model.js'
import { refOf } from '../services/refs.js'
import { fault } from '../services/method-fault.js'
import { childNamed as search } from '../services/search.js'
import type { Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'

/** Longest name of an inventory object, in characters as the client wrote them. */
const MAX_NAME = 80

/** The child of a parent with that name; committed state, less what is gone since. */
export function childNamed(tx: Transaction, parent: Slot, name: string): Slot | undefined {
  const { node, id } = parent.address
  const found = search(tx.world, node, id, name)
  const props = found === undefined ? undefined : tx.read<{ parent?: MoRef, name?: string }>(found)?.props
  return props?.parent?.value === id && props.name === name ? found : undefined
}

/**
 * A name as the product stores it: `/`, `\` and `%` are escaped, except a `%` that begins an
 * escape already (ManagedEntity.name in the API reference).
 * @throws InvalidName when it is empty or longer than 80 characters.
 */
export function storedName(name: string): string {
  if (name === '' || name.length > MAX_NAME) throw fault('InvalidName', { name })
  return name
    .replace(/%(?!2f|5c|25)/gi, '%25')
    .replaceAll('/', '%2f')
    .replaceAll('\\', '%5c')
}

/** @throws DuplicateName when a sibling other than `except` has the name. */
export function requireFreeName(tx: Transaction, parent: Slot, name: string, except?: Slot): void {
  const found = childNamed(tx, parent, name)
  if (found === undefined || found === except) return
  throw fault('DuplicateName', { name, object: refOf(found) })
}
