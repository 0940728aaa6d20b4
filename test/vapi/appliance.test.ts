import { afterEach, describe, expect, it } from 'vitest'
import { createTestLab, type TestLab } from '../support/test-lab.js'
import { ADMIN, ROOT, rest, type RestAnswer, type RestOptions } from './rest.js'

let lab: TestLab

afterEach(() => lab.close())

/** A request to 5480 as root. */
async function at5480(method: string, path: string, options: RestOptions = { login: ROOT }): Promise<RestAnswer> {
  return rest(method, `${await lab.vami('vc-01')}${path}`, { login: ROOT, ...options })
}

describe('5480', () => {
  it('login › takes root and administrators, by Basic and by session; refuses others', async () => {
    lab = createTestLab()
    const url = await lab.vami('vc-01')
    const opened = await rest('POST', `${url}/rest/com/vmware/cis/session`, { login: ROOT })
    expect(opened.status).toBe(200)
    const session = (opened.body as { value: string }).value
    expect(session).toMatch(/^[0-9a-f]{32}$/)
    expect(await rest('GET', `${url}/api/session`, { session })).toMatchObject({ status: 200, body: { user: 'root@LOCALOS' } })
    expect((await rest('GET', `${url}/api/appliance/health/system`, { session })).body).toBe('green')
    expect((await rest('GET', `${url}/api/appliance/health/system`, { login: ADMIN })).body).toBe('green')
    expect((await rest('DELETE', `${url}/api/session`, { session })).status).toBe(204)
    expect((await rest('GET', `${url}/api/appliance/health/system`, { session })).status).toBe(401)
    expect(await rest('GET', `${url}/api/appliance/health/system`, { login: 'root:wrong' })).toMatchObject({
      status: 401, body: { error_type: 'UNAUTHENTICATED' },
    })
    expect(await rest('GET', `${url}/rest/appliance/health/system`, { login: 'operator@vsphere.local:VMware1!' }))
      .toMatchObject({ status: 403, body: { type: 'com.vmware.vapi.std.errors.unauthorized' } })
  })

  it('a session › ends after half an hour without use', async () => {
    lab = createTestLab()
    const url = await lab.vami('vc-01')
    const open = async (): Promise<string> => (await rest('POST', `${url}/api/session`, { login: ROOT })).body as string
    const first = await open()
    lab.world.advance(20 * 60_000)
    expect((await rest('GET', `${url}/api/session`, { session: first })).status).toBe(200)
    lab.world.advance(20 * 60_000)
    expect((await rest('GET', `${url}/api/session`, { session: first })).status).toBe(200)
    lab.world.advance(31 * 60_000)
    expect((await rest('GET', `${url}/api/session`, { session: first })).status).toBe(401)
  })

  it('has no SOAP, and says so of what is not emulated', async () => {
    lab = createTestLab()
    expect((await at5480('POST', '/sdk')).status).toBe(404)
    expect((await at5480('GET', '/')).status).toBe(302)
    expect((await at5480('GET', '/ui/')).text).toContain('vc-01')
    expect(await at5480('GET', '/api/appliance/recovery/backup/job')).toMatchObject({
      status: 404, body: { error_type: 'OPERATION_NOT_FOUND' },
    })
  })

  it('wrong input › is INVALID_ARGUMENT or NOT_FOUND, in the words of the dialect', async () => {
    lab = createTestLab()
    expect(await at5480('PUT', '/api/appliance/access/ssh', { body: { enabled: 'yes' } })).toMatchObject({
      status: 400, body: { error_type: 'INVALID_ARGUMENT' },
    })
    expect((await at5480('PUT', '/api/appliance/access/ssh', { body: '{' })).status).toBe(400)
    expect((await at5480('PUT', '/api/appliance/access/ssh')).status).toBe(400)
    expect(await at5480('GET', '/rest/appliance/services/nothing')).toMatchObject({
      status: 404, body: { type: 'com.vmware.vapi.std.errors.not_found' },
    })
    expect((await at5480('GET', '/api/appliance/health/nothing/messages')).status).toBe(404)
    expect((await at5480('POST', '/api/appliance/shutdown?action=reboot', { body: { delay: -1, reason: '' } })).status).toBe(400)
    expect((await at5480('PATCH', '/rest/appliance/vmon/service/vpxd', { body: { spec: { startup_type: 'SOON' } } })).status).toBe(400)
  })
})

