import type { MoRef } from '../../schema/model.js'
import type { Reader, Slot, StoredRecord } from '../../world/records.js'

/** Where an entity hangs in the inventory. */
interface Upward {
  readonly parent?: MoRef
  readonly parentVApp?: MoRef
  readonly parentFolder?: MoRef
  readonly resourcePool?: MoRef | readonly MoRef[]
}

/**
 * The entities above one, nearest first, each once: through its folder, and of a VM or vApp through
 * its pool as well. Triggered alarms rise and definitions come down along these paths
 * (operations.md 6.1). `record` stands for the entity's own record, such as the one before a move.
 */
export function ancestors(
  reader: Reader, slot: Slot, record: StoredRecord | undefined = reader.read(slot),
): Slot[] {
  const found: Slot[] = []
  const open = parents(reader, slot, record)
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    if (found.includes(at)) continue
    found.push(at)
    open.push(...parents(reader, at, reader.read(at)))
  }
  return found
}

function parents(reader: Reader, slot: Slot, record: StoredRecord | undefined): Slot[] {
  if (record === undefined) return []
  const { node, type } = slot.address
  const props = record.props as Upward
  const pool = type === 'VirtualMachine' ? props.resourcePool as MoRef | undefined : undefined
  return [props.parent, props.parentVApp, props.parentFolder, pool]
    .map(ref => ref === undefined ? undefined : reader.find(node, ref.value))
    .filter(found => found !== undefined)
}

/** Properties that lead one step down, by name; the same for all types that have them. */
const downward = [
  'childEntity', 'vmFolder', 'hostFolder', 'datastoreFolder', 'networkFolder', 'host', 'resourcePool', 'vm',
]
const hangsBelow: Readonly<Record<string, readonly string[]>> = {
  Folder: downward, StoragePod: ['childEntity'], Datacenter: downward.slice(1, 5),
  ComputeResource: ['host', 'resourcePool'], ClusterComputeResource: ['host', 'resourcePool'],
  ResourcePool: ['resourcePool', 'vm'], VirtualApp: ['resourcePool', 'vm'],
}

/** An entity and all below it, each once; work in proportion to what is found. */
export function subtree(reader: Reader, top: Slot): Slot[] {
  const found = new Set([top])
  for (const slot of found) {
    const props = reader.read(slot)?.props
    for (const property of hangsBelow[slot.address.type] ?? []) {
      const value = props?.[property] as MoRef | readonly MoRef[] | undefined
      for (const ref of value === undefined ? [] : [value].flat() as MoRef[]) {
        const below = reader.find(slot.address.node, ref.value)
        if (below !== undefined) found.add(below)
      }
    }
  }
  return [...found]
}

/** Exact types that may lie below an entity of a type; undefined: any. */
export const typesBelow: Readonly<Record<string, readonly string[] | undefined>> = {
  Folder: undefined,
  Datacenter: undefined,
  ComputeResource: ['HostSystem', 'ResourcePool', 'VirtualApp', 'VirtualMachine'],
  ClusterComputeResource: ['HostSystem', 'ResourcePool', 'VirtualApp', 'VirtualMachine'],
  ResourcePool: ['ResourcePool', 'VirtualApp', 'VirtualMachine'],
  VirtualApp: ['ResourcePool', 'VirtualApp', 'VirtualMachine'],
  StoragePod: ['Datastore'],
}
