import { describe, expect, it } from 'vitest'
import type {
  DatacenterProps, HostSystemProps, VirtualMachineProps,
} from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { Walker } from '../inventory/walker.js'
import { GateLab } from '../support/gate-lab.js'

const VC = 'vc-01'

/** What tasks and events tell of the past may be gone; everything else must be there. */
function problems(lab: GateLab): string[] {
  const { schema, world, services } = lab.lab
  return new Walker(schema, world, (type, property) => services.virtualProperty(type, property) !== undefined)
    .walk().problems.filter(line => !/^\S+ (Task|EventManager):/.test(line))
}

/** Every reference in a list of VMs, children or pools that is not answered from the other side. */
function oneSided(lab: GateLab): string[] {
  const { world } = lab.lab
  const found: string[] = []
  for (const node of lab.lab.nodes) {
    for (const slot of world.ofType(node.name, 'VirtualMachine')) {
      const vm = world.read<VirtualMachineProps>(slot)!.props
      const lists: Array<readonly [MoRef | undefined, string]> = [
        [vm.parent, 'childEntity'], [vm.resourcePool, 'vm'], [vm.runtime.host, 'vm'],
        ...(vm.datastore ?? []).map(ref => [ref, 'vm'] as const),
        ...(vm.network ?? []).map(ref => [ref, 'vm'] as const),
      ]
      for (const [holder, list] of lists) {
        if (holder === undefined) continue
        const refs = world.get<Record<string, MoRef[]>>(node.name, holder.value)?.props[list] ?? []
        if (refs.filter(ref => ref.value === slot.address.id).length !== 1) {
          found.push(`${node.name} ${vm.name} in ${holder.type}:${holder.value}.${list}`)
        }
      }
    }
    for (const type of ['HostSystem', 'ResourcePool', 'Datastore', 'Network']) {
      for (const slot of world.ofType(node.name, type)) {
        for (const ref of world.read<{ vm?: MoRef[] }>(slot)!.props.vm ?? []) {
          if (!lab.lives(node.name, ref)) found.push(`${node.name} ${type}:${slot.address.id}.vm has ${ref.value}`)
        }
      }
    }
  }
  return found
}

describe('records after changes', () => {
  it('stay as the tables say, and the tree keeps both directions', () => {
    const lab = new GateLab()
    const datacenter = lab.props<DatacenterProps>(VC, lab.named(VC, 'Datacenter', 'DC-01'))
    const folder = lab.call(VC, datacenter.vmFolder, 'CreateFolder', { name: 'sub' }) as MoRef
    const cluster = lab.call(VC, datacenter.hostFolder, 'CreateClusterEx', { name: 'C', spec: { drsConfig: { enabled: true } } }) as MoRef
    lab.call(VC, { type: 'Folder', value: 'group-d1' }, 'CreateDatacenter', { name: 'DC-02' })
    lab.call(VC, datacenter.datastoreFolder, 'CreateStoragePod', { name: 'pod' })
    const web = lab.named(VC, 'VirtualMachine', 'web-01')
    const { resourcePool, runtime } = lab.props<VirtualMachineProps>(VC, web)
    const allocations = { cpuAllocation: {}, memoryAllocation: {} }
    const pool = lab.call(VC, resourcePool!, 'CreateResourcePool', { name: 'P', spec: allocations }) as MoRef
    lab.call(VC, resourcePool!, 'CreateVApp', { name: 'A', resSpec: allocations, configSpec: {} })
    const made = lab.done(VC, folder, 'CreateVM_Task', {
      pool, config: {
        name: 'new', files: { vmPathName: '[shared-01]' }, guestId: 'otherLinux64Guest',
        deviceChange: [
          { operation: 'add', device: { _typeName: 'VirtualLsiLogicController', key: -1, busNumber: 0, sharedBus: 'noSharing' } },
          { operation: 'add', device: { _typeName: 'VirtualAHCIController', key: -2, busNumber: 0 } },
          { operation: 'add', device: { _typeName: 'VirtualCdrom', key: -3, controllerKey: -2, unitNumber: -1, backing: { _typeName: 'VirtualCdromIsoBackingInfo', fileName: '[shared-01] a.iso' } } },
          { operation: 'add', device: { _typeName: 'VirtualFloppy', key: -4, backing: { _typeName: 'VirtualFloppyRemoteDeviceBackingInfo', deviceName: '' } } },
          { operation: 'add', device: { _typeName: 'VirtualSerialPort', key: -5, yieldOnPoll: true, backing: { _typeName: 'VirtualSerialPortURIBackingInfo', serviceURI: 'telnet://:1', direction: 'server' } } },
          { operation: 'add', fileOperation: 'create', device: { _typeName: 'VirtualDisk', key: -6, controllerKey: -1, capacityInKB: 1048576, backing: { _typeName: 'VirtualDiskFlatVer2BackingInfo', diskMode: 'persistent', fileName: '' } } },
          { operation: 'add', device: { _typeName: 'VirtualE1000', key: -7, backing: { _typeName: 'VirtualEthernetCardNetworkBackingInfo', deviceName: 'VM Network' } } },
        ],
      },
    }) as MoRef
    lab.done(VC, made, 'PowerOnVM_Task')
    lab.done(VC, made, 'SuspendVM_Task')
    const copy = lab.done(VC, web, 'CloneVM_Task', { folder, name: 'copy', spec: { location: {}, template: false, powerOn: true } }) as MoRef
    lab.call(VC, pool, 'MoveIntoResourcePool', { list: [copy] })
    lab.done(VC, copy, 'PowerOffVM_Task')
    lab.call(VC, copy, 'MarkAsTemplate')
    const win = lab.named(VC, 'VirtualMachine', 'win-01')
    lab.call(VC, win, 'UnregisterVM')
    const other = lab.lab.world.ofType(VC, 'HostSystem').find(slot => slot.address.id !== runtime.host!.value)!
    const compute = lab.lab.world.read<HostSystemProps>(other)!.props.parent!
    const otherPool = lab.props<{ resourcePool: MoRef }>(VC, compute).resourcePool
    lab.done(VC, folder, 'CreateVM_Task', { pool: otherPool, config: { name: 'bare', files: { vmPathName: '[shared-01] deep/bare.vmx' } } })
    const bare = lab.named(VC, 'VirtualMachine', 'bare')
    lab.call(VC, bare, 'UnregisterVM')
    lab.done(VC, folder, 'RegisterVM_Task', { path: '[shared-01] deep/bare.vmx', asTemplate: false, pool: resourcePool })
    lab.done(VC, made, 'PowerOffVM_Task')
    lab.done(VC, lab.named(VC, 'VirtualMachine', 'bare'), 'Destroy_Task')
    lab.done(VC, pool, 'Destroy_Task')
    lab.done(VC, cluster, 'Destroy_Task')
    expect(problems(lab)).toEqual([])
    expect(oneSided(lab)).toEqual([])
  })
})
