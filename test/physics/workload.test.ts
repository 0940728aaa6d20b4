import { describe, expect, it } from 'vitest'
import { powerOn } from '../../emulator/physics/compute/power.js'
import type { VirtualMachineProps } from '../../emulator/schema/generated/types.js'
import { truthFacts } from '../../emulator/truth.js'
import { GateLab } from '../support/gate-lab.js'
import { registerWhole } from '../support/register.js'

const VC = 'vc1'
const NAME = 'vm-esx-02-1'

function writing(rate = 1e6): GateLab {
  const lab = new GateLab({ lab: 'scenarios/labs/f4.yaml' })
  const { world } = lab.lab
  const vm = lab.named('esx-02', 'VirtualMachine', NAME).value
  world.transact({ kind: 'lab', what: 'test' }, tx => tx.emit('workload.set', { node: 'esx-02', vm, writeBytesPerSecond: rate }))
  return lab
}

function truth(lab: GateLab, fact: string, subject = `vm/${NAME}`): unknown {
  return truthFacts.ask(lab.lab.world, fact, subject)
}

/** Starts a second instance on another host; gives why it does not start. */
function startOn(lab: GateLab, host: string): string | undefined {
  const { world } = lab.lab
  return world.transact({ kind: 'lab', what: 'test' }, tx => {
    const vm = tx.find('esx-02', lab.named('esx-02', 'VirtualMachine', NAME).value)!
    const known = tx.ofType(host, 'VirtualMachine')
      .find(slot => tx.read<VirtualMachineProps>(slot)!.props.name === NAME)
    return powerOn(tx, known ?? registerWhole(tx, host, vm), { instant: true })?.why
  })
}

/** Names of the swap files in the VM's folder. */
function swapFiles(lab: GateLab): string[] {
  const folder = lab.lab.world.ofType('lab', 'VolumeFolder').find(slot => slot.address.id.endsWith(`/${NAME}`))!
  const { files } = lab.lab.world.read<{ files: Record<string, { type: string }> }>(folder)!.props
  return Object.entries(files).filter(([, file]) => file.type === 'swap').map(([name]) => name)
}

