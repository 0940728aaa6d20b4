/** Bytes and connections that no client should make: a status or a clean close, and the lab goes on. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { SoapClient } from '../../clients/sdk/soap-client.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { envelope, post, type Raw } from '../doors/support.js'
import type { TestLab } from '../support/test-lab.js'
import {
  END, PASSWORD, STACK, currentTime, decentRaw, faultOf, holdings, loginAs, once, openFrontLab, rawTo, stillServes, tell, until,
} from './front-lab.js'

let lab: TestLab
let admin: SoapClient
beforeAll(async () => {
  lab = openFrontLab({ doors: { maxBodyBytes: 200000 } })
  admin = await lab.client('vc-01')
})
afterAll(() => lab.close())
afterEach(() => stillServes(lab))

const manager: MoRef = { type: 'SessionManager', value: 'SessionManager' }
const chunked = (...chunks: string[]): string =>
  `POST /sdk HTTP/1.1\r\nHost: vc\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join('')}`
const head = (...lines: string[]): string => `POST /sdk HTTP/1.1\r\nHost: vc\r\n${lines.join('\r\n')}\r\n\r\n`

describe('HTTP that is none', () => {
  const size = Buffer.byteLength(currentTime)
  const rows: Array<[string, string]> = [
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'], ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/3.7', 'GET / HTTP/3.7\r\nHost: vc\r\n\r\n'], ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'], ['a header without a colon', head('nonsense')],
    ['a header with a NUL', head('X: a\0b')], ['a name with a space before the colon', head('Content-Length : 3')],
    ['a method with odd letters', 'GE\x01T / HTTP/1.1\r\nHost: vc\r\n\r\n'], ['a space in the path', 'GET /a b HTTP/1.1\r\nHost: vc\r\n\r\n'],
    ['a length below zero', `${head('Content-Length: -1')}${currentTime}`],
    ['a length in words', `${head('Content-Length: many')}${currentTime}`],
    ['a length with a sign', `${head(`Content-Length: +${size}`)}${currentTime}`],
    ['a length of hexadecimal', `${head('Content-Length: 0x10')}${currentTime}`],
    ['a length beyond all numbers', `${head(`Content-Length: ${'9'.repeat(40)}`)}${currentTime}`],
    ['two lengths', `${head(`Content-Length: ${size}`, 'Content-Length: 5')}${currentTime}`],
    ['a list of lengths', `${head(`Content-Length: ${size}, 5`)}${currentTime}`],
    ['a chunk size that is none', chunked('zz\r\nabc\r\n0\r\n\r\n')], ['a chunk size below zero', chunked('-5\r\nabc\r\n0\r\n\r\n')],
    ['a chunk of endless size', chunked(`${'f'.repeat(17)}\r\nabc\r\n`)], ['a chunk longer than said', chunked('3\r\nabcdef\r\n0\r\n\r\n')],
  ]
  it.each(rows)('%s › is 400 and closed', async (_title, bytes) => {
    const text = await tell(lab, Buffer.from(bytes, 'latin1'))
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(text).toMatch(/connection: close\r\n/i)
    expect(text).not.toMatch(STACK)
  })

  it.each([
    ['a head of 70,000 bytes', head(`X: ${'y'.repeat(70000)}`), 431], ['a path of 70,000 bytes', `GET /${'y'.repeat(70000)} HTTP/1.1\r\n\r\n`, 431],
    ['a body announced as too long', head('Content-Length: 200001'), 413],
    ['20,000 small headers', head(...Array.from({ length: 20000 }, (_, i) => `x${i}: y`)), 431],
  ])('%s › is refused by its number', async (_title, bytes, status) => {
    const client = await rawTo(lab)
    expect(decentRaw(await client.send(bytes).closed()).status).toBe(status)
  })

  it('a chunked body that goes on and on › is 413 and closed', async () => {
    const client = await rawTo(lab)
    client.send(chunked(...Array.from({ length: 30 }, () => `2710\r\n${'x'.repeat(10000)}\r\n`)))
    expect(decentRaw(await client.closed()).status).toBe(413)
  })

  it.each([
    ['PUT', '/sdk', 404], ['DELETE', '/sdk', 404], ['OPTIONS', '*', 404], ['TRACE', '/sdk', 404], ['GET', '/sdk/../../etc/passwd', 404],
    ['GET', '/sdk/%2e%2e/%2e%2e/etc/passwd', 404], ['GET', '/sdk/..%2fx.wsdl', 404], ['POST', '/nowhere', 404], ['GET', '//', 404],
    ['GET', '/sdk/nobody.wsdl', 404], ['GET', '/sdk/__proto__.wsdl', 404], ['GET', '/%00', 404], ['GET', '/%ff%fe', 404], ['PROPFIND', '/', 404],
  ])('%s %s › is %i', async (method, path, status) => {
    const text = await tell(lab, `${method} ${path} HTTP/1.1\r\nHost: vc\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    expect(decentRaw(text).status).toBe(status)
    expect(text).not.toMatch(/root:/)
  })
})

describe('two requests made of one', () => {
  /** The request that a proxy in front would not have seen: it would end the administrator's session. */
  async function smuggled(): Promise<{ inner: string, alive: () => boolean }> {
    const victim = await lab.client('vc-01')
    const value = /"([^"]+)"/.exec(victim.cookie!)![1]
    victim.close()
    const inner = post(envelope('Logout', '', ['SessionManager', 'SessionManager']), [`Cookie: ${victim.cookie}`])
    return { inner, alive: () => lab.lab.services.sessions.find('vc-01', value) !== undefined }
  }

  const size = Buffer.byteLength(currentTime)
  const forms: Array<[string, string[]]> = [
    ['a length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked']],
    ['chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 4']],
    ['chunks spelled oddly', ['Content-Length: 4', 'Transfer-Encoding: xchunked']],
    ['chunks that are not last', ['Transfer-Encoding: chunked, identity']],
    ['chunks twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked', 'Content-Length: 4']],
    ['chunks behind a tabulator', ['Content-Length: 4', 'Transfer-Encoding:\tchunked']],
    ['chunks behind a vertical tabulator', ['Content-Length: 4', 'Transfer-Encoding:\x0bchunked']],
    ['chunks on a folded line', ['Content-Length: 4', 'Transfer-Encoding:', ' chunked']],
    ['chunks with a space before the colon', ['Content-Length: 4', 'Transfer-Encoding : chunked']],
    ['lengths that differ', [`Content-Length: ${size}`, 'Content-Length: 0']],
  ]
  it.each(forms)('%s › one of them at most is answered, the other is never run', async (_title, lines) => {
    const { inner, alive } = await smuggled()
    const text = await tell(lab, `${head(...lines)}0\r\n\r\n${inner}`)
    expect(text).not.toMatch(/LogoutResponse/)
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(alive()).toBe(true)
  })

  it('a bare line feed between headers › does not end a head early', async () => {
    const { inner, alive } = await smuggled()
    const text = await tell(lab, `POST /sdk HTTP/1.1\r\nHost: vc\r\nX: a\n\n${inner}`)
    expect(text).not.toMatch(/LogoutResponse/)
    expect(alive()).toBe(true)
  })

  it('a request in a trailer or in a chunk extension › is not run', async () => {
    const { inner, alive } = await smuggled()
    const chunk = `${size.toString(16)};a="\r\n${currentTime}\r\n0\r\n\r\n`
    await tell(lab, chunked(chunk))
    await tell(lab, chunked(`${size.toString(16)}\r\n${currentTime}\r\n0\r\nX: ${inner.slice(0, 40)}\r\n\r\n`))
    expect(alive()).toBe(true)
  })

  it('a length shorter than the body › the rest is a request of its own, and it is none', async () => {
    const text = await tell(lab, `${head('Content-Length: 10')}${currentTime}`)
    expect(text.match(/HTTP\/1\.1 \d{3}/g)!.join()).toMatch(/^(HTTP\/1\.1 500,)?HTTP\/1\.1 400$/)
    expect(text).not.toMatch(/CurrentTimeResponse/)
  })
})

