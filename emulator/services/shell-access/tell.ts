import { chassis } from '../../physics/hardware/chassis.js'
import { writeLog } from '../../physics/logs/write.js'
import type { Transaction } from '../../world/transaction.js'
import { postOnHost } from '../narration/host-events.js'
import type { NodeInfo } from '../nodes.js'
import { oneLine } from '../one-line.js'
import type { SshClient } from './lines.js'

/**
 * What a host says of a session by SSH: an observation of its kernel in vobd.log, and the event
 * esx.audit.ssh.session.* that comes of it (operations.md 3.2 and appendix D). An appliance has neither.
 */
export function tellOfSession(
  tx: Transaction, node: NodeInfo, what: 'opened' | 'closed' | 'failed', userName: string, { address }: SshClient,
): void {
  if (node.kind !== 'esxi') return
  const user = oneLine(userName)
  writeLog(tx, node.name, 'vobd', {
    level: 'info',
    text: () => `[UserLevelCorrelator] ${(tx.now() - (chassis(tx, node.name)?.bootTime ?? 0)) * 1000}us: `
      + `[vob.user.ssh.session.${what}] SSH session of ${user}@${address} ${what}.`,
  })
  postOnHost(tx, node.name, {
    eventTypeId: `esx.audit.ssh.session.${what}`, severity: 'info', arguments: { user, host: address },
  })
}
