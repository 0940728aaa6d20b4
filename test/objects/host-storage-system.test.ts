import { describe, expect, it } from 'vitest'
import type {
  DatastoreProps, HostMultipathInfoLogicalUnit, HostStorageSystemProps, HostSystemProps, VirtualMachineProps,
} from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { GateLab, faultOf } from '../support/gate-lab.js'

const VC = 'vc1'

function setup(): { lab: GateLab, system: MoRef, unit: () => HostMultipathInfoLogicalUnit } {
  const lab = new GateLab({ lab: 'scenarios/labs/f4.yaml' })
  const name = lab.lab.nodes.find(node => node.name === 'esx-02')!.hostName
  const system = lab.props<HostSystemProps>(VC, lab.named(VC, 'HostSystem', name)).configManager.storageSystem!
  const unit = (): HostMultipathInfoLogicalUnit =>
    lab.props<HostStorageSystemProps>(VC, system).storageDeviceInfo!.multipathInfo!.lun!.find(each => each.path.length > 1)!
  return { lab, system, unit }
}

describe('HostStorageSystem', () => {
  it('rescans and refreshes without a complaint, from vCenter and on the host', () => {
    const { lab, system } = setup()
    for (const method of ['RescanVmfs', 'RescanAllHba', 'RefreshStorageSystem']) {
      lab.call(VC, system, method)
      lab.call('esx-02', { type: 'HostStorageSystem', value: 'storageSystem' }, method)
    }
    lab.call(VC, system, 'RescanHba', { hbaDevice: 'vmhba1' })
    expect(faultOf(() => lab.call(VC, system, 'RescanHba', { hbaDevice: 'vmhba7' }))).toBe('NotFound')
  })

  it('is HostNotReachable › when the host is cut off', () => {
    const { lab, system } = setup()
    lab.lab.faults.inject('cable-cut', 'esx-02', {})
    lab.lab.world.advance(90_000)
    expect(faultOf(() => lab.call(VC, system, 'RescanVmfs'))).toBe('HostNotReachable')
  })

  it('is HostNotConnected › when the host is disconnected', () => {
    const { lab, system } = setup()
    const name = lab.lab.nodes.find(node => node.name === 'esx-02')!.hostName
    lab.done(VC, lab.named(VC, 'HostSystem', name), 'DisconnectHost_Task')
    expect(faultOf(() => lab.call(VC, system, 'RescanVmfs'))).toBe('HostNotConnected')
    lab.call('esx-02', { type: 'HostStorageSystem', value: 'storageSystem' }, 'RescanVmfs')
  })

  it('disables and enables a path, but not the last one', () => {
    const { lab, system, unit } = setup()
    const [first, second] = unit().path.map(path => path.name) as [string, string]
    lab.call(VC, system, 'DisableMultipathPath', { pathName: first })
    expect(unit().path.map(path => path.state)).toEqual(['disabled', 'active'])
    expect(unit().path.map(path => path.isWorkingPath)).toEqual([false, true])
    expect(faultOf(() => lab.call(VC, system, 'DisableMultipathPath', { pathName: second }))).toBe('HostConfigFault')
    expect(faultOf(() => lab.call(VC, system, 'DisableMultipathPath', { pathName: 'vmhba9:C0:T0:L0' }))).toBe('NotFound')
    lab.call(VC, system, 'EnableMultipathPath', { pathName: first })
    expect(unit().path.map(path => path.isWorkingPath)).toEqual([true, false])
  })

  it('changes the path policy: MRU stays on the path that took over, fixed goes back', () => {
    const { lab, system, unit } = setup()
    const [first, second] = unit().path.map(path => path.name) as [string, string]
    const policy = (value: object): void => { lab.call(VC, system, 'SetMultipathLunPolicy', { lunId: unit().id, policy: value }) }
    const working = (): string | undefined => unit().path.find(path => path.isWorkingPath)?.name
    const failOver = (): void => {
      const { id } = lab.lab.faults.inject('path-down', 'esx-02', { paths: first })
      expect(working()).toBe(second)
      lab.lab.faults.heal(id)
    }
    policy({ policy: 'VMW_PSP_MRU' })
    failOver()
    expect(working()).toBe(second)
    policy({ _typeName: 'HostMultipathInfoFixedLogicalUnitPolicy', policy: 'VMW_PSP_FIXED', prefer: first })
    expect(working()).toBe(first)
    failOver()
    expect(working()).toBe(first)
    expect(faultOf(() => policy({ policy: 'VMW_PSP_LRU' }))).toBe('InvalidArgument')
    expect(faultOf(() => policy({ _typeName: 'HostMultipathInfoFixedLogicalUnitPolicy', policy: 'VMW_PSP_FIXED', prefer: 'x' })))
      .toBe('InvalidArgument')
    const options = lab.call(VC, system, 'QueryPathSelectionPolicyOptions') as { policy: { key: string } }[]
    expect(options.map(option => option.policy.key)).toContain('VMW_PSP_RR')
  })
})

describe('RefreshDatastore', () => {
  it('is HostConfigFault › when no host reaches it', () => {
    const { lab } = setup()
    const ds = lab.named(VC, 'Datastore', 'ds1')
    const { id } = lab.lab.faults.inject('datastore-apd', 'ds1', {})
    expect(faultOf(() => lab.call(VC, ds, 'RefreshDatastore'))).toBe('HostConfigFault')
    lab.lab.faults.heal(id)
    lab.call(VC, ds, 'RefreshDatastore')
  })

  it('with the storage info shows what thin disks may still take', () => {
    const { lab } = setup()
    const ds = lab.named(VC, 'Datastore', 'ds1')
    lab.call(VC, ds, 'RefreshDatastoreStorageInfo')
    const { summary, vm } = lab.props<DatastoreProps>(VC, ds)
    const expected = vm!.map(ref => lab.props<VirtualMachineProps>(VC, ref).summary.storage!.uncommitted)
      .reduce((sum, bytes) => sum + bytes, 0)
    expect(summary.uncommitted).toBe(expected)
    expect(expected).toBeGreaterThan(0)
  })
})
