import { XMLParser } from 'fast-xml-parser'

/** A managed object reference. */
export interface Ref {
  readonly type: string
  readonly value: string
}

/** A decoded element: text, a reference, or children by name (repeated ones as an array). */
export type Value = string | Ref | { readonly [name: string]: Value | readonly Value[] }

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&apos;' }

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, character => escapes[character]!)
}

/** A reference to use as an argument. */
export function ref(type: string, value: string): Ref {
  return { type, value }
}

function isRef(value: object): value is Ref {
  return 'type' in value && 'value' in value && Object.keys(value).length === 2
}

/**
 * One argument as XML. Data objects may name their type in `_typeName`; an array repeats the
 * element; undefined leaves it out.
 */
export function encodeArgument(name: string, value: unknown): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return value.map(item => encodeArgument(name, item)).join('')
  if (typeof value !== 'object' || value === null) return `<${name}>${escapeXml(String(value))}</${name}>`
  if (isRef(value)) return `<${name} type="${value.type}">${escapeXml(value.value)}</${name}>`
  const { _typeName: type, _value: plain, ...fields } = value as Record<string, unknown>
  const attribute = typeof type === 'string' ? ` xsi:type="${type}"` : ''
  const body = plain === undefined
    ? Object.entries(fields).map(([key, item]) => encodeArgument(key, item)).join('')
    : escapeXml(String(plain))
  return `<${name}${attribute}>${body}</${name}>`
}

/** A whole request envelope. */
export function encodeRequest(self: Ref, method: string, args: Readonly<Record<string, unknown>>, namespace: string): string {
  const body = Object.entries(args).map(([name, value]) => encodeArgument(name, value)).join('')
  return '<?xml version="1.0" encoding="UTF-8"?>'
    + '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    + 'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    + `<soapenv:Body><${method} xmlns="${namespace}"><_this type="${self.type}">${escapeXml(self.value)}</_this>`
    + `${body}</${method}></soapenv:Body></soapenv:Envelope>`
}

interface Node { readonly [name: string]: unknown }

const parser = new XMLParser({
  preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '', parseTagValue: false,
  parseAttributeValue: false, trimValues: false, removeNSPrefix: false, htmlEntities: false,
})

/** A SOAP fault as a client sees it. */
export class SoapFault extends Error {
  /** Type of the MethodFault in the detail; undefined when there is none. */
  readonly type: string | undefined
  readonly detail: Value | undefined
  readonly code: string

  constructor(code: string, text: string, type: string | undefined, detail: Value | undefined) {
    super(text === '' ? type ?? code : text)
    this.code = code
    this.type = type
    this.detail = detail
  }
}

/** The result of a response envelope: nothing, one value, or all repeated values. @throws SoapFault */
export function decodeResponse(xml: string): Value[] {
  const envelope = children(parser.parse(xml) as Node[], 'Envelope')
  const body = children(envelope, 'Body')
  const first = body.find(node => nameOf(node) !== '#text')
  if (first === undefined) throw new Error('empty SOAP body')
  const name = local(nameOf(first))
  const inside = first[nameOf(first)] as Node[]
  if (name === 'Fault') throw decodeFault(inside)
  return inside.filter(node => nameOf(node) !== '#text').map(decodeNode)
}

/** A document of one element, such as a saved ObjectContent: its name, and what is in it. */
export function decodeDocument(xml: string): { readonly name: string, readonly value: Value } {
  const root = (parser.parse(xml) as Node[]).find(node => !/^[?#]/.test(nameOf(node)))
  if (root === undefined) throw new Error('no XML')
  return { name: local(nameOf(root)), value: decodeNode(root) }
}

function decodeFault(nodes: Node[]): SoapFault {
  const text = (name: string): string => textOf(children(nodes, name))
  const detail = children(nodes, 'detail').find(node => nameOf(node) !== '#text')
  const type = detail === undefined ? undefined : attributes(detail)['xsi:type'] ?? local(nameOf(detail)).replace(/Fault$/, '')
  return new SoapFault(text('faultcode'), text('faultstring'), type, detail === undefined ? undefined : decodeNode(detail))
}

function decodeNode(node: Node): Value {
  const inside = node[nameOf(node)] as Node[]
  const elements = inside.filter(child => nameOf(child) !== '#text')
  const attrs = attributes(node)
  if (elements.length === 0) {
    const text = textOf(inside)
    const typeName = attrs['xsi:type']
    // A data object without any field, such as most faults; an empty array or text stays a text.
    if (text === '' && typeName !== undefined && !/^xsd:|^ArrayOf/.test(typeName)) return { _typeName: typeName }
    return attrs['type'] === undefined ? text : { type: attrs['type'], value: text }
  }
  const result: Record<string, Value | Value[]> = {}
  if (attrs['xsi:type'] !== undefined) result['_typeName'] = attrs['xsi:type']
  for (const child of elements) add(result, local(nameOf(child)), decodeNode(child))
  return result
}

function add(result: Record<string, Value | Value[]>, name: string, value: Value): void {
  const before = result[name]
  if (before === undefined) result[name] = value
  else result[name] = Array.isArray(before) ? [...before, value] : [before, value]
}

function nameOf(node: Node): string {
  return Object.keys(node).find(key => key !== ':@') ?? ''
}

/** Attributes by name; the type of the instance is `xsi:type`, whatever its prefix is. */
function attributes(node: Node): Record<string, string> {
  const found = (node[':@'] ?? {}) as Record<string, string>
  const type = Object.keys(found).find(name => name.endsWith(':type') && name !== 'xsi:type')
  return type === undefined ? found : { ...found, 'xsi:type': found[type]! }
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function children(nodes: readonly Node[], name: string): Node[] {
  const found = nodes.find(node => local(nameOf(node)) === name)
  return found === undefined ? [] : found[nameOf(found)] as Node[]
}

function textOf(nodes: readonly Node[]): string {
  return nodes.map(node => node['#text'] ?? '').join('')
}
