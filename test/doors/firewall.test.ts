import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Listener } from '../../emulator/doors/https/listener.js'
import { doorState } from '../../emulator/physics/network/doors.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { TestLab } from '../support/test-lab.js'
import { openDoors, plain } from './support.js'

const HOST = 'esx-01'
const request = 'GET /sdk/vimServiceVersions.xml HTTP/1.1\r\nhost: x\r\n\r\n'

/** A client on one of the loopback addresses. */
class Client {
  readonly socket: Socket
  received = ''
  ended = false

  constructor(port: number, localAddress: string) {
    this.socket = connect({ host: '127.0.0.1', port, localAddress })
    this.socket.on('data', data => { this.received += data.toString('latin1') })
    this.socket.on('close', () => { this.ended = true })
    this.socket.on('error', () => { this.ended = true })
  }

  /** The answer to a request; rejects when the connection ends before one has come. */
  async ask(): Promise<string> {
    this.received = ''
    this.socket.write(request)
    while (!this.received.includes('\r\n\r\n')) {
      if (this.ended) throw new Error('ended')
      await new Promise(resolve => this.socket.once('data', resolve).once('close', resolve))
    }
    return this.received.split('\r\n')[0]!
  }
}

describe('the firewall at the doors of a host (A7, A15)', () => {
  let lab: TestLab
  let port: number
  const clients: Client[] = []

  beforeEach(async () => {
    lab = new TestLab({ watched: true })
    port = Number(new URL(await lab.url(HOST)).port)
  })

  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy()
    await lab.close()
  })

  const client = (address: string): Client => {
    const made = new Client(port, address)
    clients.push(made)
    return made
  }
  const allow = async (allowedHosts: object): Promise<void> => {
    const caller = await lab.client('vc-01')
    const info = lab.world.ofType('vc-01', 'HostSystem')
      .map(slot => lab.world.read<{ name: string, configManager: { firewallSystem: MoRef } }>(slot)!.props)
      .find(props => props.name.startsWith(HOST))!
    await caller.call(info.configManager.firewallSystem, 'UpdateRuleset', { id: 'vSphereClient', spec: { allowedHosts } })
  }
  /** All that reached the host before this has been looked at when a client of another address is answered. */
  const settled = () => client('127.0.0.2').ask()

  it('answers a client whose address is allowed and leaves another one without a byte', async () => {
    await allow({ allIp: false, ipAddress: ['127.0.0.2'] })
    const stranger = client('127.0.0.9')
    stranger.socket.write(request)
    expect(await settled()).toBe('HTTP/1.1 200 OK')
    expect(await settled()).toBe('HTTP/1.1 200 OK')
    expect([stranger.received, stranger.ended]).toEqual(['', false])
    await allow({ allIp: false, ipNetwork: [{ network: '127.0.0.8', prefixLength: 29 }, { network: '127.0.0.2', prefixLength: 32 }] })
    expect(await client('127.0.0.9').ask()).toBe('HTTP/1.1 200 OK')
    expect(stranger.received).toBe('')
  })

  it('lets an established connection go on and takes no new one', async () => {
    const before = client('127.0.0.9')
    expect(await before.ask()).toBe('HTTP/1.1 200 OK')
    await allow({ allIp: false, ipAddress: ['127.0.0.2'] })
    const after = client('127.0.0.9')
    after.socket.write(request)
    await settled()
    expect(await before.ask()).toBe('HTTP/1.1 200 OK')
    expect(after.received).toBe('')
  })

  it('A7: its port is open, and a fault in the network closes, filters or resets it', async () => {
    const knock = (): Promise<string> => {
      const { socket } = client('127.0.0.2')
      socket.write(request)
      return new Promise(resolve => {
        socket.once('data', () => resolve('open'))
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
        socket.once('connect', () => { if (blocked) resolve('silent') })
      })
    }
    let blocked = false
    expect(await knock()).toBe('open')
    for (const [how, answer] of [['refuse', 'ECONNREFUSED'], ['reset', 'ECONNRESET'], ['drop', 'silent']] as const) {
      blocked = how === 'drop'
      const { id } = lab.lab.faults.inject('port-block', HOST, { port: 443, how })
      await lab.doorsSettled()
      expect(await knock()).toBe(answer)
      lab.lab.faults.heal(id)
      await lab.doorsSettled()
    }
    expect(await settled()).toBe('HTTP/1.1 200 OK')
  })

  it('is told the same by the rule that scenarios go by', async () => {
    const answer = (source?: string, at = 443) => doorState(lab.world, HOST, at, source).answer
    await allow({ allIp: false, ipAddress: ['192.168.1.7'] })
    expect([answer('192.168.1.7'), answer('192.168.2.1'), answer()]).toEqual(['open', 'timeout', 'open'])
    expect([answer('192.168.2.1', 902), answer('192.168.2.1', 80)]).toEqual(['timeout', 'open'])
    lab.world.transact({ kind: 'lab', what: 'test' }, tx => tx.emit('agent.ended', { host: HOST, agent: 'hostd', how: 'stop' }))
    expect([answer('192.168.1.7'), answer('192.168.2.1')]).toEqual(['refused', 'timeout'])
  })
})

describe('a listener behind a firewall', () => {
  it('asks for port 80 by itself: webAccess is another ruleset than vSphereClient (A15)', async () => {
    const asked: (number | undefined)[] = []
    const door = await openDoors({ identity: undefined, admits: (_address, at) => { asked.push(at); return at !== 80 } })
    const redirect = await plain(door.httpPort)
    redirect.send(request)
    const api = await plain(door.port)
    await api.send(request).until(/HTTP\/1.1 200 OK/)
    expect(redirect.text).toBe('')
    expect(asked).toEqual([80, undefined])
    api.socket.destroy()
    await door.doors.close()
    expect(await redirect.closed()).toBe('')
  })

  it('keeps a bounded number of connections without a word, and lets go of those whose client has gone', async () => {
    const listener = new Listener(socket => socket.end('hello'), () => false)
    const { port } = await listener.open({ address: '127.0.0.1', port: 0 })
    const sockets = await Promise.all(Array.from({ length: 300 }, () => new Promise<Socket>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port }, () => resolve(socket))
      socket.on('error', reject)
      socket.on('data', () => reject(new Error('a byte')))
    })))
    for (const socket of sockets) socket.removeAllListeners('error').on('error', () => {})
    await until(() => listener.dropped === 256 && sockets.filter(socket => socket.destroyed).length === 44)
    for (const socket of sockets) socket.destroy()
    await until(() => listener.dropped === 0)
    await listener.close('refuse')
    expect(listener.connections).toBe(0)
  })
})

/** Waits for what the other end of a socket brings about. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(resolve => setImmediate(resolve))
}
