import type { Event, EventName } from '../schema/generated/types.js'
import { nodeNow } from '../physics/appliance/facts.js'
import { toDateTime } from '../world/clock.js'
import type { Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import type { World } from '../world/world.js'
import { eventArguments, type EventSubject } from './events/arguments.js'
import { eventMessage, isVmEvent } from './narration/catalogue.js'
import { nodeInfo, type NodeInfo } from './nodes.js'
import { wellKnownId } from './well-known.js'

/** Events kept on a vCenter; our own bound, where the product keeps 30 days. */
const VCENTER_CAPACITY = 20_000
/** Events kept on a host: an in-memory ring (operations.md 4.2). */
const HOST_CAPACITY = 1000
const none: readonly EventListener[] = []

/** A vSphere event to be posted. Objects are given as slots; their names are read at once. */
export interface EventSpec extends EventSubject {
  readonly type: EventName
  /** Who caused it, canonical name; absent: the system, an empty string. */
  readonly userName?: string | undefined
  /** Key of the first event of the same cause; default: this event's own. */
  readonly chainId?: number | undefined
  /** A key that was drawn before with `nextEventKey`. */
  readonly key?: number | undefined
  /** The type's own properties. */
  readonly fields?: Readonly<Record<string, unknown>>
  /** Words of the message that no property holds. */
  readonly words?: Readonly<Record<string, string>>
  /** The whole fullFormattedMessage where no pattern can make it. */
  readonly message?: string | undefined
}

/** An event as it is stored: always with its actual type. */
export type StoredEvent = Event & { readonly _typeName: string }

/** Hears of each event right after it was posted, in the same transaction. */
export type EventListener = (tx: Transaction, node: NodeInfo, event: StoredEvent) => void

const listeners = new WeakMap<World, EventListener[]>()

/** Adds a listener to all events of a lab; it costs a call for each event, so it looks and leaves. */
export function onEvent(world: World, listener: EventListener): void {
  listeners.set(world, [...listeners.get(world) ?? [], listener])
}

/** Name of the event log of a node. */
export function eventLog(world: World, node: NodeInfo): string {
  const capacity = node.kind === 'vcenter' ? VCENTER_CAPACITY : HOST_CAPACITY
  return world.defineLog(`events/${node.name}`, capacity).name
}

/** Draws the next event key of a node: strictly growing, never used again (operations.md 4.2). */
export function nextEventKey(tx: Transaction, node: string): number {
  return tx.count(`event/${node}`)
}

/**
 * Posts an event on a node: fills key, chainId, time, arguments and fullFormattedMessage, appends
 * it to the node's log and makes it EventManager.latestEvent (operations.md 4). Objects that the
 * event is about must still be there: post before removing them.
 */
export function postEvent(tx: Transaction, node: NodeInfo | string, spec: EventSpec): StoredEvent {
  const at = typeof node === 'string' ? nodeInfo(tx, node) : node
  if (at === undefined) throw new Error(`no such node: ${String(node)}`)
  const event = buildEvent(tx, at, spec)
  tx.append(eventLog(tx.world, at), event)
  const manager = tx.find(at.name, wellKnownId('eventManager', at.kind))
  if (manager !== undefined) {
    const record = tx.read(manager)!
    tx.replace(manager, { props: { ...record.props, latestEvent: event }, inner: record.inner })
  }
  for (const listener of listeners.get(tx.world) ?? none) listener(tx, at, event)
  return event
}

/** The part of an EventSpec that says which object an event is about, by the type of the slot. */
export function eventSubject(slot: Slot): EventSubject {
  switch (slot.address.type) {
    case 'VirtualMachine': return { vm: slot }
    case 'HostSystem': return { host: slot }
    case 'ComputeResource':
    case 'ClusterComputeResource': return { computeResource: slot }
    case 'Datacenter': return { datacenter: slot }
    case 'Datastore': return { ds: slot }
    case 'Network':
    case 'OpaqueNetwork':
    case 'DistributedVirtualPortgroup': return { net: slot }
    case 'DistributedVirtualSwitch':
    case 'VmwareDistributedVirtualSwitch': return { dvs: slot }
    default: return {}
  }
}

/** An event that is only an answer: complete, and posted nowhere. */
export function buildEvent(tx: Transaction, node: NodeInfo, spec: EventSpec): StoredEvent {
  const key = spec.key ?? nextEventKey(tx, node.name)
  const event: Record<string, unknown> & { _typeName: string } = {
    _typeName: spec.type,
    key,
    chainId: spec.chainId ?? key,
    createdTime: toDateTime(nodeNow(tx, node.name)),
    userName: spec.userName ?? '',
  }
  Object.assign(event, eventArguments(tx, node, spec))
  if (isVmEvent(spec.type)) event['template'] = isTemplate(tx, spec.vm)
  Object.assign(event, spec.fields)
  event['fullFormattedMessage'] = spec.message ?? eventMessage(event, spec.words)
  return event as unknown as StoredEvent
}

function isTemplate(tx: Transaction, vm: Slot | undefined): boolean {
  if (vm === undefined) return false
  const config = tx.read(vm)?.props['config'] as { template?: boolean } | undefined
  return config?.template ?? false
}
