import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { chassis } from '../../emulator/physics/hardware/chassis.js'
import { servingNode, vchaOf } from '../../emulator/physics/vcha/state.js'
import { CONFIGURATOR, MANAGER } from '../support/vcha-lab.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'

const VC = 'vc-01'

const lab: LabFileInput = {
  lab: 'plain',
  vcenters: [{
    name: VC, appliance: { host: 'esx-01', datastore: 'local-01', disk: '100GiB' },
    datacenters: [{ name: 'DC', clusters: [{ name: 'C', hosts: ['esx-*'] }] }],
  }],
  hosts: [{ name: 'esx-##', count: 3, networks: [{ name: 'VM Network', vlan: 0 }, { name: 'VCHA', vlan: 7 }] }],
  datastores: [{ name: 'local-##', each: true }],
}

let at: TestLab
let client: SoapClient

beforeEach(async () => {
  at = createTestLab({ lab })
  client = await at.client(VC)
})

afterEach(() => at.close())

function idOf(type: string, name: string): { type: string, value: string } {
  const slot = at.world.ofType(VC, type).find(each => at.world.read<{ name: string }>(each)!.props.name === name)
  if (slot === undefined) throw new Error(`no ${type} ${name}`)
  return { type, value: slot.address.id }
}

function fixed(ip: string, mask = '255.255.255.0'): Record<string, unknown> {
  return { ip: { _typeName: 'CustomizationFixedIp', ipAddress: ip }, subnetMask: mask }
}

function node(name: string, host: string, ip: string): Record<string, unknown> {
  return {
    esxHost: idOf('HostSystem', host), datastore: idOf('Datastore', host.replace('esx', 'local')),
    folder: vmFolder(), resourcePool: idOf('ResourcePool', 'Resources'), nodeName: name, ipSettings: fixed(ip),
  }
}

function vmFolder(): { type: string, value: string } {
  const vm = at.world.ofType(VC, 'VirtualMachine')[0]!
  return at.world.read<{ parent: { type: string, value: string } }>(vm)!.props.parent
}

function source(password = 'VMware1!'): Record<string, unknown> {
  return {
    managementVc: {
      instanceUuid: at.node(VC).uuid, url: 'https://vc-01',
      credential: { _typeName: 'ServiceLocatorNamePassword', username: 'administrator@vsphere.local', password },
    },
    activeVc: idOf('VirtualMachine', VC),
  }
}

function deployment(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    deploymentSpec: {
      passiveDeploymentSpec: node('peer', 'esx-02', '10.1.0.12'),
      witnessDeploymentSpec: node('voter', 'esx-03', '10.1.0.13'),
      activeVcSpec: source(),
      activeVcNetworkConfig: { networkPortGroup: idOf('Network', 'VCHA'), ipSettings: fixed('10.1.0.11') },
      ...change,
    },
  }
}

async function task(method: string, args: Record<string, unknown> = {}, self = CONFIGURATOR): Promise<string> {
  const ref = await client.call(self, method, args) as unknown as { value: string }
  at.world.advance(0)
  const { info } = at.world.get<{ info: { state: string, error?: { fault: { _typeName: string } } } }>(VC, ref.value)!.props
  return info.error?.fault._typeName ?? info.state
}

async function config(): Promise<Record<string, unknown>> {
  return await client.call(CONFIGURATOR, 'getVchaConfig') as unknown as Record<string, unknown>
}

function vm(name: string): { host: string, power: string, cpu: number } {
  const record = at.world.get<{
    runtime: { host: { value: string }, powerState: string }, config: { hardware: { numCPU: number } } }>(VC, idOf('VirtualMachine', name).value)!.props
  return { host: record.runtime.host.value, power: record.runtime.powerState, cpu: record.config.hardware.numCPU }
}

