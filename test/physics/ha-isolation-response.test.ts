import { describe, expect, it } from 'vitest'
import { LOCK_LOST } from '../../emulator/physics/compute/questions.js'
import { dropStorageFault, addStorageFault } from '../../emulator/physics/storage/access.js'
import { HaVmLab, type HaVmLabOptions } from '../support/ha-vm-lab.js'

const RESTARTED = 'com.vmware.vc.ha.VmRestartedByHAEvent'
const ours = ['vm-esx-02-1', 'vm-esx-02-2', 'vm-esx-02-3']
const answering = (isolationResponse: string, option: object[] = []): HaVmLabOptions =>
  ({ das: { defaultVmSettings: { isolationResponse }, option } })
const delay = (seconds: number): object[] =>
  [{ key: 'das.config.fdm.isolationPolicyDelaySec', value: String(seconds) }]

describe('a secondary is isolated and powers off (V07)', () => {
  it('60 s after it was cut off, and its VMs start elsewhere only after that', () => {
    const lab = new HaVmLab(answering('powerOff'))
    lab.isolate(['esx-02'])
    lab.to(59.9)
    expect(ours.map(vm => lab.real(vm))).toEqual([['esx-02'], ['esx-02'], ['esx-02']])
    lab.to(61)
    expect(ours.flatMap(vm => lab.real(vm))).toEqual([])
    lab.to(130)
    expect(lab.times(RESTARTED)).toHaveLength(3)
    expect(lab.times(RESTARTED).every(at => at > 60)).toBe(true)
    for (const vm of ours) expect(lab.holder(vm)).toBe(lab.on(vm))
  })

  it.each([[90, 120], [10, 60]])('with a delay of %i s: at %i s', (seconds, at) => {
    const lab = new HaVmLab(answering('powerOff', delay(seconds)))
    lab.isolate(['esx-02'])
    lab.to(at - 0.1)
    expect(lab.real('vm-esx-02-1')).toEqual(['esx-02'])
    lab.to(at + 3)
    expect(lab.real('vm-esx-02-1')).toEqual([])
  })

  it('is told when the host can be heard again, with the time at which it happened', () => {
    const lab = new HaVmLab(answering('powerOff'))
    const heal = lab.isolate(['esx-02'])
    lab.to(200)
    expect(lab.times('VmPowerOffOnIsolationEvent')).toEqual([])
    heal()
    lab.to(300)
    expect(lab.times('VmPowerOffOnIsolationEvent')).toEqual([60, 60, 60])
    expect(ours.map(vm => lab.registered(vm).length)).toEqual([1, 1, 1])
  })

  it('shutdown asks the guest, and restarts it when it is down', () => {
    const lab = new HaVmLab(answering('shutdown'))
    lab.isolate(['esx-02'])
    lab.to(61)
    expect(lab.real('vm-esx-02-1')).toEqual(['esx-02'])
    lab.to(69)
    expect(lab.real('vm-esx-02-1')).toEqual([])
    lab.to(130)
    expect(lab.times(RESTARTED)).toHaveLength(3)
  })

  it('none leaves everything running', () => {
    const lab = new HaVmLab(answering('none'))
    lab.isolate(['esx-02'])
    lab.to(600)
    expect(lab.real('vm-esx-02-1')).toEqual(['esx-02'])
    expect(lab.times(RESTARTED)).toEqual([])
  })

  it('a VM whose restart priority is disabled is left alone', () => {
    const lab = new HaVmLab(answering('powerOff'))
    lab.configure({ dasVmConfig: [{ key: lab.ref('vm-esx-02-1'), dasSettings: { restartPriority: 'disabled' } }] })
    lab.to(5)
    const heal = lab.isolate(['esx-02'])
    lab.to(120)
    expect(lab.real('vm-esx-02-1')).toEqual(['esx-02'])
    heal()
    lab.to(200)
    expect(lab.timesOf('VMIsHADisabledIsolationEvent', 'vm-esx-02-1')).toHaveLength(1)
  })
})

