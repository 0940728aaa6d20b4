import { afterEach, describe, expect, it } from 'vitest'
import type { SoapClient } from '../../../clients/sdk/soap-client.js'
import { vpxdServing } from '../../../emulator/physics/appliance/services.js'
import { loadImage, saveImage } from '../../../emulator/world/image.js'
import { MANAGER, VC, VchaLab } from '../../support/vcha-lab.js'

let at: VchaLab

afterEach(() => at.close())

function names(): string[] {
  return at.test.world.ofType(VC, 'VirtualMachine')
    .map(slot => at.test.world.read<{ name: string }>(slot)!.props.name)
}

async function makeFolders(client: SoapClient, ...made: string[]): Promise<void> {
  for (const name of made) await client.call({ type: 'Folder', value: 'group-d1' }, 'CreateFolder', { name })
}

function folders(): string[] {
  return at.test.world.ofType(VC, 'Folder').map(slot => at.test.world.read<{ name: string }>(slot)!.props.name)
    .filter(name => name.startsWith('new-'))
}

/** Seconds until vpxd answers again. */
function outage(limit = 400): number {
  for (let i = 0; i <= limit; i += 1) {
    if (vpxdServing(at.test.world, VC)) return i
    at.advance(1)
  }
  return Infinity
}

describe('vCenter HA › failover by a user', () => {
  it('V25 f: planned › flush, swap, nothing lost, the traps in their order', async () => {
    at = new VchaLab({ vcha: { db: 'async' } })
    const client = await at.login()
    await makeFolders(client, 'new-1', 'new-2', 'new-3')
    expect(await at.task(client, MANAGER, 'initiateFailover_Task', { planned: true })).toEqual({ state: 'success' })
    expect(at.serving).toBeUndefined()
    expect(outage()).toBeLessThanOrEqual(120)
    expect(at.serving).toBe('vc-01-peer')
    expect(folders()).toEqual(['new-1', 'new-2', 'new-3'])
    expect(at.vcha.lost).toBe(0)
    const numbers = at.traps.map(trap => trap.number)
    expect(numbers.filter(number => [210, 206, 205, 220].includes(number))).toEqual([210, 206, 205, 220])
    expect(at.traps.find(trap => trap.number === 210)!.values).toEqual({ planned: 'true' })
    at.advance(200)
    const again = await at.login()
    expect(await at.health(again)).toMatchObject({ state: 'healthy', nodes: [
      'active 10.1.0.12 up', 'passive 10.1.0.11 up', 'witness 10.1.0.13 up'] })
    expect(at.vcha.database).toBe('async')
  })

  it('planned with realistic times › the flush takes its time before the swap', async () => {
    at = new VchaLab({ behaviour: { durations: 'realistic' } })
    const client = await at.login()
    await client.call(MANAGER, 'initiateFailover_Task', { planned: true })
    at.advance(9)
    expect(at.serving).toBe('vc-01')
    at.advance(2)
    expect(at.serving).toBeUndefined()
  })

  it('the flush does not get through › the active node goes on (ContinueAsActive)', async () => {
    at = new VchaLab({ behaviour: { durations: 'realistic' } })
    const client = await at.login()
    const task = await client.call(MANAGER, 'initiateFailover_Task', { planned: true }) as unknown as { value: string }
    at.advance(5)
    at.inject('vcha-link-cut', { between: 'active,passive' })
    at.advance(6)
    expect(at.test.world.get<{ info: { state: string } }>(VC, task.value)!.props.info.state).toBe('error')
    expect(at.serving).toBe('vc-01')
    expect(at.said()).toContain('failover.flush.failed.healthy')
    expect(at.traps.map(trap => trap.number)).toContain(230)
  })

  it('V25 h: forced with three unreplicated commits (async) › those are gone, the loss is known', async () => {
    at = new VchaLab({ vcha: { db: 'async' } })
    const client = await at.login()
    await makeFolders(client, 'new-0')
    at.advance(5)
    await makeFolders(client, 'new-1', 'new-2', 'new-3')
    expect(folders()).toHaveLength(4)
    await at.task(client, MANAGER, 'initiateFailover_Task', { planned: false })
    outage()
    expect(folders()).toEqual(['new-0'])
    expect(at.vcha.lost).toBe(3)
    const again = await at.login()
    await makeFolders(again, 'new-1')
    expect(folders()).toEqual(['new-0', 'new-1'])
  })

  it('a VM made in a lost commit › is on its host, and vCenter finds it there', async () => {
    at = new VchaLab({ vcha: { db: 'async' } })
    const client = await at.login()
    const vm = at.test.world.ofType(VC, 'VirtualMachine')[0]!.address.id
    const folder = (await client.properties({ type: 'VirtualMachine', value: vm }, ['parent']))['parent'] as unknown as { value: string }
    const made = await at.task(client, { type: 'VirtualMachine', value: vm }, 'CloneVM_Task', {
      folder: { type: 'Folder', value: folder.value }, name: 'copy', spec: { location: {}, powerOn: false, template: false },
    })
    expect(made.state).toBe('success')
    expect(names()).toContain('copy')
    await at.task(client, MANAGER, 'initiateFailover_Task', { planned: false })
    outage()
    at.advance(30)
    expect(names().filter(name => name === 'copy')).toHaveLength(1)
    expect(at.vcha.lost).toBeGreaterThan(0)
  })

  it('a VM destroyed in a lost commit › vCenter shows it orphaned', async () => {
    at = new VchaLab({ vcha: { db: 'async' } })
    const client = await at.login()
    const vm = at.test.world.ofType(VC, 'VirtualMachine')[0]!
    await at.task(client, { type: 'VirtualMachine', value: vm.address.id }, 'PowerOffVM_Task')
    at.advance(10)
    await at.task(client, { type: 'VirtualMachine', value: vm.address.id }, 'Destroy_Task')
    expect(names()).toHaveLength(3)
    await at.task(client, MANAGER, 'initiateFailover_Task', { planned: false })
    outage()
    at.advance(30)
    const record = at.test.world.get<{ runtime: { connectionState: string } }>(VC, vm.address.id)!
    expect(record.props.runtime.connectionState).toBe('orphaned')
  })

  it('sync, active crashes right after commits › nothing is lost', async () => {
    at = new VchaLab()
    await makeFolders(await at.login(), 'new-1', 'new-2')
    at.inject('vcha-node-down')
    at.advance(150)
    expect(folders()).toEqual(['new-1', 'new-2'])
    expect(at.vcha.lost).toBe(0)
  })

  it('V25 i: mode disabled › error and event', async () => {
    at = new VchaLab({ vcha: { mode: 'disabled' } })
    const client = await at.login()
    expect(await at.task(client, MANAGER, 'initiateFailover_Task', { planned: true }))
      .toEqual({ state: 'error', fault: 'InvalidState' })
    expect(at.said()).toEqual(['failover.failed.disabled.mode'])
    expect(at.traps.map(trap => trap.number)).toEqual([225])
    expect(at.serving).toBe('vc-01')
  })

  it('maintenance › works with all members present', async () => {
    at = new VchaLab({ vcha: { mode: 'maintenance' } })
    expect(await at.task(await at.login(), MANAGER, 'initiateFailover_Task', { planned: true })).toEqual({ state: 'success' })
    outage()
    expect(at.serving).toBe('vc-01-peer')
    at.advance(300)
    expect(at.vcha.cluster).toBe('healthy')
  })

  it('and back again › both nodes have been active', async () => {
    at = new VchaLab()
    await at.task(await at.login(), MANAGER, 'initiateFailover_Task', { planned: true })
    at.advance(400)
    await at.task(await at.login(), MANAGER, 'initiateFailover_Task', { planned: true })
    at.advance(400)
    expect(at.serving).toBe('vc-01')
    expect(at.vcha.cluster).toBe('healthy')
  })
})

