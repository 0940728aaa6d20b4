import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Dialogue, type DaemonBack } from '../../emulator/doors/authd/dialogue.js'
import { LINE_BYTES, LineReader, LineTooLong } from '../../emulator/doors/authd/lines.js'
import { until } from '../front-door/front-lab.js'
import { AuthdClient, NONCE } from '../support/authd-client.js'
import { AuthdLab, HELLO, type AuthdLabOptions } from '../support/authd-lab.js'

let lab: AuthdLab | undefined
afterEach(async () => {
  await lab?.close()
  lab = undefined
})

function open(options: AuthdLabOptions = {}): AuthdLab {
  lab = new AuthdLab(options)
  return lab
}

/** The daemon still serves, nothing is left behind, and nothing went wrong inside. */
async function stillServes(of: AuthdLab): Promise<void> {
  const [vm] = of.running()
  const client = await of.client()
  await client.console(of.ticket(vm!.id), vm!.path)
  expect(await client.record()).toBe(HELLO + vm!.name)
  client.close()
  const { door } = await of.door()
  await until(() => door.connections === 0 && of.base.lab.services.consoles.count === 0)
  expect(of.base.defects).toEqual([])
}

/** Sends bytes after the greeting, in the clear, and waits for the end. */
async function shout(port: number, bytes: string | Uint8Array): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.on('data', () => {})
  socket.write(bytes)
  await new Promise<void>(resolve => socket.once('close', () => resolve()))
}

describe('902 with bad input', () => {
  it('garbage, plain commands and HTTP before TLS › the door hangs up', async () => {
    const at = open()
    const { port } = await at.door()
    for (const bytes of ['USER root\r\nPASS VMware1!\r\n', 'GET / HTTP/1.1\r\nhost: x\r\n\r\n', Buffer.alloc(70000, 0xff)]) {
      await shout(port, bytes)
    }
    await stillServes(at)
  })

  it('TLS 1.1 › is refused', async () => {
    const at = open()
    const { port } = await at.door()
    const bare = await AuthdClient.connect(port)
    const old = connectTls({
      socket: bare.socket, rejectUnauthorized: false, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0',
    })
    const [error] = await once(old, 'error') as [NodeJS.ErrnoException]
    expect(error.code).toMatch(/PROTOCOL_VERSION|ECONNRESET|UNSUPPORTED/)
    await stillServes(at)
  })

  it('a line without an end › 500 and the end', async () => {
    const at = open()
    const client = await at.client()
    client.layer!.write('A'.repeat(LINE_BYTES + 100))
    expect(await client.record()).toBe('500 Command line too long.\r\n')
    await client.ended()
    await stillServes(at)
  })

  it('a client that only makes mistakes, and reads nothing › is sent away', async () => {
    const at = open()
    const client = await at.client()
    client.layer!.pause()
    client.layer!.write('NOPE\r\n'.repeat(100_000))
    const { door } = await at.door()
    await until(() => door.connections === 0)
    await stillServes(at)
  })

  it('slow clients › are given up: no handshake, no command, no second handshake, no nonce', async () => {
    const at = open({ limits: { handshakeMs: 400, commandMs: 400 } })
    const { port } = await at.door()
    await at.certificate()
    await (await AuthdClient.connect(port)).ended()
    await (await AuthdClient.secure(port)).ended()
    const drip = await AuthdClient.secure(port)
    drip.layer!.write('US')
    await drip.ended()
    const [vm] = at.running()
    for (const stage of ['handshake', 'nonce']) {
      const client = await AuthdClient.secure(port)
      const ticket = at.ticket(vm!.id)
      for (const line of [`USER ${ticket}`, `PASS ${ticket}`, `THUMBPRINT ${NONCE}`, `CONNECT ${vm!.path} mks`]) await client.ask(line)
      // On a busy machine the limit may come before the handshake is done: that ends it as well.
      if (stage === 'nonce') await client.handshake().catch(() => {})
      await client.ended()
    }
    const { door } = await at.door()
    await until(() => door.connections === 0)
    expect([at.base.defects, at.base.lab.services.consoles.count]).toEqual([[], 0])
  })

  it('a console that is not limited any more › outlives the patience for commands', async () => {
    const at = open({ limits: { handshakeMs: 2000, commandMs: 2000 } })
    const [vm] = at.running()
    const client = await at.client()
    await client.console(at.ticket(vm!.id), vm!.path)
    await client.record()
    expect(at.base.lab.services.consoles.count).toBe(1)
    client.layer!.write('a')
    expect(await client.record()).toBe('a')
  })

  it('garbage in place of the second handshake › no console, no leak', async () => {
    const at = open()
    const [vm] = at.running()
    const client = await at.client()
    const ticket = at.ticket(vm!.id)
    for (const line of [`USER ${ticket}`, `PASS ${ticket}`, `THUMBPRINT ${NONCE}`, `CONNECT ${vm!.path} mks`]) await client.ask(line)
    client.socket.write('this is no ClientHello at all')
    await client.ended()
    await stillServes(at)
  })

  it('a console closed in mid-frame › is cleaned up', async () => {
    const at = open({ show: 'screen' })
    const [vm] = at.running()
    const client = await at.client()
    await client.console(at.ticket(vm!.id), vm!.path)
    await client.bytes()
    client.layer!.write(Buffer.from([3, 0, 0, 0, 0, 0, 255, 255, 255, 255]))
    client.close()
    const { door } = await at.door()
    await until(() => door.connections === 0 && at.base.lab.services.consoles.count === 0)
    expect(at.base.defects).toEqual([])
  })

  it('a client that never reads › holds one picture at most, and the door can close', async () => {
    const at = open({ show: 'screen' })
    const [vm] = at.running()
    const client = await at.client()
    await client.console(at.ticket(vm!.id), vm!.path)
    client.layer!.pause()
    client.socket.pause()
    for (let request = 0; request < 200; request += 1) client.layer!.write(Buffer.from([3, 0, 0, 0, 0, 0, 2, 208, 1, 144]))
    const { door } = await at.door()
    await door.close()
    await until(() => door.connections === 0)
    expect(at.base.lab.services.consoles.count).toBe(0)
  })
})

