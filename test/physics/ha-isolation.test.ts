import { describe, expect, it } from 'vitest'
import { HaLab } from '../support/ha-lab.js'

const option = (...pairs: Array<[string, string]>) => ({ das: { option: pairs.map(([key, value]) => ({ key, value })) } })

describe('the isolation response (V07)', () => {
  it.each([[undefined, 60], ['90', 120], ['10', 60]] as const)('with a delay of %s s comes at %i s', (delay, due) => {
    const lab = new HaLab(delay === undefined ? {} : option(['das.config.fdm.isolationPolicyDelaySec', delay]))
    lab.isolate(['esx-02'])
    lab.to(due - 0.001)
    expect(lab.when('ha.isolationResponse')).toEqual([])
    lab.to(300)
    expect(lab.when('ha.isolationResponse')).toEqual([due])
    expect(lab.when('ha.hostFailed')).toEqual([])
  })
})

describe('a response is cancelled (V09)', () => {
  it('(a) by a heal before the delay is over', () => {
    const lab = new HaLab()
    const heal = lab.isolate(['esx-02'])
    lab.to(45)
    heal()
    lab.to(75)
    expect(lab.shown('esx-02')).toBe('connectedToMaster by esx-04')
    lab.to(300)
    expect(lab.when('ha.isolationEnded')).toEqual([46])
    expect(lab.when('ha.isolationResponse')).toEqual([])
  })

  it('(b) never begins while the gateway answers: the host leads a partition of its own', () => {
    const lab = new HaLab()
    lab.isolate(['esx-02'], { port: 8182 })
    lab.to(300)
    expect(lab.when('ha.primaryElected', 'esx-02')).toEqual([25])
    expect(lab.when('ha.isolated')).toEqual([])
    expect(lab.own('esx-02')).toBe('primary')
    expect(lab.shown('esx-02')).toBe('networkPartitionedFromMaster by esx-04')
    expect(lab.when('ha.hostFailed')).toEqual([])
  })

  it('by one answer of an isolation address', () => {
    const lab = new HaLab()
    lab.isolate(['esx-02'], { to: ['esx-01', 'esx-03', 'esx-04', 'vc1'], except: [] })
    const heal = lab.isolate(['esx-02'], { to: ['gateway'], except: [] })
    lab.to(40.5)
    heal()
    lab.to(300)
    expect(lab.when('ha.isolationEnded')).toEqual([41])
    expect(lab.when('ha.isolationResponse')).toEqual([])
    expect(lab.when('ha.primaryElected', 'esx-02')).toEqual([25, 56])
    expect(lab.own('esx-02')).toBe('primary')
  })

  it('a gateway that goes later isolates a host that hears nobody', () => {
    const lab = new HaLab()
    lab.isolate(['esx-02'], { to: ['esx-01', 'esx-03', 'esx-04', 'vc1'], except: [] })
    lab.to(200.5)
    lab.isolate(['esx-02'], { to: ['gateway'], except: [] })
    lab.to(300)
    expect(lab.when('ha.isolated')).toEqual([205])
  })
})

describe('isolation addresses', () => {
  it('an address that is a machine of the lab answers as long as it lives', () => {
    const lab = new HaLab(option(['das.usedefaultisolationaddress', 'false'], ['das.isolationaddress0', 'vc1']))
    lab.isolate(['esx-02'], { to: ['esx-01', 'esx-03', 'esx-04', 'gateway'], except: [] })
    lab.to(100)
    expect(lab.when('ha.isolated')).toEqual([])
    lab.emit('hardware.powerLost', { node: 'vc1', cause: 'power' })
    lab.to(200)
    expect(lab.when('ha.isolated')).toEqual([105])
  })

  it('an unknown address never answers', () => {
    const lab = new HaLab(option(['das.usedefaultisolationaddress', 'false'], ['das.isolationaddress', '203.0.113.9']))
    lab.isolate(['esx-02'], { to: ['esx-01', 'esx-03', 'esx-04'], except: [] })
    lab.to(100)
    expect(lab.when('ha.isolated')).toEqual([30])
  })
})

