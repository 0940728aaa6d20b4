import { describe, expect, it } from 'vitest'
import type { VirtualDisk, VirtualMachineProps } from '../../../emulator/schema/generated/types.js'
import type { MoRef } from '../../../emulator/schema/model.js'
import { GateLab } from '../../support/gate-lab.js'

const VC = 'vc-01'

interface Bench {
  readonly lab: GateLab
  readonly vm: MoRef
  config(): NonNullable<VirtualMachineProps['config']>
  change(spec: object): void
  fails(spec: object): Record<string, unknown> | undefined
}

function bench(name = 'win-01'): Bench {
  const lab = new GateLab()
  const vm = lab.named(VC, 'VirtualMachine', name)
  return {
    lab, vm,
    config: () => lab.props<VirtualMachineProps>(VC, vm).config!,
    change: spec => void lab.done(VC, vm, 'ReconfigVM_Task', { spec }),
    fails: spec => lab.task(VC, vm, 'ReconfigVM_Task', { spec }).error?.fault as Record<string, unknown> | undefined,
  }
}

function device(of: Bench, type: string): Record<string, unknown> {
  return of.config().hardware.device!.find(item => item._typeName === type) as unknown as Record<string, unknown>
}

describe('ReconfigVM_Task › fields', () => {
  it('sets what the spec says and leaves the rest', () => {
    const on = bench()
    const before = on.config()
    const mark = on.lab.eventCount(VC)
    on.change({
      annotation: 'hello', numCPUs: 4, numCoresPerSocket: 2, memoryMB: 2048, guestId: 'ubuntu64Guest',
      cpuHotAddEnabled: true, bootOptions: { bootDelay: 5 }, tools: { syncTimeWithHost: true },
      memoryAllocation: { reservation: 100 }, cpuAllocation: { shares: { level: 'high', shares: 0 } },
      extraConfig: [{ key: 'a', value: '1' }, { key: 'b', value: '2' }],
    })
    const config = on.config()
    expect(config).toMatchObject({
      annotation: 'hello', guestId: 'ubuntu64Guest', guestFullName: 'Ubuntu Linux (64-bit)', cpuHotAddEnabled: true,
      hardware: { numCPU: 4, numCoresPerSocket: 2, memoryMB: 2048 },
      bootOptions: { bootDelay: 5, bootRetryDelay: before.bootOptions!.bootRetryDelay },
      tools: { syncTimeWithHost: true, toolsVersion: before.tools!.toolsVersion },
      memoryAllocation: { reservation: 100, limit: -1 },
      cpuAllocation: { shares: { level: 'high', shares: 8000 } },
    })
    expect(config.changeVersion).not.toBe(before.changeVersion)
    expect(on.lab.events(VC, mark)).toEqual(['TaskEvent', 'VmReconfiguredEvent'])
    const props = on.lab.props<VirtualMachineProps>(VC, on.vm)
    expect(props.summary.config).toMatchObject({ numCpu: 4, memorySizeMB: 2048, annotation: 'hello' })
    expect(props.runtime.maxMemoryUsage).toBe(2048)
    on.change({ extraConfig: [{ key: 'a', value: '' }] })
    const keys = on.config().extraConfig!.map(option => option.key)
    expect(keys).toContain('b')
    expect(keys).not.toContain('a')
  })

  it('gives a new changeVersion each time, and ConcurrentAccess for an old one', () => {
    const on = bench()
    const { changeVersion } = on.config()
    on.change({ annotation: 'one', changeVersion })
    const second = on.config().changeVersion
    on.change({ annotation: 'two', changeVersion: second })
    expect(new Set([changeVersion, second, on.config().changeVersion]).size).toBe(3)
    expect(on.fails({ annotation: 'three', changeVersion })).toMatchObject({ _typeName: 'ConcurrentAccess' })
    expect(on.config().annotation).toBe('two')
  })

  it('refuses what a running VM cannot change', () => {
    const on = bench('db-01')
    expect(on.fails({ numCPUs: 8 })).toMatchObject({ _typeName: 'CpuHotPlugNotSupported' })
    expect(on.fails({ memoryMB: 16384 })).toMatchObject({ _typeName: 'MemoryHotPlugNotSupported' })
    expect(on.fails({ guestId: 'ubuntu64Guest' })).toMatchObject({
      _typeName: 'InvalidPowerState', existingState: 'poweredOn', requestedState: 'poweredOff',
    })
    on.change({ annotation: 'while it runs', name: 'db-02' })
    expect(on.lab.props<VirtualMachineProps>(VC, on.vm).name).toBe('db-02')
  })

  it('adds CPU and memory to a running VM that allows it', () => {
    const on = bench()
    on.change({ cpuHotAddEnabled: true, memoryHotAddEnabled: true })
    on.lab.done(VC, on.vm, 'PowerOnVM_Task')
    on.change({ numCPUs: 4, memoryMB: 8192 })
    expect(on.config().hardware).toMatchObject({ numCPU: 4, memoryMB: 8192 })
  })

  it('names the argument that is wrong, and what is not emulated', () => {
    const on = bench()
    expect(on.fails({ numCPUs: 0 })).toMatchObject({ _typeName: 'InvalidArgument', invalidProperty: 'configSpec.numCPUs' })
    expect(on.fails({ memoryMB: 3 })).toMatchObject({ invalidProperty: 'configSpec.memoryMB' })
    expect(on.fails({ memoryAllocation: { reservation: 10, limit: 5 } })).toMatchObject({ _typeName: 'InvalidArgument' })
    const { vmFolder } = on.lab.props<{ vmFolder: MoRef }>(VC, on.lab.named(VC, 'Datacenter', 'DC-01'))
    on.lab.call(VC, vmFolder, 'CreateFolder', { name: 'taken' })
    expect(on.fails({ name: 'taken' })).toMatchObject({ _typeName: 'DuplicateName' })
    const info = on.lab.task(VC, on.vm, 'ReconfigVM_Task', { spec: { sgxInfo: { epcSize: 1 } } })
    expect(info.error?.fault).toMatchObject({ _typeName: 'NotImplemented' })
    expect(info.error?.localizedMessage).toContain('spec.sgxInfo')
  })

  it('keeps a vApp configuration and removes it', () => {
    const on = bench()
    on.change({ vAppConfig: { property: [{ operation: 'add', info: { key: 1, id: 'ip', value: 'x' } }] } })
    on.change({ vAppConfig: { property: [{ operation: 'edit', info: { key: 1, value: 'y' } }] } })
    expect(on.config().vAppConfig?.property).toEqual([{ key: 1, id: 'ip', value: 'y' }])
    on.change({ vAppConfigRemoved: true })
    expect(on.config().vAppConfig).toBeUndefined()
  })
})

