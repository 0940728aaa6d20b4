import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import { loadSchema } from '../../emulator/schema/schema.js'
import { createWsdl, isWsdlFile, WSDL_FILES } from '../../emulator/wire/soap/wsdl.js'

const schema = loadSchema()
const xsd = WSDL_FILES.filter((file) => file.endsWith('.xsd'))

function filesOf(advertised: string): ReadonlyMap<string, string> {
  const wsdl = createWsdl(schema, advertised)
  return new Map(WSDL_FILES.map((file) => [file, wsdl(file) ?? '']))
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '')
}

function operations(files: ReadonlyMap<string, string>): string[] {
  const interfaceText = files.get('vim.wsdl') ?? ''
  const port = interfaceText.slice(0, interfaceText.indexOf('</portType>'))
  return matches(port, /<operation name="(\w+)">/g)
}

/** Everything between a type's opening and closing tags. */
function declaration(text: string, name: string): string {
  const start = text.indexOf(`<complexType name="${name}">`)
  return start === -1 ? '' : text.slice(start, text.indexOf('</complexType>', start))
}

describe.each(['8.0.3.0', '6.7.3', '9.0.0.0'])('WSDL set of %s', (advertised) => {
  const files = filesOf(advertised)
  const schemas = xsd.map((file) => files.get(file) ?? '').join('')
  const everything = [...files.values()].join('')

  it.each(WSDL_FILES)('%s is well-formed', (file) => {
    expect(XMLValidator.validate(files.get(file) ?? '')).toBe(true)
  })

  it('defines each type that something refers to', () => {
    const defined = new Set(matches(schemas, /<(?:complexType|simpleType) name="(\w+)"/g))
    const referred = matches(everything, /(?:type|base)="vim25:(\w+)"/g)
      .filter((name) => name !== 'VimPortType')
    expect([...new Set(referred)].filter((name) => !defined.has(name))).toEqual([])
  })

  it('defines no type and no element twice', () => {
    const types = matches(schemas, /<(?:complexType|simpleType) name="(\w+)"/g)
    expect(types.length).toBe(new Set(types).size)
    const elements = matches(schemas, /^<element name="(\w+)"/gm)
    expect(elements.length).toBe(new Set(elements).size)
  })

  it('defines each element and message that the interface refers to', () => {
    const elements = new Set(matches(everything, /^<element name="(\w+)"/gm))
    const text = files.get('vim.wsdl') ?? ''
    const parts = matches(text, /element="vim25:(\w+)"/g)
    expect(parts.filter((name) => !elements.has(name))).toEqual([])
    const messages = new Set(matches(text, /<message name="(\w+)"/g))
    const used = new Set(matches(text, /message="vim25:(\w+)"/g))
    expect([...used].filter((name) => !messages.has(name))).toEqual([])
  })

  it('binds each operation to the SOAPAction of the version', () => {
    const actions = new Set(matches(files.get('vim.wsdl') ?? '', /soapAction="([^"]+)"/g))
    expect([...actions]).toEqual([`urn:vim25/${advertised}`])
  })

  it('uses one target namespace and qualified elements in every schema file', () => {
    for (const file of xsd) {
      const text = files.get(file) ?? ''
      expect(matches(text, /targetNamespace="([^"]+)"/g), file).toEqual(['urn:vim25'])
      expect(text, file).toContain('elementFormDefault="qualified"')
    }
  })

  it('includes only files of the set', () => {
    const included = matches(everything, /schemaLocation="([^"]+)"/g)
    expect(included.filter((file) => !isWsdlFile(file))).toEqual([])
  })
})

describe('createWsdl', () => {
  it('names the service document, the port and the literal localhost address', () => {
    const text = createWsdl(schema, '8.0.3.0')('vimService.wsdl') ?? ''
    const parsed: unknown = new XMLParser({ ignoreAttributes: false, removeNSPrefix: true })
      .parse(text)
    expect(parsed).toMatchObject({
      definitions: {
        '@_targetNamespace': 'urn:vim25Service',
        'import': { '@_location': 'vim.wsdl', '@_namespace': 'urn:vim25' },
        'service': {
          '@_name': 'VimService',
          'port': {
            '@_name': 'VimPort',
            '@_binding': 'interface:VimBinding',
            'address': { '@_location': 'https://localhost/sdk/vimService' },
          },
        },
      },
    })
  })

  it('writes a file once and gives undefined for a name outside the set', () => {
    const wsdl = createWsdl(schema, '8.0.3.0')
    expect(wsdl('core-types.xsd')).toBe(wsdl('core-types.xsd'))
    expect(wsdl('passwd')).toBeUndefined()
    expect(wsdl('../vim.wsdl')).toBeUndefined()
    expect(() => createWsdl(schema, '5.9')).toThrow('5.9 is not a version of vim25')
  })

  it('leaves out what the version does not have', () => {
    const [old, now] = [filesOf('6.7.3'), filesOf('8.0.3.0')].map((files) => ({
      operations: operations(files),
      about: declaration(files.get('vim-types.xsd') ?? '', 'AboutInfo'),
    }))
    expect(now?.about).toContain('name="patchLevel"')
    expect(old?.about).not.toContain('name="patchLevel"')
    expect(now?.operations).toContain('HostQueryVirtualDiskUuid')
    expect(now?.operations).toContain('RetrievePropertiesEx')
    expect(old?.operations.length).toBeLessThan(now?.operations.length ?? 0)
  })

  it('leaves out the internal methods', () => {
    const all = operations(filesOf('8.0.3.0'))
    for (const name of ['Fetch', 'RetrieveManagedMethodExecuter', 'ExecuteSoap',
      'QueryVirtualDiskInfo_Task']) expect(all).not.toContain(name)
    expect(all.length).toBe(955)
  })

  it('declares properties, parameters and enum literals as the tables have them', () => {
    const files = filesOf('8.0.3.0')
    const types = files.get('vim-types.xsd') ?? ''
    expect(declaration(types, 'TaskInfo')).toContain(
      '<element name="error" type="vim25:LocalizedMethodFault" minOccurs="0"/>')
    expect(declaration(types, 'VirtualMachineConfigSpec')).toContain(
      '<element name="extraConfig" type="vim25:OptionValue" minOccurs="0" maxOccurs="unbounded"/>')
    expect(types).toContain('<simpleType name="ManagedEntityStatus">'
      + '<restriction base="xsd:string"><enumeration value="gray"/>')
    expect(types).toContain('<complexType name="ArrayOfVirtualDevice"><sequence>'
      + '<element name="VirtualDevice" type="vim25:VirtualDevice" minOccurs="0" '
      + 'maxOccurs="unbounded"/>')
    const messages = files.get('vim-messagetypes.xsd') ?? ''
    expect(messages).toContain('<element name="PowerOnVM_Task" type="vim25:PowerOnVMRequestType"/>')
    expect(declaration(messages, 'PowerOnVMRequestType'))
      .toContain('<element name="_this" type="vim25:ManagedObjectReference"/>'
        + '<element name="host" type="vim25:ManagedObjectReference" minOccurs="0"/>')
  })
})