describe('vCenter HA › modes', () => {
  it('transitions › as the API reference allows, with event and trap', async () => {
    at = new VchaLab()
    const client = await at.login()
    const set = (mode: string): ReturnType<VchaLab['task']> => at.task(client, MANAGER, 'setClusterMode_Task', { mode })
    expect((await set('enabled')).fault).toBe('InvalidState')
    expect((await set('maintenance')).state).toBe('success')
    expect((await set('disabled')).state).toBe('success')
    expect((await set('maintenance')).fault).toBe('InvalidState')
    expect(at.vcha.database).toBe('noReplication')
    expect((await set('enabled')).state).toBe('success')
    expect(at.said().filter(id => id === 'cluster.mode.changed')).toHaveLength(3)
    expect(at.traps.filter(trap => trap.number === 150)).toHaveLength(3)
    at.advance(100)
    expect(at.vcha).toMatchObject({ database: 'sync', cluster: 'healthy' })
    await expect(client.call(MANAGER, 'setClusterMode_Task', { mode: 'on' }))
      .rejects.toMatchObject({ type: 'InvalidArgument', detail: expect.objectContaining({ invalidProperty: 'mode' }) as object })
  })

  it('degraded › may be disabled, may not go into maintenance or be enabled', async () => {
    at = new VchaLab()
    const client = await at.login()
    at.inject('vcha-node-down', { node: 'witness' })
    at.advance(20)
    const set = (mode: string): ReturnType<VchaLab['task']> => at.task(client, MANAGER, 'setClusterMode_Task', { mode })
    expect((await set('maintenance')).fault).toBe('InvalidState')
    expect((await set('disabled')).state).toBe('success')
    expect((await set('enabled')).fault).toBe('InvalidState')
  })

  it('a vCenter without a cluster › NotSupported', async () => {
    at = new VchaLab()
    const other = (await import('../../support/test-lab.js')).createTestLab()
    try {
      const client = await other.client('vc-01')
      for (const method of ['getClusterMode', 'GetVchaClusterHealth']) {
        await expect(client.call(MANAGER, method)).rejects.toMatchObject({ type: 'NotSupported' })
      }
    } finally {
      await other.close()
    }
  })
})

describe('vCenter HA › state of the lab', () => {
  it('saved in the middle of a takeover and loaded › goes on to the same end', () => {
    at = new VchaLab()
    at.inject('vcha-node-down')
    at.advance(12)
    const image = saveImage(at.test.world)
    at.advance(150)
    const { position: _before, ...vcha } = at.vcha
    loadImage(at.test.world, image)
    expect(at.serving).toBeUndefined()
    at.advance(150)
    expect(at.vcha).toMatchObject(vcha)
    expect(at.serving).toBe('vc-01-peer')
  })
})
