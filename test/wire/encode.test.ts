import { describe, expect, it } from 'vitest'
import { anyText, answer, dataText, encoderAt, head, methodOf, tail, textOf } from '../support/wire.js'

const content = (val: string) =>
  '<RetrievePropertiesResponse xmlns="urn:vim25"><returnval><obj type="VirtualMachine">vm-1</obj>' +
  `<propSet><name>x</name>${val}</propSet></returnval></RetrievePropertiesResponse>`
const objectContent = (value: unknown) => [
  { obj: { type: 'VirtualMachine', value: 'vm-1' }, propSet: [{ name: 'x', val: value }] },
]

describe('SOAP answer › envelope (protocols.md 1.2, rules 1 and 2)', () => {
  it('is the envelope of vpxd byte for byte › one reference', () => {
    const method = methodOf('SearchIndex', 'FindByUuid')
    const pieces = encoderAt().response(method, { type: 'VirtualMachine', value: 'vm-19' })
    expect(textOf(pieces)).toBe(
      `${head}<FindByUuidResponse xmlns="urn:vim25"><returnval type="VirtualMachine">vm-19` +
        `</returnval></FindByUuidResponse>${tail}`,
    )
  })

  it('is an empty element › void method, null result and empty array alike (rule 20)', () => {
    const date = answer('HostDateTimeSystem', 'UpdateDateTime', undefined)
    expect(date).toBe('<UpdateDateTimeResponse xmlns="urn:vim25"></UpdateDateTimeResponse>')
    expect(answer('PropertyCollector', 'WaitForUpdatesEx', undefined)).toBe(
      '<WaitForUpdatesExResponse xmlns="urn:vim25"></WaitForUpdatesExResponse>',
    )
    expect(answer('PropertyCollector', 'RetrieveProperties', [])).toBe(
      '<RetrievePropertiesResponse xmlns="urn:vim25"></RetrievePropertiesResponse>',
    )
  })

  it('has the namespace of the call › legacy and internal names', () => {
    const method = methodOf('HostDateTimeSystem', 'UpdateDateTime')
    const text = textOf(encoderAt().response(method, undefined, 'urn:internalvim25'))
    expect(text).toContain('<UpdateDateTimeResponse xmlns="urn:internalvim25">')
    expect(textOf(encoderAt().response(method, undefined, 'urn:"><x'))).toContain('xmlns="urn:vim25"')
  })

  it('has no white space between elements › whole answer (rule 2)', () => {
    const text = answer('PropertyCollector', 'RetrieveProperties', objectContent('v'))
    expect(text).toBe(content('<val xsi:type="xsd:string">v</val>'))
  })
})

describe('SOAP answer › objects (rules 3 and 5, 1.7)', () => {
  it('writes children in schema order, base class first › given in another order', () => {
    const value = { capacityInKB: 5, unitNumber: 1, key: 2000, _typeName: 'VirtualDisk' }
    expect(dataText('device', 'VirtualDevice', value)).toBe(
      '<device xsi:type="VirtualDisk"><key>2000</key><unitNumber>1</unitNumber>' +
        '<capacityInKB>5</capacityInKB></device>',
    )
  })

  it('leaves out what is unset and keeps empty strings › optional properties', () => {
    const value = { label: '', summary: 's' }
    expect(dataText('d', 'Description', value)).toBe('<d><label></label><summary>s</summary></d>')
    expect(dataText('o', 'WaitOptions', {})).toBe('<o></o>')
  })

  it('has no xsi:type › actual type is the declared one', () => {
    const value = { _typeName: 'Description', label: 'l', summary: 's' }
    expect(dataText('d', 'Description', value)).toBe('<d><label>l</label><summary>s</summary></d>')
  })

  it('repeats the element › array property', () => {
    const value = { type: 'VirtualMachine', pathSet: ['a', 'b'] }
    expect(dataText('propSet', 'PropertySpec', value)).toBe(
      '<propSet><type>VirtualMachine</type><pathSet>a</pathSet><pathSet>b</pathSet></propSet>',
    )
  })

  it('has type but no xsi:type › slot declared as a reference', () => {
    const value = { host: { type: 'HostSystem', value: 'host-16' }, connectionState: 'connected' }
    const text = dataText('runtime', 'VirtualMachineRuntimeInfo', value)
    expect(text).toContain('<host type="HostSystem">host-16</host>')
    expect(text).toContain('<connectionState>connected</connectionState>')
  })

  it('wraps a MethodFault › LocalizedMethodFault in data (1.6)', () => {
    const value = {
      path: 'config',
      fault: {
        fault: {
          _typeName: 'NoPermission',
          object: { type: 'Folder', value: 'group-d1' },
          privilegeId: 'System.View',
        },
        localizedMessage: 'm',
      },
    }
    expect(dataText('missingSet', 'MissingProperty', value)).toBe(
      '<missingSet><path>config</path><fault><fault xsi:type="NoPermission">' +
        '<object type="Folder">group-d1</object><privilegeId>System.View</privilegeId></fault>' +
        '<localizedMessage>m</localizedMessage></fault></missingSet>',
    )
  })

  it('repeats signed decimals › byte array (rule 18)', () => {
    const text = dataText('config', 'HostConfigInfo', { certificate: [45, -10] })
    expect(text).toBe('<config><certificate>45</certificate><certificate>-10</certificate></config>')
  })

  it('refuses › value that is not of the type', () => {
    expect(() => dataText('d', 'Description', { label: 5, summary: '' })).toThrow(TypeError)
    expect(() => dataText('d', 'WaitOptions', { maxWaitSeconds: '5' })).toThrow(TypeError)
    expect(() => dataText('d', 'PropertySpec', { pathSet: 'name' })).toThrow(TypeError)
    expect(() => anyText({ _typeName: 'NoSuchType' })).toThrow(TypeError)
    expect(() => anyText([1])).toThrow(TypeError)
  })
})

