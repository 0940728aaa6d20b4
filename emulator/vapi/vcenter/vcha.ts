import type { MoRef } from '../../schema/model.js'
import { bodyOf, field, wrongInput } from '../operation.js'
import { requireOnRoot, type VcenterCall, type VcenterOperation } from './call.js'
import { cisTaskId } from './task-ids.js'
import { clusterInfo } from './vcha-info.js'

const SERVICE = 'com.vmware.vcenter.vcha.cluster'
const PATH = '/vcenter/vcha/cluster'

const modes: readonly string[] = ['ENABLED', 'DISABLED', 'MAINTENANCE']

/** Without `partial` it may ask the vCenter that manages the VMs, for which more is needed (API reference). */
function get(call: VcenterCall): unknown {
  const { partial = false } = call.body === undefined ? {} : bodyOf(call)
  if (typeof partial !== 'boolean') throw wrongInput('partial', 'a boolean')
  if (!partial) requireOnRoot(call, 'Global.VCServer')
  return clusterInfo(call, () => undefined)
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

function started({ node }: VcenterCall, service: string, task: unknown): string {
  return cisTaskId(node, task as MoRef, service)
}

/** `com.vmware.vcenter.vcha`: vCenter HA by REST (availability.md 2.2), through the methods that SOAP has. */
export const vchaOperations: readonly VcenterOperation[] = [
  { method: 'POST', path: PATH, action: 'get', run: get },
  { method: 'POST', path: PATH, action: 'failover', task: true, run: failover },
  { method: 'GET', path: `${PATH}/mode`, run: getMode },
  { method: 'PUT', path: `${PATH}/mode`, task: true, run: setMode },
]
