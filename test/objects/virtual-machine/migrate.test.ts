import { describe, expect, it } from 'vitest'
import type { LabFileInput } from '../../../emulator/inventory/lab-schema.js'
import type { Volume, VolumeInner } from '../../../emulator/physics/storage/files.js'
import type { DatastoreProps, VirtualDisk } from '../../../emulator/schema/generated/types.js'
import type { MoRef } from '../../../emulator/schema/model.js'
import { faultOf } from '../../support/gate-lab.js'
import { HostLab, VC } from '../host-system/host-lab.js'

const VM = 'esx-02-vm-01'
const PRIORITY = { priority: 'defaultPriority' }
const tales = /Migrat|Relocat|Emigrat/

const local: LabFileInput = {
  lab: 'local',
  vcenters: [{ name: 'vc-01', datacenters: [{ name: 'DC-01', clusters: [{ name: 'C-01', hosts: ['esx-*'] }] }] }],
  hosts: [{ name: 'esx-##', count: 3 }],
  datastores: [
    { name: 'local-##', each: true, capacity: '500GiB' },
    { name: 'shared-01', capacity: '1TiB' },
    { name: 'tiny-01', capacity: '1GiB' },
    { name: 'nfs-01', type: 'NFS', capacity: '1TiB', server: 'nas.lab.test', path: '/export/nfs-01' },
  ],
  vms: [
    { name: 'db-01', host: 'esx-01', datastore: 'local-01', memory: '2GiB', disks: ['20GiB', '40GiB'] },
    { name: 'web-01', host: 'esx-01', datastore: 'shared-01', memory: '4GiB', disks: ['20GiB'] },
    { name: 'off-01', host: 'esx-01', datastore: 'shared-01', power: 'off' },
  ],
}

function used(lab: HostLab, name: string): number {
  const slot = lab.lab.world.ofType('lab', 'Volume')
    .find(item => (item.record!.props as unknown as Volume).name === name)!
  return (slot.record!.inner as unknown as VolumeInner).usedBytes
}

function disks(lab: HostLab, vm: string): string[] {
  return (lab.vm(vm).config!.hardware.device ?? [])
    .filter(device => device._typeName === 'VirtualDisk')
    .map(device => ((device as VirtualDisk).backing as { fileName: string }).fileName.replace(/\].*/, ']'))
}

