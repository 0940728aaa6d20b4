/**
 * XML Schema files of the vim25 service, written from the type tables for one product version.
 * Every name comes from the tables and is an XML name, so that nothing needs escaping.
 */

import type {
  DataTypeInfo, EnumInfo, MethodInfo, PropertyInfo, TypeRef, VersionIndex,
} from '../../schema/model.js'
import type { DocumentedSchema, SchemaGroup } from '../../schema/schema.js'

/** The schema a file set is written from, and the version that limits what it shows. */
export interface Published {
  readonly schema: DocumentedSchema
  readonly version: VersionIndex
}

const XSD = 'http://www.w3.org/2001/XMLSchema'

/**
 * Files that the file of a group builds on. All share the namespace urn:vim25, the reflection types
 * too: suds numbers prefixes by sorted namespace, and oslo.vmware relies on ns0 being urn:vim25.
 */
const DEPENDS: Readonly<Record<string, readonly string[]>> = {
  'query-types.xsd': ['core-types.xsd'],
  'vim-types.xsd': ['query-types.xsd', 'core-types.xsd'],
  'query-messagetypes.xsd': ['query-types.xsd', 'core-types.xsd'],
  'vim-messagetypes.xsd': ['vim-types.xsd', 'query-types.xsd', 'core-types.xsd'],
  'reflect-types.xsd': ['core-types.xsd'],
  'reflect-messagetypes.xsd': ['reflect-types.xsd', 'core-types.xsd'],
}

const MOREF = '<complexType name="ManagedObjectReference"><simpleContent>'
  + '<extension base="xsd:string"><attribute name="type" type="xsd:string"/>'
  + '<attribute name="serverGuid" type="xsd:string"/></extension></simpleContent></complexType>'

const XSD_ARRAYS = [
  'boolean', 'byte', 'short', 'int', 'long', 'float', 'double', 'string', 'dateTime',
  'base64Binary', 'anyURI', 'anyType',
]

/** Wrap declarations as the schema document of a file. */
export function schemaDocument(file: string, declarations: readonly string[]): string {
  const includes = (DEPENDS[file] ?? []).map((name) => `<include schemaLocation="${name}"/>`)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<schema targetNamespace="urn:vim25" xmlns="${XSD}" xmlns:vim25="urn:vim25" `
      + `xmlns:xsd="${XSD}" elementFormDefault="qualified">`,
    ...includes,
    ...declarations,
    '</schema>',
    '',
  ].join('\n')
}

/** Declarations of every type of a group that the version knows. */
export function typeDeclarations(from: Published, group: SchemaGroup): string[] {
  const { schema, version } = from
  const arrays = arrayTypes(from)
  const shown = [...schema.names('data'), ...schema.names('enum')].sort()
    .filter((name) => schema.group(name) === group)
    .map((name) => schema.type(name, 'vim25'))
    .filter((type) => type !== undefined && type.kind !== 'managed')
    .filter((type) => type.since <= version)
  const declared = shown.flatMap((type) => [
    type.kind === 'data' ? complexType(from, type) : simpleType(type, version),
    ...(arrays.has(type.name) ? [arrayDeclaration(type.name, `vim25:${type.name}`)] : []),
  ])
  return group === 'core' ? [MOREF, ...plainArrays(), ...declared] : declared
}

/** Request and response elements of methods; the request's type is named without `_Task`. */
export function messageDeclarations(from: Published, methods: readonly MethodInfo[]): string[] {
  return methods.flatMap((method) => [
    complexBody(requestType(method), [
      element('_this', 'vim25:ManagedObjectReference', false, false),
      ...method.params.filter((param) => param.since <= from.version)
        .map((param) => propertyElement(param)),
    ]),
    `<element name="${method.name}" type="vim25:${requestType(method)}"/>`,
    `<element name="${method.name}Response"><complexType><sequence>`
      + (method.result === undefined ? '' : resultElement(method.result))
      + '</sequence></complexType></element>',
  ])
}

function requestType(method: MethodInfo): string {
  return `${method.name.replace(/_Task$/, '')}RequestType`
}

function complexType(from: Published, type: DataTypeInfo): string {
  const inherited = type.base?.properties.length ?? 0
  const own = type.properties.slice(inherited)
    .filter((property) => property.since <= from.version)
    .map((property) => propertyElement(property))
  if (type.base === undefined) return complexBody(type.name, own)
  return `<complexType name="${type.name}"><complexContent>`
    + `<extension base="vim25:${type.base.name}">`
    + `<sequence>${own.join('')}</sequence></extension></complexContent></complexType>`
}

function complexBody(name: string, elements: readonly string[]): string {
  return `<complexType name="${name}"><sequence>${elements.join('')}</sequence></complexType>`
}

function simpleType(type: EnumInfo, version: VersionIndex): string {
  const values = type.values.filter((value) => (type.valueSince.get(value) ?? 0) <= version)
  return `<simpleType name="${type.name}"><restriction base="xsd:string">`
    + values.map((value) => `<enumeration value="${value}"/>`).join('')
    + '</restriction></simpleType>'
}

function propertyElement(property: PropertyInfo): string {
  return element(property.property, typeName(property), property.optional, property.array)
}

function resultElement(result: NonNullable<MethodInfo['result']>): string {
  return element('returnval', typeName(result), result.optional, result.array)
}

function element(name: string, type: string, optional: boolean, array: boolean): string {
  const least = optional ? ' minOccurs="0"' : ''
  const most = array ? ' maxOccurs="unbounded"' : ''
  return `<element name="${name}" type="${type}"${least}${most}/>`
}

function typeName(reference: TypeRef): string {
  switch (reference.kind) {
    case 'moref': return 'vim25:ManagedObjectReference'
    case 'data':
    case 'enum': return `vim25:${reference.name}`
    default: return `xsd:${reference.name}`
  }
}

/** Names of the data types and enums that some property, parameter or result repeats. */
function arrayTypes({ schema }: Published): ReadonlySet<string> {
  const found = new Set<string>()
  const note = (reference: TypeRef | undefined) => {
    if (reference?.array && reference.kind !== 'moref') found.add(reference.name)
  }
  for (const name of schema.names('data')) schema.data(name, 'vim25')?.properties.forEach(note)
  for (const name of schema.names('managed')) {
    const type = schema.managed(name, 'vim25')
    type?.properties.forEach(note)
    for (const method of type?.ownMethods ?? []) {
      [...method.params, method.result, method.taskResult].forEach(note)
    }
  }
  return found
}

function plainArrays(): string[] {
  return [
    arrayDeclaration('ManagedObjectReference', 'vim25:ManagedObjectReference'),
    ...XSD_ARRAYS.map((name) => arrayDeclaration(name, `xsd:${name}`)),
  ]
}

/** `ArrayOfString` for `string`; base64Binary and anyURI are named for their VMODL types. */
function arrayDeclaration(name: string, type: string): string {
  const item = name === 'base64Binary' ? 'Binary' : name === 'anyURI' ? 'URI' : name
  const title = item.charAt(0).toUpperCase() + item.slice(1)
  return complexBody(`ArrayOf${title}`, [element(name, type, true, true)])
}
