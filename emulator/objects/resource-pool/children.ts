import type { ResourcePoolProps } from '../../schema/generated/types.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'

/** Brings `childConfiguration` of a pool in line with the pools below it. */
export function listChildren(tx: Transaction, pool: Slot): void {
  const record = tx.read<ResourcePoolProps>(pool)
  if (record === undefined) return
  const { node } = pool.address
  const childConfiguration = (record.props.resourcePool ?? [])
    .map(ref => tx.get<ResourcePoolProps>(node, ref.value)?.props.config)
    .filter(config => config !== undefined)
  tx.replace(pool, { props: { ...record.props, childConfiguration }, inner: { ...record.inner } })
}
