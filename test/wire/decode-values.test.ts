import { describe, expect, it } from 'vitest'
import { normalizeDateTime } from '../../emulator/wire/date-time.js'
import { anyText, decode, envelope, faultOf } from '../support/wire.js'

const option = (value: string) =>
  envelope(
    '<UpdateOptions xmlns="urn:vim25"><_this type="OptionManager">o</_this><changedValue>' +
      `<key>k</key>${value}</changedValue></UpdateOptions>`,
  )
const anyOf = (value: string) =>
  (decode(option(value)).args['changedValue'] as { value?: unknown }[])[0]?.value

describe('any slot of a request › scalars take the form of decision 0002', () => {
  const rows: [string, unknown][] = [
    ['<value xsi:type="xsd:string"> a &amp; b </value>', ' a & b '],
    ['<value xsi:type="xsd:boolean">1</value>', true],
    ['<value xsi:type="xsd:int">-7</value>', -7],
    ['<value xsi:type="xsd:int"> 007 </value>', 7],
    ['<value xsi:type="xsd:long">5</value>', { _typeName: 'long', _value: 5 }],
    ['<value xsi:type="xsd:long">2147483648</value>', 2147483648],
    [
      '<value xsi:type="xsd:long">9223372036854775807</value>',
      { _typeName: 'long', _value: '9223372036854775807' },
    ],
    ['<value xsi:type="xsd:short">5</value>', { _typeName: 'short', _value: 5 }],
    ['<value xsi:type="xsd:byte">-128</value>', { _typeName: 'byte', _value: -128 }],
    ['<value xsi:type="xsd:double">1.5e3</value>', { _typeName: 'double', _value: 1500 }],
    ['<value xsi:type="xsd:double">1.5</value>', 1.5],
    ['<value xsi:type="xsd:float">1.5</value>', { _typeName: 'float', _value: 1.5 }],
    [
      '<value xsi:type="xsd:dateTime">2024-02-29T23:30:00.5000-04:00</value>',
      { _typeName: 'dateTime', _value: '2024-03-01T03:30:00.5Z' },
    ],
    ['<value xsi:type="xsd:base64Binary">AQ\nI=</value>', { _typeName: 'binary', _value: 'AQI=' }],
    ['<value xsi:type="xsd:anyURI">http://x</value>', { _typeName: 'anyURI', _value: 'http://x' }],
    [
      '<value xsi:type="ManagedEntityStatus">red</value>',
      { _typeName: 'ManagedEntityStatus', _value: 'red' },
    ],
    [
      '<value xsi:type="ManagedObjectReference" type="Folder">f</value>',
      { type: 'Folder', value: 'f' },
    ],
    [
      '<value xsi:type="Description"><summary>s</summary><label>l</label></value>',
      { _typeName: 'Description', label: 'l', summary: 's' },
    ],
    ['<value xsi:type="ArrayOfString"/>', { _typeName: 'ArrayOfString', _value: [] }],
    [
      '<value xsi:type="ArrayOfInt"><int xsi:type="xsd:int">1</int><int>2</int></value>',
      { _typeName: 'ArrayOfInt', _value: [1, 2] },
    ],
    [
      '<value xsi:type="ArrayOfAnyType"><anyType xsi:type="xsd:long">1</anyType></value>',
      { _typeName: 'ArrayOfAnyType', _value: [{ _typeName: 'long', _value: 1 }] },
    ],
    [
      '<value xsi:type="ArrayOfManagedObjectReference"><ManagedObjectReference type="Task">t' +
        '</ManagedObjectReference></value>',
      { _typeName: 'ArrayOfManagedObjectReference', _value: [{ type: 'Task', value: 't' }] },
    ],
    ['<value>untyped</value>', 'untyped'],
    ['<value xsi:type="xsd:string"/>', ''],
    ['<value xsi:nil="true"/>', undefined],
    ['<value xsi:type="xsd:string"><![CDATA[<a>]]>&#x1F600;</value>', '<a>😀'],
  ]
  for (const [xml, expected] of rows) {
    it(`reads › ${xml}`, () => {
      expect(anyOf(xml)).toEqual(expected)
    })
  }

  it('comes back as it was › what the encoder writes is read again', () => {
    for (const [xml, value] of rows) {
      if (value === undefined) continue
      const written = anyText(value).replaceAll('<val ', '<value ').replaceAll('</val>', '</value>')
      expect(anyOf(written), xml).toEqual(value)
    }
  })

  const wrong = [
    ['<value xsi:type="xsd:int">2147483648</value>', 'not a valid int'],
    ['<value xsi:type="xsd:int"></value>', 'not a valid int'],
    ['<value xsi:type="xsd:int">1.0</value>', 'not a valid int'],
    ['<value xsi:type="xsd:short">40000</value>', 'not a valid short'],
    ['<value xsi:type="xsd:long">9223372036854775808</value>', 'not a valid long'],
    ['<value xsi:type="xsd:double">NaN</value>', 'not a valid double'],
    ['<value xsi:type="xsd:boolean">yes</value>', 'not a valid boolean'],
    ['<value xsi:type="xsd:dateTime">2023-02-29T00:00:00Z</value>', 'not a valid dateTime'],
    ['<value xsi:type="xsd:base64Binary">*</value>', 'not a valid binary'],
    ['<value xsi:type="ManagedEntityStatus">blue</value>', '"blue" of value is not a valid Man'],
    ['<value xsi:type="NoSuchType"/>', 'Unknown type NoSuchType'],
    ['<value xsi:type="xsd:string"><b/></value>', 'Unexpected element b'],
    ['<value xsi:type="ManagedObjectReference" type="Nope">f</value>', 'managed type "Nope"'],
    ['<value xsi:type="Description">text</value>', 'Unexpected text'],
  ] as const
  for (const [xml, text] of wrong) {
    it(`refuses › ${xml}`, () => {
      const fault = faultOf(option(xml))
      expect(fault.detail).toEqual({ _typeName: 'InvalidRequest' })
      expect(fault.faultString).toContain(text)
      expect(fault.faultString).toMatch(/at line 1, column \d+$/)
    })
  }
})

