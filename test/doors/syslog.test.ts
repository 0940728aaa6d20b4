import { afterEach, describe, expect, it } from 'vitest'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import { ref } from '../../clients/sdk/soap-xml.js'
import { writeLog } from '../../emulator/physics/logs/write.js'
import { forwardingOf, type TargetState } from '../../emulator/physics/syslog/state.js'
import { Certificates } from '../../emulator/services/certificates.js'
import type { SshClient } from '../../emulator/services/shell-access/lines.js'
import { passwordLogin } from '../../emulator/services/shell-access/login.js'
import { rewind } from '../../emulator/world/image.js'
import type { Transaction } from '../../emulator/world/transaction.js'
import { laxAuthority } from '../support/lax-authority.js'
import { LogReceiver, type Identity, type Transport } from '../support/log-receiver.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'
import { ROOT, rest } from '../vapi/rest.js'

const HOST = 'esx-01'
const VC = 'vc-01'

let lab: TestLab
const receivers: LogReceiver[] = []

afterEach(async () => {
  await lab.close()
  await Promise.all(receivers.splice(0).map(receiver => receiver.close()))
})

async function receive(transport: Transport, identity?: Identity): Promise<LogReceiver> {
  const receiver = new LogReceiver(transport, identity)
  receivers.push(receiver)
  return receiver.listen()
}

async function openLab(sends: readonly string[] = []): Promise<SoapClient> {
  lab = createTestLab({ sends })
  return lab.client(HOST)
}

function setting(client: SoapClient, key: string, value: unknown): Promise<unknown> {
  const type = typeof value === 'string' ? 'xsd:string' : typeof value === 'number' ? 'xsd:long' : 'xsd:boolean'
  return client.call(ref('OptionManager', 'ha-adv-options'), 'UpdateOptions', {
    changedValue: { key: `Syslog.global.${key}`, value: { _typeName: type, _value: value } },
  })
}

function change(run: (tx: Transaction) => void): void {
  lab.world.transact({ kind: 'lab', what: 'test' }, run)
}

function ruleset(client: SoapClient, enabled: boolean): Promise<unknown> {
  return client.call(ref('HostFirewallSystem', 'firewallSystem'), enabled ? 'EnableRuleset' : 'DisableRuleset', { id: 'syslog' })
}

function write(text: string, node = HOST, program: 'hostd' | 'vpxd' = 'hostd', level: 'info' | 'verbose' = 'info'): void {
  change(tx => writeLog(tx, node, program, { level, sub: 'Vimsvc', text }))
}

/** Waits until a node's first target is in a state, which only its sockets can bring about. */
function reaches(state: TargetState, node = HOST): Promise<void> {
  const is = (): boolean => forwardingOf(lab.world, node)?.targets[0]?.state === state
  return new Promise(resolve => {
    if (is()) return resolve()
    const cancel = lab.world.subscribe(() => {
      if (!is()) return
      cancel()
      resolve()
    })
  })
}

