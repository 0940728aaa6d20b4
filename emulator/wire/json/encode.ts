/**
 * Values and faults as VI-JSON (protocols.md 5.1): `_typeName` first in every data object, any
 * slots wrapped as `{ _typeName, _value }`, unset absent. Filtered by version like the SOAP answer.
 */
import {
  isEnteredObject,
  isObjectContents,
  type BulkItem,
  type EnteredObject,
  type ObjectContents,
} from '../../schema/bulk.js'
import type { Namespace, Schema, TypeRef, VersionIndex } from '../../schema/model.js'
import { morefTypeName, scalarOfXsdName, typeRefOfName, wrapperName } from '../any-types.js'
import { isWrapped, numberType } from '../any-values.js'
import { enumTexts } from '../soap/scalar-writers.js'
import type { MethodFaultValue } from '../soap/wire-fault.js'
import { Writers } from '../soap/writers.js'

type Data = Readonly<Record<string, unknown>>

const anyType: TypeRef = { kind: 'any', name: 'anyType', array: false }
const encoders = new WeakMap<Schema, Map<string, JsonEncoder>>()

/**
 * JSON text of a value in a slot of the type. Throws TypeError if the value is not of the type.
 * A `long` beyond 2^53 is written as the exact number.
 */
export function jsonEncode(
  value: unknown,
  type: TypeRef,
  schema: Schema,
  version: VersionIndex,
  namespace: Namespace = 'vim25',
): string {
  const text = encoderFor(schema, version, namespace).slot(value, type)
  return text ?? 'null'
}

/** JSON text of a MethodFault: its object with `faultstring` in it. */
export function jsonFault(
  detail: MethodFaultValue,
  faultString: string,
  schema: Schema,
  version: VersionIndex,
  namespace: Namespace = 'vim25',
): string {
  const encoder = encoderFor(schema, version, namespace)
  const text = encoder.data(detail, detail._typeName)
  const shown = JSON.stringify(faultString)
  return `${text.slice(0, -1)},"faultstring":${shown}}`
}

function encoderFor(schema: Schema, version: VersionIndex, namespace: Namespace): JsonEncoder {
  let known = encoders.get(schema)
  if (known === undefined) encoders.set(schema, (known = new Map()))
  const key = `${namespace}/${version}`
  let encoder = known.get(key)
  if (encoder === undefined) {
    encoder = new JsonEncoder(new Writers(schema, namespace, version))
    known.set(key, encoder)
  }
  return encoder
}

class JsonEncoder {
  constructor(private readonly writers: Writers) {}

  /** Text of a value in a declared slot; undefined if the version must not see it. */
  slot(value: unknown, type: TypeRef): string | undefined {
    if (isObjectContents(value)) return this.contents(value)
    if (type.array) return this.items(value, type)
    switch (type.kind) {
      case 'any':
        return this.any(value)
      case 'moref':
        return this.moref(value)
      case 'data':
        return this.data(value, type.name)
      case 'enum':
        return this.literal(value, type.name)
      default:
        return scalar(value, type)
    }
  }

