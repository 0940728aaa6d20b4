import { describe, expect, it } from 'vitest'
import type {
  ClusterComputeResourceProps, ClusterComputeResourceSummary, ClusterDasDataSummary,
} from '../../emulator/schema/generated/types.js'
import { HaLab } from '../support/ha-lab.js'

const off = (lab: HaLab): void => lab.emit('hardware.powerLost', { node: 'vc1', cause: 'power' })
const on = (lab: HaLab): void => lab.emit('hardware.powerRestored', { node: 'vc1' })

describe('while vCenter is away', () => {
  it('the agents go on, what it shows stays, and it catches up with the times of what happened', () => {
    const lab = new HaLab()
    off(lab)
    lab.to(100)
    lab.crash('esx-02')
    lab.to(200)
    expect(lab.when('ha.hostFailed')).toEqual([118])
    expect(lab.shown('esx-02')).toBe('connectedToMaster by esx-04')
    expect(lab.told()).toEqual([])
    on(lab)
    lab.to(445)
    expect(lab.shown('esx-02')).toBe('hostDown by esx-04')
    expect(lab.times('VcConnectedToMasterEvent')).toEqual([441])
    expect(lab.times('DasHostFailedEvent')).toEqual([118, 118])
    expect(lab.times('HostStateChangedEvent')).toEqual([118])
  })

  it('a new primary is found when it returns', () => {
    const lab = new HaLab()
    off(lab)
    lab.crash('esx-04')
    lab.to(300)
    expect(lab.primaries()).toEqual(['esx-03'])
    expect(lab.shown('esx-03')).toBe('connectedToMaster by esx-04')
    on(lab)
    lab.to(545)
    expect(lab.shown('esx-03')).toBe('master by esx-03')
    expect(lab.shown('esx-04')).toBe('hostDown by esx-03')
  })

  it('a primary keeps the newest of its reports', () => {
    const lab = new HaLab({ das: { option: [{ key: 'das.config.fdm.event.maxMasterEvents', value: '2' }] } })
    off(lab)
    for (const [n, host] of ['esx-01', 'esx-02'].entries()) {
      lab.to(n * 100 + 50)
      lab.crash(host)
    }
    lab.to(300)
    on(lab)
    lab.to(545)
    // Two are kept: what was said last of the second host's VMs, nothing of the first host.
    expect(lab.told().filter(([at]) => at < 300)).toEqual([
      [185, 'com.vmware.vc.ha.VmRestartedByHAEvent'], [185, 'ClusterFailoverActionCompletedEvent'],
    ])
    expect(lab.shown('esx-01')).toBe('hostDown by esx-04')
  })

  it('a cut between vCenter and the primary only: the last picture stays', () => {
    const lab = new HaLab()
    lab.isolate(['vc1'], { except: [] })
    lab.to(30)
    expect(lab.times('VcDisconnectedFromMasterEvent')).toEqual([10])
    expect(lab.times('VcCannotFindMasterEvent')).toEqual([20])
    lab.crash('esx-04')
    lab.to(200)
    expect(lab.shown('esx-03')).toBe('connectedToMaster by esx-04')
    expect(lab.shown('esx-04')).toBe('master by esx-04')
  })
})