describe('SOAP answer › any slots (1.7)', () => {
  const scalars: [string, unknown, string][] = [
    ['string', 'x', '<val xsi:type="xsd:string">x</val>'],
    ['boolean', true, '<val xsi:type="xsd:boolean">true</val>'],
    ['boolean', false, '<val xsi:type="xsd:boolean">false</val>'],
    ['int', 7, '<val xsi:type="xsd:int">7</val>'],
    ['lowest int', -2147483648, '<val xsi:type="xsd:int">-2147483648</val>'],
    ['number above int', 2147483648, '<val xsi:type="xsd:long">2147483648</val>'],
    ['small long', { _typeName: 'long', _value: 5 }, '<val xsi:type="xsd:long">5</val>'],
    [
      'long beyond 2^53',
      { _typeName: 'long', _value: '9223372036854775807' },
      '<val xsi:type="xsd:long">9223372036854775807</val>',
    ],
    ['short', { _typeName: 'short', _value: 5 }, '<val xsi:type="xsd:short">5</val>'],
    ['byte', { _typeName: 'byte', _value: -5 }, '<val xsi:type="xsd:byte">-5</val>'],
    ['double', 0.1, '<val xsi:type="xsd:double">0.1</val>'],
    ['whole double', { _typeName: 'double', _value: 3 }, '<val xsi:type="xsd:double">3</val>'],
    ['float', { _typeName: 'float', _value: 1.5 }, '<val xsi:type="xsd:float">1.5</val>'],
    [
      'dateTime',
      { _typeName: 'dateTime', _value: '2023-12-12T10:06:39Z' },
      '<val xsi:type="xsd:dateTime">2023-12-12T10:06:39Z</val>',
    ],
    [
      'binary',
      { _typeName: 'binary', _value: 'AQI=' },
      '<val xsi:type="xsd:base64Binary">AQI=</val>',
    ],
    [
      'anyURI',
      { _typeName: 'anyURI', _value: 'http://x/?a&b' },
      '<val xsi:type="xsd:anyURI">http://x/?a&amp;b</val>',
    ],
    [
      'enum',
      { _typeName: 'ManagedEntityStatus', _value: 'green' },
      '<val xsi:type="ManagedEntityStatus">green</val>',
    ],
    [
      'reference',
      { type: 'Folder', value: 'group-d1' },
      '<val type="Folder" xsi:type="ManagedObjectReference">group-d1</val>',
    ],
    [
      'data object',
      { _typeName: 'Description', label: 'l', summary: 's' },
      '<val xsi:type="Description"><label>l</label><summary>s</summary></val>',
    ],
  ]
  for (const [title, value, expected] of scalars) {
    it(`names the type › ${title}`, () => {
      expect(anyText(value)).toBe(expected)
    })
  }

  const arrays: [string, unknown[], string][] = [
    ['String', ['a'], '<string xsi:type="xsd:string">a</string>'],
    ['Int', [1, 2], '<int xsi:type="xsd:int">1</int><int xsi:type="xsd:int">2</int>'],
    ['Long', [1], '<long xsi:type="xsd:long">1</long>'],
    ['Short', [1], '<short xsi:type="xsd:short">1</short>'],
    ['Byte', [-1], '<byte xsi:type="xsd:byte">-1</byte>'],
    ['Double', [0.5], '<double xsi:type="xsd:double">0.5</double>'],
    ['Boolean', [true], '<boolean xsi:type="xsd:boolean">true</boolean>'],
    ['AnyType', ['a'], '<anyType xsi:type="xsd:string">a</anyType>'],
    [
      'ManagedObjectReference',
      [{ type: 'Task', value: 'task-1' }],
      '<ManagedObjectReference type="Task" xsi:type="ManagedObjectReference">task-1' +
        '</ManagedObjectReference>',
    ],
    ['Tag', [{ key: 'k' }], '<Tag xsi:type="Tag"><key>k</key></Tag>'],
    [
      'VirtualDevice',
      [{ _typeName: 'VirtualFloppy', key: 8000 }],
      '<VirtualDevice xsi:type="VirtualFloppy"><key>8000</key></VirtualDevice>',
    ],
    ['Tag', [], ''],
    [
      'ManagedEntityStatus',
      ['red'],
      '<ManagedEntityStatus xsi:type="ManagedEntityStatus">red</ManagedEntityStatus>',
    ],
  ]
  for (const [name, items, expected] of arrays) {
    it(`wraps an array (rule 17) › ArrayOf${name} of ${items.length}`, () => {
      const value = { _typeName: `ArrayOf${name}`, _value: items }
      const text = `<val xsi:type="ArrayOf${name}">${expected}</val>`
      expect(answer('PropertyCollector', 'RetrieveProperties', objectContent(value))).toBe(
        content(text),
      )
    })
  }

  it('repeats returnval › array result of a method (rule 17)', () => {
    const found = [
      { type: 'VirtualMachine', value: 'vm-1' },
      { type: 'VirtualMachine', value: 'vm-2' },
    ]
    expect(answer('SearchIndex', 'FindAllByDnsName', found)).toBe(
      '<FindAllByDnsNameResponse xmlns="urn:vim25"><returnval type="VirtualMachine">vm-1' +
        '</returnval><returnval type="VirtualMachine">vm-2</returnval></FindAllByDnsNameResponse>',
    )
  })

  it('carries the any form › Fetch of an empty array', () => {
    const value = { _typeName: 'ArrayOfTag', _value: [] }
    expect(answer('VirtualMachine', 'Fetch', value)).toBe(
      '<FetchResponse xmlns="urn:vim25"><returnval xsi:type="ArrayOfTag"></returnval>' +
        '</FetchResponse>',
    )
  })
})

