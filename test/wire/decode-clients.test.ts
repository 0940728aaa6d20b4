import { describe, expect, it } from 'vitest'
import { decode, schema } from '../support/wire.js'

const soap = 'http://schemas.xmlsoap.org/soap/envelope/'
const xsi = 'http://www.w3.org/2001/XMLSchema-instance'
const xsd = 'http://www.w3.org/2001/XMLSchema'
const prolog = '<?xml version="1.0" encoding="UTF-8"?>\n'
const loginArgs = { userName: 'root', password: 'a<b&c' }

describe('SOAP request › client styles (protocols.md 1.1)', () => {
  it('reads pyVmomi › versionId on every parameter (rule 12)', () => {
    const call = decode(
      `${prolog}<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" ` +
        `xmlns:soapenv="${soap}" xmlns:xsd="${xsd}" xmlns:xsi="${xsi}">\n<soapenv:Body>` +
        '<Login xmlns="urn:vim25"><_this versionId="8.0.2.0" type="SessionManager">' +
        'SessionManager</_this><userName versionId="8.0.2.0">root</userName>' +
        '<password versionId="8.0.2.0">a&lt;b&amp;c</password></Login>' +
        '\n</soapenv:Body>\n</soapenv:Envelope>',
    )
    expect(call.method.name).toBe('Login')
    expect(call.self).toEqual({ type: 'SessionManager', value: 'SessionManager' })
    expect(call.args).toEqual(loginArgs)
    expect(call.uri).toBe('urn:vim25')
  })

  it('reads pyVmomi › property spec with self-closed options and typed selection sets', () => {
    const call = decode(
      `${prolog}<soapenv:Envelope xmlns:soapenv="${soap}" xmlns:xsd="${xsd}" xmlns:xsi="${xsi}">` +
        '<soapenv:Body><RetrievePropertiesEx xmlns="urn:vim25">' +
        '<_this versionId="8.0.2.0" type="PropertyCollector">propertyCollector</_this>' +
        '<specSet versionId="8.0.2.0"><propSet><type xsi:type="xsd:string">VirtualMachine</type>' +
        '<all>false</all><pathSet>name</pathSet></propSet><objectSet>' +
        '<obj type="ContainerView">session[1]2</obj><skip>true</skip>' +
        '<selectSet xsi:type="TraversalSpec"><name>t</name><type>ContainerView</type>' +
        '<path>view</path><skip>false</skip></selectSet></objectSet></specSet>' +
        '<options versionId="8.0.2.0"/></RetrievePropertiesEx></soapenv:Body></soapenv:Envelope>',
    )
    expect(call.args).toEqual({
      specSet: [
        {
          propSet: [{ type: 'VirtualMachine', all: false, pathSet: ['name'] }],
          objectSet: [
            {
              obj: { type: 'ContainerView', value: 'session[1]2' },
              skip: true,
              selectSet: [
                {
                  _typeName: 'TraversalSpec',
                  name: 't',
                  type: 'ContainerView',
                  path: 'view',
                  skip: false,
                },
              ],
            },
          ],
        },
      ],
      options: {},
    })
  })

  it('reads govmomi › default namespace envelope, xsd prefix not declared', () => {
    const call = decode(
      `${prolog}<Envelope xmlns="${soap}"><Header><operationID xmlns="">abc-1</operationID>` +
        '</Header><Body><UpdateOptions xmlns="urn:vim25"><_this type="OptionManager">VpxSettings' +
        '</_this><changedValue><key>event.maxAge</key>' +
        `<value xmlns:XMLSchema-instance="${xsi}" XMLSchema-instance:type="xsd:int">30</value>` +
        `</changedValue><changedValue xmlns:XMLSchema-instance="${xsi}" ` +
        'XMLSchema-instance:type="OptionValue"><key>k</key>' +
        '<value XMLSchema-instance:type="xsd:string">v</value></changedValue></UpdateOptions>' +
        '</Body></Envelope>',
    )
    expect(call.headers.operationId).toBe('abc-1')
    expect(call.args['changedValue']).toEqual([
      { _typeName: 'OptionValue', key: 'event.maxAge', value: 30 },
      { _typeName: 'OptionValue', key: 'k', value: 'v' },
    ])
  })

  it('reads rbvmomi › no prolog, env prefix, 1 and 0 for booleans, xsi:type everywhere', () => {
    const call = decode(
      `<env:Envelope xmlns:xsd="${xsd}" xmlns:env="${soap}" xmlns:xsi="${xsi}"><env:Body>` +
        '<CreateFilter xmlns="urn:vim25"><_this xsi:type="ManagedObjectReference" ' +
        'type="PropertyCollector">propertyCollector</_this><spec xsi:type="PropertyFilterSpec">' +
        '<propSet xsi:type="PropertySpec"><type>Task</type><all>0</all><pathSet>info.state' +
        '</pathSet></propSet><objectSet xsi:type="ObjectSpec">' +
        '<obj type="Task">task-1</obj></objectSet></spec><partialUpdates>1</partialUpdates>' +
        '</CreateFilter></env:Body></env:Envelope>',
    )
    expect(call.args).toEqual({
      spec: {
        propSet: [{ type: 'Task', all: false, pathSet: ['info.state'] }],
        objectSet: [{ obj: { type: 'Task', value: 'task-1' } }],
      },
      partialUpdates: true,
    })
  })

  it('reads yavijava › _this carries xsi:type of a reference', () => {
    const call = decode(
      `${prolog}<soapenv:Envelope xmlns:soapenv="${soap}" xmlns:xsd="${xsd}" xmlns:xsi="${xsi}">` +
        '<soapenv:Body><RetrieveServiceContent xmlns="urn:vim25"><_this xsi:type=' +
        '"ManagedObjectReference" type="ServiceInstance">ServiceInstance</_this>' +
        '</RetrieveServiceContent></soapenv:Body></soapenv:Envelope>',
      '4.1',
    )
    expect(call.method.name).toBe('RetrieveServiceContent')
    expect(call.self.value).toBe('ServiceInstance')
  })

  it('reads suds › a prefix on every element and in xsi:type', () => {
    const call = decode(
      `${prolog}<SOAP-ENV:Envelope xmlns:ns0="urn:vim25" xmlns:ns1="${soap}" xmlns:xsi="${xsi}" ` +
        `xmlns:SOAP-ENV="${soap}"><SOAP-ENV:Header><ns0:operationID>oslo.vmware-1` +
        '</ns0:operationID></SOAP-ENV:Header><ns1:Body><ns0:RetrievePropertiesEx>' +
        '<ns0:_this type="PropertyCollector">propertyCollector</ns0:_this><ns0:specSet>' +
        '<ns0:propSet><ns0:type>Datacenter</ns0:type></ns0:propSet><ns0:objectSet>' +
        '<ns0:obj type="Folder">group-d1</ns0:obj><ns0:selectSet xsi:type="ns0:TraversalSpec">' +
        '<ns0:type>Folder</ns0:type><ns0:path>childEntity</ns0:path><ns0:selectSet>' +
        '<ns0:name>x</ns0:name></ns0:selectSet></ns0:selectSet></ns0:objectSet></ns0:specSet>' +
        '<ns0:options><ns0:maxObjects>100</ns0:maxObjects></ns0:options>' +
        '</ns0:RetrievePropertiesEx></ns1:Body></SOAP-ENV:Envelope>',
    )
    expect(call.headers.operationId).toBe('oslo.vmware-1')
    expect(call.args['options']).toEqual({ maxObjects: 100 })
    expect(JSON.stringify(call.args)).toContain('{"_typeName":"SelectionSpec","name":"x"}')
  })

  it('reads libvirt › namespace repeated on _this', () => {
    const call = decode(
      `${prolog}<soapenv:Envelope\n xmlns:soapenv="${soap}"\n xmlns:xsi="${xsi}"\n ` +
        `xmlns:xsd="${xsd}">\n<soapenv:Body>\n<Login xmlns="urn:vim25"><_this ` +
        'xmlns="urn:vim25" xsi:type="ManagedObjectReference" type="SessionManager">ha-sessionmgr' +
        '</_this><userName xmlns="urn:vim25" xsi:type="xsd:string">root</userName>' +
        '<password xmlns="urn:vim25" xsi:type="xsd:string">a&#60;b&#x26;c</password></Login>\n' +
        '</soapenv:Body>\n</soapenv:Envelope>',
      '2.5',
    )
    expect(call.args).toEqual(loginArgs)
  })

  it('reads PowerCLI › soap prefix, header, pretty-printed objects', () => {
    const call = decode(
      `${prolog}<soap:Envelope xmlns:soap="${soap}" xmlns:xsi="${xsi}" xmlns:xsd="${xsd}">\n` +
        ' <soap:Header>\n  <operationID xmlns="urn:vim25">F1</operationID>\n </soap:Header>\n' +
        ' <soap:Body>\n  <QueryOptions xmlns="urn:vim25">\n   <_this type="OptionManager">VpxSettings' +
        '</_this>\n   <name>config.vpxd.sso.sts.uri</name>\n  </QueryOptions>\n </soap:Body>\n' +
        '</soap:Envelope>\n',
    )
    expect(call.args).toEqual({ name: 'config.vpxd.sso.sts.uri' })
    expect(call.headers.operationId).toBe('F1')
  })

  it('reads ovftool › Fetch with a super class as the type of _this', () => {
    const fetch = (type: string) =>
      `<e:Envelope xmlns:e="${soap}"><e:Body><Fetch xmlns="urn:vim25"><_this type="${type}" ` +
      'serverGuid="0-1">vm-1</_this><prop>name</prop></Fetch></e:Body></e:Envelope>'
    expect(decode(fetch('ManagedEntity')).args).toEqual({ prop: 'name' })
    expect(decode(fetch('ComputeResource')).self.type).toBe('ComputeResource')
  })

  it('reads › method called with a super class of its owner', () => {
    const call = decode(
      `<e:Envelope xmlns:e="${soap}"><e:Body><PowerOnVM_Task xmlns="urn:vim25">` +
        '<_this type="ManagedEntity">vm-1</_this></PowerOnVM_Task></e:Body></e:Envelope>',
    )
    expect(call.method.owner).toBe('VirtualMachine')
  })
})

