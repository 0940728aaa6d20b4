/** Bodies that no client should send: the product's MethodFault, and the lab goes on. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { decodeResponse, SoapFault } from '../../clients/sdk/soap-xml.js'
import type { RawAnswer, SoapClient } from '../../clients/sdk/soap-client.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { envelope } from '../doors/support.js'
import type { TestLab } from '../support/test-lab.js'
import { currentTime, decentAnswer, holdings, loginAs, named, openFrontLab, stillServes } from './front-lab.js'

let lab: TestLab
let client: SoapClient
beforeAll(async () => {
  lab = openFrontLab()
  client = await lab.client('vc-01')
})
afterAll(() => lab.close())
afterEach(() => stillServes(lab))

interface Fault {
  readonly type: string | undefined
  readonly text: string
  readonly detail: Record<string, unknown>
}

/** The fault of an answer, after the checks that hold for every answer. */
function faultIn(answer: RawAnswer): Fault {
  expect(decentAnswer(answer).status).toBe(500)
  try {
    decodeResponse(answer.body)
  } catch (error) {
    if (!(error instanceof SoapFault)) throw error
    const { _typeName, ...detail } = (error.detail === '' ? {} : error.detail ?? {}) as Record<string, unknown>
    return { type: error.type ?? String(_typeName), text: /<faultstring>([^]*?)</.exec(answer.body)?.[1] ?? '', detail }
  }
  throw new Error(`no fault: ${answer.body}`)
}

async function fault(body: string | Buffer, headers: Record<string, string> = {}): Promise<Fault> {
  return faultIn(await client.post(body, headers))
}

const service = ['ServiceInstance', 'ServiceInstance'] as const
const sessions = ['SessionManager', 'SessionManager']
const manager = ['AuthorizationManager', 'AuthorizationManager']
const collector = ['PropertyCollector', 'propertyCollector']
const folder = ['Folder', 'group-d1']

function call(method: string, params = '', self: readonly string[] = service): string {
  return envelope(method, params, [...self])
}

describe('XML that is none', () => {
  const rows: Array<[string, string | Buffer, RegExp]> = [
    ['nothing at all', '', /^Parse error at line 1: document must contain a root element/],
    ['white space', ' \r\n ', /^Parse error/],
    ['text', 'hello', /^Parse error/],
    ['JSON', '{"method":"Login"}', /^Parse error/],
    ['a prolog only', '<?xml version="1.0"?>', /^Parse error/],
    ['crossed tags', currentTime.replace('</soapenv:Body>', '</soapenv:Envelope>'), /^Parse error/],
    ['an end tag too many', `${currentTime}</a>`, /^Parse error/],
    ['a second document', currentTime + currentTime, /^Parse error/],
    ['an attribute twice', currentTime.replace('_this type=', '_this type="Folder" type='), /^Parse error/],
    [
      'an attribute without quotes',
      currentTime.replace('type="ServiceInstance"', 'type=ServiceInstance'),
      /^Parse error/,
    ],
    [
      'an unbound prefix',
      currentTime.replace('<CurrentTime xmlns="urn:vim25">', '<n:CurrentTime>'),
      /^Parse error/,
    ],
    ['a NUL byte', currentTime.replace('>ServiceInstance<', '>Service\0Instance<'), /^Parse error/],
    [
      'a control character',
      currentTime.replace('>ServiceInstance<', '>Service\u0008Instance<'),
      /^Parse error/,
    ],
    ['a reference to NUL', currentTime.replace('>ServiceInstance<', '>&#0;<'), /^Parse error/],
    ['a reference to half a pair', currentTime.replace('>ServiceInstance<', '>&#xD800;<'), /^Parse error/],
    ['a reference beyond Unicode', currentTime.replace('>ServiceInstance<', '>&#x110000;<'), /^Parse error/],
    ['an unknown entity', currentTime.replace('>ServiceInstance<', '>&nbsp;<'), /^Parse error/],
    ['a bare ampersand', currentTime.replace('>ServiceInstance<', '>a & b<'), /^Parse error/],
    ['bytes that are not UTF-8', broken('>ServiceInstance<', [0x3e, 0xc3, 0x28, 0x3c]), /not valid UTF-8/],
    ['an overlong UTF-8 form', broken('>ServiceInstance<', [0x3e, 0xc0, 0xbc, 0x3c]), /not valid UTF-8/],
    ['UTF-16 that ends in half a pair', Buffer.from('\ufeff<a>\ud800', 'utf16le'), /not valid UTF-16LE/],
    ['an encoding nobody knows', currentTime.replace('UTF-8', 'EBCDIC-CP-US'), /unsupported encoding/],
    ['a comment that does not end', currentTime.replace('</soapenv:Body>', '<!-- '), /^Parse error/],
    [
      'a CDATA section that does not end',
      currentTime.replace('</soapenv:Body>', '<![CDATA['),
      /^Parse error/,
    ],
    ['an instruction that does not end', currentTime.replace('</soapenv:Body>', '<?pi '), /^Parse error/],
  ]
  it.each(rows)('%s › is InvalidRequest', async (_title, body, text) => {
    const found = await fault(body)
    expect(found).toMatchObject({ type: 'InvalidRequest', detail: {} })
    expect(found.text).toMatch(text)
  })

  it('a request cut off anywhere › is InvalidRequest', async () => {
    for (let length = 1; length < currentTime.length; length += 13) {
      expect((await fault(currentTime.slice(0, length))).type).toBe('InvalidRequest')
    }
  })
})

