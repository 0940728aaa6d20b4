/**
 * How fast the wire layer is, in MB and calls per second of process CPU time. Only ratios of one
 * run are firm. Bundle and run it from the root of the checkout:
 *
 *   npx rolldown bench/wire.ts --platform node --format esm -o .cache/wire.mjs
 *   SCHEMA_TABLES=file://$PWD/emulator/schema/generated/ node .cache/wire.mjs [encode]
 */
import { XMLParser } from 'fast-xml-parser'
import {
  objectContents,
  shareEncoding,
  type BulkItem,
  type PathSet,
} from '../emulator/schema/bulk.js'
import type { MethodInfo, Schema, TypeRef } from '../emulator/schema/model.js'
import { loadSchema } from '../emulator/schema/schema.js'
import { encodedCache } from '../emulator/wire/encoded-cache.js'
import { decodeCall } from '../emulator/wire/soap/decode.js'
import { encoderFor } from '../emulator/wire/soap/encode.js'
import { defaultXmlLimits } from '../emulator/wire/xml.js'

const schema = loadSchema(tablesFolder())
const version = schema.versions.newest()
const encoder = encoderFor(schema, 'vim25', version)
const minimumMs = Number(process.env['BENCH_MS'] ?? 1500)

function tablesFolder(): URL | undefined {
  const folder = process.env['SCHEMA_TABLES']
  return folder === undefined ? undefined : new URL(folder)
}

/** CPU milliseconds of one round, repeated for at least `minimumMs`. */
function cpuPerRound(round: () => void): number {
  for (let i = 0; i < 3; i++) round()
  const start = process.cpuUsage()
  let rounds = 0
  let spent = 0
  while (spent < minimumMs * 1000) {
    round()
    rounds += 1
    const used = process.cpuUsage(start)
    spent = used.user + used.system
  }
  return spent / 1000 / rounds
}

function report(name: string, bytes: number, count: number, milliseconds: number): void {
  const megabytes = bytes / 1e6 / (milliseconds / 1000)
  const rate = count / (milliseconds / 1000)
  const each = (milliseconds * 1000) / count
  const line = [
    name.padEnd(44),
    `${megabytes.toFixed(0).padStart(7)} MB/s`,
    `${rate.toFixed(0).padStart(9)} /s`,
    `${each.toFixed(2).padStart(9)} us each`,
  ]
  process.stdout.write(`${line.join(' ')}\n`)
}

function method(type: string, name: string): MethodInfo {
  const found = schema.method(type, name)
  if (found === undefined) throw new Error(`no method ${name}`)
  return found
}

const filler: Readonly<Record<string, unknown>> = {
  boolean: true,
  byte: 1,
  short: 7,
  int: 1234,
  long: 123456789012,
  float: 0.5,
  double: 0.25,
  dateTime: '2026-11-24T06:00:00Z',
  binary: 'AQID',
}

/** A value of a type with every property set, arrays with two items, down to a depth. */
function sample(tables: Schema, type: TypeRef, depth: number, seed: number): unknown {
  if (type.array) {
    const item = { kind: type.kind, name: type.name, array: false }
    const items = [0, 1].map((i) => sample(tables, item, depth, seed * 2 + i))
    return items.some((each) => each === undefined) ? undefined : items
  }
  if (type.kind === 'data') return sampleData(tables, type.name, depth, seed)
  if (type.kind === 'enum') return tables.enum(type.name)?.values[0]
  if (type.kind === 'moref') return { type: type.name, value: `object-${seed}` }
  return filler[type.kind] ?? `value ${seed} of ${type.name}`
}

function sampleData(tables: Schema, name: string, depth: number, seed: number): unknown {
  if (depth <= 0) return undefined
  const value: Record<string, unknown> = {}
  for (const property of tables.data(name)?.properties ?? []) {
    const item = sample(tables, property, depth - 1, seed)
    if (item !== undefined) value[property.property] = item
  }
  return Object.freeze(value)
}

const nameType: TypeRef = { kind: 'string', name: 'string', array: false }
const powerType: TypeRef = { kind: 'enum', name: 'VirtualMachinePowerState', array: false }
const dataType = (name: string): TypeRef => ({ kind: 'data', name, array: false })

function paths(...list: [string, TypeRef][]): PathSet {
  return {
    key: list.map(([path]) => path).join(),
    paths: list.map(([path, type]) => ({ path, type, read: (props) => props[path] })),
  }
}

function items(count: number, set: PathSet, depth: number): BulkItem[] {
  return Array.from({ length: count }, (_, i) => ({
    ref: { type: 'VirtualMachine', value: `vm-${i}` },
    paths: set,
    props: Object.freeze({
      name: `DC0_C0_RP0_VM${i}`,
      power: 'poweredOn',
      summary: sampleData(schema, 'VirtualMachineSummary', depth, i),
      config: sampleData(schema, 'VirtualMachineConfigInfo', depth, i),
    }),
  }))
}

