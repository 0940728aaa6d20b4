import { afterEach, describe, expect, it } from 'vitest'
import { doorState } from '../../../emulator/physics/network/doors.js'
import { serviceUp, vpxdServing } from '../../../emulator/physics/appliance/services.js'
import { MANAGER, VC, VchaLab } from '../../support/vcha-lab.js'

let at: VchaLab

afterEach(() => at.close())

function names(): string[] {
  return at.test.world.ofType(VC, 'VirtualMachine')
    .map(slot => `${slot.address.id} ${at.test.world.read<{ name: string }>(slot)!.props.name}`)
}

describe('vCenter HA › V24, the active node crashes', () => {
  it('healthy cluster › GetVchaClusterHealth and mode', async () => {
    at = new VchaLab()
    const client = await at.login()
    expect(await at.health(client)).toEqual({
      state: 'healthy', mode: 'enabled',
      nodes: ['active 10.1.0.11 up', 'passive 10.1.0.12 up', 'witness 10.1.0.13 up'],
    })
    expect(await client.call(MANAGER, 'getClusterMode')).toBe('enabled')
  })

  it('passive node takes over › within the bounds, nothing lost in sync, sessions gone', async () => {
    at = new VchaLab()
    const old = await at.login()
    const vm = at.test.world.ofType(VC, 'VirtualMachine')[0]!
    await at.task(old, { type: 'VirtualMachine', value: vm.address.id }, 'Rename_Task', { newName: 'renamed' })
    const before = names()
    const fault = at.inject('vcha-node-down', { node: 'active' })
    const t = at.at
    expect(doorState(at.test.world, VC, 443).answer).toBe('timeout')
    at.advanceTo(t + 10)
    expect(at.serving).toBeUndefined()
    at.advanceTo(t + 14)
    expect(at.serving).toBeUndefined()
    at.advanceTo(t + 15)
    expect(at.serving).toBe('vc-01-peer')
    expect(doorState(at.test.world, VC, 443).answer).toBe('open')
    expect(await at.status(old)).toBe(503)
    at.advanceTo(t + 120)
    expect(vpxdServing(at.test.world, VC)).toBe(true)
    await expect(old.call(MANAGER, 'getClusterMode')).rejects.toMatchObject({ type: 'NotAuthenticated' })
    at.advanceTo(t + 240)
    expect(serviceUp(at.test.world, VC, 'vsphere-ui')).toBe(true)
    const client = await at.login()
    expect(await at.health(client)).toEqual({
      state: 'degraded', mode: 'enabled',
      nodes: ['active 10.1.0.12 up', 'passive 10.1.0.11 down', 'witness 10.1.0.13 up'],
    })
    expect(names()).toEqual(before)
    expect(names()[0]).toContain('renamed')
    expect(at.vcha.lost).toBe(0)
    expect(at.said()).toEqual(expect.arrayContaining(['node.left', 'failover.succeeded', 'cluster.state.degraded']))
    expect(at.traps.map(trap => trap.number)).toEqual(expect.arrayContaining([210, 205, 220]))
    expect(at.traps.map(trap => trap.number)).not.toContain(206)
    at.advanceTo(t + 900)
    at.heal(fault)
    at.advanceTo(t + 1200)
    expect(await at.health(client)).toEqual({
      state: 'healthy', mode: 'enabled',
      nodes: ['active 10.1.0.12 up', 'passive 10.1.0.11 up', 'witness 10.1.0.13 up'],
    })
    expect(at.vcha.database).toBe('sync')
    expect(at.said()).toEqual(expect.arrayContaining(['node.joined', 'cluster.state.healthy', 'DB.replication.state.changed']))
  })

  it('hosts › are heard again and their VMs ran on', async () => {
    at = new VchaLab()
    at.inject('vcha-node-down')
    at.advance(200)
    const host = at.test.world.ofType(VC, 'HostSystem')[0]!
    const { runtime } = at.test.world.read<{ runtime: { connectionState: string } }>(host)!.props
    expect(runtime.connectionState).toBe('connected')
  })

  it('events › carry the time at which it happened, and colour the alarm on the root folder', async () => {
    at = new VchaLab()
    at.inject('vcha-node-down')
    at.advance(200)
    const left = [...at.test.world.log(`events/${VC}`).since(1)].map(item => item.value as Record<string, unknown>)
      .find(event => event['eventTypeId'] === 'com.vmware.vcha.cluster.state.degraded')!
    expect(Date.parse(String(left['createdTime'])) - at.start).toBe(10_000)
    expect(left['_typeName']).toBe('ExtendedEvent')
    const root = at.test.world.get<{ triggeredAlarmState?: { overallStatus: string, alarm: { value: string } }[] }>(VC, 'group-d1')!
    expect(root.props.triggeredAlarmState?.map(state => state.overallStatus)).toContain('yellow')
  })
})
