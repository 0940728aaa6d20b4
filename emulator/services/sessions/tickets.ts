import type { Slot, StoredRecord } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { LAB, nodeInfo, type NodeInfo } from '../nodes.js'
import type { ServiceRequest, Session } from '../sessions.js'
import { newKey } from './records.js'

/** Lab time in which a ticket must be used; the real figure is not known (protocols.md 10). */
const LIFE_MS = 5 * 60 * 1000

const TYPES = ['ServiceTicket', 'CloneTicket'] as const

interface TicketProps {
  readonly node: string
  readonly sessionKey: string
  /** Lab time in milliseconds. */
  readonly expires: number
  readonly method?: string
  readonly path?: string
}

type TicketRecord = StoredRecord<TicketProps>

/** Makes a one-use ticket for a request to the HTTP doors; returns its id. */
export function issueServiceTicket(
  tx: Transaction,
  session: Session,
  request: ServiceRequest,
): string {
  const id = newKey(tx)
  create(tx, 'ServiceTicket', id, {
    node: session.node,
    sessionKey: session.key,
    expires: tx.now() + LIFE_MS,
    path: request.path,
    ...(request.method === undefined ? {} : { method: request.method }),
  })
  return id
}

/** Uses a service ticket up; the session key, or undefined when it does not fit. */
export function redeemServiceTicket(
  world: World,
  node: string,
  id: string,
  method: string,
  path: string,
): string | undefined {
  world.runDue()
  const slot = world.find(LAB, ticketId(node, id))
  const ticket = slot === undefined ? undefined : readTicket(world.read(slot))
  if (slot === undefined || ticket === undefined || ticket.expires <= world.now()) return undefined
  if (ticket.path !== path) return undefined
  // A host compares path and query only (protocols.md 4.4).
  const anyMethod = ticket.method === undefined || nodeInfo(world, node)?.kind === 'esxi'
  if (!anyMethod && ticket.method !== method) return undefined
  world.transact({ kind: 'lab', what: 'service ticket used', node }, tx => tx.remove(slot))
  return ticket.sessionKey
}

/** Makes a one-use ticket that opens another session (protocols.md 4.4). */
export function issueCloneTicket(tx: Transaction, node: NodeInfo, session: Session): string {
  const id = `cst-${node.kind === 'vcenter' ? 'VCT-' : ''}${newKey(tx)}`
  create(tx, 'CloneTicket', id, {
    node: node.name, sessionKey: session.key, expires: tx.now() + LIFE_MS,
  })
  return id
}

/** Uses a clone ticket up; the parent session's key, or undefined. */
export function redeemCloneTicket(tx: Transaction, node: string, id: string): string | undefined {
  const slot = tx.find(LAB, ticketId(node, id))
  if (slot?.address.type !== 'CloneTicket') return undefined
  const ticket = readTicket(tx.read(slot))
  tx.remove(slot)
  return ticket === undefined || ticket.expires <= tx.now() ? undefined : ticket.sessionKey
}

/** Ends the tickets of a session, which are good only while it lives. */
export function dropTickets(tx: Transaction, node: string, sessionKey: string): void {
  for (const slot of tickets(tx)) {
    const ticket = readTicket(tx.read(slot))
    if (ticket?.sessionKey === sessionKey && ticket.node === node) tx.remove(slot)
  }
}

function create(tx: Transaction, type: typeof TYPES[number], id: string, props: TicketProps): void {
  // Expired ones go when the next is made, so that they never pile up.
  for (const slot of tickets(tx)) {
    if ((readTicket(tx.read(slot))?.expires ?? 0) <= tx.now()) tx.remove(slot)
  }
  tx.create({ node: LAB, type, id: ticketId(props.node, id) }, { props, inner: {} })
}

function tickets(tx: Transaction): Slot[] {
  return TYPES.flatMap(type => tx.ofType(LAB, type))
}

function ticketId(node: string, id: string): string {
  return `ticket/${node}/${id}`
}

function readTicket(record: StoredRecord | undefined): TicketProps | undefined {
  return (record as TicketRecord | undefined)?.props
}
