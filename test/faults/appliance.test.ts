import { afterEach, describe, expect, it } from 'vitest'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import { frontDoor, managementDoor, vpxdServing } from '../../emulator/physics/appliance/services.js'
import { applianceOf } from '../../emulator/physics/appliance/state.js'
import type { LogLine } from '../../emulator/physics/logs/line.js'
import { lineText } from '../../emulator/physics/logs/render.js'
import { APPLIANCE_BOOT_MS } from '../../emulator/physics/management/timing.js'
import { loadImage, saveImage } from '../../emulator/world/image.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'
import { ADMIN, ROOT, rest } from '../vapi/rest.js'

const VC = 'vc-01'
let lab: TestLab

afterEach(() => lab.close())

function inject(fault: string, target: string, options: Record<string, unknown> = {}): string {
  return lab.lab.faults.inject(fault, target, options).id
}

function state(service: string): string | undefined {
  return applianceOf(lab.world, VC)?.services[service]?.state
}

function logLines(file: string): string[] {
  return [...lab.world.log(`logs/${VC}/${file}`).since(1)].map(({ value }) => lineText(value as LogLine, '8.0.3'))
}

function events(node = VC): string[] {
  return [...lab.world.defineLog(`events/${node}`, 20_000).since(1)].map(({ value }) => {
    const event = value as { _typeName: string, eventTypeId?: string }
    return event.eventTypeId ?? event._typeName
  })
}

function hostStates(): string[] {
  return lab.world.ofType(VC, 'HostSystem')
    .map(slot => (slot.record!.props as { runtime: { connectionState: string } }).runtime.connectionState)
}

async function health(item: string): Promise<unknown> {
  return (await rest('GET', `${await lab.vami(VC)}/api/appliance/health/${item}`, { login: ROOT })).body
}

async function start(service: string): Promise<{ status: number, text: string }> {
  return rest('POST', `${await lab.vami(VC)}/api/appliance/services/${service}?action=start`, { login: ROOT })
}

/** The fault that a call answers with; undefined: none. */
async function faultOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    return (error as { fault?: { _typeName?: string } }).fault?._typeName ?? (error as { type?: string }).type ?? String(error)
  }
}

