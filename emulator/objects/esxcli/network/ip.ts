import { pidOf } from '../../../physics/logs/processes.js'
import type { HostVirtualNic } from '../../../schema/generated/types.js'
import { cliFault, may, namespace, need, object, rows } from '../define.js'
import { hostConfig, hostProps } from '../host-props.js'
import type { Namespace, Seat } from '../model.js'
import { listeners } from './listeners.js'

/** esxcli network ip (operations.md 2.1 and 2.4): kernel adapters, routes, names, connections, stacks. */

const interfaceName = may.text('-i', 'Name of one kernel adapter: vmk0.')
const netstack = may.text('-N', 'Key of one network stack.')

const ip = namespace('network.ip', 'IP on the host.', {
  get: object('IpGet', { 'IPv6 Enabled': 'boolean' }, {
    help: 'Show whether the host uses IPv6.', run: seat => ({ 'IPv6 Enabled': hostConfig(seat).network?.ipV6Enabled }),
  }),
})

const adapters: readonly Namespace[] = [
  namespace('network.ip.interface', 'Kernel adapters.', {
    list: rows('VmkNic', {
      Name: 'string', 'MAC Address': 'string', Enabled: 'boolean', Portset: 'string', Portgroup: 'string', 'Netstack Instance': 'string',
      'VDS Name': 'string', 'VDS UUID': 'string', 'VDS Port': 'string', 'VDS Connection': 'long', MTU: 'long', 'Port ID': 'long',
    }, {
      help: 'Show the kernel adapters.', table: false, hints: { 'header:VmkNic': '%Name%', 'show-header': 'true' },
      params: { netstack },
      run: (seat, given) => vnicsOf(seat).filter(nic => given.netstack === undefined || stackOf(nic) === given.netstack)
        .map(nic => interfaceRow(seat, nic)),
    }),
  }),
  namespace('network.ip.interface.ipv4', 'IPv4 addresses of kernel adapters.', {
    get: rows('VmkIPv4', {
      Name: 'string', 'IPv4 Address': 'string', 'IPv4 Netmask': 'string', 'IPv4 Broadcast': 'string', 'Address Type': 'string',
      Gateway: 'string', 'DHCP DNS': 'boolean',
    }, {
      help: 'Show the IPv4 addresses of kernel adapters.', params: { 'interface-name': interfaceName, netstack },
      run: (seat, { 'interface-name': name, netstack: stack }) => (name === undefined ? vnicsOf(seat) : [vnicNamed(seat, name)])
        .filter(nic => stack === undefined || stackOf(nic) === stack)
        .map(({ device, spec }) => ({
          Name: device, 'IPv4 Address': spec.ip?.ipAddress, 'IPv4 Netmask': spec.ip?.subnetMask,
          'IPv4 Broadcast': broadcastOf(spec.ip?.ipAddress, spec.ip?.subnetMask),
          'Address Type': spec.ip?.dhcp === true ? 'DHCP' : 'STATIC', Gateway: gatewayOf(seat),
          'DHCP DNS': hostConfig(seat).network?.dnsConfig?.dhcp,
        })),
    }),
  }),
  namespace('network.ip.interface.tag', 'What kernel adapters are for.', {
    get: object('VmkTags', { Tags: 'string[]' }, {
      help: 'Show what traffic a kernel adapter is for.',
      params: { 'interface-name': need.text('-i', 'Name of the kernel adapter: vmk0.') },
      run: (seat, given) => ({ Tags: tagsOf(seat, vnicNamed(seat, given['interface-name'])) }),
    }),
  }),
]

const route = namespace('network.ip.route.ipv4', 'Routes of the host.', {
  list: rows('Route', { Network: 'string', Netmask: 'string', Gateway: 'string', Interface: 'string', Source: 'string' }, {
    help: 'Show the IPv4 routes.', params: { netstack },
    run: (seat, given) => (given.netstack ?? 'defaultTcpipStack') !== 'defaultTcpipStack' ? []
      : (hostConfig(seat).network?.routeTableInfo?.ipRoute ?? []).map(each => ({
        Network: each.prefixLength === 0 ? 'default' : each.network, Netmask: maskText(each.prefixLength), Gateway: each.gateway,
        Interface: each.deviceName,
        Source: vnicsOf(seat).find(({ device }) => device === each.deviceName)?.spec.ip?.dhcp === true ? 'DHCP' : 'MANUAL',
      })),
  }),
})

const dns: readonly Namespace[] = [
  namespace('network.ip.dns.server', 'Whom the host asks for names.', {
    list: object('DNSServers', { DNSServers: 'string[]' }, {
      help: 'Show the name servers.', params: { netstack },
      run: seat => ({ DNSServers: hostConfig(seat).network?.dnsConfig?.address ?? [] }),
    }),
  }),
  namespace('network.ip.dns.search', 'Domains in which names are sought.', {
    list: object('DNSSearch', { 'DNSSearch Domains': 'string[]' }, {
      help: 'Show the domains in which names are sought.', params: { netstack },
      run: seat => ({ 'DNSSearch Domains': hostConfig(seat).network?.dnsConfig?.searchDomain ?? [] }),
    }),
  }),
]

