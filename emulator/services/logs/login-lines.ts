import { writeLog } from '../../physics/logs/write.js'
import type { Transaction } from '../../world/transaction.js'
import type { NodeInfo } from '../nodes.js'
import { oneLine } from '../one-line.js'

/** A user showed who he is at a node's API (operations.md 3.2 "hostd login"). */
export function logAccepted(tx: Transaction, node: NodeInfo, user: string, address: string): void {
  writeLog(tx, node.name, node.kind === 'esxi' ? 'hostd' : 'vpxd', {
    level: 'info', text: `Accepted password for user ${oneLine(user)} from ${address}`,
  })
}

/** A wrong name or password. The name is what the client sent, so it may hold anything. */
export function logRejected(tx: Transaction, node: NodeInfo, user: string, address: string): void {
  writeLog(tx, node.name, node.kind === 'esxi' ? 'hostd' : 'vpxd', {
    level: 'warning', text: `Rejected password for user ${oneLine(user)} from ${address}`,
  })
}
