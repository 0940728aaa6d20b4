import { describe, expect, it } from 'vitest'
import { agentOf, fdmConfig, setEngine, type FdmAgent } from '../../emulator/physics/ha/fdm/agent.js'
import { filesIn } from '../../emulator/physics/storage/files.js'
import { truthFacts } from '../../emulator/truth.js'
import { loadImage, saveImage } from '../../emulator/world/image.js'
import type { World } from '../../emulator/world/world.js'
import { HaLab } from '../support/ha-lab.js'

const agents = (world: World): string[] => world.ofType('lab', 'FdmAgent')
  .map(slot => world.read<FdmAgent>(slot)!.props.host)

describe('switching HA on (V01)', () => {
  const lab = new HaLab({ ha: false, moids: [9, 10, 99, 100] })

  it('no host has an agent before', () => {
    expect(agents(lab.lab.world)).toEqual([])
    expect(lab.shown('esx-01')).toBe('unset')
  })

  it('elects the host with the lexically greatest id after 15 s', () => {
    lab.das({ enabled: true })
    expect(lab.shown('esx-01')).toBe('uninitialized by esx-01')
    lab.to(1)
    expect([1, 2, 3, 4].map(n => lab.state(`esx-0${n}`))).toEqual(Array(4).fill('election'))
    lab.to(27)
    expect(lab.when('ha.primaryElected')).toEqual([15.5])
    expect(lab.shown('esx-03')).toBe('master by esx-03')
    expect([1, 2, 4].map(n => lab.shown(`esx-0${n}`))).toEqual(Array(3).fill('connectedToMaster by esx-03'))
    expect(lab.times('HostDasEnabledEvent')).toEqual([0, 0, 0, 0])
    expect(lab.times('VcConnectedToMasterEvent')).toHaveLength(1)
    expect(lab.times('VcCannotFindMasterEvent')).toEqual([])
  })

  it('switching it off unsets the states and takes the agents away', () => {
    lab.mark()
    lab.das({ enabled: false })
    expect(agents(lab.lab.world)).toEqual([])
    expect(lab.shown('esx-03')).toBe('unset')
    expect(lab.when('ha.primaryGone', 'esx-03')).toEqual([0])
    expect(lab.times('HostDasDisabledEvent')).toEqual([0, 0, 0, 0])
    lab.to(100)
    expect(lab.lab.world.agenda.list().filter(job => job.kind.startsWith('ha.'))).toEqual([])
  })
})

describe('the order of elections', () => {
  it('more usable datastores win over a greater id', () => {
    const lab = new HaLab()
    lab.loseStorage(['esx-03'], lab.volume('ds2'))
    lab.crash('esx-04')
    lab.to(30)
    expect(lab.primaries()).toEqual(['esx-02'])
  })

  it('the override of a host wins over both', () => {
    const lab = new HaLab()
    lab.change(tx => tx.update({ node: 'lab', id: 'esx-01' }, draft => { draft.inner['nodeGoodness'] = 100 }))
    lab.crash('esx-04')
    lab.to(30)
    expect(lab.primaries()).toEqual(['esx-01'])
  })
})

describe('hosts that leave the electorate', () => {
  it('a host in maintenance has no state; as primary it makes way at once', () => {
    const lab = new HaLab()
    const maintain = (inMaintenanceMode: boolean): void => lab.change(tx => {
      tx.update<{ runtime: { inMaintenanceMode: boolean } }>({ node: 'esx-04', id: 'ha-host' }, draft => {
        draft.props.runtime.inMaintenanceMode = inMaintenanceMode
      })
    })
    maintain(true)
    expect(lab.shown('esx-04')).toBe('unset')
    expect(lab.times('HostDasDisabledEvent')).toEqual([0])
    lab.to(17)
    expect(lab.when('ha.primaryElected')).toEqual([15])
    expect(lab.shown('esx-01')).toBe('connectedToMaster by esx-03')
    lab.to(100)
    maintain(false)
    lab.to(103)
    expect(lab.shown('esx-04')).toBe('connectedToMaster by esx-03')
    expect(lab.when('ha.hostFailed')).toEqual([])
  })

  it('a host that a user disconnects has no state', () => {
    const lab = new HaLab()
    lab.task('vc1', lab.named('vc1', 'HostSystem', 'esx-01'), 'DisconnectHost_Task')
    lab.to(30)
    expect(lab.shown('esx-01')).toBe('unset')
    expect(lab.shown('esx-02')).toBe('connectedToMaster by esx-04')
    lab.task('vc1', lab.named('vc1', 'HostSystem', 'esx-01'), 'ReconnectHost_Task')
    lab.to(60)
    expect(lab.shown('esx-01')).toBe('connectedToMaster by esx-04')
  })
})

