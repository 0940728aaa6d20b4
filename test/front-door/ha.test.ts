import { afterAll, describe, expect, it } from 'vitest'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import { createTestLab } from '../support/test-lab.js'
import { f4 } from '../support/ha-lab.js'

/** HA's agents as a client of vCenter's SOAP door sees them (ha-oracle.md V01, V03, V05). */

const at = createTestLab({ lab: f4({ ha: false }), clock: 'manual' })

afterAll(() => at.close())

const host = (number: number): { type: string, value: string } => ({ type: 'HostSystem', value: `host-2${number}` })

interface Shown {
  readonly state: string
  readonly stateReporter?: { readonly type: string, readonly value: string }
}

async function shown(vc: SoapClient, number: number): Promise<Shown | undefined> {
  return (await vc.properties(host(number), ['runtime.dasHostState']))['runtime.dasHostState'] as Shown | undefined
}

async function ids(vc: SoapClient): Promise<string[]> {
  const events = await vc.callAll({ type: 'EventManager', value: 'EventManager' }, 'QueryEvents', { filter: {} })
  return events.map(event => {
    const { eventTypeId, _typeName } = event as { eventTypeId?: string, _typeName: string }
    return eventTypeId ?? _typeName
  })
}

describe('HA through the door of vCenter', () => {
  it('off: no state; on: an election, then a primary that reports on the others', async () => {
    const vc = await at.client('vc1')
    expect(await shown(vc, 1)).toBeUndefined()
    const cluster = at.world.ofType('vc1', 'ClusterComputeResource')[0]!.address
    await vc.call({ type: 'ClusterComputeResource', value: cluster.id }, 'ReconfigureComputeResource_Task', {
      spec: { _typeName: 'ClusterConfigSpecEx', dasConfig: { enabled: true } }, modify: true,
    })
    at.world.advance(5000)
    expect(await shown(vc, 1)).toMatchObject({ state: 'election', stateReporter: { type: 'HostSystem', value: 'host-21' } })
    at.world.advance(22_000)
    expect(await shown(vc, 4)).toMatchObject({ state: 'master', stateReporter: { value: 'host-24' } })
    expect(await shown(vc, 1)).toMatchObject({ state: 'connectedToMaster', stateReporter: { value: 'host-24' } })
    const said = await ids(vc)
    expect(said.filter(id => id === 'DasEnabledEvent')).toHaveLength(1)
    expect(said.filter(id => id === 'HostDasEnabledEvent')).toHaveLength(4)
    expect(said.filter(id => id === 'com.vmware.vc.HA.VcConnectedToMasterEvent')).toHaveLength(1)
  })

  it('a crash shows as hostDown, with the events of both kinds', async () => {
    const vc = await at.client('vc1')
    at.world.transact({ kind: 'lab', what: 'test' }, tx => tx.emit('hardware.powerLost', { node: 'esx-02', cause: 'power' }))
    at.world.advance(16_000)
    expect(await shown(vc, 2)).toMatchObject({ state: 'connectedToMaster' })
    at.world.advance(4000)
    expect(await shown(vc, 2)).toMatchObject({ state: 'hostDown', stateReporter: { value: 'host-24' } })
    const events = await vc.callAll({ type: 'EventManager', value: 'EventManager' }, 'QueryEvents', {
      filter: { eventTypeId: ['DasHostFailedEvent', 'com.vmware.vc.HA.DasHostFailedEvent'] },
    })
    expect(events).toHaveLength(2)
    expect(events).toContainEqual(expect.objectContaining({
      failedHost: expect.objectContaining({ name: 'esx-02', host: expect.objectContaining({ value: 'host-22' }) }),
    }))
    expect(events).toContainEqual(expect.objectContaining({
      eventTypeId: 'com.vmware.vc.HA.DasHostFailedEvent', severity: 'error', objectType: 'HostSystem',
      objectId: 'host-22', objectName: 'esx-02',
    }))
  })
})
