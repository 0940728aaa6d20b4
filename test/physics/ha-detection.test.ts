import { describe, expect, it } from 'vitest'
import { HaLab } from '../support/ha-lab.js'

describe('HA agents', () => {
  it('begin settled: the winner of the order of elections leads, and no event tells of it', () => {
    const lab = new HaLab()
    expect(lab.primaries()).toEqual(['esx-04'])
    expect(lab.shown('esx-04')).toBe('master by esx-04')
    expect(lab.shown('esx-01')).toBe('connectedToMaster by esx-04')
    expect(lab.said).toEqual([])
    expect(lab.told()).toEqual([])
    expect(lab.lab.world.agenda.list().filter(job => job.kind.startsWith('ha.'))).toEqual([])
  })
})

describe('a secondary crashes (V03)', () => {
  it('is declared dead 18 s after its last heartbeat', () => {
    const lab = new HaLab()
    lab.crash('esx-02')
    lab.to(17.999)
    expect(lab.shown('esx-02')).toBe('connectedToMaster by esx-04')
    lab.to(30)
    expect(lab.shown('esx-02')).toBe('hostDown by esx-04')
    expect(lab.when('ha.hostFailed')).toEqual([18])
    expect(lab.times('DasHostFailedEvent')).toEqual([18, 18])
    lab.to(70)
    expect(lab.hostProps('esx-02').runtime.connectionState).toBe('notResponding')
    expect(lab.told().map(([, name]) => name)).not.toContain('DasHostIsolatedEvent')
    expect(lab.told().map(([, name]) => name)).not.toContain('HostPartitionedFromMasterEvent')
  })

  it('after 15 s without heartbeat datastores', () => {
    const lab = new HaLab({ das: { hBDatastoreCandidatePolicy: 'userSelectedDs' } })
    lab.crash('esx-02')
    lab.to(30)
    expect(lab.when('ha.hostFailed')).toEqual([15])
  })

  it('counts from the last heartbeat that was received', () => {
    const lab = new HaLab()
    lab.to(0.7)
    lab.crash('esx-02')
    lab.to(30)
    expect(lab.when('ha.hostFailed')).toEqual([18])
  })
})

describe('the primary crashes (V05)', () => {
  it('the others elect another after 10 and 25 s, which is ready at 35 s', () => {
    const lab = new HaLab()
    lab.crash('esx-04')
    lab.to(9.9)
    expect(lab.shown('esx-01')).toBe('connectedToMaster by esx-04')
    lab.to(10)
    expect(['esx-01', 'esx-02', 'esx-03'].map(host => lab.state(host))).toEqual(['election', 'election', 'election'])
    lab.to(60)
    expect(lab.when('ha.primaryElected')).toEqual([25])
    expect(lab.when('ha.primaryReady')).toEqual([35])
    expect(lab.shown('esx-03')).toBe('master by esx-03')
    expect(lab.shown('esx-01')).toBe('connectedToMaster by esx-03')
    expect(lab.shown('esx-04')).toBe('hostDown by esx-03')
    expect(lab.when('ha.hostFailed')).toEqual([43])
    expect(lab.times('VcDisconnectedFromMasterEvent')).toEqual([10])
    expect(lab.times('VcCannotFindMasterEvent')).toEqual([20])
    expect(lab.times('VcConnectedToMasterEvent')).toEqual([26])
    expect(lab.times('DasHostFailedEvent')).toEqual([43, 43])
  })
})

describe('a secondary is isolated (V06)', () => {
  it('partitioned, then isolated, then back', () => {
    const lab = new HaLab()
    const heal = lab.isolate(['esx-02'])
    lab.to(17.9)
    expect(lab.shown('esx-02')).toBe('connectedToMaster by esx-04')
    lab.to(20)
    expect(lab.shown('esx-02')).toBe('networkPartitionedFromMaster by esx-04')
    expect(lab.own('esx-02')).toBe('election')
    lab.to(62)
    expect(lab.shown('esx-02')).toBe('networkIsolated by esx-04')
    expect(lab.when('ha.isolated')).toEqual([30])
    expect(lab.when('ha.isolationResponse')).toEqual([60])
    lab.to(300)
    heal()
    lab.to(330)
    expect(lab.shown('esx-02')).toBe('connectedToMaster by esx-04')
    expect(lab.when('ha.hostFailed')).toEqual([])
    expect(lab.times('HostPartitionedFromMasterEvent')).toEqual([18])
    expect(lab.times('DasHostIsolatedEvent')).toEqual([301, 301])
    expect(lab.when('ha.isolationEnded')).toEqual([301])
  })
})

describe('two halves (V11)', () => {
  it('each has a primary; one is left after the heal', () => {
    const lab = new HaLab()
    const heal = lab.isolate(['esx-01', 'esx-02'], { to: ['esx-03', 'esx-04', 'vc1', 'gateway'], except: [] })
    lab.to(27)
    expect(lab.primaries()).toEqual(['esx-02', 'esx-04'])
    expect(lab.shown('esx-01')).toBe('networkPartitionedFromMaster by esx-04')
    lab.to(300)
    heal()
    lab.to(330)
    expect(lab.primaries()).toEqual(['esx-04'])
    expect(lab.shown('esx-01')).toBe('connectedToMaster by esx-04')
    expect(lab.when('ha.hostFailed')).toEqual([])
    expect(lab.times('HostPartitionedFromMasterEvent')).toEqual([18, 18])
  })
})
