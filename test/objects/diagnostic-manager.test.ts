import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import { LOG_LEVELS, type LineLevel } from '../../emulator/physics/logs/line.js'
import { writeLog } from '../../emulator/physics/logs/write.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'
import { untar } from '../support/untar.js'

const VC = 'vc-01'
const managers = { [VC]: { type: 'DiagnosticManager', value: 'DiagMgr' } } as Record<string, { type: string, value: string }>
const onHost = { type: 'DiagnosticManager', value: 'ha-diagnosticmgr' }
const settings = { type: 'OptionManager', value: 'VpxSettings' }
const hostOptions = { type: 'OptionManager', value: 'ha-adv-options' }

interface Header { readonly lineStart: number, readonly lineEnd: number, readonly lineText: string[] }

let lab: TestLab

afterEach(() => lab.close())

function open(behaviour = {}): void {
  lab = createTestLab({ behaviour })
}

function managerOf(node: string): { type: string, value: string } {
  return managers[node] ?? onHost
}

async function browse(client: SoapClient, args: object, node = VC): Promise<Header> {
  const header = await client.call(managerOf(node), 'BrowseDiagnosticLog', args as Record<string, unknown>) as unknown as Header
  const { lineText } = header as { lineText?: string | string[] }
  return { ...header, lineStart: Number(header.lineStart), lineEnd: Number(header.lineEnd), lineText: [lineText ?? []].flat() }
}

/** A vCenter's reference of a host. */
function host(name: string): { type: string, value: string } {
  const slot = lab.world.ofType(VC, 'HostSystem')
    .find(each => (lab.world.read<{ name: string }>(each)!.props.name).startsWith(name))!
  return { type: 'HostSystem', value: slot.address.id }
}

function vm(name: string): { type: string, value: string } {
  const slot = lab.world.ofType(VC, 'VirtualMachine').find(each => lab.world.read<{ name: string }>(each)!.props.name === name)!
  return { type: 'VirtualMachine', value: slot.address.id }
}

function write(node: string, name: 'hostd' | 'vpxd' | 'vmkernel', level: LineLevel, text: string): void {
  lab.world.transact({ kind: 'lab', what: 'test' }, tx => writeLog(tx, node, name, { level, text }))
}

async function faultOf(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call
  } catch (error) {
    const { type, detail } = error as { type: string, detail: object }
    return { ...detail, _typeName: type }
  }
  throw new Error('no fault')
}

async function bundles(client: SoapClient, args: object, node = VC): Promise<Array<{ url: string, system?: object }>> {
  const task = await client.call(managerOf(node), 'GenerateLogBundles_Task', args as Record<string, unknown>) as unknown as { value: string }
  lab.world.advance(0)
  const { info } = lab.world.get<{ info: { state: string, result?: { _value: [] } } }>(node, task.value)!.props
  expect(info.state).toBe('success')
  return info.result!._value
}

async function get(node: string, path: string, headers: Record<string, string> = {}): Promise<{ status: number, body: Buffer, head: Headers }> {
  const answer = await fetch(new URL(path, await lab.url(node)), { headers })
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()), head: answer.headers }
}

function cookieOf(node: string): string {
  const { sessions } = lab.lab.services
  return `vmware_soap_session="${sessions.cookieOf(sessions.all(node)[0]!.key)!}"`
}