function bulk(name: string, list: readonly BulkItem[]): void {
  const retrieve = method('PropertyCollector', 'RetrievePropertiesEx')
  let bytes = 0
  const round = (): void => {
    bytes = 0
    const contents = objectContents({ shape: 'RetrieveResult', items: list })
    for (const piece of encoder.response(retrieve, contents)) bytes += piece.length
  }
  encodedCache.limit(0)
  const uncached = cpuPerRound(round)
  report(`${name}, uncached`, bytes, list.length, uncached)
  encodedCache.limit(256 * 1024 * 1024)
  const cached = cpuPerRound(round)
  report(`${name}, cached`, bytes, list.length, cached)
  encodedCache.limit(64 * 1024 * 1024)
}

function json(name: string, value: unknown): void {
  let bytes = 0
  const time = cpuPerRound(() => {
    bytes = Buffer.from(JSON.stringify(value)).length
  })
  report(`${name}, JSON.stringify`, bytes, 1, time)
}

function single(): void {
  const summary = sampleData(schema, 'VirtualMachineSummary', 5, 1) as object
  const any = { ...summary, _typeName: 'VirtualMachineSummary' }
  const fetch = method('VirtualMachine', 'Fetch')
  const shared = { ...any }
  shareEncoding(shared)
  for (const [name, value] of [
    ['Fetch summary', any],
    ['Fetch summary, shared', shared],
  ] as const) {
    let bytes = 0
    const time = cpuPerRound(() => {
      for (let i = 0; i < 100; i++) {
        bytes = 0
        for (const piece of encoder.response(fetch, value)) bytes += piece.length
      }
    })
    report(name, bytes * 100, 100, time)
  }
  json('summary', any)
}

const soapHead =
  '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv=' +
  '"http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" ' +
  'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
const soapTail = '</soapenv:Body></soapenv:Envelope>'

function requests(): [string, string][] {
  const login =
    '<Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this>' +
    '<userName>administrator@vsphere.local</userName><password>secret</password></Login>'
  const selection = (name: string, type: string, path: string): string =>
    `<selectSet xsi:type="TraversalSpec"><name>${name}</name><type>${type}</type><path>${path}` +
    '</path><skip>false</skip><selectSet><name>a</name></selectSet><selectSet><name>b</name>' +
    '</selectSet><selectSet><name>c</name></selectSet></selectSet>'
  const traversals = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
    .map((name) => selection(name, 'Folder', 'childEntity'))
    .join('')
  const retrieve =
    '<RetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector' +
    '</_this><specSet><propSet><type>VirtualMachine</type><pathSet>name</pathSet><pathSet>' +
    'runtime.powerState</pathSet></propSet><objectSet><obj type="Folder">group-d1</obj>' +
    `<skip>false</skip>${traversals}</objectSet></specSet><options/></RetrievePropertiesEx>`
  const device =
    '<deviceChange><operation>add</operation><fileOperation>create</fileOperation>' +
    '<device xsi:type="VirtualDisk"><key>-1</key>' +
    '<backing xsi:type="VirtualDiskFlatVer2BackingInfo">' +
    '<fileName>[ds1] vm/vm.vmdk</fileName><diskMode>persistent</diskMode><thinProvisioned>true' +
    '</thinProvisioned></backing><controllerKey>1000</controllerKey><unitNumber>1</unitNumber>' +
    '<capacityInKB>1048576</capacityInKB></device></deviceChange>'
  const reconfigure = (count: number): string =>
    '<ReconfigVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">vm-1</_this><spec>' +
    `<name>vm</name>${device.repeat(count)}</spec></ReconfigVM_Task>`
  return [
    ['Login', login],
    ['RetrievePropertiesEx', retrieve],
    ['ReconfigVM_Task', reconfigure(12)],
    ['ReconfigVM_Task, large', reconfigure(450)],
  ]
}

function decoding(): void {
  for (const [name, text] of requests()) {
    const body = Buffer.from(soapHead + text + soapTail)
    const resolved = { namespace: 'vim25', version } as const
    const batch = Math.ceil(2e6 / body.length)
    const time = cpuPerRound(() => {
      for (let i = 0; i < batch; i++) decodeCall(body, schema, resolved, defaultXmlLimits)
    })
    const title = `decode ${name}, ${(body.length / 1000).toFixed(1)} KB`
    report(title, body.length * batch, batch, time)
    const reference = new XMLParser({ ignoreAttributes: false, parseTagValue: false })
    const few = Math.ceil(batch / 10)
    const generic = cpuPerRound(() => {
      for (let i = 0; i < few; i++) reference.parse(body)
    })
    report('  fast-xml-parser, untyped tree', body.length * few, few, generic)
    const args = decodeCall(body, schema, resolved, defaultXmlLimits).args
    const asJson = JSON.stringify(args)
    const parse = cpuPerRound(() => {
      for (let i = 0; i < batch; i++) JSON.parse(asJson)
    })
    report('  JSON.parse of the same', body.length * batch, batch, parse)
  }
}

if (process.argv[2] !== "encode") decoding()
single()
const power = paths(['name', nameType], ['power', powerType])
const summary = paths(['name', nameType], ['summary', dataType('VirtualMachineSummary')])
const config = paths(['config', dataType('VirtualMachineConfigInfo')])
bulk('10,000 VMs, name + power', items(10_000, power, 0))
bulk('1,000 VMs, name + summary', items(1000, summary, 5))
bulk('100 VMs, config', items(100, config, 5))
