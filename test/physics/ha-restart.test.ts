import { describe, expect, it } from 'vitest'
import { powerOff, powerOn, suspend } from '../../emulator/physics/compute/power.js'
import { askGuest } from '../../emulator/physics/compute/guest-wishes.js'
import { filesIn, putFiles } from '../../emulator/physics/storage/files.js'
import { stealLock } from '../../emulator/physics/storage/locks.js'
import { HaVmLab } from '../support/ha-vm-lab.js'

const RESTARTED = 'com.vmware.vc.ha.VmRestartedByHAEvent'
const ours = ['vm-esx-02-1', 'vm-esx-02-2', 'vm-esx-02-3']

describe('a secondary crashes (V03)', () => {
  it('its VMs run elsewhere after 35 s, each on one host, in the pool and folder where they were', () => {
    const lab = new HaVmLab()
    const before = lab.vcenterVm('vm-esx-02-1')
    lab.crash('esx-02')
    lab.to(29.9)
    expect(lab.times(RESTARTED)).toEqual([])
    lab.to(30)
    expect(lab.times('ClusterFailoverActionInitiatedEvent')).toEqual([30])
    expect(lab.vcenterVm('vm-esx-02-1').runtime.vmFailoverInProgress).toBe(true)
    lab.to(60)
    expect(lab.times(RESTARTED)).toEqual([35, 35, 35])
    expect(lab.times('ClusterFailoverActionCompletedEvent')).toEqual([35])
    expect(ours.map(vm => lab.on(vm)).sort()).toEqual(['esx-01', 'esx-03', 'esx-04'])
    for (const vm of ours) {
      expect(lab.real(vm)).toEqual([lab.on(vm)])
      expect(lab.holder(vm)).toBe(lab.on(vm))
      expect(lab.vcenterVm(vm).runtime).toMatchObject({
        powerState: 'poweredOn', vmFailoverInProgress: false, dasVmProtection: { dasProtected: true },
      })
    }
    const after = lab.vcenterVm('vm-esx-02-1')
    expect(after.parent).toEqual(before.parent)
    expect(after.resourcePool).toEqual(before.resourcePool)
    expect(after.guestHeartbeatStatus).toBe('green')
    expect(lab.lab.world.ofType('lab', 'HaPlan')).toEqual([])
  })

  it('one that was resumed before › nothing of the dead process is left, and files of others stay', () => {
    const lab = new HaVmLab()
    const [name] = ours as [string]
    const slot = lab.hostVm(name, 'esx-02')
    const [volume, folder] = lab.lock(name).split('/').slice(1) as [string, string]
    const types = (): string[] => Object.values(filesIn(lab.lab.world, volume, folder)!).map(({ type }) => type).sort()
    lab.change(tx => suspend(tx, slot, { instant: true }))
    lab.change(tx => powerOn(tx, slot, { instant: true }))
    lab.to(60)
    expect(types()).toEqual(expect.arrayContaining(['suspend', 'suspendMemory', 'swap']))
    lab.change(tx => putFiles(tx, volume, folder, { [`${name}0.vswp`]: { size: 1, type: 'swap' } }))
    lab.crash('esx-02')
    lab.to(120)
    expect(lab.real(name)).toEqual([lab.on(name)])
    expect(lab.on(name)).not.toBe('esx-02')
    expect(types()).toEqual(['config', 'diskDescriptor', 'diskExtent', 'log', 'nvram', 'snapshotList', 'swap', 'swap'])
    expect(filesIn(lab.lab.world, volume, folder)).toHaveProperty([`${name}0.vswp`])
    expect(lab.vcenterVm(name).layoutEx!.file!.map(({ type }) => type).sort())
      .toEqual(['config', 'diskDescriptor', 'diskExtent', 'log', 'nvram', 'snapshotList', 'swap'])
  })

  it('is no task, and what came back has no rest of them', () => {
    const lab = new HaVmLab()
    lab.crash('esx-02')
    lab.to(60)
    expect(lab.lab.world.logs().filter(log => log.name === 'tasks/vc1' && log.last > 0)).toEqual([])
    lab.emit('hardware.powerRestored', { node: 'esx-02' })
    lab.to(300)
    expect(lab.registered('vm-esx-02-1').map(slot => slot.address.node)).toEqual([lab.on('vm-esx-02-1')])
    expect(lab.times(RESTARTED)).toHaveLength(3)
  })

  it('leaves alone what a user or the guest had stopped, what never ran, and what is disabled', () => {
    const lab = new HaVmLab()
    lab.change(tx => { powerOff(tx, tx.find('esx-02', lab.hostVm('vm-esx-02-1', 'esx-02').address.id)!, { instant: true }) })
    lab.change(tx => askGuest(tx, lab.hostVm('vm-esx-02-2', 'esx-02'), 'shutdown', { instant: true }))
    lab.configure({ dasVmConfig: [{ key: lab.ref('vm-esx-02-3'), dasSettings: { restartPriority: 'disabled' } }] })
    lab.to(5)
    expect(lab.timesOf('VmUnprotectedEvent', 'vm-esx-02-1')).toHaveLength(1)
    expect(lab.vcenterVm('vm-esx-02-2').runtime.dasVmProtection).toEqual({ dasProtected: false })
    lab.crash('esx-02')
    lab.to(120)
    expect(lab.times(RESTARTED)).toEqual([])
    expect(ours.flatMap(vm => lab.real(vm))).toEqual([])
    expect(lab.on('vm-esx-02-3')).not.toBe('esx-02')
    expect(lab.timesOf('VMIsHADisabledRestartEvent', 'vm-esx-02-3')).toHaveLength(1)
  })

  it('nothing is started while host monitoring is disabled', () => {
    const lab = new HaVmLab({ das: { hostMonitoring: 'disabled' } })
    lab.crash('esx-02')
    lab.to(300)
    expect(lab.times(RESTARTED)).toEqual([])
  })
})

