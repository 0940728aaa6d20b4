import type { MoRef, Schema } from '../../schema/model.js'
import type { Address, JsonObject, Reader, Slot, StoredRecord } from '../../world/records.js'
import type { NodeInfo, NodeKind } from '../nodes.js'
import { nodeInfo } from '../nodes.js'
import { isSessionObject } from '../session-objects.js'
import { wellKnownId } from '../well-known.js'

/**
 * Types whose objects belong to a session and not to the inventory: whoever is logged in may use
 * his own, and another's are not found (protocols.md 3.6).
 */
const sessionOwned = ['View', 'PropertyFilter', 'PropertyCollector', 'HistoryCollector']

/** Where the inventory's parents are, and which entity answers for an object that is none. */
export class AuthorityTree {
  readonly #entityTypes: ReadonlySet<string>
  readonly #sessionTypes: ReadonlySet<string>

  constructor(schema: Schema) {
    this.#entityTypes = new Set(schema.subtypes('ManagedEntity'))
    this.#sessionTypes = new Set(sessionOwned.flatMap(type => schema.subtypes(type)))
  }

  isEntity(type: string): boolean {
    return this.#entityTypes.has(type)
  }

  isSessionOwned(object: Slot): boolean {
    return isSessionObject(object) || this.#sessionTypes.has(object.address.type)
  }

  /**
   * The entity on which rights to an object are checked: itself; for parts of an entity the entity
   * (`inner.owner`, a snapshot's `vm`, `info.entity` of alarms and tasks, the host of a manager
   * such as `networkSystem-16`); else the root folder
   * (network-security.md 11.4 rule 8).
   */
  authority(reader: Reader, object: Slot): Slot | undefined {
    const { node, type } = object.address
    if (this.#entityTypes.has(type)) return object
    const record = reader.read(object)
    const id = record === undefined ? undefined : ownerId(record) ?? hostId(object.address)
    const owner = id === undefined ? undefined : reader.find(node, id)
    if (owner !== undefined && this.#entityTypes.has(owner.address.type)) return owner
    return rootOf(reader, node)
  }

  /** Ids of the parents from which an entity inherits, one for each path (11.4 rule 5). */
  parents(reader: Reader, at: Slot, record: StoredRecord): readonly string[] {
    const parent = idOf(record.props['parent'])
    switch (at.address.type) {
      case 'VirtualMachine':
        return present(parent, idOf(record.props['parentVApp']), idOf(record.props['resourcePool']))
      case 'VirtualApp':
        return present(parent, idOf(record.props['parentFolder']))
      case 'ResourcePool':
        return present(standaloneHost(reader, at.address.node, record.props['parent']) ?? parent)
      default:
        return parent === undefined ? none : [parent]
    }
  }
}

const none: readonly string[] = []
const kinds = new WeakMap<NodeInfo, string>()

/** The root folder of a node; undefined when the node is not there. */
export function rootOf(reader: Reader, node: string): Slot | undefined {
  const info = nodeInfo(reader, node)
  if (info === undefined) return undefined
  let id = kinds.get(info)
  if (id === undefined) {
    id = rootId(info.kind)
    kinds.set(info, id)
  }
  return reader.find(node, id)
}

/** Id of the root folder on a kind of node. */
export function rootId(kind: NodeKind): string {
  return wellKnownId('rootFolder', kind)
}

/**
 * True if a changed record may give other rights to what is at or below it. The parts that cannot
 * matter are the same pointers as before, so this costs a few comparisons.
 */
export function moved(before: StoredRecord, after: StoredRecord): boolean {
  return differs(before.props, after.props, 'parent')
    || differs(before.props, after.props, 'resourcePool')
    || differs(before.props, after.props, 'parentVApp')
    || differs(before.props, after.props, 'parentFolder')
}

function differs(before: JsonObject, after: JsonObject, property: string): boolean {
  const a = before[property]
  const b = after[property]
  if (a === b || Array.isArray(a) || Array.isArray(b)) return false
  return idOf(a) !== idOf(b)
}

/**
 * Clients show a host without a cluster and its compute resource as one object: rights on the host
 * reach its pools. The path goes on to the compute resource, the host's parent.
 */
function standaloneHost(reader: Reader, node: string, parent: unknown): string | undefined {
  if ((parent as Partial<MoRef> | undefined)?.type !== 'ComputeResource') return undefined
  const hosts = reader.get(node, (parent as MoRef).value)?.props['host']
  return Array.isArray(hosts) ? idOf(hosts[0]) : undefined
}

function ownerId(record: StoredRecord): string | undefined {
  const owner = record.inner['owner']
  if (typeof owner === 'string') return owner
  const info = record.props['info'] as { entity?: unknown } | undefined
  const { vm, entity } = record.props
  return idOf(owner) ?? idOf(vm) ?? idOf(info?.entity) ?? idOf(entity)
}

/** Types of a host's managers that are not named after it. */
const hostManagers = new Set([
  'OptionManager', 'IscsiManager', 'MessageBusProxy', 'CryptoManagerHost',
  'ReflectManagedMethodExecuter', 'InternalDynamicTypeManager',
])

/** On vCenter the managers of `host-16` are `networkSystem-16` and so on (protocols.md 2.4). */
function hostId({ type, id }: Address): string | undefined {
  if (!type.startsWith('Host') && !hostManagers.has(type)) return undefined
  const number = /^[A-Za-z]+-(\d+)$/.exec(id)?.[1]
  return number === undefined ? undefined : `host-${number}`
}

function idOf(ref: unknown): string | undefined {
  const value = (ref as Partial<MoRef> | undefined)?.value
  return typeof value === 'string' ? value : undefined
}

function present(...ids: Array<string | undefined>): readonly string[] {
  return [...new Set(ids)].filter(id => id !== undefined)
}
