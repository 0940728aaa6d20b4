import { beforeEach, describe, expect, it } from 'vitest'
import {
  changeDefaultPolicy, changeRuleset, enableFirewall, inboundAllowed, outboundAllowed,
} from '../../emulator/physics/network/firewall.js'
import type { HostFirewallRulesetIpList } from '../../emulator/schema/generated/types.js'
import type { Transaction } from '../../emulator/world/transaction.js'
import { GateLab } from '../support/gate-lab.js'

const HOST = 'esx-01'
const ANYBODY = '192.168.1.77'

describe('the firewall of a host (A15, B1)', () => {
  let lab: GateLab

  beforeEach(() => { lab = new GateLab() })

  const change = <R>(run: (tx: Transaction) => R): R => lab.lab.world.transact({ kind: 'lab', what: 'test' }, run)
  const allow = (key: string, allowedHosts: HostFirewallRulesetIpList) =>
    change(tx => changeRuleset(tx, HOST, key, ruleset => ({ ...ruleset, allowedHosts })))
  const enable = (key: string, enabled: boolean) =>
    change(tx => changeRuleset(tx, HOST, key, ruleset => ({ ...ruleset, enabled })))
  const inbound = (port: number, source = ANYBODY, protocol: 'tcp' | 'udp' = 'tcp') =>
    inboundAllowed(lab.lab.world, HOST, protocol, port, source)
  const outbound = (port: number, address = ANYBODY, protocol: 'tcp' | 'udp' = 'tcp') =>
    outboundAllowed(lab.lab.world, HOST, protocol, port, address)

  it('lets in and out what a ruleset opens and nothing else', () => {
    expect([443, 902, 80, 22].map(port => inbound(port))).toEqual([true, true, true, true])
    expect([8080, 23, 5480].map(port => inbound(port))).toEqual([false, false, false])
    expect(inbound(443, ANYBODY, 'udp')).toBe(false)
    expect(outbound(902, ANYBODY, 'udp')).toBe(true)
    expect(outbound(514)).toBe(false)
  })

  it('opens the syslog ports with the ruleset syslog, for each protocol that it names', () => {
    enable('syslog', true)
    expect([outbound(514), outbound(514, ANYBODY, 'udp'), outbound(1514)]).toEqual([true, true, true])
    expect(outbound(1514, ANYBODY, 'udp')).toBe(false)
  })

  it('looks at a range of ports to its ends', () => {
    expect([8999, 9000, 9100, 9101].map(port => outbound(port))).toEqual([false, true, true, false])
  })

  it('takes only those whom an allowed list names: addresses, networks, IPv6', () => {
    allow('vSphereClient', {
      allIp: false, ipAddress: ['10.0.0.5', '2001:db8::5'],
      ipNetwork: [{ network: '192.168.1.0', prefixLength: 24 }, { network: 'fd00:1::', prefixLength: 32 }],
    })
    expect(inbound(443, '192.168.1.77')).toBe(true)
    expect(inbound(902, '::ffff:192.168.1.77')).toBe(true)
    expect(inbound(443, '10.0.0.5')).toBe(true)
    expect(inbound(443, 'fd00:1::7')).toBe(true)
    expect(inbound(443, '2001:db8::5')).toBe(true)
    expect(inbound(443, '192.168.2.1')).toBe(false)
    expect(inbound(443, '2001:db8::6')).toBe(false)
    expect(inbound(443, 'not-an-address')).toBe(false)
    expect(inbound(80, '192.168.2.1')).toBe(true)
  })

  it('blocks everybody with a list of nobody', () => {
    allow('vSphereClient', { allIp: false })
    expect([inbound(443), inbound(902), inbound(80)]).toEqual([false, false, true])
  })

  it('lets a port through that any of several rulesets opens; NFC is between machines of the lab', () => {
    const other = lab.lab.nodes.find(node => node.name === 'esx-02')!.address
    allow('vSphereClient', { allIp: false })
    expect([inbound(902), inbound(902, other), inbound(443, other)]).toEqual([false, true, false])
    enable('NFC', false)
    expect(inbound(902, other)).toBe(false)
    enable('gdbserver', true)
    expect(inbound(902)).toBe(false)
    expect(inbound(9999)).toBe(true)
  })

  it('passes everything while it is off, or where the default policy lets it', () => {
    change(tx => enableFirewall(tx, HOST, false))
    expect([inbound(8080), outbound(514)]).toEqual([true, true])
    change(tx => enableFirewall(tx, HOST, true))
    expect([inbound(8080), outbound(514)]).toEqual([false, false])
    change(tx => changeDefaultPolicy(tx, HOST, { outgoingBlocked: false }))
    expect([inbound(8080), outbound(514)]).toEqual([false, true])
  })

  it('is a host\'s own: a vCenter has none, and other hosts keep theirs', () => {
    enable('vSphereClient', false)
    expect(inboundAllowed(lab.lab.world, 'vc-01', 'tcp', 8080, ANYBODY)).toBe(true)
    expect(inboundAllowed(lab.lab.world, 'esx-02', 'tcp', 443, ANYBODY)).toBe(true)
    expect(inbound(443)).toBe(false)
  })
})