describe('the primary is isolated', () => {
  it('declares it after 5 s, gives its lists back, and responds at 35 s', () => {
    const lab = new HaLab()
    const heal = lab.isolate(['esx-04'])
    lab.to(60)
    expect(lab.when('ha.isolated')).toEqual([5])
    expect(lab.when('ha.primaryGone')).toEqual([5])
    expect(lab.when('ha.isolationResponse')).toEqual([35])
    expect(lab.when('ha.primaryElected')).toEqual([25])
    expect(lab.primaries()).toEqual(['esx-03'])
    lab.to(100)
    expect(lab.shown('esx-04')).toBe('networkIsolated by esx-03')
    heal()
    lab.to(102)
    expect(lab.shown('esx-04')).toBe('connectedToMaster by esx-03')
    expect(lab.primaries()).toEqual(['esx-03'])
  })

  it('every host of a switch that fails is isolated, and one primary is left after it returns', () => {
    const lab = new HaLab()
    const heals = [1, 2, 3, 4].map(n => lab.isolate([`esx-0${n}`]))
    lab.to(100)
    expect([1, 2, 3, 4].map(n => lab.own(`esx-0${n}`))).toEqual(Array(4).fill('isolated'))
    expect(lab.when('ha.isolated').sort((a, b) => a - b)).toEqual([5, 30, 30, 30])
    for (const heal of heals) heal()
    lab.to(130)
    expect(lab.primaries()).toEqual(['esx-04'])
    expect(lab.shown('esx-01')).toBe('connectedToMaster by esx-04')
  })
})

describe('storage and management are lost together (V12)', () => {
  it('the host is declared dead though it runs', () => {
    const lab = new HaLab()
    const heals = [lab.isolate(['esx-02']), lab.isolate(['esx-02'], { networks: ['storage'] })]
    lab.to(60)
    expect(lab.when('ha.hostFailed')).toEqual([18])
    expect(lab.shown('esx-02')).toBe('hostDown by esx-04')
    expect(lab.when('ha.isolated')).toEqual([30])
    lab.to(600)
    for (const heal of heals) heal()
    lab.to(620)
    expect(lab.shown('esx-02')).toBe('connectedToMaster by esx-04')
    expect(lab.when('ha.hostJoined', 'esx-02')).toEqual([601])
  })
})

describe('packets are lost', () => {
  it('a third of them changes nothing; all of them are a cut', () => {
    const lab = new HaLab()
    const heal = lab.isolate(['esx-02'], { loss: 0.3 })
    lab.to(3600)
    expect(lab.said).toEqual([])
    heal()
    lab.isolate(['esx-02'], { loss: 1 })
    lab.to(3700)
    expect(lab.when('ha.isolated')).toEqual([3630])
  })
})

describe('a split that lasts', () => {
  it.each([
    ['an isolated host', (lab: HaLab) => { lab.isolate(['esx-02']) }],
    ['a dead host', (lab: HaLab) => lab.crash('esx-02')],
    ['a partition of one', (lab: HaLab) => { lab.isolate(['esx-02'], { port: 8182 }) }],
    ['two halves', (lab: HaLab) => { lab.isolate(['esx-01', 'esx-02'], { to: ['esx-03', 'esx-04'], except: [] }) }],
    ['a host without agent', (lab: HaLab) => lab.emit('agent.changed', { host: 'esx-02', agent: 'fdm', state: 'stopped' })],
  ])('%s › costs nothing once it is judged', (_name, fault) => {
    const lab = new HaLab()
    fault(lab)
    lab.to(200)
    expect(lab.lab.world.agenda.list().filter(job => job.kind.startsWith('ha.'))).toEqual([])
  })
})
