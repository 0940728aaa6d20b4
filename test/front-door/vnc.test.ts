import { createServer, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { DoorWatch } from '../../emulator/door-watch.js'
import { VncServers } from '../../emulator/vnc-servers.js'
import { VncViewer } from '../support/vnc-viewer.js'
import { Doors, type Door } from './door.js'
import { frontLab } from './front-lab.js'

let doors: Doors
let watch: DoorWatch
let servers: VncServers
let lines: string[]

async function begin(mode: 'free' | 'high' | 'real' = 'free', address = '127.0.0.1'): Promise<Door> {
  const door = await beginClosed(mode, address)
  for (const host of ['esx-01', 'esx-02']) await ruleset(door, host, 'EnableRuleset')
  return door
}

/** As the product comes: no open ruleset covers the ports. */
async function beginClosed(mode: 'free' | 'high' | 'real' = 'free', address = '127.0.0.1'): Promise<Door> {
  servers = new VncServers({ lab: doors.lab.lab, watch, mode, addressOf: () => address, log: line => { lines.push(line) } })
  return doors.open()
}

async function ruleset(door: Door, host: string, method: string, args: object = {}): Promise<void> {
  const firewall = await door.get<Ref>(await door.named('HostSystem', host), 'configManager.firewallSystem')
  await door.call(firewall, method, { id: 'gdbserver', ...args })
}

beforeEach(() => {
  doors = new Doors({ lab: frontLab })
  lines = []
  watch = new DoorWatch(doors.lab.world, error => { throw error })
})
afterEach(async () => {
  await servers.close()
  watch.stop()
  await doors.close()
})

const settings = (values: Record<string, string>): object => ({
  spec: { extraConfig: Object.entries(values).map(([key, value]) => ({ key: `RemoteDisplay.vnc.${key}`, value: { _typeName: 'xsd:string', _value: value } })) },
})

async function configure(door: Door, vm: Ref, values: Record<string, string>): Promise<void> {
  await door.done(vm, 'ReconfigVM_Task', settings(values))
  await servers.settled()
}

async function view(): Promise<VncViewer> {
  const viewer = await VncViewer.open(servers.list()[0]!.address!)
  if (viewer === undefined) throw new Error('refused')
  return viewer
}

describe('RemoteDisplay.vnc', () => {
  it('enabled by a reconfigure › shows the guest\'s screen without a password, and keys reach it', async () => {
    const door = await begin()
    const vm = await door.vm('VM_ON')
    expect(servers.list()).toEqual([])
    await configure(door, vm, { enabled: 'TRUE', port: '5907' })
    expect(servers.list()).toMatchObject([{ host: 'esx-01', name: 'VM_ON', wanted: 5907, address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) }])
    const viewer = await view()
    expect(await viewer.greet()).toBe('VM_ON')
    await viewer.draw()
    const before = viewer.screen.join()
    expect(new Set(viewer.screen).size).toBeGreaterThan(1)
    viewer.socket.write(Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x72]))
    await viewer.draw()
    expect(viewer.screen.join()).not.toBe(before)
    expect(await door.call(vm, 'QueryConnections')).toMatchObject({ label: 'vnc' })
    viewer.socket.destroy()
  })

  it('a password › is asked for, and stands in no log', async () => {
    const door = await begin()
    const vm = await door.vm('VM_ON')
    await configure(door, vm, { ENABLED: 'true', port: '5907', Password: 'sesame' })
    const viewer = await view()
    expect(await viewer.greet('sesame')).toBe('VM_ON')
    await viewer.draw()
    viewer.socket.destroy()
    await expect((await view()).greet('Sesame')).rejects.toThrow('Authentication failed')
    expect(lines.join()).toContain('port 5907')
    expect(lines.join()).not.toContain('sesame')
  })

  it('a wrong password › leaves no connection and no event', async () => {
    const door = await begin()
    await configure(door, await door.vm('VM_ON'), { enabled: 'true', password: 'sesame' })
    const mark = await door.mark()
    const viewer = await view()
    await expect(viewer.greet('x')).rejects.toThrow()
    await viewer.closed()
    expect(doors.lab.lab.services.consoles.count).toBe(0)
    expect((await door.types(mark)).filter(type => type.startsWith('VmRemoteConsole'))).toEqual([])
  })

  it('disabled, or the VM powered off › closes it; power on opens it again', async () => {
    const door = await begin()
    const vm = await door.vm('VM_ON')
    await configure(door, vm, { enabled: 'true', port: '5907' })
    const viewer = await view()
    await viewer.greet()
    const { address } = servers.list()[0]!
    await door.done(vm, 'PowerOffVM_Task')
    await viewer.closed()
    await servers.settled()
    expect(servers.list()).toEqual([])
    expect(await VncViewer.open(address!)).toBeUndefined()
    await door.done(vm, 'PowerOnVM_Task')
    await servers.settled()
    expect(servers.list()).toHaveLength(1)
    await configure(door, vm, { enabled: 'FALSE' })
    expect(servers.list()).toEqual([])
  })

  it('another port or password › closes the old one and opens the new', async () => {
    const door = await begin()
    const vm = await door.vm('VM_ON')
    await configure(door, vm, { enabled: 'true', port: '5907' })
    const viewer = await view()
    await viewer.greet()
    await configure(door, vm, { port: '5908', password: 'x' })
    await viewer.closed()
    expect(servers.list()).toMatchObject([{ wanted: 5908 }])
    expect(await (await view()).greet('x')).toBe('VM_ON')
  })

  it('vMotion › the server moves with the VM', async () => {
    const door = await begin()
    const vm = await door.vm('VM_ON')
    await configure(door, vm, { enabled: 'true' })
    const viewer = await view()
    await viewer.greet()
    const datastore = await door.named('Datastore', 'shared-01')
    await door.done(vm, 'RelocateVM_Task', { spec: { datastore, host: await door.named('HostSystem', 'esx-02'), pool: await door.get<Ref>(await door.get<Ref>(await door.named('HostSystem', 'esx-02'), 'parent'), 'resourcePool') } })
    await viewer.closed()
    await servers.settled()
    expect(servers.list()).toMatchObject([{ host: 'esx-02', name: 'VM_ON' }])
    expect(await (await view()).greet()).toBe('VM_ON')
  })

  it('a host that loses its power › says nothing, and its port is free when it is back', async () => {
    const door = await begin()
    await configure(door, await door.vm('VM_ON'), { enabled: 'true' })
    const viewer = await view()
    await viewer.greet()
    const { address } = servers.list()[0]!
    const heal = doors.inject('host-crash', 'esx-01')
    await watch.settled()
    await servers.settled()
    expect(viewer.socket.readyState).toBe('open')
    expect(await VncViewer.open(address!)).toBeDefined()
    heal()
    doors.advance(600)
    await viewer.closed()
    await servers.settled()
    expect(await VncViewer.open(address!)).toBeUndefined()
  })

  it.each([
    ['high', { address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) }], ['real', { trouble: 'EADDRINUSE' }],
  ] as const)('%s ports and a port that is taken › a free one, or it is said why not', async (mode, shown) => {
    const other = createServer()
    await new Promise<void>(resolve => { other.listen(0, '127.0.0.1', resolve) })
    const { port } = other.address() as AddressInfo
    try {
      const door = await begin(mode)
      await configure(door, await door.vm('VM_ON'), { enabled: 'true', port: String(port) })
      expect(servers.list()).toMatchObject([{ wanted: port, ...shown }])
      expect(lines).toHaveLength(1)
    } finally {
      other.close()
    }
  })

  it('firewall › no word to whoever is not let in by a ruleset that covers the port; what is open goes on', async () => {
    const door = await beginClosed()
    await configure(door, await door.vm('VM_ON'), { enabled: 'true', port: '5907' })
    const early = await view()
    const heard = early.read(1).then(() => 'a word', () => 'closed')
    await ruleset(door, 'esx-01', 'EnableRuleset')
    const viewer = await view()
    expect(await viewer.greet()).toBe('VM_ON')
    await ruleset(door, 'esx-01', 'UpdateRuleset', { spec: { allowedHosts: { ipAddress: ['10.0.0.9'], allIp: false } } })
    const stranger = await view()
    const nothing = stranger.read(1).then(() => 'a word', () => 'closed')
    await viewer.draw()
    early.socket.destroy()
    stranger.socket.destroy()
    // Neither heard anything before it left.
    expect([await heard, await nothing]).toEqual(['closed', 'closed'])
  })

  it('ip › listens at an address of its host, or not at all', async () => {
    const door = await begin()
    const vm = await door.vm('VM_ON')
    const host = await door.named('HostSystem', 'esx-01')
    const nics = await door.get<{ HostVirtualNic: { spec: { ip: { ipAddress: string } } } }>(host, 'config.network.vnic')
    await configure(door, vm, { enabled: 'true', ip: '10.99.0.1' })
    expect(servers.list()).toMatchObject([{ wanted: 5900, trouble: 'EADDRNOTAVAIL' }])
    for (const ip of [nics.HostVirtualNic.spec.ip.ipAddress, '0.0.0.0', '']) {
      await configure(door, vm, { ip })
      expect(await (await view()).greet()).toBe('VM_ON')
    }
  })

  it('settings that mean nothing › open nothing', async () => {
    const door = await begin()
    const vm = await door.vm('VM_ON')
    for (const values of [{ enabled: 'yes' }, { enabled: 'true', port: '99999' }, { port: 'abc' }]) {
      await configure(door, vm, values)
      expect(servers.list()).toEqual([])
    }
  })
})
