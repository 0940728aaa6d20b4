import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { vchaOf } from '../../emulator/physics/vcha/state.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'
import { ADMIN, rest, type RestAnswer } from './rest.js'

const VC = 'vc-01'
const CLUSTER = '/api/vcenter/vcha/cluster'

const lab: LabFileInput = {
  lab: 'plain',
  vcenters: [{
    name: VC, appliance: { host: 'esx-01', datastore: 'local-01', disk: '100GiB' },
    datacenters: [{ name: 'DC', clusters: [{ name: 'C', hosts: ['esx-*'] }] }],
  }],
  hosts: [{ name: 'esx-##', count: 3, networks: [{ name: 'VM Network', vlan: 0 }, { name: 'VCHA', vlan: 7 }] }],
  datastores: [{ name: 'local-##', each: true }],
  users: [{ node: VC, name: 'viewer', password: 'VMware1!' }],
  permissions: [{ node: VC, principal: 'viewer@vsphere.local', role: 'ReadOnly' }],
}

let at: TestLab
let front: string
let session: string

beforeEach(async () => {
  at = createTestLab({ lab })
  front = (await at.url(VC)).replace('/sdk', '')
  session = (await rest('POST', `${front}/api/session`, { login: ADMIN })).body as string
})

afterEach(() => at.close())

function send(method: string, path: string, body?: unknown, as = session): Promise<RestAnswer> {
  return rest(method, `${front}${path}`, { session: as, ...body === undefined ? {} : { body } })
}

async function task(method: string, path: string, body: unknown): Promise<Record<string, unknown>> {
  const { status, body: id } = await send(method, path, body)
  expect({ status, id }).toEqual({ status: 202, id: expect.any(String) as unknown })
  at.world.advance(0)
  return (await send('GET', `/api/cis/tasks/${String(id)}`)).body as Record<string, unknown>
}

function idOf(type: string, name: string): string {
  return at.world.ofType(VC, type).find(each => at.world.read<{ name: string }>(each)!.props.name === name)!.address.id
}

function vmFolder(): string {
  return at.world.read<{ parent: { value: string } }>(at.world.ofType(VC, 'VirtualMachine')[0]!)!.props.parent.value
}

function ip(address: string, more: Record<string, unknown> = { subnet_mask: '255.255.255.0' }): Record<string, unknown> {
  return { ip_family: 'IPV4', ipv4: { address, ...more } }
}

function place(name: string, host: string): Record<string, unknown> {
  return {
    name, folder: vmFolder(), host: idOf('HostSystem', host), resource_pool: idOf('ResourcePool', 'Resources'),
    storage: { datastore: idOf('Datastore', host.replace('esx', 'local')) },
  }
}

function deployment(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    deployment: 'AUTO',
    active: { ha_network: idOf('Network', 'VCHA'), ha_network_type: 'STANDARD_PORTGROUP', ha_ip: ip('10.1.0.11') },
    passive: { placement: place('peer', 'esx-02'), ha_ip: ip('10.1.0.12', { prefix: 24 }) },
    witness: { placement: place('voter', 'esx-03'), ha_ip: ip('10.1.0.13') },
    ...change,
  }
}

const DEPLOY = `${CLUSTER}?action=deploy&vmw-task=true`