describe('appliance API', () => {
  it('the same operations answer at 443, with a session of vCenter', async () => {
    lab = createTestLab()
    const url = (await lab.url('vc-01')).replace('/sdk', '')
    const session = (await rest('POST', `${url}/api/session`, { login: ADMIN })).body as string
    expect((await rest('GET', `${url}/api/appliance/health/system`, { session })).body).toBe('green')
    expect((await rest('GET', `${url}/api/appliance/health/system`)).status).toBe(401)
    expect((await rest('GET', `${url}/api/vcenter/services/vpxd`, { session })).body).toMatchObject({
      state: 'STARTED', health: 'HEALTHY', startup_type: 'AUTOMATIC', name_key: 'cis.vpxd.ServiceName',
    })
  })

  it('maps › are objects below /api and lists of key and value below /rest', async () => {
    lab = createTestLab()
    const bare = (await at5480('GET', '/api/appliance/services')).body as Record<string, { state: string }>
    expect(bare['sts']).toEqual({ description: 'VMware Security Token Service', state: 'STARTED' })
    const { value } = (await at5480('GET', '/rest/appliance/vmon/service')).body as { value: { key: string }[] }
    expect(value.map(({ key }) => key)).toContain('vmware-vpostgres')
    expect(value.find(({ key }) => key === 'netdumper')).toMatchObject({ value: { state: 'STOPPED', startup_type: 'MANUAL' } })
    const keys = value.map(({ key }) => key)
    expect(keys).toEqual([...keys].sort())
  })

  it('services › of a release are those of that release', async () => {
    lab = createTestLab({ lab: { lab: 'old', product: '6.7', vcenters: [{ name: 'vc-01' }], hosts: [{ name: 'esx-01' }] } })
    const bare = (await at5480('GET', '/api/appliance/services')).body as Record<string, unknown>
    expect(Object.keys(bare)).toContain('rhttpproxy')
    expect(Object.keys(bare)).not.toContain('envoy')
  })

  it('a restart › stops and starts a service and what runs on it', async () => {
    lab = createTestLab()
    expect((await at5480('POST', '/api/appliance/services/vpxd?action=restart')).status).toBe(204)
    const state = async (id: string): Promise<unknown> =>
      ((await at5480('GET', `/api/appliance/services/${id}`)).body as { state: string }).state
    expect(await state('vpxd')).toBe('STOPPING')
    lab.world.advance(3_000)
    expect(await state('vpxd')).toBe('STARTING')
    lab.world.advance(90_000)
    expect(await state('vpxd')).toBe('STARTED')
    lab.world.advance(10_000)
    expect(await state('content-library')).toBe('STARTED')
  })

  it('a disabled service › cannot be started', async () => {
    lab = createTestLab()
    expect(await at5480('POST', '/rest/appliance/vmon/service/vcha/start')).toMatchObject({
      status: 400, body: { type: 'com.vmware.vapi.std.errors.not_allowed_in_current_state' },
    })
    expect((await at5480('PATCH', '/rest/appliance/vmon/service/vcha', { body: { spec: { startup_type: 'MANUAL' } } })).status).toBe(200)
    expect((await at5480('POST', '/rest/appliance/vmon/service/vcha/start')).status).toBe(200)
  })

  it('access and time settings › are kept; the shell goes off by itself', async () => {
    lab = createTestLab()
    expect((await at5480('GET', '/api/appliance/access/ssh')).body).toBe(false)
    expect((await at5480('PUT', '/api/appliance/access/ssh', { body: { enabled: true } })).status).toBe(204)
    expect((await at5480('GET', '/rest/appliance/access/ssh')).body).toEqual({ value: true })
    await at5480('PUT', '/api/appliance/access/shell', { body: { enabled: true, timeout: 600 } })
    lab.world.advance(100_000)
    expect((await at5480('GET', '/api/appliance/access/shell')).body).toEqual({ enabled: true, timeout: 500 })
    lab.world.advance(500_000)
    expect((await at5480('GET', '/api/appliance/access/shell')).body).toEqual({ enabled: false, timeout: 0 })
    await at5480('PUT', '/api/appliance/ntp', { body: { servers: ['ntp.example.org'] } })
    expect((await at5480('GET', '/api/appliance/ntp')).body).toEqual(['ntp.example.org'])
    expect((await at5480('PUT', '/api/appliance/timesync', { body: { mode: 'SOME' } })).status).toBe(400)
    expect((await at5480('GET', '/api/appliance/system/time')).body).toMatchObject({ date: 'Mon 01-05-2026', timezone: 'UTC' })
  })

  it('monitoring › shows the fill of file systems over time', async () => {
    lab = createTestLab()
    const items = (await at5480('GET', '/api/appliance/monitoring')).body as { id: string }[]
    expect(items.map(({ id }) => id)).toContain('storage.used.filesystem.seat')
    lab.lab.faults.inject('appliance-disk-fill', 'vc-01', { partition: '/storage/log', to: '51%', rate: '1%/min' })
    lab.world.advance(10 * 60_000)
    const query = 'names=storage.used.filesystem.log&names=storage.totalsize.filesystem.log&interval=MINUTES5&function=MAX'
      + '&start_time=2026-01-05T08:00:00Z&end_time=2026-01-05T08:10:00Z'
    const [used, total] = (await at5480('GET', `/api/appliance/monitoring/query?${query}`)).body as { data: string[] }[]
    const percents = used!.data.map((value, i) => Math.round(100 * Number(value) / Number(total!.data[i])))
    expect(percents).toEqual([31, 36, 41])
    expect((await at5480('GET', '/api/appliance/monitoring/query?names=x')).status).toBe(400)
    expect((await at5480('GET', '/api/appliance/monitoring/nothing')).status).toBe(404)
  })

  it('local accounts › show when root\'s password ends; a new one lives again', async () => {
    lab = createTestLab()
    expect((await at5480('GET', '/api/appliance/local-accounts')).body).toEqual(['root'])
    expect((await at5480('GET', '/api/appliance/local-accounts/root')).body).toMatchObject({
      has_password: true, enabled: true, password_expires_at: '2026-04-05T08:00:00Z',
    })
    lab.world.advance(80 * 86_400_000)
    const changed = await at5480('PUT', '/api/appliance/local-accounts/root', { body: { password: 'Another1!', roles: ['superAdmin'] } })
    expect(changed.status).toBe(204)
    expect((await at5480('GET', '/api/appliance/local-accounts')).status).toBe(401)
    lab.world.advance(89 * 86_400_000)
    expect((await at5480('GET', '/api/appliance/local-accounts', { login: 'root:Another1!' })).status).toBe(200)
    lab.world.advance(86_400_000)
    expect((await at5480('GET', '/api/appliance/local-accounts', { login: 'root:Another1!' })).status).toBe(401)
  })

  it('shutdown › can be planned, seen and taken back; a reboot really happens', async () => {
    lab = createTestLab()
    expect((await at5480('POST', '/api/appliance/shutdown?action=reboot', { body: { delay: 5, reason: 'patch' } })).status).toBe(204)
    expect((await at5480('GET', '/api/appliance/shutdown')).body).toEqual({
      action: 'reboot', reason: 'patch', shutdown_time: '2026-01-05T08:05:00Z',
    })
    await at5480('POST', '/api/appliance/shutdown?action=cancel')
    expect((await at5480('GET', '/api/appliance/shutdown')).body).toEqual({ action: '', reason: '' })
    await at5480('POST', '/api/appliance/shutdown?action=poweroff', { body: { delay: 1, reason: 'move' } })
    lab.world.advance(60_000)
    const host = await lab.client('esx-01')
    expect(lab.world.ofType('esx-01', 'VirtualMachine').map(slot => slot.record?.props as { name: string, runtime: { powerState: string } })
      .find(vm => vm.name === 'vc-01')?.runtime.powerState).toBe('poweredOff')
    host.close()
  })
})
