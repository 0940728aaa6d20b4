/**
 * Readers of elements by the type their slot has in the schema. They are stacked as the elements
 * nest and yield values in the form of decision 0002; no generic tree is built.
 */
import type { DataTypeInfo, PropertyInfo, TypeRef } from '../../schema/model.js'
import { scalarOfXsdName, typeRefOfName, wrapperName } from '../any-types.js'
import { XSI, type XmlElement } from '../xml-model.js'
import { rejectText, SkipFrame, type DecodeContext, type Frame } from './frame.js'
import { EnumFrame, MoRefFrame, ScalarFrame, WrapFrame } from './leaf-frames.js'

/** A reader for a slot of the given type; its value is undefined for `xsi:nil`. */
export function openSlot(context: DecodeContext, type: TypeRef, element: XmlElement): Frame {
  if (element.hasAttributes) {
    const nil = element.attribute('nil', XSI)
    if (nil === 'true' || nil === '1') return new SkipFrame()
  }
  switch (type.kind) {
    case 'any':
      return openAny(context, element)
    case 'moref':
      return new MoRefFrame(context, type.name, element)
    case 'data':
      return openData(context, type.name, element)
    case 'enum':
      return new EnumFrame(context, type.name, element)
    default:
      return new ScalarFrame(context, type.kind, element)
  }
}

/** The local part of `xsi:type`; any prefix is accepted, declared or not (protocols.md 1.1). */
function xsiType(element: XmlElement): string | undefined {
  if (!element.hasAttributes) return undefined
  const written = element.attribute('type', XSI)?.trim()
  return written === undefined ? undefined : written.slice(written.indexOf(':') + 1)
}

function openAny(context: DecodeContext, element: XmlElement): Frame {
  const name = xsiType(element)
  if (name === undefined) return new ScalarFrame(context, 'string', element)
  const scalar = scalarOfXsdName(name)
  if (scalar !== undefined) return new WrapFrame(new ScalarFrame(context, scalar, element), scalar)
  const type = typeRefOfName(name, context.schema, context.namespace)
  if (type === undefined) throw context.error(`Unknown type ${name} in xsi:type`, element.offset)
  if (type.array) return new ArrayFrame(context, type, element)
  if (type.kind === 'data') {
    return new DataFrame(context, dataType(context, type.name, element), true, element)
  }
  if (type.kind === 'enum') {
    return new WrapFrame(new EnumFrame(context, type.name, element), type.name)
  }
  return new MoRefFrame(context, type.name, element)
}

function openData(context: DecodeContext, declared: string, element: XmlElement): Frame {
  const base = dataType(context, declared, element)
  const name = xsiType(element)
  if (name === undefined || name === declared) {
    return new DataFrame(context, base, base.hasSubtypes, element)
  }
  const actual = dataType(context, name, element)
  if (!context.schema.isA(name, declared)) {
    throw context.error(`Type ${name} is not a ${declared}`, element.offset)
  }
  return new DataFrame(context, actual, true, element)
}

function dataType(context: DecodeContext, name: string, element: XmlElement): DataTypeInfo {
  const found = context.data(name)
  if (found === undefined) throw context.error(`Unknown type ${name}`, element.offset)
  return found
}

/** What reading needs of a list of properties or parameters, kept per list. */
interface SlotTable {
  readonly byName: ReadonlyMap<string, IndexedSlot>
  readonly required: readonly PropertyInfo[]
}

interface IndexedSlot {
  readonly info: PropertyInfo
  /** Bit in the mask of what was seen; 0 for arrays, which may repeat, and from the 32nd on. */
  readonly bit: number
}

const slotTables = new WeakMap<object, SlotTable>()

function slotTable(list: readonly PropertyInfo[]): SlotTable {
  let table = slotTables.get(list)
  if (table === undefined) {
    const indexed = list.map((info, i): [string, IndexedSlot] => [
      info.property,
      { info, bit: info.array || i > 30 ? 0 : 1 << i },
    ])
    table = { byName: new Map(indexed), required: list.filter((info) => !info.optional) }
    slotTables.set(list, table)
  }
  return table
}

