import { describe, expect, it } from 'vitest'
import { RequestCache } from '../../emulator/wire/soap/request-cache.js'
import { decodeCall } from '../../emulator/wire/soap/decode.js'
import { defaultXmlLimits } from '../../emulator/wire/xml-model.js'
import { schema } from '../support/wire.js'

const resolved = { namespace: 'vim25', version: schema.versions.newest('vim25') } as const
const soap = 'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
const envelope = (call: string, header = '') => Buffer.from(
  `<soapenv:Envelope ${soap}>${header}<soapenv:Body>${call}</soapenv:Body></soapenv:Envelope>`)
const self = '<_this type="PropertyCollector">propertyCollector</_this>'
const read = (id: string) => `<RetrievePropertiesEx xmlns="urn:vim25">${self}<specSet><propSet>`
  + '<type>VirtualMachine</type><pathSet>name</pathSet></propSet><objectSet>'
  + `<obj type="VirtualMachine">${id}</obj></objectSet></specSet><options></options></RetrievePropertiesEx>`
const operation = (id: string) =>
  `<soapenv:Header><operationID xmlns="urn:vim25">${id}</operationID></soapenv:Header>`

function decoder() {
  const cache = new RequestCache(schema)
  return { cache, decode: (body: Buffer, at = resolved) => cache.decode(body, at, defaultXmlLimits) }
}

describe('request cache', () => {
  it('gives the same call again › from the third time on, equal to a fresh one and frozen', () => {
    const { cache, decode } = decoder()
    const body = envelope(read('vm-1'))
    decode(body)
    expect(cache.size).toBe(0)
    decode(body)
    expect(cache.size).toBe(1)
    const call = decode(body)
    expect(decode(body)).toBe(call)
    expect(call).toEqual(decodeCall(body, schema, resolved, defaultXmlLimits))
    const { objectSet } = (call.args['specSet'] as Array<{ objectSet: unknown[] }>)[0]!
    expect(Object.isFrozen(objectSet[0])).toBe(true)
  })

  it('tells requests apart › by one byte, and by version', () => {
    const { decode } = decoder()
    for (let i = 0; i < 3; i += 1) decode(envelope(read('vm-1')))
    const other = decode(envelope(read('vm-2')))
    expect(JSON.stringify(other.args)).toContain('vm-2')
    const older = { ...resolved, version: resolved.version - 1 }
    for (let i = 0; i < 3; i += 1) expect(decode(envelope(read('vm-1')), older).version).toBe(older.version)
    expect(decode(envelope(read('vm-1'))).version).toBe(resolved.version)
  })

  it('sees past the operationID › and hands on the one of the request', () => {
    const { cache, decode } = decoder()
    for (const id of ['a-1', 'a-2', 'a-3', 'a-4']) {
      const call = decode(envelope(read('vm-1'), operation(id)))
      expect(call.headers).toEqual({ operationId: id, other: {} })
    }
    expect(cache.size).toBe(1)
    expect(decode(envelope(read('vm-1'))).headers.operationId).toBeUndefined()
  })

  it('takes an operationID outside the header for what it is › text', () => {
    const { decode } = decoder()
    const odd = (id: string) => envelope(`<!-- operationID>${id}< -->${read('vm-1')}`)
    for (const id of ['a', 'b', 'c']) expect(decode(odd(id)).headers.operationId).toBeUndefined()
  })

  it('keeps no secret and no change › Login, other headers, power operations', () => {
    const { cache, decode } = decoder()
    const login = '<Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this>'
      + '<userName>u</userName><password>p</password></Login>'
    const power = '<PowerOnVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">vm-1</_this></PowerOnVM_Task>'
    const header = '<soapenv:Header><vcSessionCookie>c</vcSessionCookie></soapenv:Header>'
    for (let i = 0; i < 3; i += 1) {
      decode(envelope(login))
      decode(envelope(power))
      decode(envelope(read('vm-1'), header))
    }
    expect(cache.size).toBe(0)
  })

  it('stays small › requests that differ each time push out nothing', () => {
    const { cache, decode } = decoder()
    for (let i = 0; i < 2; i += 1) decode(envelope(read('vm-0')))
    for (let i = 0; i < 500; i += 1) decode(envelope(read(`vm-${i + 1}`)))
    expect(cache.size).toBe(1)
    for (let i = 0; i < 400; i += 1) for (let j = 0; j < 2; j += 1) decode(envelope(read(`vm-${i}x`)))
    expect(cache.size).toBe(256)
  })

  it('refuses again › what was refused once', () => {
    const { decode } = decoder()
    const wrong = envelope(read('vm-1').replaceAll('RetrievePropertiesEx', 'NoSuchMethod'))
    for (let i = 0; i < 3; i += 1) expect(() => decode(wrong)).toThrow()
  })
})
