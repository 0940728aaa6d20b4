import { afterEach, describe, expect, it } from 'vitest'
import { BANNER } from '../../emulator/doors/authd/dialogue.js'
import { TICKET_MS } from '../../emulator/services/tickets/timing.js'
import { NONCE } from '../support/authd-client.js'
import { AuthdLab, echo, HELLO, type AuthdLabOptions } from '../support/authd-lab.js'
import { until } from '../front-door/front-lab.js'

let lab: AuthdLab
afterEach(() => lab.close())

function open(options: AuthdLabOptions = {}): AuthdLab {
  lab = new AuthdLab(options)
  return lab
}

describe('A3 902: greeting and commands', () => {
  it('the greeting › is the product\'s line, before TLS', async () => {
    open()
    const client = await lab.connect()
    expect(client.banner).toBe(BANNER)
    expect(client.banner).toMatch(/^220 VMware Authentication Daemon Version 1\.10: SSL Required, /)
  })

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`${version} › a ticket opens a console through both handshakes`, async () => {
      open()
      const [vm] = lab.running()
      const client = await lab.client('esx-01', version)
      const ticket = lab.ticket(vm!.id)
      const { sha1, der } = await lab.certificate()
      expect(client.layer!.getPeerCertificate(true).raw.equals(der)).toBe(true)
      expect(await client.ask(`USER ${ticket}`)).toBe(`331 Password required for ${ticket}.\r\n`)
      expect(await client.ask(`PASS ${ticket}`)).toBe(`230 User ${ticket} logged in.\r\n`)
      expect(await client.ask(`THUMBPRINT ${NONCE}`)).toBe(`200 ${sha1}\r\n`)
      expect(await client.ask(`CONNECT ${vm!.path} mks`)).toBe(`200 Connect ${vm!.path}\r\n`)
      const second = await client.handshake(version)
      expect(second.getProtocol()).toBe(version)
      expect(second.getPeerCertificate(true).raw.equals(der)).toBe(true)
      second.write(NONCE)
      expect(await client.record()).toBe(HELLO + vm!.name)
      second.write('keys')
      expect(await client.record()).toBe('keys')
      expect(lab.base.lab.services.consoles.of('esx-01', vm!.id)).toMatchObject([{ label: 'mks', client: '127.0.0.1', userName: 'root' }])
    })
  }

  it('two hosts at once › each shows its own', async () => {
    open()
    const hosts = ['esx-01', 'esx-02']
    const clients = await Promise.all(hosts.map(host => lab.client(host)))
    const shown = await Promise.all(clients.map(async (client, at) => {
      const [vm] = lab.running(hosts[at])
      await client.console(lab.ticket(vm!.id, hosts[at]), vm!.path)
      return client.record()
    }))
    expect(shown).toEqual(hosts.map(host => HELLO + lab.running(host)[0]!.name))
  })

  it('a slow network › a console is as late as the commands before it', async () => {
    const delays: number[] = []
    open({
      show: (stream, feed, line) => {
        delays.push(line.slow())
        return echo(stream, feed, line)
      },
    })
    lab.base.lab.faults.inject('network-latency', 'esx-01', { latency: '2ms' })
    const [vm] = lab.running()
    const client = await lab.client()
    await client.console(lab.ticket(vm!.id), vm!.path)
    await client.record()
    // There and back.
    expect(delays).toEqual([4])
  })

  it('console events › connected and disconnected, when the client goes', async () => {
    open()
    const [vm] = lab.running()
    const client = await lab.client()
    await client.console(lab.ticket(vm!.id), vm!.path)
    await client.record()
    expect(lab.events().at(-1)).toBe('VmRemoteConsoleConnectedEvent')
    client.close()
    await until(() => lab.base.lab.services.consoles.count === 0)
    expect(lab.events().at(-1)).toBe('VmRemoteConsoleDisconnectedEvent')
    const { door } = await lab.door()
    await until(() => door.connections === 0)
  })

  it('DropConnections › ends the socket', async () => {
    open()
    const [vm] = lab.running()
    const client = await lab.client()
    await client.console(lab.ticket(vm!.id), vm!.path)
    await client.record()
    expect(lab.base.lab.services.consoles.drop('esx-01', vm!.id)).toBe(true)
    await client.ended()
    expect(lab.events().filter(type => type === 'VmRemoteConsoleDisconnectedEvent')).toHaveLength(1)
  })

  it('other commands › are refused by name, QUIT says good-bye', async () => {
    open()
    const client = await lab.client()
    expect(await client.ask('HELO x')).toBe('500 Unknown command \'HELO\'\r\n')
    expect(await client.ask('')).toBe('500 Unknown command \'\'\r\n')
    for (const command of ['SESSION', 'TICKET x', 'PROXY vpxa-nfcssl', 'NFC', 'GLOBAL', 'VERSION', 'XPRIV']) {
      expect(await client.ask(command)).toBe(`502 ${command.split(' ')[0]} is not available on this host.\r\n`)
    }
    expect(await client.ask('PASS x')).toMatch(/^503 /)
    expect(await client.ask(`THUMBPRINT ${NONCE}`)).toMatch(/^530 /)
    expect(await client.ask('CONNECT /vmfs/x mks')).toMatch(/^530 /)
    expect(await client.ask('QUIT')).toBe('221 Goodbye.\r\n')
    await client.ended()
  })

  it('arguments › a nonce of another length, no path, another service', async () => {
    open()
    const [vm] = lab.running()
    const client = await lab.client()
    const ticket = lab.ticket(vm!.id)
    await client.ask(`USER ${ticket}`)
    await client.ask(`PASS ${ticket}`)
    expect(await client.ask(`CONNECT ${vm!.path} mks`)).toMatch(/^503 /)
    expect(await client.ask('THUMBPRINT AAEC')).toMatch(/^501 /)
    expect(await client.ask('CONNECT mks')).toMatch(/^501 /)
    await client.ask(`THUMBPRINT ${NONCE}`)
    expect(await client.ask(`CONNECT ${vm!.path} device`)).toMatch(/^550 /)
    expect(await client.ask(`CONNECT ${vm!.path} mks`)).toMatch(/^200 /)
  })
})

