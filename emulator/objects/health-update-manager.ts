import { healthBook, setHealthBook, type HealthFilter, type HealthProvider } from '../physics/ha/health.js'
import { clusterConfig } from '../physics/ha/config.js'
import type {
  ClusterComputeResourceProps, HealthUpdate, HealthUpdateManagerMethods, HostSystemProps,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { Call, Query } from '../services/call.js'
import { postEvent } from '../services/events.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import type { Reader } from '../world/records.js'
import { judgeHealth } from './cluster-compute-resource/proactive.js'
import { defineManagedObject, query, type Definition } from './define.js'

type Args<M extends keyof HealthUpdateManagerMethods> = HealthUpdateManagerMethods[M]['args']

/** Faults and limits are those of the API reference of HealthUpdateManager. */
const LONGEST_FILTER_NAME = 56

export const healthUpdateManager: Definition = defineManagedObject('HealthUpdateManager', {
  methods: {
    RegisterHealthUpdateProvider: register,
    UnregisterHealthUpdateProvider: unregister,
    QueryProviderList: query(call => Object.keys(bookOf(call).providers)),
    HasProvider: query((call, { id }: Args<'HasProvider'>) =>
      Object.hasOwn(bookOf(call).providers, id)),
    QueryProviderName: query((call, { id }: Args<'QueryProviderName'>) => provider(call, id).name),
    QueryHealthUpdateInfos: query((call, { providerId }: Args<'QueryHealthUpdateInfos'>) => provider(call, providerId).infos),
    AddMonitoredEntities: addMonitored,
    RemoveMonitoredEntities: removeMonitored,
    QueryMonitoredEntities: query((call, { providerId }: Args<'QueryMonitoredEntities'>) => provider(call, providerId).entities),
    HasMonitoredEntity: query((call, { providerId, entity }: Args<'HasMonitoredEntity'>) => {
      const { entities } = provider(call, providerId)
      if (entity.type !== 'HostSystem') throw invalidArgument('entity')
      return holds(entities, entity)
    }),
    QueryUnmonitoredHosts: query(unmonitored),
    PostHealthUpdates: post,
    QueryHealthUpdates: query((call, { providerId }: Args<'QueryHealthUpdates'>) => provider(call, providerId).updates),
    AddFilter: addFilter,
    QueryFilterList: query((call, { providerId }: Args<'QueryFilterList'>) => {
      provider(call, providerId)
      return Object.entries(bookOf(call).filters).filter(([, each]) => each.provider === providerId).map(([id]) => id)
    }),
    QueryFilterName: query((call, { filterId }: Args<'QueryFilterName'>) => filter(call, filterId).name),
    QueryFilterInfoIds: query((call, { filterId }: Args<'QueryFilterInfoIds'>) => filter(call, filterId).infoIds),
    QueryFilterEntities: query((call, { filterId }: Args<'QueryFilterEntities'>) => filter(call, filterId).entities),
    AddFilterEntities: (call: Call, args: Args<'AddFilterEntities'>) => changeFilter(call, args, true),
    RemoveFilterEntities: (call: Call, args: Args<'RemoveFilterEntities'>) => changeFilter(call, args, false),
    RemoveFilter: removeFilter,
  },
})

type Asked = Pick<Query, 'node' | 'reader'> | Pick<Call, 'node' | 'tx'>

function bookOf(call: Asked) {
  return healthBook('tx' in call ? call.tx : call.reader, call.node.name)
}

/** @throws NotFound */
function provider(call: Asked, id: string): HealthProvider {
  const { providers } = bookOf(call)
  if (!Object.hasOwn(providers, id)) throw fault('NotFound')
  return providers[id]!
}

/** A provider for whoever registered it. @throws NotFound, NotSupported for another user */
function ownProvider(call: Call, id: string): HealthProvider {
  const found = provider(call, id)
  if (found.user !== userOf(call)) throw fault('NotSupported')
  return found
}

/** @throws NotFound */
function filter(call: Asked, id: string): HealthFilter {
  const { filters } = bookOf(call)
  if (!Object.hasOwn(filters, id)) throw fault('NotFound')
  return filters[id]!
}

function userOf(call: Call): string {
  return call.session?.principal.name ?? ''
}

/** Sixteen bytes as the product writes such ids: `52 1a 2b …-3c 4d …`. */
function newId(call: Call): string {
  const pairs = ['52', ...call.tx.world.random.hex('health-ids', 30).match(/../g)!]
  return `${pairs.slice(0, 8).join(' ')}-${pairs.slice(8).join(' ')}`
}

function setProvider(call: Call, id: string, change: HealthProvider): void {
  setHealthBook(call.tx, call.node.name, { providers: { ...bookOf(call).providers, [id]: change } })
}

/** RegisterHealthUpdateProvider. @throws InvalidArgument for two infos of one id, or a component that is none (our choice) */
function register(call: Call, { name, healthUpdateInfo: infos = [] }: Args<'RegisterHealthUpdateProvider'>): string {
  if (name === '') throw invalidArgument('name')
  if (twice(infos.map(info => info.id))) throw invalidArgument('healthUpdateInfo.id')
  const kinds = call.services.schema.enum('HealthUpdateInfoComponentType')?.values ?? []
  if (infos.some(info => !kinds.includes(info.componentType))) throw invalidArgument('healthUpdateInfo.componentType')
  const id = newId(call)
  setProvider(call, id, { name, user: userOf(call), infos, entities: [], updates: [] })
  return id
}

/** UnregisterHealthUpdateProvider. @throws NotFound, InvalidState while a cluster of Proactive HA uses it */
function unregister(call: Call, { providerId }: Args<'UnregisterHealthUpdateProvider'>): void {
  provider(call, providerId)
  if (usingClusters(call.tx, call.node.name, providerId).length > 0) throw fault('InvalidState')
  const book = bookOf(call)
  const { [providerId]: _gone, ...providers } = book.providers
  const filters = Object.fromEntries(Object.entries(book.filters).filter(([, each]) => each.provider !== providerId))
  setHealthBook(call.tx, call.node.name, { providers, filters })
}

/** Clusters with Proactive HA on that use a provider, by id. */
function usingClusters(reader: Reader, vcenter: string, id: string): string[] {
  return reader.ofType(vcenter, 'ClusterComputeResource').filter(slot => {
    const { infraUpdateHaConfig: infra } = clusterConfig(reader, slot)
    return infra?.enabled === true && (infra.providers ?? []).includes(id)
  }).map(slot => slot.address.id)
}

/** AddMonitoredEntities. @throws NotFound, NotSupported, InvalidArgument */
function addMonitored(call: Call, { providerId, entities = [] }: Args<'AddMonitoredEntities'>): void {
  const found = ownProvider(call, providerId)
  checkHosts(entities)
  if (entities.some(ref => holds(found.entities, ref))) throw invalidArgument('entities')
  setProvider(call, providerId, { ...found, entities: [...found.entities, ...entities] })
  judgeHealth(call)
}

/** RemoveMonitoredEntities. @throws NotFound, NotSupported, InvalidArgument, InvalidState */
function removeMonitored(call: Call, { providerId, entities = [] }: Args<'RemoveMonitoredEntities'>): void {
  const found = ownProvider(call, providerId)
  checkHosts(entities)
  if (entities.some(ref => !holds(found.entities, ref))) throw invalidArgument('entities')
  const users = usingClusters(call.tx, call.node.name, providerId)
  const used = entities.some(ref => users.includes(
    call.tx.get<HostSystemProps>(call.node.name, ref.value)?.props.parent?.value ?? ''))
  if (used) throw fault('InvalidState')
  setProvider(call, providerId, {
    ...found, entities: found.entities.filter(ref => !holds(entities, ref)),
    updates: found.updates.filter(update => !holds(entities, update.entity)),
  })
}

/** @throws InvalidArgument for what is no host, or is given twice */
function checkHosts(entities: readonly MoRef[]): void {
  if (entities.some(ref => ref.type !== 'HostSystem') || twice(entities.map(ref => ref.value))) {
    throw invalidArgument('entities')
  }
}

function unmonitored(call: Query, { providerId, cluster }: Args<'QueryUnmonitoredHosts'>): MoRef[] {
  const { entities } = provider(call, providerId)
  const { host = [] } = call.reader.get<ClusterComputeResourceProps>(call.node.name, cluster.value)!.props
  return host.filter(ref => !holds(entities, ref))
}

const told = { green: 'PostGreenHealthUpdateEvent', yellow: 'PostYellowHealthUpdateEvent', red: 'PostRedHealthUpdateEvent' } as const

/** PostHealthUpdates. @throws NotFound, NotSupported, InvalidArgument: all updates are taken or none */
function post(call: Call, { providerId, updates = [] }: Args<'PostHealthUpdates'>): void {
  const found = ownProvider(call, providerId)
  checkUpdates(found, updates)
  const { tx, node } = call
  for (const update of updates) {
    const host = tx.find(node.name, update.entity.value)
    if (host === undefined) throw invalidArgument('updates.entity')
    postEvent(tx, node, {
      type: 'EventEx', host, words: wordsOf(found, update), userName: userOf(call),
      fields: {
        eventTypeId: `com.vmware.vc.infraUpdateHa.${told[update.status as keyof typeof told]}`,
        severity: update.status === 'green' ? 'info' : update.status === 'red' ? 'error' : 'warning',
      },
    })
  }
  const kept = found.updates.filter(old => !updates.some(update => sameSubject(old, update)))
  const last = updates.filter((update, at) => !updates.slice(at + 1).some(later => sameSubject(later, update)))
  setProvider(call, providerId, { ...found, updates: [...kept, ...last] })
  judgeHealth(call)
}

function sameSubject(a: HealthUpdate, b: HealthUpdate): boolean {
  return a.entity.value === b.entity.value && a.healthUpdateInfoId === b.healthUpdateInfoId
}

function wordsOf({ name, infos }: HealthProvider, { healthUpdateInfoId, remediation }: HealthUpdate): Record<string, string> {
  const info = infos.find(each => each.id === healthUpdateInfoId)
  return { provider: name, component: info?.componentType ?? '', what: info?.description ?? healthUpdateInfoId, remediation }
}

function checkUpdates(found: HealthProvider, updates: readonly HealthUpdate[]): void {
  if (twice(updates.map(update => update.id))) throw invalidArgument('updates.id')
  for (const { entity, healthUpdateInfoId, id, status, remediation } of updates) {
    if (!found.infos.some(info => info.id === healthUpdateInfoId)) throw invalidArgument('updates.healthUpdateInfoId')
    if (!holds(found.entities, entity)) throw invalidArgument('updates.entity')
    if (found.updates.some(old => old.id === id)) throw invalidArgument('updates.id')
    if (!Object.hasOwn(told, status)) throw invalidArgument('updates.status')
    if (status === 'green' && remediation !== '') throw invalidArgument('updates.remediation')
  }
}

/** AddFilter. @throws NotFound, InvalidArgument */
function addFilter(call: Call, { providerId, filterName, infoIds = [] }: Args<'AddFilter'>): string {
  const { infos } = provider(call, providerId)
  const { filters } = bookOf(call)
  const taken = Object.values(filters).some(each => each.provider === providerId && each.name === filterName)
  if (filterName.length > LONGEST_FILTER_NAME || taken) throw invalidArgument('filterName')
  if (twice(infoIds) || infoIds.some(id => !infos.some(info => info.id === id))) throw invalidArgument('infoIds')
  const id = newId(call)
  const made: HealthFilter = { provider: providerId, name: filterName, infoIds, entities: [] }
  setHealthBook(call.tx, call.node.name, { filters: { ...filters, [id]: made } })
  return id
}

/** AddFilterEntities, RemoveFilterEntities. @throws NotFound, InvalidArgument */
function changeFilter(call: Call, { filterId, entities = [] }: Args<'AddFilterEntities'>, add: boolean): void {
  const found = filter(call, filterId)
  if (entities.some(ref => ref.type !== 'HostSystem' && ref.type !== 'ClusterComputeResource')
    || twice(entities.map(ref => ref.value)) || entities.some(ref => holds(found.entities, ref) === add)) {
    throw invalidArgument('entities')
  }
  const after = add ? [...found.entities, ...entities] : found.entities.filter(ref => !holds(entities, ref))
  setHealthBook(call.tx, call.node.name, { filters: { ...bookOf(call).filters, [filterId]: { ...found, entities: after } } })
  judgeHealth(call)
}

/** RemoveFilter. @throws NotFound */
function removeFilter(call: Call, { filterId }: Args<'RemoveFilter'>): void {
  filter(call, filterId)
  const { [filterId]: _gone, ...filters } = bookOf(call).filters
  setHealthBook(call.tx, call.node.name, { filters })
  judgeHealth(call)
}

function holds(refs: readonly MoRef[], ref: MoRef): boolean {
  return refs.some(each => each.value === ref.value)
}

function twice(values: readonly string[]): boolean {
  return new Set(values).size < values.length
}