describe('B16: a host really sends its log', () => {
  it.each([
    ['udp', '', /<166>\S+Z esx-01\S* Hostd\[\d+\]: \[Originator@6876 sub=Vimsvc\] first/],
    ['udp', '?formatter=RFC_5424', /<166>1 \S+Z esx-01\S* Hostd \d+ - - \[Originator@6876 sub=Vimsvc\] first/],
    ['tcp', '', /^(<\d+>.*\n)*<166>\S+Z esx-01\S* Hostd\[\d+\]: \[Originator@6876 sub=Vimsvc\] first\n/],
    ['tcp', '?framing=octet_counting', /\d+ <166>\S+Z esx-01\S* Hostd\[\d+\]: \[Originator@6876 sub=Vimsvc\] first/],
    ['tcp', '?formatter=RFC_5424', /\d+ <166>1 \S+Z esx-01\S* Hostd \d+ - - \[Originator@6876 sub=Vimsvc\] first/],
  ] as const)('%s%s › in the form that the option asks for', async (protocol, query, form) => {
    const client = await openLab()
    const receiver = await receive(protocol)
    await ruleset(client, true)
    await setting(client, 'logHost', `${protocol}://127.0.0.1:${receiver.port}${query}`)
    write('first')
    expect(await receiver.matches(form)).toBeDefined()
  })

  it('who came by SSH and what he typed › lines of auth.log and shell.log go too', async () => {
    const client = await openLab()
    const receiver = await receive('tcp')
    await ruleset(client, true)
    await setting(client, 'logHost', `tcp://127.0.0.1:${receiver.port}`)
    const node = lab.node(HOST)
    const ssh: SshClient = { address: '10.0.0.9', port: 50_000, pid: 2_100_500 }
    passwordLogin({ services: lab.lab.services, node, client: ssh }, 'root', 'keyboard-interactive', 'not-his-password')
    const login = lab.lab.services.sshLogins.add(node, 'root', ssh, { ended: () => {} })
    login.openTerminal()
    login.command('esxcli network ip interface list')
    login.close()
    const text = await receiver.matches(/Disconnected from user root/)
    expect(text).toMatch(/<\d+>\S+Z esx-01\S* sshd\[2100500\]: Failed keyboard-interactive\/pam for root from 10\.0\.0\.9 port 50000 ssh2\n/)
    expect(text).toMatch(/<\d+>\S+Z esx-01\S* shell\[2100500\]: \[root\]: esxcli network ip interface list\n/)
    expect(text).toMatch(/sshd\[2100500\]: Session opened for 'root' on \/dev\/char\/pty\/t0\n/)
    expect(text).not.toContain('not-his-password')
  })

  it('several log hosts at once › each gets all, also what was written before the connection came about', async () => {
    const client = await openLab()
    const [one, other] = [await receive('udp'), await receive('tcp')]
    await ruleset(client, true)
    await setting(client, 'logHost', `udp://127.0.0.1:${one.port},tcp://127.0.0.1:${other.port}`)
    write('to both\nsecond line')
    await Promise.all([one, other].map(receiver => receiver.matches(/to both[^]*: --> second line/)))
    expect(one.got.filter(text => text.includes('second line'))).toHaveLength(1)
  })

  it('what the level lets not through › is not sent; a change holds at once', async () => {
    const client = await openLab()
    const receiver = await receive('tcp')
    await ruleset(client, true)
    await setting(client, 'logHost', `tcp://127.0.0.1:${receiver.port}`)
    write('quiet', HOST, 'hostd', 'verbose')
    write('loud')
    expect(await receiver.matches(/loud/)).not.toContain('quiet')
    await client.call(ref('OptionManager', 'ha-adv-options'), 'UpdateOptions', {
      changedValue: { key: 'Config.HostAgent.level[Vimsvc].logLevel', value: { _typeName: 'xsd:string', _value: 'verbose' } },
    })
    write('now it is', HOST, 'hostd', 'verbose')
    expect(await receiver.matches(/<167>.*now it is/)).not.toContain('quiet')
  })

  it('B1: the outbound ruleset closed › stops both kinds', async () => {
    const client = await openLab()
    const [one, other] = [await receive('udp'), await receive('tcp')]
    await setting(client, 'remoteHost.connectRetryDelay', 1)
    await setting(client, 'logHost', `tcp://127.0.0.1:${other.port},udp://127.0.0.1:${one.port}`)
    write('before')
    await ruleset(client, true)
    lab.world.advance(1000)
    write('open')
    await Promise.all([one.matches(/open/), other.matches(/open/)])
    // The stream kept what was written while it could not be sent; a datagram is gone.
    expect(other.text).toContain('before')
    expect(one.text).not.toContain('before')
    await ruleset(client, false)
    await other.until(() => other.connections === 1)
    write('closed')
    await ruleset(client, true)
    lab.world.advance(1000)
    write('reopened')
    await Promise.all([one.matches(/reopened/), other.matches(/reopened/)])
    expect(one.text).not.toContain('closed')
    expect(other.text.match(/closed/g)).toHaveLength(1)
  })

  it('a log host that goes away › event, retry in lab time, what waited comes then and once', async () => {
    const client = await openLab()
    const receiver = await receive('tcp')
    await ruleset(client, true)
    await setting(client, 'logHost', `tcp://127.0.0.1:${receiver.port}`)
    write('one')
    await receiver.matches(/one/)
    await receiver.close()
    await reaches('lost')
    const event = (await client.properties(ref('EventManager', 'ha-eventmgr'), ['latestEvent']))['latestEvent']
    expect(event).toMatchObject({ eventTypeId: 'esx.problem.vmsyslogd.remote.failure', severity: 'error' })
    write('two')
    lab.world.advance(180_000)
    await reaches('lost')
    await receiver.listen()
    lab.world.advance(179_000)
    expect(receiver.connections).toBe(1)
    lab.world.advance(1000)
    await receiver.matches(/two/)
    write('three')
    const text = await receiver.matches(/three/)
    expect(text.match(/two/g)).toHaveLength(1)
    expect(text.match(/connected again, 0 messages dropped/g)).toHaveLength(1)
  })

  it('without power › nothing is sent, and nothing of that time ever', async () => {
    const client = await openLab()
    const receiver = await receive('tcp')
    await ruleset(client, true)
    await setting(client, 'logHost', `tcp://127.0.0.1:${receiver.port}`)
    await reaches('connected')
    const crash = lab.lab.faults.inject('host-crash', HOST, {}, {})
    expect(forwardingOf(lab.world, HOST)?.targets[0]?.state).toBe('silent')
    lab.lab.faults.healNamed(crash.id)
    lab.world.advance(600_000)
    await reaches('connected')
    write('up again')
    await receiver.matches(/up again/)
    expect(receiver.connections).toBe(2)
  })

  it('a receiver that never reads › the queue has an end, what it cannot hold is counted', async () => {
    const client = await openLab()
    const receiver = await receive('tcp')
    await ruleset(client, true)
    await setting(client, 'msgQueueDropMark', 1)
    await setting(client, 'logHost', `tcp://127.0.0.1:${receiver.port}`)
    await reaches('connected')
    await receiver.until(() => receiver.connections === 1)
    receiver.stall()
    change(tx => {
      for (let i = 0; i < 100; i += 1) writeLog(tx, HOST, 'hostd', { level: 'info', text: 'x'.repeat(900) })
    })
    await new Promise<void>(resolve => {
      const cancel = lab.world.subscribe(entry => {
        if (entry.cause['state'] !== 'overflowed') return
        cancel()
        resolve()
      })
    })
    expect(forwardingOf(lab.world, HOST)?.targets[0]?.dropped).toBe(80)
  })

  it('no log host any more › the connection ends, and what is written meanwhile is never sent', async () => {
    const client = await openLab()
    const receiver = await receive('tcp')
    await ruleset(client, true)
    await setting(client, 'logHost', `tcp://127.0.0.1:${receiver.port}`)
    write('once')
    await receiver.matches(/once/)
    await setting(client, 'logHost', '')
    write('nobody hears')
    await setting(client, 'logHost', `tcp://127.0.0.1:${receiver.port}`)
    write('end')
    expect((await receiver.matches(/end/)).match(/once/g)).toHaveLength(1)
    expect(receiver.text).not.toContain('nobody')
  })

  it('a rewind › sends nothing twice and goes on', async () => {
    const client = await openLab()
    const receiver = await receive('tcp')
    await ruleset(client, true)
    const { revision } = lab.world
    await setting(client, 'logHost', `tcp://127.0.0.1:${receiver.port}`)
    await reaches('connected')
    write('once')
    await receiver.matches(/once/)
    const connectedAt = lab.world.revision
    write('undone')
    rewind(lab.world, connectedAt)
    write('end')
    expect((await receiver.matches(/end/)).match(/once|undone/g)).toEqual(['once', 'undone'])
    expect(receiver.connections).toBe(1)
    rewind(lab.world, revision)
    write('unheard')
    await setting(client, 'logHost', `tcp://127.0.0.1:${receiver.port}`)
    write('heard')
    expect(await receiver.matches(/ heard/)).not.toContain('unheard')
    expect(receiver.connections).toBe(2)
  })
})

