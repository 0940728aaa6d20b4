import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { askDoors } from '../../emulator/doors/knock.js'
import { afterRealMs } from '../../emulator/world/clock.js'
import type { Value } from '../../clients/sdk/soap-xml.js'
import { AuthdClient } from '../support/authd-client.js'
import { AuthdLab, HELLO, type AuthdLabOptions } from '../support/authd-lab.js'
import { propertiesOf, type SoapClient } from '../../clients/sdk/soap-client.js'
import { named, until } from './front-lab.js'

/** How long a client waits before it calls silence a time-out. */
const PATIENCE_MS = 300

function withLab(run: (lab: AuthdLab) => Promise<void>, options: AuthdLabOptions = {}): () => Promise<void> {
  return async () => {
    const lab = new AuthdLab({ watched: true, ...options })
    try {
      await run(lab)
    } finally {
      await lab.close()
    }
  }
}

type Ticket = Readonly<Record<string, string>>

/** A console of a VM through vCenter's ticket; gives the client, which has read the first record. */
async function throughVcenter(lab: AuthdLab, soap: SoapClient, name: string): Promise<AuthdClient> {
  const vm = named(lab.base, 'VirtualMachine', name)
  const ticket = await soap.call(vm, 'AcquireTicket', { ticketType: 'mks' }) as unknown as Ticket
  const client = await lab.client()
  expect(await client.console(ticket['ticket']!, ticket['cfgFile']!)).toMatch(/^200 Connect /)
  return client
}

/** Silence, or what came over a connection within a client's patience. */
function heard(client: AuthdClient): Promise<string> {
  return Promise.race([
    client.record(),
    new Promise<string>(resolve => { afterRealMs(PATIENCE_MS, () => resolve('silence')) }),
  ])
}

/** What `nc` sees of a port: the first bytes, or how it ended. */
function netcat(port: number, localAddress = '127.0.0.1'): Promise<string> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1', localAddress })
    const done = (text: string): void => {
      cancel()
      socket.destroy()
      resolve(text)
    }
    const cancel = afterRealMs(PATIENCE_MS, () => done('timeout'))
    socket.on('data', bytes => done(bytes.toString('latin1').slice(0, 3)))
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED' ? 'refused' : 'reset'))
    socket.on('close', () => done('reset'))
  })
}

async function powerOf(soap: SoapClient, lab: AuthdLab, name: string): Promise<Value | undefined> {
  const vm = named(lab.base, 'VirtualMachine', name)
  const [item] = await soap.callAll({ type: 'PropertyCollector', value: 'propertyCollector' }, 'RetrieveProperties', {
    specSet: { propSet: { type: 'VirtualMachine', pathSet: ['runtime.powerState'] }, objectSet: { obj: vm } },
  })
  return propertiesOf(item)['runtime.powerState']
}

describe('A6 control goes to vCenter and 443, the picture comes from the host\'s 902', () => {
  it('the ticket from vCenter › names the host\'s own address, port and certificate', withLab(async lab => {
    const { port } = await lab.door()
    const soap = await lab.base.client('vc-01')
    const { sha1, sha256 } = await lab.certificate()
    const vm = named(lab.base, 'VirtualMachine', lab.running()[0]!.name)
    const ticket = await soap.call(vm, 'AcquireTicket', { ticketType: 'mks' }) as unknown as Ticket
    expect(ticket).toMatchObject({
      host: '127.0.0.1', port: String(port), sslThumbprint: sha1, cfgFile: lab.running()[0]!.path,
      certThumbprintList: { thumbprint: sha256, hashAlgorithm: 'sha256' },
    })
  }))

  it('vCenter cut off from the network › an open console lives on', withLab(async lab => {
    const soap = await lab.base.client('vc-01')
    const { name } = lab.running()[0]!
    const client = await throughVcenter(lab, soap, name)
    expect(await client.record()).toBe(HELLO + name)
    lab.base.lab.faults.inject('network-isolate', 'vc-01', {})
    lab.world.advance(120_000)
    await lab.settled()
    client.layer!.write('still here')
    expect(await client.record()).toBe('still here')
    const direct = await lab.base.client('esx-01')
    const own = { type: 'VirtualMachine', value: lab.running()[0]!.id }
    expect(await direct.callAll(own, 'QueryConnections')).toHaveLength(1)
  }))

  it('902 blocked and 443 open › the console fails while control works', withLab(async lab => {
    const soap = await lab.base.client('vc-01')
    const { name } = lab.running()[0]!
    const { port } = await lab.door()
    const open = await throughVcenter(lab, soap, name)
    await open.record()
    lab.base.lab.faults.inject('port-block', 'esx-01', { port: 902 })
    await lab.settled()
    const ticket = await soap.call(named(lab.base, 'VirtualMachine', name), 'AcquireTicket', { ticketType: 'mks' })
    expect(ticket).toMatchObject({ port: String(port) })
    expect(await netcat(port)).toBe('timeout')
    open.layer!.write('anybody?')
    expect(await heard(open)).toBe('silence')
    await soap.call(named(lab.base, 'VirtualMachine', name), 'PowerOffVM_Task')
    lab.world.advance(0)
    expect(await powerOf(soap, lab, name)).toBe('poweredOff')
  }))

  it('902 opened again › what the console was told meanwhile arrives', withLab(async lab => {
    const soap = await lab.base.client('vc-01')
    const client = await throughVcenter(lab, soap, lab.running()[0]!.name)
    await client.record()
    const { id } = lab.base.lab.faults.inject('port-block', 'esx-01', { port: 902 })
    await lab.settled()
    client.layer!.write('anybody?')
    expect(await heard(client)).toBe('silence')
    lab.base.lab.faults.heal(id)
    await lab.settled()
    expect(await client.record()).toBe('anybody?')
  }))

  it('power off while 902 is blocked › ends the picture when the way is open again', withLab(async lab => {
    const { name, id } = lab.running()[0]!
    const soap = await lab.base.client('vc-01')
    const client = await throughVcenter(lab, soap, name)
    await client.bytes()
    const fault = lab.base.lab.faults.inject('port-block', 'esx-01', { port: 902 })
    await lab.settled()
    await soap.call(named(lab.base, 'VirtualMachine', name), 'PowerOffVM_Task')
    lab.world.advance(0)
    expect(await heard(client)).toBe('silence')
    expect([client.closed, lab.base.lab.services.consoles.of('esx-01', id)]).toEqual([false, []])
    lab.base.lab.faults.heal(fault.id)
    await client.ended()
    const { door } = await lab.door()
    await until(() => door.connections === 0)
  }, { show: 'screen' }))

  it('power off › ends the picture, and is told', withLab(async lab => {
    const { name, id } = lab.running()[0]!
    const soap = await lab.base.client('vc-01')
    const client = await throughVcenter(lab, soap, name)
    expect((await client.bytes()).readUInt16BE(0)).toBeGreaterThan(0)
    await soap.call(named(lab.base, 'VirtualMachine', name), 'PowerOffVM_Task')
    lab.world.advance(0)
    await client.ended()
    expect(lab.base.lab.services.consoles.of('esx-01', id)).toEqual([])
    expect(lab.events('vc-01')).toContain('VmRemoteConsoleDisconnectedEvent')
  }, { show: 'screen' }))
})

