/** VI-JSON bodies to arguments in memory, checked against the schema (protocols.md 5.1). */
import type {
  DataTypeInfo,
  MethodInfo,
  MoRef,
  Namespace,
  PropertyInfo,
  Schema,
  TypeRef,
  VersionIndex,
} from '../../schema/model.js'
import { morefTypeName, scalarOfXsdName, typeRefOfName, wrapperName } from '../any-types.js'
import { wrapAny } from '../any-values.js'
import { normalizeDateTime } from '../date-time.js'
import { isScalar, parseScalar, type ScalarKind } from '../scalars.js'
import { invalidRequest } from '../soap/wire-fault.js'

type Json = Readonly<Record<string, unknown>>

const maxDepth = 100

/**
 * The arguments of a method from a request body; an empty body has none. Throws WireFault
 * (InvalidRequest) for text that is not JSON and for values that are not of the declared types.
 */
export function jsonDecodeArgs(
  method: MethodInfo,
  body: Buffer,
  schema: Schema,
  version: VersionIndex,
  namespace: Namespace = 'vim25',
): Record<string, unknown> {
  const decoder = new JsonDecoder(schema, namespace, version)
  const parsed = body.length === 0 ? {} : parse(body)
  return decoder.slots(parsed, method.params, method.name, 'parameter', 0)
}

function parse(body: Buffer): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
    return JSON.parse(/\d{16}/.test(text) ? quoteLongIntegers(text) : text)
  } catch (error) {
    throw invalidRequest(`Parse error: ${error instanceof Error ? error.message : 'no JSON'}`)
  }
}

/** Integers that JSON.parse would round become strings, which a `long` accepts. */
function quoteLongIntegers(text: string): string {
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs
  return text.replace(token, (found) => {
    if (found.startsWith('"') || !/^-?\d{16,}$/.test(found)) return found
    return Number.isSafeInteger(Number(found)) ? found : `"${found}"`
  })
}

class JsonDecoder {
  constructor(
    private readonly schema: Schema,
    private readonly namespace: Namespace,
    private readonly version: VersionIndex,
  ) {}

  /** The members of an object as slots of a type or method. */
  slots(
    value: unknown,
    slots: readonly PropertyInfo[],
    owner: string,
    what: string,
    depth: number,
  ): Record<string, unknown> {
    const source = objectOf(value, owner)
    const result: Record<string, unknown> = {}
    for (const name of Object.keys(source)) {
      if (name === '_typeName' || name === '_this') continue
      const slot = slots.find((each) => each.property === name)
      if (slot === undefined) throw invalidRequest(`Unknown ${what} ${name} of ${owner}`)
      const item = source[name]
      if (item !== null) result[name] = this.slot(item, slot, `${what} ${name} of ${owner}`, depth)
    }
    for (const slot of slots) {
      if (slot.optional || slot.since > this.version || slot.property in result) continue
      if (!slot.array) {
        throw invalidRequest(`Required ${what} ${slot.property} of ${owner} is missing`)
      }
      result[slot.property] = []
    }
    return result
  }

  private slot(value: unknown, type: TypeRef, what: string, depth: number): unknown {
    if (depth > maxDepth) throw invalidRequest(`Values nested deeper than ${maxDepth}`)
    if (type.array) {
      if (!Array.isArray(value)) throw invalidRequest(`The ${what} is not an array`)
      const item = { kind: type.kind, name: type.name, array: false }
      return value.map((each) => this.slot(each, item, what, depth + 1))
    }
    switch (type.kind) {
      case 'any':
        return this.any(value, what, depth)
      case 'moref':
        return this.moref(value, type.name, what)
      case 'data':
        return this.data(value, type.name, what, depth)
      case 'enum':
        return this.literal(value, type.name, what)
      default:
        return scalar(value, type.kind, what)
    }
  }

  private data(value: unknown, declared: string, what: string, depth: number): unknown {
    const source = objectOf(value, what)
    const named = source['_typeName']
    const base = this.dataType(declared, what)
    const actual = typeof named === 'string' ? this.dataType(named, what) : base
    if (actual !== base && !this.schema.isA(actual.name, declared)) {
      throw invalidRequest(`Type ${actual.name} of the ${what} is not a ${declared}`)
    }
    const marked = actual !== base || base.hasSubtypes
    const slots = this.slots(source, actual.properties, actual.name, 'property', depth + 1)
    return marked ? { _typeName: actual.name, ...slots } : slots
  }

  private dataType(name: string, what: string): DataTypeInfo {
    const found = this.schema.data(name, this.namespace) ?? this.schema.data(name)
    if (found === undefined) throw invalidRequest(`Unknown type ${name} of the ${what}`)
    return found
  }

  private moref(value: unknown, declared: string, what: string): MoRef {
    const { type, value: id } = objectOf(value, what)
    if (typeof type !== 'string' || typeof id !== 'string' || id === '') {
      throw invalidRequest(`The ${what} is not a reference`)
    }
    const { schema } = this
    const found = schema.managed(type, this.namespace) ?? schema.managed(type)
    if (found === undefined) throw invalidRequest(`Unknown managed type "${type}" of the ${what}`)
    const related =
      declared === 'ManagedObject' || schema.isA(type, declared) || schema.isA(declared, type)
    if (!related) {
      throw invalidRequest(`Reference to a ${type} where a ${declared} is expected: ${what}`)
    }
    return { type, value: id }
  }

  private literal(value: unknown, name: string, what: string): string {
    const info = this.schema.enum(name, this.namespace) ?? this.schema.enum(name)
    if (typeof value !== 'string' || info?.values.includes(value) !== true) {
      throw invalidRequest(`Value ${JSON.stringify(value)} of the ${what} is not a valid ${name}`)
    }
    return value
  }

  private any(value: unknown, what: string, depth: number): unknown {
    if (typeof value !== 'object' || value === null) return bare(value, what)
    const source = objectOf(value, what)
    const name = source['_typeName']
    if (typeof name !== 'string') throw invalidRequest(`The ${what} has no _typeName`)
    if (name === morefTypeName) return this.moref(source, 'ManagedObject', what)
    const type = this.typeNamed(name, what)
    if (type.kind === 'data' && !type.array) {
      const slots = this.data(source, type.name, what, depth)
      return { _typeName: type.name, ...(slots as Json) }
    }
    const inner = this.slot(source['_value'], type, what, depth + 1)
    if (type.array) return { _typeName: wrapperName(type), _value: inner }
    return wrapAny(type.kind === 'enum' ? type.name : type.kind, inner)
  }

  private typeNamed(name: string, what: string): TypeRef {
    const kind = scalarOfXsdName(name)
    if (kind !== undefined) return { kind, name, array: false }
    const type = typeRefOfName(name, this.schema, this.namespace)
    if (type === undefined) throw invalidRequest(`Unknown type ${name} of the ${what}`)
    return type
  }
}

/** A primitive without wrapper, as lenient readers take it. */
function bare(value: unknown, what: string): unknown {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw invalidRequest(`The ${what} has no value`)
}

function scalar(value: unknown, kind: ScalarKind, what: string): unknown {
  if (kind === 'long' && typeof value === 'string') {
    const long = parseScalar('long', value)
    if (long !== undefined) return long
  } else if (kind === 'dateTime' && typeof value === 'string') {
    const moment = normalizeDateTime(value)
    if (moment !== undefined) return moment
  } else if (isScalar(kind, value)) {
    return value
  }
  throw invalidRequest(`Value ${JSON.stringify(value)} of the ${what} is not a valid ${kind}`)
}

function objectOf(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  throw invalidRequest(`The value of ${what} is not an object`)
}
