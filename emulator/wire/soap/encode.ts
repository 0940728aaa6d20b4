/**
 * Results and faults to SOAP envelopes, byte for byte as vpxd and hostd write them (protocols.md
 * 1.2, 1.6, 1.7).
 */
import { isObjectContents, type BulkItem, type ObjectContents } from '../../schema/bulk.js'
import type { MethodInfo, Namespace, Schema, TypeRef, VersionIndex } from '../../schema/model.js'
import { namespaceOfUri } from '../namespaces.js'
import { flushLength, Pieces } from '../pieces.js'
import { escapeText } from '../xml.js'
import { writeItems } from './data-writer.js'
import type { MethodFaultValue } from './wire-fault.js'
import type { Writer } from './writer-model.js'
import { Writers } from './writers.js'

/** Encodes for one schema, namespace and version. */
export interface Encoder {
  /**
   * The whole envelope of an answer, in pieces. Pieces of a bulk result are made as they are
   * asked for, so the caller sets the pace. `uri` is the namespace of the call as written.
   * Throws TypeError if the result is not of the method's type; for a bulk result that happens
   * while it is read, so take the first piece before sending the HTTP head.
   */
  response(method: MethodInfo, result: unknown, uri?: string): Iterable<Buffer>
  /** The whole envelope of a fault; without `detail` the detail element is left out. */
  fault(faultCode: string, faultString: string, detail?: MethodFaultValue, uri?: string): Buffer
  /** One element, for tests and for text that embeds values. */
  value(tag: string, value: unknown, type: TypeRef): string
}

const head =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"\n' +
  ' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"\n' +
  ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"\n' +
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n' +
  '<soapenv:Body>\n'
const tail = '\n</soapenv:Body>\n</soapenv:Envelope>'

const encoders = new WeakMap<Schema, Map<string, Encoder>>()

/** The encoder of a schema, namespace and version; made once. */
export function encoderFor(schema: Schema, namespace: Namespace, version: VersionIndex): Encoder {
  let known = encoders.get(schema)
  if (known === undefined) encoders.set(schema, (known = new Map()))
  const key = `${namespace}/${version}`
  let encoder = known.get(key)
  if (encoder === undefined) {
    encoder = new SoapEncoder(new Writers(schema, namespace, version))
    known.set(key, encoder)
  }
  return encoder
}

/** Array properties of bulk results that are written item by item as they are asked for. */
const streamed: ReadonlyMap<string, string> = new Map([
  ['UpdateSet.filterSet', 'PropertyFilterUpdate'],
  ['PropertyFilterUpdate.objectSet', ''],
  ['RetrieveResult.objects', ''],
])

class SoapEncoder implements Encoder {
  private readonly results = new Map<MethodInfo, Writer>()

  constructor(private readonly writers: Writers) {}

  response(method: MethodInfo, result: unknown, uri?: string): Iterable<Buffer> {
    const name = `${method.name}Response`
    const open = `${head}<${name} xmlns="${this.namespaceName(uri)}">`
    const close = `</${name}>${tail}`
    const type = method.result
    if (type === undefined || result === undefined || result === null) {
      return [Buffer.from(open + close)]
    }
    if (isObjectContents(result)) return this.contents(open, result, close)
    if (type.name === 'UpdateSet' || type.name === 'RetrieveResult') {
      return this.nested(`${open}<returnval>`, result, type.name, `</returnval>${close}`)
    }
    const out = new Pieces()
    const write = this.resultWriter(method, type)
    const s = type.array ? writeItems(open, result, write, out) : write(open, result, out)
    return out.finish(s + close)
  }

  fault(faultCode: string, faultString: string, detail?: MethodFaultValue, uri?: string): Buffer {
    const code = `<faultcode>${escapeText(faultCode)}</faultcode>`
    const text = `<faultstring>${escapeText(faultString)}</faultstring>`
    const out = new Pieces()
    const start = `${head}<soapenv:Fault>${code}${text}`
    const s = detail === undefined ? start : this.detail(start, detail, uri, out)
    const pieces = out.finish(`${s}</soapenv:Fault>${tail}`)
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
  }

  value(tag: string, value: unknown, type: TypeRef): string {
    const out = new Pieces()
    const write = this.writers.slot(type, tag)
    const s = type.array ? writeItems('', value, write, out) : write('', value, out)
    return Buffer.concat(out.finish(s)).toString()
  }

  private detail(
    s: string,
    detail: MethodFaultValue,
    uri: string | undefined,
    out: Pieces,
  ): string {
    const writer = this.writers.data(detail._typeName)
    const { name, namespace } = writer.type
    const own = namespace === this.writers.namespace
    const xmlns = own ? this.namespaceName(uri) : `urn:${namespace}`
    const open = `<detail><${name}Fault xmlns="${xmlns}" xsi:type="${name}">`
    return `${writer.content(s + open, detail, out)}</${name}Fault></detail>`
  }

  private namespaceName(uri: string | undefined): string {
    const { namespace } = this.writers
    return uri !== undefined && namespaceOfUri(uri) === namespace ? uri : `urn:${namespace}`
  }

  private resultWriter(method: MethodInfo, type: TypeRef): Writer {
    let writer = this.results.get(method)
    if (writer === undefined) {
      writer = this.writers.slot(type, 'returnval')
      this.results.set(method, writer)
    }
    return writer
  }

  private *contents(open: string, contents: ObjectContents, close: string): Generator<Buffer> {
    const out = new Pieces()
    const list = contents.shape === 'list'
    const writer = this.writers.bulk('contents', list ? 'returnval' : 'objects')
    out.text(list ? open : `${open}<returnval>`)
    if (contents.token !== undefined) out.text(`<token>${escapeText(contents.token)}</token>`)
    const { items } = contents
    if (Array.isArray(items)) {
      for (let i = 0; i < items.length;) {
        i = writer.run(items as readonly BulkItem[], i, out)
        if (out.hasReady) yield* out.take()
      }
    } else {
      for (const item of items) {
        writer.item(item, out)
        if (out.hasReady) yield* out.take()
      }
    }
    yield* out.finish(list ? close : `</returnval>${close}`)
  }

  private *nested(open: string, value: unknown, type: string, close: string): Generator<Buffer> {
    const out = new Pieces()
    const s = yield* this.children(open, value as Readonly<Record<string, unknown>>, type, out)
    yield* out.finish(s + close)
  }

  private *children(
    start: string,
    value: Readonly<Record<string, unknown>>,
    type: string,
    out: Pieces,
  ): Generator<Buffer, string> {
    let s = start
    for (const { name, array, write } of this.writers.data(type).fields) {
      const item = value[name]
      if (item === undefined || item === null) continue
      const inner = streamed.get(`${type}.${name}`)
      if (inner === undefined) {
        s = array ? writeItems(s, item, write, out) : write(s, item, out)
        continue
      }
      for (const each of item as Iterable<Readonly<Record<string, unknown>>>) {
        if (inner === '') s = write(s, each, out)
        else s = `${yield* this.children(`${s}<${name}>`, each, inner, out)}</${name}>`
        if (s.length > flushLength) s = out.text(s)
        if (out.hasReady) yield* out.take()
      }
    }
    return s
  }
}
