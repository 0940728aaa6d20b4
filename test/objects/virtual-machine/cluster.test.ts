import { describe, expect, it } from 'vitest'
import type {
  DistributedVirtualPortgroupProps, FolderProps, HostSystemProps, VirtualMachineProps,
} from '../../../emulator/schema/generated/types.js'
import type { MoRef } from '../../../emulator/schema/model.js'
import { GateLab } from '../../support/gate-lab.js'

const VC = 'vc-01'

function rootPool(lab: GateLab): MoRef {
  return lab.props<{ resourcePool: MoRef }>(VC, lab.named(VC, 'ClusterComputeResource', 'Cluster-01')).resourcePool
}

describe('a DRS cluster', () => {
  it('takes a new VM on the host with the fewest running VMs that has the datastore', () => {
    const lab = new GateLab({ lab: 'cluster' })
    const folder = lab.named(VC, 'Folder', 'Production')
    const busy = lab.named(VC, 'VirtualMachine', 'esx-03-vm-01')
    lab.done(VC, busy, 'PowerOffVM_Task')
    const vm = lab.done(VC, folder, 'CreateVM_Task', {
      config: { name: 'placed', files: { vmPathName: '[shared-01]' } }, pool: rootPool(lab),
    }) as MoRef
    const { host } = lab.props<VirtualMachineProps>(VC, vm).runtime
    expect(host).toEqual(lab.props<VirtualMachineProps>(VC, busy).runtime.host)
    expect(lab.props<FolderProps>(VC, folder).childEntity).toContainEqual(vm)
  })

  it('needs a host that has the datastore', () => {
    const lab = new GateLab({ lab: 'cluster' })
    const folder = lab.named(VC, 'Folder', 'Production')
    const vm = lab.done(VC, folder, 'CreateVM_Task', {
      config: { name: 'local', files: { vmPathName: '[local-04]' } }, pool: rootPool(lab),
    }) as MoRef
    const { host } = lab.props<VirtualMachineProps>(VC, vm).runtime
    expect(lab.props<HostSystemProps>(VC, host!).name).toMatch(/^esx-04/)
  })
})

describe('a distributed port group', () => {
  it('backs a card by its key, and lists the VM', () => {
    const lab = new GateLab({ lab: 'cluster' })
    const vm = lab.named(VC, 'VirtualMachine', 'esx-01-vm-01')
    const target = lab.named(VC, 'DistributedVirtualPortgroup', 'DPG-Test')
    const group = lab.props<DistributedVirtualPortgroupProps>(VC, target)
    const card = lab.props<VirtualMachineProps>(VC, vm).config!.hardware.device!
      .find(item => item._typeName === 'VirtualVmxnet3')!
    const switchUuid = (card.backing as unknown as { port: { switchUuid: string } }).port.switchUuid
    lab.done(VC, vm, 'ReconfigVM_Task', {
      spec: {
        deviceChange: [{
          operation: 'edit',
          device: {
            ...card,
            backing: {
              _typeName: 'VirtualEthernetCardDistributedVirtualPortBackingInfo',
              port: { switchUuid, portgroupKey: group.key },
            },
          },
        }],
      },
    })
    expect(lab.props<VirtualMachineProps>(VC, vm).network).toEqual([target])
    expect(lab.props<DistributedVirtualPortgroupProps>(VC, target).vm).toContainEqual(vm)
    const before = lab.named(VC, 'DistributedVirtualPortgroup', 'DPG-Production')
    expect(lab.props<DistributedVirtualPortgroupProps>(VC, before).vm).not.toContainEqual(vm)
  })
})
