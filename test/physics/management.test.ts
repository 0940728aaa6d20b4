import { describe, expect, it } from 'vitest'
import type {
  HostSystemProps, VirtualMachineProps,
} from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { chassis } from '../../emulator/physics/hardware/chassis.js'
import { linkUp, mirrored } from '../../emulator/physics/management/link.js'
import { GateLab } from '../support/gate-lab.js'

const VC = 'vc-01'
const SECOND = 1000
const hostEvents = ['HostConnectionLostEvent', 'HostConnectedEvent']

/** A lab with words for what these tests look at. */
class Machines extends GateLab {
  readonly at = this.lab.world.now()

  advance(seconds: number): void {
    this.lab.world.advance(seconds * SECOND)
  }

  inject(fault: string, target: string): string {
    return this.lab.faults.inject(fault, target, {}).id
  }

  heal(id: string): void {
    this.lab.faults.heal(id)
  }

  hostRef(name: string): MoRef {
    const slot = this.lab.world.ofType(VC, 'HostSystem')
      .find(item => this.lab.world.read<HostSystemProps>(item)!.props.name.startsWith(name))!
    return { type: 'HostSystem', value: slot.address.id }
  }

  hostState(name: string): string {
    return this.props<HostSystemProps>(VC, this.hostRef(name)).runtime.connectionState
  }

  vm(name: string, node = VC): VirtualMachineProps {
    return this.props<VirtualMachineProps>(node, this.named(node, 'VirtualMachine', name))
  }

  told(since = 0): string[] {
    return this.events(VC, since).filter(type => hostEvents.includes(type))
  }

  power(node: string): string {
    return chassis(this.lab.world, node)!.power
  }

  /** Seconds until vCenter changes its mind about a host, to the tenth; at most `limit`. */
  secondsUntil(host: string, state: string, limit: number): number {
    const from = this.lab.world.now()
    for (let tenths = 0; tenths <= limit * 10 && this.hostState(host) !== state; tenths += 1) this.advance(0.1)
    return (this.lab.world.now() - from) / SECOND
  }
}

describe('management link', () => {
  it('is up between a host and the vCenter that manages it, while both run and the cable holds', () => {
    const lab = new Machines()
    const { world } = lab.lab
    expect(linkUp(world, VC, 'esx-02')).toBe(true)
    expect(linkUp(world, 'vc-02', 'esx-02')).toBe(false)
    expect(linkUp(world, VC, 'nobody')).toBe(false)
    const cut = lab.inject('cable-cut', 'esx-02')
    expect(linkUp(world, VC, 'esx-02')).toBe(false)
    expect(linkUp(world, VC, 'esx-01')).toBe(true)
    lab.heal(cut)
    expect(linkUp(world, VC, 'esx-02')).toBe(true)
    expect(mirrored(world, VC, 'esx-02')).toBe(false)
    lab.advance(10)
    expect(mirrored(world, VC, 'esx-02')).toBe(true)
  })
})

describe('heartbeat window', () => {
  it('ends 60 to 70 s after the fault, never before 60 s, wherever the fault falls between two beats', () => {
    for (const offset of [0, 0.001, 2.5, 5, 7.5, 9.999]) {
      for (const fault of ['cable-cut', 'host-crash']) {
        const lab = new Machines()
        lab.advance(20 + offset)
        lab.inject(fault, 'esx-02')
        lab.advance(60)
        expect(lab.hostState('esx-02'), `${fault} at ${offset}`).toBe('connected')
        expect(lab.told()).toEqual([])
        expect(lab.secondsUntil('esx-02', 'notResponding', 20)).toBeLessThanOrEqual(10)
        expect(lab.told()).toEqual(['HostConnectionLostEvent'])
      }
    }
  })

  it('marks the host and its VMs, with their last power state, and leaves the other host alone', () => {
    const lab = new Machines()
    lab.inject('host-crash', 'esx-02')
    lab.advance(75)
    expect(lab.props<HostSystemProps>(VC, lab.hostRef('esx-02')).runtime)
      .toMatchObject({ connectionState: 'notResponding', powerState: 'unknown' })
    expect(lab.vm('db-01').runtime).toMatchObject({ connectionState: 'disconnected', powerState: 'poweredOn' })
    expect(lab.vm('web-01').runtime.connectionState).toBe('connected')
    expect(lab.hostState('esx-01')).toBe('connected')
  })

  it('leaves no trace › when the link comes back before its end', () => {
    const lab = new Machines()
    const cut = lab.inject('cable-cut', 'esx-02')
    lab.advance(55)
    lab.heal(cut)
    lab.advance(120)
    expect(lab.hostState('esx-02')).toBe('connected')
    expect(lab.told()).toEqual([])
    expect(chassis(lab.lab.world, 'esx-02')).toMatchObject({ management: 'connected' })
  })

  it('is counted anew › for a second cut', () => {
    const lab = new Machines()
    lab.heal((lab.inject('cable-cut', 'esx-02'), lab.advance(55), lab.lab.faults.active()[0]!.id))
    lab.advance(11)
    lab.inject('cable-cut', 'esx-02')
    lab.advance(60)
    expect(lab.hostState('esx-02')).toBe('connected')
    lab.advance(10)
    expect(lab.hostState('esx-02')).toBe('notResponding')
  })
})