function broken(text: string, bytes: readonly number[]): Buffer {
  const at = currentTime.indexOf(text)
  return Buffer.concat([
    Buffer.from(currentTime.slice(0, at)), Buffer.from(bytes), Buffer.from(currentTime.slice(at + text.length)),
  ])
}

describe('XML that wants more than its share', () => {
  const bomb = (declarations: string, use: string): string =>
    currentTime.replace('?>', `?><!DOCTYPE lolz [${declarations}]>`).replace('>ServiceInstance<', `>${use}<`)
  const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('')

  it.each([
    ['a billion laughs', bomb(`<!ENTITY l0 "lol">${laughs}`, '&l9;')],
    ['a quadratic blow-up', bomb(`<!ENTITY a "${'a'.repeat(50000)}">`, '&a;'.repeat(5000))],
    ['a file of the server', bomb('<!ENTITY x SYSTEM "file:///etc/passwd">', '&x;')],
    ['a fetch from the server', bomb('<!ENTITY % d SYSTEM "http://127.0.0.1:1/x.dtd"> %d;', 'ServiceInstance')],
    ['an entity that holds itself', bomb('<!ENTITY a "&b;"><!ENTITY b "&a;">', '&a;')],
  ])('%s › is InvalidRequest, nothing is expanded', async (_title, body) => {
    const found = await fault(body)
    expect(found.type).toBe('InvalidRequest')
    expect(found.text).not.toMatch(/root:|lollol|aaaa/)
    expect(found.text.length).toBeLessThan(300)
  })

  it.each([101, 1000, 200000])('%i elements deep › is InvalidRequest', async depth => {
    const deep = call('CurrentTime', '<a>'.repeat(depth) + '</a>'.repeat(depth))
    expect(await fault(deep)).toMatchObject({ type: 'InvalidRequest' })
    const header = '<soapenv:Header>' + '<a>'.repeat(depth) + '</a>'.repeat(depth) + '</soapenv:Header>'
    const found = await fault(envelope('CurrentTime', '', [...service], header))
    expect(found.text).toMatch(/nested deeper than 100/)
  })

  it('more attributes than there are names for › is InvalidRequest', async () => {
    const many = Array.from({ length: 65 }, (_, i) => ` a${i}="1"`).join('')
    expect((await fault(currentTime.replace('<_this', `<_this${many}`))).type).toBe('InvalidRequest')
  })

  it('a name of a megabyte › is an unknown parameter, and the answer is short', async () => {
    const name = 'a'.repeat(1000000)
    const answer = await client.post(call('Login', `<${name}/>`, sessions))
    expect(faultIn(answer).type).toBe('InvalidRequest')
    expect(answer.body.length).toBeLessThan(2000)
  })

  it.each([['userName', 'InvalidLogin'], ['locale', 'InvalidLocale']])('a %s of a megabyte › is %s', async (name, type) => {
    const text = 'x'.repeat(1000000)
    const params = name === 'locale' ? `<userName>u</userName><password>p</password><locale>${text}</locale>`
      : `<userName>${text}</userName><password>p</password>`
    const stranger = await lab.anonymous('vc-01')
    expect(faultIn(await stranger.post(call('Login', params, sessions))).type).toBe(type)
  })

  it('10,000 specs in one call › are answered', async () => {
    const spec = '<specSet><propSet><type>Folder</type><pathSet>name</pathSet></propSet>'
      + '<objectSet><obj type="Folder">group-d1</obj></objectSet></specSet>'
    const answer = await client.post(call('RetrieveProperties', spec.repeat(10000), collector))
    expect(decentAnswer(answer).status).toBe(200)
  })
})

