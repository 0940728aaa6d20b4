import { afterEach, describe, expect, it } from 'vitest'
import { doorState } from '../../../emulator/physics/network/doors.js'
import { vpxdServing } from '../../../emulator/physics/appliance/services.js'
import { resetPrimary } from '../../../emulator/physics/vcha/decide.js'
import { MANAGER, VC, VchaLab } from '../../support/vcha-lab.js'

let at: VchaLab

afterEach(() => at.close())

function door(): string {
  return doorState(at.test.world, VC, 443).answer
}

/** True if the vCenter served at each of the next seconds. */
function servesFor(seconds: number): boolean {
  for (let i = 0; i < seconds; i += 1) {
    at.advance(1)
    if (!vpxdServing(at.test.world, VC)) return false
  }
  return true
}

/** Cuts pairs of nodes: the names of faults to heal. */
function cut(...pairs: string[]): string[] {
  return pairs.map(between => at.inject('vcha-link-cut', { between }))
}

describe('vCenter HA › quorum (availability.md 2.4)', () => {
  it('passive down › active serves without a gap, degraded, no replication; back: healthy', async () => {
    at = new VchaLab()
    const client = await at.login()
    const fault = at.inject('vcha-node-down', { node: 'passive' })
    expect(servesFor(120)).toBe(true)
    expect(await at.health(client)).toMatchObject({
      state: 'degraded', nodes: ['active 10.1.0.11 up', 'passive 10.1.0.12 down', 'witness 10.1.0.13 up'],
    })
    expect(at.vcha.database).toBe('noReplication')
    at.heal(fault)
    expect(servesFor(200)).toBe(true)
    expect((await at.health(client)).state).toBe('healthy')
    expect(at.vcha.database).toBe('sync')
  })

  it('V25 a: passive down › a failover fails with an event; then active down: nobody serves, witness does not', async () => {
    at = new VchaLab()
    const client = await at.login()
    at.inject('vcha-node-down', { node: 'passive' })
    at.advance(30)
    expect(await at.task(client, MANAGER, 'initiateFailover_Task', { planned: true }))
      .toEqual({ state: 'error', fault: 'InvalidState' })
    expect(at.said()).toContain('failover.failed.node.lost')
    expect(at.traps.map(trap => trap.number)).toContain(226)
    const fault = at.inject('vcha-node-down', { node: 'active' })
    at.advance(900)
    expect(at.serving).toBeUndefined()
    expect(door()).toBe('timeout')
    at.heal(fault)
    at.advance(60 + 5 + 240)
    expect(at.serving).toBe('vc-01')
    expect(vpxdServing(at.test.world, VC)).toBe(true)
  })

  it('witness down › active serves, replication goes on, no failover is possible', async () => {
    at = new VchaLab()
    const client = await at.login()
    at.inject('vcha-node-down', { node: 'witness' })
    expect(servesFor(60)).toBe(true)
    expect(await at.health(client)).toMatchObject({ state: 'degraded' })
    expect(at.vcha).toMatchObject({ database: 'sync', live: true })
    at.inject('vcha-node-down', { node: 'active' })
    at.advance(900)
    expect(at.serving).toBeUndefined()
  })

  it('active isolated › its public address goes down before the passive\'s comes up; it returns as passive', async () => {
    at = new VchaLab()
    const [fault] = cut('active')
    at.advance(9)
    expect(door()).toBe('open')
    at.advance(1)
    expect(door()).toBe('timeout')
    expect(at.serving).toBeUndefined()
    at.advance(5)
    expect(at.serving).toBe('vc-01-peer')
    expect(at.traps.map(trap => [trap.number, trap.node])).toEqual(expect.arrayContaining([
      [110, 'vc-01'], [206, 'vc-01'], [210, 'vc-01-peer'], [205, 'vc-01-peer'],
    ]))
    at.advance(120)
    const client = await at.login()
    expect(await at.health(client)).toMatchObject({ state: 'degraded', nodes: [
      'active 10.1.0.12 up', 'passive 10.1.0.11 down', 'witness 10.1.0.13 up'] })
    at.heal(fault!)
    at.advance(200)
    expect(await at.health(client)).toMatchObject({ state: 'healthy' })
    expect(at.serving).toBe('vc-01-peer')
  })

  it('V25 d: all isolated › nobody serves; on heal the active one serves again, healthy', async () => {
    at = new VchaLab()
    const [fault] = cut('all')
    at.advance(300)
    expect(at.serving).toBeUndefined()
    expect(at.vcha.cluster).toBe('isolated')
    at.heal(fault!)
    at.advance(400)
    expect(at.serving).toBe('vc-01')
    const client = await at.login()
    expect(await at.health(client)).toMatchObject({ state: 'healthy', nodes: [
      'active 10.1.0.11 up', 'passive 10.1.0.12 up', 'witness 10.1.0.13 up'] })
    expect(at.said().filter(id => id === 'cluster.state.isolated')).toHaveLength(1)
  })

  it('V25 d: all isolated in disabled mode › active serves all the time', async () => {
    at = new VchaLab()
    const client = await at.login()
    expect(await at.task(client, MANAGER, 'setClusterMode_Task', { mode: 'disabled' })).toEqual({ state: 'success' })
    cut('all')
    expect(servesFor(300)).toBe(true)
    expect(await at.health(client)).toEqual({
      state: 'isolated', mode: 'disabled',
      nodes: ['active 10.1.0.11 up', 'passive 10.1.0.12 down', 'witness 10.1.0.13 down'],
    })
  })

  it('all isolated in maintenance mode › active serves all the time', async () => {
    at = new VchaLab({ vcha: { mode: 'maintenance' } })
    cut('all')
    expect(servesFor(300)).toBe(true)
  })

  it('active down in maintenance mode › no takeover; it serves again when it is back', () => {
    at = new VchaLab({ vcha: { mode: 'maintenance' } })
    const fault = at.inject('vcha-node-down')
    at.advance(300)
    expect(at.serving).toBeUndefined()
    at.heal(fault)
    at.advance(300)
    expect(at.serving).toBe('vc-01')
  })

  it('active down, then the witness before the takeover ends › it fails; active back: active again', () => {
    at = new VchaLab()
    const fault = at.inject('vcha-node-down', { node: 'active' })
    at.advance(12)
    at.inject('vcha-node-down', { node: 'witness' })
    at.advance(600)
    expect(at.serving).toBeUndefined()
    at.heal(fault)
    at.advance(66)
    expect(at.serving).toBe('vc-01')
  })

  it('the same, witness back › nobody until vcha-reset-primary on the passive', () => {
    at = new VchaLab()
    at.inject('vcha-node-down', { node: 'active' })
    at.advance(12)
    const fault = at.inject('vcha-node-down', { node: 'witness' })
    at.advance(100)
    at.heal(fault)
    at.advance(600)
    expect(at.serving).toBeUndefined()
    at.test.world.transact({ kind: 'lab', what: 'vcha-reset-primary' }, tx => {
      expect(resetPrimary(tx, VC, '2')).toBe(true)
    })
    at.advance(66)
    expect(at.serving).toBe('vc-01-peer')
    at.advance(300)
    expect(at.said()).toContain('force.reset.active')
    expect(at.vcha.lost).toBe(0)
  })

  it('the same, nobody back › destroy-vcha on the passive makes it a vCenter by itself', () => {
    at = new VchaLab()
    at.inject('vcha-node-down', { node: 'active' })
    at.advance(12)
    at.inject('vcha-node-down', { node: 'witness' })
    at.advance(600)
    at.inject('vcha-destroy', { node: 'passive' })
    at.advance(100)
    expect(vpxdServing(at.test.world, VC)).toBe(true)
    expect(door()).toBe('open')
    expect(at.test.world.ofType('lab', 'Machine')).toEqual([])
  })

  it('passive, then witness down › the active one left alone stops serving', () => {
    at = new VchaLab()
    at.inject('vcha-node-down', { node: 'passive' })
    at.advance(60)
    const fault = at.inject('vcha-node-down', { node: 'witness' })
    at.advance(9)
    expect(door()).toBe('open')
    at.advance(1)
    expect(door()).toBe('timeout')
    expect(at.vcha.cluster).toBe('isolated')
    at.advance(300)
    expect(at.serving).toBeUndefined()
    at.heal(fault)
    at.advance(66)
    expect(at.serving).toBe('vc-01')
    expect(at.vcha.cluster).toBe('degraded')
  })

  it.each(['active,passive', 'active,witness', 'passive,witness'])('only %s cut › degraded, active serves, no failover', async between => {
    at = new VchaLab()
    const client = await at.login()
    const [fault] = cut(between)
    expect(servesFor(60)).toBe(true)
    expect((await at.health(client)).state).toBe('degraded')
    expect(at.vcha.database).toBe(between === 'active,passive' ? 'noReplication' : 'sync')
    at.inject('vcha-node-down', { node: 'active' })
    at.advance(300)
    expect(at.serving).toBeUndefined()
    at.heal(fault!)
  })

  it('a cut that heals before anybody noticed › nothing happens', async () => {
    at = new VchaLab()
    const [fault] = cut('all')
    at.advance(9.9)
    at.heal(fault!)
    expect(servesFor(60)).toBe(true)
    expect(at.vcha).toMatchObject({ cluster: 'healthy', live: true, database: 'sync' })
    expect(at.said()).toEqual([])
  })

  it('one way of a pair cut › the pair is cut', () => {
    at = new VchaLab()
    at.inject('vcha-link-cut', { between: 'active,passive', 'one-way': true })
    at.advance(10)
    expect(at.vcha.links['1-2']).toBe(false)
  })

  it('replication fails while the nodes hear each other › degraded, no automatic failover', async () => {
    at = new VchaLab()
    const client = await at.login()
    const fault = at.inject('vcha-replication-stall')
    at.advance(1)
    expect((await at.health(client)).state).toBe('degraded')
    expect(await at.task(client, MANAGER, 'initiateFailover_Task', { planned: false }))
      .toEqual({ state: 'error', fault: 'InvalidState' })
    expect(at.said()).toContain('failover.failed.passive.not.ready')
    at.heal(fault)
    at.advance(75)
    expect((await at.health(client)).state).toBe('healthy')
  })

  it('public card of the active cut, HA network fine › healthy, and no failover', () => {
    at = new VchaLab()
    at.test.lab.faults.inject('network-isolate', VC, {})
    at.advance(300)
    expect(at.vcha.cluster).toBe('healthy')
    expect(at.serving).toBe('vc-01')
    expect(door()).toBe('timeout')
  })

  it('vpxd keeps failing › the watchdog reboots the system, and the passive takes over', () => {
    at = new VchaLab()
    at.inject('vcenter-crash', { times: 3 })
    for (let i = 0; i < 900 && at.serving !== 'vc-01-peer'; i += 1) at.advance(1)
    expect(at.serving).toBe('vc-01-peer')
    at.advance(300)
    expect(vpxdServing(at.test.world, VC)).toBe(true)
    expect(at.vcha.cluster).toBe('healthy')
  })
})
