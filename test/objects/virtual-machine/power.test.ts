import { describe, expect, it } from 'vitest'
import type { HostSystemProps, VirtualMachineProps } from '../../../emulator/schema/generated/types.js'
import { GateLab, faultOf } from '../../support/gate-lab.js'

const VC = 'vc-01'

function powerState(lab: GateLab, node: string, name: string): string {
  const props = lab.props<VirtualMachineProps>(node, lab.named(node, 'VirtualMachine', name))
  expect(props.summary.runtime).toBe(props.runtime)
  return props.runtime.powerState
}

describe('PowerOnVM_Task', () => {
  it('starts the VM on its host and shows it on vCenter in the same commit', () => {
    const lab = new GateLab()
    const vm = lab.named(VC, 'VirtualMachine', 'win-01')
    const mark = lab.eventCount(VC)
    const hostMark = lab.eventCount('esx-02')
    expect(lab.task(VC, vm, 'PowerOnVM_Task')).toMatchObject({ state: 'success', descriptionId: 'VirtualMachine.powerOn' })
    expect(powerState(lab, VC, 'win-01')).toBe('poweredOn')
    expect(powerState(lab, 'esx-02', 'win-01')).toBe('poweredOn')
    expect(lab.events(VC, mark)).toEqual(['TaskEvent', 'VmStartingEvent', 'VmPoweredOnEvent'])
    expect(lab.events('esx-02', hostMark)).toEqual(['VmStartingEvent', 'VmPoweredOnEvent'])
    const props = lab.props<VirtualMachineProps>(VC, vm)
    expect(props.guest).toMatchObject({ guestState: 'running', toolsRunningStatus: 'guestToolsRunning', hostName: 'win-01' })
    expect(props.guest?.ipAddress).toMatch(/^10\./)
    expect(props.guestHeartbeatStatus).toBe('green')
    expect(props.layoutEx?.file?.some(file => file.type === 'swap')).toBe(true)
    expect(props.runtime.bootTime).toBeDefined()
  })

  it('fails the task with InvalidPowerState › when the VM runs already', () => {
    const lab = new GateLab()
    const info = lab.task(VC, lab.named(VC, 'VirtualMachine', 'db-01'), 'PowerOnVM_Task')
    expect(info.error).toMatchObject({
      fault: { _typeName: 'InvalidPowerState', requestedState: 'poweredOn', existingState: 'poweredOn' },
    })
  })

  it('is NotSupported at once › for a template', () => {
    const lab = new GateLab()
    const template = lab.named(VC, 'VirtualMachine', 'base-image')
    expect(faultOf(() => lab.call(VC, template, 'PowerOnVM_Task'))).toBe('NotSupported')
  })

  it('fails with InsufficientMemoryResourcesFault › when the reservation exceeds what the host has', () => {
    const lab = new GateLab()
    const vm = lab.named(VC, 'VirtualMachine', 'win-01')
    lab.done(VC, vm, 'ReconfigVM_Task', { spec: { memoryMB: 16 * 1024 * 1024, memoryReservationLockedToMax: true } })
    expect(lab.failed(VC, vm, 'PowerOnVM_Task')).toBe('InsufficientMemoryResourcesFault')
    expect(powerState(lab, VC, 'win-01')).toBe('poweredOff')
  })

  it('lets the guest boot in lab time › when durations are realistic', () => {
    const lab = new GateLab({ durations: 'realistic' })
    const vm = lab.named(VC, 'VirtualMachine', 'win-01')
    lab.call(VC, vm, 'PowerOnVM_Task')
    lab.lab.world.advance(5000)
    expect(powerState(lab, VC, 'win-01')).toBe('poweredOn')
    expect(lab.props<VirtualMachineProps>(VC, vm).guest?.toolsRunningStatus).toBe('guestToolsNotRunning')
    lab.lab.world.advance(30000)
    expect(lab.props<VirtualMachineProps>(VC, vm).guest?.toolsRunningStatus).toBe('guestToolsRunning')
  })
})

