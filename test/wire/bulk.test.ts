import { describe, expect, it } from 'vitest'
import {
  enteredObject,
  objectContents,
  shareEncoding,
  type BulkItem,
  type PathReader,
  type PathSet,
} from '../../emulator/schema/bulk.js'
import type { TypeRef } from '../../emulator/schema/model.js'
import { EncodedCache, emptyEntry, encodedCache } from '../../emulator/wire/encoded-cache.js'
import { answer, dataText, encoderAt, methodOf, textOf } from '../support/wire.js'

type Props = Readonly<Record<string, unknown>>

function reader(path: string, type?: TypeRef): PathReader {
  const read = (props: Props) =>
    path.split('.').reduce<unknown>((at, name) => (at as Props | undefined)?.[name], props)
  return { path, read, type }
}
const string: TypeRef = { kind: 'string', name: 'string', array: false }
const power: TypeRef = { kind: 'enum', name: 'VirtualMachinePowerState', array: false }
const tasks: TypeRef = { kind: 'moref', name: 'Task', array: true }
const basics: PathSet = {
  key: 'name,runtime.powerState,recentTask',
  paths: [reader('name', string), reader('runtime.powerState', power), reader('recentTask', tasks)],
}
const item = (id: string, name: string, extra: Props = {}): BulkItem => ({
  ref: { type: 'VirtualMachine', value: id },
  props: Object.freeze({ name, runtime: { powerState: 'poweredOn' }, ...extra }),
  paths: basics,
})
const propSet = (name: string) =>
  `<propSet><name>name</name><val xsi:type="xsd:string">${name}</val></propSet>` +
  '<propSet><name>runtime.powerState</name><val xsi:type="VirtualMachinePowerState">poweredOn' +
  '</val></propSet>'