describe('MigrateVM_Task', () => {
  it('moves a running VM to another host in the time that its memory takes', () => {
    const lab = new HostLab('cluster', 'realistic')
    const [since, onHost] = [lab.eventCount(VC), lab.eventCount('esx-02')]
    const before = lab.vm(VM)
    const task = lab.start(lab.vmRef(VM), 'MigrateVM_Task', { host: lab.host('esx-04'), ...PRIORITY })
    lab.advance(3)
    expect(lab.state(task)).toMatchObject({ state: 'running', descriptionId: 'VirtualMachine.migrate' })
    expect(lab.state(task).progress).toBeGreaterThan(0)
    expect(lab.hostOf(VM)).toBe('esx-02')
    lab.advance(3)
    expect(lab.state(task).state).toBe('success')
    expect(lab.hostOf(VM)).toBe('esx-04')
    const after = lab.vm(VM)
    expect(after.runtime).toMatchObject({ powerState: 'poweredOn', bootTime: before.runtime.bootTime })
    expect(after.guest?.ipAddress).toBe(before.guest?.ipAddress)
    expect(after.resourcePool).toEqual(before.resourcePool)
    expect(lab.told(VC, since, tales)).toEqual(['VmBeingHotMigratedEvent', 'VmMigratedEvent'])
    expect(lab.told('esx-02', onHost, tales)).toEqual(['VmEmigratingEvent'])
    expect(lab.vmsOn('esx-02')).not.toContain(VM)
    lab.start(lab.vmRef(VM), 'PowerOffVM_Task')
    lab.advance(5)
    expect(lab.vm(VM).runtime.powerState).toBe('poweredOff')
  })

  it('refuses other work on the VM meanwhile', () => {
    const lab = new HostLab('cluster', 'realistic')
    const task = lab.start(lab.vmRef(VM), 'MigrateVM_Task', { host: lab.host('esx-04'), ...PRIORITY })
    lab.advance(1)
    for (const [method, args] of [
      ['PowerOffVM_Task', {}], ['MigrateVM_Task', { host: lab.host('esx-03'), ...PRIORITY }],
    ] as const) {
      const other = lab.start(lab.vmRef(VM), method, args)
      lab.advance(1)
      expect(lab.fault(other), method).toMatchObject({ _typeName: 'TaskInProgress', task })
    }
    lab.advance(5)
    expect(lab.state(task).state).toBe('success')
    expect(lab.hostOf(VM)).toBe('esx-04')
  })

  it('fails at once when a host dies on the way, and the VM stays where it was', () => {
    for (const victim of ['esx-02', 'esx-04']) {
      const lab = new HostLab('cluster', 'realistic')
      const since = lab.eventCount(VC)
      const task = lab.start(lab.vmRef(VM), 'MigrateVM_Task', { host: lab.host('esx-04'), ...PRIORITY })
      lab.advance(2)
      lab.inject('host-crash', victim)
      expect(lab.fault(task)._typeName).toBe('HostNotReachable')
      lab.advance(30)
      expect(lab.hostOf(VM)).toBe('esx-02')
      expect(lab.truth(VM).runtime.powerState).toBe(victim === 'esx-02' ? 'poweredOff' : 'poweredOn')
      expect(lab.told(VC, since, tales)).toEqual(['VmBeingHotMigratedEvent', 'VmFailedMigrateEvent'])
    }
  })

  it('can be canceled, after which the VM can be asked again', () => {
    const lab = new HostLab('cluster', 'realistic')
    const task = lab.start(lab.vmRef(VM), 'MigrateVM_Task', { host: lab.host('esx-04'), ...PRIORITY })
    lab.advance(2)
    lab.call(VC, task, 'CancelTask')
    lab.advance(10)
    expect(lab.fault(task)._typeName).toBe('RequestCanceled')
    expect(lab.hostOf(VM)).toBe('esx-02')
    const off = lab.start(lab.vmRef(VM), 'PowerOffVM_Task')
    lab.advance(5)
    expect(lab.state(off).state).toBe('success')
  })

  it('faults at once for wrong arguments', () => {
    const lab = new HostLab('cluster')
    const call = (args: object, vm = VM): string | undefined =>
      faultOf(() => lab.call(VC, lab.vmRef(vm), 'MigrateVM_Task', { ...PRIORITY, ...args }))
    expect(call({})).toBe('InvalidArgument')
    expect(call({ host: lab.host('esx-03'), state: 'poweredOff' })).toBe('InvalidPowerState')
    expect(call({ host: lab.host('esx-03') }, 'template-debian')).toBe('NotSupported')
    expect(faultOf(() => lab.call('esx-02', { type: 'VirtualMachine', value: '1' }, 'MigrateVM_Task',
      { ...PRIORITY, host: lab.host('', 'esx-02') }))).toBe('NotSupported')
  })

  it('fails the task for a host that is away, disconnected or in maintenance mode', () => {
    const lab = new HostLab('cluster')
    const move = (host: string): string | undefined =>
      lab.failed(VC, lab.vmRef(VM), 'MigrateVM_Task', { host: lab.host(host), ...PRIORITY })
    lab.done(VC, lab.host('esx-03'), 'EnterMaintenanceMode_Task', { timeout: 0 })
    expect(move('esx-03')).toBe('InvalidHostState')
    lab.done(VC, lab.host('esx-03'), 'DisconnectHost_Task')
    expect(move('esx-03')).toBe('HostNotConnected')
    lab.inject('host-crash', 'esx-04')
    lab.advance(80)
    expect(move('esx-04')).toBe('HostNotReachable')
    lab.inject('host-crash', 'esx-02')
    expect(lab.failed(VC, lab.vmRef(VM), 'MigrateVM_Task', { host: lab.host('esx-01'), ...PRIORITY })).toBe('HostNotReachable')
  })

  it('fails the task for disks that the host does not see, or without a vMotion interface', () => {
    const lab = new HostLab(local)
    const move = (vm: string): string | undefined =>
      lab.failed(VC, lab.vmRef(vm), 'MigrateVM_Task', { host: lab.host('esx-02'), ...PRIORITY })
    expect(move('db-01')).toBe('CannotAccessVmDisk')
    lab.lab.world.transact({ kind: 'lab' }, tx => {
      tx.update<{ config: { virtualNicManagerInfo: { netConfig: { nicType: string, selectedVnic: string[] }[] } } }>(
        { node: 'esx-02', id: 'ha-host' }, ({ props }) => {
          for (const item of props.config.virtualNicManagerInfo.netConfig) if (item.nicType === 'vmotion') item.selectedVnic = []
        })
    })
    expect(move('web-01')).toBe('VMotionNotConfigured')
    expect(move('off-01')).toBeUndefined()
    expect(lab.hostOf('off-01')).toBe('esx-02')
  })

  it('with a pool alone › stays on its host when the pool is of the same cluster', () => {
    const lab = new HostLab('cluster')
    const pool = lab.named(VC, 'ResourcePool', 'Gold')
    lab.done(VC, lab.vmRef(VM), 'MigrateVM_Task', { pool, ...PRIORITY })
    expect(lab.vm(VM).resourcePool).toEqual(pool)
    expect(lab.hostOf(VM)).toBe('esx-02')
  })
})