describe('vcenter/vcha/cluster › deploy and undeploy', () => {
  it('clones, tells where the nodes are, and comes apart again', async () => {
    expect((await send('GET', `${CLUSTER}/deployment-type`)).body).toEqual({ deployment_type: 'NONE' })
    expect((await send('POST', `${CLUSTER}?action=get`)).body).toEqual({ config_state: 'NOTCONFIGURED' })
    expect(await send('GET', `${CLUSTER}/mode`)).toMatchObject({ status: 400, body: { error_type: 'NOT_ALLOWED_IN_CURRENT_STATE' } })
    const deployed = 'com.vmware.vcenter.vcha.cluster'
    expect(await task('POST', DEPLOY, deployment())).toMatchObject({ status: 'SUCCEEDED', service: deployed, operation: 'deploy$task' })
    expect((await send('GET', `${CLUSTER}/deployment-type`)).body).toEqual({ deployment_type: 'AUTO' })
    expect((await send('POST', `${CLUSTER}?action=get`, {})).body).toMatchObject({
      config_state: 'CONFIGURED', health_state: 'HEALTHY',
      node2: {
        ha_ip: { ipv4: { address: '10.1.0.12', subnet_mask: '255.255.255.0', prefix: 24 } },
        runtime: { role: 'PASSIVE', placement: {
          vm_name: 'peer', host: idOf('HostSystem', 'esx-02'), host_name: 'esx-02', cluster_name: 'C', datacenter_name: 'DC',
          storage: { datastore_name: 'local-02' },
        } },
      },
      witness: { runtime: { placement: { vm_name: 'voter', host_name: 'esx-03' } } },
    })
    expect((await send('POST', `${CLUSTER}/active?action=get`)).body).toMatchObject({
      ha: { ip_family: 'IPV4', ipv4: { address: '10.1.0.11' } }, placement: { vm_name: VC, host_name: 'esx-01' },
    })
    const undeploy = `${CLUSTER}?action=undeploy&vmw-task=true`
    expect(await task('POST', undeploy, {})).toMatchObject({ status: 'FAILED', error: { error_type: 'NOT_ALLOWED_IN_CURRENT_STATE' } })
    expect(await send('POST', undeploy, { force_delete: true })).toMatchObject({ status: 400, body: { error_type: 'UNSUPPORTED' } })
    await task('PUT', `${CLUSTER}/mode?vmw-task=true`, { mode: 'DISABLED' })
    expect(await task('POST', undeploy, {})).toMatchObject({ status: 'SUCCEEDED', operation: 'undeploy$task' })
    expect(vchaOf(at.world, VC)).toBeUndefined()
  })

  it('MANUAL › prepares, for clones that people make', async () => {
    const spec = deployment({ deployment: 'MANUAL', passive: { ha_ip: ip('10.1.0.12') }, witness: { ha_ip: ip('10.1.0.13') } })
    expect(await send('POST', DEPLOY, { ...spec, passive: deployment()['passive'] })).toMatchObject({ status: 400, body: { error_type: 'INVALID_ARGUMENT' } })
    expect(await task('POST', DEPLOY, spec)).toMatchObject({ status: 'FAILED', error: { error_type: 'NOT_FOUND' } })
    expect(vchaOf(at.world, VC)).toBeUndefined()
  })

  it.each([
    ['no deployment', () => ({ deployment: undefined })],
    ['an unknown deployment', () => ({ deployment: 'HALF' })],
    ['no placement', () => ({ passive: { ha_ip: ip('10.1.0.12') } })],
    ['a network without type', () => ({ active: { ha_network: 'network-1', ha_ip: ip('10.1.0.11') } })],
    ['an address twice', () => ({ active: { ha_ip: ip('10.1.0.12') }, witness: { placement: place('voter', 'esx-03'), ha_ip: ip('10.1.0.12') } })],
    ['no family', () => ({ active: { ha_ip: { ipv4: { address: '10.1.0.11' } } } })],
    ['an address that is none', () => ({ active: { ha_network: idOf('Network', 'VCHA'), ha_network_type: 'STANDARD_PORTGROUP', ha_ip: ip('10.1.0.999') } })],
    ['a prefix that is none', () => ({ active: { ha_ip: ip('10.1.0.11', { prefix: 33 }) } })],
    ['text for a part', () => ({ witness: 'esx-03' })],
  ])('%s › INVALID_ARGUMENT, and nothing begins', async (_name, change) => {
    expect(await send('POST', DEPLOY, deployment(change()))).toMatchObject({ status: 400, body: { error_type: 'INVALID_ARGUMENT' } })
    at.world.advance(0)
    expect(vchaOf(at.world, VC)).toBeUndefined()
  })

  it('a host that is not there › the task fails; another management vCenter › UNSUPPORTED; a wrong login › the task fails', async () => {
    const lost = { ...place('peer', 'esx-02'), host: 'host-999' }
    expect(await task('POST', DEPLOY, deployment({ passive: { placement: lost, ha_ip: ip('10.1.0.12') } }))).toMatchObject({
      status: 'FAILED', error: { error_type: 'INVALID_ARGUMENT' },
    })
    const spec = (hostname: string, password: string): object =>
      ({ vc_spec: { active_location: { hostname, username: 'administrator@vsphere.local', password } } })
    expect(await send('POST', DEPLOY, deployment(spec('vc-99', 'x') as never))).toMatchObject({ status: 400, body: { error_type: 'UNSUPPORTED' } })
    expect(await task('POST', DEPLOY, deployment(spec(VC, 'wrong') as never))).toMatchObject({ status: 'FAILED', error: { error_type: 'INVALID_ARGUMENT' } })
    expect(await send('POST', `${CLUSTER}?action=get`, spec(VC, 'wrong'))).toMatchObject({ status: 400, body: { error_type: 'INVALID_ARGUMENT' } })
    expect((await send('POST', `${CLUSTER}?action=get`, spec(VC, 'VMware1!'))).status).toBe(200)
  })
})

