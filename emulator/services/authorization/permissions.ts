import type { Permission } from '../../schema/generated/types.js'
import type { Reader, Slot, StoredRecord } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { canonicalPrincipal } from '../accounts.js'
import { refOf } from '../refs.js'
import type { AuthorizationInner } from './defaults.js'
import { managerRecord, managerSlot } from './permission-index.js'

/** The permissions set on an entity itself. */
export function ownPermissions(reader: Reader, entity: Slot): readonly Permission[] {
  const inner = managerRecord(reader, entity.address.node)?.inner
  return inner?.permissions[entity.address.id] ?? []
}

/** All permissions of a node by entity id. */
export function allPermissions(
  reader: Reader,
  node: string,
): ReadonlyArray<readonly [string, readonly Permission[]]> {
  return Object.entries(managerRecord(reader, node)?.inner.permissions ?? {})
}

/**
 * Replaces the permissions of an entity, and its `permission` property with them. No checks: the
 * inventory builder and the methods of AuthorizationManager look first.
 */
export function putPermissions(tx: Transaction, entity: Slot, list: readonly Permission[]): void {
  const manager = managerSlot(tx, entity.address.node)
  if (manager === undefined) throw new Error(`no such manager: ${entity.address.node}`)
  const { node } = entity.address
  const own = list.map(item => ({
    ...item,
    entity: refOf(entity),
    principal: canonicalPrincipal(tx, node, item.principal, item.group),
  }))
  const before = tx.read<object, AuthorizationInner>(manager)!
  const { [entity.address.id]: _, ...others } = before.inner.permissions
  const permissions = own.length === 0 ? others : { ...others, [entity.address.id]: own }
  tx.replace(manager, replaced(before.props, { ...before.inner, permissions }))
  const record = tx.read(entity)
  if (record !== undefined) {
    tx.replace(entity, { props: { ...record.props, permission: own }, inner: record.inner })
  }
}

function replaced(props: object, inner: object): StoredRecord {
  return { props, inner } as StoredRecord
}

/** Sets the permissions above all services of a node (network-security.md 11.4 rule 6). */
export function putGlobalPermissions(
  tx: Transaction,
  node: string,
  list: readonly Permission[],
): void {
  tx.update<object, { globalPermissions: Permission[] }>(managerSlot(tx, node)!, draft => {
    draft.inner.globalPermissions = list.map(item => ({
      ...item, principal: canonicalPrincipal(tx, node, item.principal, item.group),
    }))
  })
}

/** Permissions on an entity end with it. */
export function followRemovedEntities(world: World): void {
  world.follow((tx, written) => {
    for (const slot of written) {
      if (tx.read(slot) !== undefined || slot.record === undefined) continue
      if (ownPermissions(tx, slot).length > 0) putPermissions(tx, slot, [])
    }
  })
}