describe('writes of a VM', () => {
  it('are attributed to the instance that makes them', () => {
    const lab = writing()
    lab.lab.world.advance(10_000)
    expect(truth(lab, 'writers')).toEqual(['esx-02'])
    expect(truth(lab, 'written')).toBe(10e6)
    expect(truth(lab, 'written', `vm/${NAME} on esx-02`)).toBe(10e6)
    expect(truth(lab, 'written', `vm/${NAME} on esx-01`)).toBe(0)
  })

  it('stop while the host cannot use the volume, and go on after it', () => {
    const lab = writing()
    const { id } = lab.lab.faults.inject('datastore-apd', 'ds1', { hosts: 'esx-02' })
    expect(truth(lab, 'lost-volumes', 'host/esx-02')).toEqual(['ds1 apd'])
    lab.lab.world.advance(10_000)
    expect(truth(lab, 'writers')).toEqual([])
    expect(truth(lab, 'written')).toBe(0)
    lab.lab.faults.heal(id)
    lab.lab.world.advance(5_000)
    expect(truth(lab, 'written')).toBe(5e6)
  })

  it('of a copy that lost its lock end for good, when another host broke it', () => {
    const lab = writing()
    lab.lab.world.advance(10_000)
    const { id } = lab.lab.faults.inject('datastore-apd', 'ds1', { hosts: 'esx-02' })
    lab.lab.world.advance(15_000)
    expect(startOn(lab, 'esx-01')).toBe('locked')
    lab.lab.world.advance(1_000)
    expect(startOn(lab, 'esx-01')).toBeUndefined()
    expect(truth(lab, 'runs-on')).toEqual(['esx-01', 'esx-02'])
    expect(truth(lab, 'lock-holder')).toBe('esx-01')
    lab.lab.world.advance(60_000)
    lab.lab.faults.heal(id)
    const old = lab.named('esx-02', 'VirtualMachine', NAME)
    const { question } = lab.props<VirtualMachineProps>('esx-02', old).runtime
    expect(question?.message?.[0]?.id).toBe('msg.hbacommon.locklost')
    lab.lab.world.advance(60_000)
    expect(truth(lab, 'writers')).toEqual(['esx-01'])
    expect(truth(lab, 'written', `vm/${NAME} on esx-02`)).toBe(10e6)
    expect(truth(lab, 'written', `vm/${NAME} on esx-01`)).toBe(120e6)
    // HA has answered.
    expect(truth(lab, 'runs-on')).toEqual(['esx-01'])
    expect(swapFiles(lab)).toHaveLength(1)
  })

  it('and files of a process that ends without its volume stay until the next one starts', () => {
    const lab = writing()
    const { id } = lab.lab.faults.inject('datastore-apd', 'ds1', { hosts: 'esx-02' })
    const vm = lab.named('esx-02', 'VirtualMachine', NAME)
    lab.done('esx-02', vm, 'PowerOffVM_Task')
    expect(swapFiles(lab)).toHaveLength(1)
    lab.lab.faults.heal(id)
    lab.done('esx-02', vm, 'PowerOnVM_Task')
    expect(swapFiles(lab)).toHaveLength(1)
  })

  it('end with the power of the host, and go on where the VM runs next', () => {
    const lab = writing()
    lab.lab.world.advance(10_000)
    lab.lab.faults.inject('host-crash', 'esx-02', {})
    expect(truth(lab, 'writers')).toEqual([])
    lab.lab.world.advance(16_000)
    expect(startOn(lab, 'esx-03')).toBeUndefined()
    lab.lab.world.advance(5_000)
    expect(truth(lab, 'written')).toBe(15e6)
  })

  it('follow a migration', () => {
    const lab = writing()
    lab.lab.world.advance(10_000)
    const vm = lab.named(VC, 'VirtualMachine', NAME)
    const host = lab.named(VC, 'HostSystem', lab.lab.nodes.find(node => node.name === 'esx-03')!.hostName)
    lab.done(VC, vm, 'MigrateVM_Task', { host, priority: 'defaultPriority' })
    lab.lab.world.advance(10_000)
    expect(truth(lab, 'writers')).toEqual(['esx-03'])
    expect(truth(lab, 'written')).toBe(20e6)
    expect(truth(lab, 'written', `vm/${NAME} on esx-03`)).toBe(10e6)
  })

  it('of a copy on a host that hung end when it goes on and sees that its lock is lost', () => {
    const lab = writing()
    lab.lab.world.advance(10_000)
    const paths = lab.lab.faults.inject('path-down', 'esx-02', {})
    const hang = lab.lab.faults.inject('host-hang', 'esx-02', {})
    lab.lab.world.advance(17_000)
    expect(startOn(lab, 'esx-01')).toBeUndefined()
    lab.lab.faults.heal(paths.id)
    const question = (): object | undefined => {
      const old = lab.named('esx-02', 'VirtualMachine', NAME)
      return lab.props<VirtualMachineProps>('esx-02', old).runtime.question
    }
    expect(question()).toBeUndefined()
    lab.lab.faults.heal(hang.id)
    expect(question()).toBeDefined()
    lab.lab.world.advance(600_000)
    expect(truth(lab, 'runs-on')).toEqual(['esx-01'])
    expect(truth(lab, 'written', `vm/${NAME} on esx-02`)).toBe(10e6)
  })

  it('stop while the guest hangs, and go on when it is well', () => {
    const lab = writing()
    const { world } = lab.lab
    const vm = { node: 'esx-02', vm: lab.named('esx-02', 'VirtualMachine', NAME).value }
    world.transact({ kind: 'lab', what: 'test' }, tx => tx.emit('guest.trouble', { ...vm, what: 'hang', again: false }))
    world.advance(10_000)
    expect(truth(lab, 'written')).toBe(0)
    world.transact({ kind: 'lab', what: 'test' }, tx => tx.emit('guest.well', vm))
    world.advance(10_000)
    expect(truth(lab, 'written')).toBe(10e6)
  })

  it('end when the guest is told to write nothing', () => {
    const lab = writing()
    lab.lab.world.advance(10_000)
    const { world } = lab.lab
    const vm = lab.named('esx-02', 'VirtualMachine', NAME).value
    world.transact({ kind: 'lab', what: 'test' }, tx => tx.emit('workload.set', { node: 'esx-02', vm, writeBytesPerSecond: 0 }))
    lab.lab.world.advance(10_000)
    expect(truth(lab, 'writers')).toEqual([])
    expect(truth(lab, 'written')).toBe(10e6)
    expect(lab.lab.world.ofType('lab', 'Grower')).toEqual([])
  })
})
