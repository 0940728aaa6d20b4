import { afterEach, describe, expect, it } from 'vitest'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { agentRuns } from '../../emulator/physics/hardware/agents.js'
import { chassis } from '../../emulator/physics/hardware/chassis.js'
import { doorState } from '../../emulator/physics/network/doors.js'
import { probeSocket } from '../support/socket-probe.js'
import { eventIds } from '../support/event-ids.js'
import { createTestLab, type TestLab } from '../support/test-lab.js'

let lab: TestLab
afterEach(() => lab.close())

async function hostOf(name: string): Promise<{ ref: Ref, get: (path: string) => Promise<unknown> }> {
  const client = await lab.client('vc-01')
  const slot = lab.world.ofType('vc-01', 'HostSystem')
    .find(each => String(lab.world.read(each)!.props['name']).startsWith(name))!
  const ref = { type: 'HostSystem', value: slot.address.id }
  return { ref, get: async path => (await client.properties(ref, [path]))[path] }
}

describe('host-hang', () => {
  it('nobody hears the host, though it has power › until it goes on', async () => {
    lab = createTestLab({ lab: 'cluster', watched: true })
    const url = await lab.url('esx-02')
    const host = await hostOf('esx-02')
    const { id } = lab.lab.faults.inject('host-hang', 'esx-02', {})
    expect(chassis(lab.world, 'esx-02')).toMatchObject({ power: 'on', hung: true })
    expect(await probeSocket(url)).toBe('timeout')
    lab.world.advance(75_000)
    expect(await host.get('runtime.connectionState')).toBe('notResponding')
    lab.lab.faults.heal(id)
    lab.world.advance(15_000)
    expect(await probeSocket(url)).toBe('open')
    expect(await host.get('runtime.connectionState')).toBe('connected')
  })

  it('power that goes away and returns › ends the hang', () => {
    lab = createTestLab({ lab: 'cluster' })
    lab.lab.faults.inject('host-hang', 'esx-02', {})
    lab.lab.faults.inject('power-loss', 'esx-02', {})
    lab.lab.faults.healNamed('power-loss')
    lab.world.advance(130_000)
    expect(chassis(lab.world, 'esx-02')).toMatchObject({ power: 'on' })
    expect(chassis(lab.world, 'esx-02')!.hung).toBeUndefined()
  })
})

describe('power-loss', () => {
  it('all hosts at one instant › the vCenter on one of them goes with it', () => {
    lab = createTestLab({ lab: 'cluster' })
    const { id } = lab.lab.faults.inject('power-loss', 'esx-*', {})
    const off = ['vc-01', 'esx-01', 'esx-02', 'esx-03', 'esx-04'].filter(node => chassis(lab.world, node)!.power === 'off')
    expect(off).toHaveLength(5)
    lab.lab.faults.heal(id)
    lab.world.advance(120_000)
    expect(['esx-01', 'esx-04'].map(node => chassis(lab.world, node)!.power)).toEqual(['on', 'on'])
  })
})

describe('psod', () => {
  it('the host is gone like without power, until it is reset', () => {
    lab = createTestLab({ lab: 'cluster' })
    const { id } = lab.lab.faults.inject('psod', 'esx-03', {})
    expect(doorState(lab.world, 'esx-03', 443).answer).toBe('timeout')
    lab.lab.faults.heal(id)
    lab.world.advance(120_000)
    expect(doorState(lab.world, 'esx-03', 443).answer).toBe('open')
  })
})