describe('ReconfigVM_Task › devices', () => {
  const diskSpec = (gib: number, more: object = {}): object => ({
    operation: 'add', fileOperation: 'create',
    device: {
      _typeName: 'VirtualDisk', key: -1, controllerKey: 1000, capacityInKB: gib * 1048576,
      backing: { _typeName: 'VirtualDiskFlatVer2BackingInfo', fileName: '', diskMode: 'persistent', thinProvisioned: true },
      ...more,
    },
  })

  it('adds, grows and removes a disk with its files', () => {
    const on = bench()
    on.change({ deviceChange: [diskSpec(10)] })
    const disks = () => on.config().hardware.device!.filter(item => item._typeName === 'VirtualDisk') as VirtualDisk[]
    const added = disks()[1]!
    expect(added).toMatchObject({ key: 2001, unitNumber: 1, deviceInfo: { label: 'Hard disk 2' } })
    expect((added.backing as { fileName?: string }).fileName).toMatch(/win-01\/win-01_1\.vmdk$/)
    on.change({ deviceChange: [{ operation: 'edit', device: { ...added, capacityInKB: 20 * 1048576, capacityInBytes: added.capacityInBytes } }] })
    expect(disks()[1]).toMatchObject({ capacityInBytes: 20 * 2 ** 30, deviceInfo: { summary: '20,971,520 KB' } })
    expect(on.fails({ deviceChange: [{ operation: 'edit', device: { ...added, capacityInKB: 1024 } }] }))
      .toMatchObject({ _typeName: 'InvalidDeviceSpec', deviceIndex: 0 })
    on.change({ deviceChange: [{ operation: 'remove', fileOperation: 'destroy', device: added }] })
    expect(disks()).toHaveLength(1)
    const files = on.lab.props<VirtualMachineProps>(VC, on.vm).layoutEx!.file!.map(file => file.name)
    expect(files.filter(name => name.includes('win-01_1'))).toEqual([])
  })

  it('attaches a disk that is there, and FileNotFound for one that is not', () => {
    const on = bench()
    on.change({ deviceChange: [diskSpec(10)] })
    const disks = () => on.config().hardware.device!.filter(item => item._typeName === 'VirtualDisk') as VirtualDisk[]
    const disk = disks()[1]!
    on.change({ deviceChange: [{ operation: 'remove', device: disk }] })
    const again = (fileName: string): object => ({
      deviceChange: [{
        operation: 'add',
        device: { ...disk, key: -1, unitNumber: -1, backing: { ...disk.backing, fileName } },
      }],
    })
    const { fileName } = disk.backing as { fileName: string }
    on.change(again(fileName))
    expect(disks()[1]).toMatchObject({ capacityInBytes: 10 * 2 ** 30, backing: { fileName } })
    expect(on.fails(again('[shared-01] none.vmdk'))).toMatchObject({ _typeName: 'FileNotFound', file: '[shared-01] none.vmdk' })
    expect(on.fails(again(fileName))).toMatchObject({ _typeName: 'InvalidDeviceBacking' })
  })

  it('faults with the position of a device that does not fit', () => {
    const on = bench()
    const taken = diskSpec(1, { unitNumber: 0 })
    expect(on.fails({ deviceChange: [diskSpec(1), taken] })).toMatchObject({ _typeName: 'InvalidDeviceSpec', deviceIndex: 1 })
    expect(on.fails({ deviceChange: [diskSpec(1, { controllerKey: 1999 })] })).toMatchObject({ _typeName: 'InvalidController', controllerKey: 1999 })
    expect(on.fails({ deviceChange: [{ operation: 'remove', device: { key: 9999 } }] })).toMatchObject({ _typeName: 'InvalidDeviceSpec' })
    expect(on.fails({ deviceChange: [{ operation: 'remove', device: { key: 1000 } }] })).toMatchObject({ _typeName: 'InvalidDeviceOperation' })
    expect(on.config().hardware.device!.filter(item => item._typeName === 'VirtualDisk')).toHaveLength(1)
  })

  it('moves a card to no card and back, with the lists of networks', () => {
    const on = bench()
    const network = on.lab.named(VC, 'Network', 'VM Network')
    const vms = () => on.lab.props<{ vm: MoRef[] }>(VC, network).vm
    expect(vms()).toContainEqual(on.vm)
    on.change({ deviceChange: [{ operation: 'remove', device: device(on, 'VirtualVmxnet3') }] })
    expect(vms()).not.toContainEqual(on.vm)
    expect(on.lab.props<VirtualMachineProps>(VC, on.vm).network).toEqual([])
    on.change({
      deviceChange: [{
        operation: 'add',
        device: {
          _typeName: 'VirtualE1000e', key: -7, addressType: 'manual', macAddress: '00:50:56:00:11:22',
          backing: { _typeName: 'VirtualEthernetCardNetworkBackingInfo', network, deviceName: '' },
        },
      }],
    })
    expect(device(on, 'VirtualE1000e')).toMatchObject({
      key: 4000, macAddress: '00:50:56:00:11:22', addressType: 'manual',
      deviceInfo: { label: 'Network adapter 1', summary: 'VM Network' }, backing: { deviceName: 'VM Network', network },
    })
    expect(vms()).toContainEqual(on.vm)
  })

  it('puts an image into the CD drive and connects it while the VM runs', () => {
    const on = bench()
    on.lab.done(VC, on.vm, 'PowerOnVM_Task')
    const drive = device(on, 'VirtualCdrom')
    on.change({
      deviceChange: [{
        operation: 'edit',
        device: {
          ...drive, backing: { _typeName: 'VirtualCdromIsoBackingInfo', fileName: '[shared-01] a.iso' },
          connectable: { startConnected: true, allowGuestControl: true, connected: true },
        },
      }],
    })
    expect(device(on, 'VirtualCdrom')).toMatchObject({
      deviceInfo: { summary: 'ISO [shared-01] a.iso' }, connectable: { connected: true, status: 'ok' },
    })
  })
})

