import { describe, expect, it } from 'vitest'
import { addStorageFault, dropStorageFault, type StorageLoss } from '../../emulator/physics/storage/access.js'
import { HaVmLab } from '../support/ha-vm-lab.js'

const VM = 'vm-esx-02-1'

class Storage extends HaVmLab {
  constructor(settings: object, das: object = {}) {
    super({
      das: {
        vmComponentProtecting: 'enabled',
        defaultVmSettings: { vmComponentProtectionSettings: { vmTerminateDelayForAPDSec: 180, ...settings } }, ...das,
      },
    })
  }

  lose(loss: StorageLoss, hosts: readonly string[] = ['esx-02']): void {
    this.change(tx => addStorageFault(tx, 'ds1', { volume: this.volume('ds1'), hosts, loss }))
  }

  giveBack(): void {
    this.change(tx => dropStorageFault(tx, 'ds1'))
  }

  vmcp(): string[] {
    return this.told().map(([, name]) => name).filter(name => name.startsWith('Vmcp'))
  }
}

describe('all paths of one host are down (V18)', () => {
  it('aggressive: noticed at 140 s, ended at 320 s, started elsewhere', () => {
    const lab = new Storage({ vmStorageProtectionForAPD: 'restartAggressive' })
    lab.lose('apd')
    lab.to(319)
    expect(lab.times('VmcpStorageFailureDetectedForVm')).toEqual([140, 140, 140])
    expect(lab.times('VmcpTerminatingVm')).toEqual([])
    expect(lab.real(VM)).toEqual(['esx-02'])
    lab.to(380)
    expect(lab.times('VmcpTerminatingVm')).toEqual([320, 320, 320])
    expect(lab.timesOf('VmRestartedByHAEvent', VM)).toEqual([325])
    expect(lab.real(VM)).toEqual([lab.on(VM)])
    expect(lab.on(VM)).not.toBe('esx-02')
    expect(lab.registered(VM)).toHaveLength(1)
    expect(lab.state('esx-02')).toBe('connectedToMaster')
  })

  it('cleared at 100 s: nothing of HA', () => {
    const lab = new Storage({ vmStorageProtectionForAPD: 'restartAggressive' })
    lab.lose('apd')
    lab.to(100)
    lab.giveBack()
    lab.to(400)
    expect(lab.vmcp()).toEqual([])
  })

  it('cleared at 200 s: reset where the cluster says so, and not where it does not', () => {
    const lab = new Storage({ vmStorageProtectionForAPD: 'restartAggressive', vmReactionOnAPDCleared: 'reset' })
    lab.lose('apd')
    lab.to(200)
    lab.giveBack()
    lab.to(400)
    expect(lab.timesOf('VmDasBeingResetEvent', VM)).toEqual([201])
    const other = new Storage({ vmStorageProtectionForAPD: 'restartAggressive' })
    other.lose('apd')
    other.to(200)
    other.giveBack()
    other.to(400)
    expect(other.times('VmcpStorageFailureCleared')).toEqual([200, 200, 200])
    expect(other.times('VmDasBeingResetEvent')).toEqual([])
    expect(other.real(VM)).toEqual(['esx-02'])
  })

  it('conservative, and no other host has the datastore: it runs on until one has', () => {
    const lab = new Storage({ vmStorageProtectionForAPD: 'restartConservative' })
    lab.lose('apd', ['esx-01', 'esx-02', 'esx-03', 'esx-04'])
    lab.to(600)
    expect(lab.times('VmcpNotTerminateVmWithInaccessibleDatastore')).toEqual(Array(12).fill(320))
    expect(lab.times('VmcpTerminatingVm')).toEqual([])
    expect(lab.real(VM)).toEqual(['esx-02'])
  })

  it('warning: events only; disabled: not even those', () => {
    const lab = new Storage({ vmStorageProtectionForAPD: 'warning' })
    lab.lose('apd')
    lab.to(600)
    expect(new Set(lab.vmcp())).toEqual(new Set(['VmcpStorageFailureDetectedForVm']))
    const other = new Storage({ vmStorageProtectionForAPD: 'disabled' })
    other.lose('apd')
    other.to(600)
    expect(other.vmcp()).toEqual([])
  })

  it('nothing while host monitoring is disabled', () => {
    const lab = new Storage({ vmStorageProtectionForAPD: 'restartAggressive' }, { hostMonitoring: 'disabled' })
    lab.lose('apd')
    lab.to(600)
    expect(lab.vmcp()).toEqual([])
  })

  it('on a host that is cut off as well, only the aggressive policy ends the copy', () => {
    for (const [policy, left] of [['restartAggressive', 1], ['restartConservative', 2]] as const) {
      const lab = new Storage({ vmStorageProtectionForAPD: policy })
      lab.isolate(['esx-02'])
      lab.lose('apd')
      lab.change(tx => addStorageFault(tx, 'ds2', { volume: lab.volume('ds2'), hosts: ['esx-02'], loss: 'apd' }))
      lab.to(300)
      expect(lab.real(VM)).toHaveLength(2)
      lab.to(330)
      expect(lab.real(VM)).toHaveLength(left)
      expect(lab.real(VM)).toContain(lab.on(VM))
    }
  })
})

describe('a device is gone for good', () => {
  it('its VMs are ended at once and started elsewhere', () => {
    const lab = new Storage({ vmStorageProtectionForPDL: 'restartAggressive' })
    lab.lose('pdl')
    lab.to(10)
    expect(lab.timesOf('VmcpTerminatingVm', VM)).toEqual([1])
    expect(lab.timesOf('VmRestartedByHAEvent', VM)).toEqual([6])
  })
})