describe('XML of the wrong form', () => {
  const login = '<userName>u</userName><password>p</password>'
  const wait = (options: string): string => call('WaitForUpdatesEx', `<options>${options}</options>`, collector)
  const query = (filter: string): string => call('QueryEvents', `<filter>${filter}</filter>`, ['EventManager', 'EventManager'])
  const noSelf = '<_this type="ServiceInstance">ServiceInstance</_this>'
  const rows: Array<[string, string, RegExp]> = [
    ['not an envelope', '<a/>', /not a SOAP envelope/],
    ['no Body', currentTime.replace(/<soapenv:Body>.*<\/soapenv:Body>/, ''), /no Body/],
    ['an empty Body', currentTime.replace(/<CurrentTime.*<\/CurrentTime>/, ''), /holds no call/],
    ['two calls', currentTime.replace('</soapenv:Body>', '<Logout/></soapenv:Body>'), /More than one call/],
    [
      'two Bodies',
      currentTime.replace('</soapenv:Body>', '</soapenv:Body><soapenv:Body/>'),
      /Duplicate Body/,
    ],
    [
      'a Header behind the Body',
      currentTime.replace('</soapenv:Body>', '</soapenv:Body><soapenv:Header/>'),
      /Misplaced Header/,
    ],
    ['no _this', currentTime.replace(noSelf, ''), /parameter _this of CurrentTime is missing/],
    ['an empty _this', currentTime.replace('>ServiceInstance<', '><'), /without a value/],
    ['_this twice', currentTime.replace(noSelf, noSelf + noSelf), /Duplicate parameter _this/],
    [
      'an unknown type of _this',
      currentTime.replace('type="ServiceInstance"', 'type="Nonsense"'),
      /Unknown managed type/,
    ],
    [
      '_this with the type of a data object',
      currentTime.replace('type="ServiceInstance"', 'type="AboutInfo"'),
      /Unknown managed type/,
    ],
    [
      'a parameter that is missing',
      call('Login', '<userName>u</userName>', sessions),
      /Required parameter password of Login is missing/,
    ],
    [
      'a parameter twice',
      call('Login', `${login}<userName>v</userName>`, sessions),
      /Duplicate parameter userName/,
    ],
    ['a parameter nobody knows', call('CurrentTime', '<zone>UTC</zone>'), /Unknown parameter zone/],
    ['text between parameters', call('Login', `x${login}`, sessions), /Unexpected text/],
    [
      'an object for a string',
      call('Login', '<userName><a/></userName><password/>', sessions),
      /Unexpected element a/,
    ],
    [
      'a word for a number',
      wait('<maxWaitSeconds>soon</maxWaitSeconds>'),
      /Value &quot;soon&quot; of maxWaitSeconds is not a valid int/,
    ],
    ['a number that is too great', wait('<maxWaitSeconds>2147483648</maxWaitSeconds>'), /not a valid int/],
    ['a fraction for a whole number', wait('<maxWaitSeconds>1.5</maxWaitSeconds>'), /not a valid int/],
    ['hexadecimal', wait('<maxWaitSeconds>0x10</maxWaitSeconds>'), /not a valid int/],
    [
      'a word for a boolean',
      call('RemoveAuthorizationRole', '<roleId>1</roleId><failIfUsed>maybe</failIfUsed>', manager),
      /not a valid boolean/,
    ],
    [
      'an enum literal nobody knows',
      query('<entity><entity type="Folder">group-d1</entity><recursion>sideways</recursion></entity>'),
      /sideways/,
    ],
    [
      'a dateTime that is none',
      query('<time><beginTime>yesterday</beginTime></time>'),
      /not a valid dateTime/,
    ],
    [
      'the 30th of February',
      query('<time><beginTime>2026-02-30T00:00:00Z</beginTime></time>'),
      /not a valid dateTime/,
    ],
    ['a subtype that is none', query('<entity xsi:type="Description"/>'), /is not a EventFilterSpecByEntity/],
    ['a type nobody knows', query('<entity xsi:type="Nonsense"/>'), /Unknown type Nonsense/],
    ['an unknown property', query('<nothing/>'), /Unknown property nothing/],
    [
      'a property twice',
      query('<maxCount>1</maxCount><maxCount>2</maxCount>'),
      /Duplicate property maxCount/,
    ],
    ['a required property missing', query('<entity/>'), /Required property entity/],
    [
      'a reference of a type that does not fit',
      call('RetrieveEntityPermissions', '<entity type="SessionManager">SessionManager</entity><inherited>true</inherited>', manager),
      /Reference to a SessionManager/,
    ],
    [
      'base64 that is none',
      call('UpdateOptions', '<changedValue><key>a</key><value xsi:type="xsd:base64Binary">a?</value></changedValue>', ['OptionManager', 'VpxSettings']),
      /not a valid/,
    ],
    [
      '__proto__ as a parameter',
      call('CurrentTime', '<__proto__>x</__proto__>'),
      /Unknown parameter __proto__/,
    ],
    ['constructor as a property', query('<constructor>x</constructor>'), /Unknown property constructor/],
  ]
  it.each(rows)('%s › is InvalidRequest', async (_title, body, text) => {
    const found = await fault(body)
    expect(found, found.text).toMatchObject({ type: 'InvalidRequest' })
    expect(found.text).toMatch(text)
  })

  it('_this behind a parameter, a reference without a type › are taken where nothing else can be meant', async () => {
    const last = call('RetrieveRolePermissions', '<roleId>-2</roleId>', manager).replace(/(<_this.*<\/_this>)(<roleId>.*<\/roleId>)/, '$2$1')
    expect(decentAnswer(await client.post(last)).status).toBe(200)
    const untyped = call('RetrieveEntityPermissions', '<entity>group-d1</entity><inherited>true</inherited>', manager)
    expect(decentAnswer(await client.post(untyped)).status).toBe(200)
    expect((await fault(untyped.replace('>group-d1<', '>nobody<'))).type).toBe('ManagedObjectNotFound')
  })

  it('an empty list where a list is wanted › is an empty list', async () => {
    expect(decentAnswer(await client.post(call('RetrieveProperties', '', collector))).status).toBe(200)
  })
})

