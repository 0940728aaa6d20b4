import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { AuthdClient, NONCE } from '../support/authd-client.js'
import { turns, WholeLab } from '../support/whole-lab.js'

let lab: WholeLab
let client: SoapClient
let vm: Ref
beforeAll(async () => { lab = await WholeLab.open() })
beforeEach(async () => {
  client = await lab.client('esx-02')
  vm = await lab.vm(client)
})
afterEach(() => lab.expectCalm())
afterAll(() => lab.close())

async function path(): Promise<string> {
  return `/ticket/${(await lab.ticket(client, vm, 'webmks'))['ticket']!}`
}

/** The head of an upgrade; `changes` replace its lines. */
function upgrade(to: string, changes: Readonly<Record<string, string | undefined>> = {}): string {
  const head = {
    'Host': 'x', 'Connection': 'Upgrade', 'Upgrade': 'websocket', 'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==', 'Sec-WebSocket-Protocol': 'binary', ...changes,
  }
  const lines = Object.entries(head).filter(([, value]) => value !== undefined).map(([key, value]) => `${key}: ${value}`)
  return [`GET ${to} HTTP/1.1`, ...lines, '', ''].join('\r\n')
}

/** Reads until the connection is over; gives what came. */
async function rest(socket: TLSSocket): Promise<string> {
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  await new Promise<void>(resolve => { socket.once('end', resolve).once('close', resolve) })
  socket.destroy()
  return Buffer.concat(parts).toString('latin1')
}

/** An open WebMKS console on a bare connection, behind the answer to the upgrade. */
async function opened(): Promise<TLSSocket> {
  const socket = await lab.secure('443 of a host')
  socket.write(upgrade(await path()))
  const [head] = await once(socket, 'data') as [Buffer]
  expect(head.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /)
  await turns(() => lab.control.consoles().open.length > 0)
  return socket
}

/** A frame as a client sends it, masked with zeros. */
function frame(opcode: number, payload: Uint8Array, { fin = true, mask = true, bits = 0, length = payload.length } = {}): Buffer {
  const first = (fin ? 0x80 : 0) | bits | opcode
  const flag = mask ? 0x80 : 0
  const head = length < 126 ? [first, flag | length] : length < 65536 ? [first, flag | 126, length >> 8, length & 255]
    : [first, flag | 127, ...[...Array(8).keys()].map(at => Math.floor(length / 256 ** (7 - at)) & 255)]
  return Buffer.concat([Buffer.from(head), Buffer.alloc(mask ? 4 : 0), payload])
}

const some = Buffer.from('RFB 003.008\n')

describe('WebMKS and bad clients', () => {
  it.each<[string, () => Buffer]>([
    ['a frame without a mask', () => frame(2, some, { mask: false })],
    ['a reserved bit', () => frame(2, some, { bits: 0x40 })],
    ['a reserved opcode', () => frame(11, some)],
    ['a frame above the bound', () => frame(2, Buffer.alloc(10), { length: 2 ** 40 })],
    ['a whole message above the bound', () => frame(2, Buffer.alloc(2 * 1024 * 1024))],
    ['pieces above the bound', () => Buffer.concat([frame(2, some, { fin: false }), ...Array.from({ length: 40 }, () => frame(0, Buffer.alloc(60000), { fin: false }))])],
    ['a piece of nothing', () => frame(0, some)],
    ['a ping in pieces', () => frame(9, some, { fin: false })],
    ['a long ping', () => frame(9, Buffer.alloc(126))],
    ['text', () => frame(1, some)],
    ['text that is none', () => frame(1, Buffer.from([0xff, 0xfe]))],
    ['a close of one byte', () => frame(8, Buffer.alloc(1))],
    ['a close with a code that there is not', () => frame(8, Buffer.from([0, 1]))],
    ['a close without a reason', () => frame(8, Buffer.alloc(0))],
    ['no RFB', () => frame(2, Buffer.alloc(70000, 0x41))],
    ['HTTP again', () => Buffer.from(upgrade('/ticket/x'))],
  ])('%s › closes the console', async (_what, bytes) => {
    const socket = await opened()
    socket.write(bytes())
    const said = rest(socket)
    // The answer to a close is not waited for.
    await turns(() => lab.control.consoles().open.length === 0)
    socket.end()
    await said
  })

  it('seeded garbage, and consoles that break off at any byte of a frame › leave nothing', async () => {
    const whole = frame(2, some)
    const garbage = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 2000 }), { seed: 7, numRuns: 8 })
    for (const bytes of [...garbage, ...[1, 3, 6, 9, 17].map(cut => whole.subarray(0, cut))]) {
      const socket = await opened()
      await new Promise<void>(resolve => { socket.write(bytes, () => resolve()) })
      socket.destroy()
      await turns(() => lab.control.consoles().open.length === 0)
    }
  })

  it('pings without end from a client that reads nothing › end', async () => {
    const socket = await opened()
    socket.pause()
    const pings = Buffer.concat(Array.from({ length: 500 }, () => frame(9, Buffer.alloc(125))))
    const flood = (): void => { if (!socket.destroyed) socket.write(pings, () => setImmediate(flood)) }
    flood()
    await turns(() => lab.control.consoles().open.length === 0)
  })

  it.each([
    ['version 12', { 'Sec-WebSocket-Version': '12' }, /^HTTP\/1\.1 4\d\d /],
    ['no key', { 'Sec-WebSocket-Key': undefined }, /^HTTP\/1\.1 400 /],
    ['a bad key', { 'Sec-WebSocket-Key': 'x' }, /^HTTP\/1\.1 400 /],
    ['sub-protocols that are none', { 'Sec-WebSocket-Protocol': 'a,,b' }, /^HTTP\/1\.1 400 /],
    ['a long head', { 'X-Long': 'x'.repeat(100_000) }, /^HTTP\/1\.1 431 /],
    ['another upgrade', { 'Upgrade': 'h2c' }, /^HTTP\/1\.1 4\d\d /],
  ])('an upgrade with %s › is refused', async (_what, changes, wanted) => {
    const socket = await lab.secure('443 of a host')
    socket.write(upgrade(await path(), changes))
    expect(await rest(socket)).toMatch(wanted)
  })

  it('one that is gone before its answer › uses up its ticket, and leaves nothing', async () => {
    const to = await path()
    const socket = await lab.secure('443 of a host')
    await new Promise<void>(resolve => { socket.write(upgrade(to), () => resolve()) })
    socket.destroy()
    const again = await lab.secure('443 of a host')
    again.write(upgrade(to))
    expect(await rest(again)).toMatch(/^HTTP\/1\.1 (404|101) /)
  })
})

