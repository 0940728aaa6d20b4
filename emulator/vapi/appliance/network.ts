import { gatewayOf } from '../../inventory/host-network.js'
import { publicAddress } from '../../physics/vcha/public-address.js'
import { mapOf, type Operation, type VapiCall } from '../operation.js'
import { VapiFault } from '../vapi-error.js'

/** The MAC address of the appliance: VMware's prefix, and the node's UUID for the rest. */
function macOf(uuid: string): string {
  return ['00', '50', '56', uuid.slice(-6, -4), uuid.slice(-4, -2), uuid.slice(-2)].join(':')
}

/** The public card, with the address of the node that is active (vCenter HA). */
function nic({ node, world }: VapiCall): unknown {
  const { ip, mask, prefix, gateway } = publicAddress(world, node.name)
  const ipv6 = { configurable: true, dhcp: false, autoconf: false, addresses: [] as unknown[], default_gateway: '' }
  const card = { name: 'nic0', status: 'up', mac: macOf(node.uuid) }
  if (prefix !== undefined) {
    const addresses = [{ address: ip, prefix, origin: 'MANUAL', status: 'PREFERRED' }]
    return {
      ...card, ipv4: { configurable: true, mode: 'UNCONFIGURED', address: '', prefix: 0, default_gateway: '' },
      ipv6: { ...ipv6, addresses, default_gateway: gateway?.[0] ?? '' },
    }
  }
  const ipv4 = {
    configurable: true, mode: 'STATIC', address: ip, prefix: mask === undefined ? 24 : lengthOf(mask),
    default_gateway: gateway?.[0] ?? gatewayOf(ip),
  }
  return { ...card, ipv4, ipv6 }
}

/** 24 of `255.255.255.0`. */
function lengthOf(mask: string): number {
  return mask.split('.').map(part => Number(part).toString(2).replaceAll('0', '').length).reduce((sum, bits) => sum + bits, 0)
}

function named(call: VapiCall): { ipv4: unknown, ipv6: unknown } {
  const { interface: name } = call.params
  if (name === 'nic0') return nic(call) as { ipv4: unknown, ipv6: unknown }
  throw new VapiFault('not_found', 'com.vmware.appliance.networking.not_found', `There is no interface ${name}.`)
}

function dns({ node }: VapiCall) {
  return { mode: 'STATIC', hostname: node.hostName, servers: [gatewayOf(node.address)] }
}

function networking(call: VapiCall): unknown {
  return {
    dns: dns(call), interfaces: mapOf(call.dialect, { nic0: nic(call) }),
    vcenter_base_url: `https://${call.node.hostName}:443`,
  }
}

/** No proxy is set in a lab. */
function proxies({ dialect }: VapiCall): unknown {
  const none = { enabled: false, server: '', port: -1 }
  return mapOf(dialect, { http: none, https: none, ftp: none })
}

/** `com.vmware.appliance.networking`, reading only. */
export const networkOperations: readonly Operation[] = [
  { method: 'GET', path: '/appliance/networking', run: networking },
  { method: 'GET', path: '/appliance/networking/interfaces', run: call => [nic(call)] },
  { method: 'GET', path: '/appliance/networking/interfaces/{interface}', run: named },
  { method: 'GET', path: '/appliance/networking/interfaces/{interface}/ipv4', run: call => named(call).ipv4 },
  { method: 'GET', path: '/appliance/networking/interfaces/{interface}/ipv6', run: call => named(call).ipv6 },
  { method: 'GET', path: '/appliance/networking/dns/hostname', run: call => dns(call).hostname },
  {
    method: 'GET', path: '/appliance/networking/dns/servers',
    run: call => ({ mode: 'is_static', servers: dns(call).servers }),
  },
  { method: 'GET', path: '/appliance/networking/dns/domains', run: ({ node }) => [node.hostName.split('.').slice(1).join('.')] },
  { method: 'GET', path: '/appliance/networking/proxy', run: proxies },
  { method: 'GET', path: '/appliance/networking/noproxy', run: () => ['localhost', '127.0.0.1'] },
]
