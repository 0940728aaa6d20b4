import { describe, expect, it } from 'vitest'
import { chassis } from '../../emulator/physics/hardware/chassis.js'
import { HOST_OPTIONS, optionsOf } from '../../emulator/physics/options.js'
import type { Ref, Value } from '../../clients/sdk/soap-xml.js'
import { withDoors, type Door, type Doors, type Fields } from './door.js'
import { Esxcli, type CliFault } from './esxcli.js'
import { frontLab } from './front-lab.js'

const HOST = 'esx-01'
const host: Ref = { type: 'HostSystem', value: 'ha-host' }

async function onHost(doors: Doors): Promise<{ door: Door, esxcli: Esxcli }> {
  const door = await doors.open(HOST)
  return { door, esxcli: await Esxcli.open(door) }
}

const refusal = (errMsg: string): CliFault => ({ type: 'VimEsxCLICLIFault', faultMsg: 'EsxCLI.CLIFault.summary', errMsg: [errMsg] })

/** The facts here are of operations.md 2.1 and 2.4. */
describe('esxcli system', () => {
  it('says what the host is, as about and hardware do', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    const { version, build } = await door.get<Fields>(host, 'config.product') as { version: string, build: string }
    expect(await esxcli.object('system version get'))
      .toEqual({ Product: 'VMware ESXi', Version: version, Build: `Releasebuild-${build}`, Update: '3', Patch: '0' })
    expect(await esxcli.value('system uuid get')).toBe(await door.get(host, 'hardware.systemInfo.uuid'))
    expect(await esxcli.value('system time get')).toBe(new Date(doors.lab.world.now()).toISOString().replace('.000Z', 'Z'))
    const before = Number(await esxcli.value('system stats uptime get'))
    doors.advance(90)
    expect(Number(await esxcli.value('system stats uptime get')) - before).toBe(90_000_000)
    const drift = doors.lab.lab.faults.inject('clock-drift', `host/${HOST}`, { offset: '120s' })
    expect(await esxcli.value('hardware clock get')).toBe(new Date(doors.lab.world.now() + 120_000).toISOString().replace(/\.\d+Z/, 'Z'))
    doors.lab.lab.faults.heal(drift.id)
  }))

  it('hostname set is what HostNetworkSystem shows afterwards, on vCenter too', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    await esxcli.value('system hostname set', { host: 'lab7', domain: 'example.test' })
    expect(await esxcli.object('system hostname get'))
      .toEqual({ HostName: 'lab7', DomainName: 'example.test', FullyQualifiedDomainName: 'lab7.example.test' })
    const network: Ref = { type: 'HostNetworkSystem', value: 'networkSystem' }
    expect(await door.get(network, 'dnsConfig')).toMatchObject({ hostName: 'lab7', domainName: 'example.test' })
    expect(await door.get(network, 'networkInfo')).toMatchObject({ dnsConfig: { hostName: 'lab7' } })
    const vcenter = await doors.open('vc-01')
    const mirror = await vcenter.named('HostSystem', HOST)
    expect(await vcenter.get(mirror, 'config.network.dnsConfig')).toMatchObject({ hostName: 'lab7' })
    const system = (await vcenter.get<Fields>(mirror, 'configManager'))['networkSystem'] as Ref
    expect(await vcenter.get(system, 'dnsConfig')).toMatchObject({ hostName: 'lab7' })
    await esxcli.value('system hostname set', { fqdn: 'lab8.other.test' })
    expect((await esxcli.object('system hostname get'))['FullyQualifiedDomainName']).toBe('lab8.other.test')
    expect(await esxcli.fault('system hostname set', { fqdn: 'a.b', host: 'c' })).toEqual(refusal('Cannot set fqdn together with host or domain.'))
    expect(await esxcli.fault('system hostname set')).toEqual(refusal('Must specify fqdn, host or domain.'))
    expect(await esxcli.fault('system hostname set', { host: 'not_a name' }))
      .toEqual(refusal('A specified parameter was not correct: config.hostName'))
    const fault = await door.fault(network, 'UpdateDnsConfig', {
      config: { dhcp: false, hostName: 'x', domainName: 'y', address: ['nowhere'], searchDomain: [] },
    })
    expect([fault?.type, (fault?.detail as Fields)['invalidProperty']]).toEqual(['InvalidArgument', 'config.address'])
  }))

  it('A20: advanced settings are typed, ranged and the same as OptionManager\'s', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    const manager: Ref = { type: 'OptionManager', value: HOST_OPTIONS }
    const value = async (name: string): Promise<Value | undefined> =>
      (await door.call(manager, 'QueryOptions', { name }) as Fields)['value']
    await esxcli.value('system settings advanced set', { option: '/Net/MaxNetifTxRingSize', intvalue: '8192' })
    expect(await value('Net.MaxNetifTxRingSize')).toBe('8192')
    expect((await esxcli.rows('system settings advanced list', { option: '/Net/MaxNetifTxRingSize' }))[0]).toMatchObject({
      Path: '/Net/MaxNetifTxRingSize', Type: 'integer', IntValue: '8192', DefaultIntValue: '4096', MinValue: '32', MaxValue: '16384',
    })
    expect((await esxcli.rows('system settings advanced list', { delta: 'true' })).map(row => row['Path'])).toEqual(['/Net/MaxNetifTxRingSize'])
    expect((await esxcli.rows('system settings advanced list', { tree: '/NFS' })).every(row => String(row['Path']).startsWith('/NFS/'))).toBe(true)
    await esxcli.value('system settings advanced set', { option: '/Net/MaxNetifTxRingSize', default: 'true' })
    expect(await esxcli.rows('system settings advanced list', { delta: 'true' })).toEqual([])
    await esxcli.value('system settings advanced set', { option: '/UserVars/ESXiVPsDisabledProtocols', stringvalue: 'sslv3,tlsv1' })
    expect(await value('UserVars.ESXiVPsDisabledProtocols')).toBe('sslv3,tlsv1')
    const set = (args: Record<string, string>): Promise<CliFault> => esxcli.fault('system settings advanced set', args)
    expect(await set({ option: '/Net/UsePolling', intvalue: '2' })).toEqual(refusal('A specified parameter was not correct: Net.UsePolling'))
    expect(await set({ option: '/Net/UsePolling', stringvalue: '1' })).toEqual(refusal('This option is an integer: an int-value is needed.'))
    expect(await set({ option: '/Net/DVFilterBindIpAddress', intvalue: '1' })).toEqual(refusal('This option is a string: a string-value is needed.'))
    for (const option of ['/Net/ENOENT', '/Config/HostAgent/log/level', 'x']) {
      expect(await set({ option, intvalue: '1' })).toEqual(refusal('Unable to find option'))
      expect(await esxcli.fault('system settings advanced list', { option })).toEqual(refusal('Unable to find option'))
    }
    await esxcli.value('system settings kernel set', { setting: 'ipmiEnabled', value: 'FALSE' })
    expect(await esxcli.rows('system settings kernel list', { option: 'ipmiEnabled' }))
      .toEqual([{ Name: 'ipmiEnabled', Type: 'Bool', Configured: 'false', Default: 'true', Description: 'IPMI' }])
    expect(await esxcli.fault('system settings kernel set', { setting: 'dumpSize', value: 'many' }))
      .toEqual(refusal('Invalid data constraint for parameter \'value\'.'))
  }))

  it('syslog config and loggers are the options of the daemon', withDoors(async doors => {
    const { esxcli } = await onHost(doors)
    expect(await esxcli.object('system syslog config get')).toMatchObject({
      LocalLogOutput: '/scratch/log', LocalLogOutputIsConfigured: 'false', RemoteHost: '<none>', StrictX509Compliance: 'false',
      DroppedLogFileRotations: '10', DroppedLogFileRotationSize: '100', RemoteHostMaximumMessageLength: '1024',
    })
    await esxcli.value('system syslog config set', { loghost: 'udp://10.0.0.9:514', logdir: '/vmfs/volumes/x', checksslcerts: 'false' })
    const all = optionsOf(doors.lab.world, HOST, HOST_OPTIONS)
    expect([all.get('Syslog.global.logHost'), all.get('Syslog.global.logDir'), all.get('Syslog.global.certificate.checkSSLCerts')])
      .toEqual(['udp://10.0.0.9:514', '[] /vmfs/volumes/x', false])
    expect(await esxcli.object('system syslog config get'))
      .toMatchObject({ RemoteHost: 'udp://10.0.0.9:514', LocalLogOutput: '/vmfs/volumes/x', LocalLogOutputIsConfigured: 'true' })
    expect(await esxcli.fault('system syslog config set', { loghost: 'ftp://x' }))
      .toEqual(refusal('A specified parameter was not correct: Syslog.global.logHost'))
    expect(await esxcli.fault('system syslog config set')).toEqual(refusal('Must specify at least one option.'))
    const logger = async (id: string): Promise<unknown> => (await esxcli.row('system syslog config logger list', 'ID', id))
    expect(await logger('shell')).toMatchObject({ Destination: 'shell.log', Rotate: '8', Size: '1024' })
    await esxcli.value('system syslog config logger set', { id: 'shell', rotate: '3' })
    await esxcli.value('system syslog config set', { defaultsize: '2048' })
    expect(await logger('shell')).toMatchObject({ Rotate: '3', Size: '2048' })
    expect(await logger('hostd')).toMatchObject({ Rotate: '10', Size: '10240' })
    expect(await esxcli.fault('system syslog config logger set', { id: 'nothing', rotate: '3' })).toEqual(refusal('Unknown logger: nothing'))
    await esxcli.value('system syslog mark', { message: 'here I am' })
    const texts = [...doors.lab.world.log(`logs/${HOST}/syslog`).since(0)].map(({ value }) => (value as { text: string }).text)
    expect(texts).toContain('-- MARK -- here I am')
  }))

  it('accounts and permissions are the host\'s own, with their events', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    const mark = await door.mark()
    const password = { password: 'VMware1!', passwordconfirmation: 'VMware1!' }
    await esxcli.value('system account add', { id: 'bob', description: 'Builder', ...password })
    expect(await esxcli.row('system account list', 'UserID', 'bob')).toEqual({ UserID: 'bob', Description: 'Builder', ShellAccess: 'true' })
    await esxcli.value('system permission set', { id: 'bob', role: 'Admin' })
    expect(await esxcli.row('system permission list', 'Principal', 'bob'))
      .toEqual({ Principal: 'bob', IsGroup: 'false', Role: 'Admin', RoleDescription: 'All privileges' })
    expect(await (await Esxcli.open(await doors.open(HOST, 'bob'))).value('system maintenanceMode get')).toBe('Disabled')
    await esxcli.value('system account set', { id: 'bob', shellaccess: 'false', description: 'Left' })
    expect(await esxcli.row('system account list', 'UserID', 'bob')).toEqual({ UserID: 'bob', Description: 'Left', ShellAccess: 'false' })
    await esxcli.value('system permission unset', { id: 'bob' })
    await esxcli.value('system account remove', { id: 'bob' })
    expect((await door.types(mark)).filter(type => /Account|Permission/.test(type))).toEqual([
      'AccountCreatedEvent', 'PermissionAddedEvent', 'AccountUpdatedEvent', 'PermissionRemovedEvent', 'AccountRemovedEvent',
    ])
    const fault = (command: string, args: Record<string, string>): Promise<CliFault> => esxcli.fault(`system ${command}`, args)
    expect(await fault('account add', { id: 'x', password: 'a', passwordconfirmation: 'b' }))
      .toEqual(refusal('The password and its confirmation are not the same.'))
    expect(await fault('account remove', { id: 'root' })).toEqual(refusal('A specified parameter was not correct: userName'))
    expect(await fault('account add', { id: 'root', ...password }))
      .toEqual(refusal('The specified key, name, or identifier \'root\' already exists.'))
    expect(await fault('permission set', { id: 'root', role: 'King' })).toEqual(refusal('Unknown role: King'))
    expect(await fault('permission unset', { id: 'nobody' })).toEqual(refusal('The object or item referred to could not be found.'))
  }))
})

