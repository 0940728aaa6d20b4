import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { Account } from '../accounts.js'
import type { Query } from '../call.js'
import { LAB, type NodeInfo } from '../nodes.js'
import { newKey } from './records.js'

/**
 * Where a host puts the one-time password of a local ticket; path unsure, contents as the API says
 * (protocols.md 4.4).
 */
const FOLDER = '/var/run/vmware-hostd-ticket'

interface LocalTicketProps {
  readonly node: string
  readonly userName: string
  readonly path: string
}

interface LocalTicketInner {
  /** Good once; whoever can read the file may log in with it. */
  readonly password: string
}

/** Makes a one-time password in a file of the host; returns the file's path. */
export function issueLocalTicket(tx: Transaction, node: NodeInfo, userName: string): string {
  const path = `${FOLDER}/${newKey(tx)}`
  const props: LocalTicketProps = { node: node.name, userName, path }
  const inner: LocalTicketInner = { password: newKey(tx) }
  const id = `localTicket/${node.name}${path}`
  tx.create({ node: LAB, type: 'LocalTicket', id }, { props, inner })
  return path
}

/** Contents of a ticket file, for the host's shell; undefined: there is no such file. */
export function localTicketFile(reader: Reader, node: string, path: string): string | undefined {
  const id = `localTicket/${node}${path}`
  return reader.get<LocalTicketProps, LocalTicketInner>(LAB, id)?.inner.password
}

/** hostd knows none of the one-time passwords that it gave out before it ended. */
export function dropLocalTickets(tx: Transaction, node: string): void {
  for (const slot of tx.ofType(LAB, 'LocalTicket')) {
    if (tx.read<LocalTicketProps>(slot)?.props.node === node) tx.remove(slot)
  }
}

/** True if the password is a one-time one of the user; it is used up then. */
export function redeemLocalTicket(call: Query, account: Account, password: string): boolean {
  const { services: { world } } = call
  const { node, name } = account.props
  const slot = world.ofType(LAB, 'LocalTicket').find(item => {
    const ticket = world.read<LocalTicketProps, LocalTicketInner>(item)
    return ticket?.props.node === node && ticket.props.userName === name
      && ticket.inner.password === password
  })
  if (slot === undefined) return false
  world.transact({ kind: 'lab', what: 'local ticket used', node }, tx => tx.remove(slot))
  return true
}