describe('methods and objects that are not there', () => {
  it('unknown method › MethodNotFound with receiver and method', async () => {
    const found = await fault(call('Frobnicate', '<x/>', folder))
    expect(found).toMatchObject({
      type: 'MethodNotFound', detail: { receiver: { type: 'Folder', value: 'group-d1' }, method: 'Frobnicate' },
    })
    expect(found.text).toMatch(/^Unable to resolve WSDL method name Frobnicate in vim\.version/)
  })

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', '_this'])('method %s › MethodNotFound', async name => {
    expect((await fault(call(name))).type).toBe('MethodNotFound')
  })

  it('method newer than the client › MethodNotFound', async () => {
    const body = call('FetchUserPrivilegeOnEntities', '<entities type="Folder">group-d1</entities><userName>u</userName>', manager)
    expect(await fault(body, { soapaction: '"urn:vim25/5.5"' })).toMatchObject({
      type: 'MethodNotFound', detail: { method: 'FetchUserPrivilegeOnEntities' },
    })
    expect(decentAnswer(await client.post(body)).fault).not.toBe('MethodNotFound')
  })

  it('method of another type › MethodNotFound', async () => {
    expect(await fault(call('PowerOnVM_Task', '', folder))).toMatchObject({
      type: 'MethodNotFound', detail: { receiver: { type: 'Folder', value: 'group-d1' }, method: 'PowerOnVM_Task' },
    })
  })

  it.each([
    ['nothing of that id', 'VirtualMachine', 'vm-999'], ['an id of odd letters', 'VirtualMachine', '&lt;&amp;&apos;&quot;'],
    ['another node has it', 'VirtualMachine', '1'], ['__proto__', 'VirtualMachine', '__proto__'],
    ['an id of a megabyte', 'VirtualMachine', 'v'.repeat(1000000)],
  ])('dead object (%s) › ManagedObjectNotFound with the object', async (_title, type, id) => {
    const found = await fault(call('PowerOnVM_Task', '', [type, id]))
    expect(found.type).toBe('ManagedObjectNotFound')
    expect(found.detail['obj']).toMatchObject({ type })
  })

  it('living object under the type of another › ManagedObjectNotFound', async () => {
    const found = await fault(call('PowerOnVM_Task', '', ['VirtualMachine', 'group-d1']))
    expect(found).toMatchObject({ type: 'ManagedObjectNotFound', detail: { obj: { type: 'VirtualMachine', value: 'group-d1' } } })
    expect(found.text).toMatch(/has already been deleted or has not been completely created/)
  })

  it('argument under the type of another › ManagedObjectNotFound, however deep', async () => {
    const vm = named(lab, 'VirtualMachine', 'VM_A')
    const flat = call('CreateContainerView', `<container type="Folder">${vm.value}</container><recursive>true</recursive>`,
      ['ViewManager', 'ViewManager'])
    const deep = call('UpdateChildResourceConfiguration', '<spec><entity type="ResourcePool">group-d1</entity>'
      + '<cpuAllocation/><memoryAllocation/></spec>', ['ResourcePool', named(lab, 'ResourcePool', 'RP1').value])
    for (const body of [flat, deep]) expect((await fault(body)).type).toBe('ManagedObjectNotFound')
  })

  it('argument under a super class › is taken for what it is', async () => {
    const vm = named(lab, 'VirtualMachine', 'VM_A')
    const reader = await loginAs(lab, 'reader')
    const body = call('MoveIntoFolder_Task', `<list type="ManagedEntity">${vm.value}</list>`, ['Folder', named(lab, 'Folder', 'vm').value])
    const found = faultIn(await reader.post(body))
    expect(found).toMatchObject({ type: 'NoPermission', detail: { object: vm, privilegeId: 'VirtualMachine.Inventory.Move' } })
    reader.close()
  })

  it.each(['nope', 'name.first', 'config[', '', '.', 'config.hardware.device[x]', 'name[0]', '__proto__', 'x'.repeat(100000)])(
    'property path %j › InvalidProperty with its name', async path => {
      const spec = `<specSet><propSet><type>Folder</type><pathSet>${path}</pathSet></propSet>`
        + '<objectSet><obj type="Folder">group-d1</obj></objectSet></specSet>'
      expect(await fault(call('RetrieveProperties', spec, collector))).toMatchObject({ type: 'InvalidProperty', detail: { name: path } })
      expect((await fault(call('Fetch', `<prop>${path}</prop>`, folder))).type).toBe('InvalidProperty')
    })

  it('a traversal that goes round in a circle › ends', async () => {
    const spec = '<specSet><propSet><type>ManagedEntity</type><pathSet>name</pathSet></propSet>'
      + '<objectSet><obj type="Folder">group-d1</obj><selectSet xsi:type="TraversalSpec"><name>a</name><type>Folder</type>'
      + '<path>childEntity</path><selectSet><name>b</name></selectSet><selectSet><name>a</name></selectSet></selectSet>'
      + '<selectSet xsi:type="TraversalSpec"><name>b</name><type>ManagedEntity</type><path>parent</path>'
      + '<selectSet><name>a</name></selectSet><selectSet><name>b</name></selectSet></selectSet></objectSet></specSet>'
    expect(decentAnswer(await client.post(call('RetrieveProperties', spec, collector))).status).toBe(200)
  })

  it('a selection that names none › is refused', async () => {
    const spec = '<specSet><propSet><type>Folder</type></propSet><objectSet><obj type="Folder">group-d1</obj>'
      + '<selectSet><name>nobody</name></selectSet></objectSet></specSet>'
    expect((await fault(call('RetrieveProperties', spec, collector))).type).toBe('InvalidArgument')
  })
})

