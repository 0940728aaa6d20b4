import { cardsOf } from '../../../physics/guest-os/guest-facts.js'
import type {
  HostNetworkPolicy, HostPortGroup, HostVirtualSwitch, HostVirtualSwitchBondBridge,
} from '../../../schema/generated/types.js'
import { cliFault, may, namespace, need, object, rows } from '../define.js'
import { hostConfig } from '../host-props.js'
import type { Namespace, Seat } from '../model.js'
import { runningVms } from '../vm/running.js'

/** esxcli network vswitch (operations.md 2.1 and 2.4). */

const switchName = need.text('-v', 'Name of the switch.')
const groupName = need.text('-p', 'Name of the port group.')

const security = {
  'Allow Promiscuous': 'boolean', 'Allow MAC Address Change': 'boolean', 'Allow Forged Transmits': 'boolean',
} as const
const failover = {
  'Load Balancing': 'string', 'Network Failure Detection': 'string', 'Notify Switches': 'boolean', Failback: 'boolean',
  'Active Adapters': 'string[]', 'Standby Adapters': 'string[]', 'Unused Adapters': 'string[]',
} as const
const shaping = {
  Enabled: 'boolean', 'Average Bandwidth': 'long', 'Peak Bandwidth': 'long', 'Burst Size': 'long',
} as const

const ownPolicies: readonly Namespace[] = [
  namespace('network.vswitch.standard.policy.security', 'What a switch lets its ports do.', {
    get: object('SecurityPolicy', security, {
      help: 'Show what a switch lets its ports do.', params: { 'vswitch-name': switchName },
      run: (seat, given) => securityRow(switchNamed(seat, given['vswitch-name']).spec.policy),
    }),
  }),
  namespace('network.vswitch.standard.policy.failover', 'How a switch uses its cards.', {
    get: object('FailoverPolicy', failover, {
      help: 'Show how a switch spreads traffic over its cards.', params: { 'vswitch-name': switchName },
      run: (seat, given) => {
        const found = switchNamed(seat, given['vswitch-name'])
        return failoverRow(found.spec.policy, uplinksOf(seat, found))
      },
    }),
  }),
  namespace('network.vswitch.standard.policy.shaping', 'How a switch limits traffic.', {
    get: object('ShapingPolicy', shaping, {
      help: 'Show how a switch limits traffic.', params: { 'vswitch-name': switchName },
      run: (seat, given) => shapingRow(switchNamed(seat, given['vswitch-name']).spec.policy),
    }),
  }),
]

const groupPolicies: readonly Namespace[] = [
  namespace('network.vswitch.standard.portgroup.policy.security', 'What a port group lets its ports do.', {
    get: object('SecurityPolicy', security, {
      help: 'Show what a port group lets its ports do.', params: { 'portgroup-name': groupName },
      run: (seat, given) => securityRow(groupNamed(seat, given['portgroup-name']).computedPolicy),
    }),
  }),
  namespace('network.vswitch.standard.portgroup.policy.failover', 'How a port group uses the cards of its switch.', {
    get: object('FailoverPolicy', failover, {
      help: 'Show how a port group spreads traffic over the cards of its switch.', params: { 'portgroup-name': groupName },
      run: (seat, given) => {
        const found = groupNamed(seat, given['portgroup-name'])
        const own = switchesOf(seat).find(({ key }) => key === found.vswitch)
        return failoverRow(found.computedPolicy, own === undefined ? [] : uplinksOf(seat, own))
      },
    }),
  }),
]

const groupShaping = namespace('network.vswitch.standard.portgroup.policy.shaping', 'How a port group limits traffic.', {
  get: object('ShapingPolicy', shaping, {
    help: 'Show how a port group limits traffic.', params: { 'portgroup-name': groupName },
    run: (seat, given) => shapingRow(groupNamed(seat, given['portgroup-name']).computedPolicy),
  }),
})

const standard: readonly Namespace[] = [
  namespace('network.vswitch.standard', 'Standard switches.', {
    list: rows('VSwitch', {
      Name: 'string', Class: 'string', 'Num Ports': 'long', 'Used Ports': 'long', 'Configured Ports': 'long', MTU: 'long',
      'CDP Status': 'string', 'Beacon Enabled': 'boolean', 'Beacon Interval': 'long', 'Beacon Threshold': 'long',
      'Beacon Required By': 'string', Uplinks: 'string[]', Portgroups: 'string[]',
    }, {
      help: 'Show the standard switches.', table: false, hints: { 'header:VSwitch': '%Name%', 'show-header': 'true' },
      params: { 'vswitch-name': may.text('-v', 'Name of one switch; without it all are shown.') },
      run: (seat, given) => (given['vswitch-name'] === undefined ? switchesOf(seat) : [switchNamed(seat, given['vswitch-name'])])
        .map(each => switchRow(seat, each)),
    }),
  }),
  namespace('network.vswitch.standard.portgroup', 'Port groups of standard switches.', {
    list: rows('PortGroup', { Name: 'string', 'Virtual Switch': 'string', 'Active Clients': 'long', 'VLAN ID': 'long' }, {
      help: 'Show the port groups of standard switches.',
      run: seat => {
        const clients = activeClients(seat)
        return groupsOf(seat).map(({ spec }) => ({
          Name: spec.name, 'Virtual Switch': spec.vswitchName, 'Active Clients': clients.get(spec.name) ?? 0, 'VLAN ID': spec.vlanId,
        }))
      },
    }),
  }),
]