describe('FailoverClusterConfigurator › deployVcha_Task', () => {
  it('clones passive and witness, forms a healthy cluster, survives the loss of the active host', async () => {
    expect((await config())['state']).toBe('notConfigured')
    expect(await task('deployVcha_Task', deployment())).toBe('success')
    expect(vm('peer')).toEqual({ host: idOf('HostSystem', 'esx-02').value, power: 'poweredOn', cpu: 2 })
    expect(vm('voter')).toEqual({ host: idOf('HostSystem', 'esx-03').value, power: 'poweredOn', cpu: 1 })
    const known = await config()
    expect(known).toMatchObject({
      state: 'configured',
      failoverNodeInfo1: { clusterIpSettings: { ip: { ipAddress: '10.1.0.11' } } },
      failoverNodeInfo2: { clusterIpSettings: { ip: { ipAddress: '10.1.0.12' }, subnetMask: '255.255.255.0' } },
      witnessNodeInfo: { ipSettings: { ip: { ipAddress: '10.1.0.13' } } },
    })
    expect(await client.call(MANAGER, 'getClusterMode')).toBe('enabled')
    expect(vchaOf(at.world, VC)!.cluster).toBe('healthy')
    at.lab.faults.inject('host-crash', 'esx-01', {})
    at.world.advance(130_000)
    expect(servingNode(vchaOf(at.world, VC)!)).toBe('2')
    expect(chassis(at.world, VC)!.power).toBe('on')
  })

  it('realistic › takes minutes, and the other methods are disabled meanwhile', async () => {
    await at.close()
    at = createTestLab({ lab, behaviour: { durations: 'realistic' } })
    client = await at.client(VC)
    await client.call(CONFIGURATOR, 'deployVcha_Task', deployment())
    at.world.advance(60_000)
    const { disabledConfigureMethod } = await client.properties(CONFIGURATOR, ['disabledConfigureMethod'])
    expect(JSON.stringify(disabledConfigureMethod)).toContain('destroyVcha_Task')
    await expect(client.call(CONFIGURATOR, 'deployVcha_Task', deployment())).rejects.toMatchObject({ type: 'MethodDisabled' })
    at.world.advance(230_000)
    expect(vchaOf(at.world, VC)).toBeUndefined()
    at.world.advance(20_000)
    expect(vchaOf(at.world, VC)!.state).toBe('configured')
  })

  it.each([
    ['an address twice', () => ({ witnessDeploymentSpec: node('voter', 'esx-03', '10.1.0.12') }), 'deploymentSpec.witnessDeploymentSpec.ipSettings'],
    ['another subnet', () => ({ witnessDeploymentSpec: node('voter', 'esx-03', '10.2.0.13') }), 'deploymentSpec.witnessDeploymentSpec.ipSettings'],
    ['no static address', () => ({
      passiveDeploymentSpec: { ...node('peer', 'esx-02', ''), ipSettings: { ip: { _typeName: 'CustomizationDhcpIpGenerator' } } },
    }), 'deploymentSpec.passiveDeploymentSpec.ipSettings.ip'],
    ['the public subnet', () => ({
      activeVcNetworkConfig: { networkPortGroup: idOf('Network', 'VCHA'), ipSettings: fixed('127.0.1.201') },
    }), 'deploymentSpec.activeVcNetworkConfig.ipSettings'],
    ['another VM as the active', () => ({
      activeVcSpec: { ...source(), activeVc: idOf('VirtualMachine', 'vc-01') }, passiveDeploymentSpec: {
        ...node('peer', 'esx-02', '10.1.0.12'), ipSettings: { ...fixed('10.1.0.12'), subnetMask: '255.0.255.0' } },
    }), 'deploymentSpec.passiveDeploymentSpec.ipSettings.subnetMask'],
  ])('%s › InvalidArgument with its path', async (_what, change, invalidProperty) => {
    await expect(client.call(CONFIGURATOR, 'deployVcha_Task', deployment(change())))
      .rejects.toMatchObject({ type: 'InvalidArgument', detail: expect.objectContaining({ invalidProperty }) as object })
  })

  it('a user of the management vCenter who is locked or whose password has expired › InvalidLogin', async () => {
    for (const how of ['locked', 'expired']) {
      const { id } = at.lab.faults.inject('password-expire', VC, { how })
      expect(await task('deployVcha_Task', deployment())).toBe('InvalidLogin')
      at.lab.faults.heal(id)
    }
  })

  it('a wrong password of the management vCenter › InvalidLogin', async () => {
    expect(await task('deployVcha_Task', deployment({ activeVcSpec: source('wrong') }))).toBe('InvalidLogin')
  })

  it('a name that is taken › the task fails and leaves nothing', async () => {
    const taken = { ...node(VC, 'esx-02', '10.1.0.12') }
    expect(await task('deployVcha_Task', deployment({ passiveDeploymentSpec: taken }))).toBe('DuplicateName')
    expect((await config())['state']).toBe('notConfigured')
    expect(at.world.ofType(VC, 'VirtualMachine')).toHaveLength(1)
  })

  it('no room on the datastore › NoDiskSpace, and nothing is left', async () => {
    at.lab.world.genesis(tx => {
      for (const slot of tx.ofType('lab', 'Volume')) {
        tx.update<object, { usedBytes: number }>(slot, draft => { draft.inner.usedBytes = 2 ** 40 - 1000 })
      }
    })
    expect(await task('deployVcha_Task', deployment())).toBe('NoDiskSpace')
    expect(at.world.ofType(VC, 'VirtualMachine')).toHaveLength(1)
  })

  it('a second time › InvalidState', async () => {
    await task('deployVcha_Task', deployment())
    const again = { ...deployment().deploymentSpec as object, passiveDeploymentSpec: node('other', 'esx-02', '10.1.0.22') }
    expect(await task('deployVcha_Task', { deploymentSpec: again })).toBe('InvalidState')
  })
})

