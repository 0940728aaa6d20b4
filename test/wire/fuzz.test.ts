import fc from 'fast-check'
import { XMLParser } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import type { DataTypeInfo, TypeRef } from '../../emulator/schema/model.js'
import { WireFault } from '../../emulator/wire/soap/wire-fault.js'
import { dataText, decode, envelope, schema } from '../support/wire.js'

/** Requests that decode; the material for mutations. */
const corpus = [
  '<Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this>' +
    '<userName>u</userName><password>a&lt;b&#x26;c</password></Login>',
  '<CreateFilter xmlns="urn:vim25"><_this type="PropertyCollector">p</_this><spec><propSet>' +
    '<type>Task</type><pathSet>info</pathSet></propSet><objectSet><obj type="Task">t</obj>' +
    '<selectSet xsi:type="TraversalSpec"><type>Task</type><path>a</path></selectSet></objectSet>' +
    '</spec><partialUpdates>1</partialUpdates></CreateFilter>',
  '<UpdateOptions xmlns="urn:vim25"><_this type="OptionManager">o</_this><changedValue><key>k' +
    '</key><value xsi:type="ArrayOfInt"><int>1</int></value></changedValue><changedValue><key>' +
    '<![CDATA[x]]></key><value xsi:type="xsd:dateTime">2024-02-29T23:30:00-04:00</value>' +
    '</changedValue><!-- c --></UpdateOptions>',
].map((body) => envelope(body, '<soapenv:Header><operationID>x</operationID></soapenv:Header>'))

/** Decodes; every failure must be a WireFault. */
function outcome(text: Buffer | string): 'accepted' | 'refused' {
  try {
    decode(text)
    return 'accepted'
  } catch (error) {
    expect(error).toBeInstanceOf(WireFault)
    return 'refused'
  }
}

describe('mutated requests › a WireFault or an answer, nothing else', () => {
  const base = fc.constantFrom(...corpus)

  it('cut at every place › refused', () => {
    for (const text of corpus) {
      for (let i = 0; i < text.length; i++) expect(outcome(text.slice(0, i))).toBe('refused')
    }
  })

  it('bytes replaced, inserted, removed', () => {
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.nat(6),
      insert: fc.oneof(fc.uint8Array({ maxLength: 6 }), markup.map((s) => Buffer.from(s))),
    })
    fc.assert(
      fc.property(base, fc.array(edit, { minLength: 1, maxLength: 5 }), (text, edits) => {
        let body = Buffer.from(text)
        for (const { at, remove, insert } of edits) {
          const from = Math.floor(at * body.length)
          body = Buffer.concat([body.subarray(0, from), insert, body.subarray(from + remove)])
        }
        outcome(body)
      }),
      { numRuns: 1500 },
    )
  })

  it('pieces of one request put into another', () => {
    const cut = fc.tuple(fc.nat(2000), fc.nat(400))
    fc.assert(
      fc.property(base, base, cut, fc.nat(2000), (one, other, [from, length], into) => {
        outcome(one.slice(0, into) + other.slice(from, from + length) + one.slice(into))
      }),
      { numRuns: 1000 },
    )
  })

  it('random bytes and random text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(outcome(Buffer.from(bytes))).toBe('refused')
      }),
      { numRuns: 500 },
    )
  })
})

const markup = fc.constantFrom(
  '<', '>', '</', '/>', '&', '&lt;', '&#0;', '&x;', '<!DOCTYPE a>', '<!--', '-->', '<![CDATA[',
  ']]>', '<?', '?>', '"', "'", '=', ' xsi:nil="1"', ' xmlns="u"', ' xmlns:p="u"', '<p:a/>',
  '<a/>', ':', '\u0000', '\u00ff', '\ufffe',
)

describe('well-formed requests › same reading as fast-xml-parser', () => {
  const parser = new XMLParser({
    ignoreAttributes: false,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    removeNSPrefix: true,
    htmlEntities: true,
    isArray: (name) => name === 'pathSet' || name === 'propSet' || name === 'objectSet',
  })
  const printable = fc.string({ unit: 'binary', maxLength: 30 }).map(legal)
  const blank = fc.constantFrom('', ' ', '\n', '\t ')

  it('strings with every kind of escape', () => {
    const piece = fc.oneof(
      printable.map((s) => [escape(s), s]),
      printable
        .filter((s) => !s.includes(']]>'))
        .map((s) => [`<![CDATA[${s}]]>`, s]),
      fc.constantFrom(['&#65;', 'A'], ['&#x1F600;', '😀'], ['&quot;', '"'], ['<!-- x -->', '']),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        const xml = pieces.map(([written]) => written).join('')
        const expected = pieces.map(([, meant]) => meant).join('')
        const call = decode(login(xml))
        expect(call.args['userName']).toBe(expected)
      }),
      { numRuns: 400 },
    )
  })

  it('property specs with white space between elements and any prefix', () => {
    const spec = fc.record({
      type: printable,
      pathSet: fc.array(printable, { minLength: 1, maxLength: 3 }),
      prefix: fc.constantFrom('', 'v:', 'ns0:'),
      blank,
    })
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 3 }), (specs) => {
        const text = filter(specs.map(render).join(''))
        const ours = decode(text).args['spec'] as { propSet: unknown }
        const theirs = parser.parse(text) as Tree
        const propSet = theirs.Envelope.Body.CreateFilter.spec.propSet
        expect(ours.propSet).toEqual(propSet.map(({ type, pathSet }) => ({ type, pathSet })))
      }),
      { numRuns: 300 },
    )
  })

  interface Tree {
    Envelope: { Body: { CreateFilter: { spec: { propSet: { type: string; pathSet: string[] }[] } } } }
  }
  function render(spec: { type: string; pathSet: string[]; prefix: string; blank: string }): string {
    const { prefix: p, blank: b } = spec
    const paths = spec.pathSet.map((path) => `${b}<${p}pathSet>${escape(path)}</${p}pathSet>`)
    return `<${p}propSet>${b}<${p}type>${escape(spec.type)}</${p}type>${paths.join('')}${b}</${p}propSet>`
  }
})

