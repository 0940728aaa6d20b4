import { afterEach, describe, expect, it } from 'vitest'
import { doorState } from '../../../emulator/physics/network/doors.js'
import { serviceState, vpxdServing } from '../../../emulator/physics/appliance/services.js'
import { diskOf, type DiskInner } from '../../../emulator/physics/vcha/disk-state.js'
import { vchaCheckers } from '../../simulation/checkers/vcha.js'
import { VC, VchaLab } from '../../support/vcha-lab.js'

let at: VchaLab
let broken: string[]

afterEach(() => at.close())

function labOf(witness: boolean): VchaLab {
  const lab = new VchaLab({ vcha: { kind: 'sharedDisk', witness } })
  broken = []
  for (const kind of vchaCheckers) {
    const checker = kind.make({ lab: lab.test.lab, broken: text => broken.push(`${kind.invariant}: ${text}`), reached: () => {} })
    lab.test.world.subscribe(entry => checker.after?.(entry))
  }
  return lab
}

function disk(): DiskInner {
  return diskOf(at.test.world, VC)!
}

function writers(): string[] {
  return (['1', '2'] as const).filter(key => at.vcha.nodes[key].publicUp === true)
}

describe('vCenter HA › one disk for both nodes (teaching mode, availability.md 2.7)', () => {
  it('V25 l: no witness, active-passive cut › two writers, I13 and I14 fire, the database is damaged', async () => {
    at = labOf(false)
    const fault = at.inject('vcha-link-cut', { between: 'active,passive' })
    at.advance(14)
    expect(writers()).toEqual(['1'])
    at.advance(1)
    expect(writers()).toEqual(['1', '2'])
    expect(broken.some(text => text.startsWith('I13'))).toBe(true)
    expect(broken.some(text => text.startsWith('I14'))).toBe(true)
    expect(disk().damaged).toBe(false)
    const client = await at.login()
    for (let i = 0; i < 12; i += 1) {
      await client.call({ type: 'Folder', value: 'group-d1' }, 'CreateFolder', { name: `f-${i}` })
    }
    const made = at.test.world.ofType(VC, 'Folder').filter(slot => at.test.world.read<{ name: string }>(slot)!.props.name.startsWith('f-'))
    for (const slot of made) {
      await at.task(client, { type: 'Folder', value: slot.address.id }, 'Rename_Task', { newName: `g-${slot.address.id}` })
    }
    at.advance(60)
    expect(disk()).toMatchObject({ damaged: true, lastWriter: '2' })
    const kept = at.test.world.ofType(VC, 'Folder').filter(slot => at.test.world.read<{ name: string }>(slot)!.props.name.startsWith('g-'))
    expect(kept.length).toBeLessThan(12)
    expect(disk().conflicts).toBeGreaterThan(6)
    expect(vpxdServing(at.test.world, VC)).toBe(true)
    at.heal(fault)
    at.advance(10)
    expect(writers()).toEqual(['1'])
    expect(serviceState(at.test.world, VC, 'vmware-vpostgres')).toBe('STOPPED')
    at.advance(600)
    expect(vpxdServing(at.test.world, VC)).toBe(false)
    expect(doorState(at.test.world, VC, 443).answer).toBe('open')
    expect(await at.status(client)).toBe(503)
    at.inject('vcha-disk-repair')
    at.advance(240)
    expect(vpxdServing(at.test.world, VC)).toBe(true)
  })

  it('no witness, the cut heals before a page is written twice › nothing is damaged', () => {
    at = labOf(false)
    const fault = at.inject('vcha-link-cut', { between: 'active,passive' })
    at.advance(16)
    at.heal(fault)
    at.advance(60)
    expect(disk()).toMatchObject({ damaged: false, conflicts: 0 })
    expect(writers()).toEqual(['1'])
    expect(vpxdServing(at.test.world, VC)).toBe(true)
  })

  it('no witness, active really dead › the passive goes on with the disk, undamaged', () => {
    at = labOf(false)
    at.inject('vcha-node-down', { node: 'active' })
    at.advance(130)
    expect(writers()).toEqual(['2'])
    expect(vpxdServing(at.test.world, VC)).toBe(true)
    expect(disk().damaged).toBe(false)
  })

  it('V25 l: witness, active-passive cut › one writer all the time, no invariant fires', () => {
    at = labOf(true)
    const fault = at.inject('vcha-link-cut', { between: 'active,passive' })
    for (let i = 0; i < 300; i += 1) {
      at.advance(1)
      expect(writers()).toEqual(['1'])
    }
    at.heal(fault)
    at.advance(60)
    expect(disk()).toMatchObject({ damaged: false, conflicts: 0, holder: '1' })
    expect(broken).toEqual([])
  })

  it('witness, active isolated › its lease ends before the next one is granted; the epoch grows', () => {
    at = labOf(true)
    const before = disk().epoch
    const fault = at.inject('vcha-link-cut', { between: 'active' })
    at.advance(10)
    expect(writers()).toEqual([])
    expect(disk().holder).toBeUndefined()
    at.advance(5)
    expect(writers()).toEqual(['2'])
    expect(disk()).toMatchObject({ holder: '2', epoch: before + 1 })
    at.heal(fault)
    at.advance(300)
    expect(writers()).toEqual(['2'])
    expect(broken).toEqual([])
    expect(disk().damaged).toBe(false)
  })

  it('witness lost › the holder writes until its lease ends, nobody takes over; back: it is granted again', () => {
    at = labOf(true)
    const fault = at.inject('vcha-node-down', { node: 'witness' })
    at.advance(9)
    expect(writers()).toEqual(['1'])
    at.advance(300)
    expect(writers()).toEqual([])
    at.heal(fault)
    at.advance(66)
    expect(writers()).toEqual(['1'])
    expect(broken).toEqual([])
  })
})