describe('B16: TLS to a log host', () => {
  const authority = new Certificates({
    folder: undefined, keyType: 'p256', organization: 'logs.lab.test', era: 'present', now: () => new Date().getTime(),
  })
  const identity = async (): Promise<Identity> =>
    authority.ensure({ name: 'loghost', kind: 'vcenter', hostName: 'localhost', address: '127.0.0.1' })

  it('a certificate of an authority that the host trusts › is taken', async () => {
    const client = await openLab([(await authority.ca()).cert])
    const receiver = await receive('tls', await identity())
    await ruleset(client, true)
    await setting(client, 'logHost', `ssl://localhost:${receiver.port}?formatter=RFC_5424`)
    write('secret')
    expect(await receiver.matches(/\d+ <166>1 .*secret/)).toBeDefined()
  })

  it('any other › is refused, until checkSSLCerts is off', async () => {
    const client = await openLab()
    const receiver = await receive('tls', await identity())
    await ruleset(client, true)
    await setting(client, 'logHost', `ssl://127.0.0.1:${receiver.port}`)
    write('kept')
    await reaches('lost')
    expect(receiver.text).toBe('')
    await setting(client, 'certificate.checkSSLCerts', false)
    write('any')
    expect(await receiver.matches(/any/)).toBeDefined()
  })

  it('strictX509Compliance › refuses a chain that breaks RFC 5280, which is taken without; a right one is taken', async () => {
    const lax = await laxAuthority()
    const client = await openLab([lax.ca, (await authority.ca()).cert])
    const receiver = await receive('tls', lax.identity)
    await ruleset(client, true)
    await setting(client, 'certificate.strictX509Compliance', true)
    await setting(client, 'logHost', `ssl://localhost:${receiver.port}`)
    write('kept')
    await reaches('lost')
    expect(receiver.text).toBe('')
    await setting(client, 'certificate.strictX509Compliance', false)
    write('lax')
    await receiver.matches(/lax/)
    const good = await receive('tls', await identity())
    await setting(client, 'certificate.strictX509Compliance', true)
    await setting(client, 'logHost', `ssl://localhost:${good.port}`)
    write('strict')
    expect(await good.matches(/strict/)).toBeDefined()
  })
})

