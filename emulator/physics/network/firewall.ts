import { BlockList, isIP } from 'node:net'
import type {
  HostFirewallInfo, HostFirewallRule, HostFirewallRuleset, HostFirewallRulesetIpList, HostSystemProps,
} from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB, chassis, updateChassis } from '../hardware/chassis.js'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** What a host's firewall lets through changed: of one ruleset, by the default policy, or as a whole. */
    'firewall.changed': { readonly host: string, readonly what: FirewallChange, readonly ruleset?: string }
  }
}

/** What of a firewall changed: a ruleset opened, closed or took other addresses; the policy; the whole. */
export type FirewallChange = 'enable' | 'disable' | 'allowedHosts' | 'policy' | 'on' | 'off'

export type Protocol = 'tcp' | 'udp'

/**
 * True if a host's firewall lets somebody's first packet to one of its ports through
 * (network-security.md 13). What is established goes on whatever the rulesets say later, so only
 * the begin of a connection asks. `source` is an IP address; a machine without the ESXi firewall
 * (a vCenter) lets everything through.
 */
export function inboundAllowed(
  reader: Reader, host: string, protocol: Protocol, port: number, source: string,
): boolean {
  return allowed(reader, host, { direction: 'inbound', protocol, port, address: source })
}

/**
 * True if a host's firewall lets its own programs send to a port of `address`, an IP address; a
 * name is let through only by a ruleset that is open to all addresses. VMs are never filtered.
 */
export function outboundAllowed(
  reader: Reader, host: string, protocol: Protocol, port: number, address: string,
): boolean {
  return allowed(reader, host, { direction: 'outbound', protocol, port, address })
}

/** The firewall of a host as its API shows it; undefined for a machine that has none. */
export function firewallOf(reader: Reader, host: string): HostFirewallInfo | undefined {
  return reader.get<HostSystemProps>(host, 'ha-host')?.props.config?.firewall
}

/** False while somebody has switched a host's whole firewall off: everything passes then (vector FW5). */
export function firewallEnabled(reader: Reader, host: string): boolean {
  return chassis(reader, host)?.firewallOff !== true
}

/** False while the firewall's module is not loaded: nothing filters then. */
export function firewallLoaded(reader: Reader, host: string): boolean {
  return chassis(reader, host)?.firewallUnloaded !== true
}

/** Loads the firewall's module, or takes it out; whether it is switched on and its rulesets stay as they are. */
export function loadFirewall(tx: Transaction, host: string, loaded: boolean): void {
  if (firewallLoaded(tx, host) === loaded) return
  updateChassis(tx, host, inner => {
    if (loaded) delete inner.firewallUnloaded
    else inner.firewallUnloaded = true
  })
  if (firewallEnabled(tx, host)) tx.emit('firewall.changed', { host, what: loaded ? 'on' : 'off' })
}

/** Switches the whole firewall of a host on or off; the rulesets stay as they are. */
export function enableFirewall(tx: Transaction, host: string, enabled: boolean): void {
  if (firewallEnabled(tx, host) === enabled) return
  updateChassis(tx, host, inner => {
    if (enabled) delete inner.firewallOff
    else inner.firewallOff = true
  })
  if (firewallLoaded(tx, host)) tx.emit('firewall.changed', { host, what: enabled ? 'on' : 'off' })
}

/** Replaces one ruleset of a host by what `change` makes of it; false when the host has none of that key. */
export function changeRuleset(
  tx: Transaction, host: string, key: string, change: (ruleset: HostFirewallRuleset) => HostFirewallRuleset,
): boolean {
  const info = firewallOf(tx, host)
  const known = info?.ruleset?.find(each => each.key === key)
  if (info === undefined || known === undefined) return false
  const next = change(known)
  if (next === known) return true
  setFirewall(tx, host, { ...info, ruleset: info.ruleset!.map(each => each === known ? next : each) })
  const what = next.enabled === known.enabled ? 'allowedHosts' : next.enabled ? 'enable' : 'disable'
  tx.emit('firewall.changed', { host, what, ruleset: key })
  return true
}

/** Adds a ruleset that a component brings with it, unless the host has it. */
export function addRuleset(tx: Transaction, host: string, ruleset: HostFirewallRuleset): void {
  const info = firewallOf(tx, host)
  if (info === undefined || info.ruleset?.some(each => each.key === ruleset.key) === true) return
  setFirewall(tx, host, { ...info, ruleset: [...info.ruleset ?? [], ruleset] })
}

