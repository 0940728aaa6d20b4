import { isIP } from 'node:net'
import type {
  HostNetStackInstance, HostNetworkInfo, HostNetworkSystemMethods, HostNetworkSystemProps, HostSystemProps, HostVirtualNic,
  PhysicalNicHintInfo,
} from '../schema/generated/types.js'
import type { Call } from '../services/call.js'
import { invalidArgument } from '../services/method-fault.js'
import { defineManagedObject, partial, type Definition } from './define.js'
import { managedHost } from './truth.js'

/**
 * What each physical NIC that has a link hears: the subnets of the host's own VMkernel interfaces,
 * the only ones that the lab knows of.
 * @throws InvalidArgument for a NIC that the host does not have, HostNotConnected or HostNotReachable
 * when vCenter cannot ask the host
 */
function queryNetworkHint(
  call: Call, { device }: HostNetworkSystemMethods['QueryNetworkHint']['args'],
): PhysicalNicHintInfo[] {
  managedHost(call.tx, call.self)
  const info = call.tx.read<HostNetworkSystemProps>(call.self)!.props.networkInfo
  const nics = info?.pnic ?? []
  const asked = device === undefined || device.length === 0 ? nics.map(nic => nic.device) : device
  const subnets = [...new Set((info?.vnic ?? []).flatMap(subnetOf))]
  return asked.map(name => {
    const nic = nics.find(each => each.device === name)
    if (nic === undefined) throw invalidArgument('device')
    return nic.linkSpeed === undefined
      ? { device: name }
      : { device: name, subnet: subnets.map(ipSubnet => ({ ipSubnet })) }
  })
}

/** First and last address of an interface's subnet, as the product writes a hint. */
function subnetOf({ spec }: HostVirtualNic): string[] {
  const { ipAddress, subnetMask } = spec.ip ?? {}
  const address = numberOf(ipAddress)
  const mask = numberOf(subnetMask)
  if (address === undefined || mask === undefined) return []
  const first = ((address & mask) >>> 0) + 1
  const last = ((address | ~mask) >>> 0) - 1
  return last < first ? [] : [`${textOf(first)}-${textOf(last)}`]
}

function numberOf(address: string | undefined): number | undefined {
  const parts = address?.split('.').map(Number) ?? []
  if (parts.length !== 4 || parts.some(part => !Number.isInteger(part) || part < 0 || part > 255)) return undefined
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map(shift => address >>> shift & 255).join('.')
}

/** A label of a host name, and a domain: letters, digits and hyphens (RFC 1123, 2.1). */
const LABEL = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/

/**
 * UpdateDnsConfig: what the host calls itself, and whom it asks for names.
 * @throws InvalidArgument naming the part that is no name or no address, HostNotConnected or
 * HostNotReachable when vCenter cannot reach the host
 */
function updateDnsConfig(call: Call, { config }: HostNetworkSystemMethods['UpdateDnsConfig']['args']): void {
  const host = managedHost(call.tx, call.self)
  const { hostName, domainName, address = [], searchDomain = [] } = config
  if (!LABEL.test(hostName)) throw invalidArgument('config.hostName')
  if (domainName !== '' && !isDomain(domainName)) throw invalidArgument('config.domainName')
  if (address.some(each => isIP(each) === 0)) throw invalidArgument('config.address')
  if (!searchDomain.every(isDomain)) throw invalidArgument('config.searchDomain')
  changeNetwork(call, host, network => {
    const dnsConfig = { ...network.dnsConfig, ...config }
    return { ...network, dnsConfig, ...ofDefaultStack(network, { dnsConfig }) }
  })
}

/**
 * UpdateIpRouteConfig: where the host sends what is for no network of its own. That the gateway is in one of
 * those is not asked.
 * @throws InvalidArgument naming the gateway that is no address, HostNotConnected or HostNotReachable when
 * vCenter cannot reach the host
 */
function updateIpRouteConfig(call: Call, { config }: HostNetworkSystemMethods['UpdateIpRouteConfig']['args']): void {
  const host = managedHost(call.tx, call.self)
  const { defaultGateway: gateway = '', ipV6DefaultGateway: six = '' } = config
  if (gateway !== '' && isIP(gateway) !== 4) throw invalidArgument('config.defaultGateway')
  if (six !== '' && isIP(six) !== 6) throw invalidArgument('config.ipV6DefaultGateway')
  changeNetwork(call, host, network => {
    const ipRouteConfig = { ...network.ipRouteConfig, ...config }
    const others = (network.routeTableInfo?.ipRoute ?? []).filter(({ prefixLength }) => prefixLength !== 0)
    const deviceName = config.gatewayDevice ?? network.vnic?.[0]?.device
    const ipRoute = gateway === '' ? others : [
      { network: '0.0.0.0', prefixLength: 0, gateway, ...deviceName === undefined ? {} : { deviceName } }, ...others,
    ]
    return {
      ...network, ipRouteConfig, routeTableInfo: { ...network.routeTableInfo, ipRoute },
      ...ofDefaultStack(network, { ipRouteConfig }),
    }
  })
}

/** The network stacks, with a change of the one that the host's own traffic goes through. */
function ofDefaultStack(
  { netStackInstance }: HostNetworkInfo, change: Partial<HostNetStackInstance>,
): Pick<HostNetworkInfo, 'netStackInstance'> {
  return netStackInstance === undefined ? {} : {
    netStackInstance: netStackInstance.map(each => each.key === 'defaultTcpipStack' ? { ...each, ...change } : each),
  }
}

function changeNetwork({ tx }: Call, host: string, change: (network: HostNetworkInfo) => HostNetworkInfo): void {
  const slot = tx.find(host, 'ha-host')!
  const { props, inner } = tx.read<HostSystemProps>(slot)!
  const config = { ...props.config!, network: change(props.config!.network as HostNetworkInfo) }
  tx.replace(slot, { props: { ...props, config }, inner } as never)
}

function isDomain(name: string): boolean {
  return name.length <= 253 && name.split('.').every(label => LABEL.test(label))
}

export const hostNetworkSystem: Definition = defineManagedObject('HostNetworkSystem', {
  methods: {
    UpdateDnsConfig: partial(updateDnsConfig, 'names and addresses by DHCP'),
    UpdateIpRouteConfig: partial(updateIpRouteConfig, 'whether the gateway is in a network of the host'),
    QueryNetworkHint: partial(queryNetworkHint, 'VLANs, CDP and LLDP neighbours'),
  },
})
