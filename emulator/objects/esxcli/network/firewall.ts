import { isIP } from 'node:net'
import { enableFirewall, firewallEnabled, firewallLoaded, firewallOf, loadFirewall } from '../../../physics/network/firewall.js'
import type { HostFirewallRuleset, HostFirewallRulesetIpList } from '../../../schema/generated/types.js'
import { requireOnHost, through } from '../host-call.js'
import { hostFirewallSystem } from '../../host-firewall-system.js'
import { action, cliFault, may, namespace, need, object, rows } from '../define.js'
import type { ChangeSeat, Namespace, Seat } from '../model.js'

/** esxcli network firewall (operations.md 2.1 and 2.4, network-security.md 13 with its vectors FW1 to FW7). */

const rulesetId = need.text('-r', 'Name of the ruleset.')
const oneRuleset = may.text('-r', 'Name of one ruleset; without it all are shown.')

const firewall = namespace('network.firewall', 'The firewall of the host as a whole.', {
  get: object('Firewall', { 'Default Action': 'string', Enabled: 'boolean', Loaded: 'boolean' }, {
    help: 'Show whether the firewall is on, and what becomes of traffic for which no ruleset speaks.',
    run: ({ reader, host: { name } }) => ({
      'Default Action': firewallOf(reader, name)?.defaultPolicy.incomingBlocked === false ? 'PASS' : 'DROP',
      Enabled: firewallLoaded(reader, name) && firewallEnabled(reader, name),
      Loaded: firewallLoaded(reader, name),
    }),
  }),
  set: action({
    help: 'Switch the firewall on or off, or change its default action.',
    params: {
      'default-action': may.truth('-d', 'true lets traffic pass for which no ruleset speaks, false drops it.'),
      enabled: may.truth('-e', 'true switches the firewall on, false lets everything through.'),
    },
    run: (seat, { 'default-action': pass, enabled }) => {
      if (pass === undefined && enabled === undefined) throw cliFault('Must specify either default-action or enabled.')
      if (pass !== undefined) {
        through(seat, hostFirewallSystem, 'firewallSystem', 'HostFirewallSystem', 'UpdateDefaultPolicy', {
          defaultPolicy: { incomingBlocked: !pass, outgoingBlocked: !pass },
        })
      }
      if (enabled !== undefined) whole(seat, () => enableFirewall(seat.tx, seat.host.name, enabled))
    },
  }),
  load: action({
    help: 'Load the module of the firewall, with what was configured.',
    run: seat => whole(seat, () => loadFirewall(seat.tx, seat.host.name, true)),
  }),
  unload: action({
    help: 'Unload the module of the firewall: everything passes.',
    run: seat => whole(seat, () => loadFirewall(seat.tx, seat.host.name, false)),
  }),
  refresh: action({
    help: 'Read the configuration of the firewall again.',
    run: seat => { through(seat, hostFirewallSystem, 'firewallSystem', 'HostFirewallSystem', 'RefreshFirewall', {}) },
  }),
})

const ruleset = namespace('network.firewall.ruleset', 'Rulesets of the firewall.', {
  list: rows('Ruleset', {
    Name: 'string', Enabled: 'boolean', 'Enable/Disable configurable': 'boolean', 'Allowed IP configurable': 'boolean',
  }, {
    help: 'Show the rulesets and which are enabled.',
    params: { 'ruleset-id': oneRuleset },
    since: { 'Enable/Disable configurable': '8.0.2', 'Allowed IP configurable': '8.0.2' },
    run: (seat, { 'ruleset-id': id }) => rulesetsOf(seat, id).map(each => ({
      Name: each.key, Enabled: each.enabled,
      'Enable/Disable configurable': each.userControllable, 'Allowed IP configurable': each.ipListUserConfigurable,
    })),
  }),
  set: action({
    help: 'Enable a ruleset, or say whether it is for all addresses.',
    params: {
      'allowed-all': may.truth('-a', 'true lets every address in, false only those in the ruleset\'s list.'),
      enabled: may.truth('-e', 'true enables the ruleset, false disables it.'),
      'ruleset-id': rulesetId,
    },
    run: (seat, { 'allowed-all': allIp, enabled, 'ruleset-id': id }) => {
      if (allIp === undefined && enabled === undefined) throw cliFault('Must specify either allowed-all or enabled.')
      const known = rulesetNamed(seat, id)
      if (enabled !== undefined) {
        const method = enabled ? 'EnableRuleset' : 'DisableRuleset'
        through(seat, hostFirewallSystem, 'firewallSystem', 'HostFirewallSystem', method, { id })
      }
      if (allIp !== undefined) allow(seat, id, { ...known.allowedHosts, allIp })
    },
  }),
})