describe('data object of a request', () => {
  const reconfigure = (spec: string) =>
    decode(
      envelope(
        '<ReconfigVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">vm-1</_this>' +
          `<spec>${spec}</spec></ReconfigVM_Task>`,
      ),
    ).args['spec']

  it('takes children in any order and repeats arrays › devices', () => {
    const spec = reconfigure(
      '<numCPUs>2</numCPUs><deviceChange><operation>add</operation><device xsi:type="VirtualDisk">' +
        '<capacityInKB>9007199254740993</capacityInKB><key>-1</key></device></deviceChange>' +
        '<name>n</name><deviceChange><device xsi:type="VirtualFloppy"><key>1</key></device>' +
        '</deviceChange>',
    )
    expect(spec).toEqual({
      numCPUs: 2,
      name: 'n',
      deviceChange: [
        {
          _typeName: 'VirtualDeviceConfigSpec',
          operation: 'add',
          device: { _typeName: 'VirtualDisk', capacityInKB: '9007199254740993', key: -1 },
        },
        {
          _typeName: 'VirtualDeviceConfigSpec',
          device: { _typeName: 'VirtualFloppy', key: 1 },
        },
      ],
    })
  })

  it('leaves out › nil properties, white space, comments, processing instructions', () => {
    expect(reconfigure('\n <name xsi:nil="1"/> <!-- c --> <?p i?> <numCPUs>1</numCPUs>\n')).toEqual({
      numCPUs: 1,
    })
  })

  it('ignores dynamic type and properties › legacy clients', () => {
    expect(reconfigure('<dynamicType>x</dynamicType><name>n</name>')).toEqual({ name: 'n' })
  })

  it('sets a required array that was not sent to empty › PropertyFilterSpec', () => {
    const call = decode(
      envelope(
        '<CreateFilter xmlns="urn:vim25"><_this type="PropertyCollector">p</_this><spec/>' +
          '<partialUpdates>false</partialUpdates></CreateFilter>',
      ),
    )
    expect(call.args['spec']).toEqual({ propSet: [], objectSet: [] })
  })

  it('takes text in pieces as one › entities, CDATA and comments in a string', () => {
    expect(reconfigure('<name>a&lt;<![CDATA[b]]><!-- c -->d&#101;</name>')).toEqual({
      name: 'a<bde',
    })
  })
})

describe('dateTime (1.7)', () => {
  const rows: [string, string | undefined][] = [
    ['2023-12-12T10:06:39Z', '2023-12-12T10:06:39Z'],
    ['2014-10-20T15:09:09.073Z', '2014-10-20T15:09:09.073Z'],
    ['2014-10-20T15:09:33.763524000Z', '2014-10-20T15:09:33.763524Z'],
    ['2014-10-20T15:09:33.000Z', '2014-10-20T15:09:33Z'],
    ['2014-12-31T23:30:00-04:00', '2015-01-01T03:30:00Z'],
    ['2016-01-01T00:30:00+05:30', '2015-12-31T19:00:00Z'],
    ['2016-03-01T00:00:00+00:01', '2016-02-29T23:59:00Z'],
    ['2100-03-01T00:00:00+00:01', '2100-02-28T23:59:00Z'],
    ['2023-12-12T10:06:39', '2023-12-12T10:06:39Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['0001-01-01T00:00:00+01:00', undefined],
    ['9999-12-31T23:59:59-01:00', undefined],
    ['2023-13-01T00:00:00Z', undefined],
    ['2023-12-12T10:06:60Z', undefined],
    ['2023-12-12', undefined],
    ['', undefined],
  ]
  for (const [text, expected] of rows) {
    it(`is normalised to UTC › ${text}`, () => {
      expect(normalizeDateTime(text)).toBe(expected)
    })
  }
})