describe('clients that stop', () => {
  it.each([
    ['in the head', 'POST /sdk HTTP/1.1\r\nHost'], ['behind the head', head('Content-Length: 50')],
    ['in the body', `${head('Content-Length: 5000')}<?xml`], ['in a chunk', chunked('100\r\n<?xml')],
    ['before a word', ''],
  ])('end of the stream %s › is closed, nothing is run', async (_title, bytes) => {
    const { requests } = lab.counts('vc-01')
    const text = await tell(lab, bytes)
    expect(text).toMatch(/^(|HTTP\/1\.1 400 [^]*)$/)
    expect(lab.counts('vc-01').requests - requests).toBeLessThanOrEqual(1)
    await until(() => lab.counts('vc-01').connections <= 1)
  })

  it('a reset in the middle of a body › is closed, nothing is run', async () => {
    const client = await rawTo(lab)
    client.send(`${head('Content-Length: 5000')}<?xml`)
    await until(() => lab.counts('vc-01').connections === 2)
    client.socket.resetAndDestroy()
    await until(() => lab.counts('vc-01').connections === 1)
  })

  it('a reset while an answer is on its way › is closed, the next is served', async () => {
    const client = await rawTo(lab)
    client.socket.pause()
    client.send(post(currentTime).repeat(500))
    client.socket.resetAndDestroy()
    await until(() => lab.counts('vc-01').connections === 1)
  })

  it('slow heads and slow bodies › are cut off by the door', async () => {
    const strict = openFrontLab({ doors: { limits: { headersMs: 40, requestMs: 40, checkMs: 10 } } })
    const clients = await Promise.all(Array.from({ length: 20 }, () => rawTo(strict)))
    clients.forEach((client, i) => client.send(i % 2 === 0 ? 'POST /sdk HTTP/1.1\r\nX-a: b' : `${head('Content-Length: 500')}<`))
    for (const client of clients) expect(await client.closed()).toMatch(/^(HTTP\/1\.1 408 [^]*|)$/)
    await until(() => strict.counts('vc-01').connections === 0)
    await stillServes(strict)
    await strict.close()
  })
})

