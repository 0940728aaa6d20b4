import { describe, expect, it } from 'vitest'
import type { VirtualMachineProps } from '../../../emulator/schema/generated/types.js'
import { GateLab, faultOf } from '../../support/gate-lab.js'

const VC = 'vc-01'

function cable(lab: GateLab, host: string, state: 'up' | 'cut'): void {
  lab.lab.world.transact({ kind: 'lab', what: 'test' }, tx => tx.emit('management.cable', { host, state }))
}

describe('a VM whose host vCenter cannot reach', () => {
  it('cannot be powered, changed or asked', () => {
    const lab = new GateLab()
    const vm = lab.named(VC, 'VirtualMachine', 'db-01')
    cable(lab, 'esx-02', 'cut')
    expect(lab.failed(VC, vm, 'PowerOffVM_Task')).toBe('HostNotReachable')
    expect(lab.failed(VC, vm, 'ReconfigVM_Task', { spec: { annotation: 'x' } })).toBe('HostNotReachable')
    expect(faultOf(() => lab.call(VC, vm, 'ShutdownGuest'))).toBe('HostNotReachable')
    expect(faultOf(() => lab.call(VC, vm, 'UnregisterVM'))).toBe('HostNotReachable')
  })

  it('goes on under the host itself, which vCenter learns after the reconnect', () => {
    const lab = new GateLab()
    const vm = lab.named(VC, 'VirtualMachine', 'db-01')
    const own = lab.named('esx-02', 'VirtualMachine', 'db-01')
    const state = () => lab.props<VirtualMachineProps>(VC, vm).runtime.powerState
    cable(lab, 'esx-02', 'cut')
    const mark = lab.eventCount(VC)
    lab.done('esx-02', own, 'PowerOffVM_Task')
    expect(state()).toBe('poweredOn')
    expect(lab.events(VC, mark)).toEqual([])
    lab.lab.world.advance(90000)
    cable(lab, 'esx-02', 'up')
    lab.lab.world.advance(30000)
    expect(state()).toBe('poweredOff')
    expect(lab.props<VirtualMachineProps>(VC, vm).runtime.connectionState).toBe('connected')
  })
})
