import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import { ref, SoapFault } from '../../clients/sdk/soap-xml.js'
import { StreamSender } from '../../emulator/doors/emit/streams.js'
import { writeLog } from '../../emulator/physics/logs/write.js'
import { forwardingOf, type TargetState } from '../../emulator/physics/syslog/state.js'
import { afterRealMs } from '../../emulator/world/clock.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'
import { turns } from '../support/whole-lab.js'

const HOST = 'esx-01'
let lab: TestLab
let client: SoapClient
let server: Server
let port: number
let open: Set<Socket>
/** What the receiver does with a connection. */
let receive: (socket: Socket) => void
beforeEach(async () => {
  lab = createTestLab({ sends: [] })
  client = await lab.client(HOST)
  await client.call(ref('HostFirewallSystem', 'firewallSystem'), 'EnableRuleset', { id: 'syslog' })
  open = new Set()
  server = createServer(socket => {
    open.add(socket)
    socket.on('error', () => {}).on('close', () => open.delete(socket))
    receive(socket)
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  port = (server.address() as AddressInfo).port
})
afterEach(async () => {
  await lab.close()
  for (const socket of open) socket.destroy()
  server.close()
})

function logHost(value: string): Promise<unknown> {
  return client.call(ref('OptionManager', 'ha-adv-options'), 'UpdateOptions', {
    changedValue: { key: 'Syslog.global.logHost', value: { _typeName: 'xsd:string', _value: value } },
  })
}

const state = (): TargetState | undefined => forwardingOf(lab.world, HOST)?.targets[0]?.state

function write(text: string): void {
  lab.world.transact({ kind: 'lab', what: 'test' }, tx => writeLog(tx, HOST, 'hostd', { level: 'info', text }))
}

describe('receivers of syslog without manners', () => {
  it.each<[string, string, (socket: Socket) => void]>([
    ['closes at once', 'ssl', socket => { socket.destroy() }],
    ['resets', 'ssl', socket => { socket.resetAndDestroy() }],
    ['answers a TLS hello with plain words', 'ssl', socket => { socket.resume().end('220 mail ready\r\n') }],
    ['answers a TLS hello with half a record', 'ssl', socket => { socket.resume().end(Buffer.from([0x16, 3, 3, 0, 100, 2])) }],
    ['resets', 'tcp', socket => { socket.resetAndDestroy() }],
    ['takes a little and breaks off', 'tcp', socket => { socket.once('data', () => socket.resetAndDestroy()) }],
  ])('one that %s (%s) › is lost, once, and tried again in lab time', async (_what, protocol, behave) => {
    receive = behave
    await logHost(`${protocol}://127.0.0.1:${port}`)
    await turns(() => {
      if (state() === 'connected') write('x')
      return state() === 'lost'
    })
    lab.world.advance(1000)
    expect(state()).toBe('lost')
    await turns(() => open.size === 0)
    receive = socket => { socket.resume() }
    if (protocol !== 'tcp') return
    lab.world.advance(180_000)
    await turns(() => state() === 'connected')
  })

  it('a port that refuses › is lost, however often it is tried', async () => {
    receive = () => {}
    server.close()
    await logHost(`tcp://127.0.0.1:${port}`)
    for (let round = 0; round < 5; round += 1) {
      await turns(() => state() === 'lost')
      lab.world.advance(180_000)
      expect(state()).toBe('connecting')
    }
    await turns(() => state() === 'lost')
  })

  it('one that talks back without end › is not listened to', async () => {
    let said = 0
    const words = Buffer.alloc(65536, 0x41)
    receive = socket => {
      const talk = (): void => { if (!socket.destroyed) socket.write(words, () => { said += 1; setImmediate(talk) }) }
      socket.resume()
      talk()
    }
    await logHost(`tcp://127.0.0.1:${port}`)
    await turns(() => said > 300)
    expect(state()).toBe('connected')
    await logHost('')
    await turns(() => open.size === 0)
  })

  it('one that reads nothing, and is wanted no longer › keeps no socket', async () => {
    receive = socket => { socket.pause() }
    let up = false
    const sender = new StreamSender({
      host: '127.0.0.1', port, tls: undefined, framing: 'non_transparent', maxBytes: 100_000, room: 1000, lastMs: 20,
      onUp: () => { up = true }, onDown: () => {}, onRefused: () => {},
    })
    await turns(() => up)
    // More than the kernel takes for somebody who does not read.
    for (let count = 0; count < 500; count += 1) sender.send('x'.repeat(90_000))
    sender.close(true)
    await new Promise<void>(resolve => { afterRealMs(40, resolve) })
    let read = 0
    const [socket] = open
    socket!.on('data', (part: Buffer) => { read += part.length }).resume()
    await turns(() => open.size === 0)
    expect(read).toBeLessThan(500 * 90_000)
  })
})

describe('Syslog.global.logHost with what is none', () => {
  it.each([
    'tcp://', 'tcp://:514', 'tcp://127.0.0.1:0', 'tcp://127.0.0.1:65536', 'tcp://127.0.0.1:-1', 'http://127.0.0.1', 'ssl://[::1', 'udp://256.1.1.1:514:514',
    'tcp://a b', 'tcp://h/../../x', 'tcp://user:pw@h', 'tcp://h?framing=none', 'udp://h?framing=octet_counting', ',', 'tcp://h,,udp://h', 'tcp://h\0', 'tcp://ä',
    `tcp://${'h'.repeat(5000)} `, Array.from({ length: 300 }, (_, at) => `h${at} x`).join(), '__proto__://h', 'constructor://h', '\r\n\r\n', '%s%n',
  ])('%# › is refused or kept without harm', async value => {
    await logHost(value).catch((error: unknown) => {
      if (!(error instanceof SoapFault)) throw error
    })
    write('goes on')
    expect(lab.defects).toEqual([])
    await logHost('')
    expect(forwardingOf(lab.world, HOST)).toBeUndefined()
  })
})
