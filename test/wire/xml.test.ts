import { describe, expect, it } from 'vitest'
import { escapeText, lineAndColumn } from '../../emulator/wire/xml.js'
import { decode, envelope, faultOf } from '../support/wire.js'

const call = '<CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance">S</_this></CurrentTime>'
const good = envelope(call)

describe('escaping', () => {
  it('returns the same text › nothing to escape', () => {
    expect(escapeText('abc ñ 中 😀\n\t')).toBe('abc ñ 中 😀\n\t')
  })

  it('replaces and drops › every special character', () => {
    expect(escapeText('&<>"\'\r\u0000\u001f\uffff')).toBe('&amp;&lt;&gt;&quot;&apos;&#xD;')
  })
})

describe('place in a document', () => {
  it('counts from one › offsets in three lines', () => {
    expect(lineAndColumn('ab\ncd\n', 0)).toEqual({ line: 1, column: 1 })
    expect(lineAndColumn('ab\ncd\n', 4)).toEqual({ line: 2, column: 2 })
    expect(lineAndColumn('ab\ncd\n', 6)).toEqual({ line: 3, column: 1 })
  })
})

describe('encodings', () => {
  const name = (buffer: Buffer) => decode(buffer).method.name

  it('reads UTF-8 with a byte order mark', () => {
    expect(name(Buffer.from(`\ufeff${good}`))).toBe('CurrentTime')
  })

  it('reads UTF-16 of both orders › with and without a mark', () => {
    const text = good.replace('UTF-8', 'UTF-16')
    for (const marked of [`\ufeff${text}`, text]) {
      const little = Buffer.from(marked, 'utf16le')
      expect(name(little)).toBe('CurrentTime')
      expect(name(Buffer.from(little).swap16())).toBe('CurrentTime')
    }
  })

  it('reads ISO-8859-1 › declared', () => {
    const text = good.replace('UTF-8', 'ISO-8859-1').replace('>S<', '>\u00f1<')
    expect(decode(Buffer.from(text, 'latin1')).self.value).toBe('ñ')
  })

  it('refuses › bytes that are not UTF-8, unknown encodings', () => {
    expect(faultOf(Buffer.from([0x3c, 0x61, 0xff, 0x3e])).message).toContain('not valid UTF-8')
    const ebcdic = good.replace('UTF-8', 'cp037')
    expect(faultOf(ebcdic).message).toBe('Parse error at line 1: unsupported encoding cp037')
    expect(faultOf(Buffer.from([0xff, 0xfe, 0x3c])).message).toContain('Parse error')
  })
})

describe('hostile documents › InvalidRequest and nothing else', () => {
  const deep = (n: number) => '<a>'.repeat(n) + '</a>'.repeat(n)
  const header = (inner: string) => `<soapenv:Header>${inner}</soapenv:Header>`
  const wide = (n: number) => `<a ${Array.from({ length: n }, (_, i) => `a${i}=""`).join(' ')}/>`
  const bomb =
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' +
    Array.from({ length: 9 }, (_, i) => `<!ENTITY a${i} "${`&a${i - 1};`.repeat(10)}">`).join('') +
    ']>'
  const rows: [string, string, string][] = [
    ['entity bomb', bomb + good.slice(good.indexOf('<soap')), 'DOCTYPE is not allowed'],
    ['external entity', `<!DOCTYPE a SYSTEM "file:///x">${call}`, 'DOCTYPE is not allowed'],
    ['doctype without end', '<!DOCTYPE a [', 'document must contain a root element'],
    ['20,000 levels in the body', envelope(deep(20_000)), 'nested deeper than 100'],
    ['20,000 levels in the header', envelope(call, header(deep(20_000))), 'nested deeper than 100'],
    ['20,000 levels of prefixes', envelope('<p:a xmlns:p="urn:p">'.repeat(20_000)), 'nested deeper'],
    ['65 attributes', envelope(wide(65)), 'more than 64 attributes'],
    ['100,000 attributes', envelope(wide(1e5)), 'more than 64 attributes'],
    ['duplicate attribute', envelope('<a b="1" b="2"/>'), 'duplicate attribute'],
    ['undefined entity', envelope('<a>&nope;</a>'), 'undefined entity'],
    ['prototype name as entity', envelope('<a>&constructor;</a>'), 'undefined entity'],
    ['reference to NUL', envelope('<a>&#0;</a>'), 'malformed character entity'],
    ['reference beyond Unicode', envelope('<a>&#x110000;</a>'), 'malformed character entity'],
    ['NUL', envelope('<a>\u0000</a>'), 'disallowed character'],
    ['trailing garbage', `${good}x`, 'text data outside of root node'],
    ['trailing element', `${good}<a/>`, 'documents may contain only one root'],
    ['misnested', envelope('<a><b></a></b>'), 'unexpected close tag'],
    ['truncated', good.slice(0, -3), 'unclosed tag'],
    ['no quotes', envelope('<a b=c/>'), 'unquoted attribute value'],
    ['unbound prefix', envelope('<x:a/>'), 'unbound prefix in element name x:a'],
    ['two colons', envelope('<soapenv:a:b/>'), 'unbound prefix'],
    ['xmlns prefix declared', envelope('<a xmlns:xmlns="u"/>'), 'not allowed'],
    ['xml prefix rebound', envelope('<a xmlns:xml="u"/>'), 'not allowed'],
    ['prefix undeclared', envelope('<a xmlns:p=""/>'), 'not allowed'],
    ['XML 1.1 control', good.replace('1.0', '1.1').replace('>S<', '>\u0001<'), 'Parse error'],
    ['declaration not first', ` ${good}`, 'must be at the start'],
    ['unclosed comment', `${good}<!--`, 'Parse error'],
    ['unclosed CDATA', envelope('<![CDATA['), 'Parse error'],
  ]
  for (const [title, text, expected] of rows) {
    it(`refuses › ${title}`, () => {
      const fault = faultOf(text)
      expect(fault.faultString).toContain(expected)
      expect(fault.faultString).toMatch(/^Parse error at line \d+: /)
      expect(fault.detail).toEqual({ _typeName: 'InvalidRequest' })
    })
  }

  it('refuses › body above the limit, before reading it', () => {
    const attribute = good.replace('type="S', `x="${'y'.repeat(1_000_000)}" type="S`)
    expect(decode(attribute).method.name).toBe('CurrentTime')
    expect(() => decode(Buffer.alloc(64 * 1024 * 1024 + 1, 0x20))).toThrow('document longer than')
  })

  it('reads › 100 levels, one less than is refused', () => {
    const text = envelope(call, `<soapenv:Header>${deep(98)}</soapenv:Header>`)
    expect(decode(text).method.name).toBe('CurrentTime')
    const more = envelope(call, `<soapenv:Header>${deep(99)}</soapenv:Header>`)
    expect(faultOf(more).message).toContain('nested deeper')
  })
})