function currentTime(client: SoapClient): Promise<unknown> {
  return client.call({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'CurrentTime', {})
}

describe('appliance-disk-fill', () => {
  it('vpxd › warns at 80 %, stops itself at 95 % within a minute, and 443 answers 503', async () => {
    lab = createTestLab()
    const client = await lab.client(VC)
    inject('appliance-disk-fill', VC, { partition: '/storage/seat', to: '82%' })
    expect(await health('database-storage')).toBe('yellow')
    lab.world.advance(60_000)
    expect(logLines('vpxd').join('\n')).toMatch(/warning threshold 80%, error threshold 95%/)
    expect(logLines('vpxd').join('\n')).toMatch(/82% used, above the warning threshold of 80%/)
    expect(events()).toContain('com.vmware.vc.VCHealthStateChangedEvent')
    lab.world.advance(240_000)
    inject('appliance-disk-fill', VC, { partition: '/storage/seat', to: '95%' })
    expect(state('vpxd')).toBe('STARTED')
    lab.world.advance(65_000)
    expect(state('vpxd')).toBe('STOPPED')
    expect(await health('database-storage')).toBe('red')
    expect(logLines('vpxd').slice(-3).join('\n')).toMatch(/used 95% exceeds .*95%[^]*service-control to stop vmware-vpxd[^]*signal 15/)
    const url = await lab.url(VC)
    expect(await rest('POST', url, { body: 'x' })).toMatchObject({ status: 503, text: 'no healthy upstream' })
    expect(state('content-library')).toBe('STOPPED')
    expect(state('sps')).toBe('STARTED')
    await expect(currentTime(client)).rejects.toThrow()
  })

  it('while vpxd is stopped › the appliance and REST logins answer, hosts go on, vCenter hears nobody', async () => {
    lab = createTestLab()
    inject('appliance-disk-fill', VC)
    lab.world.advance(65_000)
    expect((await rest('GET', `${await lab.vami(VC)}/api/appliance/services/vpxd`, { login: ROOT })).body)
      .toMatchObject({ state: 'STOPPED' })
    const url = (await lab.url(VC)).replace('/sdk', '')
    const opened = await rest('POST', `${url}/api/session`, { login: ADMIN })
    expect(opened.status).toBe(201)
    expect((await rest('GET', `${url}/api/session`, { session: opened.body as string })).status).toBe(200)
    const host = await lab.client('esx-01')
    expect(await currentTime(host)).toBeDefined()
    inject('host-crash', 'esx-02')
    lab.world.advance(120_000)
    expect(hostStates()).toEqual(['connected', 'connected'])
    expect(events()).not.toContain('HostConnectionLostEvent')
  })

  it('a start › is refused while it is full; after space was freed vpxd runs, sessions are gone, hosts are heard', async () => {
    lab = createTestLab()
    const client = await lab.client(VC)
    const fault = inject('appliance-disk-fill', VC)
    lab.world.advance(65_000)
    expect(await start('vpxd')).toMatchObject({ status: 500, text: expect.stringContaining('/storage/seat is 95% full') as string })
    expect(state('vpxd')).toBe('STOPPED')
    lab.lab.faults.heal(fault)
    lab.world.advance(300_000)
    expect(state('vpxd')).toBe('STOPPED')
    expect((await start('vpxd')).status).toBe(204)
    lab.world.advance(89_000)
    expect(vpxdServing(lab.world, VC)).toBe(false)
    lab.world.advance(1_000)
    expect(vpxdServing(lab.world, VC)).toBe(true)
    expect(hostStates()).toEqual(['notResponding', 'notResponding'])
    lab.world.advance(10_000)
    expect(hostStates()).toEqual(['connected', 'connected'])
    expect(events().filter(type => type === 'HostConnectedEvent')).toHaveLength(2)
    expect(events()).toContain('ServerStartedSessionEvent')
    expect(await faultOf(client.call({ type: 'SearchIndex', value: 'SearchIndex' }, 'FindByIp', { ip: '10.0.0.1', vmSearch: true })))
      .toBe('NotAuthenticated')
    expect(await health('database-storage')).toBe('green')
  })

  it('a rate › crosses the thresholds when it must; nothing is on the agenda when nothing grows', () => {
    lab = createTestLab()
    expect(applianceOf(lab.world, VC)!.checkJob).toBeUndefined()
    inject('appliance-disk-fill', VC, { partition: '/storage/seat', to: 100, rate: '1%/min' })
    lab.world.advance(82 * 60_000)
    expect(state('vpxd')).toBe('STARTED')
    lab.world.advance(3 * 60_000)
    expect(state('vpxd')).toBe('STOPPED')
    lab.world.advance(60 * 60_000)
    expect(applianceOf(lab.world, VC)!.checkJob).toBeUndefined()
  })

  it('inodes › fill a partition as bytes do', () => {
    lab = createTestLab()
    inject('appliance-disk-fill', VC, { to: '96%', inodes: true })
    lab.world.advance(65_000)
    expect(state('vpxd')).toBe('STOPPED')
  })

  it('other partitions › stop nothing of vpxd; a full log lets nothing start; a full WAL ends the database', async () => {
    lab = createTestLab()
    inject('appliance-disk-fill', VC, { partition: '/storage/archive', to: '99%' })
    const log = inject('appliance-disk-fill', VC, { partition: '/storage/log', to: 100 })
    lab.world.advance(130_000)
    expect(state('vpxd')).toBe('STARTED')
    inject('service-stop', VC, { service: 'eam' })
    lab.world.advance(5_000)
    expect((await start('eam')).status).toBe(500)
    lab.lab.faults.heal(log)
    expect((await start('vmware-eam')).status).toBe(204)
    inject('appliance-disk-fill', VC, { partition: '/storage/dblog', to: 100 })
    lab.world.advance(65_000)
    expect(state('vmware-vpostgres')).toBe('STOPPED')
    expect(state('vpxd')).toBe('STOPPED')
    expect(await health('database')).toMatchObject({ status: 'UNHEALTHY' })
    lab.world.advance(3_600_000)
    expect(state('vmware-vpostgres')).toBe('STOPPED')
  })

  it('rhttpproxy › names the pipe of vpxd on releases before 7', async () => {
    lab = createTestLab({ lab: { lab: 'old', product: '6.7', vcenters: [{ name: VC }], hosts: [{ name: 'esx-01' }] } })
    inject('service-stop', VC, { service: 'vmware-vpxd' })
    lab.world.advance(5_000)
    expect(await rest('POST', await lab.url(VC), { body: 'x' })).toMatchObject({
      status: 503,
      text: expect.stringMatching(/^503 Service Unavailable \(Failed to connect to endpoint: \[N7Vmacore4Http20NamedPipeServiceSpecE:0x[0-9a-f]{16}\] _serverNamespace = \/ action = Allow _pipeName =\/var\/run\/vmware\/vpxd-webserver-pipe\)$/) as string,
    })
  })

  it('wrong options › are refused', () => {
    lab = createTestLab()
    expect(() => inject('appliance-disk-fill', VC, { partition: '/nowhere' })).toThrow(/partition/)
    expect(() => inject('appliance-disk-fill', VC, { to: '120%' })).toThrow(/to/)
    expect(() => inject('appliance-disk-fill', 'esx-01')).toThrow(/vcenter/)
    expect(() => inject('appliance-disk-fill', VC, { rate: 'fast' })).toThrow(/rate/)
  })

  it('a lab that is saved and loaded › goes on as the first one does', () => {
    lab = createTestLab()
    inject('appliance-disk-fill', VC, { rate: '5%/min' })
    lab.world.advance(10 * 60_000)
    const image = saveImage(lab.world)
    const other = createTestLab()
    loadImage(other.world, image)
    for (const each of [lab, other]) each.world.advance(8 * 60_000)
    const [own, loaded] = [lab, other].map(each => applianceOf(each.world, VC))
    expect(own!.services['vpxd']!.state).toBe('STOPPED')
    expect(loaded).toEqual(own)
    expect([...other.world.log(`logs/${VC}/vpxd`).since(1)]).toEqual([...lab.world.log(`logs/${VC}/vpxd`).since(1)])
    other.lab.stop()
  })
})

describe('service-stop', () => {
  it('sts › nobody logs in any more, sessions go on; heal starts it', async () => {
    lab = createTestLab()
    const client = await lab.client(VC)
    const fault = inject('service-stop', VC, { service: 'sts' })
    lab.world.advance(5_000)
    expect(await faultOf(lab.client(VC))).toBe('InvalidLogin')
    expect(await currentTime(client)).toBeDefined()
    expect((await rest('POST', `${await lab.vami(VC)}/api/session`, { login: ADMIN })).status).toBe(503)
    expect((await rest('POST', `${await lab.vami(VC)}/api/session`, { login: ROOT })).status).toBe(201)
    lab.lab.faults.heal(fault)
    lab.world.advance(60_000)
    expect(await faultOf(lab.client(VC))).toBeUndefined()
  })

  it('the proxy › 443 refuses, 5480 answers; the management\'s web server the other way round', () => {
    lab = createTestLab()
    inject('service-stop', VC, { service: 'envoy' })
    lab.world.advance(5_000)
    expect([frontDoor(lab.world, VC), managementDoor(lab.world, VC)]).toEqual(['refused', 'open'])
    lab.lab.faults.healAll()
    lab.world.advance(10_000)
    inject('service-stop', VC, { service: 'vami-lighttp' })
    lab.world.advance(5_000)
    expect([frontDoor(lab.world, VC), managementDoor(lab.world, VC)]).toEqual(['open', 'refused'])
  })

  it('the database › takes vpxd and its library with it', () => {
    lab = createTestLab()
    inject('service-stop', VC, { service: 'vmware-vpostgres' })
    lab.world.advance(5_000)
    expect(['vpxd', 'content-library', 'vpxd-svcs', 'vsphere-ui'].map(state)).toEqual(['STOPPED', 'STOPPED', 'STOPPED', 'STARTED'])
    inject('service-start', VC, { service: 'all' })
    lab.world.advance(200_000)
    expect(['vmware-vpostgres', 'vpxd', 'content-library'].map(state)).toEqual(['STARTED', 'STARTED', 'STARTED'])
  })

  it('an unknown service › is refused with the names that there are', () => {
    lab = createTestLab()
    expect(() => inject('service-stop', VC, { service: 'nothing' })).toThrow(/no service nothing; there are: .*vpxd/)
  })

  it('a long poll that waits › is cut, not answered', async () => {
    lab = createTestLab()
    const client = await lab.client(VC)
    const poll = client.call({ type: 'PropertyCollector', value: 'propertyCollector' }, 'WaitForUpdatesEx', {
      version: '', options: { maxWaitSeconds: 600 },
    }).then(() => 'answered', (error: unknown) => error)
    await lab.client(VC)
    inject('service-stop', VC)
    const end = await poll
    expect(end).toBeInstanceOf(Error)
    expect((end as { fault?: unknown }).fault).toBeUndefined()
  })
})

describe('vcenter-crash', () => {
  it('once › the watchdog restarts vpxd within minutes; sessions are gone', async () => {
    lab = createTestLab()
    await lab.client(VC)
    inject('vcenter-crash', VC)
    expect(vpxdServing(lab.world, VC)).toBe(false)
    expect(lab.lab.services.sessions.all(VC)).toEqual([])
    lab.world.advance(94_000)
    expect(vpxdServing(lab.world, VC)).toBe(false)
    lab.world.advance(1_000)
    expect(vpxdServing(lab.world, VC)).toBe(true)
  })

  it('three times within an hour › the third reboots the appliance', () => {
    lab = createTestLab()
    inject('vcenter-crash', VC, { times: 3, after: '30s' })
    const boots: unknown[] = []
    lab.world.on('hardware.powerLost', (_tx, { node }) => boots.push(node))
    lab.world.advance(2 * (95_000 + 30_000) + 4_000)
    expect(boots).toEqual([])
    lab.world.advance(1_000)
    expect(boots).toEqual([VC])
    lab.world.advance(APPLIANCE_BOOT_MS)
    expect(vpxdServing(lab.world, VC)).toBe(true)
  })

  it('heal › ends further crashes', () => {
    lab = createTestLab()
    const fault = inject('vcenter-crash', VC, { times: 9, after: '30s' })
    lab.world.advance(100_000)
    lab.lab.faults.heal(fault)
    lab.world.advance(600_000)
    expect(vpxdServing(lab.world, VC)).toBe(true)
    expect(applianceOf(lab.world, VC)!.failures).toHaveLength(1)
  })
})

describe('certificate-expire', () => {
  it('sts › nobody can log in, and the event says why', async () => {
    lab = createTestLab()
    const fault = inject('certificate-expire', VC, { certificate: 'sts' })
    expect(await faultOf(lab.client(VC))).toBe('InvalidLogin')
    expect(events()).toContain('com.vmware.sso.STSCertExpiry')
    lab.lab.faults.heal(fault)
    expect(await faultOf(lab.client(VC))).toBeUndefined()
    expect(() => inject('certificate-expire', 'esx-01', { certificate: 'sts' })).toThrow(/only a vCenter/)
  })

  it('machine › status and dates on host and vCenter, and the alarm; heal renews it', async () => {
    lab = createTestLab()
    const vc = await lab.client(VC)
    const own = await lab.client('esx-01')
    const slot = lab.world.ofType(VC, 'HostSystem').find(each => String(each.record?.props['name']).startsWith('esx-01'))!
    const onVcenter = { type: 'HostSystem', value: slot.address.id }
    const onHost = { type: 'HostSystem', value: 'ha-host' }
    const look = async (client: typeof vc, host: typeof onHost): Promise<Record<string, string>> => {
      const { 'configManager.certificateManager': manager } = await client.properties(host, ['configManager.certificateManager'])
      return (await client.properties(manager as typeof onHost, ['certificateInfo']))['certificateInfo'] as unknown as Record<string, string>
    }
    const alarms = async (): Promise<string> => JSON.stringify((await vc.properties(onVcenter, ['triggeredAlarmState']))['triggeredAlarmState'])
    const good = await look(own, onHost)
    expect(good['status']).toBe('good')
    const fault = inject('certificate-expire', 'esx-01')
    for (const shown of [await look(own, onHost), await look(vc, onVcenter)]) {
      expect(shown).toMatchObject({ status: 'expired', notAfter: '2025-12-05T08:00:00Z', subject: expect.any(String) })
    }
    expect(await alarms()).toContain('"overallStatus":"red"')
    lab.lab.faults.heal(fault)
    expect([await look(own, onHost), await look(vc, onVcenter)]).toEqual([good, expect.objectContaining({ status: 'good' })])
    expect(await alarms()).not.toContain('"overallStatus":"red"')
    expect(events()).toContain('com.vmware.vc.certmgr.HostCertUpdatedEvent')
  })

  it('machine › of a host is told by its vCenter', () => {
    lab = createTestLab()
    inject('certificate-expire', 'esx-01')
    expect(events()).toContain('com.vmware.vc.certmgr.HostCertExpirationImminentEvent')
  })
})

describe('password-expire', () => {
  it('expired › PasswordExpired for the right password, InvalidLogin for a wrong one; heal ends it', async () => {
    lab = createTestLab()
    const fault = inject('password-expire', VC)
    expect(await faultOf(lab.client(VC))).toBe('PasswordExpired')
    const client = await lab.anonymous(VC)
    expect(await faultOf(client.login('administrator@vsphere.local', 'wrong'))).toBe('InvalidLogin')
    expect((await rest('POST', `${(await lab.url(VC)).replace('/sdk', '')}/api/session`, { login: ADMIN })).status).toBe(401)
    lab.lab.faults.heal(fault)
    expect(await faultOf(lab.client(VC))).toBeUndefined()
  })

  it('locked › InvalidLogin until it is undone; on hosts as well', async () => {
    lab = createTestLab()
    const fault = inject('password-expire', 'esx-01', { user: 'root', how: 'locked' })
    expect(await faultOf(lab.client('esx-01'))).toBe('InvalidLogin')
    lab.world.advance(3_600_000)
    expect(await faultOf(lab.client('esx-01'))).toBe('InvalidLogin')
    lab.lab.faults.heal(fault)
    expect(await faultOf(lab.client('esx-01'))).toBeUndefined()
  })

  it('root of the appliance › cannot use 5480', async () => {
    lab = createTestLab()
    inject('password-expire', VC, { user: 'root@localos' })
    expect(await health('system')).toMatchObject({ error_type: 'UNAUTHENTICATED' })
    expect(() => inject('password-expire', VC, { user: 'nobody' })).toThrow(/no user nobody/)
  })
})

describe('licence-expire', () => {
  it('a host › is disconnected, its VMs run on, none is started; a valid one brings it back', async () => {
    lab = createTestLab()
    const fault = inject('licence-expire', 'esx-02')
    expect(hostStates().sort()).toEqual(['connected', 'disconnected'])
    expect(events()).toEqual(expect.arrayContaining(['HostLicenseExpiredEvent', 'com.vmware.license.HostLicenseExpiredEvent']))
    const vms = lab.world.ofType('esx-02', 'VirtualMachine')
      .map(slot => ({ id: slot.address.id, ...slot.record!.props as { name: string, runtime: { powerState: string } } }))
    expect(vms.find(vm => vm.name === 'db-01')?.runtime.powerState).toBe('poweredOn')
    const host = await lab.client('esx-02')
    const off = vms.find(vm => vm.name === 'win-01')!
    const task = await host.call({ type: 'VirtualMachine', value: off.id }, 'PowerOnVM_Task', {}) as { value: string }
    lab.world.runDue()
    const info = lab.world.get<{ info: { error?: { fault: { _typeName: string } } } }>('esx-02', task.value)?.props.info
    expect(info?.error?.fault._typeName).toBe('LicenseExpired')
    lab.lab.faults.heal(fault)
    expect(hostStates()).toEqual(['connected', 'connected'])
  })

  it('a vCenter › disconnects all its hosts, and connects none', async () => {
    lab = createTestLab()
    const client = await lab.client(VC)
    const fault = inject('licence-expire', VC)
    const [host] = lab.world.ofType(VC, 'HostSystem')
    const task = await client.call({ type: 'HostSystem', value: host!.address.id }, 'ReconnectHost_Task', {}) as { value: string }
    lab.world.runDue()
    expect(lab.world.get<{ info: { error?: { fault: { _typeName: string } } } }>(VC, task.value)?.props.info.error?.fault._typeName)
      .toBe('LicenseExpired')
    expect(hostStates()).toEqual(['disconnected', 'disconnected'])
    expect(events()).toContain('ServerLicenseExpiredEvent')
    lab.lab.faults.heal(fault)
    expect(hostStates()).toEqual(['connected', 'connected'])
  })
})

describe('clock-drift', () => {
  it('a node\'s times › are off by that much, those of others are not', async () => {
    lab = createTestLab()
    const [vcenter, host] = [await lab.client(VC), await lab.client('esx-01')]
    const fault = inject('clock-drift', VC, { offset: '-15m' })
    expect(await currentTime(vcenter)).toBe('2026-01-05T07:45:00Z')
    expect(await currentTime(host)).toBe('2026-01-05T08:00:00Z')
    await lab.client(VC)
    const last = [...lab.world.log(`events/${VC}`).since(1)].at(-1)!.value as { createdTime: string }
    expect(last.createdTime).toBe('2026-01-05T07:45:00Z')
    lab.lab.faults.heal(fault)
    expect(await currentTime(vcenter)).toBe('2026-01-05T08:00:00Z')
    expect(() => inject('clock-drift', VC, { offset: 'much' })).toThrow(/offset/)
  })
})

describe('database-slow', () => {
  it('vpxd\'s calls › take longer, and the database\'s health is degraded', async () => {
    lab = createTestLab()
    const client = await lab.client(VC)
    const fault = inject('database-slow', VC, { delay: '2s' })
    const session = lab.node(VC)
    const method = lab.lab.schema.method('SearchIndex', 'FindByIp')!
    const request = {
      self: { type: 'SearchIndex', value: 'SearchIndex' }, method, args: {}, cookie: undefined, opId: '',
      version: lab.lab.schema.versions.newest('vim25'), client: { address: '', userAgent: '' },
    }
    expect(lab.lab.gate.delayMs(session, request)).toBe(2_000)
    expect(lab.lab.gate.delayMs(lab.node('esx-01'), request)).toBe(0)
    expect(await currentTime(client)).toBeDefined()
    expect(await health('database')).toMatchObject({ status: 'DEGRADED' })
    expect((await rest('GET', `${await lab.vami(VC)}/api/appliance/vmon/service/vpxd`, { login: ROOT })).body)
      .toMatchObject({ health: 'HEALTHY_WITH_WARNINGS' })
    lab.lab.faults.heal(fault)
    expect(lab.lab.gate.delayMs(session, request)).toBe(0)
  })
})