const allowedIp = namespace('network.firewall.ruleset.allowedip', 'Addresses that a ruleset is for.', {
  list: rows('FirewallRulesetAllowedip', { Ruleset: 'string', 'Allowed IP Addresses': 'string[]' }, {
    help: 'Show whom rulesets let through.',
    params: { 'ruleset-id': oneRuleset },
    run: (seat, { 'ruleset-id': id }) => rulesetsOf(seat, id)
      .map(({ key, allowedHosts }) => ({ Ruleset: key, 'Allowed IP Addresses': shown(allowedHosts) })),
  }),
  add: action({
    help: 'Add an address or a network to those that a ruleset lets through.',
    params: { 'ip-address': need.text('-i', 'An address, or a network as 10.0.0.0/24.'), 'ruleset-id': rulesetId },
    run: (seat, { 'ip-address': text, 'ruleset-id': id }) => {
      const { allIp, ipAddress, ipNetwork } = listedHosts(seat, id)
      if (shown({ allIp, ipAddress, ipNetwork }).includes(text)) throw cliFault('Ip address already exist.')
      const added = parse(text)
      allow(seat, id, typeof added === 'string'
        ? { allIp, ipAddress: [...ipAddress, added], ipNetwork }
        : { allIp, ipAddress, ipNetwork: [...ipNetwork, added] })
    },
  }),
  remove: action({
    help: 'Take an address or a network from those that a ruleset lets through.',
    params: { 'ip-address': need.text('-i', 'The address or network as it is listed.'), 'ruleset-id': rulesetId },
    run: (seat, { 'ip-address': text, 'ruleset-id': id }) => {
      const { allIp, ipAddress, ipNetwork } = listedHosts(seat, id)
      if (!shown({ allIp, ipAddress, ipNetwork }).includes(text)) throw cliFault('Ip address does not exist.')
      allow(seat, id, {
        allIp, ipAddress: ipAddress.filter(each => each !== text),
        ipNetwork: ipNetwork.filter(each => networkText(each) !== text),
      })
    },
  }),
})

const rule = namespace('network.firewall.ruleset.rule', 'Ports of rulesets.', {
  list: rows('FirewallPortRule', {
    Ruleset: 'string', Direction: 'string', Protocol: 'string', 'Port Type': 'string', 'Port Begin': 'long', 'Port End': 'long',
  }, {
    help: 'Show the ports that rulesets open.',
    params: { 'ruleset-id': oneRuleset },
    run: (seat, { 'ruleset-id': id }) => rulesetsOf(seat, id).flatMap(({ key, rule: rules }) => rules.map(each => ({
      Ruleset: key, Direction: each.direction === 'inbound' ? 'Inbound' : 'Outbound', Protocol: each.protocol.toUpperCase(),
      'Port Type': each.portType === 'src' ? 'Src' : 'Dst', 'Port Begin': each.port, 'Port End': each.endPort ?? each.port,
    }))),
  }),
})

export const networkFirewall: readonly Namespace[] = [firewall, ruleset, allowedIp, rule]

/** The API has no method for the firewall as a whole; the privilege is that of its other methods. */
function whole(seat: ChangeSeat, change: () => void): void {
  requireOnHost(seat, 'firewallSystem', 'Host.Config.NetService')
  change()
}

function allow(seat: ChangeSeat, id: string, allowedHosts: HostFirewallRulesetIpList): void {
  through(seat, hostFirewallSystem, 'firewallSystem', 'HostFirewallSystem', 'UpdateRuleset', { id, spec: { allowedHosts } })
}

/** All rulesets, or the one that is asked for. */
function rulesetsOf(seat: Seat, id: string | undefined): readonly HostFirewallRuleset[] {
  return id === undefined ? firewallOf(seat.reader, seat.host.name)?.ruleset ?? [] : [rulesetNamed(seat, id)]
}

function rulesetNamed({ reader, host }: Seat, id: string): HostFirewallRuleset {
  const found = firewallOf(reader, host.name)?.ruleset?.find(each => each.key === id)
  if (found === undefined) throw cliFault(`Unable to find ruleset ${id}`)
  return found
}

/** What an allowed-IP list names; faults while it lets everybody through. */
function listedHosts(seat: Seat, id: string): Required<Pick<HostFirewallRulesetIpList, 'allIp' | 'ipAddress' | 'ipNetwork'>> {
  const { allIp = true, ipAddress = [], ipNetwork = [] } = rulesetNamed(seat, id).allowedHosts ?? {}
  if (allIp) throw cliFault('Ruleset call can not be done when allowed-all flag is true')
  return { allIp, ipAddress, ipNetwork }
}

function shown(hosts: HostFirewallRulesetIpList | undefined): string[] {
  if (hosts === undefined || hosts.allIp) return ['All']
  return [...hosts.ipAddress ?? [], ...(hosts.ipNetwork ?? []).map(networkText)]
}

type Network = NonNullable<HostFirewallRulesetIpList['ipNetwork']>[number]

function networkText({ network, prefixLength }: Network): string {
  return `${network}/${prefixLength}`
}

function parse(text: string): string | Network {
  const [network = '', length, ...rest] = text.split('/')
  const bits = isIP(network) === 4 ? 32 : 128
  if (isIP(network) === 0 || rest.length > 0) throw cliFault(`Invalid ip address: ${text}`)
  if (length === undefined) return network
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) throw cliFault(`Invalid ip address: ${text}`)
  return { network, prefixLength: Number(length) }
}
