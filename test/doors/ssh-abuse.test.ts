import { connect, type Socket } from 'node:net'
import { createHash } from 'node:crypto'
import type { Client, ClientChannel } from 'ssh2'
import { afterEach, describe, expect, it } from 'vitest'
import { exec, SshLab, Typist, type SshLabOptions } from '../support/ssh-lab.js'
import { turns } from '../support/whole-lab.js'

let lab: SshLab
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  return lab.close()
})

async function open(options: SshLabOptions = {}): Promise<SshLab> {
  lab = new SshLab(options)
  await lab.door()
  await lab.start()
  return lab
}

/** The door still serves, nothing is left behind, and nothing went wrong inside. */
async function stillServes(at: SshLab): Promise<void> {
  expect((await exec(await at.client(), 'echo alive')).out).toBe('alive\n')
  await at.calm()
}

async function plain(at: SshLab): Promise<Socket> {
  const socket = connect((await at.door()).port, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => {})
  await new Promise(resolve => socket.once('connect', resolve))
  return socket
}

/** Sends bytes, reads what comes, and waits for the end. */
async function shout(at: SshLab, ...pieces: (string | Uint8Array)[]): Promise<void> {
  const socket = await plain(at)
  socket.resume()
  const closed = new Promise<void>(resolve => { socket.once('close', () => resolve()) })
  for (const piece of pieces) socket.write(piece)
  await closed
}

/** Bytes that look random, the same at every run. */
function noise(seed: string, length: number): Buffer {
  const parts: Buffer[] = []
  for (let count = 0; count * 32 < length; count += 1) parts.push(createHash('sha256').update(`${seed}/${count}`).digest())
  return Buffer.concat(parts).subarray(0, length)
}

/** A packet as it is before encryption begins: length, padding, content. */
function packet(content: Uint8Array, length = content.length + 5, padding = 4): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(length >>> 0)
  head[4] = padding
  return Buffer.concat([head, content, Buffer.alloc(4)])
}

