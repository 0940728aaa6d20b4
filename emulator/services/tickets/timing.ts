import type { VirtualMachineTicketType } from '../../schema/generated/types.js'

/** Life of a ticket unless the lab says otherwise: documented for mks only (protocols.md 7.4). */
export const TICKET_MS = 30_000

/** Life of a web console's ticket, as vmware.log tells it (operations.md 3.2). */
export const WEB_TICKET_MS = 120_000

/** How long a ticket that is used or too old is remembered, so that a log can say which it was. */
export const REMEMBERED_MS = 300_000

/** Lab milliseconds for which a ticket of a kind is good. */
export function ticketLifeMs(kind: VirtualMachineTicketType): number {
  return kind === 'webmks' || kind === 'webRemoteDevice' ? WEB_TICKET_MS : TICKET_MS
}