describe('cookies and objects of others', () => {
  const cookies: Array<[string, () => Promise<string | undefined>]> = [
    ['of another node', async () => (await lab.client('esx-01')).cookie],
    ['that was never issued', async () => 'vmware_soap_session="0123456789abcdef0123456789abcdef01234567"'],
    ['of nothing', async () => 'vmware_soap_session=""'],
    ['that is a session key', async () => `vmware_soap_session="${(await ownKey())}"`],
    ['with odd letters', async () => 'vmware_soap_session="../session/vc-01/x"'],
    ['of a megabyte less what a header may have', async () => `vmware_soap_session="${'f'.repeat(60000)}"`],
    ['__proto__', async () => '__proto__=x; vmware_soap_session=__proto__'],
  ]
  it.each(cookies)('cookie %s › NotAuthenticated with object and privilege', async (_title, cookie) => {
    const stranger = await lab.anonymous('vc-01')
    stranger.cookie = await cookie()
    expect(faultIn(await stranger.post(call('CurrentTime')))).toMatchObject({
      type: 'NotAuthenticated', text: 'The session is not authenticated.',
      detail: { object: { type: 'ServiceInstance', value: 'ServiceInstance' }, privilegeId: 'System.View' },
    })
  })

  async function ownKey(): Promise<string> {
    const { currentSession } = await client.properties({ type: 'SessionManager', value: 'SessionManager' }, ['currentSession'])
    return (currentSession as unknown as { key: string }).key
  }

  it('objects of another session › are not there, and stay', async () => {
    const other = await loginAs(lab, 'reader')
    const view = await client.call({ type: 'ViewManager', value: 'ViewManager' }, 'CreateContainerView', {
      container: { type: 'Folder', value: 'group-d1' }, recursive: true,
    }) as unknown as MoRef
    const before = holdings(lab)
    for (const body of [
      call('DestroyView', '', ['ContainerView', view.value]),
      call('CreateListViewFromView', `<view type="ContainerView">${view.value}</view>`, ['ViewManager', 'ViewManager']),
      call('Fetch', '<prop>view</prop>', ['ContainerView', view.value]),
    ]) expect(faultIn(await other.post(body)).type).toBe('ManagedObjectNotFound')
    expect(holdings(lab)).toEqual(before)
    await client.call(view, 'DestroyView')
    other.close()
  })
})

