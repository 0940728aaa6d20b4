import type { SearchIndexMethods } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { visible } from '../services/authorization/check.js'
import type { Query } from '../services/call.js'
import { refOf } from '../services/refs.js'
import { above } from '../services/events/arguments.js'
import { fault } from '../services/method-fault.js'
import { byInventoryPath, childNamed, searchByKey, type SearchKey } from '../services/search.js'
import { wellKnownId } from '../services/well-known.js'
import type { Slot } from '../world/records.js'
import { defineManagedObject, query } from './define.js'

type Args<M extends keyof SearchIndexMethods> = SearchIndexMethods[M]['args']

/** Where to look, as most methods of SearchIndex say it. */
interface Place {
  readonly datacenter?: MoRef
  readonly vmSearch: boolean
}

/** What the caller may see of some objects, inside the datacenter that the call names. */
function seen(call: Query, found: readonly Slot[], datacenter: MoRef | undefined): MoRef[] {
  const { services: { authorization }, reader, session } = call
  return found
    .filter(slot => datacenter === undefined
      || above(reader, slot, 'Datacenter')?.address.id === datacenter.value)
    .filter(slot => visible(authorization, reader, session?.principal, slot))
    .map(refOf)
}

function search(call: Query, place: Place, vmKey: SearchKey, hostKey: SearchKey, value: string): MoRef[] {
  const kind = place.vmSearch ? vmKey : hostKey
  const found = searchByKey(call.services.world, call.node.name, kind, value)
  return seen(call, found, place.datacenter)
}

function byUuid(call: Query, args: Args<'FindAllByUuid'>): MoRef[] {
  const key = args.instanceUuid === true ? 'instanceUuid' : 'uuid'
  return search(call, args, key, 'hostUuid', args.uuid)
}

function byDnsName(call: Query, args: Args<'FindAllByDnsName'>): MoRef[] {
  return search(call, args, 'dns', 'hostDns', args.dnsName)
}

function byIp(call: Query, args: Args<'FindAllByIp'>): MoRef[] {
  return search(call, args, 'ip', 'hostIp', args.ip)
}

/** InvalidDatastore when the datacenter has no datastore of the path's name. */
function byDatastorePath(call: Query, args: Args<'FindByDatastorePath'>): MoRef | undefined {
  const name = /^\[([^\]]*)\]\s*\S/.exec(args.path)?.[1]
  if (name === undefined) throw fault('InvalidDatastorePath', { datastorePath: args.path })
  if (!hasDatastore(call, args.datacenter, name)) throw fault('InvalidDatastore', { name })
  const path = args.path.replace(/^\[([^\]]*)\]\s*/, '[$1] ')
  const found = searchByKey(call.services.world, call.node.name, 'path', path)
  return seen(call, found, args.datacenter)[0]
}

function hasDatastore(call: Query, datacenter: MoRef, name: string): boolean {
  const { reader, node } = call
  const props = reader.get<{ datastore?: readonly MoRef[] }>(node.name, datacenter.value)?.props
  if (props === undefined) throw fault('ManagedObjectNotFound', { obj: datacenter })
  if (props.datastore === undefined) return true
  return props.datastore.some(ref => reader.get(node.name, ref.value)?.props['name'] === name)
}

function byPath(call: Query, args: Args<'FindByInventoryPath'>): MoRef | undefined {
  const rootId = wellKnownId('rootFolder', call.node.kind)
  const slot = byInventoryPath(call.services.world, call.node.name, rootId, args.inventoryPath)
  return slot === undefined ? undefined : seen(call, [slot], undefined)[0]
}

function child(call: Query, args: Args<'FindChild'>): MoRef | undefined {
  if (call.reader.find(call.node.name, args.entity.value) === undefined) {
    throw fault('ManagedObjectNotFound', { obj: args.entity })
  }
  const slot = childNamed(call.services.world, call.node.name, args.entity.value, args.name)
  return slot === undefined ? undefined : seen(call, [slot], undefined)[0]
}

/** SearchIndex (network-security.md appendix B): only what the caller may see is found. */
export const searchIndex = defineManagedObject('SearchIndex', {
  methods: {
    FindByUuid: query((call: Query, args: Args<'FindByUuid'>) => byUuid(call, args)[0]),
    FindAllByUuid: query(byUuid),
    FindByDnsName: query((call: Query, args: Args<'FindByDnsName'>) => byDnsName(call, args)[0]),
    FindAllByDnsName: query(byDnsName),
    FindByIp: query((call: Query, args: Args<'FindByIp'>) => byIp(call, args)[0]),
    FindAllByIp: query(byIp),
    FindByDatastorePath: query(byDatastorePath),
    FindByInventoryPath: query(byPath),
    FindChild: query(child),
  },
})
