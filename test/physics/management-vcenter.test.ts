import { vpxdServing } from '../../emulator/physics/appliance/services.js'
import { APPLIANCE_BOOT_MS } from '../../emulator/physics/management/timing.js'
import { describe, expect, it } from 'vitest'
import type { HostSystemProps, VirtualMachineProps } from '../../emulator/schema/generated/types.js'
import { chassis } from '../../emulator/physics/hardware/chassis.js'
import { GateLab } from '../support/gate-lab.js'

const VC = 'vc-01'

function lab(durations: 'instant' | 'realistic' = 'instant'): GateLab {
  return new GateLab({ durations })
}

function advance(at: GateLab, seconds: number): void {
  at.lab.world.advance(seconds * 1000)
}

function power(at: GateLab, node: string): string {
  return chassis(at.lab.world, node)!.power
}

function appliance(at: GateLab, method: string): void {
  at.done('esx-01', at.named('esx-01', 'VirtualMachine', VC), method)
}

function vm(at: GateLab, name: string, node = VC): VirtualMachineProps {
  return at.props<VirtualMachineProps>(node, at.named(node, 'VirtualMachine', name))
}

function hostStates(at: GateLab): string[] {
  return at.lab.world.ofType(VC, 'HostSystem')
    .map(slot => at.lab.world.read<HostSystemProps>(slot)!.props.runtime.connectionState)
}

describe('vCenter, itself a VM', () => {
  it('goes down with its VM, and the hosts go on', () => {
    const at = lab()
    appliance(at, 'PowerOffVM_Task')
    expect(power(at, VC)).toBe('off')
    expect(power(at, 'esx-01')).toBe('on')
    advance(at, 300)
    at.done('esx-02', at.named('esx-02', 'VirtualMachine', 'win-01'), 'PowerOnVM_Task')
    expect(vm(at, 'win-01', 'esx-02').runtime.powerState).toBe('poweredOn')
    expect(vm(at, 'db-01', 'esx-02').runtime.powerState).toBe('poweredOn')
  })

  it('shows and says nothing meanwhile: no record of its inventory changes', () => {
    const at = lab()
    const mark = at.eventCount(VC)
    appliance(at, 'PowerOffVM_Task')
    const said = at.events(VC, mark).filter(type => type === 'HostConnectionLostEvent')
    advance(at, 600)
    expect(said).toEqual([])
    expect(at.events(VC, mark)).not.toContain('HostConnectionLostEvent')
    at.done('esx-02', at.named('esx-02', 'VirtualMachine', 'win-01'), 'PowerOnVM_Task')
    expect(vm(at, 'win-01').runtime.powerState).toBe('poweredOff')
    expect(vm(at, 'db-01').runtime.powerState).toBe('poweredOn')
  })

  it('is up its boot time after its VM was started through the host; then the mirror is reconciled', () => {
    const at = lab()
    appliance(at, 'PowerOffVM_Task')
    advance(at, 100)
    at.done('esx-02', at.named('esx-02', 'VirtualMachine', 'win-01'), 'PowerOnVM_Task')
    at.done('esx-02', at.named('esx-02', 'VirtualMachine', 'db-01'), 'Rename_Task', { newName: 'db-new' })
    appliance(at, 'PowerOnVM_Task')
    advance(at, 59)
    expect(power(at, VC)).toBe('off')
    advance(at, 1)
    expect(power(at, VC)).toBe('on')
    advance(at, APPLIANCE_BOOT_MS / 1000 - 61)
    expect(vpxdServing(at.lab.world, VC)).toBe(false)
    advance(at, 1)
    expect(vpxdServing(at.lab.world, VC)).toBe(true)
    advance(at, 10)
    expect(hostStates(at)).toEqual(['connected', 'connected'])
    expect(vm(at, 'win-01').runtime.powerState).toBe('poweredOn')
    expect(vm(at, 'db-new').config?.name).toBe('db-new')
    expect(vm(at, VC).runtime.powerState).toBe('poweredOn')
    expect(chassis(at.lab.world, 'esx-02')).toMatchObject({ management: 'connected' })
  })

  it('sees a host that crashed meanwhile as lost its window after it is back', () => {
    const at = lab()
    appliance(at, 'PowerOffVM_Task')
    at.lab.faults.inject('host-crash', 'esx-02', {})
    appliance(at, 'PowerOnVM_Task')
    advance(at, 240 + 59)
    expect(at.events(VC)).not.toContain('HostConnectionLostEvent')
    advance(at, 12)
    expect(hostStates(at).sort()).toEqual(['connected', 'notResponding'])
    expect(vm(at, 'db-01').runtime.connectionState).toBe('disconnected')
  })

  it('ends with the host that runs it, and stays down when only that host is switched on again', () => {
    const at = lab()
    const crash = at.lab.faults.inject('host-crash', 'esx-01', {})
    expect(power(at, VC)).toBe('off')
    at.lab.faults.heal(crash.id)
    advance(at, 600)
    expect(power(at, 'esx-01')).toBe('on')
    expect(power(at, VC)).toBe('off')
    at.lab.openSession(at.lab.nodes.find(node => node.name === 'esx-01')!)
    appliance(at, 'PowerOnVM_Task')
    advance(at, 251)
    expect(power(at, VC)).toBe('on')
    expect(hostStates(at)).toEqual(['connected', 'connected'])
  })

  it('boots anew › when its VM is reset', () => {
    const at = lab()
    appliance(at, 'ResetVM_Task')
    expect(power(at, VC)).toBe('off')
    advance(at, 240)
    expect(power(at, VC)).toBe('on')
    advance(at, 11)
    expect(hostStates(at)).toEqual(['connected', 'connected'])
  })

  it('is away while its VM is suspended, and goes on with its sessions when resumed', () => {
    const at = lab()
    const sessions = at.lab.services.sessions.all(VC).length
    appliance(at, 'SuspendVM_Task')
    expect(power(at, VC)).toBe('off')
    appliance(at, 'PowerOnVM_Task')
    expect(power(at, VC)).toBe('on')
    expect(at.lab.services.sessions.all(VC)).toHaveLength(sessions)
    advance(at, 11)
    expect(hostStates(at)).toEqual(['connected', 'connected'])
  })
})