describe('a response is not carried out (V09)', () => {
  it('when the cut ends before its time', () => {
    const lab = new HaVmLab(answering('powerOff'))
    const heal = lab.isolate(['esx-02'])
    lab.to(45)
    heal()
    lab.to(200)
    expect(lab.real('vm-esx-02-1')).toEqual(['esx-02'])
  })

  it('while no primary owns the datastore, and then', () => {
    const lab = new HaVmLab(answering('powerOff'))
    lab.isolate(['esx-02'])
    for (const host of ['esx-01', 'esx-03', 'esx-04']) lab.crash(host)
    lab.to(300)
    expect(lab.real('vm-esx-02-1')).toEqual(['esx-02'])
    for (const host of ['esx-01', 'esx-03', 'esx-04']) lab.emit('hardware.powerRestored', { node: host })
    lab.to(600)
    expect(lab.real('vm-esx-02-1')).toHaveLength(1)
    expect(lab.real('vm-esx-02-1')).not.toContain('esx-02')
  })
})

describe('two copies (V12)', () => {
  const cut = (options: HaVmLabOptions = {}): { lab: HaVmLab, heal: () => void } => {
    const lab = new HaVmLab(options)
    const mend = lab.isolate(['esx-02'])
    lab.change(tx => {
      for (const name of ['ds1', 'ds2']) addStorageFault(tx, name, { volume: lab.volume(name), hosts: ['esx-02'], loss: 'apd' })
    })
    return {
      lab, heal: () => {
        mend()
        lab.change(tx => { for (const name of ['ds1', 'ds2']) dropStorageFault(tx, name) })
      },
    }
  }

  it('run until the old host has its storage back; then its copy asks, is answered, and is gone', () => {
    const { lab, heal } = cut()
    lab.to(70)
    expect(lab.times(RESTARTED)).toHaveLength(3)
    for (const vm of ours) {
      expect(lab.real(vm).sort()).toEqual([lab.on(vm), 'esx-02'].sort())
      expect(lab.holder(vm)).toBe(lab.on(vm))
    }
    lab.to(600)
    expect(lab.real('vm-esx-02-1')).toHaveLength(2)
    const survivor = lab.on('vm-esx-02-1')
    heal()
    lab.to(601)
    expect(lab.vm(lab.hostVm('vm-esx-02-1', 'esx-02')).runtime.question?.message?.[0]?.id).toBe(LOCK_LOST)
    lab.to(640)
    for (const vm of ours) expect(lab.real(vm)).toEqual([lab.on(vm)])
    expect(lab.on('vm-esx-02-1')).toBe(survivor)
    expect(lab.registered('vm-esx-02-1')).toHaveLength(1)
    expect(lab.times('AnsweredVmLockLostQuestionEvent')).toHaveLength(3)
    expect(lab.vcenterVm('vm-esx-02-1').runtime.dasVmProtection).toEqual({ dasProtected: true })
  })

  it('the question waits for an agent that does not work, and is answered when it does (seed 13394)', () => {
    const { lab, heal } = cut()
    lab.to(70)
    lab.change(tx => tx.emit('agent.ended', { host: 'esx-02', agent: 'hostd', how: 'stop' }))
    heal()
    lab.to(300)
    expect(lab.real('vm-esx-02-1')).toHaveLength(2)
    lab.change(tx => tx.emit('agent.changed', { host: 'esx-02', agent: 'hostd', state: 'running' }))
    lab.to(340)
    for (const vm of ours) expect(lab.real(vm)).toEqual([lab.on(vm)])
    expect(lab.times('AnsweredVmLockLostQuestionEvent')).toHaveLength(3)
  })

  it('of an isolated host that powers off only for a moment', () => {
    const { lab } = cut(answering('powerOff'))
    lab.to(50)
    expect(lab.real('vm-esx-02-1')).toHaveLength(2)
    lab.to(63)
    expect(lab.real('vm-esx-02-1')).toEqual([lab.on('vm-esx-02-1')])
  })

  it('on NFS the first attempt finds the file locked', () => {
    const nfs = { type: 'NFS', capacity: '1TiB', server: 'nas', path: '/x' } as const
    const { lab } = cut({ datastores: [{ name: 'ds1', ...nfs }, { name: 'ds2', ...nfs, path: '/y' }] })
    lab.to(100)
    expect(lab.timesOf('VmFailoverFailed', 'vm-esx-02-1')).toEqual([35])
    lab.to(200)
    expect(lab.timesOf('VmRestartedByHAEvent', 'vm-esx-02-1')).toEqual([160])
  })
})
