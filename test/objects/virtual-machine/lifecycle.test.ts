import { describe, expect, it } from 'vitest'
import type {
  DatastoreProps, FolderProps, HostSystemProps, ResourcePoolProps, VirtualMachineProps,
} from '../../../emulator/schema/generated/types.js'
import type { MoRef } from '../../../emulator/schema/model.js'
import { GateLab, faultOf } from '../../support/gate-lab.js'

const VC = 'vc-01'
const GIB = 2 ** 30

const disk = (key: number, gib: number, backing: object = {}): object => ({
  operation: 'add', fileOperation: 'create',
  device: {
    _typeName: 'VirtualDisk', key, controllerKey: -101, unitNumber: -1, capacityInKB: gib * 1048576,
    backing: { _typeName: 'VirtualDiskFlatVer2BackingInfo', fileName: '', diskMode: 'persistent', thinProvisioned: true, ...backing },
  },
})
const scsi = { operation: 'add', device: { _typeName: 'ParaVirtualSCSIController', key: -101, busNumber: 0, sharedBus: 'noSharing' } }
const nic = (name: string): object => ({
  operation: 'add',
  device: {
    _typeName: 'VirtualVmxnet3', key: -102, addressType: 'generated',
    backing: { _typeName: 'VirtualEthernetCardNetworkBackingInfo', deviceName: name },
  },
})

function newVm(name: string, more: object = {}): object {
  return {
    name, numCPUs: 2, memoryMB: 1024, guestId: 'otherLinux64Guest', files: { vmPathName: '[shared-01]' },
    deviceChange: [scsi, disk(-1, 8), nic('VM Network')], ...more,
  }
}

function places(lab: GateLab, host = 'esx-02'): { folder: MoRef, pool: MoRef, host: MoRef } {
  const ref = lab.lab.world.ofType(VC, 'HostSystem')
    .find(slot => lab.lab.world.read<HostSystemProps>(slot)!.props.name.startsWith(host))!
  const compute = lab.lab.world.read<HostSystemProps>(ref)!.props.parent!
  const pool = lab.props<{ resourcePool: MoRef }>(VC, compute).resourcePool
  return { folder: lab.named(VC, 'Folder', 'Production'), pool, host: { type: 'HostSystem', value: ref.address.id } }
}

function create(lab: GateLab, name: string, more: object = {}): MoRef {
  const { folder, pool } = places(lab)
  return lab.done(VC, folder, 'CreateVM_Task', { config: newVm(name, more), pool }) as MoRef
}

