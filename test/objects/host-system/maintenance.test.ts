import { describe, expect, it } from 'vitest'
import type { MoRef } from '../../../emulator/schema/model.js'
import { HostLab, VC } from './host-lab.js'

const ENTER = { timeout: 0, evacuatePoweredOffVms: false }
const tales = /Maintenance|maintenance|HostOperation|DrsVmMigrated/

describe('EnterMaintenanceMode_Task', () => {
  it('empties a host of a fully automated cluster by vMotion, then it is in maintenance mode', () => {
    const lab = new HostLab('cluster', 'realistic')
    const since = lab.eventCount(VC)
    const task = lab.start(lab.host('esx-02'), 'EnterMaintenanceMode_Task', ENTER)
    expect(lab.state(task).state).toBe('running')
    lab.advance(4)
    expect(lab.hostProps('esx-02').runtime.inMaintenanceMode).toBe(false)
    expect(lab.vmsOn('esx-02')).toHaveLength(3)
    lab.advance(10)
    expect(lab.state(task).state).toBe('success')
    expect(lab.hostProps('esx-02').runtime.inMaintenanceMode).toBe(true)
    expect(lab.vmsOn('esx-02')).toEqual([])
    expect(lab.vm('esx-02-vm-01').runtime).toMatchObject({ powerState: 'poweredOn', connectionState: 'connected' })
    expect(new Set(['esx-02-vm-01', 'esx-02-vm-02', 'esx-02-vm-03'].map(name => lab.hostOf(name))).size).toBe(3)
    expect(lab.told(VC, since, tales)).toEqual([
      'EnteringMaintenanceModeEvent', 'esx.audit.maintenancemode.entering',
      'DrsVmMigratedEvent', 'DrsVmMigratedEvent', 'DrsVmMigratedEvent',
      'EnteredMaintenanceModeEvent', 'esx.audit.maintenancemode.entered',
    ])
    expect(lab.events('esx-02')).toContain('EnteredMaintenanceModeEvent')
  })

  it('waits for the VMs of a host without DRS › until the last one stops', () => {
    const lab = new HostLab('small', 'instant')
    const task = lab.start(lab.host('esx-02'), 'EnterMaintenanceMode_Task', ENTER)
    lab.advance(3600)
    expect(lab.state(task).state).toBe('running')
    const running = lab.vmsOn('esx-02').filter(name => lab.vm(name).runtime.powerState === 'poweredOn')
    for (const name of running) {
      expect(lab.hostProps('esx-02').runtime.inMaintenanceMode).toBe(false)
      lab.done(VC, lab.vmRef(name), 'PowerOffVM_Task')
    }
    expect(lab.state(task).state).toBe('success')
    expect(lab.hostProps('esx-02').runtime.inMaintenanceMode).toBe(true)
    expect(lab.failed(VC, lab.vmRef(running[0]!), 'PowerOnVM_Task')).toBe('InvalidState')
    lab.done(VC, lab.host('esx-02'), 'ExitMaintenanceMode_Task', { timeout: 0 })
    lab.done(VC, lab.vmRef(running[0]!), 'PowerOnVM_Task')
  })

  it('ends in Timedout after its time, and the host goes on as before', () => {
    const lab = new HostLab('small')
    const since = lab.eventCount(VC)
    const task = lab.start(lab.host('esx-02'), 'EnterMaintenanceMode_Task', { ...ENTER, timeout: 300 })
    lab.advance(299)
    expect(lab.state(task).state).toBe('running')
    expect(lab.failed(VC, lab.vmRef('win-01'), 'PowerOnVM_Task')).toBe('InvalidState')
    lab.advance(1)
    expect(lab.fault(task)._typeName).toBe('Timedout')
    expect(lab.hostProps('esx-02').runtime.inMaintenanceMode).toBe(false)
    expect(lab.told(VC, since, tales)).toContain('TimedOutHostOperationEvent')
    lab.done(VC, lab.vmRef('win-01'), 'PowerOnVM_Task')
  })

  it('can be canceled while it waits', () => {
    const lab = new HostLab('small')
    const since = lab.eventCount(VC)
    const task = lab.start(lab.host('esx-02'), 'EnterMaintenanceMode_Task', ENTER)
    lab.call(VC, task, 'CancelTask')
    expect(lab.fault(task)._typeName).toBe('RequestCanceled')
    expect(lab.told(VC, since, tales)).toContain('CanceledHostOperationEvent')
    lab.done(VC, lab.vmRef('win-01'), 'PowerOnVM_Task')
    expect(lab.state(lab.start(lab.host('esx-02'), 'EnterMaintenanceMode_Task', ENTER)).state).toBe('running')
  })

  it('is InvalidState › on a host that is in it, or on its way; out of it likewise', () => {
    const lab = new HostLab('small')
    lab.start(lab.host('esx-02'), 'EnterMaintenanceMode_Task', ENTER)
    expect(lab.failed(VC, lab.host('esx-02'), 'EnterMaintenanceMode_Task', ENTER)).toBe('InvalidState')
    expect(lab.failed(VC, lab.host('esx-02'), 'ExitMaintenanceMode_Task', { timeout: 0 })).toBe('InvalidState')
  })

  it('waits for VMs that are off, too › when they are to leave and nobody moves them', () => {
    const lab = new HostLab('small')
    for (const name of lab.vmsOn('esx-02')) {
      if (lab.vm(name).runtime.powerState === 'poweredOn') lab.done(VC, lab.vmRef(name), 'PowerOffVM_Task')
    }
    const task = lab.start(lab.host('esx-02'), 'EnterMaintenanceMode_Task', { timeout: 0, evacuatePoweredOffVms: true })
    expect(lab.state(task).state).toBe('running')
    for (const name of lab.vmsOn('esx-02')) lab.call(VC, lab.vmRef(name), 'UnregisterVM')
    lab.lab.world.runDue()
    expect(lab.state(task).state).toBe('success')
  })

  it('can be asked of the host itself, and vCenter sees it', () => {
    const lab = new HostLab('small')
    for (const name of lab.vmsOn('esx-02')) {
      if (lab.vm(name).runtime.powerState === 'poweredOn') lab.done(VC, lab.vmRef(name), 'PowerOffVM_Task')
    }
    const host: MoRef = { type: 'HostSystem', value: 'ha-host' }
    const since = lab.eventCount(VC)
    lab.done('esx-02', host, 'EnterMaintenanceMode_Task', ENTER)
    expect(lab.hostProps('esx-02').runtime.inMaintenanceMode).toBe(true)
    expect(lab.told(VC, since, tales)).toContain('EnteredMaintenanceModeEvent')
  })

  it('ends with the host › and a host that was only on its way boots without it', () => {
    const lab = new HostLab('small')
    const task = lab.start(lab.host('esx-02'), 'EnterMaintenanceMode_Task', ENTER)
    const crash = lab.inject('host-crash', 'esx-02')
    expect(lab.fault(task)._typeName).toBe('HostNotReachable')
    lab.heal(crash)
    lab.advance(200)
    lab.done(VC, lab.vmRef('win-01'), 'PowerOnVM_Task')
  })
})