describe('heartbeat datastores', () => {
  it('those that most hosts share, VMFS first, no two of one array', () => {
    const lab = new HaLab({
      datastores: [
        { name: 'a-nfs', type: 'NFS', server: 'nas' }, { name: 'b-few', hosts: ['esx-01', 'esx-02'] },
        { name: 'c-vsan', type: 'vsan' }, { name: 'd-vmfs' }, { name: 'e-nfs', type: 'NFS', server: 'nas' },
      ],
    })
    expect(lab.heartbeats()).toEqual({
      'd-vmfs': ['esx-01', 'esx-02', 'esx-03', 'esx-04'], 'a-nfs': ['esx-01', 'esx-02', 'esx-03', 'esx-04'],
    })
  })

  it('the policy and the list of the user', () => {
    const datastores = ['ds1', 'ds2', 'ds3'].map(name => ({ name }))
    const lab = new HaLab({ datastores })
    const ds3 = lab.named('vc1', 'Datastore', 'ds3')
    lab.das({ heartbeatDatastore: [ds3] })
    expect(Object.keys(lab.heartbeats())).toEqual(['ds1', 'ds3'])
    lab.das({ hBDatastoreCandidatePolicy: 'userSelectedDs' })
    expect(Object.keys(lab.heartbeats())).toEqual(['ds3'])
    expect(lab.times('HeartbeatDatastoreNotSufficient')).toEqual([0, 0, 0, 0])
    lab.das({ hBDatastoreCandidatePolicy: 'allFeasibleDs', option: [{ key: 'das.heartbeatDsPerHost', value: '3' }] })
    expect(Object.keys(lab.heartbeats())).toEqual(['ds1', 'ds2', 'ds3'])
  })

  it('a lost one is replaced', () => {
    const lab = new HaLab({ datastores: ['ds1', 'ds2', 'ds3'].map(name => ({ name })) })
    lab.loseStorage(['esx-01'], lab.volume('ds1'))
    lab.to(60)
    expect(lab.heartbeats()).toEqual({
      ds1: ['esx-02', 'esx-03', 'esx-04'], ds2: ['esx-01', 'esx-02', 'esx-03', 'esx-04'], ds3: ['esx-01'],
    })
    expect(lab.times('HeartbeatDatastoreChanged')).toEqual([30])
    expect(lab.times('HeartbeatDatastoreNotSufficient')).toEqual([])
    lab.loseStorage(['esx-01'], lab.volume('ds2'))
    lab.to(120)
    expect(lab.times('HeartbeatDatastoreNotSufficient')).toEqual([90])
    expect(lab.hostProps('esx-01').configIssue).toMatchObject([
      { eventTypeId: 'com.vmware.vc.HA.HeartbeatDatastoreNotSufficient' },
    ])
    lab.das({ option: [{ key: 'das.ignoreInsufficientHbDatastore', value: 'true' }] })
    lab.to(121)
  })
})

describe('what vCenter shows of the lists that it gives the agents', () => {
  const versions = (lab: HaLab): unknown => {
    const { dasData } = lab.props<ClusterComputeResourceProps>('vc1', { type: 'ClusterComputeResource', value: lab.cluster })
      .summary as ClusterComputeResourceSummary
    const { hostListVersion, clusterConfigVersion, compatListVersion } = (dasData ?? {}) as Partial<ClusterDasDataSummary>
    return [hostListVersion, clusterConfigVersion, compatListVersion]
  }

  it('their versions rise with what changes, and are unset while HA is off', () => {
    const lab = new HaLab()
    expect(versions(lab)).toEqual([1, 1, 1])
    lab.das({ option: [{ _typeName: 'OptionValue', key: 'das.isolationaddress0', value: 'esx-01' }] })
    expect(versions(lab)).toEqual([1, 2, 1])
    lab.loseStorage(['esx-02'], lab.volume('ds1'))
    lab.to(60)
    expect(versions(lab)).toEqual([1, 2, 2])
    lab.call('vc1', lab.named('vc1', 'HostSystem', 'esx-04'), 'DisconnectHost_Task')
    lab.to(120)
    expect((versions(lab) as number[])[0]).toBe(2)
    lab.das({ enabled: false })
    expect(versions(lab)).toEqual([undefined, undefined, undefined])
  })

  it('hosts without an isolation address have an issue, and an event says so', () => {
    const lab = new HaLab()
    const none = { _typeName: 'OptionValue', key: 'das.usedefaultisolationaddress', value: 'false' }
    lab.das({ option: [none] })
    expect(lab.times('HostHasNoIsolationAddrsDefined')).toHaveLength(4)
    const issues = (): unknown[] => lab.hostProps('esx-01').configIssue ?? []
    expect(issues()).toMatchObject([{ eventTypeId: 'com.vmware.vc.HA.HostHasNoIsolationAddrsDefined' }])
    lab.das({ option: [none, { _typeName: 'OptionValue', key: 'das.isolationaddress0', value: 'esx-01' }] })
    expect(issues()).toEqual([])
    expect(lab.times('HostHasNoIsolationAddrsDefined')).toHaveLength(4)
  })
})
