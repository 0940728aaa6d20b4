import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultXmlLimits, readXml, readXmlStrictly, XmlError } from '../../emulator/wire/xml.js'
import { XSI, type XmlElement, type XmlHandler } from '../../emulator/wire/xml-model.js'

type Reader = typeof readXml

/** Everything a handler is told, texts joined, and how it ended. */
function reading(read: Reader, body: Buffer): unknown[] {
  let events: unknown[] = []
  try {
    read(body, defaultXmlLimits, () => {
      events = []
      return recorder(events)
    })
    events.push('end')
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    // What came before a refusal has no effect, and the two may differ in how far they came.
    return [error.message, error.line, error.column]
  }
  return events
}

function recorder(events: unknown[]): XmlHandler {
  let text = ''
  const flush = () => {
    if (text !== '') events.push(text)
    text = ''
  }
  return {
    open(element: XmlElement) {
      flush()
      const { local, uri, offset } = element
      const attributes = ['type', 'nil', 'a', 'x:a'].map((name) => element.attribute(name))
      const schema = ['type', 'nil'].map((name) => element.attribute(name, XSI))
      const prefixes = [...element.prefixes()].sort()
      events.push({ local, uri, offset, attributes, schema, prefixes })
    },
    text(value: string) {
      text += value
    },
    close(end: number) {
      flush()
      events.push(end)
    },
  }
}

function same(text: string | Uint8Array): void {
  const body = Buffer.from(text as string)
  expect(reading(readXml, body)).toEqual(reading(readXmlStrictly, body))
}

const names = fc.constantFrom(
  ...['a', 'b', 'x:a', 'x:b-1', 'xsi:c', '_d.e', 'A9', 'ñ', 'n:a', ':a', 'a:'],
)
const values = fc.constantFrom(
  ...['', 'v', ' v\n', '&lt;', '&#65;', '&#x1F600;', '&', '<', ']]>', '\u0001', 'é', ']'],
)
const texts = fc.oneof(
  values,
  fc.constantFrom('&amp;', '&nope;', '&#0;', '&#xD800;', '<!-- c -->', '<![CDATA[x]]>'),
  fc.constantFrom('<?p q?>', '\r\n', '\ufffe', '😀'),
  fc.string({ maxLength: 5 }),
)
const attribute = fc
  .tuple(fc.constantFrom('a', 'x:a', 'xsi:type', 'xsi:nil', 'xmlns', 'xmlns:x', 'xmlns:n'), values,
    fc.constantFrom('"', "'"), fc.constantFrom(' ', '\n', '  ', ''), fc.constantFrom('=', ' ='))
  .map(([name, value, quote, gap, equals]) => `${gap}${name}${equals}${quote}${value}${quote}`)

interface Node { xml: string }
const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc
    .record({
      name: names,
      attributes: fc.array(attribute, { maxLength: 3 }),
      children: fc.array(fc.oneof({ depthSize: 'small' }, texts, tie('node').map((n) => n.xml)), {
        maxLength: 4,
      }),
      end: fc.constantFrom('', '', '', ' ', 'x'),
    })
    .map(({ name, attributes, children, end }) => {
      const rest = children.length === 0 ? '/>' : `>${children.join('')}</${name}${end}>`
      return { xml: `<${name}${attributes.join('')}${rest}` }
    }),
}))

describe('quick reader and strict reader › same events, same refusals', () => {
  it('generated documents, well formed and not', () => {
    const prolog = fc.constantFrom(
      ...['', '<?xml version="1.0"?>', '<?xml version="1.1"?>', ' ', '\ufeff'],
      '<?xml version="1.0" encoding="UTF-8" ?>\n',
    )
    const root = '<r xmlns:x="urn:x" xmlns="urn:d">'
    const nodes = fc.array(node, { maxLength: 3 }).map((all) => all.map((n) => n.xml).join(''))
    fc.assert(
      fc.property(prolog, nodes, fc.constantFrom('', ' ', 'x', '<a/>'), (start, inner, end) => {
        same(`${start}${root}${inner}</r>${end}`)
      }),
      { numRuns: 3000 },
    )
  })

  it('a document cut and changed at every place', () => {
    const text =
      '<?xml version="1.0"?><e:E xmlns:e="urn:e" xmlns:xsi="u">' +
      '<a:b xmlns:a="urn:a" c="1" d=\'&#65;\'>x &lt; <e/>\n</a:b></e:E>'
    for (let i = 0; i < text.length; i++) {
      same(text.slice(0, i))
      for (const c of '<>/&"\'= :\u0000é!?-]') {
        same(text.slice(0, i) + c + text.slice(i))
        same(text.slice(0, i) + c + text.slice(i + 1))
      }
    }
  })
})
