import type {
  HostDnsConfig, HostIpRouteConfig, HostNetCapabilities, HostNetOffloadCapabilities, HostNetStackInstance,
  HostNetworkInfo, HostNetworkPolicy, HostPortGroup, HostProxySwitch, HostVirtualNic, HostVirtualNicManagerInfo,
  HostVirtualSwitch, HostVirtualSwitchBondBridge, PhysicalNic,
} from '../schema/generated/types.js'
import { emptyList } from '../physics/frozen.js'
import { deepFreeze } from '../world/freeze.js'
import { nicPciId } from './host-hardware.js'
import type { HostSpec, HostSwitchSpec } from './host-spec.js'
import { physicalMac } from './identity.js'

/** Uplinks of the first standard switch. */
const uplinks = ['vmnic0', 'vmnic1'] as const

const security = deepFreeze({ allowPromiscuous: false, macChanges: false, forgedTransmits: false })
const offload: HostNetOffloadCapabilities = deepFreeze({ csumOffload: true, tcpSegmentation: true, zeroCopyXmit: true })
const failureCriteria = deepFreeze({
  checkSpeed: 'minimum', speed: 10, checkDuplex: false, fullDuplex: false, checkErrorPercent: false,
  percentage: 0, checkBeacon: false,
})

const policies = new Map<string, HostNetworkPolicy>()

/** The policy of a new switch: all uplinks active, by originating port (network-security.md 1). */
function switchPolicy(activeNic: readonly string[]): HostNetworkPolicy {
  const key = activeNic.join()
  let policy = policies.get(key)
  if (policy === undefined) {
    policy = deepFreeze({
      security,
      nicTeaming: {
        policy: 'loadbalance_srcid', reversePolicy: true, notifySwitches: true, rollingOrder: false,
        failureCriteria, nicOrder: { activeNic: [...activeNic] },
      },
      offloadPolicy: offload,
      shapingPolicy: { enabled: false },
    } satisfies HostNetworkPolicy)
    policies.set(key, policy)
  }
  return policy
}

const inheritPolicy: HostNetworkPolicy = deepFreeze({
  security: {}, nicTeaming: { failureCriteria: {} }, offloadPolicy: {}, shapingPolicy: {},
})

/** Names of the physical cards of the first standard switch. */
function standardUplinks(spec: HostSpec): string[] {
  const taken = new Set(spec.switches.flatMap(item => item.pnics))
  return uplinks.filter((name, index) => index < spec.nics && !taken.has(name))
}

function standardSwitch(spec: HostSpec, portgroups: readonly HostPortGroup[]): HostVirtualSwitch {
  const nics = standardUplinks(spec)
  const bridge: HostVirtualSwitchBondBridge = {
    _typeName: 'HostVirtualSwitchBondBridge', nicDevice: nics, beacon: { interval: 1 },
    linkDiscoveryProtocolConfig: { protocol: 'cdp', operation: 'listen' },
  }
  return {
    name: 'vSwitch0',
    key: 'key-vim.host.VirtualSwitch-vSwitch0',
    numPorts: 5632,
    numPortsAvailable: 5618,
    mtu: 1500,
    portgroup: portgroups.map(group => group.key!),
    pnic: nics.map(name => `key-vim.host.PhysicalNic-${name}`),
    spec: { numPorts: 128, bridge, policy: switchPolicy(nics), mtu: 1500 },
  }
}

function portGroup(spec: HostSpec, name: string, vlanId: number): HostPortGroup {
  return {
    key: `key-vim.host.PortGroup-${name}`,
    port: name === MANAGEMENT
      ? [{ key: 'key-vim.host.PortGroup.Port-33554436', mac: [physicalMac(spec.index, 0)], type: 'host' }]
      : emptyList,
    vswitch: 'key-vim.host.VirtualSwitch-vSwitch0',
    computedPolicy: switchPolicy(standardUplinks(spec)),
    spec: { name, vlanId, vswitchName: 'vSwitch0', policy: inheritPolicy },
  }
}

