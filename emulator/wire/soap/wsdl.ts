/**
 * The WSDL set of the vim25 service (protocols.md 2.2): a tiny service document, the interface with
 * one operation a method, and the schema files it includes. Clients built on it (suds, JAX-WS)
 * read it before their first call. Written from the type tables for the product's version, file by
 * file, when first asked for.
 */

import type { MethodInfo } from '../../schema/model.js'
import type { DocumentedSchema, SchemaGroup } from '../../schema/schema.js'
import { messageDeclarations, schemaDocument, typeDeclarations } from './xsd.js'
import type { Published } from './xsd.js'

/** Names of the files, as they stand below `/sdk/`. */
export const WSDL_FILES = [
  'vimService.wsdl', 'vim.wsdl',
  'core-types.xsd', 'query-types.xsd', 'vim-types.xsd', 'reflect-types.xsd',
  'query-messagetypes.xsd', 'vim-messagetypes.xsd', 'reflect-messagetypes.xsd',
] as const

export type WsdlFile = (typeof WSDL_FILES)[number]

const WSDL = 'http://schemas.xmlsoap.org/wsdl/'
const SOAP = 'http://schemas.xmlsoap.org/wsdl/soap/'
const PROLOG = '<?xml version="1.0" encoding="UTF-8"?>'

/**
 * A function that gives the text of a file of the set, or undefined for a name that is not in it.
 * `advertised` is the product's vim25 version id, such as `8.0.3.0`; what is younger is left out.
 * Throws an Error if that id is unknown.
 */
export function createWsdl(
  schema: DocumentedSchema,
  advertised: string,
): (file: string) => string | undefined {
  const version = schema.versions.index(advertised)
  if (version === undefined) throw new Error(`${advertised} is not a version of vim25`)
  const from: Published = { schema, version }
  const written = new Map<string, string>()
  return (file) => {
    if (!isWsdlFile(file)) return undefined
    const text = written.get(file) ?? write(from, file, advertised)
    written.set(file, text)
    return text
  }
}

/** True for a name of the set. */
export function isWsdlFile(file: string): file is WsdlFile {
  return WSDL_FILES.some((known) => known === file)
}

function write(from: Published, file: WsdlFile, advertised: string): string {
  if (file === 'vimService.wsdl') return serviceDocument()
  if (file === 'vim.wsdl') return interfaceDocument(from, advertised)
  const group = file.slice(0, file.indexOf('-')) as SchemaGroup
  return schemaDocument(file, file.endsWith('-types.xsd')
    ? typeDeclarations(from, group)
    : messageDeclarations(from, publishedMethods(from, group)))
}

/** The methods of a group's managed types that the version has and that are public. */
function publishedMethods({ schema, version }: Published, group: SchemaGroup): MethodInfo[] {
  return schema.names('managed').filter((name) => schema.group(name) === group).flatMap((name) => {
    const hidden = group === 'reflect' ? new Set<string>() : schema.internalMethods(name)
    return (schema.managed(name, 'vim25')?.ownMethods ?? [])
      .filter((method) => method.since <= version && !hidden.has(method.name))
  })
}

/** The address is literally localhost; clients put their own in its place (protocols.md 2.2). */
function serviceDocument(): string {
  return [
    PROLOG,
    `<definitions targetNamespace="urn:vim25Service" xmlns="${WSDL}" xmlns:soap="${SOAP}" `
      + 'xmlns:interface="urn:vim25">',
    '<import location="vim.wsdl" namespace="urn:vim25"/>',
    '<service name="VimService">',
    '<port binding="interface:VimBinding" name="VimPort">',
    '<soap:address location="https://localhost/sdk/vimService"/>',
    '</port>',
    '</service>',
    '</definitions>',
    '',
  ].join('\n')
}

function interfaceDocument(from: Published, advertised: string): string {
  const methods = [...publishedMethods(from, 'query'), ...publishedMethods(from, 'vim')]
  const faults = from.schema.subtypes('MethodFault')
    .filter((name) => from.schema.group(name) !== 'internal')
    .filter((name) => (from.schema.data(name, 'vim25')?.since ?? Infinity) <= from.version)
    .sort()
  const published = new Set(faults)
  return [
    PROLOG,
    `<definitions targetNamespace="urn:vim25" xmlns="${WSDL}" xmlns:soap="${SOAP}" `
      + 'xmlns:vim25="urn:vim25" xmlns:xsd="http://www.w3.org/2001/XMLSchema">',
    ...typesSection(faults),
    ...faults.map((name) => message(`${name}Fault`, 'fault', `${name}Fault`)),
    ...methods.flatMap(({ name }) => [
      message(`${name}RequestMsg`, 'parameters', name),
      message(`${name}ResponseMsg`, 'parameters', `${name}Response`),
    ]),
    '<portType name="VimPortType">',
    ...methods.map((method) => portOperation(method, published)),
    '</portType>',
    '<binding name="VimBinding" type="vim25:VimPortType">',
    '<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>',
    ...methods.map((method) => boundOperation(method, published, `urn:vim25/${advertised}`)),
    '</binding>',
    '</definitions>',
    '',
  ].join('\n')
}

function typesSection(faults: readonly string[]): string[] {
  return [
    '<types>',
    '<schema targetNamespace="urn:vim25" xmlns="http://www.w3.org/2001/XMLSchema" '
      + 'elementFormDefault="qualified">',
    ...WSDL_FILES.filter((file) => file.endsWith('.xsd'))
      .map((file) => `<include schemaLocation="${file}"/>`),
    '<element name="versionURI" type="xsd:string"/>',
    ...faults.map((name) => `<element name="${name}Fault" type="vim25:${name}"/>`),
    '</schema>',
    '</types>',
  ]
}

function message(name: string, part: string, element: string): string {
  return `<message name="${name}"><part name="${part}" element="vim25:${element}"/></message>`
}

/** Declared MethodFaults that the version knows, and the RuntimeFault any call may give. */
function faultsOf(method: MethodInfo, published: ReadonlySet<string>): string[] {
  return [...method.faults.filter((name) => published.has(name)), 'RuntimeFault']
}

function portOperation(method: MethodInfo, published: ReadonlySet<string>): string {
  const faults = faultsOf(method, published)
    .map((name) => `<fault name="${name}" message="vim25:${name}Fault"/>`)
  return `<operation name="${method.name}"><input message="vim25:${method.name}RequestMsg"/>`
    + `<output message="vim25:${method.name}ResponseMsg"/>${faults.join('')}</operation>`
}

function boundOperation(
  method: MethodInfo,
  published: ReadonlySet<string>,
  action: string,
): string {
  const faults = faultsOf(method, published)
    .map((name) => `<fault name="${name}"><soap:fault name="${name}" use="literal"/></fault>`)
  return `<operation name="${method.name}"><soap:operation soapAction="${action}" `
    + 'style="document"/><input><soap:body use="literal"/></input>'
    + `<output><soap:body use="literal"/></output>${faults.join('')}</operation>`
}
