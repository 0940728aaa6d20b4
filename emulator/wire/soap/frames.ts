/**
 * Readers of single elements, stacked as the elements nest. Each is opened with the type its slot
 * has in the schema and yields a value in the form of decision 0002; no generic tree is built.
 */
import type {
  DataTypeInfo,
  EnumInfo,
  MoRef,
  Namespace,
  PropertyInfo,
  Schema,
  TypeRef,
  VersionIndex,
} from '../../schema/model.js'
import { lineAndColumn } from '../xml.js'
import { XSI, type XmlElement } from '../xml-model.js'
import { scalarOfXsdName, typeRefOfName, wrapperName } from '../any-types.js'
import { parseScalar, type ScalarKind } from '../scalars.js'
import { wrapAny } from '../any-values.js'
import { invalidRequest, type WireFault } from './wire-fault.js'

/** The reader of one element, from its start tag to its end tag. */
export interface Frame {
  /** A child begins: the reader for it. */
  child(element: XmlElement): Frame
  text(value: string): void
  /** The child that began last has ended with this value; undefined means unset. */
  take(value: unknown): void
  /** The element has ended; `end` is the offset behind its end tag. */
  end(end: number): unknown
}

/** What every reader of one request shares. */
export class DecodeContext {
  source = ''

  constructor(
    readonly schema: Schema,
    public namespace: Namespace,
    public version: VersionIndex,
  ) {}

  /** InvalidRequest with the place in the request appended. */
  error(message: string, offset: number): WireFault {
    return invalidRequest(`${message} at ${this.place(offset)}`)
  }

  place(offset: number): string {
    const { line, column } = lineAndColumn(this.source, offset)
    return `line ${line}, column ${column}`
  }

  data(name: string): DataTypeInfo | undefined {
    return this.schema.data(name, this.namespace) ?? this.schema.data(name)
  }

  enum(name: string): EnumInfo | undefined {
    return this.schema.enum(name, this.namespace) ?? this.schema.enum(name)
  }
}

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
  if (type.kind === 'data') return new DataFrame(context, dataType(context, type.name, element), true, element)
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

abstract class LeafFrame implements Frame {
  protected content = ''
  protected readonly offset: number
  private readonly local: string

  constructor(
    protected readonly context: DecodeContext,
    element: XmlElement,
  ) {
    this.offset = element.offset
    this.local = element.local
  }

  child(element: XmlElement): Frame {
    throw this.context.error(`Unexpected element ${element.local}`, element.offset)
  }

  text(value: string): void {
    this.content = this.content === '' ? value : this.content + value
  }

  take(): void {}

  abstract end(): unknown

  protected reject(type: string): never {
    const shown = this.content.length > 64 ? `${this.content.slice(0, 64)}...` : this.content
    throw this.context.error(`Value "${shown}" of ${this.local} is not a valid ${type}`, this.offset)
  }
}

class ScalarFrame extends LeafFrame {
  constructor(
    context: DecodeContext,
    private readonly kind: ScalarKind,
    element: XmlElement,
  ) {
    super(context, element)
  }

  end(): unknown {
    const value = parseScalar(this.kind, this.content)
    if (value === undefined) this.reject(this.kind)
    return typeof value === 'string' ? detach(value) : value
  }
}

class EnumFrame extends LeafFrame {
  constructor(
    context: DecodeContext,
    private readonly name: string,
    element: XmlElement,
  ) {
    super(context, element)
  }

  end(): string {
    const literal = this.content.trim()
    const values = this.context.enum(this.name)?.values
    const at = values?.indexOf(literal) ?? -1
    return values?.[at] ?? this.reject(this.name)
  }
}

/** `<host type="HostSystem">host-16</host>`; `xsi:type` and `serverGuid` are ignored. */
export class MoRefFrame extends LeafFrame {
  private readonly type: string | undefined

  constructor(
    context: DecodeContext,
    private readonly declared: string,
    element: XmlElement,
  ) {
    super(context, element)
    this.type = element.attribute('type')?.trim()
  }

  end(): MoRef {
    const value = this.content.trim()
    if (value === '') throw this.context.error('Managed object reference without a value', this.offset)
    return { type: this.checkedType(), value: detach(value) }
  }

  private checkedType(): string {
    const { type, declared } = this
    const { schema, namespace } = this.context
    if (type === undefined) return declared
    const found = schema.managed(type, namespace) ?? schema.managed(type)
    if (found === undefined) throw this.context.error(`Unknown managed type "${type}"`, this.offset)
    const name = found.name
    if (declared === 'ManagedObject' || declared === '' || name === declared) return name
    if (schema.isA(name, declared) || schema.isA(declared, name)) return name
    throw this.context.error(`Reference to a ${name} where a ${declared} is expected`, this.offset)
  }
}

const propertyMaps = new WeakMap<object, ReadonlyMap<string, PropertyInfo>>()

/** Properties or parameters by name; kept per list. */
export function propertyMap(list: readonly PropertyInfo[]): ReadonlyMap<string, PropertyInfo> {
  let map = propertyMaps.get(list)
  if (map === undefined) {
    map = new Map(list.map((p) => [p.property, p]))
    propertyMaps.set(list, map)
  }
  return map
}

/** Values of named slots in any order: arrays repeat, scalars may not. */
export class SlotValues {
  readonly values: Record<string, unknown> = {}
  private pending: PropertyInfo | undefined
  private readonly byName: ReadonlyMap<string, PropertyInfo>

  constructor(
    private readonly context: DecodeContext,
    private readonly slots: readonly PropertyInfo[],
    private readonly owner: string,
    private readonly what: 'property' | 'parameter',
  ) {
    this.byName = propertyMap(slots)
  }

  open(element: XmlElement): Frame {
    const slot = this.byName.get(element.local)
    if (slot === undefined) return this.unknown(element)
    this.pending = slot
    if (!slot.array && this.values[slot.property] !== undefined) {
      throw this.context.error(
        `Duplicate ${this.what} ${slot.property} of ${this.owner}`,
        element.offset,
      )
    }
    return openSlot(this.context, slot, element)
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
    for (const slot of this.slots) {
      if (slot.optional || this.values[slot.property] !== undefined) continue
      if (slot.since > this.context.version) continue
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

/** A scalar or enum of an any slot, put into the form decision 0002 gives it there. */
class WrapFrame implements Frame {
  constructor(
    private readonly inner: LeafFrame,
    private readonly type: string,
  ) {}

  child(element: XmlElement): Frame {
    return this.inner.child(element)
  }

  text(value: string): void {
    this.inner.text(value)
  }

  take(): void {}

  end(): unknown {
    return wrapAny(this.type, this.inner.end())
  }
}

/** Reads past an element whose content does not matter. */
export class SkipFrame implements Frame {
  child(): Frame {
    return this
  }

  text(): void {}

  take(): void {}

  end(): undefined {
    return undefined
  }
}

/** Only white space may stand between the elements of an object. */
export function rejectText(context: DecodeContext, value: string, offset: number): void {
  if (/[^ \t\r\n]/.test(value)) throw context.error('Unexpected text', offset)
}

/** A copy that does not keep the request body alive (performance.md section 1, "Pitfall"). */
export function detach(text: string): string {
  return text.length < 13 ? text : ` ${text}`.slice(1)
}