const MANAGEMENT = 'Management Network'

const linkSpeed = deepFreeze({ speedMb: 25000, duplex: true })
const speeds = deepFreeze([{ speedMb: 10000, duplex: true }, { speedMb: 25000, duplex: true }])
const nicSpec = deepFreeze({ ip: { dhcp: false, ipAddress: '', subnetMask: '' }, linkSpeed })

function physicalNic(spec: HostSpec, index: number): PhysicalNic {
  return {
    key: `key-vim.host.PhysicalNic-vmnic${index}`,
    device: `vmnic${index}`,
    pci: nicPciId(index),
    driver: 'icen',
    driverVersion: '1.11.2.8',
    firmwareVersion: '4.00 0x80012f17 1.3236.0',
    linkSpeed,
    validLinkSpecification: speeds,
    spec: nicSpec,
    wakeOnLanSupported: false,
    mac: physicalMac(spec.index, index),
    vmDirectPathGen2Supported: false,
    resourcePoolSchedulerAllowed: true,
    autoNegotiateSupported: true,
    enhancedNetworkingStackSupported: true,
    ensInterruptSupported: true,
  }
}

function managementNic(spec: HostSpec): HostVirtualNic {
  return {
    device: 'vmk0',
    key: 'key-vim.host.VirtualNic-vmk0',
    portgroup: MANAGEMENT,
    spec: {
      ip: { dhcp: false, ipAddress: spec.address, subnetMask: '255.255.255.0' },
      mac: physicalMac(spec.index, 0),
      portgroup: MANAGEMENT,
      mtu: 1500,
      tsoEnabled: true,
      netStackInstanceKey: 'defaultTcpipStack',
      systemOwned: false,
    },
    port: 'key-vim.host.PortGroup.Port-33554436',
  }
}

function proxySwitch(spec: HostSwitchSpec): HostProxySwitch {
  return {
    dvsUuid: spec.uuid,
    dvsName: spec.name,
    key: `key-vim.host.HostDvsProxySwitch-${spec.uuid}`,
    numPorts: 5632,
    configNumPorts: 512,
    numPortsAvailable: 5620,
    uplinkPort: spec.uplinks.map(({ key, name }) => ({ key, value: name })),
    mtu: spec.mtu,
    pnic: spec.pnics.map(name => `key-vim.host.PhysicalNic-${name}`),
    spec: {
      backing: typed('DistributedVirtualSwitchHostMemberPnicBacking', {
        pnicSpec: spec.pnics.map((pnicDevice, index) => ({
          pnicDevice, ...(spec.uplinks[index] === undefined ? {} : { uplinkPortKey: spec.uplinks[index].key }),
        })),
      }),
    },
    networkReservationSupported: true,
    nsxtEnabled: false,
    ensEnabled: false,
    ensInterruptEnabled: false,
    networkOffloadingEnabled: false,
    autoDeployOwned: false,
  }
}

/** An object of a subtype where the table declares its base. */
function typed<T extends object>(_typeName: string, fields: T): T & { _typeName: string } {
  return { _typeName, ...fields }
}

function dnsConfig(spec: HostSpec): HostDnsConfig {
  return {
    dhcp: false, hostName: spec.hostName.split('.')[0]!, domainName: spec.domain,
    address: nameServers, searchDomain: [spec.domain],
  }
}

const nameServers = deepFreeze(['10.0.0.2'])

/** The default gateway of a host: the last address of its network but one. */
export function gatewayOf(address: string): string {
  return `${address.slice(0, address.lastIndexOf('.'))}.254`
}