describe('esxcli system maintenanceMode and shutdown', () => {
  it('answer when the host has entered and left', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    for (const vm of (await door.names('VirtualMachine')).values()) await door.task(vm, 'PowerOffVM_Task')
    const entering = esxcli.value('system maintenanceMode set', { enable: 'true' })
    await door.get(host, 'name')
    doors.advance(60)
    expect(await entering).toBe('true')
    expect([await esxcli.value('system maintenanceMode get'), await door.get(host, 'runtime.inMaintenanceMode')]).toEqual(['Enabled', 'true'])
    expect(await esxcli.fault('system maintenanceMode set', { enable: 'true' })).toEqual(refusal('Maintenance mode is already enabled.'))
    const leaving = esxcli.value('system maintenanceMode set', { enable: 'false' })
    await door.get(host, 'name')
    doors.advance(60)
    expect(await leaving).toBe('true')
    expect(await door.get(host, 'runtime.inMaintenanceMode')).toBe('false')
  }, { lab: frontLab, behaviour: { durations: 'realistic' } }))

  it('give up after the time that was given', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    const entering = esxcli.fault('system maintenanceMode set', { enable: 'true', timeout: '3600' })
    await door.get(host, 'name')
    // Longer than a session may idle: the command that waits keeps it.
    doors.advance(3599)
    expect(doors.lab.lab.services.sessions.all(HOST)).toHaveLength(1)
    doors.advance(2)
    expect(await entering).toEqual(refusal('Operation timed out.'))
    expect(await esxcli.value('system maintenanceMode get')).toBe('Disabled')
  }, { lab: frontLab, behaviour: { durations: 'realistic' } }))

  it('a client that goes away leaves the host entering, and nothing breaks', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    const other = await doors.lab.client(HOST)
    const waiting = other.call(esxcli.executer, 'ExecuteSoap', {
      moid: 'ha-cli-handler-system-maintenanceMode', version: 'urn:vim25/5.0', method: 'vim.EsxCLI.system.maintenanceMode.set',
      argument: [{ name: 'enable', val: '<enable>true</enable>' }],
    })
    await door.get(host, 'name')
    other.close()
    await expect(waiting).rejects.toThrow()
    for (const vm of (await door.names('VirtualMachine')).values()) await door.task(vm, 'PowerOffVM_Task')
    doors.advance(120)
    expect(await esxcli.value('system maintenanceMode get')).toBe('Enabled')
    expect(doors.lab.defects).toEqual([])
  }, { lab: frontLab, behaviour: { durations: 'realistic' } }))

  it('reboot needs maintenance mode, begins when it was said, and the host comes back', withDoors(async doors => {
    const { door, esxcli } = await onHost(doors)
    expect(await esxcli.fault('system shutdown reboot', { reason: 'test' })).toEqual(refusal('The host is not in maintenance mode.'))
    for (const vm of (await door.names('VirtualMachine')).values()) await door.task(vm, 'PowerOffVM_Task')
    await door.done(host, 'EnterMaintenanceMode_Task', { timeout: 0 })
    await esxcli.value('system shutdown reboot', { reason: 'new kernel', delay: '60' })
    doors.advance(59)
    expect(chassis(doors.lab.world, HOST)?.power).toBe('on')
    doors.advance(2)
    expect(chassis(doors.lab.world, HOST)?.power).toBe('off')
    doors.advance(600)
    expect(chassis(doors.lab.world, HOST)?.power).toBe('on')
    const again = await onHost(doors)
    expect(await again.esxcli.value('system maintenanceMode get')).toBe('Enabled')
    await again.esxcli.value('system shutdown poweroff', { reason: 'end' })
    doors.advance(900)
    expect(chassis(doors.lab.world, HOST)?.power).toBe('off')
  }, { lab: frontLab }))
})
