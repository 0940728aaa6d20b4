import type { MoRef } from '../schema/model.js'
import { LAB, type NodeInner } from '../physics/hardware/chassis.js'
import { nameMatcher } from '../world/glob.js'
import type { Slot } from '../world/records.js'
import type { World } from '../world/world.js'

const kinds: Readonly<Record<string, readonly string[]>> = {
  host: ['HostSystem'],
  vm: ['VirtualMachine'],
  datastore: ['Datastore'],
  network: ['Network', 'DistributedVirtualPortgroup'],
  cluster: ['ClusterComputeResource', 'ComputeResource'],
  pool: ['ResourcePool', 'VirtualApp'],
  datacenter: ['Datacenter'],
  folder: ['Folder'],
}

/** The node that a scenario looks at when it names none: the first vCenter, else the first host. */
export function defaultNode(world: World): string {
  const nodes = world.ofType(LAB, 'Node').map(slot => world.read<{ name: string, kind: string }>(slot)!.props)
  return (nodes.find(node => node.kind === 'vcenter') ?? nodes[0])?.name ?? ''
}

/** Records that a pattern such as `vm/web-*`, `host/esx-02` or a plain id names, on one node. */
export function findObjects(world: World, node: string, pattern: string): Slot[] {
  const slash = pattern.indexOf('/')
  const types = slash > 0 ? kinds[pattern.slice(0, slash)] : undefined
  if (types === undefined) {
    const slot = world.find(node, pattern)
    return slot === undefined ? [] : [slot]
  }
  const matches = nameMatcher(pattern.slice(slash + 1))
  return types.flatMap(type => world.ofType(node, type)).filter(slot => namesOf(world, slot).some(matches))
}

/** Node that carries a VM or a host in vCenter's or the host's own view; undefined if none. */
export function hostNodeOf(world: World, slot: Slot): string | undefined {
  const inner = slot.record?.inner as { hostNode?: string } | undefined
  if (inner?.hostNode !== undefined) return inner.hostNode
  const kind = world.get<{ kind: string }, NodeInner>(LAB, slot.address.node)?.props.kind
  return kind === 'esxi' ? slot.address.node : undefined
}

/** A property path of a record; undefined when any part is unset. */
export function readPath(record: unknown, path: string): unknown {
  let value = record
  for (const part of path.split('.')) {
    const match = /^([^[]+)(?:\[(.+)\])?$/.exec(part)
    value = (value as Record<string, unknown> | undefined)?.[match?.[1] ?? part]
    if (match?.[2] !== undefined) value = element(value, match[2])
    if (value === undefined) return undefined
  }
  return value
}

function element(value: unknown, key: string): unknown {
  const plain = key.replace(/^"|"$/g, '')
  return (value as ReadonlyArray<{ key?: unknown }> | undefined)?.find(item => String(item.key) === plain)
}

function namesOf(world: World, slot: Slot): string[] {
  const props = slot.record?.props as { name?: string } | undefined
  const names = [slot.address.id, props?.name ?? '']
  if (slot.address.type === 'HostSystem') names.push(hostNodeOf(world, slot) ?? '')
  return names
}

/** The text of a value for a report. */
export function shown(value: unknown): string {
  if (value === undefined) return 'unset'
  if (value === null) return 'null'
  const ref = value as Partial<MoRef>
  if (typeof value === 'object' && typeof ref.value === 'string') return ref.value
  return typeof value === 'string' ? value : JSON.stringify(value)
}
