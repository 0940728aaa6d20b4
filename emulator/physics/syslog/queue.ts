import type { AppendLog } from '../../world/logs.js'
import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { forwardsEvents } from './settings.js'
import type { ForwardSettings, ForwardTarget } from './state.js'
import { QUEUE_MESSAGES } from './timing.js'

/** The file of what could not be sent is not sent either. */
const DROPPED_FILE = 'vmsyslogd-dropped'
/** Audit records that a host keeps are for whoever fetches them; those that it sends lie beside them. */
const KEPT_AUDIT = 'auditLog'

/** True for a log of the world whose items a node's syslog daemon sends: its files, and a vCenter's events. */
export function isForwarded(reader: Reader, node: string, log: string): boolean {
  const prefix = `logs/${node}/`
  if (log.startsWith(prefix)) return log !== prefix + DROPPED_FILE && log !== prefix + KEPT_AUDIT
  return log === `events/${node}` && forwardsEvents(reader, node)
}

/** Where the node's logs end now. */
export function positions(tx: Transaction, node: string): Record<string, number> {
  return Object.fromEntries(logsOf(tx.world, tx, node).map(log => [log.name, log.last]))
}

/** Messages that a stream waiting for its log host has not sent. */
export function waitingCount(world: World, reader: Reader, node: string, target: ForwardTarget): number {
  const { waiting } = target
  if (waiting === undefined) return 0
  return logsOf(world, reader, node).reduce((sum, log) => sum + itemsAfter(log, waiting[log.name] ?? 0), 0)
}

/** Items of a log after a position; the headers of files are none. */
function itemsAfter(log: AppendLog, position: number): number {
  let count = log.last - position
  for (const { value } of log.since(position + 1)) if ((value as { header?: true }).header === true) count -= 1
  return count
}

/** How many messages may wait before the next is dropped. */
export function queueRoom({ dropMarkPercent }: ForwardSettings): number {
  return Math.floor(QUEUE_MESSAGES * dropMarkPercent / 100)
}

/** Messages that are dropped by now because they found no room. */
export function droppedOf(
  world: World, reader: Reader, node: string, target: ForwardTarget, settings: ForwardSettings,
): number {
  return Math.max(0, waitingCount(world, reader, node, target) - queueRoom(settings))
}

function logsOf(world: World, reader: Reader, node: string) {
  return world.logs().filter(log => isForwarded(reader, node, log.name))
}
