import { setOperation } from '../physics/logs/operation.js'
import type { Transaction } from '../world/transaction.js'
import type { Query } from './call.js'

/** A transaction of a handler that the gate runs outside of one; the journal names the call. */
export function commit<R>(call: Query, change: (tx: Transaction) => R): R {
  const { method, self, session, opId, node } = call
  const cause = {
    kind: 'call', node: node.name, method: `${method.owner}.${method.name}`,
    self: self.address.id, user: session?.principal.name ?? '', opId,
  } as const
  return call.services.world.transact(cause, tx => {
    setOperation(tx, { node: node.name, opId, user: session?.principal.name ?? '' })
    return change(tx)
  })
}