function login(userName: string): string {
  return envelope(
    '<Login xmlns="urn:vim25"><_this type="SessionManager">s</_this>' +
      `<userName>${userName}</userName><password/></Login>`,
  )
}

function filter(propSets: string): string {
  return envelope(
    '<CreateFilter xmlns="urn:vim25" xmlns:v="urn:vim25" xmlns:ns0="urn:vim25">' +
      `<_this type="PropertyCollector">p</_this><spec>${propSets}</spec>` +
      '<partialUpdates>true</partialUpdates></CreateFilter>',
  )
}

/** What XML 1.0 can carry; a carriage return would be read as a new line. */
function legal(s: string): string {
  // eslint-disable-next-line no-control-regex
  return s.replace(/[\u0000-\u0008\u000b-\u001f\ufffd-\uffff]/g, '')
}

function escape(s: string): string {
  return s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

describe('values of random types › encoded and decoded again are the same', () => {
  const names = schema.names('data').filter((name) => hasOnlyKnown(name))

  it('data objects in an any slot', () => {
    const value = fc
      .constantFrom(...names)
      .chain((name) => data(schema.data(name) as DataTypeInfo, 3).map((v) => ({ name, v })))
    fc.assert(
      fc.property(value, ({ name, v }) => {
        const typed = { ...v, _typeName: name }
        const xml = dataText('changedValue', 'OptionValue', { key: 'k', value: typed }, '9.1.1.0')
        const body =
          '<UpdateOptions xmlns="urn:vim25"><_this type="OptionManager">o</_this>' +
          `${xml}</UpdateOptions>`
        const call = decode(envelope(body), '9.1.1.0')
        const [option] = call.args['changedValue'] as { value: unknown }[]
        expect(strip(option?.value)).toEqual(strip(typed))
      }),
      { numRuns: 400 },
    )
  })

  function hasOnlyKnown(name: string): boolean {
    return (schema.data(name)?.properties.length ?? 0) > 0
  }

  function data(type: DataTypeInfo, depth: number): fc.Arbitrary<Record<string, unknown>> {
    const fields: Record<string, fc.Arbitrary<unknown>> = {}
    for (const property of type.properties) {
      const value = slot(property, depth - 1, property.optional)
      if (value !== undefined) fields[property.property] = value
    }
    return fc.record(fields)
  }

  /** An empty array of an optional property is the same as none on the wire. */
  function slot(
    type: TypeRef,
    depth: number,
    optional: boolean,
  ): fc.Arbitrary<unknown> | undefined {
    if (type.array) {
      const item = slot({ ...type, array: false }, depth, true)
      if (item === undefined) return optional ? undefined : fc.constant([])
      return fc.array(item, { minLength: optional ? 1 : 0, maxLength: 2 })
    }
    switch (type.kind) {
      case 'boolean':
        return fc.boolean()
      case 'byte':
        return fc.integer({ min: -128, max: 127 })
      case 'short':
        return fc.integer({ min: -32768, max: 32767 })
      case 'int':
        return fc.integer()
      case 'long':
        return fc.oneof(fc.maxSafeInteger(), fc.constant('-9223372036854775808'))
      case 'float':
      case 'double':
        return fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0)
      case 'dateTime':
        return fc.constant('2026-11-24T06:00:00.5Z')
      case 'binary':
        return fc.constant('AQI=')
      case 'any':
        return fc.oneof(fc.string().map(legal), fc.integer(), fc.boolean())
      case 'moref':
        return fc.constant({ type: type.name, value: 'x-1' })
      case 'enum':
        return fc.constantFrom(...(schema.enum(type.name)?.values ?? []))
      case 'data': {
        const info = schema.data(type.name)
        return info === undefined || (optional && depth <= 0) ? undefined : data(info, depth)
      }
      default:
        return fc.string({ unit: 'binary', maxLength: 12 }).map(legal)
    }
  }

  /** `_typeName` may be added by the decoder where decision 0002 asks for it. */
  function strip(value: unknown): unknown {
    return JSON.parse(
      JSON.stringify(value, (key, item: unknown) => (key === '_typeName' ? undefined : item)),
    )
  }
})
