/** Helpers for tests of the wire: one schema, requests as text, answers as text. */
import { loadSchema } from '../../emulator/schema/schema.js'
import type { MethodInfo, Namespace } from '../../emulator/schema/model.js'
import { decodeCall, type DecodedCall } from '../../emulator/wire/soap/decode.js'
import { encoderFor, type Encoder } from '../../emulator/wire/soap/encode.js'
import { WireFault } from '../../emulator/wire/soap/wire-fault.js'
import { defaultXmlLimits } from '../../emulator/wire/xml.js'

export const schema = loadSchema()

export function versionOf(id: string, namespace: Namespace = 'vim25'): number {
  const index = schema.versions.index(id, namespace)
  if (index === undefined) throw new Error(`no version ${id}`)
  return index
}

/** A plain envelope around the content of a Body. */
export function envelope(body: string, header = ''): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"' +
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"' +
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `${header}<soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`
  )
}

export function decode(
  text: string | Buffer,
  id = '8.0.3.0',
  namespace: Namespace = 'vim25',
): DecodedCall {
  const body = typeof text === 'string' ? Buffer.from(text) : text
  const resolved = { namespace, version: versionOf(id, namespace) }
  return decodeCall(body, schema, resolved, defaultXmlLimits)
}

/** The fault that decoding gives; an error if it gives none. */
export function faultOf(text: string | Buffer, id = '8.0.3.0'): WireFault {
  try {
    decode(text, id)
  } catch (error) {
    if (error instanceof WireFault) return error
    throw error
  }
  throw new Error('the request was accepted')
}

export function encoderAt(id = '8.0.3.0', namespace: Namespace = 'vim25'): Encoder {
  return encoderFor(schema, namespace, versionOf(id, namespace))
}

export function methodOf(type: string, name: string): MethodInfo {
  const method = schema.method(type, name)
  if (method === undefined) throw new Error(`no method ${type}.${name}`)
  return method
}

export const head = `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"
 xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:xsd="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<soapenv:Body>
`
export const tail = `
</soapenv:Body>
</soapenv:Envelope>`

/** The element in the Body of an answer. */
export function answer(type: string, name: string, result: unknown, id = '8.0.3.0'): string {
  const text = textOf(encoderAt(id).response(methodOf(type, name), result))
  return bodyOf(text)
}

export function textOf(pieces: Iterable<Buffer>): string {
  return Buffer.concat([...pieces]).toString()
}

export function bodyOf(text: string): string {
  if (!text.startsWith(head) || !text.endsWith(tail)) throw new Error(`not an answer: ${text}`)
  return text.slice(head.length, text.length - tail.length)
}

/** The element `val` for a value in an any slot. */
export function anyText(value: unknown, id = '8.0.3.0'): string {
  return encoderAt(id).value('val', value, { kind: 'any', name: 'anyType', array: false })
}

/** One element for a value of a declared data type. */
export function dataText(tag: string, type: string, value: unknown, id = '8.0.3.0'): string {
  return encoderAt(id).value(tag, value, { kind: 'data', name: type, array: false })
}