/** `config.network` of a host. */
export function hostNetworkInfo(spec: HostSpec): HostNetworkInfo {
  const portgroup = [
    ...spec.networks.map(({ name, vlan }) => portGroup(spec, name, vlan)),
    portGroup(spec, MANAGEMENT, 0),
  ]
  const dns = dnsConfig(spec)
  const route: HostIpRouteConfig = { defaultGateway: gatewayOf(spec.address), ipV6DefaultGateway: '' }
  const stack: HostNetStackInstance = {
    key: 'defaultTcpipStack', name: 'defaultTcpipStack', dnsConfig: dns, ipRouteConfig: route,
    requestedMaxNumberOfConnections: 11000, congestionControlAlgorithm: 'newreno', ipV6Enabled: true,
  }
  return deepFreeze({
    vswitch: [standardSwitch(spec, portgroup)],
    proxySwitch: spec.switches.map(proxySwitch),
    portgroup,
    pnic: Array.from({ length: spec.nics }, (_, index) => physicalNic(spec, index)),
    vnic: [managementNic(spec)],
    consoleVnic: emptyList,
    dnsConfig: dns,
    ipRouteConfig: route,
    routeTableInfo: {
      ipRoute: [
        { network: '0.0.0.0', prefixLength: 0, gateway: gatewayOf(spec.address), deviceName: 'vmk0' },
        { network: `${spec.address.slice(0, spec.address.lastIndexOf('.'))}.0`, prefixLength: 24, gateway: '0.0.0.0', deviceName: 'vmk0' },
      ],
    },
    ipV6Enabled: true,
    atBootIpV6Enabled: true,
    netStackInstance: [stack, vmotionStack, provisioningStack],
  } satisfies HostNetworkInfo)
}

const emptyDns: HostDnsConfig = deepFreeze({ dhcp: false, hostName: '', domainName: '', address: [], searchDomain: [] })
const vmotionStack: HostNetStackInstance = deepFreeze({
  key: 'vmotion', name: 'vmotion', dnsConfig: emptyDns, ipRouteConfig: {},
  requestedMaxNumberOfConnections: 11000, congestionControlAlgorithm: 'newreno', ipV6Enabled: true,
})
const provisioningStack: HostNetStackInstance = deepFreeze({ ...vmotionStack, key: 'vSphereProvisioning', name: 'vSphereProvisioning' })

/** Traffic types of kernel adapters; `true`: more than one adapter may serve it. */
const nicTypes: ReadonlyArray<readonly [string, boolean]> = [
  ['faultToleranceLogging', true], ['management', true], ['nvmeRdma', true], ['nvmeTcp', true], ['ptp', true],
  ['vSphereBackupNFC', true], ['vSphereProvisioning', true], ['vSphereReplication', true],
  ['vSphereReplicationNFC', true], ['vmotion', true], ['vsan', true], ['vsanWitness', true],
]

/** `config.virtualNicManagerInfo`: vmk0 carries management and vMotion, and vSAN where the host is part of one. */
export function virtualNicManagerInfo(network: HostNetworkInfo, vsan: boolean): HostVirtualNicManagerInfo {
  const vnic = network.vnic![0]!
  const selected = new Set(['management', 'vmotion', ...vsan ? ['vsan'] : []])
  return deepFreeze({
    netConfig: nicTypes.map(([nicType, multiSelectAllowed]) => ({
      nicType,
      multiSelectAllowed,
      candidateVnic: [deepFreeze({ ...vnic, key: `${nicType}.${vnic.key}` })],
      ...(selected.has(nicType) ? { selectedVnic: [`${nicType}.${vnic.key}`] } : {}),
    })),
  })
}

/** `config.capabilities` and the networkSystem's. */
export const netCapabilities: HostNetCapabilities = deepFreeze({
  canSetPhysicalNicLinkSpeed: true,
  supportsNicTeaming: true,
  nicTeamingPolicy: ['loadbalance_ip', 'loadbalance_srcmac', 'loadbalance_srcid', 'failover_explicit'],
  supportsVlan: true,
  usesServiceConsoleNic: false,
  supportsNetworkHints: true,
  maxPortGroupsPerVswitch: 0,
  vswitchConfigSupported: true,
  vnicConfigSupported: true,
  ipRouteConfigSupported: true,
  dnsConfigSupported: true,
  dhcpOnVnicSupported: true,
  ipV6Supported: true,
  backupNfcNiocSupported: true,
})

export const netOffload = offload