describe('what a machine holds in memory', () => {
  it('is lost with its power: sessions', () => {
    const at = lab()
    expect(at.lab.services.sessions.all(VC).length).toBeGreaterThan(0)
    expect(at.lab.services.sessions.all('esx-02').length).toBeGreaterThan(0)
    appliance(at, 'PowerOffVM_Task')
    at.lab.faults.inject('host-crash', 'esx-02', {})
    expect(at.lab.services.sessions.all(VC)).toEqual([])
    expect(at.lab.services.sessions.all('esx-02')).toEqual([])
    expect(at.lab.services.sessions.all('esx-01').length).toBeGreaterThan(0)
  })

  it('is lost with its power: a task that runs ends in error and does no work', () => {
    const at = lab('realistic')
    const own = at.named('esx-02', 'VirtualMachine', 'win-01')
    at.call('esx-02', own, 'PowerOnVM_Task')
    advance(at, 0.5)
    const crash = at.lab.faults.inject('host-crash', 'esx-02', {})
    advance(at, 10)
    expect(vm(at, 'win-01', 'esx-02').runtime.powerState).toBe('poweredOff')
    at.lab.faults.heal(crash.id)
    advance(at, 200)
    expect(vm(at, 'win-01', 'esx-02').runtime.powerState).toBe('poweredOff')
    const states = at.lab.world.ofType('esx-02', 'Task')
      .map(slot => at.lab.world.read<{ info: { state: string } }>(slot)!.props.info.state)
    expect(states.filter(state => state === 'running' || state === 'queued')).toEqual([])
  })

  it('is lost with its power: a vCenter task for a host ends when vCenter goes down', () => {
    const at = lab('realistic')
    const mine = at.named(VC, 'VirtualMachine', 'win-01')
    const task = at.call(VC, mine, 'PowerOnVM_Task') as { type: string, value: string }
    advance(at, 0.5)
    at.call('esx-01', at.named('esx-01', 'VirtualMachine', VC), 'TerminateVM')
    advance(at, 10)
    expect(power(at, VC)).toBe('off')
    expect(at.info(VC, task)).toMatchObject({ state: 'error' })
    expect(vm(at, 'win-01', 'esx-02').runtime.powerState).toBe('poweredOff')
  })

  it('a vCenter task for a host whose link is cut meanwhile ends in HostNotReachable', () => {
    const at = lab('realistic')
    const task = at.call(VC, at.named(VC, 'VirtualMachine', 'win-01'), 'PowerOnVM_Task') as { type: string, value: string }
    advance(at, 0.5)
    at.lab.faults.inject('cable-cut', 'esx-02', {})
    advance(at, 10)
    expect(at.info(VC, task).error?.fault).toMatchObject({ _typeName: 'HostNotReachable' })
    expect(vm(at, 'win-01', 'esx-02').runtime.powerState).toBe('poweredOff')
  })
})