const distributed = namespace('network.vswitch.dvs.vmware', 'Distributed switches that the host is a member of.', {
  list: rows('VDSwitch', {
    Name: 'string', 'VDS ID': 'string', Class: 'string', 'Num Ports': 'long', 'Used Ports': 'long', 'Configured Ports': 'long',
    MTU: 'long', Uplinks: 'string[]',
  }, {
    help: 'Show the distributed switches that the host is a member of.', table: false,
    hints: { 'header:VDSwitch': '%Name%', 'show-header': 'true' },
    run: seat => (hostConfig(seat).network?.proxySwitch ?? []).map(each => ({
      Name: each.dvsName, 'VDS ID': each.dvsUuid, Class: 'cswitch', 'Num Ports': each.numPorts,
      'Used Ports': each.numPorts - each.numPortsAvailable, 'Configured Ports': each.configNumPorts, MTU: each.mtu,
      Uplinks: namesOf(seat, each.pnic),
    })),
  }),
})

export const networkVswitch: readonly Namespace[] = [...standard, ...ownPolicies, ...groupPolicies, groupShaping, distributed]

function switchesOf(seat: Seat): readonly HostVirtualSwitch[] {
  return hostConfig(seat).network?.vswitch ?? []
}

function groupsOf(seat: Seat): readonly HostPortGroup[] {
  return hostConfig(seat).network?.portgroup ?? []
}

function switchNamed(seat: Seat, name: string): HostVirtualSwitch {
  const found = switchesOf(seat).find(each => each.name === name)
  if (found === undefined) throw cliFault(`Unable to find vswitch ${name}`)
  return found
}

function groupNamed(seat: Seat, name: string): HostPortGroup {
  const found = groupsOf(seat).find(each => each.spec.name === name)
  if (found === undefined) throw cliFault(`Unable to find portgroup ${name}`)
  return found
}

function namesOf(seat: Seat, keys: readonly string[] | undefined): string[] {
  return (hostConfig(seat).network?.pnic ?? [])
    .filter(({ key }) => key !== undefined && keys?.includes(key) === true).map(nic => nic.device)
}

function uplinksOf(seat: Seat, { pnic }: HostVirtualSwitch): string[] {
  return namesOf(seat, pnic)
}

function switchRow(seat: Seat, each: HostVirtualSwitch) {
  const { beacon, linkDiscoveryProtocolConfig: discovery } = (each.spec.bridge ?? {}) as Partial<HostVirtualSwitchBondBridge>
  const criteria = each.spec.policy?.nicTeaming?.failureCriteria
  return {
    Name: each.name, Class: classOf(seat), 'Num Ports': each.numPorts, 'Used Ports': each.numPorts - each.numPortsAvailable,
    'Configured Ports': each.spec.numPorts, MTU: each.mtu, 'CDP Status': discovery?.operation,
    'Beacon Enabled': criteria?.checkBeacon, 'Beacon Interval': beacon?.interval, 'Beacon Threshold': undefined,
    'Beacon Required By': '', Uplinks: uplinksOf(seat, each),
    Portgroups: groupsOf(seat).filter(({ vswitch }) => vswitch === each.key).map(({ spec }) => spec.name),
  }
}

/** network-security.md 2: `cswitch` from 7.0 on. */
function classOf({ host }: Seat): string {
  return Number(host.product.version.split('.')[0]) >= 7 ? 'cswitch' : 'etherswitch'
}

/** Running VMs and kernel adapters that are plugged into a port group, by its name. */
function activeClients(seat: Seat): Map<string, number> {
  const count = new Map<string, number>()
  const add = (name: string): void => { count.set(name, (count.get(name) ?? 0) + 1) }
  for (const { portgroup } of hostConfig(seat).network?.vnic ?? []) add(portgroup)
  for (const { record } of runningVms(seat)) for (const card of cardsOf(record)) if (card.connected) add(card.network)
  return count
}

function securityRow(policy: HostNetworkPolicy | undefined) {
  const { allowPromiscuous, macChanges, forgedTransmits } = policy?.security ?? {}
  return { 'Allow Promiscuous': allowPromiscuous, 'Allow MAC Address Change': macChanges, 'Allow Forged Transmits': forgedTransmits }
}

/** Teaming policies of the API by the words of esxcli. */
const balancing: Readonly<Record<string, string>> = {
  loadbalance_srcid: 'srcport', loadbalance_ip: 'iphash', loadbalance_srcmac: 'mac', failover_explicit: 'explicit',
}

function failoverRow(policy: HostNetworkPolicy | undefined, uplinks: readonly string[]) {
  const teaming = policy?.nicTeaming
  const { activeNic = [], standbyNic = [] } = teaming?.nicOrder ?? {}
  return {
    'Load Balancing': balancing[teaming?.policy ?? ''] ?? teaming?.policy,
    'Network Failure Detection': teaming?.failureCriteria?.checkBeacon === true ? 'beacon' : 'link',
    'Notify Switches': teaming?.notifySwitches, Failback: teaming?.rollingOrder === undefined ? undefined : !teaming.rollingOrder,
    'Active Adapters': activeNic, 'Standby Adapters': standbyNic,
    'Unused Adapters': uplinks.filter(nic => !activeNic.includes(nic) && !standbyNic.includes(nic)),
  }
}

/** Bits of the API are kilobits of the command; bytes are kilobytes. */
function shapingRow(policy: HostNetworkPolicy | undefined) {
  const { enabled, averageBandwidth, peakBandwidth, burstSize } = policy?.shapingPolicy ?? {}
  const kilo = (value: number | undefined, unit: number): number | undefined => value === undefined ? undefined : Math.floor(value / unit)
  return {
    Enabled: enabled, 'Average Bandwidth': kilo(averageBandwidth, 1000), 'Peak Bandwidth': kilo(peakBandwidth, 1000),
    'Burst Size': kilo(burstSize, 1024),
  }
}
