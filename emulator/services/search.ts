import type { MoRef } from '../schema/model.js'
import type { Address, Reader, Slot, StoredRecord } from '../world/records.js'
import type { World } from '../world/world.js'

/** How an object is looked for: each kind has keys of its own in the index. */
export type SearchKey = 'uuid' | 'instanceUuid' | 'ip' | 'dns' | 'path' | 'hostUuid' | 'hostIp' | 'hostDns'

const VM_INDEX = 'search.virtualMachine'
const HOST_INDEX = 'search.host'
const CHILD_INDEX = 'search.child'

/** Every type that may be somebody's child in an inventory; the world knows no inheritance. */
const entityTypes = [
  'Folder', 'Datacenter', 'ComputeResource', 'ClusterComputeResource', 'HostSystem',
  'VirtualMachine', 'VirtualApp', 'ResourcePool', 'Datastore', 'StoragePod', 'Network',
  'OpaqueNetwork', 'DistributedVirtualPortgroup', 'DistributedVirtualSwitch',
  'VmwareDistributedVirtualSwitch',
]

interface VmProps {
  readonly config?: {
    readonly uuid?: string
    readonly instanceUuid?: string
    readonly files?: { readonly vmPathName?: string }
  }
  readonly guest?: {
    readonly hostName?: string
    readonly ipAddress?: string
    readonly net?: ReadonlyArray<{ readonly ipAddress?: readonly string[] }>
  }
}

interface HostProps {
  readonly name?: string
  readonly hardware?: { readonly systemInfo?: { readonly uuid?: string } }
  readonly summary?: { readonly hardware?: { readonly uuid?: string } }
  readonly config?: {
    readonly network?: {
      readonly vnic?: ReadonlyArray<{ readonly spec?: { readonly ip?: { readonly ipAddress?: string } } }>
      readonly dnsConfig?: { readonly hostName?: string, readonly domainName?: string }
    }
  }
}

interface ChildProps { readonly name?: string, readonly parent?: MoRef, readonly parentVApp?: MoRef }

/**
 * Defines the indexes behind SearchIndex, so that each look-up costs the same at any size. Must run
 * before the first record exists.
 */
export function defineSearchIndexes(world: World): void {
  world.store.defineIndex({ name: VM_INDEX, types: ['VirtualMachine'], keys: vmKeys, same: sameVmFacts })
  world.store.defineIndex({ name: HOST_INDEX, types: ['HostSystem'], keys: hostKeys, same: sameHostFacts })
  world.store.defineIndex({ name: CHILD_INDEX, types: entityTypes, keys: childKeys, same: samePlace })
}

/** VMs or hosts with a value; the order is that of their creation. Case does not matter. */
export function searchByKey(world: World, node: string, kind: SearchKey, value: string): Slot[] {
  const index = kind.startsWith('host') ? HOST_INDEX : VM_INDEX
  const key = keyOf(kind, value)
  return world.store.lookup(index, node, key).sort((a, b) => a.index - b.index)
}

/** The child of an object with a name; undefined if it has none of that name. */
export function childNamed(world: World, node: string, parentId: string, name: string): Slot | undefined {
  const found = world.store.lookup(CHILD_INDEX, node, `${parentId}/${name}`)
  return found.sort((a, b) => a.index - b.index)[0]
}

/**
 * The object of an inventory path: names below the root folder, divided by slashes
 * (`DC0/vm/web-01`); the empty path is the root folder. Names hold `%2f` for a slash of their own.
 */
export function byInventoryPath(
  world: World,
  node: string,
  rootId: string,
  path: string,
): Slot | undefined {
  let at = world.find(node, rootId)
  for (const name of path.split('/').filter(part => part !== '')) {
    if (at === undefined) return undefined
    at = childNamed(world, node, at.address.id, name)
  }
  return at
}

/** The inventory path of an entity, without the root folder's name; `/` for the root itself. */
export function inventoryPath(reader: Reader, entity: Slot): string {
  const names: string[] = []
  let at: Slot | undefined = entity
  for (let depth = 0; at !== undefined && depth < 64; depth += 1) {
    const props: ChildProps | undefined = reader.read<ChildProps>(at)?.props
    const parent: MoRef | undefined = props?.parent ?? props?.parentVApp
    if (parent === undefined) break
    names.unshift(props?.name ?? '')
    at = reader.find(entity.address.node, parent.value)
  }
  return `/${names.join('/')}`
}

function keyOf(kind: SearchKey, value: string): string {
  return `${kind} ${kind === 'path' ? value : value.toLowerCase()}`
}

function vmKeys(record: StoredRecord): readonly string[] {
  const { config, guest } = record.props as VmProps
  const keys: string[] = []
  const add = (kind: SearchKey, value: string | undefined): void => {
    if (value !== undefined && value !== '') keys.push(keyOf(kind, value))
  }
  add('uuid', config?.uuid)
  add('instanceUuid', config?.instanceUuid)
  add('path', config?.files?.vmPathName)
  add('dns', guest?.hostName)
  add('ip', guest?.ipAddress)
  for (const { ipAddress } of guest?.net ?? []) {
    for (const ip of ipAddress ?? []) if (ip !== guest?.ipAddress) add('ip', ip)
  }
  return keys
}

function sameVmFacts(before: StoredRecord, after: StoredRecord): boolean {
  const a = before.props as VmProps
  const b = after.props as VmProps
  return a.guest === b.guest && (a.config === b.config || (a.config?.uuid === b.config?.uuid
    && a.config?.instanceUuid === b.config?.instanceUuid && a.config?.files === b.config?.files))
}

function sameHostFacts(before: StoredRecord, after: StoredRecord): boolean {
  const a = before.props as HostProps
  const b = after.props as HostProps
  return a.name === b.name && a.hardware === b.hardware && a.config === b.config
    && a.summary?.hardware === b.summary?.hardware
}

function samePlace(before: StoredRecord, after: StoredRecord): boolean {
  const a = before.props as ChildProps
  const b = after.props as ChildProps
  return a.name === b.name && a.parent === b.parent && a.parentVApp === b.parentVApp
}

function hostKeys(record: StoredRecord): readonly string[] {
  const { name, hardware, summary, config } = record.props as HostProps
  const keys: string[] = []
  const uuid = hardware?.systemInfo?.uuid ?? summary?.hardware?.uuid
  if (uuid !== undefined) keys.push(keyOf('hostUuid', uuid))
  for (const { spec } of config?.network?.vnic ?? []) {
    if (spec?.ip?.ipAddress !== undefined) keys.push(keyOf('hostIp', spec.ip.ipAddress))
  }
  const dns = config?.network?.dnsConfig
  const full = dns?.hostName === undefined ? undefined : `${dns.hostName}.${dns.domainName ?? ''}`
  for (const known of new Set([name, dns?.hostName, full?.replace(/\.$/, '')])) {
    if (known !== undefined) keys.push(keyOf('hostDns', known))
  }
  return keys
}

function childKeys(record: StoredRecord, _address: Address): readonly string[] {
  const { name, parent, parentVApp } = record.props as ChildProps
  const above = parent ?? parentVApp
  return name === undefined || above === undefined ? none : [`${above.value}/${name}`]
}

const none: readonly string[] = []
