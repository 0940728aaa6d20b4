import { describe, expect, it } from 'vitest'
import type { VirtualMachineProps } from '../../../emulator/schema/generated/types.js'
import type { MoRef } from '../../../emulator/schema/model.js'
import { GateLab, faultOf } from '../../support/gate-lab.js'

const VC = 'vc-01'

describe('TerminateVM', () => {
  it('stops a running VM at once, without a task', () => {
    const lab = new GateLab()
    const vm = lab.named(VC, 'VirtualMachine', 'db-01')
    lab.call(VC, vm, 'TerminateVM')
    expect(lab.props<VirtualMachineProps>(VC, vm).runtime.powerState).toBe('poweredOff')
    expect(faultOf(() => lab.call(VC, vm, 'TerminateVM'))).toBe('InvalidPowerState')
  })
})

describe('RebootGuest', () => {
  it('starts the guest anew while the VM stays on', () => {
    const lab = new GateLab({ durations: 'realistic' })
    const vm = lab.named(VC, 'VirtualMachine', 'db-01')
    const read = () => lab.props<VirtualMachineProps>(VC, vm)
    const { bootTime } = read().runtime
    lab.call(VC, vm, 'RebootGuest')
    lab.lab.world.advance(10000)
    expect(read().runtime).toMatchObject({ powerState: 'poweredOn' })
    expect(read().guest?.toolsRunningStatus).toBe('guestToolsNotRunning')
    lab.lab.world.advance(30000)
    expect(read().guest?.toolsRunningStatus).toBe('guestToolsRunning')
    expect(read().runtime.bootTime).not.toBe(bootTime)
    expect(lab.events(VC)).toContain('VmGuestRebootEvent')
  })
})

describe('UpgradeVM_Task', () => {
  const vmOf = (lab: GateLab) => {
    const db = lab.named(VC, 'VirtualMachine', 'db-01')
    const { parent, resourcePool } = lab.props<VirtualMachineProps>(VC, db)
    return lab.done(VC, parent!, 'CreateVM_Task', { pool: resourcePool, host: lab.props<VirtualMachineProps>(VC, db).runtime.host, config: {
      _typeName: 'VirtualMachineConfigSpec', name: 'old', version: 'vmx-10', guestId: 'otherGuest',
      files: { _typeName: 'VirtualMachineFileInfo', vmPathName: '[shared-01]' },
    } }) as MoRef
  }

  it('gives a VM the version asked for, then the newest of its host, with events', () => {
    const lab = new GateLab()
    const vm = vmOf(lab)
    const read = () => lab.props<VirtualMachineProps>(VC, vm)
    const { changeVersion } = read().config!
    const mark = lab.eventCount(VC)
    lab.done(VC, vm, 'UpgradeVM_Task', { version: 'vmx-15' })
    expect(read()).toMatchObject({ config: { version: 'vmx-15' }, summary: { config: { hwVersion: 'vmx-15' } } })
    expect(read().config!.changeVersion).not.toBe(changeVersion)
    expect(lab.events(VC, mark)).toEqual(['TaskEvent', 'VmUpgradingEvent', 'VmUpgradeCompleteEvent'])
    lab.done(VC, vm, 'UpgradeVM_Task')
    expect(read().config!.version).toBe('vmx-21')
    expect(lab.failed(VC, vm, 'UpgradeVM_Task')).toBe('AlreadyUpgraded')
  })

  it('is refused for a version that is none or too new, an older one, and a VM that runs', () => {
    const lab = new GateLab()
    const vm = vmOf(lab)
    for (const version of ['10', 'vmx-99']) {
      const { error } = lab.task(VC, vm, 'UpgradeVM_Task', { version })
      expect(error?.fault).toMatchObject({ _typeName: 'InvalidArgument', invalidProperty: 'version' })
    }
    expect(lab.failed(VC, vm, 'UpgradeVM_Task', { version: 'vmx-09' })).toBe('AlreadyUpgraded')
    lab.done(VC, vm, 'PowerOnVM_Task')
    expect(lab.task(VC, vm, 'UpgradeVM_Task').error?.fault).toMatchObject({
      _typeName: 'InvalidPowerState', requestedState: 'poweredOff', existingState: 'poweredOn',
    })
  })
})

describe('AnswerVM', () => {
  it('is InvalidState › when no question waits', () => {
    const lab = new GateLab()
    const vm = lab.named(VC, 'VirtualMachine', 'db-01')
    expect(faultOf(() => lab.call(VC, vm, 'AnswerVM', { questionId: '1', answerChoice: '0' }))).toBe('InvalidArgument')
  })
})

describe('RefreshStorageInfo and Reload', () => {
  it('read the sizes on the volume, and reach the host', () => {
    const lab = new GateLab()
    const vm = lab.named(VC, 'VirtualMachine', 'db-01')
    const before = lab.props<VirtualMachineProps>(VC, vm).storage!.perDatastoreUsage![0]!
    lab.call(VC, vm, 'RefreshStorageInfo')
    expect(lab.props<VirtualMachineProps>(VC, vm).storage!.perDatastoreUsage![0]).toEqual(before)
    lab.call(VC, vm, 'Reload')
    lab.lab.world.transact({ kind: 'lab', what: 'test' }, tx => tx.emit('management.cable', { host: 'esx-02', state: 'cut' }))
    expect(faultOf(() => lab.call(VC, vm, 'Reload'))).toBe('HostNotReachable')
  })
})

describe('disabledMethod', () => {
  it('follows the power state and the template mark', () => {
    const lab = new GateLab()
    const methods = (name: string) =>
      lab.props<VirtualMachineProps>(VC, lab.named(VC, 'VirtualMachine', name)).disabledMethod
    expect(methods('db-01')).toContain('PowerOnVM_Task')
    expect(methods('win-01')).toContain('PowerOffVM_Task')
    expect(methods('win-01')).not.toContain('PowerOnVM_Task')
    expect(methods('base-image')).toContain('MarkAsTemplate')
    lab.done(VC, lab.named(VC, 'VirtualMachine', 'win-01'), 'PowerOnVM_Task')
    expect(methods('win-01')).toBe(methods('db-01'))
  })
})
