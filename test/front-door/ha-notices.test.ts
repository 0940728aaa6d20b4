import { describe, expect, it } from 'vitest'
import { listOf } from '../../clients/sdk/soap-client.js'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { f4 } from '../support/ha-lab.js'
import { withDoors, type Door, type Fields } from './door.js'

const HA = 'com.vmware.vc.HA.'

const lab = (count: number, more: Partial<LabFileInput> = {}, ha: object | boolean = true): LabFileInput => ({
  lab: 'notices', hosts: [{ name: 'esx-0#', count, memory: '12GiB' }],
  vcenters: [{ name: 'vc-01', datacenters: [{ name: 'DC', clusters: [{ name: 'C1', hosts: ['esx-*'], drs: true, ha }] }] }],
  datastores: [{ name: 'ds1' }, { name: 'ds2' }, { name: 'ds3' }], ...more,
})

async function das(vc: Door, dasConfig: object): Promise<void> {
  await vc.done(await vc.named('ClusterComputeResource', 'C1'), 'ReconfigureComputeResource_Task', {
    spec: { _typeName: 'ClusterConfigSpecEx', dasConfig }, modify: true,
  })
}

async function ids(door: Door, mark: number, pattern: RegExp): Promise<string[]> {
  return (await door.events(mark)).map(event => event['eventTypeId'] ?? event._typeName).filter(id => pattern.test(id))
}

async function issues(vc: Door, object: Ref): Promise<string[]> {
  const list = await vc.get<Fields | undefined>(object, 'configIssue')
  return listOf<Fields>(list?.['Event'] as never).map(event => (event['eventTypeId'] ?? event['_typeName']) as string)
}

describe('a datastore that the user preferred for heartbeats', () => {
  it('is taken out of the configuration when it leaves the inventory, and vCenter says so', withDoors(async doors => {
    const vc = await doors.open()
    const cluster = await vc.named('ClusterComputeResource', 'C1')
    await das(vc, { heartbeatDatastore: [await vc.named('Datastore', 'ds3'), await vc.named('Datastore', 'ds2')] })
    const mark = await vc.mark()
    await vc.call(await vc.named('Datastore', 'ds3'), 'DestroyDatastore')
    expect(await ids(vc, mark, /UserHeartbeat/)).toEqual([`${HA}UserHeartbeatDatastoreRemoved`])
    const [event] = await vc.events(mark, { eventTypeId: [`${HA}UserHeartbeatDatastoreRemoved`] })
    expect(event).toMatchObject({
      _typeName: 'EventEx', severity: 'warning', objectType: 'ClusterComputeResource', objectId: cluster.value,
      arguments: { key: 'dsName', value: 'ds3' },
    })
    const config = await vc.get<Fields>(cluster, 'configurationEx')
    expect(listOf<Ref>((config['dasConfig'] as Fields)['heartbeatDatastore'] as never).map(ref => ref.value))
      .toEqual([(await vc.named('Datastore', 'ds2')).value])
    // One that nobody preferred leaves without a word.
    await das(vc, { hBDatastoreCandidatePolicy: 'userSelectedDs' })
    await vc.call(await vc.named('Datastore', 'ds1'), 'DestroyDatastore')
    expect(await ids(vc, mark, /UserHeartbeat/)).toHaveLength(1)
  }, { lab: lab(2) }))
})