describe('what else counts as a failure', () => {
  it('a host that was shut down outside maintenance mode', () => {
    const lab = new HaVmLab()
    lab.emit('hardware.powerLost', { node: 'esx-02', cause: 'shutdown' })
    lab.to(60)
    expect(lab.times(RESTARTED)).toHaveLength(3)
  })

  it('a primary without storage of its own has the lists by its secondaries', () => {
    const lab = new HaVmLab()
    for (const volume of ['ds1', 'ds2']) lab.loseStorage(['esx-04'], lab.volume(volume))
    lab.to(60)
    lab.crash('esx-02')
    lab.to(120)
    expect(lab.times(RESTARTED)).toHaveLength(3)
    expect(ours.map(vm => lab.on(vm))).not.toContain('esx-04')
  })
})

describe('the primary crashes (V05)', () => {
  it('the new one asks for the first power-on at 35 s', () => {
    const lab = new HaVmLab()
    lab.crash('esx-04')
    lab.to(35)
    expect(lab.vcenterVm('vm-esx-04-1').runtime.vmFailoverInProgress).toBe(true)
    lab.to(70)
    expect(lab.times(RESTARTED)).toEqual([40, 40, 40])
    lab.to(300)
    expect(lab.times(RESTARTED)).toHaveLength(3)
  })

  it('of a whole cluster without power everything is started once that ran', () => {
    const lab = new HaVmLab()
    for (const host of ['esx-01', 'esx-02', 'esx-03', 'esx-04']) lab.crash(host)
    lab.to(100)
    for (const host of ['esx-01', 'esx-02', 'esx-03', 'esx-04']) lab.emit('hardware.powerRestored', { node: host })
    lab.to(400)
    expect(lab.vms().map(vm => lab.real(vm).length)).toEqual(Array(12).fill(1))
    expect(lab.vms().filter(vm => lab.real(vm)[0] !== lab.on(vm))).toEqual([])
  })
})

