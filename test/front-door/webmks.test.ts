import { describe, expect, it } from 'vitest'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import type { ScreenFeed } from '../../emulator/wire/rfb/screen-feed.js'
import { untar } from '../support/untar.js'
import { turns } from '../support/whole-lab.js'
import { WsViewer } from '../support/ws-viewer.js'
import { withDoors, type Door, type Doors } from './door.js'
import { frontLab } from './front-lab.js'

const options = { lab: frontLab }

/** A ticket for VM_ON, and where its console is in this test. */
async function webTicket(doors: Doors, door: Door): Promise<{ vm: Ref, url: string, vcUrl: string }> {
  const vm = await door.vm('VM_ON')
  const { ticket } = await door.call(vm, 'AcquireTicket', { ticketType: 'webmks' }) as unknown as { ticket: string }
  const at = async (node: string): Promise<string> => `${(await doors.lab.url(node)).replace(/^http/, 'ws').replace(/\/sdk$/, '')}/ticket/${ticket}`
  return { vm, url: await at('esx-01'), vcUrl: await at('vc-01') }
}

async function opened(url: string, protocols?: string[]): Promise<WsViewer> {
  const viewer = await WsViewer.open(url, protocols)
  if (typeof viewer === 'number') throw new Error(`HTTP ${viewer}`)
  return viewer
}

async function feedOf(doors: Doors): Promise<ScreenFeed> {
  const { value } = await (await doors.open('esx-01')).vm('VM_ON')
  return doors.lab.lab.consoles.feedOf('esx-01', value)!
}

function colours(feed: ScreenFeed): number[] {
  const { pixels } = feed.picture()
  return Array.from({ length: pixels.length / 4 }, (_, index) => pixels[index * 4]! | pixels[index * 4 + 1]! << 8 | pixels[index * 4 + 2]! << 16)
}

/** True if two screens are the same; a test that compared arrays would print them. */
function shows(viewer: WsViewer, feed: ScreenFeed): boolean {
  const wanted = colours(feed)
  return viewer.screen.length === wanted.length && viewer.screen.every((colour, index) => colour === wanted[index])
}