describe('SOAP request › namespaces of the body', () => {
  const current = (uri: string) =>
    `<e:Envelope xmlns:e="${soap}"><e:Body><CurrentTime xmlns="${uri}">` +
    '<_this type="ServiceInstance">ServiceInstance</_this></CurrentTime></e:Body></e:Envelope>'
  for (const uri of ['urn:vim25', 'urn:vim2', 'urn:internalvim25', 'urn:vpxd3', 'urn:whatever', '']) {
    it(`finds the method › namespace "${uri}"`, () => {
      const call = decode(current(uri))
      expect(call.method.name).toBe('CurrentTime')
      expect(call.namespace).toBe('vim25')
      expect(call.uri).toBe(uri)
    })
  }

  it('finds the method by bare name › other table than the SOAPAction names', () => {
    const call = decode(current('urn:pbm'), '2.0', 'pbm')
    expect(call.namespace).toBe('vim25')
    expect(call.version).toBe(schema.versions.newest('vim25'))
  })

  it('finds a method of a sister API › urn:pbm with the session in a header', () => {
    const call = decode(
      `<Envelope xmlns="${soap}"><Header><vcSessionCookie>abc</vcSessionCookie></Header><Body>` +
        '<PbmRetrieveServiceContent xmlns="urn:pbm"><_this type="PbmServiceInstance">' +
        'ServiceInstance</_this></PbmRetrieveServiceContent></Body></Envelope>',
      '2.0',
      'pbm',
    )
    expect(call.namespace).toBe('pbm')
    expect(call.headers.vcSessionCookie).toBe('abc')
  })
})

