/** What a VM's own log says of its consoles (operations.md 3.2: web console ticket lines); the texts are ours. */
import type { LineLevel } from '../../physics/logs/line.js'
import { writeVmLog } from '../../physics/logs/vm-log.js'
import type { Transaction } from '../../world/transaction.js'
import type { TicketFacts, TicketKind, TicketRefusal } from './tickets.js'

/** A VM on its host. */
interface VmPlace {
  readonly host: string
  readonly vm: string
}

const names: Readonly<Record<TicketKind | 'vnc', string>> = {
  webmks: 'web console', mks: 'console', device: 'device', guestControl: 'guest control', vnc: 'VNC',
  dnd: 'drag and drop', guestIntegrity: 'guest integrity', webRemoteDevice: 'web remote device',
}

/** A ticket was made. It is a secret: the line holds only what it is good for. */
export function tellIssued(tx: Transaction, { kind, userName, ...place }: TicketFacts, lifeMs: number): void {
  say(tx, place, 'info', `${names[kind]} ticket issued to ${userName}, good for ${Math.round(lifeMs / 1000)} s`)
}

/** A ticket of a VM was not taken; nothing is said of one that nobody knows. */
export function tellRefused(tx: Transaction, host: string, client: string, { refused, ticket }: TicketRefusal): void {
  if (ticket === undefined) return
  say(tx, { host, vm: ticket.vm }, 'warning', `${names[ticket.kind]} ticket of ${client} refused: ${refused}`)
}

/** A console of a VM has opened, or is over. */
export function tellConnection(
  tx: Transaction, place: VmPlace, kind: TicketKind | 'vnc', client: string, what: 'opened' | 'closed',
): void {
  say(tx, place, 'info', `${names[kind]} connection of ${client} ${what}`)
}

function say(tx: Transaction, { host, vm }: VmPlace, level: LineLevel, text: string): void {
  const slot = tx.find(host, vm)
  if (slot !== undefined) writeVmLog(tx, slot, { level, thread: 'mks', text: `MKS: ${text}` })
}
