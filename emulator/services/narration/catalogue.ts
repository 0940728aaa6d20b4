import { labelOf } from '../tasks/labels.js'
import { extendedPatterns } from './patterns/extended.js'
import { haVmClassPatterns } from './patterns/ha-vms.js'
import { hostPatterns } from './patterns/host.js'
import { inventoryPatterns } from './patterns/inventory.js'
import { migrationPatterns } from './patterns/migration.js'
import type { Pattern } from './patterns/pattern.js'
import { productPatterns } from './patterns/product.js'
import { virtualMachinePatterns } from './patterns/virtual-machine.js'

const patterns: Readonly<Record<string, Pattern | undefined>> = {
  ...virtualMachinePatterns, ...migrationPatterns, ...hostPatterns, ...haVmClassPatterns,
  ...inventoryPatterns,
  ...productPatterns,
}

/** A text cut at its placeholders: every second part is one, with the steps of its path. */
interface Part {
  readonly text: string
  readonly steps: readonly string[]
}

type Values = Readonly<Record<string, unknown>>

const compiled = new Map<string, readonly Part[]>()
const vmEvents = new Map<string, boolean>()
const vmEventNames = new RegExp('^(Vm|Drs(Vm|Rule|SoftRule)|Customization|Migration'
  + '|NoMaintenanceModeDrs|NotEnoughResourcesTo)')
const notVmEvents = /^VmVnicPoolReservation|^VmHealthMonitoringState/

/** True for VmEvent and the types below it, which carry `template` (operations.md appendix C). */
export function isVmEvent(type: string): boolean {
  let known = vmEvents.get(type)
  if (known === undefined) {
    known = vmEventNames.test(type) && !notVmEvents.test(type)
    vmEvents.set(type, known)
  }
  return known
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
  return fill(text, [words, event, argumentsOf(event)])
}

/** The text with its placeholders filled from the first of the layers that has the value. */
function fill(text: string, layers: readonly Values[]): string {
  let filled = ''
  const parts = partsOf(text)
  for (let i = 0; i < parts.length; i += 1) {
    filled += i % 2 === 0 ? parts[i]!.text : valueAt(layers, parts[i]!)
  }
  return filled
}

function partsOf(text: string): readonly Part[] {
  let parts = compiled.get(text)
  if (parts === undefined) {
    parts = text.split(/[{}]/).map(part => ({ text: part, steps: stepsOf(part) }))
    compiled.set(text, parts)
  }
  return parts
}

function stepsOf(path: string): string[] {
  const steps = path.split('.')
  const end = steps.findIndex(step => step.startsWith('@'))
  return (end < 0 ? steps : steps.slice(0, end)).map(step => step === 'msg' ? 'localizedMessage' : step)
}

function valueAt(layers: readonly Values[], { text, steps }: Part): string {
  let at = valueOf(layers, text)
  if (at === undefined && steps.length > 0) {
    at = valueOf(layers, steps[0]!)
    for (let i = 1; i < steps.length; i += 1) at = (at as Values | undefined)?.[steps[i]!]
  }
  return at === undefined || typeof at === 'object' ? '' : String(at)
}

function valueOf(layers: readonly Values[], key: string): unknown {
  for (const layer of layers) {
    if (layer[key] !== undefined) return layer[key]
  }
  return undefined
}

const noArguments: Values = {}

/** The arguments of an EventEx, by key, so that its pattern can name them. */
function argumentsOf(event: Values): Values {
  const list = event['arguments'] ?? event['data']
  if (list === undefined) return noArguments
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