/** Values of named slots in any order: arrays repeat, scalars may not. */
export class SlotValues {
  readonly values: Record<string, unknown> = {}
  private pending: PropertyInfo | undefined
  private seen = 0
  private readonly table: SlotTable

  constructor(
    private readonly context: DecodeContext,
    slots: readonly PropertyInfo[],
    private readonly owner: string,
    private readonly what: 'property' | 'parameter',
  ) {
    this.table = slotTable(slots)
  }

  open(element: XmlElement): Frame {
    const slot = this.table.byName.get(element.local)
    if (slot === undefined) return this.unknown(element)
    const { info, bit } = slot
    this.pending = info
    if (bit === 0 ? this.repeats(info) : (this.seen & bit) !== 0) {
      const message = `Duplicate ${this.what} ${info.property} of ${this.owner}`
      throw this.context.error(message, element.offset)
    }
    this.seen |= bit
    return openSlot(this.context, info, element)
  }

  private repeats(info: PropertyInfo): boolean {
    return !info.array && this.values[info.property] !== undefined
  }

  take(value: unknown): void {
    const slot = this.pending
    if (slot === undefined || value === undefined) return
    if (!slot.array) {
      this.values[slot.property] = value
      return
    }
    const list = this.values[slot.property]
    if (Array.isArray(list)) list.push(value)
    else this.values[slot.property] = [value]
  }

  /** Checks that nothing required is missing; a required array that was not sent is empty. */
  finish(offset: number): Record<string, unknown> {
    for (const slot of this.table.required) {
      if (this.values[slot.property] !== undefined || slot.since > this.context.version) continue
      if (slot.array) this.values[slot.property] = []
      else this.missing(slot, offset)
    }
    return this.values
  }

  private missing(slot: PropertyInfo, offset: number): never {
    const { what, owner } = this
    throw this.context.error(`Required ${what} ${slot.property} of ${owner} is missing`, offset)
  }

  /** The two properties every data object has in principle are ignored; others are refused. */
  private unknown(element: XmlElement): Frame {
    const { local, offset } = element
    if (local !== 'dynamicType' && local !== 'dynamicProperty') {
      throw this.context.error(`Unknown ${this.what} ${local} of ${this.owner}`, offset)
    }
    this.pending = undefined
    return new SkipFrame()
  }
}

class DataFrame implements Frame {
  private readonly slots: SlotValues
  private readonly offset: number

  constructor(
    private readonly context: DecodeContext,
    type: DataTypeInfo,
    named: boolean,
    element: XmlElement,
  ) {
    this.offset = element.offset
    this.slots = new SlotValues(context, type.properties, type.name, 'property')
    if (named) this.slots.values['_typeName'] = type.name
  }

  child(element: XmlElement): Frame {
    return this.slots.open(element)
  }

  text(value: string): void {
    rejectText(this.context, value, this.offset)
  }

  take(value: unknown): void {
    this.slots.take(value)
  }

  end(): unknown {
    return this.slots.finish(this.offset)
  }
}

/** An `ArrayOf…` value of an any slot; the tags of its items carry no meaning. */
class ArrayFrame implements Frame {
  private readonly items: unknown[] = []
  private readonly item: TypeRef
  private readonly offset: number

  constructor(
    private readonly context: DecodeContext,
    type: TypeRef,
    element: XmlElement,
  ) {
    this.item = { kind: type.kind, name: type.name, array: false }
    this.offset = element.offset
  }

  child(element: XmlElement): Frame {
    return openSlot(this.context, this.item, element)
  }

  text(value: string): void {
    rejectText(this.context, value, this.offset)
  }

  take(value: unknown): void {
    if (value !== undefined) this.items.push(value)
  }

  end(): unknown {
    return { _typeName: wrapperName(this.item), _value: this.items }
  }
}
