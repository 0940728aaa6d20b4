import type { MoRef } from '../../schema/model.js'
import type { Reader, Slot } from '../../world/records.js'
import { refOf } from '../refs.js'
import type { NodeInfo } from '../nodes.js'

/** The objects that an event names in its common properties. */
export interface EventSubject {
  readonly vm?: Slot | undefined
  readonly host?: Slot | undefined
  readonly computeResource?: Slot | undefined
  readonly datacenter?: Slot | undefined
  readonly ds?: Slot | undefined
  readonly net?: Slot | undefined
  readonly dvs?: Slot | undefined
}

/** Common properties in wire order, with the property of the argument that holds the reference. */
const common = [
  ['datacenter', 'datacenter'], ['computeResource', 'computeResource'], ['host', 'host'],
  ['vm', 'vm'], ['ds', 'datastore'], ['net', 'network'], ['dvs', 'dvs'],
] as const

/** Kinds of argument objects: the property that holds the reference. */
const kinds = {
  DatacenterEventArgument: 'datacenter',
  ComputeResourceEventArgument: 'computeResource',
  HostEventArgument: 'host',
  VmEventArgument: 'vm',
  DatastoreEventArgument: 'datastore',
  NetworkEventArgument: 'network',
  DvsEventArgument: 'dvs',
  FolderEventArgument: 'folder',
  ResourcePoolEventArgument: 'resourcePool',
  ManagedEntityEventArgument: 'entity',
  AlarmEventArgument: 'alarm',
} as const

const MAX_DEPTH = 64

/**
 * An argument object for an event's own property, such as `parent` of DatacenterCreatedEvent:
 * name and reference of an object.
 */
export function eventArgument(reader: Reader, slot: Slot, kind: keyof typeof kinds): object {
  return { name: nameOf(reader, slot), [kinds[kind]]: refOf(slot) }
}

/**
 * The common argument properties of an event, in wire order. What is not given follows from what
 * is: the VM's host, the host's compute resource, the datacenter above.
 */
export function eventArguments(
  reader: Reader,
  node: NodeInfo,
  subject: EventSubject,
): Record<string, unknown> {
  const host = subject.host ?? hostOf(reader, node.name, subject.vm)
  const computeResource = subject.computeResource ?? parentOf(reader, host)
  const inside = subject.vm ?? host ?? computeResource ?? subject.ds ?? subject.net ?? subject.dvs
  const datacenter = subject.datacenter
    ?? above(reader, inside, 'Datacenter') ?? above(reader, computeResource, 'Datacenter')
  const { vm, ds, net, dvs } = subject
  const all = { datacenter, computeResource, host, vm, ds, net, dvs }
  const found: Record<string, unknown> = {}
  for (const [property, ref] of common) {
    const slot = all[property]
    if (slot !== undefined) found[property] = commonArgument(reader, slot, ref)
  }
  return found
}

interface Argument { readonly name: string, readonly value: object }

const lastArguments = new WeakMap<Slot, Argument>()

/** The argument for an object, the same one as long as its name stays: events share them. */
function commonArgument(reader: Reader, slot: Slot, ref: (typeof common)[number][1]): object {
  const name = nameOf(reader, slot)
  const last = lastArguments.get(slot)
  if (last !== undefined && last.name === name) return last.value
  const value = Object.freeze({ name, [ref]: Object.freeze(refOf(slot)) })
  lastArguments.set(slot, { name, value })
  return value
}

/** The nearest object of exactly that type at or above another; undefined if there is none. */
export function above(reader: Reader, from: Slot | undefined, type: string): Slot | undefined {
  let at = from
  for (let depth = 0; at !== undefined && depth < MAX_DEPTH; depth += 1) {
    if (at.address.type === type) return at
    at = parentOf(reader, at)
  }
  return undefined
}

function parentOf(reader: Reader, slot: Slot | undefined): Slot | undefined {
  if (slot === undefined) return undefined
  const props = reader.read<{ parent?: MoRef, parentVApp?: MoRef }>(slot)?.props
  const parent = props?.parent ?? props?.parentVApp
  return parent === undefined ? undefined : reader.find(slot.address.node, parent.value)
}

function hostOf(reader: Reader, node: string, vm: Slot | undefined): Slot | undefined {
  if (vm === undefined) return undefined
  const runtime = reader.read<{ runtime?: { host?: MoRef } }>(vm)?.props.runtime
  return runtime?.host === undefined ? undefined : reader.find(node, runtime.host.value)
}

function nameOf(reader: Reader, slot: Slot): string {
  const name = reader.read(slot)?.props['name']
  return typeof name === 'string' ? name : ''
}
