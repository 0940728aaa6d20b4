import { writeLog } from '../../physics/logs/write.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { chassis } from '../../physics/hardware/chassis.js'
import { auditEvent } from '../logs/audit.js'
import { onEvent, type StoredEvent } from '../events.js'

/**
 * Each event of a host is a line of its hostd (operations.md 3.2 "hostd event"), and what its kernel
 * observed is one of vobd, which runs without hostd too. vpxd writes its events only when it is
 * verbose: they are in its database.
 */
export function narrateEvents(world: World): void {
  onEvent(world, (tx, node, event) => {
    if (node.kind === 'vcenter') {
      writeLog(tx, node.name, 'vpxd', { level: 'verbose', sub: 'vpxEvent', text: () => eventText(event) })
      return
    }
    writeLog(tx, node.name, 'hostd', { level: 'info', sub: 'Vimsvc.ha-eventmgr', text: () => eventText(event) })
    const id = (event as { eventTypeId?: string }).eventTypeId
    auditEvent(tx, node.name, event)
    if (id?.startsWith('esx.') === true) observed(tx, node.name, id, event.fullFormattedMessage ?? '')
  })
}

/** `Event 99 : User root@10.0.0.5 logged in as pyvmomi`. */
function eventText({ key, fullFormattedMessage }: StoredEvent): string {
  return `Event ${key} : ${fullFormattedMessage ?? ''}`
}

/** Which part of vobd correlates what the kernel observed, by the words of the id. */
const correlators: ReadonlyArray<readonly [RegExp, string]> = [
  [/\.(storage|scsi)\./, 'scsiCorrelator'],
  [/\.vmfs\./, 'vmfsCorrelator'],
  [/\.net\./, 'netCorrelator'],
  [/\.audit\.(account|ssh|shell|dcui|user)/, 'UserLevelCorrelator'],
]

function observed(tx: Transaction, host: string, id: string, message: string): void {
  const correlator = correlators.find(([pattern]) => pattern.test(id))?.[1] ?? 'GenericCorrelator'
  writeLog(tx, host, 'vobd', {
    level: 'info',
    text: () => `[${correlator}] ${(tx.now() - (chassis(tx, host)?.bootTime ?? 0)) * 1000}us: [${id}] ${message}`,
  })
}