describe('headers of SOAP', () => {
  it('an unknown version of a known namespace › is served as the newest', async () => {
    const forms = ['urn:vim25/9.1.0.0', '"urn:vim25/99"', '', '""', 'urn:vim25', 'urn:vim25/', `urn:vim25/${'x'.repeat(1000)}`]
    for (const soapaction of forms) {
      expect((await client.post(currentTime, { soapaction })).status, soapaction.slice(0, 30)).toBe(200)
    }
  })

  it.each(['urn:nobody/1', 'http://x', 'Login', '"'])('SOAPAction %j › Unsupported version URI', async soapaction => {
    const answer = await client.post(currentTime, { soapaction })
    expect(answer.status).toBe(500)
    expect(answer.body).toMatch(/<faultcode>\w*VersionMismatch\w*<.*Unsupported version URI/s)
    expect(answer.body).not.toMatch(/<detail>./)
  })

  it('a header that must be understood and is not › MustUnderstand', async () => {
    const header = '<soapenv:Header><pay soapenv:mustUnderstand="1">now</pay></soapenv:Header>'
    const answer = await client.post(envelope('CurrentTime', '', [...service], header))
    expect(answer).toMatchObject({ status: 500 })
    expect(answer.body).toMatch(/<faultcode>soapenv:MustUnderstand</)
  })

  it('an operation id of odd letters › comes back nowhere in the answer', async () => {
    const header = '<soapenv:Header><operationID>&lt;script&gt;]]&gt;\u202e</operationID></soapenv:Header>'
    const answer = await client.post(envelope('CurrentTime', '', [...service], header))
    expect(decentAnswer(answer).status).toBe(200)
    expect(answer.body).not.toMatch(/script/)
  })
})
