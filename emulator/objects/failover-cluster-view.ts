import {
  nodeKeys, roleOf, type NodeAddress, type NodeFacts, type NodeKey, type VchaInner,
} from '../physics/vcha/state.js'
import type {
  CustomizationIPSettings, FailoverNodeInfo, LocalizableMessage, VchaClusterConfigInfo, VchaClusterHealth,
} from '../schema/generated/types.js'

const HEALTH = 'com.vmware.vcha.health.'

/** What FailoverClusterManager says of a cluster: its nodes by role, and what is not as it should be. */
export function healthOf(vcha: VchaInner): VchaClusterHealth {
  const order = { active: 0, passive: 1, witness: 2 }
  const nodes = nodeKeys(vcha).sort((a, b) => order[roleOf(vcha, a)] - order[roleOf(vcha, b)])
  return {
    runtimeInfo: {
      clusterState: vcha.cluster,
      nodeInfo: nodes.map(key => ({
        nodeState: vcha.nodes[key].joined ? 'up' : 'down', nodeRole: roleOf(vcha, key),
        nodeIp: vcha.nodes[key].address.ip,
      })),
      clusterMode: vcha.mode,
    },
    healthMessages: healthMessages(vcha),
    additionalInformation: additional(vcha),
  } as VchaClusterHealth
}

/** The texts and keys are our own: the product's are not published. */
function healthMessages(vcha: VchaInner): LocalizableMessage[] {
  const missing = nodeKeys(vcha).filter(key => !vcha.nodes[key].joined)
  const links = (Object.keys(vcha.links) as (keyof VchaInner['links'])[])
    .filter(link => !vcha.links[link] && link.split('-').every(key => vcha.nodes[key as NodeKey].joined))
  return [
    ...missing.map(key => message(`node.${roleOf(vcha, key)}.down`,
      `The ${roleOf(vcha, key)} node ${vcha.nodes[key].address.ip} is not reachable`, { nodeIp: vcha.nodes[key].address.ip })),
    ...vcha.witness ? links.map(link => {
      const [a, b] = link.split('-') as [NodeKey, NodeKey]
      return message('link.down', `${roleOf(vcha, a)} and ${roleOf(vcha, b)} do not reach each other`)
    }) : [],
    ...vcha.mode !== 'disabled' && vcha.kind === 'replicated' && vcha.database === 'noReplication'
      ? [message('db.noReplication', 'The database is not replicated')] : [],
    ...vcha.mode === 'enabled' && vcha.cluster !== 'healthy'
      ? [message('failover.unprotected', 'No automatic failover is possible now')] : [],
  ]
}

function additional(vcha: VchaInner): LocalizableMessage[] {
  if (vcha.kind === 'sharedDisk') return [message('disk.shared', 'Both nodes use one disk (a teaching mode)')]
  const words = { sync: 'synchronous', async: 'asynchronous', noReplication: 'stopped' }
  const files = (provider: 'serviceConfig' | 'serviceState', what: string): LocalizableMessage => {
    const inSync = vcha.files[provider]
    return message(`files.${provider}.${inSync ? 'inSync' : 'outOfSync'}`, `${what} is ${inSync ? '' : 'not '}in sync`)
  }
  return [
    message(`db.${vcha.database}`, `Replication of the database is ${words[vcha.database]}`),
    files('serviceConfig', 'Configuration of the appliance'), files('serviceState', 'State of the appliance'),
  ]
}

function message(key: string, text: string, args: Readonly<Record<string, string>> = {}): LocalizableMessage {
  const arg = Object.entries(args).map(([name, value]) => ({ key: name, value }))
  return { key: `${HEALTH}${key}`, ...arg.length === 0 ? {} : { arg }, message: text }
}

/**
 * VchaClusterConfigInfo of a cluster; undefined: there is none. Where the second node has a public
 * address of its own, the first one's is that of the vCenter, `own`.
 */
export function configOf(vcha: VchaInner | undefined, own: string): VchaClusterConfigInfo {
  if (vcha === undefined) return { state: 'notConfigured' }
  const { '1': first, '2': second, w } = vcha.nodes
  return {
    failoverNodeInfo1: failoverNode(second.failover === undefined ? first : { failover: { ip: own }, ...first }),
    failoverNodeInfo2: failoverNode(second),
    ...vcha.witness ? {
      witnessNodeInfo: { ipSettings: settingsOf(w.address), ...w.biosUuid === undefined ? {} : { biosUuid: w.biosUuid } },
    } : {},
    state: vcha.state,
  }
}

function failoverNode({ address, failover, biosUuid }: NodeFacts): FailoverNodeInfo {
  return {
    clusterIpSettings: settingsOf(address),
    ...failover === undefined ? {} : { failoverIp: settingsOf(failover) },
    ...biosUuid === undefined ? {} : { biosUuid },
  }
}

function settingsOf({ ip, mask, prefix, gateway }: NodeAddress): CustomizationIPSettings {
  const more = gateway === undefined ? {} : { gateway: [...gateway] }
  if (prefix === undefined) {
    return {
      ip: { _typeName: 'CustomizationFixedIp', ipAddress: ip }, ...mask === undefined ? {} : { subnetMask: mask }, ...more,
    } as unknown as CustomizationIPSettings
  }
  return {
    ip: { _typeName: 'CustomizationUnknownIpGenerator' },
    ipV6Spec: { ip: [{ _typeName: 'CustomizationFixedIpV6', ipAddress: ip, subnetMask: prefix }], ...more },
  } as unknown as CustomizationIPSettings
}
