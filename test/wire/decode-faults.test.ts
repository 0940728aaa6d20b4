import { describe, expect, it } from 'vitest'
import { clientVersion } from '../../emulator/wire/namespaces.js'
import { WireFault } from '../../emulator/wire/soap/wire-fault.js'
import { encoderAt, envelope, faultOf, schema, versionOf } from '../support/wire.js'

const login = (inner: string) => envelope(`<Login xmlns="urn:vim25">${inner}</Login>`)
const self = '<_this type="SessionManager">SessionManager</_this>'
const user = '<userName>u</userName><password>p</password>'

describe('wire fault › rows of protocols.md 1.6', () => {
  const rows: [string, string, string | RegExp][] = [
    ['malformed XML', '<a\n<b', /^Parse error at line 2: /],
    ['empty body', '', /^Parse error at line 1: document must contain a root element$/],
    ['no _this', login(user), /^Required parameter _this of Login is missing at line 1, column \d+$/],
    ['no _this, nil', login(`<_this xsi:nil="true"/>${user}`), /^Required parameter _this/],
    ['duplicate _this', login(self + self + user), /^Duplicate parameter _this/],
    [
      'duplicate scalar parameter',
      login(`${self}${user}<userName>v</userName>`),
      /^Duplicate parameter userName of Login at line 1/,
    ],
    ['missing required parameter', login(self), /^Required parameter userName of Login is missing/],
    ['unknown parameter', login(`${self}${user}<nope/>`), /^Unknown parameter nope of Login/],
    [
      'unknown type attribute',
      login(`<_this type="Nope">x</_this>${user}`),
      /^Unknown managed type "Nope" at line 1/,
    ],
    ['no value in _this', login(`<_this type="SessionManager"/>${user}`), /without a value/],
    ['text between parameters', login(`${self}x${user}`), /^Unexpected text/],
    [
      'element in a scalar',
      login(`${self}<userName><a/></userName><password/>`),
      /^Unexpected element a/,
    ],
    [
      'wrong scalar type',
      envelope(
        '<WaitForUpdatesEx xmlns="urn:vim25"><_this type="PropertyCollector">p</_this>' +
          '<options><maxWaitSeconds>soon</maxWaitSeconds></options></WaitForUpdatesEx>',
      ),
      /^Value "soon" of maxWaitSeconds is not a valid int at line 1/,
    ],
    ['not an envelope', '<a/>', /^Element a is not a SOAP envelope/],
    ['envelope of another namespace', '<Envelope/>', /^Element Envelope is not a SOAP envelope/],
    [
      'duplicate Body',
      login(self + user).replace('</soapenv:Body>', '</soapenv:Body><soapenv:Body/>'),
      /^Duplicate Body/,
    ],
    [
      'two calls',
      login(self + user).replace('</Login>', '</Login><Login xmlns="urn:vim25"/>'),
      /^More than one call in the Body/,
    ],
    ['empty Body', envelope(''), /^The Body holds no call/],
    ['no Body', envelope('').replace('<soapenv:Body></soapenv:Body>', ''), /no Body/],
    [
      'reference of an unrelated type',
      envelope(
        '<MoveIntoFolder_Task xmlns="urn:vim25"><_this type="Folder">f</_this>' +
          '<list type="SessionManager">x</list></MoveIntoFolder_Task>',
      ),
      /^Reference to a SessionManager where a ManagedEntity is expected/,
    ],
    [
      'subtype that is none',
      envelope(
        '<CreateFilter xmlns="urn:vim25"><_this type="PropertyCollector">p</_this>' +
          '<spec xsi:type="Description"/></CreateFilter>',
      ),
      /^Type Description is not a PropertyFilterSpec/,
    ],
  ]
  for (const [title, text, expected] of rows) {
    it(`is InvalidRequest › ${title}`, () => {
      const fault = faultOf(text)
      expect(fault.faultCode).toBe('ServerFaultCode')
      expect(fault.faultString).toMatch(expected)
      expect(fault.detail).toEqual({ _typeName: 'InvalidRequest' })
    })
  }

  it('names line and column › third line', () => {
    const text = login(`\n${self}\n  <nope/>`)
    expect(faultOf(text).faultString).toBe('Unknown parameter nope of Login at line 3, column 3')
  })

  it('is MethodNotFound with receiver and method › unknown method', () => {
    const call = '<Foo xmlns="urn:vim25"><a><b/></a><_this type="Folder">group-d1</_this></Foo>'
    const fault = faultOf(envelope(call), '8.0.2.0')
    expect(fault.faultString).toBe(
      'Unable to resolve WSDL method name Foo in vim.version.v8_0_2_0 (vim25/8.0.2.0)',
    )
    expect(fault.detail).toEqual({
      _typeName: 'MethodNotFound',
      receiver: { type: 'Folder', value: 'group-d1' },
      method: 'Foo',
    })
  })

  it('is MethodNotFound › method of another managed type', () => {
    const call = '<PowerOnVM_Task xmlns="urn:vim25"><_this type="Folder">f</_this></PowerOnVM_Task>'
    expect(faultOf(envelope(call)).detail?._typeName).toBe('MethodNotFound')
  })

  it('is MethodNotFound › method newer than the version of the client', () => {
    const call =
      '<RetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">p</_this>' +
      '<options/></RetrievePropertiesEx>'
    const fault = faultOf(envelope(call), '4.0')
    expect(fault.detail?._typeName).toBe('MethodNotFound')
    expect(fault.faultString).toContain('(vim25/4.0)')
  })

  it('can be encoded › every detail', () => {
    const { faultCode, faultString, detail } = faultOf(
      envelope('<Foo xmlns="urn:vim25"><_this type="Folder">f</_this></Foo>'),
    )
    expect(encoderAt().fault(faultCode, faultString, detail).toString()).toContain(
      '<detail><MethodNotFoundFault xmlns="urn:vim25" xsi:type="MethodNotFound">' +
        '<receiver type="Folder">f</receiver><method>Foo</method></MethodNotFoundFault></detail>',
    )
  })
})

describe('SOAPAction (rules 10 and 21, 1.6 first rows)', () => {
  const at = (header: string | undefined) => clientVersion(header, '8.0.3.0')

  it('takes the version › quoted and unquoted', () => {
    expect(at('"urn:vim25/6.7"').version).toBe(versionOf('6.7'))
    expect(at('urn:vim25/6.7').version).toBe(versionOf('6.7'))
  })

  it('takes the version of old clients › empty and absent', () => {
    expect(at('""').version).toBe(versionOf('4.1'))
    expect(at('').version).toBe(versionOf('4.1'))
    expect(at(undefined)).toEqual({ namespace: 'vim25', version: versionOf('4.1') })
  })

  it("takes the server's newest › newer or unknown version", () => {
    expect(at('urn:vim25/9.1.0.0').version).toBe(versionOf('8.0.3.0'))
    expect(at('urn:vim25/99').version).toBe(versionOf('8.0.3.0'))
  })

  it('faults without detail › unknown namespace', () => {
    try {
      at('urn:nope/1.0')
      expect.unreachable()
    } catch (error) {
      const fault = error as WireFault
      expect(fault).toBeInstanceOf(WireFault)
      expect(fault.faultCode).toBe('VersionMismatchFaultCode')
      expect(fault.faultString).toBe('Unsupported version URI "urn:nope/1.0"\n')
      expect(fault.detail).toBeUndefined()
    }
  })

  it('takes sister services › urn:pbm', () => {
    expect(at('urn:pbm/2.0')).toEqual({
      namespace: 'pbm',
      version: schema.versions.index('2.0', 'pbm'),
    })
  })
})