describe('A3 902: tickets that are refused', () => {
  it('wrong, used and late ones › 530', async () => {
    open()
    const [vm] = lab.running()
    const used = lab.ticket(vm!.id)
    const first = await lab.client()
    await first.console(used, vm!.path)
    const late = lab.ticket(vm!.id)
    const wrong = '52aaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'
    lab.world.advance(TICKET_MS)
    for (const ticket of [used, late, wrong]) {
      const client = await lab.client()
      expect(await client.console(ticket, vm!.path)).toBe('530 Login incorrect.\r\n')
    }
  })

  it('another VM, another kind, another host › no console', async () => {
    open()
    const [vm, other] = lab.running()
    const client = await lab.client()
    expect(await client.console(lab.ticket(vm!.id), other!.path)).toBe('550 Permission denied.\r\n')
    expect(await (await lab.client()).console(lab.ticket(vm!.id, 'esx-01', 'webmks'), vm!.path)).toMatch(/^530 /)
    expect(await (await lab.client()).console(lab.ticket(vm!.id, 'esx-01', 'device'), vm!.path)).toMatch(/^550 /)
    expect(await (await lab.client('esx-02')).console(lab.ticket(vm!.id), vm!.path)).toMatch(/^530 /)
  })

  it('a VM that went off after the login › not powered on', async () => {
    open()
    const [vm] = lab.running()
    const client = await lab.client()
    const ticket = lab.ticket(vm!.id)
    await client.ask(`USER ${ticket}`)
    await client.ask(`PASS ${ticket}`)
    await client.ask(`THUMBPRINT ${NONCE}`)
    const soap = await lab.base.client('esx-01')
    await soap.call({ type: 'VirtualMachine', value: vm!.id }, 'PowerOffVM_Task')
    lab.world.advance(0)
    expect(await client.ask(`CONNECT ${vm!.path} mks`)).toBe('550 The virtual machine is not powered on.\r\n')
  })

  it('a wrong nonce › the door hangs up without a picture', async () => {
    open()
    const [vm] = lab.running()
    const client = await lab.client()
    const ticket = lab.ticket(vm!.id)
    for (const line of [`USER ${ticket}`, `PASS ${ticket}`, `THUMBPRINT ${NONCE}`, `CONNECT ${vm!.path} mks`]) await client.ask(line)
    await client.handshake()
    client.layer!.write('BBECAwQFBgcICQoL')
    expect(await client.record()).toBe('')
    expect(lab.base.lab.services.consoles.count).toBe(0)
  })
})

