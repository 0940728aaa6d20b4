import type { HostFirewallRule, HostFirewallRuleset } from '../../../schema/generated/types.js'
import { deepFreeze } from '../../../world/freeze.js'

function rule(protocol: 'tcp' | 'udp', direction: 'inbound' | 'outbound'): HostFirewallRule {
  return { port: 8182, direction, portType: 'dst', protocol }
}

/** What HA adds to the firewall of a host that it configures (protocols.md 8.3; general knowledge). */
export const fdmRuleset: HostFirewallRuleset = deepFreeze({
  key: 'fdm',
  label: 'vSphere High Availability Agent',
  required: false,
  rule: [rule('tcp', 'inbound'), rule('tcp', 'outbound'), rule('udp', 'inbound'), rule('udp', 'outbound')],
  service: 'vmware-fdm',
  enabled: true,
  allowedHosts: { allIp: true },
  userControllable: false,
  ipListUserConfigurable: true,
})
