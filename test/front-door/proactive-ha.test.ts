import { describe, expect, it } from 'vitest'
import { listOf } from '../../clients/sdk/soap-client.js'
import type { Ref, Value } from '../../clients/sdk/soap-xml.js'
import { createTestLab } from '../support/test-lab.js'
import { withDoors } from './door.js'
import { Watcher, objectSpec } from './watcher.js'

const lab = {
  lab: 'health', hosts: [{ name: 'esx-0#', count: 2 }],
  vcenters: [{ name: 'vc-01', datacenters: [{ name: 'DC', clusters: [{ name: 'C1', hosts: ['esx-*'], drs: true }] }] }],
  datastores: [{ name: 'ds1' }], vms: [{ name: 'vm-1', host: 'esx-01' }],
}

describe('Proactive HA as its clients see it', () => {
  it('a provider posts that a host is degraded; the host is in quarantine and its VM elsewhere', withDoors(async doors => {
    const vc = await doors.open('vc-01')
    const manager = await vc.content('healthUpdateManager')
    const host = (await vc.names('HostSystem')).get('esx-01')!
    const cluster = (await vc.names('ClusterComputeResource')).get('C1')!
    const providerId = await vc.call(manager, 'RegisterHealthUpdateProvider', {
      name: 'com.example.watch', healthUpdateInfo: [{ id: 'fan-1', componentType: 'Fan', description: 'Fan 1' }],
    }) as string
    await vc.call(manager, 'AddMonitoredEntities', { providerId, entities: listOf<Ref>([...(await vc.names('HostSystem')).values()] as never) })
    await vc.call(cluster, 'ReconfigureComputeResource_Task', {
      spec: {
        _typeName: 'ClusterConfigSpecEx',
        infraUpdateHaConfig: {
          enabled: true, behavior: 'Automated', moderateRemediation: 'QuarantineMode',
          severeRemediation: 'QuarantineMode', providers: [providerId],
        },
      },
      modify: true,
    })
    doors.lab.world.advance(10_000)
    const watcher = await Watcher.create(vc, objectSpec(host, ['runtime.inQuarantineMode', 'summary.runtime']))
    await watcher.ask()
    const update = {
      entity: host, healthUpdateInfoId: 'fan-1', id: '1', status: 'yellow', remediation: 'Replace the fan',
    }
    await vc.call(manager, 'PostHealthUpdates', { providerId, updates: [update] })
    expect((await watcher.all())[0]!.changes['runtime.inQuarantineMode']).toBe('true')
    doors.lab.world.advance(120_000)
    expect(await vc.get(await vc.get<Ref>(await vc.vm('vm-1'), 'runtime.host') as never, 'name')).toBe('esx-02')
    const events = await vc.events(0, { eventTypeId: ['com.vmware.vc.infraUpdateHa.QuarantineEvent'] })
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({ _typeName: 'EventEx', fullFormattedMessage: 'Host esx-01 is in quarantine mode' })
    const known = listOf<Record<string, Value>>(await vc.call(manager, 'QueryHealthUpdates', { providerId }))
    expect(known).toMatchObject([{ id: '1', status: 'yellow', healthUpdateInfoId: 'fan-1' }])
    expect((await vc.fault(manager, 'PostHealthUpdates', { providerId, updates: [update] }))?.type).toBe('InvalidArgument')
  }, { lab }))

  const provider = { name: 'com.example.watch', id: 'watch', components: [{ id: 'fan-1', type: 'Fan', description: 'Fan 1' }] } as const
  const with1 = (hosts: string[]): typeof lab => ({
    ...lab, vcenters: lab.vcenters.map(each => ({ ...each, healthProviders: [{ ...provider, hosts }] })),
  })

  it('a provider of the lab file is there, watches its hosts, and the administrator speaks for it', withDoors(async doors => {
    const vc = await doors.open('vc-01')
    const manager = await vc.content('healthUpdateManager')
    const host = (await vc.names('HostSystem')).get('esx-02')!
    expect(await vc.call(manager, 'QueryProviderList')).toBe('watch')
    expect(await vc.call(manager, 'QueryMonitoredEntities', { providerId: 'watch' })).toEqual(host)
    const update = { entity: host, healthUpdateInfoId: 'fan-1', id: '1', status: 'yellow', remediation: 'Replace the fan' }
    await vc.call(manager, 'PostHealthUpdates', { providerId: 'watch', updates: [update] })
    expect(await vc.call(manager, 'QueryHealthUpdates', { providerId: 'watch' })).toMatchObject({ id: '1', status: 'yellow' })
  }, { lab: with1(['esx-02']) }))

  it('a provider of the lab file for hosts that are not there is refused', () => {
    expect(() => createTestLab({ lab: with1(['esx-9*']) })).toThrow(/healthProviders watch: vc-01 has no host esx-9\*/)
  })
})