/** What ends consoles from the other side. */
const ends: Readonly<Record<string, () => Promise<void>>> = {
  'DropConnections': async () => { await client.call(vm, 'DropConnections') },
  'power off': async () => {
    await lab.done(client, vm, 'PowerOffVM_Task')
    await lab.done(client, vm, 'PowerOnVM_Task')
  },
  'a crash of the host': async () => {
    const { id } = lab.control.inject('host-crash', 'host/esx-02', {})
    lab.control.advance(1000)
    lab.control.heal(id)
    lab.control.advance(900_000)
    client.close()
    client = await lab.clientWhenUp('esx-02')
    await lab.done(client, vm, 'PowerOnVM_Task')
  },
}

describe.each(Object.entries(ends))('%s', (_what, end) => {
  it('in each stage of WebMKS › leaves nothing', async () => {
    const stages = [await lab.secure('443 of a host'), await opened(), await opened(), await opened()]
    for (const each of stages) each.resume()
    const steps = [some, Buffer.from([1]), Buffer.from([1]), Buffer.from([3, 0, 0, 0, 0, 0, 2, 0, 2, 0])]
    for (const [count, stage] of stages.slice(1).entries()) for (const step of steps.slice(0, count * 2)) stage.write(frame(2, step))
    await end()
    await turns(() => lab.control.consoles().open.length === 0)
  })

  it('in each stage of 902 › leaves nothing', async () => {
    const clients: AuthdClient[] = []
    for (let stage = 0; stage < 5; stage += 1) {
      const authd = await AuthdClient.connect(lab.at('902/tcp').port)
      clients.push(authd)
      if (stage === 0) continue
      await authd.handshake()
      if (stage === 1) continue
      const { ticket, cfgFile } = await lab.ticket(client, vm, 'mks')
      for (const line of [`USER ${ticket}`, `PASS ${ticket}`, `THUMBPRINT ${NONCE}`, `CONNECT ${cfgFile} mks`]) await authd.ask(line)
      if (stage === 2) continue
      await authd.handshake()
      if (stage === 4) {
        authd.layer!.write(NONCE)
        await authd.record()
      }
    }
    await end()
    for (const each of clients) each.close()
  })
})

describe('heap and handles', () => {
  it('200 consoles opened and closed › leave nothing but events and log lines', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const heapAfter = async (cycles: number): Promise<number> => {
      for (let count = 0; count < cycles; count += 1) {
        const socket = await opened()
        socket.write(frame(2, some))
        socket.write(frame(8, Buffer.alloc(0)))
        await rest(socket)
        await turns(() => lab.control.consoles().open.length === 0)
      }
      collect()
      return process.memoryUsage().heapUsed
    }
    const before = await heapAfter(50)
    const after = await heapAfter(150)
    // A ticket, two events and the call's lines are kept of each: 9 KiB; a screen alone has a MiB.
    expect((after - before) / 150).toBeLessThan(40_000)
  })
})