describe('return of a host', () => {
  it('takes one beat at most after the cable was mended', () => {
    const lab = new Machines()
    lab.advance(3)
    const cut = lab.inject('cable-cut', 'esx-02')
    lab.advance(200)
    expect(lab.vm('db-01', 'esx-02').runtime.powerState).toBe('poweredOn')
    lab.heal(cut)
    const seconds = lab.secondsUntil('esx-02', 'connected', 20)
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(10)
    expect(lab.told()).toEqual(hostEvents)
    expect(lab.vm('db-01').runtime).toMatchObject({ connectionState: 'connected', powerState: 'poweredOn' })
    expect(lab.events(VC).filter(type => type === 'VmConnectedEvent')).toHaveLength(3)
  })

  it('is not said twice, nor the loss › when the cable breaks again before the first beat', () => {
    const lab = new Machines()
    lab.heal((lab.inject('cable-cut', 'esx-02'), lab.advance(103), lab.lab.faults.active()[0]!.id))
    const again = lab.inject('cable-cut', 'esx-02')
    lab.advance(200)
    expect(lab.told()).toEqual(['HostConnectionLostEvent'])
    expect(lab.hostState('esx-02')).toBe('notResponding')
    lab.heal(again)
    lab.advance(10)
    expect(lab.told()).toEqual(hostEvents)
    expect(lab.hostState('esx-02')).toBe('connected')
  })

  it('follows its boot › after a crash; its VMs are found powered off', () => {
    const lab = new Machines()
    const crash = lab.inject('host-crash', 'esx-02')
    lab.advance(90)
    lab.heal(crash)
    lab.advance(119)
    expect(lab.hostState('esx-02')).toBe('notResponding')
    expect(lab.power('esx-02')).toBe('off')
    lab.advance(11)
    expect(lab.hostState('esx-02')).toBe('connected')
    expect(lab.vm('db-01').runtime).toMatchObject({ connectionState: 'connected', powerState: 'poweredOff' })
    expect(lab.events('esx-02')).toContain('EventEx')
  })

  it('waits for power and cable › when the host crashed while the link was cut', () => {
    const lab = new Machines()
    const cut = lab.inject('cable-cut', 'esx-02')
    lab.advance(30)
    const crash = lab.inject('host-crash', 'esx-02')
    lab.advance(45)
    expect(lab.told()).toEqual(['HostConnectionLostEvent'])
    lab.heal(cut)
    lab.advance(60)
    expect(lab.hostState('esx-02')).toBe('notResponding')
    expect(lab.vm('db-01').runtime.powerState).toBe('poweredOn')
    lab.heal(crash)
    lab.advance(131)
    expect(lab.hostState('esx-02')).toBe('connected')
    expect(lab.vm('db-01').runtime.powerState).toBe('poweredOff')
    expect(lab.told()).toEqual(hostEvents)
  })

  it('waits for the cable › when the host was crashed and healed behind it', () => {
    const lab = new Machines()
    const cut = lab.inject('cable-cut', 'esx-02')
    lab.heal(lab.inject('host-crash', 'esx-02'))
    lab.advance(300)
    expect(lab.power('esx-02')).toBe('on')
    expect(lab.hostState('esx-02')).toBe('notResponding')
    lab.heal(cut)
    lab.advance(10)
    expect(lab.hostState('esx-02')).toBe('connected')
    expect(lab.vm('db-01').runtime.powerState).toBe('poweredOff')
  })
})