describe('members of a cluster', () => {
  it('a primary that is moved out of the cluster makes way; moved in again it follows', () => {
    const lab = new HaLab()
    const host = lab.named('vc1', 'HostSystem', 'esx-04')
    const folder = lab.named('vc1', 'Folder', 'host')
    for (const n of [1, 2, 3]) lab.done('vc1', lab.named('vc1', 'VirtualMachine', `vm-esx-04-${n}`), 'PowerOffVM_Task')
    lab.done('vc1', host, 'EnterMaintenanceMode_Task', { timeout: 0 })
    lab.done('vc1', folder, 'MoveIntoFolder_Task', { list: [host] })
    lab.done('vc1', host, 'ExitMaintenanceMode_Task', { timeout: 0 })
    lab.to(30)
    expect(lab.own('esx-04')).toBeUndefined()
    expect(lab.shown('esx-04')).toBe('unset')
    expect(lab.primaries()).toEqual(['esx-03'])
    lab.done('vc1', host, 'EnterMaintenanceMode_Task', { timeout: 0 })
    lab.done('vc1', { type: 'ClusterComputeResource', value: lab.cluster }, 'MoveInto_Task', { host: [host] })
    lab.done('vc1', host, 'ExitMaintenanceMode_Task', { timeout: 0 })
    lab.to(60)
    expect(lab.shown('esx-04')).toBe('connectedToMaster by esx-03')
  })
})

describe('chance', () => {
  it('adds up to the jitter of the lab to elections and verdicts', () => {
    const lab = new HaLab()
    lab.change(tx => setEngine(tx, { heartbeats: 'lazy', jitterMs: 2000 }))
    lab.crash('esx-04')
    lab.to(60)
    const [elected] = lab.when('ha.primaryElected')
    expect(elected).toBeGreaterThan(25)
    expect(elected).toBeLessThan(27)
    const [failed] = lab.when('ha.hostFailed')
    expect(failed! - elected!).toBeGreaterThan(18)
    expect(failed! - elected!).toBeLessThan(20)
  })
})

describe('agents that stop', () => {
  it('a dead agent on a host that answers pings is unreachable, and nothing fails over', () => {
    const lab = new HaLab()
    lab.emit('agent.changed', { host: 'esx-02', agent: 'fdm', state: 'stopped' })
    lab.to(30)
    expect(lab.shown('esx-02')).toBe('fdmUnreachable by esx-04')
    expect(lab.when('ha.hostFailed')).toEqual([])
    expect(lab.times('HostAgentErrorEvent')).toEqual([18])
    lab.emit('agent.changed', { host: 'esx-02', agent: 'fdm', state: 'running' })
    lab.to(33)
    expect(lab.shown('esx-02')).toBe('connectedToMaster by esx-04')
    expect(lab.when('ha.hostJoined', 'esx-02')).toEqual([31])
    expect(lab.times('HostDasAgentHealthyEvent')).toEqual([31])
  })

  it('without hostd it halts, which is the same', () => {
    const lab = new HaLab()
    lab.emit('agent.changed', { host: 'esx-02', agent: 'hostd', state: 'stopped' })
    lab.to(30)
    expect(lab.own('esx-02')).toBe('stopped')
    expect(lab.shown('esx-02')).toBe('fdmUnreachable by esx-04')
  })

  it('a host that answers pings no more either is declared dead after the ping time-out', () => {
    const lab = new HaLab()
    lab.emit('agent.changed', { host: 'esx-02', agent: 'fdm', state: 'stopped' })
    lab.to(100)
    lab.crash('esx-02')
    lab.to(130)
    expect(lab.when('ha.hostFailed')).toEqual([105])
  })

  it('a hung host heartbeats on its datastores: partitioned, no failover', () => {
    const lab = new HaLab()
    lab.emit('hardware.hung', { node: 'esx-02', hung: true })
    lab.to(200)
    expect(lab.shown('esx-02')).toBe('networkPartitionedFromMaster by esx-04')
    expect(lab.when('ha.hostFailed')).toEqual([])
  })

  it('a partitioned host whose datastore heartbeats end is declared dead 15 s after the last', () => {
    const lab = new HaLab()
    lab.emit('hardware.hung', { node: 'esx-02', hung: true })
    lab.to(101)
    lab.crash('esx-02')
    lab.to(130)
    expect(lab.when('ha.hostFailed')[0]).toBeGreaterThanOrEqual(111)
    expect(lab.when('ha.hostFailed')[0]).toBeLessThanOrEqual(116)
  })
})