describe('bulk result', () => {
  it('is a list of ObjectContent › RetrieveProperties', () => {
    const items = [item('vm-1', 'a&b'), item('vm-2', 'c', { recentTask: [] })]
    const text = answer(
      'PropertyCollector',
      'RetrieveProperties',
      objectContents({ shape: 'list', items }),
    )
    expect(text).toBe(
      '<RetrievePropertiesResponse xmlns="urn:vim25"><returnval><obj type="VirtualMachine">vm-1' +
        `</obj>${propSet('a&amp;b')}</returnval><returnval><obj type="VirtualMachine">vm-2</obj>` +
        `${propSet('c')}<propSet><name>recentTask</name><val xsi:type="ArrayOfManagedObjectReference">` +
        '</val></propSet></returnval></RetrievePropertiesResponse>',
    )
  })

  it('is a RetrieveResult with a token first › RetrievePropertiesEx', () => {
    const result = objectContents({
      shape: 'RetrieveResult',
      items: [item('vm-1', 'a')],
      token: '<1>',
    })
    expect(answer('PropertyCollector', 'RetrievePropertiesEx', result)).toBe(
      '<RetrievePropertiesExResponse xmlns="urn:vim25"><returnval><token>&lt;1&gt;</token>' +
        `<objects><obj type="VirtualMachine">vm-1</obj>${propSet('a')}</objects></returnval>` +
        '</RetrievePropertiesExResponse>',
    )
  })

  it('has the same bytes as the plain form › any type of path', () => {
    const typed = (value: unknown, type: TypeRef | undefined, plain: unknown) => {
      const paths = { key: JSON.stringify([value, type]), paths: [reader('x', type)] }
      const ref = { type: 'VirtualMachine', value: 'vm-1' }
      const items = [{ ref, props: { x: value }, paths }]
      const bulk = objectContents({ shape: 'list', items })
      const method = 'RetrieveProperties'
      expect(answer('PropertyCollector', method, bulk)).toBe(
        answer('PropertyCollector', method, [{ obj: ref, propSet: [{ name: 'x', val: plain }] }]),
      )
    }
    const slot = (kind: TypeRef['kind'], name: string, array = false) => ({ kind, name, array })
    typed('x', undefined, 'x')
    typed(5, slot('long', 'long'), { _typeName: 'long', _value: 5 })
    typed([1], slot('byte', 'byte', true), { _typeName: 'ArrayOfByte', _value: [1] })
    typed({ key: 1, _typeName: 'VirtualDisk' }, slot('data', 'VirtualDevice'), {
      _typeName: 'VirtualDisk',
      key: 1,
    })
    typed([{ key: 'k' }], slot('data', 'Tag', true), {
      _typeName: 'ArrayOfTag',
      _value: [{ key: 'k' }],
    })
    typed({ label: 'l' }, slot('data', 'Description'), { _typeName: 'Description', label: 'l' })
  })

  it('lists what could not be read behind the properties › missing', () => {
    const missing = [{ path: 'config', fault: { fault: { _typeName: 'NoPermission' } } }]
    const items = [{ ...item('vm-1', 'a'), missing }]
    const text = answer('PropertyCollector', 'RetrieveProperties', objectContents({ shape: 'list', items }))
    expect(text).toContain(
      `${propSet('a')}<missingSet><path>config</path><fault><fault xsi:type="NoPermission"></fault>` +
        '</fault></missingSet></returnval>',
    )
  })

  it('follows the object › new properties object, other reference with the same properties', () => {
    const read = (items: BulkItem[]) =>
      answer('PropertyCollector', 'RetrieveProperties', objectContents({ shape: 'list', items }))
    const first = item('vm-1', 'a')
    expect(read([first])).toBe(read([first]))
    expect(read([item('vm-1', 'b')])).toContain('>b<')
    expect(read([{ ...first, ref: { type: 'VirtualMachine', value: 'vm-9' } }])).toContain('vm-9')
    expect(read([first])).toContain('vm-1')
  })

  it('comes in pieces made on demand › 10,000 objects', () => {
    let made = 0
    function* all(): Generator<BulkItem> {
      for (; made < 10_000; made++) yield item(`vm-${made}`, `name-${made}`)
    }
    const method = methodOf('PropertyCollector', 'RetrievePropertiesEx')
    const contents = objectContents({ shape: 'RetrieveResult', items: all() })
    const pieces = encoderAt().response(method, contents)[Symbol.iterator]()
    const first = pieces.next()
    expect(made).toBeLessThan(200)
    let total = (first.value as Buffer).length
    for (let next = pieces.next(); next.done !== true; next = pieces.next()) {
      expect(next.value.length).toBeLessThanOrEqual(256 * 1024)
      total += next.value.length
    }
    expect(made).toBe(10_000)
    expect(total).toBeGreaterThan(2_000_000)
  })

  it('is filtered by version › enum path and type path', () => {
    const paths: PathSet = { key: 'v', paths: [reader('d', { kind: 'data', name: 'VirtualDevice', array: true })] }
    const props = { d: [{ _typeName: 'VirtualVmxnet3', key: 4000 }] }
    const items = [{ ref: { type: 'VirtualMachine', value: 'vm-1' }, props, paths }]
    const at = (id: string) =>
      answer('PropertyCollector', 'RetrieveProperties', objectContents({ shape: 'list', items }), id)
    expect(at('8.0.3.0')).toContain('xsi:type="VirtualVmxnet3"')
    expect(at('2.5')).toContain('<VirtualDevice xsi:type="VirtualVmxnet"><key>4000</key>')
  })
})