describe('vcenter/vcha › who may what', () => {
  it('ReadOnly reads, and changes nothing; nobody gets 401', async () => {
    await task('POST', DEPLOY, deployment())
    const viewer = (await rest('POST', `${front}/api/session`, { login: 'viewer@vsphere.local:VMware1!' })).body as string
    expect((await send('POST', `${CLUSTER}?action=get`, { partial: true }, viewer)).status).toBe(200)
    expect((await send('GET', `${CLUSTER}/mode`, undefined, viewer)).body).toEqual({ mode: 'ENABLED' })
    expect((await send('GET', '/api/vcenter/vcha/operations', undefined, viewer)).status).toBe(200)
    const changes: readonly [string, string, unknown][] = [
      ['POST', `${CLUSTER}?action=get`, {}], ['POST', `${CLUSTER}/active?action=get`, {}],
      ['POST', DEPLOY, deployment()], ['POST', `${CLUSTER}?action=undeploy&vmw-task=true`, {}],
      ['POST', `${CLUSTER}?action=failover&vmw-task=true`, { planned: false }],
      ['PUT', `${CLUSTER}/mode?vmw-task=true`, { mode: 'DISABLED' }],
      ['POST', `${CLUSTER}/passive?action=check`, { placement: place('p', 'esx-02') }],
      ['POST', `${CLUSTER}/passive?action=redeploy&vmw-task=true`, { placement: place('p', 'esx-02') }],
      ['POST', `${CLUSTER}/witness?action=redeploy&vmw-task=true`, { placement: place('p', 'esx-02') }],
    ]
    for (const [method, path, body] of changes) {
      expect([path, await send(method, path, body, viewer)]).toMatchObject([path, { status: 403, body: { error_type: 'UNAUTHORIZED' } }])
      expect([path, await send(method, path, body, 'none')]).toMatchObject([path, { status: 401, body: { error_type: 'UNAUTHENTICATED' } }])
    }
  })

  it('without vmw-task there is no such operation, nor at 5480', async () => {
    expect((await send('POST', `${CLUSTER}?action=failover`, { planned: true })).status).toBe(404)
    expect((await rest('GET', `${await at.vami(VC)}/api/vcenter/vcha/cluster/mode`, { login: 'root:VMware1!' })).status).toBe(404)
  })

  it.each(['x', '52000000-0000-0000-0000-000000000001:com.vmware.vcenter.vcha.cluster', 'task-1'])('task %s › NOT_FOUND', async id => {
    expect(await send('GET', `/api/cis/tasks/${id}`)).toMatchObject({ status: 404, body: { error_type: 'NOT_FOUND' } })
  })
})

describe('vcenter/vcha/cluster/passive and witness', () => {
  it('a lost witness is made again elsewhere, after a check', async () => {
    await task('POST', DEPLOY, deployment())
    const check = `${CLUSTER}/witness?action=check`
    expect(await send('POST', check, { placement: place('new', 'esx-03') })).toMatchObject({ status: 400, body: { error_type: 'NOT_ALLOWED_IN_CURRENT_STATE' } })
    at.lab.faults.inject('vcha-node-down', VC, { node: 'witness' })
    at.world.advance(60_000)
    expect((await send('GET', '/api/vcenter/vcha/operations')).body).toEqual({
      active: [], disabled: ['deploy', 'failover', 'passive.redeploy', 'undeploy'].map(name => `com.vmware.vcenter.vcha.cluster.${name}`),
    })
    expect((await send('POST', check, { placement: place('peer', 'esx-02') })).body).toMatchObject({
      errors: [{ id: 'com.fauxsphere.vcha.check.name', args: ['peer'] }],
      warnings: [{ id: 'com.fauxsphere.vcha.check.same-host', args: ['peer'] }, { id: 'com.fauxsphere.vcha.check.same-datastore' }],
    })
    expect((await send('POST', check, { placement: place('new', 'esx-03') })).body).toEqual({ errors: [], warnings: [] })
    expect(await send('POST', check, { placement: { ...place('new', 'esx-03'), host: 'host-999' } })).toMatchObject({ status: 404 })
    expect(await task('POST', `${CLUSTER}/witness?action=redeploy&vmw-task=true`, { placement: place('new', 'esx-03') })).toMatchObject({
      status: 'SUCCEEDED', service: 'com.vmware.vcenter.vcha.cluster.witness', operation: 'redeploy$task',
    })
    at.world.advance(300_000)
    expect((await send('POST', `${CLUSTER}?action=get`)).body).toMatchObject({
      health_state: 'HEALTHY', witness: { ha_ip: { ipv4: { address: '10.1.0.13' } }, runtime: { state: 'UP', placement: { vm_name: 'new' } } },
    })
  })
})