describe('A3 902: users of the host', () => {
  const viewer = { node: 'esx-01', name: 'viewer', password: 'VMware1!', groups: [] }

  it('root › by password, to any VM', async () => {
    open()
    const [vm] = lab.running()
    const client = await lab.client()
    expect(await client.ask('USER root')).toBe('331 Password required for root.\r\n')
    expect(await client.ask('PASS VMware1!')).toBe('230 User root logged in.\r\n')
    await client.ask(`THUMBPRINT ${NONCE}`)
    expect(await client.ask('CONNECT /vmfs/volumes/none/x/x.vmx mks')).toBe('550 Permission denied.\r\n')
    expect(await client.ask(`CONNECT ${vm!.path} mks`)).toMatch(/^200 /)
    await client.handshake()
    client.layer!.write(NONCE)
    expect(await client.record()).toBe(HELLO + vm!.name)
  })

  it('wrong passwords › events, a lock that SOAP sees too, and the door hangs up', async () => {
    open()
    for (const round of [1, 2]) {
      const client = await lab.client()
      for (let attempt = 0; attempt < 3; attempt += 1) {
        await client.ask('USER root')
        expect(await client.ask('PASS guess'), `round ${round}`).toBe('530 Login incorrect.\r\n')
      }
      expect(await client.ask('USER root')).toMatch(/^421 /)
      await client.ended()
    }
    expect(lab.events().filter(type => type === 'BadUsernameSessionEvent')).toHaveLength(6)
    expect(lab.events()).toContain('EventEx')
    const client = await lab.client()
    await client.ask('USER root')
    expect(await client.ask('PASS VMware1!')).toBe('530 Login incorrect.\r\n')
    await expect(lab.base.client('esx-01')).rejects.toMatchObject({ type: 'InvalidLogin' })
    lab.world.advance(900_000)
    const later = await lab.client()
    await later.ask('USER root')
    expect(await later.ask('PASS VMware1!')).toMatch(/^230 /)
  })

  it('an expired password › no login', async () => {
    open()
    lab.base.lab.faults.inject('password-expire', 'esx-01', { user: 'root' })
    const client = await lab.client()
    await client.ask('USER root')
    expect(await client.ask('PASS VMware1!')).toBe('530 Login incorrect.\r\n')
  })

  it('a user without the privilege › is let in and gets no console', async () => {
    open({ lab: { lab: 'small', hosts: [{ name: 'esx-01' }], datastores: [{ name: 'ds', capacity: '1TiB' }],
      vms: [{ name: 'web', host: 'esx-01' }], users: [viewer], permissions: [{ node: 'esx-01', principal: 'viewer', role: 'ReadOnly' }] } })
    const [vm] = lab.running()
    const client = await lab.client()
    await client.ask('USER viewer')
    expect(await client.ask('PASS VMware1!')).toMatch(/^230 /)
    await client.ask(`THUMBPRINT ${NONCE}`)
    expect(await client.ask(`CONNECT ${vm!.path} mks`)).toBe('550 Permission denied.\r\n')
  })
})

describe('902: vmauthd.log', () => {
  it('logins and consoles › are told with the client, and no ticket ever', async () => {
    open()
    const [vm] = lab.running()
    const ticket = lab.ticket(vm!.id)
    const wrong = '52aaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'
    await (await lab.client()).console(ticket, vm!.path)
    await (await lab.client()).console(ticket, vm!.path)
    const client = await lab.client()
    await client.console(wrong, vm!.path)
    await client.ask('USER ro\u0007ot')
    await client.ask('PASS secret')
    const lines = [...lab.world.log('logs/esx-01/vmauthd').since(1)].map(item => (item.value as { text: string }).text).slice(1)
    expect(lines).toEqual([
      'login from 127.0.0.1 with a ticket of root',
      `console for 127.0.0.1 of ${vm!.path}, user root`,
      'login from 127.0.0.1 refused: ticket is used',
      'login from 127.0.0.1 refused: ticket is unknown',
      'login from 127.0.0.1 as ro?ot refused: wrong',
    ])
    for (const { name } of lab.world.logs()) {
      const text = JSON.stringify([...lab.world.log(name).since(1)])
      for (const secret of [ticket, wrong, 'secret']) expect(text, name).not.toContain(secret)
    }
  })
})