const basic = (login: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(login).toString('base64')}` })

describe('DiagnosticManager', () => {
  it('QueryDescriptions › vpxd\'s on vCenter; a host\'s from both', async () => {
    open()
    const client = await lab.client(VC)
    const keys = async (at: SoapClient, node: string, args = {}): Promise<string[]> =>
      (await at.callAll(managerOf(node), 'QueryDescriptions', args) as unknown as Array<{ key: string }>).map(item => item.key)
    expect(await keys(client, VC)).toEqual(['vpxd:vpxd.log'])
    const own = await keys(await lab.client('esx-01'), 'esx-01')
    expect(own).toEqual(expect.arrayContaining(['hostd', 'vpxa', 'fdm', 'vmkernel', 'vobd', 'shell', 'auth', 'syslog', 'envoy-access']))
    expect(own).not.toContain('rhttpproxy')
    expect(await keys(client, VC, { host: host('esx-01') })).toEqual(own)
    expect(await faultOf(client.call(managerOf(VC), 'QueryDescriptions', { host: { type: 'HostSystem', value: 'host-999' } })))
      .toMatchObject({ _typeName: 'ManagedObjectNotFound' })
  })

  it('BrowseDiagnosticLog › windows of rows', async () => {
    open()
    const client = await lab.client('esx-01')
    for (let i = 0; i < 1200; i += 1) write('esx-01', 'vmkernel', 'info', `line ${i}\nmore`)
    const at = (start?: number, lines?: number): Promise<Header> =>
      browse(client, { key: 'vmkernel', ...start === undefined ? {} : { start }, ...lines === undefined ? {} : { lines } }, 'esx-01')
    expect(await at(2147483647, 0)).toMatchObject({ lineEnd: 2401 })
    expect((await at(2147483647, 500)).lineText).toEqual([])
    const all = await at()
    expect(all.lineStart).toBe(1)
    expect(all.lineText).toHaveLength(1000)
    expect(all.lineText[0]).toContain('Section for VMware ESX')
    expect(all.lineText[1]).toMatch(/ In\(182\) vmkernel: cpu0:2097152\)line 0$/)
    expect(all.lineText[2]).toBe('--> more')
    const tail = await at(2400, 500)
    expect(tail).toMatchObject({ lineStart: 2400, lineEnd: 2401, lineText: [expect.stringContaining('line 1199'), '--> more'] })
    expect((await at(3, 1)).lineText).toEqual(['--> more'])
    expect(await faultOf(at(1, -1))).toMatchObject({ _typeName: 'InvalidArgument', invalidProperty: 'lines' })
    expect(await faultOf(browse(client, { key: 'nothing' }, 'esx-01'))).toMatchObject({ _typeName: 'CannotAccessFile', file: 'nothing' })
  })

  it('BrowseDiagnosticLog › more rows wanted than there are: a client that goes on by what it got ends', async () => {
    open()
    const client = await lab.client('esx-01')
    const { lineEnd } = await browse(client, { key: 'hostd', start: 2147483647, lines: 0 }, 'esx-01')
    let start = lineEnd - 1000
    let rows = 0
    for (let calls = 0; calls < 3; calls += 1) {
      const page = await browse(client, { key: 'hostd', start, lines: 500 }, 'esx-01')
      rows += page.lineText.length
      start += page.lineText.length
      if (start >= page.lineEnd) break
    }
    expect(rows).toBe(lineEnd)
  })

  it('without Global.Diagnostics › NoPermission', async () => {
    lab = createTestLab({ lab: {
      lab: 'viewers', vcenters: [{ name: VC }], hosts: [{ name: 'esx-01' }],
      users: [{ node: VC, name: 'viewer', password: 'VMware1!' }],
      permissions: [{ node: VC, entity: '/', principal: 'viewer', role: 'ReadOnly' }],
    } as never })
    const client = await lab.client(VC, 'viewer@vsphere.local')
    expect(await faultOf(browse(client, { key: 'vpxd:vpxd.log' }))).toMatchObject({
      _typeName: 'NoPermission', privilegeId: 'Global.Diagnostics',
    })
    expect((await get(VC, '/downloads/x.tgz', { cookie: cookieOf(VC) })).status).toBe(403)
  })

  it('GenerateLogBundles_Task › .tgz with the logs, for a session, a login or a ticket', async () => {
    open()
    const client = await lab.client(VC)
    await client.call(vm('web-01'), 'PowerOffVM_Task')
    lab.world.advance(0)
    await client.call(vm('web-01'), 'PowerOnVM_Task')
    lab.world.advance(0)
    const made = await bundles(client, { includeDefault: true, host: [host('esx-01')] })
    expect(made.map(item => item.system)).toEqual([undefined, host('esx-01')])
    write('esx-01', 'hostd', 'info', 'written after the bundle')
    const path = (at: number): string => made[at]!.url.replace('https://*', '')
    expect((await get(VC, path(0))).status).toBe(401)
    expect((await get(VC, path(0))).head.get('www-authenticate')).toBe('Basic realm="VMware HTTP server"')
    const own = untar((await get(VC, path(0), { cookie: cookieOf(VC) })).body)
    expect([...own.keys()].some(name => name.endsWith('/var/log/vmware/vpxd/vpxd.log'))).toBe(true)
    const files = untar((await get(VC, path(1), basic('administrator@vsphere.local:VMware1!'))).body)
    const hostd = [...files].find(([name]) => name.endsWith('/var/run/log/hostd.log'))![1].toString()
    expect(hostd).toContain('VM_STATE_POWERING_ON -> VM_STATE_ON')
    expect(hostd).not.toContain('written after the bundle')
    const vmware = [...files].find(([name]) => name.endsWith('/web-01/vmware.log'))![1].toString()
    expect(vmware).toMatch(/ In\(05\) vmx - opID=\S+ PowerOn: /)
    // A VM that has run since before the lab began, and of which nothing is kept.
    const quiet = [...files].find(([name]) => name.endsWith('/vc-01/vmware.log'))?.[1].toString()
    expect(quiet).toMatch(/^\S+Z In\(05\) vmx - Log for VMware ESX version=8\.0\.3 option=Release\n\S+Z In\(05\) vmx - PowerOn: .*\n$/)
    expect([...lab.world.log(lab.world.logs().find(({ name }) => name.startsWith('vmware/') && name.endsWith('/vc-01'))!.name).since(1)]).toEqual([])
    const ticket = await client.call({ type: 'SessionManager', value: 'SessionManager' }, 'AcquireGenericServiceTicket', {
      spec: { _typeName: 'SessionManagerHttpServiceRequestSpec', method: 'httpGet', url: `https://vc${path(0)}` },
    }) as unknown as { id: string }
    const cookie = { cookie: `vmware_cgi_ticket="${ticket.id}"` }
    expect((await get(VC, path(0), cookie)).status).toBe(200)
    expect((await get(VC, path(0), cookie)).status).toBe(401)
    expect((await get(VC, '/downloads/nothing.tgz', { cookie: cookieOf(VC) })).status).toBe(404)
  })

  it('GenerateLogBundles_Task › a second one while the first runs is refused', async () => {
    open({ durations: 'realistic' })
    const client = await lab.client('esx-01')
    const first = await client.call(onHost, 'GenerateLogBundles_Task', { includeDefault: true })
    expect(await faultOf(client.call(onHost, 'GenerateLogBundles_Task', { includeDefault: true })))
      .toMatchObject({ _typeName: 'TaskInProgress', task: first })
    lab.world.advance(10_000)
    await client.call(onHost, 'GenerateLogBundles_Task', { includeDefault: true })
  })

  it('a host\'s files › /host, rotated ones with their number, vm-support.cgi', async () => {
    open()
    const client = await lab.client('esx-01')
    const root = basic('root:VMware1!')
    await client.call(hostOptions, 'UpdateOptions', { changedValue: [
      { _typeName: 'OptionValue', key: 'Syslog.global.defaultSize', value: { _typeName: 'int', _value: 1 } },
      { _typeName: 'OptionValue', key: 'Syslog.loggers.vmkernel.size', value: { _typeName: 'int', _value: 1 } },
      { _typeName: 'OptionValue', key: 'Syslog.loggers.vmkernel.rotate', value: { _typeName: 'int', _value: 2 } },
    ] })
    for (let i = 0; i < 40; i += 1) write('esx-01', 'vmkernel', 'info', `number ${i} ${'x'.repeat(60)}`)
    const list = (await get('esx-01', '/host', root)).body.toString()
    expect([...list.matchAll(/>(vmkernel[^<]*)</g)].map(match => match[1])).toEqual(['vmkernel.log', 'vmkernel.0.gz', 'vmkernel.1.gz'])
    const text = async (name: string): Promise<string> => (await get('esx-01', `/host/${name}`, root)).body.toString()
    expect(await text('vmkernel.log')).toContain('number 39')
    expect(await text('vmkernel')).toBe(await text('vmkernel.log'))
    const old = gunzipSync((await get('esx-01', '/host/vmkernel.0.gz', root)).body).toString()
    expect(old).toMatch(/^\S+ In\(182\) vmkernel: - last log rotation time, \S+ - time the service was last started/)
    expect((await get('esx-01', '/host/vmkernel.0.gz')).status).toBe(401)
    expect((await get('esx-01', '/host/hostd.log', basic('root:wrong'))).status).toBe(401)
    expect(await text('hostd.log')).toContain('Rejected password for user root from 127.0.0.1')
    const posted = [...lab.world.log('events/esx-01').since(1)].map(item => (item.value as { _typeName: string })._typeName)
    expect(posted).toContain('BadUsernameSessionEvent')
    // Each login lasted for its one request: what is left is the client's.
    expect(lab.lab.services.sessions.all('esx-01')).toHaveLength(1)
    expect((await get('esx-01', '/host/nothing.log', root)).status).toBe(404)
    const files = untar((await get('esx-01', '/cgi-bin/vm-support.cgi', root)).body)
    const member = [...files].find(([name]) => name.endsWith('/vmkernel.1.gz'))![1]
    expect(gunzipSync(member).toString()).toContain('number')
    expect((await get(VC, '/host/vpxd.log', root)).status).toBe(404)
  })

  it('FetchAuditRecords, EmitSyslogMark › on hosts', async () => {
    open()
    const client = await lab.client('esx-01')
    expect(await faultOf(client.call(onHost, 'FetchAuditRecords'))).toMatchObject({ _typeName: 'InvalidState' })
    await client.call(hostOptions, 'UpdateOptions', { changedValue: [
      { _typeName: 'OptionValue', key: 'Syslog.global.auditRecord.storageEnable', value: { _typeName: 'boolean', _value: true } },
    ] })
    const empty = await client.call(onHost, 'FetchAuditRecords') as unknown as { nextToken: string }
    await lab.client('esx-01')
    const page = await client.call(onHost, 'FetchAuditRecords', { token: empty.nextToken }) as unknown as { records: string | string[], nextToken: string }
    expect([page.records].flat().join('\n')).toMatch(/\[UserLoginSessionEvent\] user="root" result="success"/)
    const next = await client.call(onHost, 'FetchAuditRecords', { token: page.nextToken }) as unknown as { records?: string[], nextToken: string }
    expect(next).toMatchObject({ nextToken: page.nextToken })
    expect(next.records).toBeUndefined()
    expect(await faultOf(client.call(onHost, 'FetchAuditRecords', { token: 'x' }))).toMatchObject({ _typeName: 'InvalidArgument' })
    await client.call(onHost, 'EmitSyslogMark', { message: 'here' })
    expect((await browse(client, { key: 'syslog' }, 'esx-01')).lineText.at(-1)).toMatch(/ In\(14\) vmsyslogd\[\d+\]: -- MARK -- here$/)
    const vcenter = await lab.client(VC)
    expect(await faultOf(vcenter.call(managerOf(VC), 'EmitSyslogMark', { message: 'x' }))).toMatchObject({ _typeName: 'NotSupported' })
    expect(await faultOf(vcenter.call(managerOf(VC), 'FetchAuditRecords'))).toMatchObject({ _typeName: 'NotSupported' })
  })

  it('one operation id › from the client\'s call to vpxd, vpxa and hostd', async () => {
    open()
    const client = await lab.client(VC)
    await fetch(await lab.url(VC), {
      method: 'POST', headers: { soapaction: '"urn:vim25/8.0.3.0"', cookie: cookieOf(VC), 'content-type': 'text/xml' },
      body: `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header><operationID>drill-7</operationID>
        </soapenv:Header><soapenv:Body><PowerOffVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">${vm('db-01').value}</_this>
        </PowerOffVM_Task></soapenv:Body></soapenv:Envelope>`,
    })
    lab.world.advance(0)
    const found = async (args: object): Promise<string[]> => ((await browse(client, args)).lineText).filter(line => line.includes('opID=drill-7'))
    const vpxd = await found({ key: 'vpxd:vpxd.log' })
    expect(vpxd[0]).toMatch(/BEGIN task-\d+ -- vm-\d+ -- vim\.VirtualMachine\.powerOff -- [0-9a-f-]+\([0-9a-f-]+\)$/)
    expect(vpxd.at(-1)).toMatch(/FINISH task-\d+$/)
    const hostd = await found({ key: 'hostd', host: host('esx-02') })
    expect(hostd.some(line => line.includes('user=vpxuser') && line.includes('-> VM_STATE_OFF'))).toBe(true)
    expect((await found({ key: 'vpxa', host: host('esx-02') })).length).toBeGreaterThan(0)
  })
})