describe('FailoverClusterConfigurator › destroyVcha_Task', () => {
  it('only in disabled mode; then the active node goes on alone', async () => {
    expect(await task('destroyVcha_Task')).toBe('InvalidState')
    await task('deployVcha_Task', deployment())
    expect(await task('destroyVcha_Task')).toBe('InvalidState')
    expect(await task('setClusterMode_Task', { mode: 'disabled' }, MANAGER)).toBe('success')
    expect(await task('destroyVcha_Task')).toBe('success')
    expect((await config())['state']).toBe('notConfigured')
    await expect(client.call(MANAGER, 'getClusterMode')).rejects.toMatchObject({ type: 'NotSupported' })
    at.lab.faults.inject('host-crash', 'esx-01', {})
    expect(chassis(at.world, VC)!.power).toBe('off')
    at.world.advance(600_000)
    expect(chassis(at.world, VC)!.power).toBe('off')
  })

  it('after a failover › the VM of the new active node is the vCenter', async () => {
    await task('deployVcha_Task', deployment())
    await task('initiateFailover_Task', { planned: true }, MANAGER)
    at.world.advance(300_000)
    client = await at.client(VC)
    expect(await task('setClusterMode_Task', { mode: 'disabled' }, MANAGER)).toBe('success')
    expect(await task('destroyVcha_Task')).toBe('success')
    at.lab.faults.inject('host-crash', 'esx-01', {})
    expect(chassis(at.world, VC)!.power).toBe('on')
    at.lab.faults.inject('host-crash', 'esx-02', {})
    expect(chassis(at.world, VC)!.power).toBe('off')
  })
})