describe('update set', () => {
  const filter = { type: 'PropertyFilter', value: 'f' }

  it('brings whole objects in › entered objects beside plain updates', () => {
    const leave = { kind: 'leave', obj: { type: 'VirtualMachine', value: 'vm-2' } }
    const objectSet = [enteredObject(item('vm-1', 'a')), leave]
    const update = { version: '1', filterSet: [{ filter, objectSet }], truncated: false }
    expect(answer('PropertyCollector', 'WaitForUpdatesEx', update)).toBe(
      '<WaitForUpdatesExResponse xmlns="urn:vim25"><returnval><version>1</version><filterSet>' +
        '<filter type="PropertyFilter">f</filter><objectSet><kind>enter</kind>' +
        '<obj type="VirtualMachine">vm-1</obj><changeSet><name>name</name><op>assign</op>' +
        '<val xsi:type="xsd:string">a</val></changeSet><changeSet><name>runtime.powerState</name>' +
        '<op>assign</op><val xsi:type="VirtualMachinePowerState">poweredOn</val></changeSet>' +
        '</objectSet><objectSet><kind>leave</kind><obj type="VirtualMachine">vm-2</obj>' +
        '</objectSet></filterSet><truncated>false</truncated></returnval>' +
        '</WaitForUpdatesExResponse>',
    )
  })

  it('has no truncated › client older than 4.1', () => {
    const update = { version: '1', filterSet: [], truncated: false }
    expect(answer('PropertyCollector', 'CheckForUpdates', update, '4.0')).toBe(
      '<CheckForUpdatesResponse xmlns="urn:vim25"><returnval><version>1</version></returnval>' +
        '</CheckForUpdatesResponse>',
    )
  })
})

describe('shared encoding', () => {
  it('has the same bytes › shared or not, at every version and slot', () => {
    const make = () => ({ _typeName: 'VirtualVmxnet3', key: 4000, macAddress: 'a'.repeat(5000) })
    const shared = make()
    shareEncoding(shared)
    for (const id of ['2.5', '4.1', '8.0.3.0']) {
      for (const slot of ['VirtualDevice', 'VirtualVmxnet', 'VirtualEthernetCard']) {
        const plain = dataText('d', slot, make(), id)
        expect(dataText('d', slot, shared, id)).toBe(plain)
        expect(dataText('d', slot, shared, id)).toBe(plain)
      }
    }
  })

  it('may be nested › shared in shared', () => {
    const inner = { label: 'l', summary: 's' }
    const outer = { key: 1, deviceInfo: inner }
    const plain = dataText('d', 'VirtualDevice', outer)
    shareEncoding(inner)
    shareEncoding(outer)
    expect(dataText('d', 'VirtualDevice', outer)).toBe(plain)
    expect(dataText('d', 'VirtualDevice', outer)).toBe(plain)
  })
})

describe('cache of encoded bytes', () => {
  it('stays below its bound › many entries', () => {
    const cache = new EncodedCache(10_000)
    const entries = Array.from({ length: 100 }, () => emptyEntry())
    for (const entry of entries) cache.keep(entry, Buffer.alloc(300))
    expect(cache.size).toBeLessThanOrEqual(10_000)
    expect(entries.filter((entry) => entry.bytes !== undefined)).toHaveLength(20)
  })

  it('spares what was used › eviction', () => {
    const cache = new EncodedCache(8_000)
    const entries = Array.from({ length: 8 }, () => emptyEntry())
    for (const entry of entries) cache.keep(entry, Buffer.alloc(800))
    const [first, second] = entries
    if (first !== undefined) first.used = true
    cache.keep(emptyEntry(), Buffer.alloc(800))
    expect(first?.bytes).toBeDefined()
    expect(second?.bytes).toBeUndefined()
  })

  it('keeps nothing › bound of zero, and answers stay right', () => {
    encodedCache.limit(0)
    try {
      const items = [item('vm-1', 'a')]
      const read = () =>
        textOf(
          encoderAt().response(
            methodOf('PropertyCollector', 'RetrieveProperties'),
            objectContents({ shape: 'list', items }),
          ),
        )
      expect(read()).toBe(read())
      expect(encodedCache.size).toBe(0)
    } finally {
      encodedCache.limit(128 * 1024 * 1024)
    }
  })
})