describe('hostd-stop', () => {
  it('443 refuses, VMs run on, vCenter loses the host › until hostd runs again', async () => {
    lab = createTestLab({ lab: 'cluster', watched: true })
    const url = await lab.url('esx-02')
    const host = await hostOf('esx-02')
    const { id } = lab.lab.faults.inject('hostd-stop', 'esx-02', {})
    await lab.doorsSettled()
    expect(await probeSocket(url)).toBe('refused')
    lab.world.advance(75_000)
    expect(await host.get('runtime.connectionState')).toBe('notResponding')
    expect(running('esx-02')).toBe(3)
    lab.lab.faults.heal(id)
    await lab.doorsSettled()
    lab.world.advance(15_000)
    expect(await host.get('runtime.connectionState')).toBe('connected')
    expect(await probeSocket(url)).toBe('open')
  })

  it('a crash › its watchdog brings it back and the host says so', async () => {
    lab = createTestLab({ lab: 'cluster' })
    lab.lab.faults.inject('hostd-stop', 'esx-02', { how: 'crash' })
    expect(agentRuns(lab.world, 'esx-02', 'hostd')).toBe(false)
    lab.world.advance(60_000)
    expect(agentRuns(lab.world, 'esx-02', 'hostd')).toBe(true)
    expect(await eventIds(lab, 'esx-02')).toContain('esx.problem.hostd.core.dumped')
  })

  it('a hang › the port says nothing', () => {
    lab = createTestLab({ lab: 'cluster' })
    lab.lab.faults.inject('hostd-stop', 'esx-02', { how: 'hang' })
    expect(doorState(lab.world, 'esx-02', 443).answer).toBe('timeout')
    expect(doorState(lab.world, 'esx-02', 902).answer).toBe('open')
  })
})

describe('agent-stop', () => {
  it('vpxa › vCenter loses the host, its own door stays', async () => {
    lab = createTestLab({ lab: 'cluster' })
    const host = await hostOf('esx-02')
    lab.lab.faults.inject('agent-stop', 'esx-02', { agent: 'vpxa' })
    lab.world.advance(75_000)
    expect(await host.get('runtime.connectionState')).toBe('notResponding')
    expect(doorState(lab.world, 'esx-02', 443).answer).toBe('open')
  })

  it('fdm › vCenter keeps the host', async () => {
    lab = createTestLab({ lab: 'cluster' })
    const host = await hostOf('esx-02')
    lab.lab.faults.inject('agent-stop', 'esx-02', { agent: 'fdm' })
    lab.world.advance(300_000)
    expect(await host.get('runtime.connectionState')).toBe('connected')
  })
})

describe('sensor-alert', () => {
  it('vCenter shows the red sensor and an event › green again when healed', async () => {
    lab = createTestLab({ lab: 'cluster' })
    const host = await hostOf('esx-02')
    const { id } = lab.lab.faults.inject('sensor-alert', 'esx-02', { sensor: 'Processor 1 Temp' })
    const sensor = async (): Promise<unknown> => {
      const health = await host.get('runtime.healthSystemRuntime.systemHealthInfo') as {
        numericSensorInfo: Array<{ name: string, healthState: { key: string } }>
      }
      return health.numericSensorInfo.find(each => each.name === 'Processor 1 Temp')?.healthState.key
    }
    expect(await sensor()).toBe('red')
    expect(await eventIds(lab, 'vc-01', 'com.vmware.vc.')).toEqual(['com.vmware.vc.HardwareSensorEvent'])
    lab.lab.faults.heal(id)
    expect(await sensor()).toBe('green')
  })
})

describe('attestation-fail', () => {
  it('vCenter accepts the host no longer, and says so', async () => {
    lab = createTestLab({ lab: 'cluster' })
    const host = await hostOf('esx-02')
    const { id } = lab.lab.faults.inject('attestation-fail', 'esx-02', {})
    expect(await host.get('summary.tpmAttestation.status')).toBe('notAccepted')
    expect(await eventIds(lab, 'vc-01', 'com.vmware.vc.host.')).toEqual(['com.vmware.vc.host.TPMAttestationFailedEvent'])
    lab.lab.faults.heal(id)
    expect(await host.get('summary.tpmAttestation.status')).toBe('accepted')
  })
})

function running(host: string): number {
  return lab.world.ofType(host, 'VirtualMachine')
    .filter(slot => (lab.world.read(slot)!.props['runtime'] as { powerState: string }).powerState === 'poweredOn').length
}
