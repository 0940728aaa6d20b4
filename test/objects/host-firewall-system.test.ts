import { beforeEach, describe, expect, it } from 'vitest'
import { chassis } from '../../emulator/physics/hardware/chassis.js'
import { linkUp, mirrored } from '../../emulator/physics/management/link.js'
import type {
  HostFirewallInfo, HostFirewallRuleset, HostSystemProps,
} from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { MethodFault } from '../../emulator/services/method-fault.js'
import { GateLab, faultOf } from '../support/gate-lab.js'

const VC = 'vc-01'
const HOST = 'esx-01'
const SECOND = 1000
const NETWORK = { allIp: false, ipNetwork: [{ network: '192.168.1.0', prefixLength: 24 }] }
const own: MoRef = { type: 'HostFirewallSystem', value: 'firewallSystem' }

describe('HostFirewallSystem (A15, B1)', () => {
  let lab: GateLab
  let mirror: MoRef
  let host: MoRef

  beforeEach(() => {
    lab = new GateLab()
    host = lab.named(VC, 'HostSystem', lab.lab.nodes.find(node => node.name === HOST)!.hostName)
    mirror = lab.props<HostSystemProps>(VC, host).configManager.firewallSystem!
  })

  const infoOf = (node: string, self: MoRef): HostFirewallInfo =>
    lab.props<{ firewallInfo: HostFirewallInfo }>(node, self).firewallInfo
  const ruleset = (key: string, node = HOST, self = own): HostFirewallRuleset =>
    infoOf(node, self).ruleset!.find(each => each.key === key)!
  const faultIn = (run: () => unknown): MethodFault => {
    try {
      run()
    } catch (error) {
      if (error instanceof MethodFault) return error
      throw error
    }
    throw new Error('no fault')
  }

  it('opens and closes a ruleset, and every record that shows it follows on both sides', () => {
    lab.call(HOST, own, 'EnableRuleset', { id: 'syslog' })
    expect(ruleset('syslog').enabled).toBe(true)
    lab.call(VC, mirror, 'DisableRuleset', { id: 'webAccess' })
    const { ruleset: all } = infoOf(HOST, own)
    expect(all!.find(each => each.key === 'webAccess')!.enabled).toBe(false)
    for (const shown of [
      infoOf(VC, mirror),
      lab.props<HostSystemProps>(HOST, { type: 'HostSystem', value: 'ha-host' }).config!.firewall!,
      lab.props<HostSystemProps>(VC, host).config!.firewall!,
    ]) expect(shown.ruleset).toEqual(all)
  })

  it('keeps the list of allowed hosts as it was given', () => {
    lab.call(VC, mirror, 'UpdateRuleset', { id: 'vSphereClient', spec: { allowedHosts: NETWORK } })
    expect(ruleset('vSphereClient').allowedHosts).toEqual(NETWORK)
    expect(ruleset('vSphereClient', VC, mirror).allowedHosts).toEqual(NETWORK)
    lab.call(HOST, own, 'UpdateRuleset', { id: 'vSphereClient', spec: { allowedHosts: { allIp: true } } })
    expect(ruleset('vSphereClient').allowedHosts).toEqual({ allIp: true })
  })

  it('refuses rulesets that are not there, addresses that are none, and what the system owns', () => {
    const before = infoOf(HOST, own)
    const update = (id: string, allowedHosts: object) => faultIn(() =>
      lab.call(HOST, own, 'UpdateRuleset', { id, spec: { allowedHosts } }))
    for (const method of ['EnableRuleset', 'DisableRuleset']) {
      expect(faultOf(() => lab.call(HOST, own, method, { id: 'noSuch' }))).toBe('NotFound')
    }
    expect(update('noSuch', { allIp: true }).type).toBe('NotFound')
    const bad: [object, string][] = [
      [{ allIp: false, ipAddress: ['192.168.1.256'] }, 'ipAddress'],
      [{ allIp: false, ipAddress: ['esx-02'] }, 'ipAddress'],
      [{ allIp: false, ipNetwork: [{ network: '192.168.1', prefixLength: 24 }] }, 'ipNetwork.network'],
      [{ allIp: false, ipNetwork: [{ network: '192.168.1.0', prefixLength: 33 }] }, 'ipNetwork.prefixLength'],
      [{ allIp: false, ipNetwork: [{ network: 'fd00::', prefixLength: 129 }] }, 'ipNetwork.prefixLength'],
      [{ allIp: false, ipNetwork: [{ network: '10.0.0.0', prefixLength: -1 }] }, 'ipNetwork.prefixLength'],
    ]
    for (const [list, property] of bad) {
      const { type, fields } = update('vSphereClient', list)
      expect([type, fields]).toEqual(['InvalidArgument', { invalidProperty: `spec.allowedHosts.${property}` }])
    }
    expect(update('nfsClient', NETWORK).message).toBe('Invalid operation requested: Can not change allowed ip '
      + 'list this ruleset, it is owned by system service.')
    expect(faultOf(() => lab.call(HOST, own, 'DisableRuleset', { id: 'vpxHeartbeats' }))).toBe('HostConfigFault')
    expect(infoOf(HOST, own)).toBe(before)
  })

  it('lets a host since 8.0.2 close a required ruleset, and a host before it not (FW4)', () => {
    lab.call(HOST, own, 'DisableRuleset', { id: 'sshServer' })
    expect(ruleset('sshServer').enabled).toBe(false)
    lab = new GateLab({ lab: { lab: 'old', product: '7.0.3', hosts: [{ name: HOST }] } })
    expect(ruleset('sshServer')).not.toHaveProperty('userControllable')
    expect(faultOf(() => lab.call(HOST, own, 'DisableRuleset', { id: 'sshServer' }))).toBe('HostConfigFault')
    lab.call(HOST, own, 'DisableRuleset', { id: 'vpxHeartbeats' })
    expect(ruleset('vpxHeartbeats').enabled).toBe(false)
  })

  it('changes the default policy, of one direction when only one is given', () => {
    lab.call(HOST, own, 'UpdateDefaultPolicy', { defaultPolicy: { outgoingBlocked: false } })
    expect(infoOf(HOST, own).defaultPolicy).toEqual({ incomingBlocked: true, outgoingBlocked: false })
  })

  it('says so in an event of the host and of its vCenter', () => {
    const [onHost, onVcenter] = [lab.eventCount(HOST), lab.eventCount(VC)]
    lab.call(HOST, own, 'EnableRuleset', { id: 'syslog' })
    lab.call(HOST, own, 'EnableRuleset', { id: 'syslog' })
    for (const [node, since] of [[HOST, onHost], [VC, onVcenter]] as const) {
      const events = [...lab.lab.world.log(`events/${node}`).since(since + 1)].map(item => item.value as {
        eventTypeId?: string, arguments?: { key: string, value: { _value: string } }[]
      })
      expect(events.map(event => event.eventTypeId)).toEqual(['esx.audit.net.firewall.config.changed'])
      expect(events[0]!.arguments!.map(({ key, value }) => `${key}=${value._value}`))
        .toEqual(['operation=enable', 'ruleset=syslog'])
    }
  })

  it('stops the heartbeats of a host whose outbound 902 is shut, and takes them up again', () => {
    const state = () => lab.props<HostSystemProps>(VC, host).runtime.connectionState
    const beats = (allowedHosts: object) =>
      lab.call(HOST, own, 'UpdateRuleset', { id: 'vpxHeartbeats', spec: { allowedHosts } })
    beats({ allIp: false })
    expect(chassis(lab.lab.world, HOST)!.management).toBe('deaf')
    lab.lab.world.advance(71 * SECOND)
    expect(state()).toBe('notResponding')
    beats({ allIp: false, ipAddress: [lab.lab.nodes.find(node => node.name === VC)!.address] })
    lab.lab.world.advance(20 * SECOND)
    expect(state()).toBe('connected')
    expect(linkUp(lab.lab.world, VC, HOST)).toBe(true)
  })

  it('lets vCenter\'s connection live on when 443 is shut for it, and takes no new one', () => {
    lab.call(VC, mirror, 'UpdateRuleset', { id: 'vSphereClient', spec: { allowedHosts: NETWORK } })
    expect(mirrored(lab.lab.world, VC, HOST)).toBe(true)
    lab.call(HOST, { type: 'HostServiceSystem', value: 'serviceSystem' }, 'RestartService', { id: 'vpxa' })
    lab.lab.world.advance(120 * SECOND)
    expect(mirrored(lab.lab.world, VC, HOST)).toBe(false)
    expect(faultOf(() => lab.call(VC, mirror, 'RefreshFirewall'))).toBe('HostNotReachable')
    lab.call(HOST, own, 'UpdateRuleset', { id: 'vSphereClient', spec: { allowedHosts: { allIp: true } } })
    lab.lab.world.advance(20 * SECOND)
    expect(mirrored(lab.lab.world, VC, HOST)).toBe(true)
    expect(ruleset('vSphereClient', VC, mirror).allowedHosts).toEqual({ allIp: true })
  })

  it('cannot be reached through vCenter while the host is disconnected, and is shown as it is afterwards', () => {
    lab.done(VC, host, 'DisconnectHost_Task')
    expect(faultOf(() => lab.call(VC, mirror, 'EnableRuleset', { id: 'syslog' }))).toBe('HostNotConnected')
    lab.call(HOST, own, 'EnableRuleset', { id: 'syslog' })
    expect(ruleset('syslog', VC, mirror).enabled).toBe(false)
    lab.done(VC, host, 'ReconnectHost_Task')
    expect(ruleset('syslog', VC, mirror).enabled).toBe(true)
  })

  it('has HA\'s ruleset while HA is configured on the host, on both sides', () => {
    lab = new GateLab({ lab: 'cluster' })
    const seen = lab.lab.world.ofType(VC, 'HostSystem')
      .map(slot => lab.lab.world.read<HostSystemProps>(slot)!.props).find(props => props.name.startsWith(HOST))!
    const both = () => [ruleset('fdm'), ruleset('fdm', VC, seen.configManager.firewallSystem!)]
    expect(both().map(each => each?.enabled)).toEqual([true, true])
    expect(both()[0]!.rule.map(({ port, protocol, direction }) => `${protocol} ${port} ${direction}`))
      .toEqual(['tcp 8182 inbound', 'tcp 8182 outbound', 'udp 8182 inbound', 'udp 8182 outbound'])
    lab.done(VC, seen.parent!, 'ReconfigureComputeResource_Task', {
      spec: { _typeName: 'ClusterConfigSpecEx', dasConfig: { enabled: false } }, modify: true,
    })
    lab.lab.world.advance(60 * SECOND)
    expect(both()).toEqual([undefined, undefined])
  })

  it('asks for Host.Config.NetService on the host', () => {
    lab = new GateLab({ lab: {
      lab: 'users', hosts: [{ name: HOST }],
      users: [{ node: HOST, name: 'reader', password: 'VMware1!' }],
      permissions: [{ node: HOST, entity: '/', principal: 'reader', role: 'ReadOnly' }],
    } })
    for (const [method, args] of [
      ['EnableRuleset', { id: 'syslog' }], ['DisableRuleset', { id: 'syslog' }], ['RefreshFirewall', {}],
      ['UpdateRuleset', { id: 'syslog', spec: { allowedHosts: { allIp: true } } }],
      ['UpdateDefaultPolicy', { defaultPolicy: {} }],
    ] as const) {
      const { type, fields } = faultIn(() => lab.call(HOST, own, method, args, 'reader'))
      expect([type, fields['privilegeId']]).toEqual(['NoPermission', 'Host.Config.NetService'])
    }
  })
})
