import type { StoredLine } from '../../physics/logs/line.js'
import { lineText } from '../../physics/logs/render.js'
import { logName, writeLog } from '../../physics/logs/write.js'
import { HOST_OPTIONS, optionsOf } from '../../physics/options.js'
import type { DiagnosticManagerAuditRecordResult } from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import type { StoredEvent } from '../events.js'
import { fault, invalidArgument } from '../method-fault.js'
import type { NodeInfo } from '../nodes.js'

/** Records that one call gives. */
const PAGE = 100

/** Events of a host that are audited: who came and went, and what its kernel audits. */
const audited = new Set(['UserLoginSessionEvent', 'UserLogoutSessionEvent', 'BadUsernameSessionEvent', 'NoAccessUserEvent'])

/** True while a host keeps audit records (operations.md 3.4 `auditRecord.storageEnable`). */
function keepsAudit(reader: Reader, host: string): boolean {
  return optionsOf(reader, host, HOST_OPTIONS).get('Syslog.global.auditRecord.storageEnable') === true
}

/** True while a host sends audit records to its log hosts (operations.md 3.4 `auditRecord.remoteEnable`). */
function sendsAudit(reader: Reader, host: string): boolean {
  return optionsOf(reader, host, HOST_OPTIONS).get('Syslog.global.auditRecord.remoteEnable') === true
}

/** Keeps an event of a host as an audit record and sends it, if it is one and as the host is told. */
export function auditEvent(tx: Transaction, host: string, event: StoredEvent): void {
  const id = (event as { eventTypeId?: string }).eventTypeId ?? event._typeName
  if (!audited.has(id) && !id.startsWith('esx.audit.')) return
  const text = (): string => `[${id}] user="${event.userName}" result="${id === 'BadUsernameSessionEvent' ? 'failure' : 'success'}" `
    + `object="${host}": ${event.fullFormattedMessage ?? ''}`
  if (keepsAudit(tx, host)) writeLog(tx, host, 'audit', { level: 'info', text })
  if (sendsAudit(tx, host)) writeLog(tx, host, 'audit-remote', { level: 'info', text })
}

/**
 * A page of a host's audit records from a token on, oldest first (operations.md 3.5). `nextToken` goes
 * on where this page ends, also when nothing is there yet.
 * @throws InvalidState while the host keeps none, InvalidArgument for a token that was never given
 */
export function auditRecords(world: World, node: NodeInfo, token: string | undefined): DiagnosticManagerAuditRecordResult {
  if (!keepsAudit(world, node.name)) throw fault('InvalidState')
  const log = world.log(logName(world, node.name, 'auditLog'))
  const start = token === undefined || token === '' ? 1 : Number(token)
  if (!Number.isInteger(start) || start < 1 || start > log.last + 1) throw invalidArgument('token')
  const end = Math.min(log.last, Math.max(start, log.first) + PAGE - 1)
  const records: string[] = []
  for (let at = Math.max(start, log.first); at <= end; at += 1) {
    const line = log.at(at) as StoredLine
    if (line.header !== true) records.push(lineText(line, node.product.version))
  }
  return { ...(records.length === 0 ? {} : { records }), nextToken: String(end + 1) }
}
