import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { forwardsEvents } from './settings.js'
import type { ForwardSettings, ForwardTarget } from './state.js'
import { QUEUE_MESSAGES } from './timing.js'

/** Log files that never leave a host: what a VM writes beside its disks, and what could not be sent. */
const kept = /^vmware(-\d+)?$|\/|^vmsyslogd-dropped$/

/** True for a log of the world whose items a node's syslog daemon sends: its files, and a vCenter's events. */
export function isForwarded(reader: Reader, node: string, log: string): boolean {
  const prefix = `logs/${node}/`
  if (log.startsWith(prefix)) return !kept.test(log.slice(prefix.length))
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
  return logsOf(world, reader, node).reduce((sum, log) => sum + log.last - (waiting[log.name] ?? 0), 0)
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