describe('audit records', () => {
  it('remoteEnable › sends them, whether they are kept or not; what is only kept is not sent', async () => {
    const client = await openLab()
    const receiver = await receive('udp')
    const login = async (): Promise<void> => { await lab.client(HOST) }
    await ruleset(client, true)
    await setting(client, 'auditRecord.storageEnable', true)
    await setting(client, 'logHost', `udp://127.0.0.1:${receiver.port}`)
    await login()
    write('one')
    await receiver.matches(/ one/)
    expect(receiver.text).not.toContain(' audit')
    await setting(client, 'auditRecord.storageEnable', false)
    await setting(client, 'auditRecord.remoteEnable', true)
    await login()
    // Facility 13 is that of log audits (RFC 5424), severity 5 notice.
    expect(await receiver.matches(/<109>\S+Z esx-01\S* audit: \[UserLoginSessionEvent\] user="root" result="success" /)).toBeDefined()
    const manager = ref('DiagnosticManager', 'ha-diagnosticmgr')
    await expect(client.call(manager, 'FetchAuditRecords')).rejects.toMatchObject({ type: 'InvalidState' })
    await setting(client, 'auditRecord.storageEnable', true)
    const { records } = await client.call(manager, 'FetchAuditRecords') as unknown as { records: string | string[] }
    expect([records].flat().filter(text => text.includes('[UserLoginSessionEvent]'))).toHaveLength(1)
  })
})

