import { isIP } from 'node:net'
import { changeDefaultPolicy, changeRuleset, firewallOf } from '../physics/network/firewall.js'
import type {
  HostFirewallRuleset, HostFirewallRulesetIpList, HostFirewallSystemMethods,
} from '../schema/generated/types.js'
import type { Call } from '../services/call.js'
import { fault, invalidArgument, type MethodFault } from '../services/method-fault.js'
import { defineManagedObject, type Definition } from './define.js'
import { managedHost } from './truth.js'

type Args<M extends keyof HostFirewallSystemMethods> = HostFirewallSystemMethods[M]['args']

/** HostFirewallSystem: which traffic a host lets in and out (network-security.md 13). */
export const hostFirewallSystem: Definition = defineManagedObject('HostFirewallSystem', {
  methods: {
    EnableRuleset: (call: Call, { id }: Args<'EnableRuleset'>) => enable(call, id, true),
    DisableRuleset: (call: Call, { id }: Args<'DisableRuleset'>) => enable(call, id, false),
    UpdateRuleset: updateRuleset,
    UpdateDefaultPolicy: (call: Call, { defaultPolicy }: Args<'UpdateDefaultPolicy'>) =>
      changeDefaultPolicy(call.tx, managedHost(call.tx, call.self), defaultPolicy),
    // The world is what the host has: nothing can have changed behind it.
    RefreshFirewall: (call: Call) => { managedHost(call.tx, call.self) },
  },
})

/**
 * EnableRuleset, DisableRuleset. Since 8.0.2 a ruleset says whether users may switch it; before, a
 * required one cannot be disabled (vector FW4).
 * @throws NotFound for an unknown ruleset, HostConfigFault for one that users may not switch so
 */
function enable(call: Call, id: string, enabled: boolean): void {
  const host = managedHost(call.tx, call.self)
  const ruleset = rulesetOf(call, host, id)
  const { userControllable = enabled || !ruleset.required } = ruleset
  if (!userControllable && ruleset.enabled !== enabled) {
    throw owned(`${enabled ? 'enable' : 'disable'} this ruleset`, ruleset)
  }
  changeRuleset(call.tx, host, id, known => known.enabled === enabled ? known : { ...known, enabled })
}

/**
 * UpdateRuleset: whom the ruleset lets through from now on.
 * @throws NotFound for an unknown ruleset, InvalidArgument for what is no address or no prefix length,
 * HostConfigFault for a ruleset whose list belongs to the system
 */
function updateRuleset(call: Call, { id, spec: { allowedHosts } }: Args<'UpdateRuleset'>): void {
  const host = managedHost(call.tx, call.self)
  const ruleset = rulesetOf(call, host, id)
  requireAddresses(allowedHosts)
  if (ruleset.ipListUserConfigurable === false) throw owned('change allowed ip list this ruleset', ruleset)
  changeRuleset(call.tx, host, id, known => ({ ...known, allowedHosts }))
}

function rulesetOf(call: Call, host: string, id: string): HostFirewallRuleset {
  const found = firewallOf(call.tx, host)?.ruleset?.find(each => each.key === id)
  if (found === undefined) throw fault('NotFound')
  return found
}

function requireAddresses({ ipAddress = [], ipNetwork = [] }: HostFirewallRulesetIpList): void {
  if (ipAddress.some(address => isIP(address) === 0)) throw invalidArgument('spec.allowedHosts.ipAddress')
  for (const { network, prefixLength } of ipNetwork) {
    const family = isIP(network)
    if (family === 0) throw invalidArgument('spec.allowedHosts.ipNetwork.network')
    if (prefixLength < 0 || prefixLength > (family === 4 ? 32 : 128)) {
      throw invalidArgument('spec.allowedHosts.ipNetwork.prefixLength')
    }
  }
}

/** The refusal's text is that of 8.0 U2 and later (network-security.md 13). */
function owned(what: string, { required }: HostFirewallRuleset): MethodFault {
  return fault('HostConfigFault', {}, `Invalid operation requested: Can not ${what}, it is `
    + `${required ? 'required' : 'owned by system service'}.`)
}