const RUNS = { seed: 902, numRuns: 300 }

/** Words that clients say, and words that nobody should say. */
const word = fc.oneof(
  fc.constantFrom('USER', 'PASS', 'THUMBPRINT', 'CONNECT', 'QUIT', 'NFC', 'user', 'root', 'mks', NONCE, '/vmfs/volumes/x/y.vmx', ''),
  fc.string({ unit: 'binary', maxLength: 30 }),
)
const command = fc.array(word, { maxLength: 4 }).map(words => words.join(' ').replaceAll('\n', ' '))

describe('the parser of 902 with any bytes', () => {
  it('lines › are the same however they are cut', () => {
    fc.assert(fc.property(fc.array(command, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (lines, piece) => {
      const bytes = Buffer.from(lines.map(line => `${line}\r\n`).join(''))
      const reader = new LineReader()
      const seen: string[] = []
      for (let at = 0; at < bytes.length; at += piece) {
        reader.push(bytes.subarray(at, at + piece))
        for (let line = reader.next(); line !== undefined; line = reader.next()) seen.push(line)
      }
      expect(seen).toEqual(Buffer.from(lines.join('\n')).toString().split('\n').slice(0, lines.length))
    }), RUNS)
  })

  it('lines › above the bound are refused at any cut, whether ended or not', () => {
    fc.assert(fc.property(fc.integer({ min: LINE_BYTES + 2, max: LINE_BYTES * 3 }), fc.boolean(), fc.integer({ min: 1, max: 5000 }), (length, ended, piece) => {
      const bytes = Buffer.from('a'.repeat(length) + (ended ? '\r\n' : ''))
      const reader = new LineReader()
      expect(() => {
        for (let at = 0; at < bytes.length; at += piece) {
          reader.push(bytes.subarray(at, at + piece))
          reader.next()
        }
      }).toThrow(LineTooLong)
    }), { ...RUNS, numRuns: 60 })
  })

  it('answers › are one printable line of two words at least, and nobody gets a console without a login', () => {
    fc.assert(fc.property(fc.array(command, { maxLength: 30 }), fc.boolean(), (lines, lets) => {
      let loggedIn = false
      const back: DaemonBack<string> = {
        login: () => (loggedIn = lets),
        connect: () => {
          expect(loggedIn).toBe(true)
          return 'There is none.'
        },
        thumbprint: () => 'AA:BB',
      }
      const dialogue = new Dialogue(back)
      for (const line of lines) {
        const { reply, then } = dialogue.line(line)
        expect(reply).toMatch(/^[2-5]\d\d [^\p{Cc}]+$/u)
        expect(reply.split(/\s+/).length).toBeGreaterThanOrEqual(2)
        if (then !== undefined) break
      }
    }), RUNS)
  })

  it('the door › survives seeded garbage at each stage, and forgets nothing', async () => {
    const at = open()
    const [vm] = at.running()
    const { port, door } = await at.door()
    const garbage = fc.sample(fc.record({
      stage: fc.constantFrom('bare', 'commands', 'second', 'console'),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 3000 }),
    }), { seed: 902, numRuns: 40 })
    for (const { stage, bytes } of garbage) {
      const client = await AuthdClient.connect(port)
      if (stage !== 'bare') await client.handshake()
      if (stage === 'second' || stage === 'console') {
        const ticket = at.ticket(vm!.id)
        for (const line of [`USER ${ticket}`, `PASS ${ticket}`, `THUMBPRINT ${NONCE}`, `CONNECT ${vm!.path} mks`]) await client.ask(line)
      }
      if (stage === 'console') {
        await client.handshake()
        client.layer!.write(NONCE)
        await client.record()
      }
      if (stage === 'bare' || stage === 'second') client.socket.write(bytes)
      else client.layer!.write(bytes)
      await new Promise<void>(resolve => setImmediate(resolve))
      client.close()
    }
    await until(() => door.connections === 0)
    await stillServes(at)
  })
})
