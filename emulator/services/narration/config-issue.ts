import type { Event } from '../../schema/generated/types.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'

interface Configured {
  readonly configIssue?: readonly Event[]
}

/**
 * An event that is also an issue of an entity's configuration, as long as it holds: `issue` takes the
 * place of those that are alike (`same`), undefined takes them away. `status` is the entity's
 * configStatus while it has any issue.
 */
export function keepConfigIssue(
  tx: Transaction, slot: Slot, status: 'yellow' | 'red', same: (event: Event) => boolean, issue: Event | undefined,
): void {
  const { props, inner } = tx.read<Configured>(slot)!
  const before = props.configIssue ?? []
  const others = before.filter(each => !same(each))
  if (issue === undefined && others.length === before.length) return
  const configIssue = issue === undefined ? others : [...others, issue]
  const configStatus = configIssue.length === 0 ? 'green' : status
  tx.replace(slot, { props: { ...props, configIssue, configStatus } as never, inner })
}
