import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { doorState } from '../../emulator/physics/network/doors.js'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { TestLab } from '../support/test-lab.js'
import { Door, withDoors } from './door.js'
import { Esxcli } from './esxcli.js'

const HOST = 'esx-01'
const NAME = 'vSphereClient'
const own: Ref = { type: 'HostFirewallSystem', value: 'firewallSystem' }

/** Everything that is a fact here is of operations.md 2.1 and 2.4 and network-security.md 13 (FW1 to FW7). */
describe('esxcli network firewall over SOAP', () => {
  for (const [way, node, host] of [['on the host', HOST, undefined], ['through vCenter', 'vc-01', HOST]] as const) {
    it(`shows and changes the firewall ${way}`, withDoors(async doors => {
      const esxcli = await Esxcli.open(await doors.open(node), host)
      expect(await esxcli.object('network firewall get')).toEqual({ DefaultAction: 'DROP', Enabled: 'true', Loaded: 'true' })
      expect(await esxcli.value('network firewall ruleset set', { rulesetid: NAME, allowedall: 'false' })).toBe('true')
      const state = (from: string): string => doorState(doors.lab.world, HOST, 443, from).answer
      expect([state('192.168.1.77'), state('192.168.2.1')], 'FW1').toEqual(['timeout', 'timeout'])
      await esxcli.value('network firewall ruleset allowedip add', { rulesetid: NAME, ipaddress: '192.168.1.0/24' })
      expect([state('192.168.1.77'), state('192.168.2.1')], 'FW2').toEqual(['open', 'timeout'])
      expect(await esxcli.rows('network firewall ruleset allowedip list', { rulesetid: NAME }), 'FW3')
        .toEqual([{ Ruleset: NAME, AllowedIPAddresses: '192.168.1.0/24' }])
      await esxcli.value('network firewall ruleset set', { rulesetid: 'sshServer', enabled: 'false' })
      expect((await esxcli.row('network firewall ruleset list', 'Name', 'sshServer'))['Enabled'], 'FW4').toBe('false')
      await esxcli.value('network firewall set', { enabled: 'false' })
      expect([state('192.168.2.1'), (await esxcli.object('network firewall get'))['Enabled']], 'FW5').toEqual(['open', 'false'])
      await esxcli.value('network firewall set', { enabled: 'true', defaultaction: 'true' })
      expect([state('192.168.2.1'), (await esxcli.object('network firewall get'))['DefaultAction']], 'FW7').toEqual(['open', 'PASS'])
      await esxcli.value('network firewall set', { defaultaction: 'false' })
      await esxcli.value('network firewall unload')
      expect([state('192.168.2.1'), await esxcli.object('network firewall get')])
        .toEqual(['open', { DefaultAction: 'DROP', Enabled: 'false', Loaded: 'false' }])
      await esxcli.value('network firewall load')
      await esxcli.value('network firewall ruleset allowedip remove', { rulesetid: NAME, ipaddress: '192.168.1.0/24' })
      expect(state('192.168.1.77')).toBe('timeout')
    }))
  }

  it('changes what HostFirewallSystem shows, with its events', withDoors(async doors => {
    const door = await doors.open(HOST)
    const esxcli = await Esxcli.open(door)
    const mark = await door.mark()
    await esxcli.value('network firewall ruleset set', { rulesetid: 'syslog', enabled: 'true' })
    await esxcli.value('network firewall ruleset set', { rulesetid: 'syslog', allowedall: 'false' })
    await esxcli.value('network firewall ruleset allowedip add', { rulesetid: 'syslog', ipaddress: '10.0.0.7' })
    const info = await door.get<{ ruleset: { key: string, enabled: string, allowedHosts: object }[] }>(own, 'firewallInfo')
    expect(info.ruleset.find(each => each.key === 'syslog'))
      .toMatchObject({ enabled: 'true', allowedHosts: { ipAddress: '10.0.0.7', allIp: 'false' } })
    expect((await door.events(mark)).map(event => event['eventTypeId'])).toEqual(Array(3).fill('esx.audit.net.firewall.config.changed'))
  }))

  it('shows the ports of rulesets, and the later columns on a host that has them', withDoors(async doors => {
    const esxcli = await Esxcli.open(await doors.open(HOST))
    expect(await esxcli.rows('network firewall ruleset rule list', { rulesetid: 'sshServer' }))
      .toEqual([{ Ruleset: 'sshServer', Direction: 'Inbound', Protocol: 'TCP', PortType: 'Dst', PortBegin: '22', PortEnd: '22' }])
    expect(await esxcli.row('network firewall ruleset list', 'Name', 'nfsClient'))
      .toEqual({ Name: 'nfsClient', Enabled: 'false', EnableDisableconfigurable: 'false', AllowedIPconfigurable: 'false' })
  }))

  it('refuses what the host refuses', withDoors(async doors => {
    const esxcli = await Esxcli.open(await doors.open(HOST))
    const refusal = async (command: string, options: Record<string, string>): Promise<readonly string[]> => {
      const { type, errMsg, faultMsg } = await esxcli.fault(`network firewall ${command}`, options)
      expect([type, faultMsg]).toEqual(['VimEsxCLICLIFault', 'EsxCLI.CLIFault.summary'])
      return errMsg
    }
    expect(await refusal('ruleset set', { rulesetid: 'nope', enabled: 'true' }), 'FW6').toEqual(['Unable to find ruleset nope'])
    expect(await refusal('ruleset allowedip add', { rulesetid: NAME, ipaddress: '10.0.0.1' }))
      .toEqual(['Ruleset call can not be done when allowed-all flag is true'])
    expect(await refusal('ruleset set', { rulesetid: 'nfsClient', allowedall: 'false' }))
      .toEqual(['Invalid operation requested: Can not change allowed ip list this ruleset, it is owned by system service.'])
    await esxcli.value('network firewall ruleset set', { rulesetid: 'sshServer', allowedall: 'false' })
    for (const ipaddress of ['10.0.0', '10.0.0.0/33', 'fe80::/129', '10.0.0.0/8/8', '']) {
      expect(await refusal('ruleset allowedip add', { rulesetid: 'sshServer', ipaddress })).toEqual([`Invalid ip address: ${ipaddress}`])
    }
    await esxcli.value('network firewall ruleset allowedip add', { rulesetid: 'sshServer', ipaddress: 'fe80::/64' })
    expect(await refusal('ruleset allowedip add', { rulesetid: 'sshServer', ipaddress: 'fe80::/64' })).toEqual(['Ip address already exist.'])
    expect(await refusal('ruleset allowedip remove', { rulesetid: 'sshServer', ipaddress: '10.0.0.9' })).toEqual(['Ip address does not exist.'])
    expect(await esxcli.rows('network firewall ruleset allowedip list', { rulesetid: 'sshServer' }))
      .toEqual([{ Ruleset: 'sshServer', AllowedIPAddresses: 'fe80::/64' }])
  }))
})

