import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { VC, VchaLab } from '../support/vcha-lab.js'
import { ADMIN, rest, type RestAnswer } from './rest.js'

const CLUSTER = '/api/vcenter/vcha/cluster'

let at: VchaLab
let front: string
let session: string

async function open(options: ConstructorParameters<typeof VchaLab>[0] = {}): Promise<void> {
  await at?.close()
  at = new VchaLab(options)
  front = (await at.test.url(VC)).replace('/sdk', '')
  session = (await rest('POST', `${front}/api/session`, { login: ADMIN })).body as string
}

function send(method: string, path: string, body?: unknown, as: string | undefined = session): Promise<RestAnswer> {
  return rest(method, `${front}${path}`, { ...as === undefined ? {} : { session: as }, ...body === undefined ? {} : { body } })
}

/** Starts an operation that gives a task, lets lab time pass, and looks at the task. */
async function task(method: string, path: string, body: unknown, seconds = 0): Promise<Record<string, unknown>> {
  const { status, body: id } = await send(method, path, body)
  expect({ status, id }).toEqual({ status: 202, id: expect.stringMatching(/^52[0-9a-f]{6}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:com\.vmware\.vcenter\.vcha\.cluster/) })
  at.advance(seconds)
  return (await send('GET', `/api/cis/tasks/${String(id)}`)).body as Record<string, unknown>
}

beforeEach(() => open())
afterEach(() => at.close())

describe('vcenter/vcha/cluster › get', () => {
  it('says what the SOAP objects say, in the words of REST', async () => {
    const { status, body } = await send('POST', `${CLUSTER}?action=get`, { partial: true })
    expect(status).toBe(200)
    const ip = (address: string): unknown => ({ ip_family: 'IPV4', ipv4: { address, subnet_mask: '255.255.255.0', prefix: 24 } })
    expect(body).toEqual({
      config_state: 'CONFIGURED', mode: 'ENABLED', health_state: 'HEALTHY',
      node1: { ha_ip: ip('10.1.0.11'), runtime: { state: 'UP', role: 'ACTIVE' } },
      node2: { ha_ip: ip('10.1.0.12'), runtime: { state: 'UP', role: 'PASSIVE' } },
      witness: { ha_ip: ip('10.1.0.13'), runtime: { state: 'UP', role: 'WITNESS' } },
      manual_failover_allowed: true, auto_failover_allowed: true,
    })
    expect(await send('POST', '/rest/vcenter/vcha/cluster?action=get', { partial: true })).toMatchObject({ status: 200, body: { value: body } })
  })

  it('a lost node › DEGRADED with warnings, and no failover is allowed', async () => {
    at.inject('vcha-node-down', { node: 'passive' })
    at.advance(30)
    expect((await send('POST', `${CLUSTER}?action=get`)).body).toMatchObject({
      health_state: 'DEGRADED', node2: { runtime: { state: 'DOWN', role: 'PASSIVE' } },
      manual_failover_allowed: false, auto_failover_allowed: false,
      health_warnings: [{ error: { id: 'com.vmware.vcha.health.node.passive.down', args: ['10.1.0.12'] } }, {}, {}],
    })
  })
})

describe('vcenter/vcha/cluster/mode', () => {
  it('is read and set, as FailoverClusterManager does it', async () => {
    expect((await send('GET', `${CLUSTER}/mode`)).body).toEqual({ mode: 'ENABLED' })
    expect(await task('PUT', `${CLUSTER}/mode?vmw-task=true`, { mode: 'MAINTENANCE' })).toMatchObject({
      service: 'com.vmware.vcenter.vcha.cluster.mode', operation: 'set$task', status: 'SUCCEEDED',
      progress: { total: 100, completed: 100 }, user: 'VSPHERE.LOCAL\\Administrator',
    })
    expect(at.vcha.mode).toBe('maintenance')
    expect(at.said()).toContain('cluster.mode.changed')
    expect(await task('PUT', `${CLUSTER}/mode?vmw-task=true`, { mode: 'MAINTENANCE' })).toMatchObject({
      status: 'FAILED', error: { error_type: 'NOT_ALLOWED_IN_CURRENT_STATE' },
    })
  })
})

describe('vcenter/vcha/cluster › failover', () => {
  it('planned › 202 and a task; the roles change, and the session is gone', async () => {
    const { status, body: id } = await send('POST', `${CLUSTER}?action=failover&vmw-task=true`, { planned: true })
    expect(status).toBe(202)
    at.advance(300)
    expect(at.serving).toBe('vc-01-peer')
    expect((await send('GET', `${CLUSTER}/mode`)).status).toBe(401)
    session = (await rest('POST', `${front}/api/session`, { login: ADMIN })).body as string
    expect((await send('POST', `${CLUSTER}?action=get`)).body).toMatchObject({
      health_state: 'HEALTHY', node1: { runtime: { role: 'PASSIVE' } }, node2: { runtime: { role: 'ACTIVE' } },
    })
    expect((await send('GET', `/api/cis/tasks/${String(id)}`)).body).toMatchObject({ status: 'SUCCEEDED', operation: 'failover$task' })
  })

  it('disabled mode › the task fails, and the event is the one of SOAP', async () => {
    await task('PUT', `${CLUSTER}/mode?vmw-task=true`, { mode: 'DISABLED' })
    expect(await task('POST', `${CLUSTER}?action=failover&vmw-task=true`, { planned: false })).toMatchObject({
      status: 'FAILED', error: { error_type: 'NOT_ALLOWED_IN_CURRENT_STATE', messages: [{
        id: 'vapi.method-fault.InvalidState', default_message: 'The vCenter HA cluster is in disabled mode.' }] },
    })
    expect(at.said()).toContain('failover.failed.disabled.mode')
  })
})