describe('a host without datastores', () => {
  it('has an issue while HA is configured on it', withDoors(async doors => {
    const vc = await doors.open()
    const host = await vc.named('HostSystem', 'esx-01')
    const mark = await vc.mark()
    await das(vc, { enabled: true })
    const id = `${HA}HostHasNoMountedDatastores`
    expect(await ids(vc, mark, /HostHasNo/)).toEqual([id, id])
    expect(await issues(vc, host)).toContain(id)
    await das(vc, { enabled: false })
    doors.advance(60)
    expect(await issues(vc, host)).toEqual([])
    expect(await ids(vc, mark, /HostHasNo/)).toHaveLength(2)
  }, { lab: lab(2, { datastores: [] }, false) }))

  it('has it from when its last one is gone', withDoors(async doors => {
    const vc = await doors.open()
    const mark = await vc.mark()
    await vc.call(await vc.named('Datastore', 'ds1'), 'DestroyDatastore')
    doors.advance(60)
    const id = `${HA}HostHasNoMountedDatastores`
    expect(await ids(vc, mark, /HostHasNo/)).toEqual([id, id])
    expect(await issues(vc, await vc.named('HostSystem', 'esx-02'))).toContain(id)
  }, { lab: lab(2, { datastores: [{ name: 'ds1' }] }) }))
})

describe('a cluster that uses more than a failover leaves it', () => {
  const policy = (resourceReductionToToleratePercent: number) => ({
    admissionControlPolicy: {
      _typeName: 'ClusterFailoverResourcesAdmissionControlPolicy', failoverLevel: 2, autoComputePercentages: false,
      cpuFailoverResourcesPercent: 1, memoryFailoverResourcesPercent: 1, resourceReductionToToleratePercent,
    },
  })

  it('says so while its policy does not tolerate that, refuses nothing, and says when it is over', withDoors(async doors => {
    const vc = await doors.open()
    const cluster = await vc.named('ClusterComputeResource', 'C1')
    await das(vc, { enabled: true, admissionControlEnabled: true, ...policy(100) })
    const mark = await vc.mark()
    await das(vc, policy(50))
    expect(await ids(vc, mark, /Violation|FailoverLevel/)).toEqual([])
    // Three hosts use 4 GiB each; after two failures there are not quite 12 GiB.
    await das(vc, policy(0))
    expect(await ids(vc, mark, /Violation|FailoverLevel|Insufficient/)).toEqual([`${HA}FailoverResourcesViolationEvent`])
    expect(await issues(vc, cluster)).toEqual([`${HA}FailoverResourcesViolationEvent`])
    expect(await vc.get(cluster, 'configStatus')).toBe('yellow')
    const alarms = JSON.stringify(await vc.get(cluster, 'triggeredAlarmState'))
    expect(alarms).toContain('red')
    await vc.done(await vc.vm('vm-1'), 'PowerOnVM_Task')
    await das(vc, policy(100))
    expect(await ids(vc, mark, /Violation|FailoverLevel/)).toEqual([
      `${HA}FailoverResourcesViolationEvent`, 'FailoverLevelRestored',
    ])
    expect(await issues(vc, cluster)).toEqual([])
    expect(JSON.stringify(await vc.get(cluster, 'triggeredAlarmState'))).not.toContain('red')
  }, { lab: lab(3, { vms: [{ name: 'vm-1', host: 'esx-01', power: 'off' }] }, false) }))
})

describe('a VMFS heartbeat whose slot another host cleared', () => {
  it('is unrecoverable when the volume comes back; where nothing was restarted it recovers', withDoors(async doors => {
    const host = await doors.open('esx-02')
    const faults = doors.lab.lab.faults
    const mark = await host.mark()
    const cut = faults.inject('network-isolate', 'esx-02', {})
    const lost = ['ds1', 'ds2'].map(name => faults.inject('datastore-apd', name, { hosts: 'esx-02' }))
    doors.advance(120)
    for (const { id } of [cut, ...lost]) faults.heal(id)
    doors.advance(1)
    const said = (await host.events(mark)).filter(event => event['eventTypeId']?.includes('vmfs.heartbeat') === true)
    expect(said.map(event => event['eventTypeId']!.split('.').at(-1))).toEqual([
      'timedout', 'timedout', 'unrecoverable', 'recovered',
    ])
    expect(said[2]).toMatchObject({ severity: 'error' })
    expect(said[2]!['fullFormattedMessage']).toContain('(ds1)')
  }, { lab: f4() }))
})
