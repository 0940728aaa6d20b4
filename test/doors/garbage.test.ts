import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Duplex } from 'node:stream'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { encodeHeartbeat } from '../../emulator/doors/heartbeat/datagram.js'
import { HeartbeatPort } from '../../emulator/doors/heartbeat/heartbeat-port.js'
import { doorNames, secureDoors, turns, WholeLab, type DoorName } from '../support/whole-lab.js'
import { currentTime, openDoors, plain, post } from './support.js'

let lab: WholeLab
let hello: Buffer
beforeAll(async () => {
  lab = await WholeLab.open()
  hello = await clientHello()
})
afterEach(() => lab.expectCalm())
afterAll(() => lab.close())

/** What other protocols say first. */
const strangers: Readonly<Record<string, string | Buffer>> = {
  'HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0',
  'SSH': 'SSH-2.0-OpenSSH_9.6\r\n',
  'SOCKS 4': Buffer.from([4, 1, 0, 80, 127, 0, 0, 1, 0]),
  'SOCKS 5': Buffer.from([5, 1, 0]),
  'RDP': Buffer.from('0300002b26e00000000000436f6f6b69653a206d737473686173683d61646d696e0d0a0100080003000000', 'hex'),
  'RFB': 'RFB 003.889\n',
  'authd': 'USER root\r\nPASS x\r\nCONNECT /x mks\r\n',
  'SMB': Buffer.from('00000054ff534d4272000000001843c8', 'hex'),
  'SMTP': 'EHLO x\r\n',
  'plain HTTP': 'GET / HTTP/1.1\r\nhost: x\r\n\r\n',
  'SSL 2': Buffer.from('802e0100020015000000100700c0030080010080060040040080020080', 'hex'),
  'PROXY': 'PROXY TCP4 10.0.0.1 10.0.0.2 1 443\r\n',
  'zeros': Buffer.alloc(5000),
  'a long line': Buffer.alloc(10 * 1024 * 1024, 0x41),
}

/** The first flight of a TLS client, as it lies on the wire. */
async function clientHello(): Promise<Buffer> {
  const server = createServer()
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  const client = connectTls({ port, host: '127.0.0.1' }).on('error', () => {})
  const [socket] = await once(server, 'connection') as [Socket]
  const [bytes] = await once(socket, 'data') as [Buffer]
  client.destroy()
  socket.destroy()
  server.close()
  return bytes
}

/** All that a door says, until it has ended the connection, to bytes after which the client says no more. */
async function answer(socket: Duplex, bytes: string | Buffer, fin = true): Promise<string> {
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  const over = new Promise<void>(resolve => { socket.once('end', resolve).once('close', resolve) })
  if (fin) socket.end(bytes)
  else socket.write(bytes)
  await over
  socket.destroy()
  return Buffer.concat(parts).toString('latin1')
}

describe.each(doorNames)('door %s', name => {
  it.each(Object.entries(strangers))('%s › ends in a refusal or a close', async (_what, bytes) => {
    await answer(await lab.plain(name), bytes)
  })

  it('a TLS hello whole, cut at each part, and reset in the middle › is cleaned up', async () => {
    for (let cut = 1; cut < hello.length; cut += 37) await answer(await lab.plain(name), hello.subarray(0, cut))
    for (let cut = 1; cut < hello.length; cut += 37) {
      const socket = await lab.plain(name)
      socket.write(hello.subarray(0, cut), () => socket.resetAndDestroy())
      await once(socket, 'close')
    }
  })

  it('seeded garbage › ends, with FIN or RST', async () => {
    const garbage = fc.sample(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 3000 }), fc.boolean()), { seed: 4, numRuns: 30 })
    for (const [bytes, reset] of garbage) {
      const socket = await lab.plain(name)
      if (!reset) await answer(socket, Buffer.from(bytes))
      else {
        socket.write(bytes, () => socket.resetAndDestroy())
        await once(socket, 'close')
      }
    }
  })

  it('a FIN before a word, half open › is answered with the end', async () => {
    await answer(await lab.plain(name), '')
  })
})