describe('B16: vCenter really sends its log', () => {
  const forward = async (receiver: LogReceiver, protocol: string): Promise<void> => {
    const url = `${await lab.vami(VC)}/api/appliance/logging/forwarding`
    const cfg_list = [{ hostname: '127.0.0.1', port: receiver.port, protocol }]
    expect(await rest('PUT', url, { login: ROOT, body: { cfg_list } })).toMatchObject({ status: 204 })
    expect(await rest('GET', url, { login: ROOT })).toMatchObject({ status: 200, body: cfg_list })
  }

  it.each(['UDP', 'TCP'] as const)('%s › lines of vpxd, and events unless switched off', async protocol => {
    await openLab()
    const receiver = await receive(protocol === 'UDP' ? 'udp' : 'tcp')
    await forward(receiver, protocol)
    write('from vpxd', VC, 'vpxd')
    await receiver.matches(/<166>1 \S+Z vc-01\S* vpxd \d+ - - \[Originator@6876 sub=Vimsvc\] from vpxd/)
    const client = await lab.client(VC)
    await receiver.matches(/<14>1 \S+Z vc-01\S* vpxd \d+ - -  Event \[\d+\] \[1-1\] \[\S+Z\] \[vim\.event\.UserLoginSessionEvent\] \[info\] \[VSPHERE\.LOCAL\\Administrator\] \[\] \[\d+\] \[User /)
    await client.call(ref('OptionManager', 'VpxSettings'), 'UpdateOptions', {
      changedValue: { key: 'vpxd.event.syslog.enabled', value: { _typeName: 'xsd:boolean', _value: false } },
    })
    const before = receiver.text.match(/ Event \[/g)!.length
    await lab.client(VC)
    write('last', VC, 'vpxd')
    expect((await receiver.matches(/last/)).match(/ Event \[/g)).toHaveLength(before)
  })

  it('?action=test › says how each target stands, and sends a message on wish', async () => {
    await openLab()
    const [up, down] = [await receive('tcp'), await receive('tcp')]
    const url = `${await lab.vami(VC)}/api/appliance/logging/forwarding`
    const unused = down.port
    await down.close()
    await rest('PUT', url, { login: ROOT, body: { cfg_list: [
      { hostname: '127.0.0.1', port: up.port, protocol: 'TCP' }, { hostname: 'localhost', port: unused, protocol: 'TCP' },
      { hostname: '127.0.0.1', port: unused, protocol: 'UDP' },
    ] } })
    await reaches('connected', VC)
    await new Promise<void>(resolve => {
      const is = () => forwardingOf(lab.world, VC)?.targets[1]?.state === 'lost'
      if (is()) return resolve()
      const cancel = lab.world.subscribe(() => { if (is()) { cancel(); resolve() } })
    })
    const answer = await rest('POST', `${url}?action=test`, { login: ROOT, body: { send_test_message: true } })
    expect(answer.body).toMatchObject([
      { hostname: '127.0.0.1', state: 'UP' },
      { hostname: 'localhost', state: 'DOWN', message: { default_message: expect.stringContaining('localhost') as string } },
      { hostname: '127.0.0.1', state: 'UNKNOWN' },
    ])
    await up.matches(/applmgmt \d+ - - .*[Tt]est message/)
  })

  it('its rsyslog stopped › sends nothing', async () => {
    await openLab()
    const receiver = await receive('udp')
    await forward(receiver, 'UDP')
    lab.lab.faults.inject('service-stop', VC, { service: 'rsyslog' }, {})
    lab.world.advance(30_000)
    write('unheard', VC, 'vpxd')
    lab.lab.faults.inject('service-start', VC, { service: 'rsyslog' }, {})
    lab.world.advance(60_000)
    write('heard', VC, 'vpxd')
    expect(await receiver.matches(/heard$/)).not.toContain('unheard')
  })
})