describe('CreateVM_Task', () => {
  it('makes the VM on the host and its record on vCenter, with both directions of the tree', () => {
    const lab = new GateLab()
    const mark = lab.eventCount(VC)
    const vm = create(lab, 'new-01')
    const { folder, pool, host } = places(lab)
    const props = lab.props<VirtualMachineProps>(VC, vm)
    expect(props).toMatchObject({ name: 'new-01', parent: folder, resourcePool: pool })
    expect(props.runtime.host).toEqual(host)
    expect(lab.props<FolderProps>(VC, folder).childEntity).toContainEqual(vm)
    expect(lab.props<ResourcePoolProps>(VC, pool).vm).toContainEqual(vm)
    expect(lab.props<HostSystemProps>(VC, host).vm).toContainEqual(vm)
    expect(lab.props<DatastoreProps>(VC, lab.named(VC, 'Datastore', 'shared-01')).vm).toContainEqual(vm)
    expect(lab.props<{ vm: MoRef[] }>(VC, lab.named(VC, 'Network', 'VM Network')).vm).toContainEqual(vm)
    expect(lab.named('esx-02', 'VirtualMachine', 'new-01').value).toMatch(/^\d+$/)
    expect(lab.events(VC, mark)).toEqual([
      'TaskEvent', 'VmBeingCreatedEvent', 'VmUuidAssignedEvent', 'VmInstanceUuidAssignedEvent',
      'VmMacAssignedEvent', 'VmCreatedEvent',
    ])
    expect(lab.events('esx-02')).toContain('VmCreatedEvent')
  })

  it('gives devices keys, units, a file and a MAC', () => {
    const lab = new GateLab()
    const vm = create(lab, 'new-01')
    const { config, summary } = lab.props<VirtualMachineProps>(VC, vm)
    const device = config!.hardware.device!
    const find = (type: string) => device.find(item => item._typeName === type) as unknown as Record<string, unknown>
    expect(find('ParaVirtualSCSIController')).toMatchObject({ key: 1000, busNumber: 0, device: [2000] })
    expect(find('VirtualDisk')).toMatchObject({
      key: 2000, controllerKey: 1000, unitNumber: 0, capacityInBytes: 8 * GIB,
      backing: { fileName: '[shared-01] new-01/new-01.vmdk', datastore: lab.named(VC, 'Datastore', 'shared-01') },
      deviceInfo: { label: 'Hard disk 1', summary: '8,388,608 KB' },
    })
    expect(find('VirtualVmxnet3')).toMatchObject({
      key: 4000, controllerKey: 100, addressType: 'assigned',
      backing: { network: lab.named(VC, 'Network', 'VM Network') },
    })
    expect(find('VirtualVmxnet3')['macAddress']).toMatch(/^00:50:56:[89ab]/)
    expect(summary.config).toMatchObject({ numVirtualDisks: 1, numEthernetCards: 1, vmPathName: '[shared-01] new-01/new-01.vmx' })
    expect(config!.hardware).toMatchObject({ numCPU: 2, memoryMB: 1024 })
  })

  it('takes thick space from the volume, which Destroy_Task gives back', () => {
    const lab = new GateLab()
    const store = lab.named(VC, 'Datastore', 'shared-01')
    const free = () => lab.props<DatastoreProps>(VC, store).summary.freeSpace
    lab.call(VC, store, 'RefreshDatastore')
    const before = free()
    const vm = create(lab, 'new-01', { deviceChange: [scsi, disk(-1, 8, { thinProvisioned: false })] })
    expect(before - free()).toBeGreaterThan(8 * GIB)
    lab.done(VC, vm, 'Destroy_Task')
    expect(free()).toBe(before)
    expect(lab.lives(VC, vm)).toBe(false)
    const { folder } = places(lab)
    expect(lab.props<FolderProps>(VC, folder).childEntity).not.toContainEqual(vm)
  })

  it('fails with the fault that fits', () => {
    const lab = new GateLab()
    const { folder, pool } = places(lab)
    const attempt = (config: object, more: object = {}) =>
      lab.failed(VC, folder, 'CreateVM_Task', { config, pool, ...more })
    expect(attempt(newVm('web-01'))).toBe('DuplicateName')
    expect(attempt(newVm(''))).toBe('InvalidName')
    expect(attempt(newVm('x', { files: { vmPathName: '[nowhere]' } }))).toBe('InvalidDatastorePath')
    expect(attempt(newVm('x', { files: {} }))).toBe('InvalidVmConfig')
    expect(attempt(newVm('x', { guestId: 'nope' }))).toBe('InvalidArgument')
    expect(attempt(newVm('x', { deviceChange: [disk(-1, 8)] }))).toBe('InvalidController')
    expect(attempt(newVm('x', { deviceChange: [nic('nowhere')] }))).toBe('InvalidDeviceBacking')
    expect(attempt(newVm('x', { deviceChange: [scsi, disk(-1, 900000, { thinProvisioned: false })] }))).toBe('InvalidDeviceSpec')
    expect(attempt(newVm('x', { deviceChange: [scsi, disk(-1, 8000, { thinProvisioned: false })] }))).toBe('NoDiskSpace')
    expect(lab.lab.world.ofType('esx-02', 'VirtualMachine')).toHaveLength(3)
    const hosts = lab.props<{ hostFolder: MoRef }>(VC, lab.named(VC, 'Datacenter', 'DC-01')).hostFolder
    expect(faultOf(() => lab.call(VC, hosts, 'CreateVM_Task', { config: newVm('x'), pool }))).toBe('NotSupported')
  })

  it('works on a host, and the VM appears on its vCenter', () => {
    const lab = new GateLab()
    const folder = { type: 'Folder', value: 'ha-folder-vm' }
    const pool = { type: 'ResourcePool', value: 'ha-root-pool' }
    const vm = lab.done('esx-01', folder, 'CreateVM_Task', { config: newVm('local-01'), pool }) as MoRef
    expect(lab.props<VirtualMachineProps>('esx-01', vm).name).toBe('local-01')
    const mirror = lab.named(VC, 'VirtualMachine', 'local-01')
    expect(lab.props<VirtualMachineProps>(VC, mirror).datastore).toEqual([lab.named(VC, 'Datastore', 'shared-01')])
  })
})

