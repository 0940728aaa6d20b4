import type { MoRef } from '../schema/model.js'
import { findRecords } from '../physics/find.js'
import { LAB, type NodeInner } from '../physics/hardware/chassis.js'
import type { Slot } from '../world/records.js'
import type { World } from '../world/world.js'

/** The node that a scenario looks at when it names none: the first vCenter, else the first host. */
export function defaultNode(world: World): string {
  const nodes = world.ofType(LAB, 'Node').map(slot => world.read<{ name: string, kind: string }>(slot)!.props)
  return (nodes.find(node => node.kind === 'vcenter') ?? nodes[0])?.name ?? ''
}

/** Names of the nodes of the lab. */
export function nodeNames(world: World): string[] {
  return world.ofType(LAB, 'Node').map(slot => slot.address.id)
}

/** Records that a pattern such as `vm/web-*`, `/DC-01/vm/db-01` or a plain id names, on one node. */
export function findObjects(world: World, node: string, pattern: string): Slot[] {
  return findRecords(world, node, pattern)
}

/** Node that carries a VM or a host in vCenter's or the host's own view; undefined if none. */
export function hostNodeOf(world: World, slot: Slot): string | undefined {
  const inner = slot.record?.inner as { hostNode?: string, mirrors?: readonly string[] } | undefined
  if (inner?.hostNode !== undefined) return inner.hostNode
  const kind = world.get<{ kind: string }, NodeInner>(LAB, slot.address.node)?.props.kind
  if (kind === 'esxi') return slot.address.node
  return slot.address.type === 'HostSystem' ? inner?.mirrors?.[0]?.split('/', 1)[0] : undefined
}

/** Reads a managed property of an object; stored ones when nobody says how to compute others. */
export type PropertyReader = (slot: Slot, property: string) => unknown

/**
 * A property path of an object; undefined when any part is unset. A path goes on through
 * references (`runtime.host.name`) and picks elements by key (`config.hardware.device[4000]`).
 */
export function readProperty(world: World, slot: Slot, path: string, read: PropertyReader): unknown {
  const [first = '', ...rest] = pathSteps(path)
  return follow(world, slot.address.node, read(slot, first), rest, read)
}

/** A path in any value. */
export function readPath(value: unknown, path: string): unknown {
  let at = value
  for (const step of pathSteps(path)) at = inside(at, step)
  return at
}

/** Puts a reference in place of each `{ ref: vm/db-01 }`; `missing` is told of names of nothing. */
export function resolveRefs(
  world: World, node: string, value: unknown, missing: (pattern: string) => void = () => {},
): unknown {
  if (Array.isArray(value)) return value.map(item => resolveRefs(world, node, item, missing))
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value)
  const { ref } = value as { ref?: unknown }
  if (keys.length === 1 && typeof ref === 'string') {
    const slot = findRecords(world, node, ref)[0]
    if (slot === undefined) missing(ref)
    return slot === undefined ? undefined : refOf(slot)
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveRefs(world, node, item, missing)]))
}

/** The name of an object for a report. */
export function nameOf(slot: Slot): string {
  return String((slot.record?.props as { name?: string } | undefined)?.name ?? slot.address.id)
}

function refOf(slot: Slot): MoRef {
  return { type: slot.address.type, value: slot.address.id }
}

/** `a.b[4].c` as `a`, `b`, `[4]`, `c`. */
export function pathSteps(path: string): string[] {
  return path.match(/[^.[\]]+(?=\.|\[|$)|\[(?:"[^"]*"|[^\]]*)\]/g) ?? []
}

function follow(
  world: World, node: string, value: unknown, [step, ...rest]: readonly string[], read: PropertyReader,
): unknown {
  if (step === undefined || value === undefined) return value
  const ref = value as Partial<MoRef>
  const through = typeof ref.value === 'string' && typeof ref.type === 'string' && !(step in ref)
    ? world.find(node, ref.value) : undefined
  const next = through === undefined ? inside(value, step) : read(through, step)
  return follow(world, node, next, rest, read)
}

function inside(value: unknown, step: string): unknown {
  if (!step.startsWith('[')) return (value as Record<string, unknown> | undefined | null)?.[step]
  const key = step.slice(1, -1).replace(/^"|"$/g, '')
  if (!Array.isArray(value)) return undefined
  const list = value as ReadonlyArray<{ key?: unknown }>
  return list.find(item => String(item?.key) === key) ?? (/^\d+$/.test(key) ? positional(list, Number(key)) : undefined)
}

/** Lists whose elements have no keys are counted from 0. */
function positional(list: ReadonlyArray<{ key?: unknown } | undefined>, index: number): unknown {
  return list.some(item => item?.key !== undefined) ? undefined : list[index]
}