const stacks = namespace('network.ip.netstack', 'Network stacks.', {
  list: rows('Netstack', { Key: 'string', Name: 'string', State: 'string' }, {
    help: 'Show the network stacks.', table: false, hints: { 'header:Netstack': '%Key%', 'show-header': 'true' },
    run: seat => (hostConfig(seat).network?.netStackInstance ?? [])
      .map(({ key, name }) => ({ Key: key ?? name, Name: name ?? key, State: stateOf(seat, key) })),
  }),
})

const connection = namespace('network.ip.connection', 'Connections of the host\'s own programs.', {
  list: rows('IpConnection', {
    Proto: 'string', 'Recv Q': 'long', 'Send Q': 'long', 'Local Address': 'string', 'Foreign Address': 'string', State: 'string',
    'World ID': 'long', 'CC Algo': 'string', 'World Name': 'string',
  }, {
    help: 'Show the ports at which programs of the host listen.',
    params: { netstack, type: may.text('-t', 'ip, tcp, udp or all.', { among: ['ip', 'tcp', 'udp', 'all'] }) },
    run: (seat, { type = 'all' }) => listeners(seat).filter(({ protocol }) => type === 'all' || type === 'ip' || type === protocol)
      .map(({ protocol, port, program, world }) => ({
        Proto: protocol, 'Recv Q': 0, 'Send Q': 0, 'Local Address': `0.0.0.0:${port}`, 'Foreign Address': '0.0.0.0:0',
        State: protocol === 'tcp' ? 'LISTEN' : '', 'World ID': pidOf(seat.reader, seat.host.name, program),
        'CC Algo': protocol === 'tcp' ? algorithmOf(seat) : '', 'World Name': world,
      })),
  }),
})

export const networkIp: readonly Namespace[] = [ip, ...adapters, route, ...dns, stacks, connection]

function vnicsOf(seat: Seat): readonly HostVirtualNic[] {
  return hostConfig(seat).network?.vnic ?? []
}

/** @throws the command's fault for an adapter that the host does not have */
export function vnicNamed(seat: Seat, name: string): HostVirtualNic {
  const found = vnicsOf(seat).find(({ device }) => device === name)
  if (found === undefined) throw cliFault(`Unable to find interface ${name}`)
  return found
}

function stackOf({ spec }: HostVirtualNic): string {
  return spec.netStackInstanceKey ?? 'defaultTcpipStack'
}

function interfaceRow(seat: Seat, nic: HostVirtualNic) {
  const { portgroup = [], vswitch = [], proxySwitch = [] } = hostConfig(seat).network ?? {}
  const group = portgroup.find(({ spec }) => spec.name === nic.portgroup)
  const port = nic.spec.distributedVirtualPort
  return {
    Name: nic.device, 'MAC Address': nic.spec.mac, Enabled: true,
    Portset: vswitch.find(({ key }) => key === group?.vswitch)?.name
      ?? proxySwitch.find(({ dvsUuid }) => dvsUuid === port?.switchUuid)?.dvsName,
    Portgroup: port === undefined ? nic.portgroup : 'N/A', 'Netstack Instance': stackOf(nic),
    'VDS Name': proxySwitch.find(({ dvsUuid }) => dvsUuid === port?.switchUuid)?.dvsName ?? 'N/A', 'VDS UUID': port?.switchUuid ?? 'N/A',
    'VDS Port': port?.portKey ?? 'N/A', 'VDS Connection': port?.connectionCookie ?? -1, MTU: nic.spec.mtu,
    'Port ID': Number(/-(\d+)$/.exec(nic.port ?? '')?.[1] ?? NaN) || undefined,
  }
}

/** Words of esxcli for the traffic types of the API, where they are not the same in capitals. */
const tags: Readonly<Record<string, string>> = {
  management: 'Management', vmotion: 'VMotion', faultToleranceLogging: 'faultToleranceLogging', vsan: 'VSAN',
}

function tagsOf(seat: Seat, { key }: HostVirtualNic): string[] {
  return (hostConfig(seat).virtualNicManagerInfo?.netConfig ?? [])
    .filter(({ selectedVnic }) => selectedVnic?.some(each => key !== undefined && each.endsWith(key)) === true)
    .map(({ nicType }) => tags[nicType] ?? nicType)
}

function gatewayOf(seat: Seat): string {
  return hostConfig(seat).network?.ipRouteConfig?.defaultGateway ?? '0.0.0.0'
}

function stateOf(seat: Seat, key: string | undefined): string | undefined {
  return hostProps(seat).runtime.networkRuntimeInfo?.netStackInstanceRuntimeInfo
    ?.find(({ netStackInstanceKey }) => netStackInstanceKey === key)?.state
}

function algorithmOf(seat: Seat): string {
  return hostConfig(seat).network?.netStackInstance?.find(({ key }) => key === 'defaultTcpipStack')?.congestionControlAlgorithm ?? ''
}

function maskText(prefixLength: number): string {
  return [0, 8, 16, 24].map(from => 256 - 2 ** (8 - Math.max(0, Math.min(8, prefixLength - from)))).join('.')
}

function broadcastOf(address: string | undefined, mask: string | undefined): string | undefined {
  const [own, net] = [address, mask].map(text => text?.split('.').map(Number)) as [number[] | undefined, number[] | undefined]
  if (own?.length !== 4 || net?.length !== 4) return undefined
  return own.map((part, i) => part | (255 - net[i]!)).join('.')
}
