import { describe, expect, it } from 'vitest'
import type { HostConnectInfo } from '../../../emulator/schema/generated/types.js'
import type { MoRef } from '../../../emulator/schema/model.js'
import { faultOf } from '../../support/gate-lab.js'
import { HostLab, VC } from './host-lab.js'

const tales = /Host(Conn|Disc|Shut)|Standby/

describe('DisconnectHost_Task', () => {
  it('leaves host and VMs disconnected, without a heartbeat being judged, until they are reconnected', () => {
    const lab = new HostLab('small')
    const since = lab.eventCount(VC)
    lab.done(VC, lab.host('esx-02'), 'DisconnectHost_Task')
    expect(lab.hostProps('esx-02').runtime).toMatchObject({ connectionState: 'disconnected', powerState: 'unknown' })
    expect(lab.vm('db-01').runtime).toMatchObject({ connectionState: 'disconnected', powerState: 'poweredOn' })
    const crash = lab.inject('host-crash', 'esx-02')
    lab.advance(200)
    expect(lab.hostProps('esx-02').runtime.connectionState).toBe('disconnected')
    lab.heal(crash)
    lab.advance(200)
    expect(lab.hostProps('esx-02').runtime.connectionState).toBe('disconnected')
    lab.done(VC, lab.host('esx-02'), 'ReconnectHost_Task')
    expect(lab.hostProps('esx-02').runtime).toMatchObject({ connectionState: 'connected', powerState: 'poweredOn' })
    expect(lab.vm('db-01').runtime).toMatchObject({ connectionState: 'connected', powerState: 'poweredOff' })
    expect(lab.told(VC, since, tales)).toEqual(['HostDisconnectedEvent', 'HostConnectedEvent'])
  })

  it('makes calls on the host and its VMs HostNotConnected', () => {
    const lab = new HostLab('small')
    lab.done(VC, lab.host('esx-02'), 'DisconnectHost_Task')
    expect(lab.failed(VC, lab.vmRef('db-01'), 'PowerOffVM_Task')).toBe('HostNotConnected')
    expect(lab.failed(VC, lab.host('esx-02'), 'EnterMaintenanceMode_Task', { timeout: 0 })).toBe('HostNotConnected')
    expect(lab.failed(VC, lab.host('esx-02'), 'DisconnectHost_Task')).toBe('InvalidState')
    const result = lab.done(VC, lab.named(VC, 'Datacenter', 'DC-01'), 'PowerOnMultiVM_Task', { vm: [lab.vmRef('db-01')] })
    expect(result).toMatchObject({ notAttempted: [{ fault: { fault: { _typeName: 'HostNotConnected' } } }] })
    expect(lab.failed(VC, lab.props<{ vmFolder: MoRef }>(VC, lab.named(VC, 'Datacenter', 'DC-01')).vmFolder, 'CreateVM_Task', {
      config: { name: 'new', files: { vmPathName: '[shared-01]' } }, host: lab.host('esx-02'),
      pool: lab.props<{ resourcePool: MoRef }>(VC, lab.hostProps('esx-02').parent!).resourcePool,
    })).toBe('HostNotConnected')
  })

  it('is vCenter\'s only', () => {
    const lab = new HostLab('small')
    expect(faultOf(() => lab.call('esx-02', lab.host('', 'esx-02'), 'DisconnectHost_Task'))).toBe('NotSupported')
    expect(faultOf(() => lab.call('esx-02', lab.host('', 'esx-02'), 'ReconnectHost_Task'))).toBe('NotSupported')
  })
})

describe('ReconnectHost_Task', () => {
  it('is InvalidState on a connected host, NoHost on one that does not answer', () => {
    const lab = new HostLab('small')
    expect(lab.failed(VC, lab.host('esx-02'), 'ReconnectHost_Task')).toBe('InvalidState')
    lab.done(VC, lab.host('esx-02'), 'DisconnectHost_Task')
    lab.inject('cable-cut', 'esx-02')
    expect(lab.failed(VC, lab.host('esx-02'), 'ReconnectHost_Task')).toBe('NoHost')
    expect(lab.hostProps('esx-02').runtime.connectionState).toBe('disconnected')
  })

  it('with a login › wants the right thumbprint first, then the right password', () => {
    const lab = new HostLab('small')
    lab.done(VC, lab.host('esx-02'), 'DisconnectHost_Task')
    const cnxSpec = { userName: 'root', password: 'wrong', force: false, hostName: 'esx-02' }
    const info = lab.task(VC, lab.host('esx-02'), 'ReconnectHost_Task', { cnxSpec })
    const shown = info.error?.fault as { _typeName?: string, thumbprint?: string, selfSigned?: boolean }
    expect(shown).toMatchObject({ _typeName: 'SSLVerifyFault', selfSigned: true })
    const known = { ...cnxSpec, sslThumbprint: shown.thumbprint }
    expect(lab.failed(VC, lab.host('esx-02'), 'ReconnectHost_Task', { cnxSpec: known })).toBe('InvalidLogin')
    lab.done(VC, lab.host('esx-02'), 'ReconnectHost_Task', { cnxSpec: { ...known, password: 'VMware1!' } })
    expect(lab.hostProps('esx-02').runtime.connectionState).toBe('connected')
  })
})