describe('PowerOffVM_Task, ResetVM_Task, SuspendVM_Task', () => {
  it('stop, restart and suspend › of a running VM, seen from both doors', () => {
    const lab = new GateLab()
    const vm = lab.named(VC, 'VirtualMachine', 'db-01')
    const own = lab.named('esx-02', 'VirtualMachine', 'db-01')
    const mark = lab.eventCount(VC)
    lab.done(VC, vm, 'ResetVM_Task')
    lab.done('esx-02', own, 'SuspendVM_Task')
    expect(powerState(lab, VC, 'db-01')).toBe('suspended')
    expect(lab.props<VirtualMachineProps>(VC, vm).layoutEx?.file?.map(file => file.type)).toContain('suspendMemory')
    lab.done(VC, vm, 'PowerOnVM_Task')
    expect(powerState(lab, VC, 'db-01')).toBe('poweredOn')
    lab.done(VC, vm, 'PowerOffVM_Task')
    expect(powerState(lab, 'esx-02', 'db-01')).toBe('poweredOff')
    expect(lab.events(VC, mark).filter(type => type !== 'TaskEvent')).toEqual([
      'VmResettingEvent', 'VmSuspendingEvent', 'VmSuspendedEvent', 'VmResumingEvent', 'VmPoweredOnEvent',
      'VmStoppingEvent', 'VmPoweredOffEvent',
    ])
    const types = lab.props<VirtualMachineProps>(VC, vm).layoutEx?.file?.map(file => file.type) ?? []
    expect(types.filter(type => type.startsWith('suspend') || type === 'swap')).toEqual([])
    expect(lab.failed(VC, vm, 'ResetVM_Task')).toBe('InvalidPowerState')
    expect(lab.failed(VC, vm, 'SuspendVM_Task')).toBe('InvalidPowerState')
    expect(lab.failed(VC, vm, 'PowerOffVM_Task')).toBe('InvalidPowerState')
  })
})

describe('ShutdownGuest, RebootGuest, StandbyGuest', () => {
  it('ask the guest, which takes lab time', () => {
    const lab = new GateLab({ durations: 'realistic' })
    const vm = lab.named(VC, 'VirtualMachine', 'db-01')
    lab.call(VC, vm, 'ShutdownGuest')
    expect(powerState(lab, VC, 'db-01')).toBe('poweredOn')
    lab.lab.world.advance(20000)
    expect(powerState(lab, VC, 'db-01')).toBe('poweredOff')
    expect(lab.props<VirtualMachineProps>(VC, vm).runtime.cleanPowerOff).toBe(true)
    expect(lab.events(VC)).toContain('VmGuestShutdownEvent')
  })

  it('fault at once › without power or without tools', () => {
    const lab = new GateLab()
    const off = lab.named(VC, 'VirtualMachine', 'win-01')
    expect(faultOf(() => lab.call(VC, off, 'RebootGuest'))).toBe('InvalidPowerState')
    const realistic = new GateLab({ durations: 'realistic' })
    realistic.call(VC, off, 'PowerOnVM_Task')
    realistic.lab.world.advance(5000)
    expect(faultOf(() => realistic.call(VC, off, 'StandbyGuest'))).toBe('ToolsUnavailable')
  })

  it('StandbyGuest suspends', () => {
    const lab = new GateLab()
    const vm = lab.named(VC, 'VirtualMachine', 'db-01')
    lab.call(VC, vm, 'StandbyGuest')
    expect(powerState(lab, VC, 'db-01')).toBe('suspended')
  })
})

describe('Datacenter.PowerOnMultiVM_Task', () => {
  it('starts what is off and says why it does not start the rest', () => {
    const lab = new GateLab()
    const result = lab.done(VC, lab.named(VC, 'Datacenter', 'DC-01'), 'PowerOnMultiVM_Task', {
      vm: [lab.named(VC, 'VirtualMachine', 'win-01'), lab.named(VC, 'VirtualMachine', 'db-01')],
    })
    expect(result).toMatchObject({
      attempted: [{ vm: lab.named(VC, 'VirtualMachine', 'win-01') }],
      notAttempted: [{ fault: { fault: { _typeName: 'InvalidPowerState' } } }],
    })
    lab.lab.world.runDue()
    expect(powerState(lab, VC, 'win-01')).toBe('poweredOn')
  })

  it.each([
    [true, false, 'esx-02'], ['manual', false, 'esx-01'], [false, false, 'esx-01'], [true, true, 'esx-01'],
  ] as const)('with DRS %s leaves a host in quarantine (both are: %s): it starts on %s', (drs, both, on) => {
    const lab = new GateLab({
      lab: {
        lab: 'quarantine', hosts: [{ name: 'esx-0#', count: 2 }], datastores: [{ name: 'ds1' }],
        vcenters: [{ name: VC, datacenters: [{ name: 'DC', clusters: [{ name: 'C1', hosts: ['esx-*'], drs }] }] }],
        vms: [{ name: 'vm-1', host: 'esx-01', power: 'off' }],
      },
    })
    for (const name of both ? ['esx-01', 'esx-02'] : ['esx-01']) {
      lab.lab.world.transact({ kind: 'lab', what: 'test' }, tx => {
        tx.update<HostSystemProps>({ node: VC, id: lab.named(VC, 'HostSystem', name).value }, ({ props }) => {
          props.runtime.inQuarantineMode = true
        })
      })
    }
    const vm = lab.named(VC, 'VirtualMachine', 'vm-1')
    lab.done(VC, lab.named(VC, 'Datacenter', 'DC'), 'PowerOnMultiVM_Task', { vm: [vm] })
    lab.lab.world.runDue()
    const { runtime } = lab.props<VirtualMachineProps>(VC, vm)
    expect(runtime.powerState).toBe('poweredOn')
    expect(lab.props<HostSystemProps>(VC, runtime.host!).name).toBe(on)
  })
})
