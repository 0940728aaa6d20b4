import { configuredVcha, type NodeKey } from '../../physics/vcha/state.js'
import { failoverRefusal, failsOverByItself } from '../../objects/failover-cluster-rules.js'
import type {
  CustomizationIPSettings, FailoverNodeInfo, VchaClusterConfigInfo, VchaClusterHealth,
} from '../../schema/generated/types.js'
import type { VcenterCall } from './call.js'

/** What is known of each node beside its addresses: where its VM is; undefined: not asked for, or no VM. */
export type Placements = (node: NodeKey) => unknown

/**
 * `Cluster.Info` (vSphere Automation API reference, Vcenter Vcha Cluster Info): what the two SOAP objects
 * say of a cluster. What is not known yet is left out.
 */
export function clusterInfo(call: VcenterCall, placementOf: Placements): unknown {
  const config = call.soap('failoverClusterConfigurator', 'getVchaConfig') as VchaClusterConfigInfo
  const { failoverNodeInfo1: first, failoverNodeInfo2: second, witnessNodeInfo: witness } = config
  const health = config.state === 'configured'
    ? call.soap('failoverClusterManager', 'GetVchaClusterHealth') as VchaClusterHealth : undefined
  const runtime = (settings: CustomizationIPSettings, node: NodeKey): object =>
    runtimeOf(health, addressIn(settings), placementOf(node))
  return {
    config_state: config.state.toUpperCase(),
    ...first === undefined ? {} : { node1: { ...addresses(first), ...runtime(first.clusterIpSettings, '1') } },
    ...second === undefined ? {} : { node2: { ...addresses(second), ...runtime(second.clusterIpSettings, '2') } },
    ...witness === undefined ? {}
      : { witness: { ha_ip: ipInfo(witness.ipSettings), ...runtime(witness.ipSettings, 'w') } },
    ...health === undefined ? {} : healthOf(call, health),
  }
}

function addresses({ clusterIpSettings, failoverIp }: FailoverNodeInfo): object {
  return {
    ...failoverIp === undefined ? {} : { failover_ip: ipInfo(failoverIp) },
    ha_ip: ipInfo(clusterIpSettings),
  }
}

function runtimeOf(health: VchaClusterHealth | undefined, address: string, placement: unknown): object {
  const node = health?.runtimeInfo.nodeInfo?.find(({ nodeIp }) => nodeIp === address)
  if (node === undefined) return {}
  return {
    runtime: {
      state: node.nodeState.toUpperCase(), role: node.nodeRole.toUpperCase(),
      ...placement === undefined ? {} : { placement },
    },
  }
}

function healthOf({ world, node }: VcenterCall, { runtimeInfo, healthMessages = [] }: VchaClusterHealth): object {
  const vcha = configuredVcha(world, node.name)!
  return {
    mode: runtimeInfo.clusterMode.toUpperCase(),
    health_state: runtimeInfo.clusterState.toUpperCase(),
    ...healthMessages.length === 0 ? {} : {
      health_warnings: healthMessages.map(({ key, message = '', arg = [] }) => ({
        error: { id: key, default_message: message, args: arg.map(({ value }) => String(value)) },
      })),
    },
    manual_failover_allowed: failoverRefusal(vcha) === undefined,
    auto_failover_allowed: failsOverByItself(vcha),
  }
}

/** What `Cluster.IpInfo` and `IpSpec` have in common; they call the gateway differently. */
function ipFields(settings: CustomizationIPSettings): Readonly<Record<string, unknown>> {
  const { subnetMask = '', ipV6Spec } = settings
  const address = addressIn(settings)
  const six = ipV6Spec?.ip[0] as { subnetMask?: number } | undefined
  const gateway = (settings.gateway ?? ipV6Spec?.gateway)?.[0]
  if (six !== undefined) return { ip_family: 'IPV6', ipv6: { address, prefix: six.subnetMask }, gateway }
  const prefix = prefixOf(subnetMask)
  return {
    ip_family: 'IPV4', gateway,
    ipv4: { address, subnet_mask: subnetMask, ...prefix === undefined ? {} : { prefix } },
  }
}

/** Address settings as `IpSpec`. */
export function ipSpec(settings: CustomizationIPSettings): object {
  const { gateway, ...fields } = ipFields(settings)
  return { ...fields, ...gateway === undefined ? {} : { default_gateway: gateway } }
}

function ipInfo(settings: CustomizationIPSettings): object {
  const { gateway, ...fields } = ipFields(settings)
  return { ...fields, ...gateway === undefined ? {} : { gateway_ip: gateway } }
}

function addressIn({ ip, ipV6Spec }: CustomizationIPSettings): string {
  const fixed = (ipV6Spec?.ip[0] ?? ip) as { ipAddress?: string }
  return fixed.ipAddress ?? ''
}

function prefixOf(mask: string): number | undefined {
  if (mask === '') return undefined
  return mask.split('.').reduce((bits, part) => bits + Number(part).toString(2).replaceAll('0', '').length, 0)
}