describe('A15: a ruleset\'s list really accepts and refuses clients', () => {
  it('esxcli closes 443 to an address and opens it to another', async () => {
    const lab = new TestLab({ watched: true })
    const sockets: Socket[] = []
    try {
      const esxcli = await Esxcli.open(new Door(lab, await lab.client('vc-01')), HOST)
      const port = Number(new URL(await lab.url(HOST)).port)
      await esxcli.value('network firewall ruleset set', { rulesetid: NAME, allowedall: 'false' })
      await esxcli.value('network firewall ruleset allowedip add', { rulesetid: NAME, ipaddress: '127.0.0.2' })
      const stranger = ask(port, '127.0.0.9', sockets)
      expect(await Promise.race([stranger, ask(port, '127.0.0.2', sockets)])).toBe('127.0.0.2: HTTP/1.1 200 OK')
      await esxcli.value('network firewall ruleset allowedip add', { rulesetid: NAME, ipaddress: '127.0.0.8/29' })
      expect(await ask(port, '127.0.0.9', sockets)).toBe('127.0.0.9: HTTP/1.1 200 OK')
      await esxcli.value('network firewall ruleset allowedip remove', { rulesetid: NAME, ipaddress: '127.0.0.2' })
      expect(await Promise.race([ask(port, '127.0.0.2', sockets), ask(port, '127.0.0.9', sockets)])).toBe('127.0.0.9: HTTP/1.1 200 OK')
    } finally {
      for (const socket of sockets) socket.destroy()
      await lab.close()
    }
  })
})

/** Asks the host's 443 from a loopback address; the first line of what it says. */
function ask(port: number, localAddress: string, sockets: Socket[]): Promise<string> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port, localAddress })
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', data => resolve(`${localAddress}: ${data.toString('latin1').split('\r\n')[0]}`))
    socket.write('GET /sdk/vimServiceVersions.xml HTTP/1.1\r\nhost: x\r\n\r\n')
  })
}