describe('A16, B15 › log levels', () => {
  const everyLevel = LOG_LEVELS.slice(1) as LineLevel[]
  const told = (header: Header): string[] => everyLevel.filter(level => header.lineText.some(line => line.endsWith(`said at ${level}`)))

  it.each(LOG_LEVELS)('%s › by the API of vCenter and of a host: only what is as bad is written', async level => {
    open()
    const vcenter = await lab.client(VC)
    const esx = await lab.client('esx-01')
    await vcenter.call(settings, 'UpdateOptions', { changedValue: [{ _typeName: 'OptionValue', key: 'config.log.level', value: level }] })
    await esx.call(hostOptions, 'UpdateOptions', { changedValue: [{ _typeName: 'OptionValue', key: 'Config.HostAgent.log.level', value: level }] })
    for (const each of everyLevel) {
      write(VC, 'vpxd', each, `said at ${each}`)
      write('esx-01', 'hostd', each, `said at ${each}`)
    }
    const wanted = everyLevel.slice(0, LOG_LEVELS.indexOf(level))
    expect(told(await browse(vcenter, { key: 'vpxd:vpxd.log' }))).toEqual(wanted)
    expect(told(await browse(vcenter, { key: 'hostd', host: host('esx-01') }))).toEqual(wanted)
    expect(told(await browse(vcenter, { key: 'hostd', host: host('esx-02') }))).toEqual([])
  })

  it('A16 › verbose vCenter writes calls that only read; at info it does not', async () => {
    open()
    const client = await lab.client(VC)
    const reads = async (): Promise<number> => (await browse(client, { key: 'vpxd:vpxd.log' })).lineText
      .filter(line => line.includes('verbose vpxd') && line.includes('vim.ServiceInstance.currentTime')).length
    const now = (): Promise<unknown> => client.call({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'CurrentTime')
    await now()
    expect(await reads()).toBe(0)
    await client.call(settings, 'UpdateOptions', { changedValue: [{ _typeName: 'OptionValue', key: 'config.log.level', value: 'verbose' }] })
    await now()
    expect(await reads()).toBe(1)
    await client.call(settings, 'UpdateOptions', { changedValue: [{ _typeName: 'OptionValue', key: 'config.log.level', value: 'none' }] })
    const { lineEnd } = await browse(client, { key: 'vpxd:vpxd.log', start: 2147483647 })
    await now()
    await client.call(vm('db-01'), 'PowerOffVM_Task')
    lab.world.advance(0)
    expect((await browse(client, { key: 'vpxd:vpxd.log', start: 2147483647 })).lineEnd).toBe(lineEnd)
    expect(await faultOf(client.call(settings, 'UpdateOptions', { changedValue: [
      { _typeName: 'OptionValue', key: 'config.log.level', value: 'loud' },
    ] }))).toMatchObject({ _typeName: 'InvalidArgument', invalidProperty: 'config.log.level' })
  })

  it('B15 › a level set on vCenter\'s view of a host is the host\'s', async () => {
    open()
    const client = await lab.client(VC)
    await client.call({ type: 'OptionManager', value: `EsxHostAdvSettings-${host('esx-01').value.replace('host-', '')}` }, 'UpdateOptions', {
      changedValue: [{ _typeName: 'OptionValue', key: 'Config.HostAgent.level[Vimsvc].logLevel', value: 'trivia' }],
    })
    lab.world.transact({ kind: 'lab', what: 'test' }, tx => {
      writeLog(tx, 'esx-01', 'hostd', { level: 'trivia', sub: 'Vimsvc', text: 'in a module' })
      writeLog(tx, 'esx-01', 'hostd', { level: 'trivia', sub: 'Hostsvc', text: 'in another' })
    })
    const { lineText } = await browse(client, { key: 'hostd', host: host('esx-01') })
    expect(lineText.some(line => line.includes('Set called with key \'Config.HostAgent.level[Vimsvc].logLevel\' value \'trivia\''))).toBe(true)
    expect(lineText.some(line => line.endsWith('in a module'))).toBe(true)
    expect(lineText.some(line => line.endsWith('in another'))).toBe(false)
  })
})

describe('B16 › logs go with their node', () => {
  it('crashed host › nobody reaches its logs until it is back, and then they are all there', async () => {
    open()
    const client = await lab.client(VC)
    write('esx-02', 'hostd', 'info', 'before the crash')
    const esx = host('esx-02')
    const { id } = lab.lab.faults.inject('host-crash', 'esx-02', {})
    lab.world.advance(1000)
    expect(await faultOf(browse(client, { key: 'hostd', host: esx }))).toMatchObject({ _typeName: 'HostNotReachable' })
    expect(await faultOf(client.call(managerOf(VC), 'QueryDescriptions', { host: esx }))).toMatchObject({ _typeName: 'HostNotReachable' })
    const task = await client.call(managerOf(VC), 'GenerateLogBundles_Task', { includeDefault: false, host: [esx] }) as unknown as { value: string }
    lab.world.advance(0)
    expect(lab.world.get<{ info: { error: object } }>(VC, task.value)!.props.info.error)
      .toMatchObject({ fault: { _typeName: 'LogBundlingFailed' } })
    write('esx-02', 'vmkernel', 'error', 'nobody is there to write it')
    lab.lab.faults.heal(id)
    lab.world.advance(900_000)
    const again = (await browse(client, { key: 'hostd', host: esx })).lineText
    expect(again.some(line => line.endsWith('before the crash'))).toBe(true)
    expect(again.filter(line => line.includes('Section for VMware ESX')).length).toBe(2)
    const kernel = (await browse(client, { key: 'vmkernel', host: esx })).lineText
    expect(kernel.some(line => line.includes('nobody is there'))).toBe(false)
    expect(kernel.some(line => line.includes('the VMkernel has started'))).toBe(true)
  })

  it('host that is removed › its logs are gone from vCenter, and still on the host itself', async () => {
    open()
    const client = await lab.client(VC)
    const esx = host('esx-01')
    await client.call(esx, 'DisconnectHost_Task')
    lab.world.advance(0)
    expect(await faultOf(browse(client, { key: 'hostd', host: esx }))).toMatchObject({ _typeName: 'HostNotConnected' })
    const parent = lab.world.get<{ parent: { type: string, value: string } }>(VC, esx.value)!.props.parent
    await client.call(parent, 'Destroy_Task')
    lab.world.advance(0)
    expect(await faultOf(browse(client, { key: 'hostd', host: esx }))).toMatchObject({ _typeName: 'ManagedObjectNotFound' })
    const own = await lab.client('esx-01')
    expect((await browse(own, { key: 'hostd' }, 'esx-01')).lineEnd).toBeGreaterThan(1)
  })

  it('vpxd that is stopped › a 503, and its file goes on where it ended', async () => {
    open()
    const client = await lab.client(VC)
    write(VC, 'vpxd', 'info', 'before')
    const { id } = lab.lab.faults.inject('service-stop', VC, { service: 'vpxd' })
    lab.world.advance(120_000)
    await expect(browse(client, { key: 'vpxd:vpxd.log' })).rejects.toThrow()
    write(VC, 'vpxd', 'error', 'nobody runs')
    lab.lab.faults.heal(id)
    lab.world.advance(600_000)
    const { lineText } = await browse(await lab.client(VC), { key: 'vpxd:vpxd.log' })
    expect(lineText.some(line => line.endsWith('before'))).toBe(true)
    expect(lineText.some(line => line.endsWith('nobody runs'))).toBe(false)
  })
})
