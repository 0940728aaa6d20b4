import { otherOf, vchaOf, type NodeKey } from '../../physics/vcha/state.js'
import type { FailoverNodeInfo, VchaClusterConfigInfo, WitnessNodeInfo } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { fault } from '../../services/method-fault.js'
import { refOf } from '../../services/refs.js'
import { bodyOf, field, wrongInput } from '../operation.js'
import { VapiFault } from '../vapi-error.js'
import { requireOnRoot, type VcenterCall, type VcenterOperation } from './call.js'
import { cisTaskId } from './task-ids.js'
import { checkPlacement } from './vcha-check.js'
import { clusterInfo, ipSpec } from './vcha-info.js'
import { vchaActivity } from './vcha-activity.js'
import { placementInfo, recordOfNode } from './vcha-placement.js'
import { activeNetwork, ipSettings, managementOf, optionalPart, part, placementOf, requireManagement, specOf } from './vcha-spec.js'

const SERVICE = 'com.vmware.vcenter.vcha.cluster'
const PATH = '/vcenter/vcha/cluster'

const modes: readonly string[] = ['ENABLED', 'DISABLED', 'MAINTENANCE']

/**
 * The argument `partial`. Without it the vCenter that manages the VMs may be asked, for which the
 * caller needs more than to read (API reference).
 */
function isPartial(call: VcenterCall): boolean {
  const body = call.body === undefined ? {} : bodyOf(call)
  const partial = body['partial'] ?? false
  if (typeof partial !== 'boolean') throw wrongInput('partial', 'a boolean')
  if (partial) return true
  requireOnRoot(call, 'Global.VCServer')
  requireManagement(call, body)
  return false
}

/** Where nodes are is known of VMs that the product cloned itself (API reference, NodeRuntimeInfo). */
function get(call: VcenterCall): unknown {
  const partial = isPartial(call)
  const { world, node } = call
  const vcha = vchaOf(world, node.name)
  return clusterInfo(call, key => {
    const vm = partial || vcha?.manual === true ? undefined : recordOfNode(world, node, vcha, key)
    return vm === undefined ? undefined : placementInfo(world, node, vm)
  })
}

/** @throws VapiFault not_found when the active node is no VM of this vCenter (API reference) */
function getActive(call: VcenterCall): unknown {
  const partial = isPartial(call)
  const { world, node } = call
  const config = configOf(call)
  const vcha = vchaOf(world, node.name)
  const active = vcha?.active ?? '1'
  const settings = infoOf(config, active)?.clusterIpSettings
  const vm = partial ? undefined : recordOfNode(world, node, vcha, active)
  if (!partial && vm === undefined) throw fault('NotFound')
  return {
    management: { ip_family: 'IPV4', ipv4: { address: node.address } },
    ...settings === undefined ? {} : { ha: ipSpec(settings) },
    ...vm === undefined ? {} : { placement: placementInfo(world, node, vm) },
  }
}

function configOf(call: VcenterCall): VchaClusterConfigInfo {
  return call.soap('failoverClusterConfigurator', 'getVchaConfig') as VchaClusterConfigInfo
}

function infoOf(config: VchaClusterConfigInfo, key: '1' | '2'): FailoverNodeInfo | undefined {
  return key === '1' ? config.failoverNodeInfo1 : config.failoverNodeInfo2
}

function deploymentType(call: VcenterCall): unknown {
  const { state } = configOf(call)
  if (state === 'notConfigured') return { deployment_type: 'NONE' }
  return { deployment_type: vchaOf(call.world, call.node.name)!.manual === true ? 'MANUAL' : 'AUTO' }
}

/** With placements everything is cloned; without, the vCenter is prepared for clones that people make. */
function deploy(call: VcenterCall): string {
  const spec = specOf(call)
  const [passive, witness, active] = [part(spec, 'passive'), part(spec, 'witness'), part(spec, 'active')]
  const type = field({ ...call, body: spec }, 'deployment', 'string')
  const addresses = {
    passive: { ...ha(passive, 'passive'), ...failoverIp(passive, 'passive') }, witness: ha(witness, 'witness'),
  }
  ipSettings(part(active, 'ha_ip'), 'active.ha_ip')
  if (type === 'MANUAL') {
    const placed = [passive, witness].some(node => optionalPart(node, 'placement') !== undefined)
    if (placed) throw wrongInput('placement', 'left out for MANUAL')
    return started(call, SERVICE, call.soap('failoverClusterConfigurator', 'prepareVcha_Task', {
      networkSpec: { passiveNetworkSpec: addresses.passive, witnessNetworkSpec: addresses.witness },
    }))
  }
  if (type !== 'AUTO') throw wrongInput('deployment', 'AUTO or MANUAL')
  const network = activeNetwork(active)
  return started(call, SERVICE, call.soap('failoverClusterConfigurator', 'deployVcha_Task', {
    deploymentSpec: {
      passiveDeploymentSpec: { ...placementOf(part(passive, 'placement')), ...addresses.passive },
      witnessDeploymentSpec: { ...placementOf(part(witness, 'placement')), ...addresses.witness },
      activeVcSpec: sourceOf(call, spec), ...network === undefined ? {} : { activeVcNetworkConfig: network },
    },
  }))
}

function ha(node: Readonly<Record<string, unknown>>, name: string): object {
  return { ipSettings: ipSettings(part(node, 'ha_ip'), `${name}.ha_ip`) }
}