describe('ReconfigVM_Task › what the suite of govmomi asks', () => {
  it('secure boot › needs EFI', () => {
    const on = bench()
    on.change({ firmware: 'bios' })
    expect(on.fails({ bootOptions: { efiSecureBootEnabled: true } }))
      .toMatchObject({ _typeName: 'InvalidArgument', invalidProperty: 'spec.bootOptions.efiSecureBootEnabled' })
    on.change({ firmware: 'efi', bootOptions: { efiSecureBootEnabled: true } })
    expect(on.config().bootOptions).toMatchObject({ efiSecureBootEnabled: true })
  })

  it('template › takes a name and an annotation only', () => {
    const on = bench('base-image')
    expect(on.fails({ extraConfig: [{ key: 'a', value: '1' }] })).toMatchObject({ _typeName: 'NotSupported' })
    on.change({ annotation: 'golden' })
    expect(on.config().annotation).toBe('golden')
  })

  it('floppy and serial port › say what is behind them, and can be pulled', () => {
    const on = bench()
    on.change({ deviceChange: [
      { operation: 'add', device: { _typeName: 'VirtualFloppy', key: -1, backing: { _typeName: 'VirtualFloppyImageBackingInfo', fileName: '[nfs-01] x.img' } } },
      { operation: 'add', device: { _typeName: 'VirtualSerialPort', key: -2, yieldOnPoll: true, backing: { _typeName: 'VirtualSerialPortURIBackingInfo', serviceURI: 'telnet://:33233', direction: 'server' } } },
    ] })
    expect(device(on, 'VirtualFloppy')).toMatchObject({ deviceInfo: { summary: 'Image [nfs-01] x.img' } })
    expect(device(on, 'VirtualFloppy')['connectable']).toBeDefined()
    const port = device(on, 'VirtualSerialPort')
    expect(port).toMatchObject({ deviceInfo: { summary: 'Remote telnet://:33233' } })
    expect(port['connectable']).toBeDefined()
    on.change({ deviceChange: [{ operation: 'edit', device: {
      _typeName: 'VirtualSerialPort', key: port['key'], yieldOnPoll: true,
      backing: { _typeName: 'VirtualSerialPortFileBackingInfo', fileName: '[nfs-01] win-01/out.log' },
    } }] })
    expect(device(on, 'VirtualSerialPort')).toMatchObject({ deviceInfo: { summary: 'File [nfs-01] win-01/out.log' } })
  })
})