/** Takes a ruleset away with the component that brought it. */
export function dropRuleset(tx: Transaction, host: string, key: string): void {
  const info = firewallOf(tx, host)
  if (info === undefined) return
  setFirewall(tx, host, { ...info, ruleset: (info.ruleset ?? []).filter(each => each.key !== key) })
}

/** What becomes of traffic for which no ruleset speaks, from now on. */
export function changeDefaultPolicy(
  tx: Transaction, host: string, policy: HostFirewallInfo['defaultPolicy'],
): void {
  const info = firewallOf(tx, host)
  if (info === undefined) return
  setFirewall(tx, host, { ...info, defaultPolicy: { ...info.defaultPolicy, ...policy } })
  tx.emit('firewall.changed', { host, what: 'policy' })
}

function setFirewall(tx: Transaction, host: string, firewall: HostFirewallInfo): void {
  const slot = tx.find(host, 'ha-host')!
  const record = tx.read<HostSystemProps>(slot)!
  const config = { ...record.props.config!, firewall }
  tx.replace(slot, { props: { ...record.props, config }, inner: record.inner } as never)
}

interface Packet {
  readonly direction: 'inbound' | 'outbound'
  readonly protocol: Protocol
  /** Destination port. */
  readonly port: number
  /** The other side's. */
  readonly address: string
}

function allowed(reader: Reader, host: string, packet: Packet): boolean {
  const info = firewallOf(reader, host)
  if (info === undefined || !firewallEnabled(reader, host) || !firewallLoaded(reader, host)) return true
  const { incomingBlocked, outgoingBlocked } = info.defaultPolicy
  if ((packet.direction === 'inbound' ? incomingBlocked : outgoingBlocked) === false) return true
  return info.ruleset?.some(ruleset => opens(ruleset, packet)
    && (ruleset.key !== NFC || packet.direction === 'outbound' || isMachine(reader, packet.address))) === true
}

/**
 * The ruleset NFC names the inbound port 902 as vSphereClient does, and yet nobody gets in there when
 * vSphereClient is closed (vector FW1). It is for copies between hosts and vCenter: for these it counts.
 */
const NFC = 'NFC'

function isMachine(reader: Reader, address: string): boolean {
  const plain = plainAddress(address)
  return reader.ofType(LAB, 'Node').some(slot => reader.read<{ address?: string }>(slot)?.props.address === plain)
}

function opens({ enabled, rule, allowedHosts }: HostFirewallRuleset, packet: Packet): boolean {
  return enabled && rule.some(each => concerns(each, packet)) && listed(allowedHosts, packet.address)
}

/** A rule about source ports speaks of answers to the host's own clients: it opens no port of the host. */
function concerns(rule: HostFirewallRule, { direction, protocol, port }: Packet): boolean {
  return rule.direction === direction && rule.protocol === protocol && rule.portType !== 'src'
    && port >= rule.port && port <= (rule.endPort ?? rule.port)
}

/** True for an address that a list of allowed hosts names; a list of nobody allows nobody. */
function listed(hosts: HostFirewallRulesetIpList | undefined, address: string): boolean {
  if (hosts === undefined || hosts.allIp) return true
  const plain = plainAddress(address)
  const family = isIP(plain)
  return family !== 0 && blockListOf(hosts).check(plain, family === 4 ? 'ipv4' : 'ipv6')
}

/** An IPv4 address that a dual-stack socket writes as IPv6 is that IPv4 address. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
}

const blockLists = new WeakMap<HostFirewallRulesetIpList, BlockList>()

/** The list in a form that can be asked; lists are frozen, so each is read once. */
function blockListOf(hosts: HostFirewallRulesetIpList): BlockList {
  const known = blockLists.get(hosts)
  if (known !== undefined) return known
  const list = new BlockList()
  for (const address of hosts.ipAddress ?? []) list.addAddress(address, familyOf(address))
  for (const { network, prefixLength } of hosts.ipNetwork ?? []) {
    list.addSubnet(network, prefixLength, familyOf(network))
  }
  blockLists.set(hosts, list)
  return list
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
