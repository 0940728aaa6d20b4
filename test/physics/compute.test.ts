import { describe, expect, it } from 'vitest'
import { admit, hostLoad, overheadMb } from '../../emulator/physics/compute/admission.js'
import { nextPowerState } from '../../emulator/physics/compute/power.js'
import { LAB } from '../../emulator/physics/hardware/chassis.js'
import type { VmProps } from '../../emulator/physics/compute/vm.js'
import type { HostSystemProps } from '../../emulator/schema/generated/types.js'
import { GateLab } from '../support/gate-lab.js'

describe('nextPowerState', () => {
  it('knows the state that each operation leads to, and refuses the rest', () => {
    expect(nextPowerState('powerOn', 'poweredOff')).toBe('poweredOn')
    expect(nextPowerState('powerOn', 'suspended')).toBe('poweredOn')
    expect(nextPowerState('powerOn', 'poweredOn')).toBeUndefined()
    expect(nextPowerState('powerOff', 'suspended')).toBe('poweredOff')
    expect(nextPowerState('reset', 'suspended')).toBeUndefined()
    expect(nextPowerState('suspend', 'poweredOn')).toBe('suspended')
  })
})

const GIB = 1024

function host(memoryGib: number, threads = 8, maintenance = false): HostSystemProps {
  return {
    runtime: { inMaintenanceMode: maintenance },
    summary: { hardware: { memorySize: memoryGib * 2 ** 30, numCpuThreads: threads, numCpuCores: 4, cpuMhz: 2000 } },
  } as unknown as HostSystemProps
}

function vm(memoryMB: number, numCPU: number, reservation = 0, mhz = 0): VmProps {
  return {
    config: {
      hardware: { memoryMB, numCPU }, memoryAllocation: { reservation }, cpuAllocation: { reservation: mhz },
    },
  } as unknown as VmProps
}

describe('admit', () => {
  const idle = { running: 0, memoryMb: 0, cpuMhz: 0, vcpus: 0, shapes: {} }

  it('counts reservations and overhead, not configured memory', () => {
    expect(admit(host(8), idle, vm(64 * GIB, 2))).toBeUndefined()
    const refused = admit(host(8), idle, vm(64 * GIB, 2, 7 * GIB))
    expect(refused).toEqual({ why: 'memory', unreserved: 7 * GIB, requested: 7 * GIB + overheadMb(vm(64 * GIB, 2)) })
  })

  it('adds what runs already', () => {
    expect(admit(host(8), { ...idle, memoryMb: 6 * GIB }, vm(GIB, 1, GIB))).toMatchObject({ why: 'memory' })
    expect(admit(host(8), { ...idle, cpuMhz: 7500 }, vm(GIB, 1, 0, 501))).toEqual({ why: 'cpu', unreserved: 500, requested: 501 })
  })

  it('refuses more vCPUs than threads, and any VM in maintenance mode', () => {
    expect(admit(host(8, 4), idle, vm(GIB, 5))).toEqual({ why: 'vcpus', host: 4, vm: 5 })
    expect(admit(host(8, 8, true), idle, vm(GIB, 1))).toEqual({ why: 'maintenance' })
  })
})

describe('hostLoad', () => {
  it('stays what a count of the running VMs gives', () => {
    const lab = new GateLab()
    const { world } = lab.lab
    const before = hostLoad(world, 'esx-02')
    const ref = lab.named('esx-02', 'VirtualMachine', 'win-01')
    lab.done('esx-02', ref, 'PowerOnVM_Task')
    const kept = hostLoad(world, 'esx-02')
    expect(kept.running).toBe(before.running + 1)
    lab.done('esx-02', ref, 'PowerOffVM_Task')
    expect(hostLoad(world, 'esx-02')).toEqual(before)
    expect(world.find(LAB, 'load/esx-02')).toBeDefined()
  })
})

describe('a host without power', () => {
  it('runs no VM any more, and says nothing', () => {
    const lab = new GateLab()
    const { world } = lab.lab
    const marks = [lab.eventCount('esx-02'), lab.eventCount('vc-01')]
    world.transact({ kind: 'lab', what: 'test' }, tx => tx.emit('hardware.powerLost', { node: 'esx-02', cause: 'power' }))
    const states = world.ofType('esx-02', 'VirtualMachine')
      .map(slot => world.read<VmProps>(slot)!.props.runtime.powerState)
    expect(new Set(states)).toEqual(new Set(['poweredOff']))
    expect(hostLoad(world, 'esx-02').running).toBe(0)
    expect([lab.eventCount('esx-02'), lab.eventCount('vc-01')]).toEqual(marks)
    const seen = lab.props<VmProps>('vc-01', lab.named('vc-01', 'VirtualMachine', 'db-01'))
    expect(seen.runtime.powerState).toBe('poweredOn')
  })
})
