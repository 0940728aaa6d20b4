import type { Transaction } from '../../world/transaction.js'
import type { Account } from '../accounts.js'
import { postEvent } from '../events.js'
import type { NodeInfo } from '../nodes.js'

/** A user of a host was locked by failed logins, by whichever way they came (network-security.md 12.2). */
export function announceLock(tx: Transaction, node: NodeInfo, account: Account): void {
  const { name } = account.props
  const host = tx.ofType(node.name, 'HostSystem')[0]
  const tell = (eventTypeId: string, message: string): void => {
    postEvent(tx, node, {
      type: 'EventEx', host, message,
      fields: { eventTypeId, severity: 'warning', arguments: [{ key: '1', value: name }] },
    })
  }
  tell('esx.audit.account.loginfailures', `Many failed logins of user ${name}.`)
  tell('esx.audit.account.locked', `User ${name} is locked after too many failed logins.`)
}