function failoverIp(node: Readonly<Record<string, unknown>>, name: string): object {
  const given = optionalPart(node, 'failover_ip')
  return given === undefined ? {} : { failoverIpSettings: ipSettings(given, `${name}.failover_ip`) }
}

/** SourceNodeSpec: the VM of the active node and the vCenter that manages it. */
function sourceOf(call: VcenterCall, spec: Readonly<Record<string, unknown>>): object {
  const { world, node } = call
  const vcha = vchaOf(world, node.name)
  const vm = recordOfNode(world, node, vcha, vcha?.active ?? '1')
  if (vm === undefined) throw fault('NotFound')
  return { managementVc: managementOf(call, spec), activeVc: refOf(vm) }
}

/** @throws VapiFault unsupported for the deletion of the clones */
function undeploy(call: VcenterCall): string {
  const spec = call.body === undefined ? {} : specOf(call)
  managementOf(call, spec)
  if ((spec['force_delete'] ?? false) !== false || optionalPart(spec, 'vms') !== undefined) {
    throw new VapiFault('unsupported', 'com.fauxsphere.vcha.force_delete',
      'fauxsphere does not delete the VMs of the nodes; leave out force_delete and vms.')
  }
  return started(call, SERVICE, call.soap('failoverClusterConfigurator', 'destroyVcha_Task'))
}

function failover(call: VcenterCall): string {
  const planned = field(call, 'planned', 'boolean')
  return started(call, SERVICE, call.soap('failoverClusterManager', 'initiateFailover_Task', { planned }))
}

/** @throws VapiFault not_allowed_in_current_state without a cluster (API reference) */
function getMode(call: VcenterCall): unknown {
  const mode = call.soap('failoverClusterManager', 'getClusterMode') as string
  return { mode: mode.toUpperCase() }
}

function setMode(call: VcenterCall): string {
  const mode = field(call, 'mode', 'string')
  if (!modes.includes(mode)) throw wrongInput('mode', `one of ${modes.join(', ')}`)
  return started(call, `${SERVICE}.mode`, call.soap('failoverClusterManager', 'setClusterMode_Task', { mode: mode.toLowerCase() }))
}

type Role = 'passive' | 'witness'

/** A node that is gone is made again, at its address if no other is given. */
function redeploy(role: Role): VcenterOperation['run'] {
  return call => {
    const spec = specOf(call)
    const given = optionalPart(spec, 'ha_ip')
    const settings = given === undefined ? settingsOf(call, role) : ipSettings(given, 'ha_ip')
    const deployment = {
      ...placementOf(part(spec, 'placement')), ipSettings: settings, ...role === 'passive' ? failoverIp(spec, role) : {},
    }
    const sourceVcSpec = sourceOf(call, spec)
    return started(call, `${SERVICE}.${role}`, role === 'passive'
      ? call.soap('failoverClusterConfigurator', 'createPassiveNode_Task', { passiveDeploymentSpec: deployment, sourceVcSpec })
      : call.soap('failoverClusterConfigurator', 'createWitnessNode_Task', { witnessDeploymentSpec: deployment, sourceVcSpec }))
  }
}

function settingsOf(call: VcenterCall, role: Role): unknown {
  const config = configOf(call)
  const vcha = vchaOf(call.world, call.node.name)
  if (vcha === undefined) throw fault('InvalidState')
  if (role === 'witness') return (config.witnessNodeInfo as WitnessNodeInfo).ipSettings
  return infoOf(config, otherOf(vcha.active))!.clusterIpSettings
}

function check(role: Role): VcenterOperation['run'] {
  return call => {
    const spec = specOf(call)
    requireOnRoot(call, 'Global.VCServer')
    requireManagement(call, spec)
    const vcha = vchaOf(call.world, call.node.name)
    if (vcha?.state !== 'configured') throw fault('InvalidState')
    const key: NodeKey = role === 'witness' ? 'w' : otherOf(vcha.active)
    if (vcha.nodes[key].joined) throw fault('InvalidState')
    return checkPlacement(call, vcha, key, placementOf(part(spec, 'placement')))
  }
}

function started({ node }: VcenterCall, service: string, task: unknown): string {
  return cisTaskId(node, task as MoRef, service)
}

/** `com.vmware.vcenter.vcha`: vCenter HA by REST (availability.md 2.2), through the methods that SOAP has. */
export const vchaOperations: readonly VcenterOperation[] = [
  { method: 'POST', path: PATH, action: 'get', run: get },
  { method: 'POST', path: PATH, action: 'deploy', task: true, run: deploy },
  { method: 'POST', path: PATH, action: 'undeploy', task: true, run: undeploy },
  { method: 'POST', path: PATH, action: 'failover', task: true, run: failover },
  { method: 'POST', path: `${PATH}/active`, action: 'get', run: getActive },
  { method: 'GET', path: `${PATH}/deployment-type`, run: deploymentType },
  { method: 'GET', path: `${PATH}/mode`, run: getMode },
  { method: 'PUT', path: `${PATH}/mode`, task: true, run: setMode },
  ...(['passive', 'witness'] as const).flatMap((role): VcenterOperation[] => [
    { method: 'POST', path: `${PATH}/${role}`, action: 'check', run: check(role) },
    { method: 'POST', path: `${PATH}/${role}`, action: 'redeploy', task: true, run: redeploy(role) },
  ]),
  { method: 'GET', path: '/vcenter/vcha/operations', run: vchaActivity },
]