describe('SOAP answer › text', () => {
  it('escapes five characters › string (1.2)', () => {
    expect(anyText(`<a b="c">'&'</a>`)).toBe(
      '<val xsi:type="xsd:string">&lt;a b=&quot;c&quot;&gt;&apos;&amp;&apos;&lt;/a&gt;</val>',
    )
  })

  it('keeps white space and new lines, drops what XML forbids › string (1.7)', () => {
    expect(anyText(' a\n\tb\u0000\u000b\ufffe ')).toBe('<val xsi:type="xsd:string"> a\n\tb </val>')
    expect(anyText('a\r\nb')).toBe('<val xsi:type="xsd:string">a&#xD;\nb</val>')
  })

  it('writes UTF-8 › beyond ASCII and beyond the BMP', () => {
    const value = [...encoderAt().response(methodOf('VirtualMachine', 'Fetch'), 'ñ中😀')]
    expect(Buffer.concat(value).includes(Buffer.from('ñ中😀'))).toBe(true)
  })
})

describe('SOAP answer › version filter (rule 4, 2.6)', () => {
  it('drops properties that came later › old client', () => {
    const value = { label: 'n', summary: 's', key: 'k' }
    const spec = { propSet: [], objectSet: [], reportMissingObjectsInResults: true }
    expect(dataText('d', 'ElementDescription', value, '2.5')).toContain('<key>k</key>')
    expect(dataText('s', 'PropertyFilterSpec', spec, '4.0')).toBe('<s></s>')
    expect(dataText('s', 'PropertyFilterSpec', spec, '4.1')).toContain('reportMissing')
  })

  it('sends the nearest known ancestor with its properties only › type that came later', () => {
    const value = { _typeName: 'VirtualVmxnet3', key: 4000, uptCompatibilityEnabled: true }
    expect(dataText('device', 'VirtualDevice', value, '4.1')).toContain('xsi:type="VirtualVmxnet3"')
    expect(dataText('device', 'VirtualDevice', value, '2.5')).toBe(
      '<device xsi:type="VirtualVmxnet"><key>4000</key></device>',
    )
  })

  it('sends the nearest known ancestor › reference to a managed type that came later', () => {
    const value = { type: 'StoragePod', value: 'group-p1' }
    expect(anyText(value, '4.1')).toContain('type="Folder"')
    expect(anyText(value, '5.0')).toContain('type="StoragePod"')
  })

  it('leaves an object of the base type without xsi:type › ancestor is the declared type', () => {
    const value = { _typeName: 'VirtualVmxnet3', key: 4000 }
    expect(dataText('device', 'VirtualVmxnet', value, '2.5')).toBe('<device><key>4000</key></device>')
  })
})