describe('configuration', () => {
  it('a host that vCenter cannot reach acts on the one that it received last', () => {
    const lab = new HaLab()
    const heal = lab.isolate(['esx-01'], { to: ['vc1', 'esx-02', 'esx-03', 'esx-04'], except: [] })
    lab.das({ option: [{ key: 'das.config.fdm.hostTimeout', value: '20' }] })
    const { world } = lab.lab
    expect(fdmConfig(world, 'esx-01')!.timing.hostTimeout).toBe(10_000)
    expect(fdmConfig(world, 'esx-02')!.timing.hostTimeout).toBe(20_000)
    lab.to(100)
    heal()
    lab.to(120)
    expect(fdmConfig(world, 'esx-01')!.timing.hostTimeout).toBe(20_000)
    expect(world.ofType('lab', 'FdmConfig')).toHaveLength(1)
  })

  it('a host that only vCenter cannot reach gets it through its primary', () => {
    const lab = new HaLab()
    lab.isolate(['esx-01'], { to: ['vc1'], except: [] })
    lab.das({ option: [{ key: 'das.config.fdm.hostTimeout', value: '20' }] })
    expect(fdmConfig(lab.lab.world, 'esx-01')!.timing.hostTimeout).toBe(20_000)
  })

  it('the host time-out moves the verdict', () => {
    const lab = new HaLab({ das: { option: [{ key: 'das.config.fdm.hostTimeout', value: '30' }] } })
    lab.crash('esx-02')
    lab.to(60)
    expect(lab.when('ha.hostFailed')).toEqual([35])
  })
})

describe('what is left behind', () => {
  it('files lie on the heartbeat datastores, and the primary holds the lists', () => {
    const lab = new HaLab()
    const { world } = lab.lab
    const { folder } = fdmConfig(world, 'esx-01')!
    expect(folder).toMatch(/^\.vSphere-HA\/FDM-[0-9A-F-]{36}-\d+-[0-9a-f]{8}-vc1\.lab\.test$/)
    expect(Object.keys(filesIn(world, lab.volume('ds1'), folder)!).sort()).toEqual([
      'host-21-hb', 'host-21-poweron', 'host-22-hb', 'host-22-poweron', 'host-23-hb', 'host-23-poweron',
      'host-24-hb', 'host-24-poweron', 'protectedlist',
    ])
    expect(truthFacts.ask(world, 'protectedlist-owner', 'ds1')).toBe('esx-04')
    lab.crash('esx-04')
    lab.to(15.9)
    expect(truthFacts.ask(world, 'protectedlist-owner', 'ds1')).toBe('esx-04')
    lab.to(16)
    expect(truthFacts.ask(world, 'protectedlist-owner', 'ds1')).toBeUndefined()
    lab.to(25)
    expect(truthFacts.ask(world, 'protectedlist-owner', 'ds1')).toBe('esx-03')
    expect(truthFacts.ask(world, 'ha-primaries', 'C1')).toEqual(['esx-03'])
    expect(truthFacts.ask(world, 'ha-primary-of', 'esx-01')).toBe('esx-03')
    expect(truthFacts.ask(world, 'fdm-state', 'host/esx-04')).toBe('stopped')
  })

  it('on NFS the new primary waits for the lock: 35 s', () => {
    const lab = new HaLab({ datastores: [{ name: 'nfs1', type: 'NFS' }, { name: 'ds1' }] })
    lab.crash('esx-04')
    lab.to(34.9)
    expect(truthFacts.ask(lab.lab.world, 'protectedlist-owner', 'nfs1')).toBe('esx-04')
    lab.to(35)
    expect(truthFacts.ask(lab.lab.world, 'protectedlist-owner', 'nfs1')).toBe('esx-03')
  })

  it('saved in the middle of an election and loaded, it goes on as it would have', () => {
    const one = new HaLab()
    one.crash('esx-04')
    one.to(13.3)
    const image = saveImage(one.lab.world)
    const two = new HaLab()
    loadImage(two.lab.world, image)
    one.to(60)
    two.lab.world.advance(60_000 - 13_300)
    expect(saveImage(two.lab.world).records).toEqual(saveImage(one.lab.world).records)
    expect(agentOf(two.lab.world, 'esx-03')!.state.kind).toBe('primary')
  })
})