describe('A7 443 and 902 as nc sees them', () => {
  it('both ports › answer; each fault is seen at the port that it is for', withLab(async lab => {
    const { port } = await lab.door()
    const https = Number(new URL(await lab.base.url('esx-01')).port)
    const seen = async (): Promise<string[]> => {
      await lab.settled()
      await lab.base.doorsSettled()
      // 443 says nothing by itself: open is what does not end within a client's patience.
      return [await netcat(port), await netcat(https)]
    }
    expect(await seen()).toEqual(['220', 'timeout'])
    for (const [how, expected] of [['drop', 'timeout'], ['refuse', 'refused'], ['reset', 'reset']] as const) {
      const { id } = lab.base.lab.faults.inject('port-block', 'esx-01', { port: 902, how })
      expect(await seen()).toEqual([expected, 'timeout'])
      lab.base.lab.faults.heal(id)
    }
    const { id } = lab.base.lab.faults.inject('port-block', 'esx-01', { port: 443, how: 'refuse' })
    expect(await seen()).toEqual(['220', 'refused'])
    lab.base.lab.faults.heal(id)
    // Behind 902 is nfcd, not hostd (protocols.md 7.1).
    lab.base.lab.faults.inject('hostd-stop', 'esx-01', {})
    expect(await seen()).toEqual(['220', 'refused'])
  }))

  it('the host\'s firewall › lets in whom vSphereClient names, and what is open goes on (A15)', withLab(async lab => {
    const soap = await lab.base.client('vc-01')
    const { port } = await lab.door()
    const client = await throughVcenter(lab, soap, lab.running()[0]!.name)
    await client.record()
    const host = await lab.base.client('esx-01')
    const self = { type: 'HostFirewallSystem', value: 'firewallSystem' }
    await host.call(self, 'UpdateRuleset', { id: 'vSphereClient', spec: { allowedHosts: { allIp: false, ipAddress: ['127.0.0.9'] } } })
    expect([await netcat(port, '127.0.0.9'), await netcat(port)]).toEqual(['220', 'timeout'])
    client.layer!.write('still here')
    expect(await client.record()).toBe('still here')
  }))

  it('a scenario on a running lab › asks the real 902', withLab(async lab => {
    const { port } = await lab.door()
    const { probe } = askDoors([{
      name: 'esx-01', kind: 'esxi', address: '127.0.0.1', hostName: 'esx-01', username: '', password: '', thumbprint: '',
      sdk: 'https://127.0.0.1:1/sdk', authd: `127.0.0.1:${port}`,
    }])
    expect(await probe('esx-01', 902)).toBe('open')
    lab.base.lab.faults.inject('port-block', 'esx-01', { port: 902, how: 'reset' })
    await lab.settled()
    expect(await probe('esx-01', 902)).toBe('reset')
  }))

  it('a host without power › says nothing, and what was open is forgotten when it is back', withLab(async lab => {
    const soap = await lab.base.client('vc-01')
    const { port } = await lab.door()
    const client = await throughVcenter(lab, soap, lab.running()[0]!.name)
    await client.record()
    const { id } = lab.base.lab.faults.inject('host-crash', 'esx-01', {})
    await lab.settled()
    expect(await netcat(port)).toBe('timeout')
    expect(await heard(client)).toBe('silence')
    expect(client.closed).toBe(false)
    lab.base.lab.faults.heal(id)
    lab.world.advance(150_000)
    await lab.settled()
    await client.ended()
    expect(await netcat(port)).toBe('220')
  }))
})