describe('many at once', () => {
  it('200 requests on one connection without waiting › are answered in order, the bad among them too', async () => {
    const client = await rawTo(lab)
    const bad = envelope('Frobnicate')
    client.send(Array.from({ length: 200 }, (_, i) => post(i % 3 === 0 ? bad : currentTime, [`Cookie: ${admin.cookie}`])).join(''))
    client.send(once('<end/>'))
    const statuses = (await client.closed()).match(/HTTP\/1\.1 \d{3}/g)!
    const expected = Array.from({ length: 200 }, (_, i) => `HTTP/1.1 ${i % 3 === 0 ? 500 : 200}`)
    expect(statuses).toEqual([...expected, 'HTTP/1.1 500'])
  })

  it('1,000 idle connections › are counted, keep nobody out, and are all gone at the end', async () => {
    await until(() => lab.counts('vc-01').connections <= 1)
    const idle: Raw[] = []
    for (let round = 0; round < 10; round += 1) {
      idle.push(...await Promise.all(Array.from({ length: 100 }, () => rawTo(lab))))
    }
    await until(() => lab.counts('vc-01').connections >= 1000)
    expect(lab.counts('vc-01').connections).toBeLessThanOrEqual(1001)
    await stillServes(lab)
    for (const { socket } of idle) socket.destroy()
    await until(() => lab.counts('vc-01').connections <= 1)
  })

  it('100 logins at once › each has a session of its own', async () => {
    const before = holdings(lab)
    const clients = await Promise.all(Array.from({ length: 100 }, () => loginAs(lab, 'reader')))
    expect(new Set(clients.map(({ cookie }) => cookie)).size).toBe(100)
    expect(holdings(lab)['sessions']).toBe(before['sessions']! + 100)
    await Promise.all(clients.map(client => client.call(manager, 'Logout')))
    for (const client of clients) client.close()
    expect(holdings(lab)).toEqual(before)
  })

  it('a full table of sessions › is 503 for the next, and only for him', async () => {
    const full = openFrontLab()
    const root = await full.client('vc-01')
    await root.call({ type: 'OptionManager', value: 'VpxSettings' }, 'UpdateOptions', {
      changedValue: { key: 'config.vmacore.soap.maxSessionCount', value: { _typeName: 'xsd:int', _value: 3 } },
    })
    const others = [await loginAs(full, 'reader'), await loginAs(full, 'reader')]
    await expect(full.client('vc-01')).rejects.toThrow(/^HTTP 503/)
    const stranger = await full.anonymous('vc-01')
    const refused = await stranger.post(envelope('Login', `<userName>reader@vsphere.local</userName><password>${PASSWORD}</password>`,
      ['SessionManager', 'SessionManager']))
    expect(refused).toMatchObject({ status: 503 })
    expect(refused.headers['set-cookie']).toBeUndefined()
    expect((await root.post(currentTime)).status).toBe(200)
    expect(await root.content()).toHaveProperty('about')
    await others[0]!.call(manager, 'Logout')
    await stillServes(full)
    await full.close()
  })
})