describe('SOAP request › headers (1.4)', () => {
  const call = (header: string) =>
    decode(
      `<e:Envelope xmlns:e="${soap}" xmlns:u="urn:u"><e:Header>${header}</e:Header><e:Body>` +
        '<CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this>' +
        '</CurrentTime></e:Body></e:Envelope>',
    ).headers

  it('keeps simple ones as strings, leaves out others › unknown elements', () => {
    expect(call('<a>1</a><b><c>2</c></b>').other).toEqual({ a: '1' })
  })

  it('keeps the security header as written › prefixes from outside declared on it', () => {
    const written = '<w:Security xmlns:w="urn:w" e:mustUnderstand="1"><u:A x=\'1\'>&amp;</u:A></w:Security>'
    expect(call(written).security).toBe(
      `<w:Security xmlns:e="${soap}" xmlns:u="urn:u"${written.slice('<w:Security'.length)}`,
    )
  })

  it('faults › unknown header that must be understood', () => {
    expect(() => call('<x e:mustUnderstand="1"/>')).toThrow('not understood')
    expect(call('<x e:mustUnderstand="0">1</x>').other).toEqual({ x: '1' })
  })

  it('does not touch prototypes › header named __proto__', () => {
    expect(call('<__proto__>1</__proto__><constructor>2</constructor>').other).toEqual({
      constructor: '2',
    })
  })
})
