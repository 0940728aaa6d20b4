import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { wantsGzip } from '../../emulator/doors/https/stream.js'
import type { Exchange } from '../../emulator/doors/https/exchange.js'
import {
  currentTime, envelope, openDoors, plain, post, secure, withBasics, type TestDoor,
} from './support.js'

const END = /<\/soapenv:Envelope>/

let door: TestDoor
beforeEach(async () => {
  door = await openDoors({ identity: undefined, http: undefined })
  withBasics(door.gate)
})
afterEach(() => door.doors.close('refuse'))

/** RetrievePropertiesEx with an answer of about `bytes` bytes. */
function bigAnswer(bytes: number): string {
  const val = { _typeName: 'string', _value: 'x'.repeat(1000) }
  const one = { obj: { type: 'Folder', value: 'group-1' }, propSet: [{ name: 'name', val: val._value }] }
  const objects = Array.from({ length: Math.ceil(bytes / 1100) }, () => one)
  door.gate.on('RetrievePropertiesEx', () => ({ kind: 'result', value: { objects } }))
  return envelope('RetrievePropertiesEx',
    '<specSet><objectSet><obj type="Folder">group-d1</obj></objectSet></specSet><options></options>',
    ['PropertyCollector', 'propertyCollector'])
}

function dechunk(text: string): Buffer {
  const parts: Buffer[] = []
  let at = text.indexOf('\r\n\r\n') + 4
  for (;;) {
    const end = text.indexOf('\r\n', at)
    const size = Number.parseInt(text.slice(at, end), 16)
    if (size === 0) return Buffer.concat(parts)
    parts.push(Buffer.from(text.slice(end + 2, end + 2 + size), 'latin1'))
    at = end + 2 + size + 2
  }
}

describe('request forms', () => {
  it('HTTP/1.0 › is answered with its length and closed', async () => {
    const client = await plain(door.port)
    const text = await client.send(post(currentTime, [], '1.0')).closed()
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(text).toMatch(/content-length: \d+\r\n/)
    expect(text).toMatch(END)
  })

  it('HTTP/1.0 with keep-alive › stays open and says so', async () => {
    const client = await plain(door.port)
    client.send(post(currentTime, ['Connection: keep-alive'], '1.0'))
    expect(await client.until(END)).toMatch(/connection: keep-alive\r\n/i)
    client.send(post(currentTime, ['Connection: keep-alive'], '1.0'))
    await client.until(/(<\/soapenv:Envelope>[^]*){2}/)
    client.socket.destroy()
  })

  it('HTTP/1.0 › a long answer ends with the connection', async () => {
    const client = await plain(door.port)
    const text = await client.send(post(bigAnswer(300000), [], '1.0')).closed()
    expect(text).not.toMatch(/transfer-encoding/i)
    expect(text).toMatch(END)
  })

  it('chunked body › is read', async () => {
    const client = await plain(door.port)
    client.send('POST /sdk HTTP/1.1\r\nHost: vc\r\nTransfer-Encoding: chunked\r\n\r\n')
    const half = Math.floor(currentTime.length / 2)
    for (const part of [currentTime.slice(0, half), currentTime.slice(half), '']) {
      client.send(`${part.length.toString(16)}\r\n${part}\r\n`)
    }
    expect(await client.until(END)).toMatch(/^HTTP\/1.1 200 OK/)
    client.socket.destroy()
  })

  it('Expect: 100-continue › is answered before the body', async () => {
    const client = await plain(door.port)
    const [head, body] = post(currentTime, ['Expect: 100-continue']).split('\r\n\r\n')
    client.send(`${head}\r\n\r\n`)
    await client.until(/^HTTP\/1.1 100 Continue\r\n\r\n/)
    client.send(body!)
    expect(await client.until(END)).toContain('HTTP/1.1 200 OK')
    client.socket.destroy()
  })

  it('another Expect › is never 417', async () => {
    const client = await plain(door.port)
    client.send(post(currentTime, ['Expect: something-else']))
    expect(await client.until(END)).toMatch(/^HTTP\/1.1 200 OK/)
    client.socket.destroy()
  })

  it('pipelined requests › are answered in order', async () => {
    let count = 0
    door.gate.on('CurrentTime', () => ({ kind: 'result', value: `2026-01-05T08:00:0${count++}Z` }))
    const client = await plain(door.port)
    client.send(post(currentTime).repeat(4) + post(currentTime, ['Connection: close']))
    const text = await client.closed()
    expect(text.match(/08:00:0\dZ/g)).toEqual([0, 1, 2, 3, 4].map(n => `08:00:0${n}Z`))
  })

  it('client that has said all it will › still gets its answer', async () => {
    const client = await plain(door.port, true)
    client.socket.end(post(currentTime))
    expect(await client.closed()).toMatch(END)
  })

  it('body byte by byte › is read', async () => {
    const client = await plain(door.port)
    for (const byte of Buffer.from(post(currentTime))) client.send(Buffer.from([byte]))
    expect(await client.until(END)).toMatch(/^HTTP\/1.1 200 OK/)
    client.socket.destroy()
  })
})