describe('FailoverClusterConfigurator › a node of a degraded cluster is made anew', () => {
  it('createPassiveNode_Task › joins, resyncs, can take over', async () => {
    await task('deployVcha_Task', deployment())
    const spec = { ...node('peer-2', 'esx-03', '10.1.0.14'), _typeName: 'PassiveNodeDeploymentSpec' }
    expect(await task('createPassiveNode_Task', { passiveDeploymentSpec: spec, sourceVcSpec: source() })).toBe('InvalidState')
    at.lab.faults.inject('vcha-node-down', VC, { node: 'passive' })
    at.world.advance(20_000)
    expect(await task('createPassiveNode_Task', { passiveDeploymentSpec: spec, sourceVcSpec: source() })).toBe('success')
    at.world.advance(120_000)
    expect(vchaOf(at.world, VC)).toMatchObject({ cluster: 'healthy', database: 'sync' })
    at.lab.faults.inject('vcha-node-down', VC, { node: 'active' })
    at.world.advance(20_000)
    const vcha = vchaOf(at.world, VC)!
    expect(vcha.nodes[servingNode(vcha)!].name).toBe('peer-2')
  })

  it('createWitnessNode_Task › the cluster is healthy again', async () => {
    await task('deployVcha_Task', deployment())
    at.lab.faults.inject('vcha-node-down', VC, { node: 'witness' })
    at.world.advance(20_000)
    const spec = { ...node('voter-2', 'esx-02', '10.1.0.15'), _typeName: 'PassiveNodeDeploymentSpec' }
    expect(await task('createWitnessNode_Task', { witnessDeploymentSpec: spec, sourceVcSpec: source() })).toBe('success')
    at.world.advance(20_000)
    expect(vchaOf(at.world, VC)!.cluster).toBe('healthy')
  })
})

describe('FailoverClusterConfigurator › step by step', () => {
  const networkSpec = {
    passiveNetworkSpec: { ipSettings: fixed('10.1.0.12') }, witnessNetworkSpec: { _typeName: 'PassiveNodeNetworkSpec', ipSettings: fixed('10.1.0.13') },
  }

  it('prepare without a second card › NotFound', async () => {
    expect(await task('prepareVcha_Task', { networkSpec })).toBe('NotFound')
    expect((await config())['state']).toBe('notConfigured')
  })

  it('prepare, clone twice, configure › a healthy cluster', async () => {
    at.world.genesis(tx => {
      const slot = tx.ofType('esx-01', 'VirtualMachine')[0]!
      tx.update<object, { guest: { adapters: object[] } }>(slot, draft => {
        draft.inner.guest.adapters.push({ key: 4001, network: 'VCHA', mac: '00:50:56:80:ff:ff', addresses: ['10.1.0.11'] })
      })
    })
    expect(await task('configureVcha_Task', { configSpec: { passiveIp: '10.1.0.12', witnessIp: '10.1.0.13' } })).toBe('InvalidState')
    expect(await task('prepareVcha_Task', { networkSpec })).toBe('success')
    expect((await config())['state']).toBe('prepared')
    const configSpec = { passiveIp: '10.1.0.12', witnessIp: '10.1.0.13' }
    expect(await task('configureVcha_Task', { configSpec })).toBe('HostNotReachable')
    for (const [name, host] of [['peer', 'esx-02'], ['voter', 'esx-03']] as const) {
      const location = { host: idOf('HostSystem', host), pool: idOf('ResourcePool', 'Resources'), datastore: idOf('Datastore', host.replace('esx', 'local')) }
      expect(await task('CloneVM_Task', { folder: vmFolder(), name, spec: { location, powerOn: true, template: false } },
        idOf('VirtualMachine', VC) as never)).toBe('success')
    }
    await expect(client.call(CONFIGURATOR, 'configureVcha_Task', { configSpec: { ...configSpec, witnessIp: '10.1.0.99' } }))
      .rejects.toMatchObject({ type: 'InvalidArgument', detail: expect.objectContaining({ invalidProperty: 'configSpec.witnessIp' }) as object })
    expect(await task('configureVcha_Task', { configSpec })).toBe('success')
    expect(vchaOf(at.world, VC)!.nodes['2'].name).toBe('peer')
    expect(await client.call(MANAGER, 'getClusterMode')).toBe('enabled')
    at.lab.faults.inject('vcha-node-down', VC, {})
    at.world.advance(130_000)
    expect(servingNode(vchaOf(at.world, VC)!)).toBe('2')
  })
})
