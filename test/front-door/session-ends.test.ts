/** Sessions are in the memory of hostd and vpxd: what ends with these, and what does not. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { envelope, post } from '../doors/support.js'
import type { TestLab } from '../support/test-lab.js'
import { ADMIN, ROOT, rest } from '../vapi/rest.js'
import { currentTime, holdings, named, openFrontLab, rawTo, until } from './front-lab.js'

const hostCollector = ['PropertyCollector', 'ha-property-collector']
const hostManager: MoRef = { type: 'SessionManager', value: 'ha-sessionmgr' }

let lab: TestLab
beforeEach(() => { lab = openFrontLab({ watched: true }) })
afterEach(() => lab.close())

/** Injects a fault, and heals it after some lab time; then all is up again. */
async function endured(fault: string, target: string, options: Record<string, unknown> = {}): Promise<void> {
  const { id } = lab.lab.faults.inject(fault, target, options)
  lab.world.advance(120_000)
  lab.lab.faults.heal(id)
  lab.world.advance(600_000)
  await lab.doorsSettled()
}

async function alive(client: SoapClient): Promise<boolean> {
  return (await client.post(currentTime)).status === 200
}

/** The old connections are gone with the server; the cookie is shown on a new one. */
async function expectDead(old: SoapClient, node: string): Promise<void> {
  const { status, body } = await (await lab.anonymous(node)).post(currentTime, { cookie: old.cookie! })
  expect(status).toBe(500)
  expect(body).toContain('<detail><NotAuthenticatedFault')
  expect(body).toContain('<privilegeId>System.View</privilegeId>')
}

describe('sessions of a host', () => {
  it.each([
    ['hostd-stop', { how: 'stop' }],
    ['hostd-stop', { how: 'crash' }],
    ['host-crash', {}],
    ['psod', {}],
  ])('%s %o › ends them: the old cookie is NotAuthenticated, a new login works', async (fault, options) => {
    const client = await lab.client('esx-01')
    const other = await lab.client('esx-02')
    await endured(fault, 'esx-01', options)
    await expectDead(client, 'esx-01')
    expect(await alive(await lab.client('esx-01'))).toBe(true)
    expect(await alive(other)).toBe(true)
  })

  it('a hostd that hangs › keeps them', async () => {
    const client = await lab.client('esx-01')
    await endured('hostd-stop', 'esx-01', { how: 'hang' })
    expect(await alive(client)).toBe(true)
  })

  it('a reboot by the API › ends them', async () => {
    const client = await lab.client('esx-01')
    await client.call({ type: 'HostSystem', value: 'ha-host' }, 'RebootHost_Task', { force: true })
    lab.world.advance(600_000)
    await lab.doorsSettled()
    await expectDead(client, 'esx-01')
  })

  it('what belonged to them › goes: filters, views, tickets; a parked wait gets a broken connection', async () => {
    const client = await lab.client('esx-01')
    const before = holdings(lab)
    await client.call({ type: 'ViewManager', value: 'ViewManager' }, 'CreateListView', {})
    await client.call(hostManager, 'AcquireLocalTicket', { userName: 'root' })
    const { sessionObjects, tickets } = holdings(lab)
    expect([sessionObjects, tickets]).toEqual([before['sessionObjects']! + 1, 0])
    const raw = await rawTo(lab, 'esx-01')
    raw.send(post(envelope('WaitForUpdatesEx', '<version></version>', hostCollector), [`Cookie: ${client.cookie}`]))
    await until(() => holdings(lab)['waits'] === 1)
    lab.lab.faults.inject('hostd-stop', 'esx-01', {})
    expect(await raw.closed()).toBe('')
    expect(holdings(lab)).toMatchObject({ waits: 0, sessionObjects: before['sessionObjects'], sessions: before['sessions']! - 1 })
    expect(lab.world.ofType('lab', 'LocalTicket')).toEqual([])
  })

  it('a task under way › is found ended with an error', async () => {
    await lab.close()
    lab = openFrontLab({ behaviour: { durations: 'realistic' } })
    const vm = named(lab, 'VirtualMachine', 'VM_A', 'esx-01')
    const task = await (await lab.client('esx-01')).call(vm, 'PowerOnVM_Task') as MoRef
    lab.lab.faults.inject('hostd-stop', 'esx-01', { how: 'crash' })
    lab.world.advance(60_000)
    const again = await lab.client('esx-01')
    expect(await again.properties(task, ['info.state', 'info.error'])).toMatchObject({
      'info.state': 'error', 'info.error': { fault: { _typeName: 'SystemError' } },
    })
    expect(await again.properties(vm, ['runtime.powerState'])).toEqual({ 'runtime.powerState': 'poweredOff' })
  })
})

describe('sessions of a vCenter', () => {
  it.each([
    ['service-stop', { service: 'vpxd' }],
    ['vcenter-crash', {}],
    ['vcenter-crash', { times: 3, after: '30s' }],
  ])('%s %o › ends them, in SOAP and REST alike', async (fault, options) => {
    const client = await lab.client('vc-01')
    const host = await lab.client('esx-01')
    const { origin } = new URL(await lab.url('vc-01'))
    const session = (await rest('POST', `${origin}/api/session`, { login: ADMIN })).body as string
    await endured(fault, 'vc-01', options)
    await expectDead(client, 'vc-01')
    expect((await rest('GET', `${origin}/api/session`, { session })).status).toBe(401)
    expect((await rest('POST', `${origin}/api/session`, { login: ADMIN })).status).toBe(201)
    expect(await alive(host)).toBe(true)
  })

  it('a session that the REST endpoint opened without vpxd › ends with the endpoint, not with the management', async () => {
    const { origin } = new URL(await lab.url('vc-01'))
    const vami = await lab.vami('vc-01')
    const vpxd = lab.lab.faults.inject('service-stop', 'vc-01', { service: 'vpxd' })
    lab.world.advance(120_000)
    const session = (await rest('POST', `${origin}/api/session`, { login: ADMIN })).body as string
    const managed = (await rest('POST', `${vami}/api/session`, { login: ROOT })).body as string
    const status = async (): Promise<number[]> => [
      (await rest('GET', `${origin}/api/session`, { session })).status,
      (await rest('GET', `${vami}/api/session`, { session: managed })).status,
    ]
    expect(await status()).toEqual([200, 200])
    await endured('service-stop', 'vc-01', { service: 'vapi-endpoint' })
    expect(await status()).toEqual([401, 200])
    await endured('service-stop', 'vc-01', { service: 'applmgmt' })
    expect(await status()).toEqual([401, 401])
    lab.lab.faults.heal(vpxd.id)
  })
})
