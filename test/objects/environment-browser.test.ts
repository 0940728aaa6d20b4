import { describe, expect, it } from 'vitest'
import type {
  ConfigTarget, VirtualMachineConfigOption, VirtualMachineConfigOptionDescriptor,
} from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { GateLab, faultOf } from '../support/gate-lab.js'

const VC = 'vc-01'

function bench(): { lab: GateLab, browser: MoRef } {
  const lab = new GateLab({ lab: 'cluster' })
  const cluster = lab.named(VC, 'ClusterComputeResource', 'Cluster-01')
  return { lab, browser: lab.props<{ environmentBrowser: MoRef }>(VC, cluster).environmentBrowser }
}

describe('EnvironmentBrowser', () => {
  it('lists hardware versions, one of them the default', () => {
    const { lab, browser } = bench()
    const list = lab.call(VC, browser, 'QueryConfigOptionDescriptor') as VirtualMachineConfigOptionDescriptor[]
    expect(list.filter(item => item.defaultConfigOption).map(item => item.key)).toEqual(['vmx-21'])
    expect(list.map(item => item.key)).toContain('vmx-07')
    expect(list[0]!.host).toHaveLength(4)
  })

  it('says what a version offers, for all guests or some', () => {
    const { lab, browser } = bench()
    const all = lab.call(VC, browser, 'QueryConfigOption') as VirtualMachineConfigOption
    expect(all).toMatchObject({ version: 'vmx-21', hardwareOptions: { hwVersion: 21 } })
    expect(all.guestOSDescriptor.length).toBeGreaterThan(20)
    const some = lab.call(VC, browser, 'QueryConfigOptionEx', {
      spec: { key: 'vmx-19', guestId: ['ubuntu64Guest'] },
    }) as VirtualMachineConfigOption
    expect(some.guestOSDescriptor.map(item => item.id)).toEqual(['ubuntu64Guest'])
    expect(faultOf(() => lab.call(VC, browser, 'QueryConfigOption', { key: 'vmx-99' }))).toBe('InvalidArgument')
  })

  it('gives the datastores and networks that all hosts have, or those of one', () => {
    const { lab, browser } = bench()
    const names = (target: ConfigTarget) => target.datastore!.map(item => item.name).sort()
    const all = lab.call(VC, browser, 'QueryConfigTarget') as ConfigTarget
    expect(names(all)).toEqual(['nfs-01', 'shared-01', 'shared-02'])
    expect(all.distributedVirtualPortgroup!.map(item => item.portgroupName)).toContain('DPG-Production')
    const host = lab.named(VC, 'HostSystem', 'esx-01')
    expect(names(lab.call(VC, browser, 'QueryConfigTarget', { host }) as ConfigTarget)).toContain('local-01')
    expect(lab.call(VC, browser, 'QueryTargetCapabilities', { host })).toMatchObject({ vmotionSupported: true })
  })
})
