import { describe, expect, it } from 'vitest'
import type { VirtualDisk, VirtualEthernetCard, VirtualMachineProps } from '../../../emulator/schema/generated/types.js'
import type { MoRef } from '../../../emulator/schema/model.js'
import { GateLab, faultOf } from '../../support/gate-lab.js'

const VC = 'vc-01'

const device = (props: VirtualMachineProps, type: string) =>
  props.config!.hardware.device!.find(item => item._typeName === type)

describe('CloneVM_Task', () => {
  it('copies configuration and disks, with an identity of its own', () => {
    const lab = new GateLab()
    const source = lab.named(VC, 'VirtualMachine', 'web-01')
    const folder = lab.named(VC, 'Folder', 'Production')
    const mark = lab.eventCount(VC)
    const made = lab.done(VC, source, 'CloneVM_Task', {
      folder, name: 'copy', spec: { location: {}, template: false, powerOn: true },
    }) as MoRef
    const before = lab.props<VirtualMachineProps>(VC, source)
    const after = lab.props<VirtualMachineProps>(VC, made)
    expect(after).toMatchObject({ name: 'copy', parent: folder, resourcePool: before.resourcePool })
    expect(after.config!.hardware).toMatchObject({ numCPU: 2, memoryMB: 2048 })
    expect(after.config!.uuid).not.toBe(before.config!.uuid)
    expect(after.config!.instanceUuid).not.toBe(before.config!.instanceUuid)
    const [oldCard, newCard] = [before, after].map(props => device(props, 'VirtualVmxnet3') as VirtualEthernetCard)
    expect(newCard!.macAddress).not.toBe(oldCard!.macAddress)
    const disk = device(after, 'VirtualDisk') as VirtualDisk
    expect(disk.backing).toMatchObject({ fileName: '[shared-01] copy/copy.vmdk', datastore: lab.named(VC, 'Datastore', 'shared-01') })
    expect(disk.capacityInBytes).toBe((device(before, 'VirtualDisk') as VirtualDisk).capacityInBytes)
    expect(after.runtime.powerState).toBe('poweredOn')
    expect(after.guest?.ipAddress).toMatch(/^10\./)
    expect(after.guest?.ipAddress).not.toBe(before.guest?.ipAddress)
    expect(lab.events(VC, mark)).toEqual([
      'TaskEvent', 'VmBeingClonedEvent', 'VmClonedEvent', 'VmStartingEvent', 'VmPoweredOnEvent',
    ])
    const files = after.layoutEx!.file!.map(file => file.type)
    expect(files).toEqual(expect.arrayContaining(['config', 'diskDescriptor', 'diskExtent', 'swap']))
  })

  it('deploys a template into a pool, and makes templates', () => {
    const lab = new GateLab()
    const template = lab.named(VC, 'VirtualMachine', 'base-image')
    const folder = lab.named(VC, 'Folder', 'Production')
    const pool = lab.props<VirtualMachineProps>(VC, lab.named(VC, 'VirtualMachine', 'db-01')).resourcePool!
    const attempt = (location: object) => lab.call(VC, template, 'CloneVM_Task', { folder, name: 'x', spec: { location, template: false, powerOn: false } })
    expect(faultOf(() => attempt({}))).toBe('InvalidArgument')
    const made = lab.done(VC, template, 'CloneVM_Task', {
      folder, name: 'deployed', spec: { location: { pool }, template: false, powerOn: false },
    }) as MoRef
    expect(lab.props<VirtualMachineProps>(VC, made)).toMatchObject({ resourcePool: pool, config: { template: false } })
    expect(lab.events(VC).at(-1)).toBe('VmDeployedEvent')
    const copy = lab.done(VC, made, 'CloneVM_Task', { folder, name: 'again', spec: { location: {}, template: true, powerOn: false } }) as MoRef
    expect(lab.props<VirtualMachineProps>(VC, copy)).toMatchObject({ config: { template: true } })
    expect(lab.props<VirtualMachineProps>(VC, copy).resourcePool).toBeUndefined()
  })

  it('gives network cards of the copy another network, adds and removes them', () => {
    const lab = new GateLab()
    const source = lab.named(VC, 'VirtualMachine', 'web-01')
    const folder = lab.named(VC, 'Folder', 'Production')
    const card = device(lab.props<VirtualMachineProps>(VC, source), 'VirtualVmxnet3') as VirtualEthernetCard
    const change = (operation: string, item: object) => ({ _typeName: 'VirtualDeviceConfigSpec', operation, device: item })
    const clone = (name: string, deviceChange: object[]) => lab.call(VC, source, 'CloneVM_Task', {
      folder, name, spec: { location: { deviceChange }, template: false, powerOn: false },
    })
    const added = {
      _typeName: 'VirtualE1000', key: -1, backing: card.backing, addressType: 'manual', macAddress: '00:50:56:00:0a:0b',
    }
    const made = lab.done(VC, source, 'CloneVM_Task', {
      folder, name: 'two', spec: { location: { deviceChange: [change('remove', card), change('add', added)] }, template: false, powerOn: false },
    }) as MoRef
    const after = lab.props<VirtualMachineProps>(VC, made)
    expect(device(after, 'VirtualVmxnet3')).toBeUndefined()
    expect(device(after, 'VirtualE1000')).toMatchObject({ macAddress: '00:50:56:00:0a:0b' })
    expect(after.network).toHaveLength(1)
    expect(device(lab.props<VirtualMachineProps>(VC, source), 'VirtualVmxnet3')).toEqual(card)
    const disk = device(after, 'VirtualDisk')!
    expect(faultOf(() => clone('bad', [change('edit', disk)]))).toBe('NotImplemented')
  })

  it('is NotSupported on a host, and DuplicateName for a name that is taken', () => {
    const lab = new GateLab()
    const args = { folder: { type: 'Folder', value: 'ha-folder-vm' }, name: 'x', spec: { location: {}, template: false, powerOn: false } }
    expect(faultOf(() => lab.call('esx-02', lab.named('esx-02', 'VirtualMachine', 'db-01'), 'CloneVM_Task', args))).toBe('NotSupported')
    const folder = lab.named(VC, 'Folder', 'Production')
    expect(lab.failed(VC, lab.named(VC, 'VirtualMachine', 'db-01'), 'CloneVM_Task', { ...args, folder, name: 'web-01' })).toBe('DuplicateName')
  })
})
