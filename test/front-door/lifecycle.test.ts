import { describe, expect, it } from 'vitest'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { newVm, places, withDoors } from './door.js'

const realistic = { behaviour: { durations: 'realistic' } } as const

describe('VM', () => {
  it('is created in its time, and then stands in folder, pool, host and datastore of both nodes', withDoors(async doors => {
    const [vc, host] = [await doors.open(), await doors.open('esx-02')]
    const { folder, pool, host: on } = await places(vc)
    const mark = await vc.mark()
    const task = await vc.call(folder, 'CreateVM_Task', { config: newVm('new-01'), pool }) as Ref
    doors.advance(0.9)
    expect((await vc.names('VirtualMachine')).has('new-01')).toBe(false)
    doors.advance(0.1)
    const info = await vc.info(task)
    expect(info).toMatchObject({ state: 'success', descriptionId: 'Folder.createVm', entity: folder, entityName: 'Production' })
    const vm = info.result as Ref
    expect(vm).toEqual(await vc.vm('new-01'))
    for (const holder of [pool, on, await vc.named('Datastore', 'shared-01')]) expect(await vc.list(holder, 'vm')).toContain(vm.value)
    expect(await vc.list(folder, 'childEntity')).toContain(vm.value)
    expect(await vc.props(vm, 'parent', 'resourcePool', 'runtime.powerState', 'config.version', 'summary.config.vmPathName')).toMatchObject({
      parent: folder, resourcePool: pool, 'runtime.powerState': 'poweredOff', 'summary.config.vmPathName': '[shared-01] new-01/new-01.vmx',
    })
    expect(await host.get(await host.vm('new-01'), 'config.instanceUuid')).toBe(await vc.get(vm, 'config.instanceUuid'))
    expect((await vc.texts(mark)).filter(text => /Creat/.test(text) && !text.startsWith('TaskEvent'))).toEqual([
      'VmBeingCreatedEvent: Creating new-01 on host esx-02 in DC-01', 'VmCreatedEvent: Created virtual machine new-01 on esx-02 in DC-01',
    ])
  }, realistic))

  it('cannot be created › wrong name, place, datastore, host or version, each with its fault', withDoors(async doors => {
    const vc = await doors.open()
    const { folder, pool, host } = await places(vc)
    const fails = async (config: object, more: object = {}): Promise<unknown> =>
      await vc.failed(folder, 'CreateVM_Task', { config, pool, ...more })
    expect(await fails(newVm('db-01'))).toMatchObject({ _typeName: 'DuplicateName', name: 'db-01', object: await vc.vm('db-01') })
    expect(await fails(newVm('x', 'nowhere'))).toMatchObject({ _typeName: 'InvalidDatastorePath', datastorePath: '[nowhere]' })
    expect(await fails(newVm('x', 'shared-01', { version: 'nonsense' }))).toMatchObject({ _typeName: 'InvalidArgument' })
    expect(await fails({ ...newVm('x'), files: undefined })).toMatchObject({ _typeName: 'InvalidVmConfig' })
    expect(await fails(newVm('x', 'shared-01'), { host: await vc.named('HostSystem', 'esx-01') })).toMatchObject({ _typeName: 'InvalidArgument', invalidProperty: 'host' })
    expect(await vc.faultOf(await vc.named('Folder', 'host'), 'CreateVM_Task', { config: newVm('x'), pool })).toBe('NotSupported')
    doors.inject('cable-cut', 'esx-02')
    expect(await fails(newVm('x'), { host })).toMatchObject({ _typeName: 'HostNotReachable' })
    expect((await vc.names('VirtualMachine')).has('x')).toBe(false)
  }))

  it('is unregistered and registered again with what its file says', withDoors(async doors => {
    const vc = await doors.open()
    const { folder, pool } = await places(vc)
    const vm = await vc.vm('win-01')
    await vc.done(vm, 'ReconfigVM_Task', { spec: { annotation: 'kept', numCPUs: 4 } })
    const [uuid, path] = [await vc.get(vm, 'config.uuid'), await vc.get(vm, 'config.files.vmPathName')]
    expect(await vc.faultOf(await vc.vm('db-01'), 'UnregisterVM')).toBe('InvalidPowerState')
    const mark = await vc.mark()
    await vc.call(vm, 'UnregisterVM')
    expect(await vc.faultOf(vm, 'PowerOnVM_Task')).toBe('ManagedObjectNotFound')
    const again = await vc.done(folder, 'RegisterVM_Task', { path, asTemplate: false, pool }) as Ref
    expect(again).not.toEqual(vm)
    expect(await vc.props(again, 'name', 'config.uuid', 'config.annotation', 'config.hardware.numCPU'))
      .toEqual({ name: 'win-01', 'config.uuid': uuid, 'config.annotation': 'kept', 'config.hardware.numCPU': '4' })
    expect((await vc.types(mark)).filter(type => type !== 'TaskEvent')).toEqual(['VmRemovedEvent', 'VmRegisteredEvent'])
    expect((await vc.failed(folder, 'RegisterVM_Task', { path, asTemplate: false, pool }))?._typeName).toBe('AlreadyExists')
    expect((await vc.failed(folder, 'RegisterVM_Task', { path: '[shared-01] no/no.vmx', asTemplate: false, pool }))?._typeName).toBe('NotFound')
  }))

  it('is destroyed with its files › only when off; its space comes back', withDoors(async doors => {
    const vc = await doors.open()
    const { folder, pool } = await places(vc)
    const shared = await vc.named('Datastore', 'shared-01')
    const vm = await vc.done(folder, 'CreateVM_Task', { config: newVm('short'), pool }) as Ref
    await vc.done(vm, 'PowerOnVM_Task')
    expect(await vc.failed(vm, 'Destroy_Task')).toEqual({ _typeName: 'InvalidPowerState', requestedState: 'poweredOff', existingState: 'poweredOn' })
    await vc.done(vm, 'PowerOffVM_Task')
    const free = Number(await vc.get(shared, 'summary.freeSpace'))
    const mark = await vc.mark()
    await vc.done(vm, 'Destroy_Task')
    expect(Number(await vc.get(shared, 'summary.freeSpace'))).toBeGreaterThan(free)
    expect(await vc.list(shared, 'vm')).not.toContain(vm.value)
    expect((await vc.texts(mark)).at(-1)).toBe('VmRemovedEvent: Removed short on esx-02 from DC-01')
    const path = '[shared-01] short/short.vmx'
    expect((await vc.failed(folder, 'RegisterVM_Task', { path, asTemplate: false, pool }))?._typeName).toBe('NotFound')
  }))

  it('is renamed and reconfigured › while it runs as far as the product allows', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('db-01')
    const mark = await vc.mark()
    await vc.done(vm, 'Rename_Task', { newName: 'db-02' })
    expect((await vc.failed(vm, 'Rename_Task', { newName: 'web-01' }))).toMatchObject({ _typeName: 'DuplicateName', name: 'web-01' })
    expect((await vc.failed(vm, 'Rename_Task', { newName: '' }))?._typeName).toBe('InvalidName')
    await vc.done(vm, 'ReconfigVM_Task', { spec: { annotation: 'note' } })
    expect((await vc.failed(vm, 'ReconfigVM_Task', { spec: { numCPUs: 8 } }))?._typeName).toMatch(/^(CpuHotPlugNotSupported|InvalidPowerState)$/)
    expect(await vc.props(vm, 'name', 'config.annotation', 'config.hardware.numCPU')).toEqual({ name: 'db-02', 'config.annotation': 'note', 'config.hardware.numCPU': '4' })
    expect((await vc.texts(mark)).filter(text => !text.startsWith('TaskEvent'))).toEqual([
      'VmRenamedEvent: Renamed db-02 from db-01 to db-02 in DC-01', 'VmReconfiguredEvent: Reconfigured db-02 on esx-02 in DC-01',
    ])
  }))

  it('is cloned to a VM of its own', withDoors(async doors => {
    const vc = await doors.open()
    const { folder, pool } = await places(vc)
    const vm = await vc.vm('win-01')
    const clone = await vc.done(vm, 'CloneVM_Task', { folder, name: 'win-copy', spec: { location: { pool }, powerOn: true, template: false } }) as Ref
    expect(await vc.props(clone, 'name', 'runtime.powerState', 'config.hardware.numCPU')).toEqual({ name: 'win-copy', 'runtime.powerState': 'poweredOn', 'config.hardware.numCPU': '2' })
    expect(await vc.get(clone, 'config.uuid')).not.toBe(await vc.get(vm, 'config.uuid'))
  }))
})