describe('A3 WebMKS', () => {
  it('a console › shows the guest\'s screen, and what is typed appears', withDoors(async doors => {
    const door = await doors.open()
    const { url } = await webTicket(doors, door)
    const viewer = await opened(url)
    expect(viewer.socket.protocol).toBe('binary')
    expect(await viewer.greet()).toBe('VM_ON')
    viewer.say(2, 0, 0, 1, 0xff, 0xff, 0xfe, 0xfc)
    await viewer.draw(false)
    const feed = await feedOf(doors)
    expect(shows(viewer, feed)).toBe(true)
    expect(new Set(viewer.screen).size).toBeGreaterThan(1)
    const before = [...viewer.screen]
    viewer.ask(true)
    viewer.type('r')
    await viewer.drawn()
    expect(shows(viewer, feed)).toBe(true)
    expect(viewer.screen).not.toEqual(before)
    viewer.socket.close()
  }, options))

  it('the VM\'s own log › tells of tickets, consoles and refusals, and never a ticket', withDoors(async doors => {
    const door = await doors.open()
    const { url } = await webTicket(doors, door)
    const viewer = await opened(url)
    expect(await WsViewer.open(url)).toBe(404)
    const late = await webTicket(doors, door)
    doors.advance(121)
    expect(await WsViewer.open(late.url)).toBe(404)
    await viewer.greet()
    viewer.socket.close()
    await turns(() => doors.lab.lab.services.consoles.count === 0)
    const archive = await fetch(`${new URL(await doors.lab.url('esx-01')).origin}/cgi-bin/vm-support.cgi`, {
      headers: { authorization: `Basic ${Buffer.from('root:VMware1!').toString('base64')}`, connection: 'close' },
    })
    const files = untar(Buffer.from(await archive.arrayBuffer()))
    const log = [...files].find(([path]) => /VM_ON\/vmware\.log$/.test(path))![1].toString()
    const said = log.split('\n').map(line => /^\S+Z (\w\w\(\d\d\)) mks - .*?MKS: (.*)$/.exec(line)).flatMap(found => found === null ? [] : [`${found[1]} ${found[2]}`])
    expect(said).toEqual([
      'In(05) web console ticket issued to VSPHERE.LOCAL\\Administrator, good for 120 s',
      'In(05) web console connection of 127.0.0.1 opened',
      'Wa(03) web console ticket of 127.0.0.1 refused: used',
      'In(05) web console ticket issued to VSPHERE.LOCAL\\Administrator, good for 120 s',
      'Wa(03) web console ticket of 127.0.0.1 refused: expired',
      'In(05) web console connection of 127.0.0.1 closed',
    ])
    expect(log).not.toContain(url.replace(/^.*\//, ''))
  }, options))

  it('the second use of a ticket, a late one, an unknown one, one of another kind › HTTP 404', withDoors(async doors => {
    const door = await doors.open()
    const { url, vm } = await webTicket(doors, door)
    const viewer = await opened(url)
    expect(await WsViewer.open(url)).toBe(404)
    await viewer.greet()
    const late = await webTicket(doors, door)
    doors.advance(121)
    expect(await WsViewer.open(late.url)).toBe(404)
    expect(await WsViewer.open(url.replace(/[^/]+$/, '52000000-0000-0000-0000-000000000000'))).toBe(404)
    expect(await WsViewer.open(url.replace(/[^/]+$/, '%00%zz'))).toBe(404)
    const { ticket } = await door.call(vm, 'AcquireTicket', { ticketType: 'mks' }) as unknown as { ticket: string }
    expect(await WsViewer.open(url.replace(/[^/]+$/, ticket))).toBe(404)
    const reasons = [...doors.lab.world.log('logs/esx-01/hostd').since(1)]
      .map(({ value }) => (value as { text: string }).text).filter(text => text.includes('Console ticket of'))
    expect(reasons.map(text => text.split(': ').at(-1))).toEqual(['used', 'expired', 'unknown', 'unknown', 'kind'])
    expect(reasons.join()).not.toContain(ticket)
    viewer.socket.terminate()
  }, options))

  it('A6 vCenter › does not serve its own ticket, and the ticket stays good for the host', withDoors(async doors => {
    const { url, vcUrl } = await webTicket(doors, await doors.open())
    expect(await WsViewer.open(vcUrl)).toBe(404)
    const viewer = await opened(url)
    expect(await viewer.greet()).toBe('VM_ON')
    viewer.socket.terminate()
  }, options))

  it('A6 vCenter cut off › an open console lives on', withDoors(async doors => {
    const { url } = await webTicket(doors, await doors.open())
    const viewer = await opened(url)
    await viewer.greet()
    await viewer.draw(false)
    doors.inject('network-isolate', 'vc-01')
    doors.advance(90)
    viewer.ask(true)
    viewer.type('x')
    await viewer.drawn()
    expect(viewer.socket.readyState).toBe(viewer.socket.OPEN)
    viewer.socket.terminate()
  }, options))

  it.each([[[]], [['vmware-vvc', 'binary']]])('sub-protocols %j › are taken', async protocols => {
    await withDoors(async doors => {
      const viewer = await opened((await webTicket(doors, await doors.open())).url, protocols)
      expect(viewer.socket.protocol).toBe(protocols.length === 0 ? '' : 'binary')
      expect(await viewer.greet()).toBe('VM_ON')
      viewer.socket.terminate()
    }, options)()
  })

  it('a text frame › closes with 1003', withDoors(async doors => {
    const viewer = await opened((await webTicket(doors, await doors.open())).url)
    viewer.socket.send('RFB 003.008\n')
    expect(await viewer.closed()).toEqual({ code: 1003, reason: 'binary frames only' })
  }, options))

  it('no RFB › closes with 1002', withDoors(async doors => {
    const viewer = await opened((await webTicket(doors, await doors.open())).url)
    viewer.socket.send(Buffer.from('GET / HTTP/1.1\r\n'))
    expect((await viewer.closed()).code).toBe(1002)
  }, options))

  it('power off › closes with 1000, and events tell of both ends', withDoors(async doors => {
    const door = await doors.open()
    const mark = await door.mark()
    const { url, vm } = await webTicket(doors, door)
    const viewer = await opened(url)
    await viewer.greet()
    expect(await door.call(vm, 'QueryConnections')).toMatchObject({ label: 'webmks', client: expect.stringMatching(/127\.0\.0\.1$/), userName: expect.stringContaining('Administrator') })
    await door.done(vm, 'PowerOffVM_Task')
    expect((await viewer.closed()).code).toBe(1000)
    expect(await door.call(vm, 'QueryConnections')).toBeUndefined()
    const types = await door.types(mark)
    expect(types.filter(type => type.startsWith('VmRemoteConsole'))).toEqual(['VmRemoteConsoleConnectedEvent', 'VmRemoteConsoleDisconnectedEvent'])
  }, options))

  it('DropConnections › closes with 1000', withDoors(async doors => {
    const door = await doors.open()
    const { url, vm } = await webTicket(doors, door)
    const viewer = await opened(url)
    await viewer.greet()
    expect(String(await door.call(vm, 'DropConnections'))).toBe('true')
    expect((await viewer.closed()).code).toBe(1000)
    expect(await door.call(vm, 'QueryConnections')).toBeUndefined()
  }, options))

  it('a client that goes › is no connection any more', withDoors(async doors => {
    const door = await doors.open()
    const { url, vm } = await webTicket(doors, door)
    const viewer = await opened(url)
    await viewer.greet()
    viewer.socket.close()
    await viewer.closed()
    while (doors.lab.lab.services.consoles.count > 0) await door.get(vm, 'name')
    expect(await door.types()).toContain('VmRemoteConsoleDisconnectedEvent')
  }, options))

  it('a host that loses its power › says nothing, and its consoles are gone when it is back', withDoors(async doors => {
    const door = await doors.open()
    const { url } = await webTicket(doors, door)
    const viewer = await opened(url)
    await viewer.greet()
    const heal = doors.inject('host-crash', 'esx-01')
    await doors.lab.doorsSettled()
    expect(viewer.socket.readyState).toBe(viewer.socket.OPEN)
    heal()
    doors.advance(600)
    await doors.lab.doorsSettled()
    expect((await viewer.closed()).code).toBe(1006)
  }, { ...options, watched: true }))

  it('a network that is cut › stops the picture, and it goes on when the network is back', withDoors(async doors => {
    const { url } = await webTicket(doors, await doors.open())
    const viewer = await opened(url)
    await viewer.greet()
    await viewer.draw(false)
    viewer.ask(true)
    const feed = await feedOf(doors)
    const heal = doors.inject('network-isolate', 'esx-01')
    await doors.lab.doorsSettled()
    for (const down of [true, false]) feed.key(0x10, down)
    viewer.type('w')
    heal()
    await doors.lab.doorsSettled()
    await viewer.drawn()
    while (!shows(viewer, feed)) await viewer.draw(true)
    viewer.socket.terminate()
  }, { ...options, watched: true }))

  it.each(['stop', 'hang'])('hostd that ends (%s) › leaves open consoles alone, which the VM itself serves', how => withDoors(async doors => {
    const { url } = await webTicket(doors, await doors.open())
    const viewer = await opened(url)
    await viewer.greet()
    await viewer.draw(false)
    const feed = await feedOf(doors)
    const { id } = doors.lab.lab.faults.inject('hostd-stop', 'esx-01', { how })
    await doors.lab.doorsSettled()
    viewer.ask(true)
    viewer.type('w')
    await viewer.drawn()
    expect(shows(viewer, feed)).toBe(true)
    doors.lab.lab.faults.heal(id)
    await doors.lab.doorsSettled()
    viewer.ask(true)
    viewer.type('x')
    await viewer.drawn()
    expect(shows(viewer, feed)).toBe(true)
    const heal = doors.inject('host-crash', 'esx-01')
    heal()
    doors.advance(600)
    await doors.lab.doorsSettled()
    expect((await viewer.closed()).code).toBe(1006)
  }, { ...options, watched: true })())

  it('a port that is blocked while hostd is away › ends open consoles', withDoors(async doors => {
    const { url } = await webTicket(doors, await doors.open())
    const viewer = await opened(url)
    await viewer.greet()
    doors.inject('hostd-stop', 'esx-01')
    await doors.lab.doorsSettled()
    expect(viewer.socket.readyState).toBe(viewer.socket.OPEN)
    doors.lab.lab.faults.inject('port-block', 'esx-01', { port: 443, how: 'refuse' })
    expect((await viewer.closed()).code).toBe(1006)
  }, { ...options, watched: true }))
})