describe('RelocateVM_Task', () => {
  it('copies the files of a running VM to another datastore, with their space', () => {
    const lab = new HostLab(local, 'realistic')
    const since = lab.eventCount(VC)
    const [from, to] = [used(lab, 'shared-01'), used(lab, 'nfs-01')]
    const datastore = lab.named(VC, 'Datastore', 'nfs-01')
    const task = lab.start(lab.vmRef('web-01'), 'RelocateVM_Task', { spec: { datastore } })
    lab.advance(4)
    expect(lab.state(task).state).toBe('running')
    expect(lab.vm('web-01').config?.files.vmPathName).toContain('[shared-01]')
    for (let n = 0; n < 60 && lab.state(task).state === 'running'; n += 1) lab.advance(10)
    expect(lab.state(task).state).toBe('success')
    const after = lab.vm('web-01')
    expect(after.config?.files.vmPathName).toBe('[nfs-01] web-01/web-01.vmx')
    expect(disks(lab, 'web-01')).toEqual(['[nfs-01]'])
    expect(after.datastore).toEqual([datastore])
    expect(after.layoutEx?.file?.every(file => file.name.startsWith('[nfs-01]'))).toBe(true)
    expect(lab.hostOf('web-01')).toBe('esx-01')
    const moved = used(lab, 'nfs-01') - to
    expect(moved).toBeGreaterThan(0)
    expect(from - used(lab, 'shared-01')).toBe(moved)
    expect(lab.told(VC, since, tales)).toEqual(['VmBeingRelocatedEvent', 'VmRelocatedEvent'])
    expect(lab.props<DatastoreProps>(VC, datastore).vm!.map(ref => ref.value)).toContain(lab.vmRef('web-01').value)
    expect(lab.lab.world.find('lab', `lock/${lockVolume(lab, 'nfs-01')}/web-01/web-01.vmx`)).toBeDefined()
    lab.start(lab.vmRef('web-01'), 'PowerOffVM_Task')
    lab.advance(5)
    expect(lab.lab.world.find('lab', `lock/${lockVolume(lab, 'nfs-01')}/web-01/web-01.vmx`)).toBeUndefined()
  })

  it('takes a VM with its local files to another host and datastore at once', () => {
    const lab = new HostLab(local)
    const spec = {
      host: lab.host('esx-02'), datastore: lab.named(VC, 'Datastore', 'local-02'), pool: lab.named(VC, 'ResourcePool', 'Resources'),
    }
    lab.done(VC, lab.vmRef('db-01'), 'RelocateVM_Task', { spec })
    expect(lab.hostOf('db-01')).toBe('esx-02')
    expect(disks(lab, 'db-01')).toEqual(['[local-02]', '[local-02]'])
    expect(lab.vm('db-01')).toMatchObject({ runtime: { powerState: 'poweredOn' }, datastore: [spec.datastore] })
    expect(lab.truth('db-01').datastore).toHaveLength(1)
  })

  it('moves one disk alone', () => {
    const lab = new HostLab(local)
    const disk = lab.vm('db-01').config!.hardware.device!.filter(item => item._typeName === 'VirtualDisk')[1]!
    const datastore = lab.named(VC, 'Datastore', 'shared-01')
    lab.done(VC, lab.vmRef('db-01'), 'RelocateVM_Task', { spec: { disk: [{ diskId: disk.key, datastore }] } })
    expect(disks(lab, 'db-01')).toEqual(['[local-01]', '[shared-01]'])
    expect(lab.vm('db-01').config?.files.vmPathName).toContain('[local-01]')
    expect(lab.vm('db-01').datastore).toHaveLength(2)
    expect(faultOf(() => lab.call(VC, lab.vmRef('db-01'), 'RelocateVM_Task',
      { spec: { disk: [{ diskId: 9, datastore }] } }))).toBe('InvalidArgument')
  })

  it('fails the task where the space is not, and where the host does not see the datastore; nothing moved', () => {
    const lab = new HostLab(local)
    const before = used(lab, 'shared-01')
    const move = (vm: string, name: string): string | undefined =>
      lab.failed(VC, lab.vmRef(vm), 'RelocateVM_Task', { spec: { datastore: lab.named(VC, 'Datastore', name) } })
    expect(move('web-01', 'tiny-01')).toBe('NoDiskSpace')
    expect(move('web-01', 'local-02')).toBe('DatastoreNotWritableOnHost')
    expect(used(lab, 'shared-01')).toBe(before)
    expect(lab.vm('web-01').config?.files.vmPathName).toContain('[shared-01]')
  })

  it('gives network cards another network on the way', () => {
    const lab = new HostLab('cluster')
    const card = lab.vm(VM).config!.hardware.device!.find(item => 'macAddress' in item)!
    const network = lab.named(VC, 'Network', 'VM Network')
    const backing = { _typeName: 'VirtualEthernetCardNetworkBackingInfo', deviceName: 'VM Network' }
    const deviceChange = [{ operation: 'edit', device: { ...card, backing } }]
    lab.done(VC, lab.vmRef(VM), 'RelocateVM_Task', { spec: { host: lab.host('esx-03'), deviceChange } })
    expect(lab.hostOf(VM)).toBe('esx-03')
    expect(lab.vm(VM).network).toEqual([network])
    expect(lab.vm(VM).config!.hardware.device!.find(item => item.key === card.key)).toMatchObject({ backing })
    const disk = lab.vm(VM).config!.hardware.device!.find(item => item._typeName === 'VirtualDisk')!
    expect(faultOf(() => lab.call(VC, lab.vmRef(VM), 'RelocateVM_Task',
      { spec: { deviceChange: [{ operation: 'edit', device: disk }] } }))).toBe('NotImplemented')
  })

  it('that copies nothing is a migration in its events', () => {
    const lab = new HostLab('cluster')
    const since = lab.eventCount(VC)
    lab.done(VC, lab.vmRef(VM), 'RelocateVM_Task', { spec: { host: lab.host('esx-03'), datastore: lab.named(VC, 'Datastore', 'shared-01') } })
    expect(lab.told(VC, since, tales)).toEqual(['VmBeingHotMigratedEvent', 'VmMigratedEvent'])
  })

  it('puts a VM into another folder', () => {
    const lab = new HostLab('cluster')
    const folder: MoRef = lab.named(VC, 'Folder', 'Infrastructure')
    lab.done(VC, lab.vmRef(VM), 'RelocateVM_Task', { spec: { folder } })
    expect(lab.vm(VM).parent).toEqual(folder)
  })

  it('needs a pool of the host\'s own compute resource', () => {
    const lab = new HostLab('small')
    const call = (spec: object): string | undefined => faultOf(() => lab.call(VC, lab.vmRef('db-01'), 'RelocateVM_Task', { spec }))
    expect(call({ host: lab.host('esx-01') })).toBe('InvalidArgument')
    const compute = lab.props<{ parent: MoRef }>(VC, lab.host('esx-01')).parent
    const pool = lab.props<{ resourcePool: MoRef }>(VC, compute).resourcePool
    lab.done(VC, lab.vmRef('db-01'), 'RelocateVM_Task', { spec: { host: lab.host('esx-01'), pool } })
    expect(lab.hostOf('db-01')).toBe('esx-01')
    expect(lab.vm('db-01').resourcePool).toEqual(pool)
  })
})

function lockVolume(lab: HostLab, name: string): string {
  return lab.lab.world.ofType('lab', 'Volume')
    .find(item => (item.record!.props as unknown as Volume).name === name)!.address.id
}