describe('22 with bad input', () => {
  it('other protocols and garbage in place of the first line › the door hangs up', async () => {
    const at = await open()
    for (const bytes of ['GET / HTTP/1.1\r\nhost: x\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00', noise('first', 70_000), 'SSH-1.5-old\r\n', '\r\n\r\n']) {
      const socket = await plain(at)
      socket.resume()
      socket.end(bytes)
      await new Promise<void>(resolve => { socket.once('close', () => resolve()) })
    }
    await stillServes(at)
  })

  it('a line without an end, and packets of impossible lengths › the end', async () => {
    const at = await open()
    await shout(at, 'A'.repeat(100_000))
    for (const length of [0, 1, 35_001, 0x7fffffff, 0xffffffff]) await shout(at, 'SSH-2.0-test\r\n', packet(Buffer.from([20]), length))
    await stillServes(at)
    expect(at.lines('auth').join('\n')).toContain('Protocol error from 127.0.0.1 port')
  })

  it('messages out of their order › the end, whatever they hold', async () => {
    const at = await open()
    // A login, a channel, data and an answer of nobody's question before any keys were agreed.
    for (const kind of [5, 50, 52, 61, 80, 90, 94, 98]) await shout(at, 'SSH-2.0-test\r\n', packet(Buffer.concat([Buffer.from([kind]), noise(`k${kind}`, 40)])))
    await stillServes(at)
  })

  it('mutated handshakes from a seed › nothing gets through or stays', async () => {
    const at = await open()
    for (let seed = 0; seed < 60; seed += 1) {
      const socket = await plain(at)
      socket.resume()
      const bytes = noise(`mutation ${seed}`, 300 + (seed * 37) % 900)
      bytes[0] = 20
      socket.write('SSH-2.0-OpenSSH_9.9\r\n')
      socket.end(seed % 3 === 0 ? bytes : packet(bytes, undefined, seed % 5 === 0 ? 255 : 4))
      await new Promise<void>(resolve => { socket.once('close', () => resolve()) })
    }
    await stillServes(at)
  }, 30_000)

  it('a client that says nothing, or a byte now and then › is sent away in the end', async () => {
    const at = await open({ limits: { loginMs: 60 } })
    const silent = await plain(at)
    silent.resume()
    const drip = await plain(at)
    drip.resume()
    drip.write('S')
    await Promise.all([silent, drip].map(socket => new Promise<void>(resolve => { socket.once('close', () => resolve()) })))
    await turns(() => at.lines('auth').filter(line => line.includes('fatal: Timeout before authentication for')).length === 2)
    const { door } = await at.door()
    await turns(() => door.connections === 0)
  })

  it('many half-open clients › new ones wait outside, and users who are in notice nothing', async () => {
    const at = await open()
    const user = await at.client()
    const crowd = await Promise.all(Array.from({ length: 150 }, () => plain(at)))
    for (const socket of crowd) socket.resume()
    const { door } = await at.door()
    await turns(() => crowd.filter(socket => socket.destroyed).length >= 50)
    expect(door.connections).toBeLessThanOrEqual(101)
    expect((await exec(user, 'echo calm')).out).toBe('calm\n')
    for (const socket of crowd) socket.destroy()
    await turns(() => door.connections === 1)
    await stillServes(at)
  })

  for (const [how, stop] of [
    ['reads nothing from its socket', (client: Client) => (client as unknown as { _sock: Socket })._sock.pause()],
    ['takes nothing from its channel', (_client: Client, typist: Typist) => typist.channel.pause()],
  ] as const) {
    it(`a client that ${how} › is sent away before it costs memory`, async () => {
      const at = await open({ limits: { unsentBytes: 1024 * 1024 } })
      const client = await at.client()
      const typist = await Typist.open(client)
      await typist.sees('~] ')
      stop(client, typist)
      for (let count = 0; count < 20; count += 1) typist.channel.write('flood 1024\r')
      const { door } = await at.door()
      await turns(() => door.connections === 0)
      await stillServes(at)
    })
  }

  it('more sessions than a connection may have › refused, and the others go on', async () => {
    const at = await open({ limits: { sessions: 3 } })
    const client = await at.client()
    const typists = await Promise.all([1, 2, 3].map(() => Typist.open(client)))
    await expect(Typist.open(client)).rejects.toThrow(/open failure/)
    await typists[0]!.type('echo still\r', 'still\r\n')
    await at.calm()
  })

  it('forwarding and unknown channels › refused', async () => {
    const at = await open()
    const client = await at.client() as Client & {
      forwardOut(from: string, port: number, to: string, toPort: number, done: (error?: Error) => void): void
      forwardIn(address: string, port: number, done: (error?: Error) => void): void
      subsys(name: string, done: (error?: Error) => void): void
    }
    for (const run of [
      (done: (error?: Error) => void) => client.forwardOut('127.0.0.1', 1, '127.0.0.1', 80, done),
      (done: (error?: Error) => void) => client.forwardIn('127.0.0.1', 0, done),
      (done: (error?: Error) => void) => client.subsys('netconf', done),
    ]) expect(await new Promise<Error | undefined>(resolve => run(resolve))).toBeInstanceOf(Error)
    await stillServes(at)
  })

  it('random keys into a shell › it answers afterwards', async () => {
    const at = await open()
    const typist = await Typist.open(await at.client())
    for (let count = 0; count < 20; count += 1) typist.channel.write(noise(`keys ${count}`, 500).map(byte => byte === 4 ? 5 : byte))
    await typist.type('\x1b[F\x03\x03\recho here\r', 'here\r\n')
    await at.calm()
  })

  it('random requests of SFTP from a seed › statuses, or the end of the channel or its connection', async () => {
    const at = await open()
    at.shells.stored.set('esx-01:/tmp/file', Buffer.from('content'))
    type Raw = Client & { subsys(name: string, done: (error: Error | undefined, channel: ClientChannel) => void): void }
    for (let seed = 0; seed < 20; seed += 1) {
      const client = await at.client() as Raw
      const channel = await new Promise<ClientChannel>((resolve, reject) => {
        client.subsys('sftp', (error, found) => { if (error === undefined) resolve(found); else reject(error) })
      })
      const closed = new Promise<void>(resolve => { channel.once('close', () => resolve()) })
      channel.resume()
      channel.write(Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 3]))
      for (let count = 0; count < 10; count += 1) {
        const content = noise(`sftp ${seed} ${count}`, 5 + (seed * 13 + count * 7) % 60)
        content[0] = 3 + content[0]! % 20
        const head = Buffer.alloc(4)
        head.writeUInt32BE(content.length)
        channel.write(Buffer.concat([head, content]))
      }
      channel.end()
      await closed
    }
    await stillServes(at)
  }, 30_000)
})