  data(value: unknown, declared: string): string {
    if (isEnteredObject(value)) return this.data(enteredAsData(value), declared)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new TypeError(`${String(value)} is not a ${declared}`)
    }
    const data = value as Data
    const writer = this.writers.data((data['_typeName'] as string | undefined) ?? declared)
    let text = `{"_typeName":${JSON.stringify(writer.type.name)}`
    for (const { name, info } of writer.fields) {
      const item = data[name]
      if (item === undefined || item === null) continue
      const shown = this.slot(item, info)
      if (shown !== undefined) text += `,${JSON.stringify(name)}:${shown}`
    }
    return `${text}}`
  }

  private items(value: unknown, type: TypeRef): string {
    if (!Array.isArray(value)) throw new TypeError(`array expected, not ${typeof value}`)
    const item = { kind: type.kind, name: type.name, array: false }
    const shown = value.map((each) => this.slot(each, item)).filter((each) => each !== undefined)
    return `[${shown.join(',')}]`
  }

  private moref(value: unknown): string {
    const { type, value: id } = value as { type?: unknown; value?: unknown }
    if (typeof type !== 'string' || typeof id !== 'string') throw new TypeError('not a reference')
    const name = JSON.stringify(this.writers.managedName(type))
    return `{"_typeName":"${morefTypeName}","type":${name},"value":${JSON.stringify(id)}}`
  }

  private literal(value: unknown, name: string): string | undefined {
    const info = this.writers.enum(name)
    if (!info.values.includes(value as string)) {
      throw new TypeError(`${String(value)} is not a ${name}`)
    }
    const known = enumTexts(info, this.writers.versionIn(info.namespace)).has(value as string)
    return known ? JSON.stringify(value) : undefined
  }

  private any(value: unknown): string | undefined {
    switch (typeof value) {
      case 'string':
        return wrap('string', JSON.stringify(value))
      case 'boolean':
        return wrap('boolean', String(value))
      case 'number':
        return wrap(numberType(value), String(value))
      default:
        return this.anyObject(value)
    }
  }

  private anyObject(value: unknown): string | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new TypeError(`${String(value)} has no form for an any slot`)
    }
    if (isWrapped(value)) return this.wrapped(value._value, this.typeNamed(value._typeName))
    const name = (value as Data)['_typeName']
    return typeof name === 'string' ? this.data(value, name) : this.moref(value)
  }

  /** A typed value in an any slot. */
  private wrapped(value: unknown, type: TypeRef): string | undefined {
    if (!type.array && type.kind === 'any') return this.any(value)
    const text = this.slot(value, type)
    if (text === undefined || (!type.array && (type.kind === 'data' || type.kind === 'moref'))) {
      return text
    }
    return wrap(type.array ? wrapperName(type) : jsonName(type), text)
  }

  private typeNamed(name: string): TypeRef {
    const { schema, namespace } = this.writers
    const kind = scalarOfXsdName(name)
    if (kind !== undefined) return { kind, name: kind, array: false }
    const type = typeRefOfName(name, schema, namespace)
    if (type === undefined) throw new TypeError(`${name} is not a type`)
    return type
  }

  private contents(contents: ObjectContents): string {
    const objects: string[] = []
    for (const item of contents.items) objects.push(this.content(item))
    const list = `[${objects.join(',')}]`
    if (contents.shape === 'list') return list
    const token =
      contents.token === undefined ? '' : `"token":${JSON.stringify(contents.token)},`
    return `{"_typeName":"RetrieveResult",${token}"objects":${list}}`
  }

  private content(item: BulkItem): string {
    const propSet: string[] = []
    for (const path of item.paths.paths) {
      const value = path.read(item.props)
      if (value === undefined || value === null) continue
      const shown = this.wrapped(value, path.type ?? anyType)
      if (shown === undefined) continue
      const name = JSON.stringify(path.path)
      propSet.push(`{"_typeName":"DynamicProperty","name":${name},"val":${shown}}`)
    }
    let text = `{"_typeName":"ObjectContent","obj":${this.moref(item.ref)}`
    if (propSet.length > 0) text += `,"propSet":[${propSet.join(',')}]`
    const missing = item.missing?.map((each) => this.data(each, 'MissingProperty')) ?? []
    if (missing.length > 0) text += `,"missingSet":[${missing.join(',')}]`
    return `${text}}`
  }
}

/** The plain ObjectUpdate of an entering object. */
function enteredAsData(item: EnteredObject): Data {
  const changeSet: Data[] = []
  for (const path of item.paths.paths) {
    const value = path.read(item.props)
    if (value === undefined || value === null) continue
    changeSet.push({ name: path.path, op: 'assign', val: inAnyForm(value, path.type) })
  }
  const update = { kind: 'enter', obj: item.ref, changeSet }
  return item.missing === undefined ? update : { ...update, missingSet: item.missing }
}

function inAnyForm(value: unknown, type: TypeRef | undefined): unknown {
  if (type === undefined || (type.kind === 'any' && !type.array)) return value
  if (type.array) return { _typeName: wrapperName(type), _value: value }
  if (type.kind === 'moref') return value
  if (type.kind === 'data') return { _typeName: type.name, ...(value as Data) }
  return { _typeName: jsonName(type), _value: value }
}

function jsonName(type: TypeRef): string {
  if (type.kind === 'enum') return type.name
  const { kind } = type
  return kind === 'typeName' || kind === 'methodName' || kind === 'propertyPath' ? 'string' : kind
}

function wrap(type: string, text: string): string {
  return `{"_typeName":${JSON.stringify(type)},"_value":${text}}`
}

function scalar(value: unknown, type: TypeRef): string {
  const { kind } = type
  const long = kind === 'long' && typeof value === 'string' && /^-?\d+$/.test(value)
  if (long) return value
  const expected =
    kind === 'boolean' ? 'boolean' : numberKinds.has(kind) ? 'number' : 'string'
  if (typeof value !== expected) throw new TypeError(`${String(value)} is not a ${kind}`)
  return JSON.stringify(value)
}

const numberKinds: ReadonlySet<string> = new Set([
  'byte',
  'short',
  'int',
  'long',
  'float',
  'double',
])
