import { beforeEach, describe, expect, it } from 'vitest'
import { agentRuns } from '../../emulator/physics/hardware/agents.js'
import type {
  HostFirewallInfo, HostService, HostServiceInfo, HostSystemProps,
} from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { GateLab, faultOf } from '../support/gate-lab.js'

const VC = 'vc-01'
const HOST = 'esx-01'
/** A host that does not carry the vCenter. */
const OTHER = 'esx-02'
const MINUTE = 60000
const own: MoRef = { type: 'HostServiceSystem', value: 'serviceSystem' }
const firewall: MoRef = { type: 'HostFirewallSystem', value: 'firewallSystem' }

describe('HostServiceSystem (A15, B1)', () => {
  let lab: GateLab
  let mirror: MoRef

  beforeEach(() => {
    lab = new GateLab()
    const host = lab.named(VC, 'HostSystem', lab.lab.nodes.find(node => node.name === HOST)!.hostName)
    mirror = lab.props<HostSystemProps>(VC, host).configManager.serviceSystem!
  })

  const service = (key: string, node = HOST, self = own): HostService =>
    lab.props<{ serviceInfo: HostServiceInfo }>(node, self).serviceInfo.service!.find(each => each.key === key)!
  const isOpen = (key: string): boolean =>
    lab.props<{ firewallInfo: HostFirewallInfo }>(HOST, firewall).firewallInfo.ruleset!.find(each => each.key === key)!.enabled
  const call = (method: string, args: object) => lab.call(HOST, own, method, args)
  const reboot = (): void => {
    lab.lab.faults.heal(lab.lab.faults.inject('host-crash', `host/${HOST}`, {}).id)
    lab.lab.world.advance(10 * MINUTE)
  }
  const audits = (node: string, since: number) => [...lab.lab.world.log(`events/${node}`).since(since + 1)]
    .map(item => (item.value as { eventTypeId?: string }).eventTypeId).filter(id => id?.startsWith('esx.audit.ssh'))

  it('starts and stops SSH on the host or through vCenter, and both sides show it', () => {
    const [onHost, onVcenter] = [lab.eventCount(HOST), lab.eventCount(VC)]
    lab.call(VC, mirror, 'StartService', { id: 'TSM-SSH' })
    expect([service('TSM-SSH').running, service('TSM-SSH', VC, mirror).running]).toEqual([true, true])
    expect(faultOf(() => call('StartService', { id: 'TSM-SSH' }))).toBe('InvalidState')
    call('StopService', { id: 'TSM-SSH' })
    expect([service('TSM-SSH').running, service('TSM-SSH', VC, mirror).running]).toEqual([false, false])
    expect(faultOf(() => call('RestartService', { id: 'TSM-SSH' }))).toBe('InvalidState')
    const said = ['esx.audit.ssh.enabled', 'esx.audit.ssh.disabled']
    expect([audits(HOST, onHost), audits(VC, onVcenter)]).toEqual([said, said])
  })

  it('opens and closes the rulesets that belong to the service, and leaves the user\'s own alone', () => {
    expect([service('snmpd').running, isOpen('snmp')]).toEqual([false, false])
    call('StartService', { id: 'snmpd' })
    expect(isOpen('snmp')).toBe(true)
    call('StopService', { id: 'snmpd' })
    expect(isOpen('snmp')).toBe(false)
    call('StartService', { id: 'TSM-SSH' })
    call('StopService', { id: 'TSM-SSH' })
    expect(isOpen('sshServer')).toBe(true)
  })

  it('begins services at boot as their policy says', () => {
    call('StartService', { id: 'TSM-SSH' })
    call('UpdateServicePolicy', { id: 'TSM', policy: 'on' })
    call('UpdateServicePolicy', { id: 'snmpd', policy: 'automatic' })
    expect(service('TSM').running).toBe(false)
    reboot()
    expect(['TSM-SSH', 'TSM', 'snmpd', 'ntpd'].map(key => service(key).running)).toEqual([false, true, false, true])
  })

  it('lets an automatic service follow its ports', () => {
    lab = new GateLab({ lab: { lab: 'old', product: '7.0.3', hosts: [{ name: HOST }] } })
    call('UpdateServicePolicy', { id: 'snmpd', policy: 'automatic' })
    lab.call(HOST, firewall, 'EnableRuleset', { id: 'snmp' })
    expect(service('snmpd').running).toBe(true)
    lab.call(HOST, firewall, 'DisableRuleset', { id: 'snmp' })
    expect(service('snmpd').running).toBe(false)
  })

  it('is one with the agent vpxa: stopped, vCenter hears the host no more', () => {
    call('StopService', { id: 'vpxa' })
    expect(agentRuns(lab.lab.world, HOST, 'vpxa')).toBe(false)
    expect(isOpen('vpxHeartbeats')).toBe(false)
    expect(faultOf(() => lab.call(VC, mirror, 'RefreshServices'))).toBe('HostNotReachable')
    call('StartService', { id: 'vpxa' })
    lab.lab.world.advance(MINUTE)
    expect([agentRuns(lab.lab.world, HOST, 'vpxa'), isOpen('vpxHeartbeats')]).toEqual([true, true])
    expect(service('vpxa', VC, mirror).running).toBe(true)
    const stopped = lab.lab.faults.inject('agent-stop', `host/${HOST}`, { agent: 'vpxa' })
    expect(service('vpxa').running).toBe(false)
    lab.lab.faults.heal(stopped.id)
    expect(service('vpxa').running).toBe(true)
  })

  it('shows vCenter\'s agent as a service while a vCenter manages the host, and no longer', () => {
    const host = lab.named(VC, 'HostSystem', lab.lab.nodes.find(node => node.name === OTHER)!.hostName)
    for (const vm of lab.props<HostSystemProps>(VC, host).vm!) lab.task(VC, vm, 'PowerOffVM_Task')
    lab.done(VC, host, 'EnterMaintenanceMode_Task', { timeout: 0, evacuatePoweredOffVms: false })
    expect(service('vpxa', OTHER)).toMatchObject({ running: true, policy: 'on' })
    lab.done(VC, host, 'Destroy_Task')
    expect(service('vpxa', OTHER)).toMatchObject({ running: false, policy: 'off' })
  })

  it('refuses what is not there, what is required, what is no policy and what is part of the system', () => {
    const methods = ['StartService', 'StopService', 'RestartService', 'UninstallService'] as const
    for (const method of methods) expect(faultOf(() => call(method, { id: 'noSuch' }))).toBe('NotFound')
    expect(faultOf(() => call('UpdateServicePolicy', { id: 'noSuch', policy: 'on' }))).toBe('NotFound')
    expect(faultOf(() => call('UpdateServicePolicy', { id: 'TSM', policy: 'sometimes' }))).toBe('InvalidArgument')
    expect(faultOf(() => call('StopService', { id: 'vmsyslogd' }))).toBe('HostConfigFault')
    expect(faultOf(() => call('UninstallService', { id: 'TSM' }))).toBe('HostConfigFault')
    expect(service('vmsyslogd').running).toBe(true)
  })
})
