import { writeLog } from '../../physics/logs/write.js'
import type { World } from '../../world/world.js'
import type { TicketRefusal } from './tickets.js'
import { tellRefused } from './vm-lines.js'

/**
 * Lines of hostd's log and the VM's about a client whose console ticket was refused. The text is ours; it never
 * holds the ticket, which may be good elsewhere.
 */
export function logRefusal(world: World, host: string, client: string, refusal: TicketRefusal): void {
  world.transact({ kind: 'lab', what: 'console ticket refused', node: host }, tx => {
    writeLog(tx, host, 'hostd', { level: 'warning', sub: 'Ticket', text: `Console ticket of ${client} refused: ${refusal.refused}` })
    tellRefused(tx, host, client, refusal)
  })
}
