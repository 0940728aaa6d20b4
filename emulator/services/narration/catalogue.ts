import { labelOf } from '../tasks/labels.js'
import { extendedPatterns } from './patterns/extended.js'
import { hostPatterns } from './patterns/host.js'
import { inventoryPatterns } from './patterns/inventory.js'
import { migrationPatterns } from './patterns/migration.js'
import type { Pattern } from './patterns/pattern.js'
import { productPatterns } from './patterns/product.js'
import { virtualMachinePatterns } from './patterns/virtual-machine.js'

const patterns: Readonly<Record<string, Pattern | undefined>> = {
  ...virtualMachinePatterns, ...migrationPatterns, ...hostPatterns, ...inventoryPatterns,
  ...productPatterns,
}

const compiled = new Map<string, readonly string[]>()
const vmEventNames = new RegExp('^(Vm|Drs(Vm|Rule|SoftRule)|Customization|Migration'
  + '|NoMaintenanceModeDrs|NotEnoughResourcesTo)')
const notVmEvents = /^VmVnicPoolReservation|^VmHealthMonitoringState/

/** True for VmEvent and the types below it, which carry `template` (operations.md appendix C). */
export function isVmEvent(type: string): boolean {
  return vmEventNames.test(type) && !notVmEvents.test(type)
}

/** Pattern and category of an event type, or of the id of an EventEx or ExtendedEvent. */
export function patternOf(type: string, eventTypeId?: string): Pattern {
  const known = eventTypeId === undefined ? patterns[type] : extendedPatterns[eventTypeId]
  if (known !== undefined) return known
  if (eventTypeId !== undefined) return { category: categoryOf(eventTypeId), text: eventTypeId }
  return { category: categoryOf(type), text: fallbackText(type) }
}

/** Ids of EventEx and ExtendedEvent with a pattern of their own. */
export function extendedIds(): string[] {
  return Object.keys(extendedPatterns)
}

/**
 * The text of an event from the pattern of its type. Placeholders name properties of the event
 * (`{vm.name}`, `{reason.msg}` for a LocalizedMethodFault) or one of `words`; what is unset stays
 * empty.
 */
export function eventMessage(
  event: Readonly<Record<string, unknown>> & { readonly _typeName: string },
  words: Readonly<Record<string, string>> = {},
): string {
  const own = event['message']
  const id = event['eventTypeId']
  const known = typeof id !== 'string' || extendedPatterns[id] !== undefined
  if (typeof own === 'string' && (!known || patterns[event._typeName] === undefined)) return own
  const { text } = patternOf(event._typeName, typeof id === 'string' ? id : undefined)
  return fill(text, { ...argumentsOf(event), ...event, ...words })
}

/** The text with its placeholders filled; shown for tests and descriptions. */
export function fill(text: string, values: Readonly<Record<string, unknown>>): string {
  let parts = compiled.get(text)
  if (parts === undefined) {
    parts = text.split(/[{}]/)
    compiled.set(text, parts)
  }
  return parts.map((part, i) => i % 2 === 0 ? part : valueAt(values, part)).join('')
}

function valueAt(values: Readonly<Record<string, unknown>>, path: string): string {
  let at: unknown = values[path]
  if (at === undefined) {
    at = values
    for (const step of path.split('.')) {
      if (step.startsWith('@')) break
      const key = step === 'msg' ? 'localizedMessage' : step
      at = (at as Record<string, unknown> | undefined)?.[key]
    }
  }
  return at === undefined || typeof at === 'object' ? '' : String(at)
}

/** The arguments of an EventEx, by key, so that its pattern can name them. */
function argumentsOf(event: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const list = event['arguments'] ?? event['data'] ?? []
  return Object.fromEntries((list as { key: string, value: unknown }[]).map(({ key, value }) => [key, value]))
}

function fallbackText(type: string): string {
  const words = labelOf(type.replace(/Event$/, ''))
  if (isVmEvent(type)) return `${words.replace(/^Vm /, 'Virtual machine ')}: {vm.name}`
  if (/^Dvs/.test(type)) return `${words}: {dvs.name}`
  if (/^DVPortgroup/.test(type)) return `${words}: {net.name}`
  if (/^Host/.test(type)) return `${words}: {host.name}`
  if (/^Cluster|^Das|^Drs/.test(type)) return `${words}: {computeResource.name}`
  return words
}

function categoryOf(type: string): Pattern['category'] {
  if (/(Fail|Error|Lost|problem|NotResponding|Overcommitted|Exceeded)/.test(type)) return 'error'
  const isWarning = /(Warning|Conflict|Violation|Insufficient|Expired|degraded)/.test(type)
  return isWarning ? 'warning' : 'info'
}
