import type { EventFilterSpec } from '../../schema/generated/types.js'
import type { MoRef, Schema } from '../../schema/model.js'
import { fromDateTime } from '../../world/clock.js'
import type { Reader } from '../../world/records.js'
import type { StoredEvent } from '../events.js'
import { inScope } from '../history/scope.js'
import { invalidArgument, notEmulated } from '../method-fault.js'
import { patternOf } from '../narration/catalogue.js'

/** Says whether an event passes a filter; the present inventory counts for filters by entity. */
export type EventMatcher = (reader: Reader, event: StoredEvent) => boolean

type Test = (event: StoredEvent, reader: Reader) => boolean
type Loose = Readonly<Record<string, unknown>>

const argumentRefs = [
  ['vm', 'vm'], ['host', 'host'], ['ds', 'datastore'], ['net', 'network'], ['dvs', 'dvs'],
  ['computeResource', 'computeResource'], ['datacenter', 'datacenter'],
] as const

const containers = new Set(['ComputeResource', 'ClusterComputeResource', 'Datacenter'])

/** Own argument properties that name what an event is about, with their reference property. */
const ownRefs = [['entity', 'entity'], ['resourcePool', 'resourcePool']] as const

/**
 * Compiles a filter (operations.md 4.2).
 * @throws InvalidArgument for an entity filter without entity, NotImplemented for audit fields.
 */
export function eventMatcher(schema: Schema, node: string, filter: EventFilterSpec): EventMatcher {
  if (filter.auditable !== undefined) throw notEmulated('filter.auditable')
  if (filter.auditId !== undefined) throw notEmulated('filter.auditId')
  const tests: Test[] = [
    ...timeTests(filter), ...whoTests(filter), ...typeTests(schema, filter),
    ...entityTests(node, filter),
  ]
  return (reader, event) => tests.every(test => test(event, reader))
}

/** What an event is about: its most particular object, for visibility and filters by entity. */
export function subjectsOf(event: StoredEvent): MoRef[] {
  const named = namedBy(event)
  const own = named.own
  if (own.length > 0) return own
  const [first] = named.common
  if (first === undefined) return []
  if (first.type !== 'HostSystem') return [first]
  return named.common.filter(ref => !containers.has(ref.type))
}

/** Category of an event: severity for an EventEx, else what the catalogue says. */
export function categoryOf(event: StoredEvent): string {
  const { severity, eventTypeId } = event as unknown as { severity?: string, eventTypeId?: string }
  return severity ?? patternOf(event._typeName, eventTypeId).category
}

function namedBy(event: StoredEvent): { own: MoRef[], common: MoRef[] } {
  const loose = event as unknown as Loose
  const collect = (pairs: readonly (readonly [string, string])[]): MoRef[] => pairs.flatMap(
    ([property, ref]) => {
      const found = (loose[property] as Loose | undefined)?.[ref] as MoRef | undefined
      return found === undefined ? [] : [found]
    })
  return {
    own: [...collect(ownRefs), ...objectsOf(event)],
    common: collect(argumentRefs),
  }
}

/** The object of an EventEx (`objectId`) or ExtendedEvent (`managedObject`), as a list. */
export function objectsOf(event: StoredEvent): MoRef[] {
  const { objectId, objectType, managedObject } = event as unknown as
    { objectId?: string, objectType?: string, managedObject?: MoRef }
  const found = managedObject === undefined ? [] : [managedObject]
  if (objectId === undefined || objectId === '' || objectType === undefined) return found
  return [{ type: objectType.slice(objectType.lastIndexOf('.') + 1), value: objectId }, ...found]
}

function timeTests(filter: EventFilterSpec): Test[] {
  const tests: Test[] = []
  const begin = filter.time?.beginTime
  const end = filter.time?.endTime
  if (begin !== undefined) {
    const from = fromDateTime(begin)
    tests.push(event => fromDateTime(event.createdTime) >= from)
  }
  if (end !== undefined) {
    const to = fromDateTime(end)
    tests.push(event => fromDateTime(event.createdTime) <= to)
  }
  return tests
}

function whoTests(filter: EventFilterSpec): Test[] {
  const { userName, eventChainId, alarm, scheduledTask, tag } = filter
  const tests: Test[] = []
  if (userName !== undefined) tests.push(event => byUser(event.userName, userName))
  if (eventChainId !== undefined) tests.push(event => event.chainId === eventChainId)
  if (alarm !== undefined) tests.push(event => refIn(event, 'alarm') === alarm.value)
  if (scheduledTask !== undefined) {
    tests.push(event => refIn(event, 'scheduledTask') === scheduledTask.value)
  }
  if (tag !== undefined && tag.length > 0) {
    tests.push(event => event.changeTag !== undefined && tag.includes(event.changeTag))
  }
  return tests
}

/** Shared with tasks: the system's own, those of some users, or those of all users. */
export function byUser(
  name: string,
  filter: { readonly systemUser: boolean, readonly userList?: readonly string[] },
): boolean {
  if (name === '') return filter.systemUser
  if (filter.userList === undefined) return true
  const wanted = name.toLowerCase()
  return filter.userList.some(user => user.toLowerCase() === wanted)
}

function typeTests(schema: Schema, filter: EventFilterSpec): Test[] {
  const tests: Test[] = []
  const { category } = filter
  if (category !== undefined && category.length > 0) {
    tests.push(event => category.includes(categoryOf(event)))
  }
  for (const names of [filter.type, filter.eventTypeId]) {
    if (names === undefined || names.length === 0) continue
    const wanted = expand(schema, names)
    tests.push(event => wanted.has(event._typeName)
      || wanted.has((event as unknown as { eventTypeId?: string }).eventTypeId ?? ''))
  }
  return tests
}

/** Type names with everything below them, and ids as they are. */
function expand(schema: Schema, names: readonly string[]): ReadonlySet<string> {
  const wanted = new Set<string>()
  for (const name of names) {
    const bare = name.replace(/^vim\.event\./, '')
    if (schema.isA(bare, 'Event')) schema.subtypes(bare).forEach(type => wanted.add(type))
    wanted.add(bare)
    wanted.add(name)
  }
  return wanted
}

function entityTests(node: string, filter: EventFilterSpec): Test[] {
  if (filter.entity === undefined) return []
  const { entity, recursion } = filter.entity
  if (entity === undefined || recursion === undefined) throw invalidArgument('filter.entity')
  return [(event, reader) => {
    const { own, common } = namedBy(event)
    return inScope(reader, node, subjectsOf(event), [...own, ...common], entity, recursion)
  }]
}

function refIn(event: StoredEvent, property: string): string | undefined {
  const argument = (event as unknown as Loose)[property] as Record<string, MoRef> | undefined
  return argument?.[property]?.value
}
