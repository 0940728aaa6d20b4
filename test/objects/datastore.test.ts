import { describe, expect, it } from 'vitest'
import type { DatacenterProps, DatastoreProps } from '../../emulator/schema/generated/types.js'
import { GateLab, faultOf } from '../support/gate-lab.js'

const VC = 'vc-01'

const extra = {
  lab: 'empty-store',
  vcenters: [{ name: VC, datacenters: [{ name: 'DC', standaloneHosts: ['esx-01'] }] }],
  hosts: [{ name: 'esx-01' }],
  datastores: [{ name: 'used', capacity: '1TiB' }, { name: 'spare', capacity: '1TiB' }],
  vms: [{ name: 'vm', datastore: 'used' }],
}

describe('Datastore', () => {
  it('shows the free space of its volume when asked', () => {
    const lab = new GateLab({ lab: extra })
    const store = lab.named(VC, 'Datastore', 'spare')
    lab.call(VC, store, 'RefreshDatastore')
    lab.call(VC, store, 'RefreshDatastoreStorageInfo')
    const { summary } = lab.props<DatastoreProps>(VC, store)
    expect(summary.freeSpace).toBeLessThanOrEqual(summary.capacity)
  })

  it('is renamed on every host, with its event', () => {
    const lab = new GateLab({ lab: extra })
    const store = lab.named(VC, 'Datastore', 'spare')
    lab.call(VC, store, 'RenameDatastore', { newName: 'renamed' })
    expect(lab.props<DatastoreProps>(VC, store)).toMatchObject({
      name: 'renamed', summary: { name: 'renamed' }, info: { name: 'renamed' },
    })
    expect(lab.named('esx-01', 'Datastore', 'renamed')).toBeDefined()
    expect(lab.events(VC).at(-1)).toBe('DatastoreRenamedEvent')
    expect(faultOf(() => lab.call(VC, store, 'RenameDatastore', { newName: 'used' }))).toBe('DuplicateName')
  })

  it('is destroyed only while no VM is on it', () => {
    const lab = new GateLab({ lab: extra })
    expect(faultOf(() => lab.call(VC, lab.named(VC, 'Datastore', 'used'), 'DestroyDatastore'))).toBe('ResourceInUse')
    const store = lab.named(VC, 'Datastore', 'spare')
    lab.call(VC, store, 'DestroyDatastore')
    expect(lab.lives(VC, store)).toBe(false)
    expect(lab.props<DatacenterProps>(VC, lab.named(VC, 'Datacenter', 'DC')).datastore).not.toContainEqual(store)
  })
})

describe('Network.DestroyNetwork', () => {
  it('is ResourceInUse › while a host has the network', () => {
    const lab = new GateLab({ lab: extra })
    expect(faultOf(() => lab.call(VC, lab.named(VC, 'Network', 'VM Network'), 'DestroyNetwork'))).toBe('ResourceInUse')
  })
})
