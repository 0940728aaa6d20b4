/**
 * Names of types in slots of type xsd:anyType (protocols.md 1.7): the XML Schema name of each
 * scalar, the `ArrayOf…` wrappers, and the names VI-JSON uses for the same (protocols.md 5.1).
 */
import type { Namespace, Schema, TypeRef } from '../schema/model.js'
import type { ScalarKind } from './scalars.js'

/** Scalar kind to its XML Schema local name; also the tag of its items in an ArrayOf wrapper. */
const xsdNames: Readonly<Record<ScalarKind, string>> = {
  boolean: 'boolean',
  byte: 'byte',
  short: 'short',
  int: 'int',
  long: 'long',
  float: 'float',
  double: 'double',
  string: 'string',
  dateTime: 'dateTime',
  binary: 'base64Binary',
  anyURI: 'anyURI',
  typeName: 'string',
  methodName: 'string',
  propertyPath: 'string',
}

const byXsdName: ReadonlyMap<string, ScalarKind> = new Map<string, ScalarKind>([
  ['boolean', 'boolean'],
  ['byte', 'byte'],
  ['short', 'short'],
  ['int', 'int'],
  ['integer', 'long'],
  ['long', 'long'],
  ['unsignedByte', 'short'],
  ['unsignedShort', 'int'],
  ['unsignedInt', 'long'],
  ['float', 'float'],
  ['double', 'double'],
  ['decimal', 'double'],
  ['string', 'string'],
  ['dateTime', 'dateTime'],
  ['base64Binary', 'binary'],
  ['binary', 'binary'],
  ['anyURI', 'anyURI'],
])

const wrapperNames: ReadonlyMap<string, ScalarKind> = new Map<string, ScalarKind>([
  ['Boolean', 'boolean'],
  ['Byte', 'byte'],
  ['Short', 'short'],
  ['Int', 'int'],
  ['Long', 'long'],
  ['Float', 'float'],
  ['Double', 'double'],
  ['String', 'string'],
  ['DateTime', 'dateTime'],
  ['Base64Binary', 'binary'],
  ['Binary', 'binary'],
  ['AnyURI', 'anyURI'],
])

export const morefTypeName = 'ManagedObjectReference'

/** `xsd:` name of a scalar kind, without prefix. */
export function xsdName(kind: ScalarKind): string {
  return xsdNames[kind]
}

/** Scalar kind of an XML Schema type name (without prefix), if it is one. */
export function scalarOfXsdName(local: string): ScalarKind | undefined {
  return byXsdName.get(local)
}

export function isScalarKind(kind: TypeRef['kind']): kind is ScalarKind {
  return kind !== 'any' && kind !== 'moref' && kind !== 'data' && kind !== 'enum'
}

/** Tag of the items of an array of this type in an any slot: the item's WSDL type name. */
export function itemTag(type: TypeRef): string {
  if (type.kind === 'any') return 'anyType'
  if (type.kind === 'moref') return morefTypeName
  return isScalarKind(type.kind) ? xsdNames[type.kind] : type.name
}

/** Name of the wrapper type of an array: `ArrayOfString`, `ArrayOfVirtualDevice`. */
export function wrapperName(type: TypeRef): string {
  const tag = itemTag(type)
  return `ArrayOf${tag.charAt(0).toUpperCase()}${tag.slice(1)}`
}

/** A type named in an any slot, as a reference; `array` is true for an ArrayOf wrapper. */
export function typeRefOfName(
  name: string,
  schema: Schema,
  namespace: Namespace,
): TypeRef | undefined {
  if (name.startsWith('ArrayOf')) {
    const item = itemTypeRef(name.slice(7), schema, namespace)
    if (item !== undefined) return { ...item, array: true }
  }
  if (name === morefTypeName) return { kind: 'moref', name: 'ManagedObject', array: false }
  return namedType(name, schema, namespace)
}

function itemTypeRef(name: string, schema: Schema, namespace: Namespace): TypeRef | undefined {
  if (name === 'AnyType') return { kind: 'any', name: 'anyType', array: false }
  if (name === morefTypeName) return { kind: 'moref', name: 'ManagedObject', array: false }
  const scalar = wrapperNames.get(name)
  if (scalar !== undefined) return { kind: scalar, name: xsdNames[scalar], array: false }
  return namedType(name, schema, namespace)
}

function namedType(name: string, schema: Schema, namespace: Namespace): TypeRef | undefined {
  if ((schema.data(name, namespace) ?? schema.data(name)) !== undefined) {
    return { kind: 'data', name, array: false }
  }
  if ((schema.enum(name, namespace) ?? schema.enum(name)) !== undefined) {
    return { kind: 'enum', name, array: false }
  }
  return undefined
}
