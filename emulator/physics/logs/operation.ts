import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { isHost } from '../hardware/chassis.js'

/** What a transaction is done for: somebody's call on a node, or the work of a task there. */
export interface Operation {
  /** The node that was asked. */
  readonly node: string
  readonly opId: string
  /** Canonical name of the user there; empty: nobody is logged in, or the system itself. */
  readonly user: string
  /** Key of the session; undefined for what goes on without one. */
  readonly session?: string | undefined
}

const operations = new WeakMap<Transaction, Operation>()

/** Says what a transaction is done for: every line written in it carries the operation's id. */
export function setOperation(tx: Transaction, operation: Operation): void {
  operations.set(tx, operation)
}

export function operationOf(tx: Transaction): Operation | undefined {
  return operations.get(tx)
}

/**
 * Operation id and user as lines of a node show them. What a vCenter does on a host is done there
 * by vpxuser in that user's name, and its operation id goes on with a part of its own, so that one
 * id is found in both files.
 */
export function operationOn(
  reader: Reader, node: string, operation: Operation | undefined,
): { readonly opId?: string, readonly user?: string } {
  if (operation === undefined) return {}
  const { opId, user } = operation
  if (operation.node === node) return { opId, user }
  if (isHost(reader, operation.node)) return {}
  return { opId: opId === '' ? '' : `${opId}-01`, user: user === '' ? 'vpxuser' : `vpxuser:${user}` }
}