describe('long polls that nobody waits for', () => {
  const wait = envelope('WaitForUpdatesEx', '<version></version>', ['PropertyCollector', 'propertyCollector'])

  async function parked(client: SoapClient, halfOpen = false): Promise<Raw> {
    const raw = await rawTo(lab, 'vc-01', halfOpen)
    const { waits } = holdings(lab)
    raw.send(post(wait, [`Cookie: ${client.cookie}`]))
    await until(() => holdings(lab)['waits'] === waits! + 1)
    return raw
  }

  it.each(['destroy', 'resetAndDestroy', 'end'] as const)('socket.%s › the wait is freed at once', async how => {
    const client = await loginAs(lab, 'reader')
    const raw = await parked(client, true)
    raw.socket[how]()
    await until(() => holdings(lab)['waits'] === 0)
    await client.call(manager, 'Logout')
    client.close()
  })

  it('100 of them › are freed, and the session lives on', async () => {
    const client = await loginAs(lab, 'reader')
    const raws = await Promise.all(Array.from({ length: 100 }, () => rawTo(lab)))
    for (const raw of raws) raw.send(post(wait, [`Cookie: ${client.cookie}`]))
    await until(() => holdings(lab)['waits'] === 100)
    for (const { socket } of raws) socket.destroy()
    await until(() => holdings(lab)['waits'] === 0)
    expect((await client.post(currentTime)).status).toBe(200)
    await client.call(manager, 'Logout')
    client.close()
  })

  it('a logout from another connection › answers the wait with NotAuthenticated', async () => {
    const client = await loginAs(lab, 'reader')
    const raw = await parked(client)
    await client.call(manager, 'Logout')
    expect(decentRaw(await raw.until(END))).toMatchObject({ status: 500, fault: 'NotAuthenticated' })
    raw.socket.destroy()
    expect((await faultOf(client.call({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'CurrentTime'))).type).toBe('NotAuthenticated')
    client.close()
  })

  it('a request behind a wait on the same connection › is answered when the wait is', async () => {
    const client = await loginAs(lab, 'reader')
    const raw = await parked(client)
    raw.send(post(currentTime, [`Cookie: ${client.cookie}`]))
    await client.call({ type: 'PropertyCollector', value: 'propertyCollector' }, 'CancelWaitForUpdates')
    const text = await raw.until(/(<\/soapenv:Envelope>[^]*){2}/)
    expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 500', 'HTTP/1.1 200'])
    expect(text).toMatch(/RequestCanceled/)
    raw.socket.destroy()
    await client.call(manager, 'Logout')
    client.close()
  })
})