describe('QueryHostConnectionInfo', () => {
  it('tells what vCenter finds on the host, without references', () => {
    const lab = new HostLab('small')
    const info = lab.call(VC, lab.host('esx-02'), 'QueryHostConnectionInfo') as HostConnectInfo
    expect(info.host.config.name).toBe('esx-02')
    expect(info.host.host).toBeUndefined()
    expect(info.vm?.map(vm => vm.config.name)).toContain('db-01')
    expect(info.serverIp).toBeUndefined()
    expect(info.datastore?.map(item => item.summary.name)).toContain('shared-01')
  })
})

describe('ShutdownHost_Task and RebootHost_Task', () => {
  it('need maintenance mode or force', () => {
    const lab = new HostLab('small')
    expect(lab.failed(VC, lab.host('esx-02'), 'ShutdownHost_Task', { force: false })).toBe('InvalidState')
    expect(lab.failed(VC, lab.host('esx-02'), 'RebootHost_Task', { force: false })).toBe('InvalidState')
  })

  it('by force end the VMs; a host that was shut down stays away, one that reboots comes back', () => {
    for (const [method, back] of [['ShutdownHost_Task', false], ['RebootHost_Task', true]] as const) {
      const lab = new HostLab('small')
      const since = lab.eventCount(VC)
      lab.done(VC, lab.host('esx-02'), method, { force: true })
      lab.advance(90)
      expect(lab.hostProps('esx-02').runtime.connectionState).toBe('notResponding')
      lab.advance(200)
      expect(lab.hostProps('esx-02').runtime.connectionState).toBe(back ? 'connected' : 'notResponding')
      expect(lab.vm('db-01').runtime.powerState).toBe(back ? 'poweredOff' : 'poweredOn')
      expect(lab.told(VC, since, tales)).toEqual(
        ['HostShutdownEvent', 'HostConnectionLostEvent', ...(back ? ['HostConnectedEvent'] : [])])
    }
  })

  it('of a host in maintenance mode › which it is still in afterwards', () => {
    const lab = new HostLab('cluster')
    lab.done(VC, lab.host('esx-02'), 'EnterMaintenanceMode_Task', { timeout: 0 })
    lab.done(VC, lab.host('esx-02'), 'RebootHost_Task', { force: false })
    lab.advance(300)
    expect(lab.hostProps('esx-02').runtime).toMatchObject({ connectionState: 'connected', inMaintenanceMode: true })
  })
})

describe('standby', () => {
  it('is known to vCenter: the host is not lost, and is back when it is powered up', () => {
    const lab = new HostLab('cluster')
    const since = lab.eventCount(VC)
    expect(lab.failed(VC, lab.host('esx-02'), 'PowerDownHostToStandBy_Task', { timeoutSec: 0 })).toBe('InvalidState')
    for (const name of lab.vmsOn('esx-02')) {
      lab.done(VC, lab.vmRef(name), 'MigrateVM_Task', { host: lab.host('esx-03'), priority: 'defaultPriority' })
    }
    lab.done(VC, lab.host('esx-02'), 'PowerDownHostToStandBy_Task', { timeoutSec: 0 })
    lab.advance(600)
    expect(lab.hostProps('esx-02').runtime).toMatchObject({ powerState: 'standBy', standbyMode: 'in' })
    const task = lab.start(lab.host('esx-02'), 'PowerUpHostFromStandBy_Task', { timeoutSec: 600 })
    lab.advance(60)
    expect(lab.state(task).state).toBe('running')
    lab.advance(200)
    expect(lab.state(task).state).toBe('success')
    expect(lab.hostProps('esx-02').runtime)
      .toMatchObject({ powerState: 'poweredOn', standbyMode: 'none', connectionState: 'connected' })
    expect(lab.told(VC, since, tales)).toEqual([
      'EnteringStandbyModeEvent', 'EnteredStandbyModeEvent', 'ExitingStandbyModeEvent', 'HostConnectedEvent',
      'ExitedStandbyModeEvent',
    ])
  })

  it('ends in Timedout when the host takes too long, InvalidState when it is not in standby', () => {
    const lab = new HostLab('cluster')
    expect(lab.failed(VC, lab.host('esx-02'), 'PowerUpHostFromStandBy_Task', { timeoutSec: 10 })).toBe('InvalidState')
    lab.done(VC, lab.host('esx-02'), 'EnterMaintenanceMode_Task', { timeout: 0 })
    lab.done(VC, lab.host('esx-02'), 'PowerDownHostToStandBy_Task', { timeoutSec: 0 })
    const task = lab.start(lab.host('esx-02'), 'PowerUpHostFromStandBy_Task', { timeoutSec: 30 })
    lab.advance(40)
    expect(lab.fault(task)._typeName).toBe('Timedout')
  })
})
