import { LAB } from './hardware/chassis.js'
import { nameMatcher } from '../world/glob.js'
import type { Reader, Slot } from '../world/records.js'

/** What stands before the slash of a name such as `vm/web-01`, and the managed types it means. */
export const recordKinds: Readonly<Record<string, readonly string[]>> = {
  host: ['HostSystem'],
  vm: ['VirtualMachine'],
  datastore: ['Datastore', 'StoragePod'],
  network: ['Network', 'DistributedVirtualPortgroup', 'OpaqueNetwork'],
  switch: ['VmwareDistributedVirtualSwitch', 'DistributedVirtualSwitch'],
  cluster: ['ClusterComputeResource', 'ComputeResource'],
  'resource-pool': ['ResourcePool', 'VirtualApp'],
  pool: ['ResourcePool', 'VirtualApp'],
  datacenter: ['Datacenter'],
  folder: ['Folder'],
}

/** Every type that an inventory path may lead to. */
const pathTypes = [...new Set(Object.values(recordKinds).flat())]

interface Named {
  readonly name?: string
  readonly parent?: { readonly value: string }
  readonly parentVApp?: { readonly value: string }
}

/** The two parts of `vm/web-*`; undefined when no known kind stands before the slash. */
export function splitKind(pattern: string): { kind: string, name: string } | undefined {
  const slash = pattern.indexOf('/')
  const kind = pattern.slice(0, slash)
  return slash > 0 && Object.hasOwn(recordKinds, kind) ? { kind, name: pattern.slice(slash + 1) } : undefined
}

/**
 * Records of one node that a pattern names: `vm/web-*` and the like, an inventory path such as
 * `/DC-01/vm/Production/web-*` (a glob in any part), an id, or else a plain name or glob.
 */
export function findRecords(reader: Reader, node: string, pattern: string): Slot[] {
  if (pattern.startsWith('/')) return byPath(reader, node, pattern.slice(1).split('/'))
  const split = splitKind(pattern)
  if (split !== undefined) return byName(reader, node, recordKinds[split.kind]!, split.name)
  const slot = reader.find(node, pattern)
  return slot === undefined ? byName(reader, node, pathTypes, pattern) : [slot]
}

/** The names of the records of some types, for texts that say what there is. */
export function recordNames(reader: Reader, node: string, types: readonly string[]): string[] {
  return types.flatMap(type => reader.ofType(node, type)).flatMap(slot => namesOf(reader, slot).slice(1, 2))
}

/** Names under which a record is known: its id, its name, and of a host its node. */
function namesOf(reader: Reader, slot: Slot): string[] {
  const record = reader.read<Named, { mirrors?: readonly string[] }>(slot)
  const name = record?.props.name ?? ''
  if (slot.address.type !== 'HostSystem') return [slot.address.id, name]
  const own = reader.find(LAB, slot.address.node) !== undefined && record?.inner.mirrors === undefined
  const node = own ? slot.address.node : record?.inner.mirrors?.[0]?.split('/', 1)[0] ?? ''
  return [slot.address.id, node, name]
}

function byName(reader: Reader, node: string, types: readonly string[], name: string): Slot[] {
  const matches = nameMatcher(name)
  return types.flatMap(type => reader.ofType(node, type))
    .filter(slot => namesOf(reader, slot).some(each => each !== '' && matches(each)))
}

/** Looks from the end of the path upwards: what has the right name, whose parent has, and so on. */
function byPath(reader: Reader, node: string, parts: readonly string[]): Slot[] {
  const matchers = parts.filter(part => part !== '').map(nameMatcher)
  return pathTypes.flatMap(type => reader.ofType(node, type)).filter(slot => {
    let at: Slot | undefined = slot
    for (let depth = matchers.length - 1; depth >= 0; depth -= 1) {
      if (at === undefined || !namesOf(reader, at).slice(1).some(matchers[depth]!)) return false
      at = parentOf(reader, at)
    }
    return at !== undefined && parentOf(reader, at) === undefined
  })
}

function parentOf(reader: Reader, slot: Slot): Slot | undefined {
  const props = reader.read<Named>(slot)?.props
  const parent = props?.parent ?? props?.parentVApp
  return parent === undefined ? undefined : reader.find(slot.address.node, parent.value)
}