describe('limits', () => {
  it('announced body too long › is 413 at once and closed', async () => {
    const small = await openDoors({ identity: undefined, http: undefined, maxBodyBytes: 1000 })
    const client = await plain(small.port)
    client.send('POST /sdk HTTP/1.1\r\nHost: vc\r\nContent-Length: 1001\r\n\r\n')
    expect(await client.closed()).toMatch(/^HTTP\/1.1 413 Payload Too Large\r\n/)
    await small.doors.close()
  })

  it('chunked body too long › is 413 and closed', async () => {
    const small = await openDoors({ identity: undefined, http: undefined, maxBodyBytes: 1000 })
    const client = await plain(small.port)
    client.send('POST /sdk HTTP/1.1\r\nHost: vc\r\nTransfer-Encoding: chunked\r\n\r\n')
    for (let i = 0; i < 3; i += 1) client.send(`1f4\r\n${'x'.repeat(500)}\r\n`)
    expect(await client.closed()).toMatch(/^HTTP\/1.1 413 /)
    expect(small.gate.requests).toEqual([])
    await small.doors.close()
  })

  it('huge header › is 431', async () => {
    const client = await plain(door.port)
    client.send(`GET / HTTP/1.1\r\nX: ${'y'.repeat(70000)}\r\n\r\n`)
    expect(await client.closed()).toMatch(/^HTTP\/1.1 431 /)
  })

  it('bytes that are not HTTP › are 400', async () => {
    const client = await plain(door.port)
    client.send('\x16\x03\x01 hello\r\n\r\n')
    expect(await client.closed()).toMatch(/^HTTP\/1.1 400 /)
  })

  it('head and body that never end › are cut off', async () => {
    const strict = await openDoors({
      identity: undefined, http: undefined, limits: { headersMs: 50, requestMs: 50, checkMs: 10 },
    })
    const head = await plain(strict.port)
    head.send('POST /sdk HTTP/1.1\r\nHost: vc\r\nX')
    const body = await plain(strict.port)
    body.send('POST /sdk HTTP/1.1\r\nHost: vc\r\nContent-Length: 50\r\n\r\nslow')
    const mute = await plain(strict.port)
    expect(await head.closed()).toMatch(/^HTTP\/1.1 408 /)
    expect(await body.closed()).toMatch(/^(HTTP\/1.1 408 |$)/)
    await mute.closed()
    await strict.doors.close()
  })

  it('1,000 idle connections › do not keep others out', async () => {
    const idle = await Promise.all(Array.from({ length: 1000 }, () => plain(door.port)))
    const client = await plain(door.port)
    expect(await client.send(post(currentTime)).until(END)).toMatch(/^HTTP\/1.1 200/)
    expect(door.doors.counts.connections).toBe(1001)
    for (const { socket } of idle) socket.destroy()
    client.socket.destroy()
  })
})