const tlsDoors: readonly DoorName[] = secureDoors
describe.each(tlsDoors)('TLS of door %s', name => {
  it('seeded garbage, other protocols inside TLS › end', async () => {
    const garbage = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 3000 }), { seed: 443, numRuns: 15 })
    for (const bytes of [...Object.values(strangers), ...garbage.map(each => Buffer.from(each))]) {
      const text = await answer(await lab.secure(name), bytes)
      if (text !== '') expect(text).toMatch(/^HTTP\/1\.1 \d{3} /)
    }
  })

  it('a handshake that ends in the middle of the second flight › is cleaned up', async () => {
    const socket = await lab.plain(name)
    socket.write(hello)
    await once(socket, 'data')
    await answer(socket, Buffer.from([0x16, 3, 3, 0, 100, 1, 2]))
  })

  it('older versions, other protocols by ALPN › are refused, or HTTP/1.1 is spoken', async () => {
    await expect(lab.secure(name, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })).rejects.toThrow()
    await expect(lab.secure(name, { ALPNProtocols: ['h2'] })).rejects.toThrow()
    const both = await lab.secure(name, { ALPNProtocols: ['h2', 'http/1.1'] })
    expect(both.alpnProtocol).toBe('http/1.1')
  })

  it('a head that comes byte by byte › is answered when it is whole', async () => {
    const socket = await lab.secure(name)
    for (const byte of Buffer.from('GET /nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n')) {
      await new Promise<void>(resolve => { socket.write(Buffer.from([byte]), () => resolve()) })
    }
    expect(await answer(socket, '\r\n', false)).toMatch(/^HTTP\/1\.1 404 /)
  })

  it.each([
    ['that breaks off', post(currentTime).slice(0, -40)],
    ['of a length without end', post(currentTime).replace(/Content-Length: \d+/, 'Content-Length: 99999999999')],
    ['of less than nothing', post(currentTime).replace(/Content-Length: \d+/, 'Content-Length: -1')],
    ['with a chunk without end', `${post(currentTime).replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked').replace(/(?<=\r\n\r\n)[^]*/, '')}fffffffffff\r\nx`],
  ])('a body %s › is cleaned up, after FIN and after RST', async (_what, request) => {
    await answer(await lab.secure(name), request)
    const bare = await lab.plain(name)
    const layer = await lab.secure(name, { socket: bare })
    await new Promise<void>(resolve => { layer.write(request, () => resolve()) })
    bare.resetAndDestroy()
    await once(bare, 'close')
  })

  it.each([
    ['h2c', ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA']],
    ['websocket at no path of it', ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${'A'.repeat(22)}==`]],
    ['TLS', ['Upgrade: TLS/1.0']],
  ])('upgrade to %s › is refused', async (_what, head) => {
    const text = await answer(await lab.secure(name), ['GET /nothing HTTP/1.1', 'host: x', 'connection: Upgrade', ...head, '', ''].join('\r\n'))
    expect(text).toMatch(/^HTTP\/1\.1 404 /)
  })
})

describe('port 80', () => {
  it('other protocols, garbage › end; nothing is left, and the redirect still stands', async () => {
    const door = await openDoors()
    const garbage = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 3000 }), { seed: 80, numRuns: 30 })
    for (const bytes of [...Object.values(strangers), hello, ...garbage.map(each => Buffer.from(each))]) {
      const text = await answer((await plain(door.httpPort, true)).socket, bytes)
      if (text !== '') expect(text).toMatch(/^HTTP\/1\.1 (301|4\d\d) /)
    }
    await turns(() => door.doors.counts.connections === 0)
    expect(await answer((await plain(door.httpPort)).socket, 'GET /ui HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', false)).toMatch(/^HTTP\/1\.1 301 /)
    expect(door.defects).toEqual([])
    await door.doors.close('refuse')
  })
})

describe('902/udp', () => {
  it('datagrams that are no heartbeats, and made-up hosts › are counted or forgotten', async () => {
    const port = new HeartbeatPort({ address: '127.0.0.1', port: 0 })
    const to = await port.open()
    const socket = createSocket('udp4')
    const send = (bytes: Uint8Array): Promise<void> =>
      new Promise(resolve => { socket.send(bytes, to.port, to.address, () => resolve()) })
    const own = { counter: 1, uuid: '4c4c4544-0000-0000-0000-000000000001', sentAt: 1 }
    const lying = encodeHeartbeat(own)
    lying.fill(0xff, 24, 32)
    const garbage = fc.sample(fc.uint8Array({ maxLength: 1000 }), { seed: 902, numRuns: 30 })
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(65507), lying, encodeHeartbeat(own).subarray(1), ...garbage]) {
      const before = port.strange
      await send(bytes)
      await turns(() => port.strange > before)
    }
    await send(encodeHeartbeat(own))
    await turns(() => port.heard(own.uuid) !== undefined)
    expect(port.heard(own.uuid)).toEqual({ ...own, count: 1 })
    socket.close()
    await port.close()
  })
})