describe('folder and datacenter', () => {
  it('are made, filled, renamed, moved and destroyed, with their events', withDoors(async doors => {
    const vc = await doors.open()
    const root = await vc.content('rootFolder')
    const mark = await vc.mark()
    const folder = await vc.call(root, 'CreateFolder', { name: 'Europe' }) as Ref
    const center = await vc.call(folder, 'CreateDatacenter', { name: 'DC-02' }) as Ref
    expect(await vc.list(folder, 'childEntity')).toEqual([center.value])
    const vmFolder = await vc.get<Ref>(center, 'vmFolder')
    const inner = await vc.call(vmFolder, 'CreateFolder', { name: 'inner' }) as Ref
    expect(await vc.fault(vmFolder, 'CreateFolder', { name: 'inner' })).toMatchObject({ type: 'DuplicateName', detail: { name: 'inner', object: inner } })
    expect(await vc.faultOf(vmFolder, 'CreateDatacenter', { name: 'x' })).toBe('NotSupported')
    await vc.done(center, 'Rename_Task', { newName: 'DC-03' })
    await vc.done(root, 'MoveIntoFolder_Task', { list: [center] })
    expect(await vc.get(center, 'parent')).toEqual(root)
    expect(await vc.list(folder, 'childEntity')).toEqual([])
    expect(await vc.failed(center, 'Destroy_Task')).toMatchObject({ _typeName: 'ResourceInUse', name: 'DC-03' })
    await vc.done(inner, 'Destroy_Task')
    await vc.done(center, 'Destroy_Task')
    await vc.done(folder, 'Destroy_Task')
    expect(await vc.faultOf(inner, 'CreateFolder', { name: 'x' })).toBe('ManagedObjectNotFound')
    expect((await vc.texts(mark)).filter(text => text.startsWith('Datacenter'))).toEqual([
      'DatacenterCreatedEvent: Created datacenter DC-02 in folder Europe', 'DatacenterRenamedEvent: Renamed datacenter from DC-02 to DC-03',
    ])
  }))

  it('moves VMs and folders within a datacenter only', withDoors(async doors => {
    const vc = await doors.open()
    const [vm, production, infrastructure] = [await vc.vm('db-01'), await vc.named('Folder', 'Production'), await vc.named('Folder', 'Infrastructure')]
    await vc.done(infrastructure, 'MoveIntoFolder_Task', { list: [vm] })
    expect(await vc.get(vm, 'parent')).toEqual(infrastructure)
    expect(await vc.list(production, 'childEntity')).not.toContain(vm.value)
    expect(await vc.list(infrastructure, 'childEntity')).toContain(vm.value)
    await vc.done(infrastructure, 'MoveIntoFolder_Task', { list: [production] })
    expect((await vc.failed(production, 'MoveIntoFolder_Task', { list: [infrastructure] }))?._typeName).toBe('InvalidFolder')
    expect((await vc.failed(await vc.named('Folder', 'host'), 'MoveIntoFolder_Task', { list: [vm] }))?._typeName).toBe('NotSupported')
  }))

  it('are not for a host', withDoors(async doors => {
    const host = await doors.open('esx-01')
    const root = await host.content('rootFolder')
    expect(await host.faultOf(root, 'CreateFolder', { name: 'x' })).toBe('NotSupported')
    expect(await host.faultOf(root, 'CreateDatacenter', { name: 'x' })).toBe('NotSupported')
  }))
})
