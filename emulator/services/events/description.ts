import type {
  ElementDescription, EventArgDesc, EventDescription, EventDescriptionEventDetail,
} from '../../schema/generated/types.js'
import type { PropertyInfo, Schema } from '../../schema/model.js'
import { invalidArgument } from '../method-fault.js'
import { extendedIds, patternOf } from '../narration/catalogue.js'
import { labelOf } from '../tasks/labels.js'

const categories: readonly ElementDescription[] = [
  { key: 'info', label: 'Information', summary: 'Information' },
  { key: 'warning', label: 'Warning', summary: 'Warning' },
  { key: 'error', label: 'Error', summary: 'Error' },
  { key: 'user', label: 'User', summary: 'User' },
]

/** Ids of the catalogue that are ExtendedEvent; the others are EventEx (operations.md appendix D). */
const isExtended = new RegExp('^esx\\.audit\\.(host\\.(boot|stop)|maintenancemode|ssh\\.(en|dis)abled|shell|lockdown|dcui\\.(?!login))'
  + '|^com\\.vmware\\.vc\\.HA\\.(DasHost(Failed|Isolated)Event|HostPartitionedFromMasterEvent'
  + '|HostDasAgentHealthyEvent|VcCannotFindMasterEvent)$'
  + '|^com\\.vmware\\.vcha\\.(cluster\\.state|failover)')

const made = new WeakMap<Schema, EventDescription>()

/** EventManager.description: every event type with its texts, made when it is first asked for. */
export function eventDescription(schema: Schema): EventDescription {
  let description = made.get(schema)
  if (description === undefined) {
    const standard = schema.subtypes('Event')
      .filter(type => type !== 'EventEx' && type !== 'ExtendedEvent')
      .map(type => detail(type))
    const extended = extendedIds().map(id => detail(isExtended.test(id) ? 'ExtendedEvent' : 'EventEx', id))
    description = Object.freeze({
      category: categories as ElementDescription[],
      eventInfo: [...standard, ...extended],
    })
    made.set(schema, description)
  }
  return description
}

/**
 * The arguments that the texts of an event type may name (RetrieveArgumentDescription).
 * @throws InvalidArgument for a type or id that does not exist.
 */
export function argumentDescription(schema: Schema, eventTypeId: string): EventArgDesc[] {
  const bare = eventTypeId.replace(/^vim\.event\./, '')
  const info = schema.isA(bare, 'Event') ? schema.data(bare) : undefined
  if (info !== undefined) {
    return info.properties.filter(property => property.property !== 'fullFormattedMessage')
      .map(property => ({ name: property.property, type: typeNameOf(property) }))
  }
  if (!extendedIds().includes(eventTypeId)) throw invalidArgument('eventTypeId')
  const names = [...patternOf('EventEx', eventTypeId).text.matchAll(/\{(\w+)/g)].map(match => match[1]!)
  return [...new Set(names)].map(name => ({ name, type: 'string' }))
}

function typeNameOf(property: PropertyInfo): string {
  return property.array ? `${property.name}[]` : property.name
}

function detail(key: string, id?: string): EventDescriptionEventDetail {
  const { category, text } = patternOf(key, id)
  const full = id === undefined ? text : `${id}|${text}`
  const noDatacenter = text.replace(' in {datacenter.name}', '').replace(' from {datacenter.name}', '')
  return {
    key,
    description: labelOf(id ?? key.replace(/Event$/, '')),
    category,
    formatOnDatacenter: noDatacenter,
    formatOnComputeResource: noDatacenter.replace(/ (in|on) (cluster )?\{computeResource\.name\}/, ''),
    formatOnHost: noDatacenter.replace(/ on (host )?\{host\.name\}/, ''),
    formatOnVm: noDatacenter.replace('{vm.name}', 'Virtual machine'),
    fullFormat: full,
  }
}