describe('SOAP answer › enum literals that came later (2.6 c)', () => {
  it('are sent as unknown › enum that has it', () => {
    const value = { _typeName: 'KmipClusterInfoKmsManagementType', _value: 'nativeProvider' }
    expect(anyText(value, '7.0.2.0')).toContain('>nativeProvider<')
    expect(anyText(value, '7.0.0.0')).toContain('>unknown<')
  })

  it('are left out › enum that has none', () => {
    const value = { _typeName: 'RecommendationReasonCode', _value: 'vmxUpgrade' }
    expect(anyText(value, '8.0.3.0')).toContain('>vmxUpgrade<')
    expect(anyText(value, '7.0.0.0')).toBe('')
  })

  it('are an error › literal the enum does not have at all', () => {
    const value = { _typeName: 'ManagedEntityStatus', _value: 'blue' }
    expect(() => anyText(value)).toThrow('blue')
  })
})

describe('SOAP answer › sister API', () => {
  const pbm = encoderAt('2.0', 'pbm')
  const error = (name: string) => ({
    hub: { hubType: 'Datastore', hubId: 'datastore-1' },
    error: [{ fault: { _typeName: name } }],
  })
  const type = { kind: 'data', name: 'PbmPlacementCompatibilityResult', array: false } as const

  it('has its own namespace › empty answer and fault', () => {
    const method = methodOf('PbmServiceInstance', 'PbmRetrieveServiceContent')
    expect(textOf(pbm.response(method, undefined))).toContain(
      '<PbmRetrieveServiceContentResponse xmlns="urn:pbm"></PbmRetrieveServiceContentResponse>',
    )
    expect(pbm.fault('ServerFaultCode', '', { _typeName: 'PbmFault' }).toString()).toContain(
      '<PbmFaultFault xmlns="urn:pbm" xsi:type="PbmFault">',
    )
    const fault = pbm.fault('ServerFaultCode', '', { _typeName: 'InvalidArgument' }).toString()
    expect(fault).toContain('<InvalidArgumentFault xmlns="urn:vim25" xsi:type="InvalidArgument">')
  })

  it('qualifies xsi:type › type of another namespace only', () => {
    expect(pbm.value('r', error('PbmFaultNotFound'), type)).toContain(
      '<fault xsi:type="PbmFaultNotFound">',
    )
    expect(pbm.value('r', error('NotFound'), type)).toContain(
      '<fault xmlns:vim25="urn:vim25" xsi:type="vim25:NotFound">',
    )
  })
})

describe('SOAP fault (1.6, rule 8)', () => {
  it('is the fault of vpxd byte for byte › InvalidLogin', () => {
    const text = 'Cannot complete login due to an incorrect user name or password.'
    const fault = encoderAt().fault('ServerFaultCode', text, { _typeName: 'InvalidLogin' })
    expect(fault.toString()).toBe(
      `${head}<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>${text}` +
        '</faultstring><detail><InvalidLoginFault xmlns="urn:vim25" xsi:type="InvalidLogin">' +
        `</InvalidLoginFault></detail></soapenv:Fault>${tail}`,
    )
  })

  it('writes properties in order and escapes the text › ManagedObjectNotFound', () => {
    const detail = { _typeName: 'ManagedObjectNotFound', obj: { type: 'VirtualMachine', value: 'v' } }
    const fault = encoderAt().fault('ServerFaultCode', "The object 'x'", detail).toString()
    expect(fault).toContain('<faultstring>The object &apos;x&apos;</faultstring>')
    expect(fault).toContain(
      '<detail><ManagedObjectNotFoundFault xmlns="urn:vim25" xsi:type="ManagedObjectNotFound">' +
        '<obj type="VirtualMachine">v</obj></ManagedObjectNotFoundFault></detail>',
    )
  })

  it('has no detail element › none given', () => {
    const fault = encoderAt().fault('VersionMismatchFaultCode', 'x').toString()
    expect(fault).not.toContain('detail')
  })

  it('names the internal namespace › call was made there', () => {
    const detail = { _typeName: 'InvalidRequest' }
    const fault = encoderAt().fault('ServerFaultCode', 'x', detail, 'urn:internalvim25').toString()
    expect(fault).toContain('<InvalidRequestFault xmlns="urn:internalvim25"')
  })
})