describe('long answers', () => {
  it('go out chunked and whole', async () => {
    const client = await plain(door.port)
    const text = await client.send(post(bigAnswer(3000000))).until(/<\/soapenv:Envelope>\r\n0\r\n\r\n/)
    expect(text).toMatch(/transfer-encoding: chunked\r\n/)
    expect(dechunk(text).toString().match(/<name>name<\/name>/g)).toHaveLength(Math.ceil(3000000 / 1100))
    client.socket.destroy()
  })

  it('wait for a client that does not read, and end when it leaves', async () => {
    let taken = 0
    const item = { obj: { type: 'Folder', value: 'g' }, propSet: [{ name: 'name', val: 'x'.repeat(60000) }] }
    let stopped = () => {}
    const stop = new Promise<void>(resolve => { stopped = resolve })
    function * objects() {
      try {
        for (; taken < 100000; taken += 1) yield item
      } finally {
        stopped()
      }
    }
    const request = bigAnswer(1)
    door.gate.on('RetrievePropertiesEx', () => ({ kind: 'result', value: { objects: objects() } }))
    const client = await plain(door.port)
    client.send(post(request))
    await client.until(/HTTP\/1.1 200/)
    client.socket.pause()
    const other = await plain(door.port)
    await other.send(post(currentTime)).until(END)
    client.socket.destroy()
    other.socket.destroy()
    await stop
    expect(taken).toBeLessThan(5000)
  })

  it('do not mix › many at a time, some slow, some cut off, and short ones between', async () => {
    const body = bigAnswer(1)
    let turn = 0
    door.gate.on('RetrievePropertiesEx', () => {
      const letter = String.fromCharCode(97 + turn++ % 26)
      const one = { obj: { type: 'Folder', value: 'g' }, propSet: [{ name: 'name', val: letter.repeat(1000) }] }
      return { kind: 'result', value: { objects: Array.from({ length: 500 }, () => one) } }
    })
    for (let round = 0; round < 3; round += 1) {
      const clients = await Promise.all(Array.from({ length: 8 }, () => plain(door.port)))
      const answers = clients.map(client => client.send(post(body)).until(/<\/soapenv:Envelope>\r\n0\r\n\r\n/))
      answers[0]!.catch(() => {})
      clients[0]!.socket.destroy()
      clients[1]!.socket.pause()
      const short = await plain(door.port)
      expect(await short.send(post(currentTime)).until(END)).toContain('CurrentTimeResponse')
      clients[1]!.socket.resume()
      short.socket.destroy()
      for (const text of await Promise.all(answers.slice(1))) {
        const values = dechunk(text).toString().match(/<val xsi:type="xsd:string">[^<]*/g)!
        expect(values).toHaveLength(500)
        expect(new Set(values).size).toBe(1)
      }
      for (const client of clients) client.socket.destroy()
    }
  }, 30000)

  it('are compressed only when the client asks', async () => {
    const client = await plain(door.port)
    client.send(post(bigAnswer(200000), ['Accept-Encoding: gzip, deflate', 'Connection: close']))
    const text = await client.closed()
    expect(text).toMatch(/content-encoding: gzip\r\n/)
    expect(gunzipSync(dechunk(text)).toString()).toMatch(END)
    const short = await plain(door.port)
    short.send(post(currentTime, ['Accept-Encoding: gzip', 'Connection: close']))
    expect(await short.closed()).not.toMatch(/content-encoding/)
  })

  it.each([
    ['gzip', true], ['gzip, deflate', true], ['deflate, gzip;q=0.5', true], ['*', true],
    ['deflate', false], ['identity', false], ['gzip;q=0', false], [undefined, false],
  ])('Accept-Encoding %s › gzip is wanted: %s', (accepted, wanted) => {
    expect(wantsGzip({ req: { headers: { 'accept-encoding': accepted } } } as unknown as Exchange)).toBe(wanted)
  })
})

describe('TLS', () => {
  it('bytes that are not TLS › are closed without a word of HTTP', async () => {
    const tls = await openDoors({ http: undefined })
    const client = await plain(tls.port)
    client.send('GET / HTTP/1.0\r\n\r\n')
    expect(await client.closed()).not.toContain('HTTP')
    await tls.doors.close()
  })

  it('TLS 1.1 › is refused, 1.2 is taken', async () => {
    const tls = await openDoors({ http: undefined })
    await expect(secure(tls.port, { maxVersion: 'TLSv1.1' })).rejects.toThrow()
    const client = await secure(tls.port, { maxVersion: 'TLSv1.2' })
    client.socket.destroy()
    await tls.doors.close()
  })

  it('ALPN › speaks HTTP/1.1 only', async () => {
    const tls = await openDoors({ http: undefined })
    const client = await secure(tls.port, { ALPNProtocols: ['h2', 'http/1.1'] })
    expect((client.socket as unknown as { alpnProtocol: string }).alpnProtocol).toBe('http/1.1')
    client.socket.destroy()
    await tls.doors.close()
  })

  it('handshake left half done › is closed after its time', async () => {
    const tls = await openDoors({ http: undefined, limits: { handshakeMs: 50 } })
    const client = await plain(tls.port)
    await client.closed()
    await tls.doors.close()
  })

  it('client that closes its side after the request › gets its answer', async () => {
    const tls = await openDoors({ http: undefined })
    withBasics(tls.gate)
    const client = await secure(tls.port)
    client.socket.end(post(currentTime))
    expect(await client.closed()).toMatch(END)
    await tls.doors.close()
  })
})