describe('UnregisterVM and RegisterVM_Task', () => {
  it('bring a VM back with the configuration that its .vmx has', () => {
    const lab = new GateLab()
    const vm = create(lab, 'new-01', { annotation: 'kept', extraConfig: [{ key: 'a.b', value: 'c' }] })
    lab.call(VC, vm, 'UnregisterVM')
    expect(lab.lives(VC, vm)).toBe(false)
    expect(lab.events(VC).at(-1)).toBe('VmRemovedEvent')
    const { folder, pool } = places(lab, 'esx-01')
    const args = { path: '[shared-01] new-01/new-01.vmx', asTemplate: false, pool }
    const again = lab.done(VC, folder, 'RegisterVM_Task', args) as MoRef
    const { config, runtime, network } = lab.props<VirtualMachineProps>(VC, again)
    expect(config).toMatchObject({ name: 'new-01', annotation: 'kept' })
    expect(config!.extraConfig).toContainEqual({ key: 'a.b', value: 'c' })
    expect(runtime.host).toEqual(places(lab, 'esx-01').host)
    expect(network).toEqual([lab.named(VC, 'Network', 'VM Network')])
    expect(lab.failed(VC, folder, 'RegisterVM_Task', args)).toBe('AlreadyExists')
    expect(lab.failed(VC, folder, 'RegisterVM_Task', { ...args, path: '[shared-01] none/none.vmx' })).toBe('NotFound')
  })

  it('UnregisterVM is InvalidPowerState › while the VM runs', () => {
    const lab = new GateLab()
    expect(faultOf(() => lab.call(VC, lab.named(VC, 'VirtualMachine', 'db-01'), 'UnregisterVM'))).toBe('InvalidPowerState')
    expect(lab.failed(VC, lab.named(VC, 'VirtualMachine', 'db-01'), 'Destroy_Task')).toBe('InvalidPowerState')
  })
})

describe('Rename_Task of a VM', () => {
  it('changes the name on both nodes and says so', () => {
    const lab = new GateLab()
    const vm = lab.named(VC, 'VirtualMachine', 'win-01')
    const mark = lab.eventCount(VC)
    lab.done(VC, vm, 'Rename_Task', { newName: 'a/b' })
    expect(lab.props<VirtualMachineProps>(VC, vm)).toMatchObject({ name: 'a%2fb', summary: { config: { name: 'a%2fb' } } })
    expect(lab.named('esx-02', 'VirtualMachine', 'a%2fb')).toBeDefined()
    expect(lab.events(VC, mark)).toEqual(['TaskEvent', 'VmRenamedEvent'])
    expect(lab.failed(VC, lab.named(VC, 'VirtualMachine', 'web-01'), 'Rename_Task', { newName: 'db-01' })).toBe('DuplicateName')
  })
})

describe('MarkAsTemplate and MarkAsVirtualMachine', () => {
  it('take the VM out of its pool and put it back', () => {
    const lab = new GateLab()
    const vm = create(lab, 'new-01')
    const { pool } = places(lab)
    lab.call(VC, vm, 'MarkAsTemplate')
    expect(lab.props<VirtualMachineProps>(VC, vm)).toMatchObject({ summary: { config: { template: true } } })
    expect(lab.props<VirtualMachineProps>(VC, vm).resourcePool).toBeUndefined()
    expect(lab.props<ResourcePoolProps>(VC, pool).vm).not.toContainEqual(vm)
    lab.call(VC, vm, 'MarkAsVirtualMachine', { pool })
    expect(lab.props<VirtualMachineProps>(VC, vm).resourcePool).toEqual(pool)
    expect(faultOf(() => lab.call(VC, lab.named(VC, 'VirtualMachine', 'db-01'), 'MarkAsTemplate'))).toBe('InvalidPowerState')
  })
})