describe('an attempt fails (V14)', () => {
  const locked = (das: object = {}): HaVmLab => {
    const lab = new HaVmLab({ das })
    lab.change(tx => stealLock(tx, lab.lock('vm-esx-02-1'), 'an outsider'))
    lab.crash('esx-02')
    return lab
  }

  it('is tried again 2, 4, 8 and 16 minutes after each failure, and then no more', () => {
    const lab = locked()
    lab.to(3600)
    const failed = lab.timesOf('VmFailoverFailed', 'vm-esx-02-1')
    expect(failed).toEqual([35, 160, 405, 890, 1855])
    expect(lab.timesOf('VmMaxRestartCountReached', 'vm-esx-02-1')).toEqual([1855])
    expect(lab.vcenterVm('vm-esx-02-1').runtime.vmFailoverInProgress).toBe(false)
    expect(lab.real('vm-esx-02-2')).toHaveLength(1)
  })

  it('only twice where das.maxvmrestartcount is 2', () => {
    const lab = locked({ option: [{ key: 'das.maxvmrestartcount', value: '2' }] })
    lab.to(3600)
    expect(lab.timesOf('VmFailoverFailed', 'vm-esx-02-1')).toEqual([35, 160])
    expect(lab.timesOf('VmMaxRestartCountReached', 'vm-esx-02-1')).toEqual([160])
  })

  it('another primary begins its own series', () => {
    const lab = locked()
    lab.to(1000)
    lab.crash('esx-04')
    lab.to(4000)
    expect(lab.timesOf('VmFailoverFailed', 'vm-esx-02-1')).toEqual([35, 160, 405, 890, 1040, 1165, 1410, 1895, 2860])
  })
})

describe('power-on protects', () => {
  it('when vCenter hears of it, with an event, and never without', () => {
    const lab = new HaVmLab()
    const vm = lab.hostVm('vm-esx-01-1', 'esx-01')
    lab.change(tx => { powerOff(tx, vm, { instant: true }) })
    lab.to(10)
    lab.change(tx => { powerOn(tx, vm, { instant: true }) })
    lab.to(10.9)
    expect(lab.vcenterVm('vm-esx-01-1').runtime.dasVmProtection).toEqual({ dasProtected: false })
    lab.to(11)
    expect(lab.vcenterVm('vm-esx-01-1').runtime.dasVmProtection).toEqual({ dasProtected: true })
    expect(lab.timesOf('VmProtectedEvent', 'vm-esx-01-1')).toEqual([11])
  })

  it('of a VM started while vCenter was away only when it is back', () => {
    const lab = new HaVmLab()
    const vm = lab.hostVm('vm-esx-01-1', 'esx-01')
    lab.change(tx => { powerOff(tx, vm, { instant: true }) })
    lab.to(10)
    lab.emit('hardware.powerLost', { node: 'vc1', cause: 'power' })
    lab.change(tx => { powerOn(tx, vm, { instant: true }) })
    lab.to(30)
    lab.crash('esx-01')
    lab.to(100)
    expect(lab.real('vm-esx-01-1')).toEqual([])
    expect(lab.real('vm-esx-01-2')).toHaveLength(1)
    lab.emit('hardware.powerRestored', { node: 'vc1' })
    lab.to(600)
    expect(lab.on('vm-esx-01-2')).toBe(lab.real('vm-esx-01-2')[0])
    expect(lab.timesOf('VmRestartedByHAEvent', 'vm-esx-01-2')).toEqual([65])
  })

  it('ends where HA is switched off', () => {
    const lab = new HaVmLab()
    lab.das({ enabled: false })
    lab.to(10)
    expect(lab.vcenterVm('vm-esx-01-1').runtime.dasVmProtection).toBeUndefined()
    lab.das({ enabled: true })
    lab.to(60)
    expect(lab.vcenterVm('vm-esx-01-1').runtime.dasVmProtection).toEqual({ dasProtected: true })
  })
})
