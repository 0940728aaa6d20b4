import { shapeOf } from '../../physics/compute/admission.js'
import { refuse } from '../../physics/compute/power.js'
import { vmRecord } from '../../physics/compute/vm.js'
import { admissionControlled, failoverHosts, failoverState, type Demand } from '../../physics/ha/admission.js'
import { demandOf, sharesOf } from '../../physics/ha/capacity.js'
import { clusterConfig, clusterOfHost } from '../../physics/ha/config.js'
import type { ClusterConfigInfoEx, HostSystemProps } from '../../schema/generated/types.js'
import { fault, type MethodFault } from '../../services/method-fault.js'
import type { NodeInfo } from '../../services/nodes.js'
import type { Reader, Slot } from '../../world/records.js'

/**
 * vCenter's admission control in the tasks that it guards (availability.md 1.10). HA restarts start
 * VMs on hosts directly and are never judged here; neither is what a host is asked itself.
 */

interface Work {
  readonly tx: Reader
  readonly node: NodeInfo
}

/**
 * Before a power-on through vCenter.
 * @throws InsufficientFailoverResourcesFault, DisallowedOperationOnFailoverHost
 */
export function admitPowerOn(work: Work, vm: Slot): void {
  if (work.node.kind !== 'vcenter') return
  const { props } = vmRecord(work.tx, vm)
  const host = props.runtime.host
  if (host === undefined || refuse('powerOn', props) !== undefined) return
  const refusal = refusalOnHost(work, host.value, demandOf(shapeOf(props)))
  if (refusal !== undefined) throw refusal
}

/**
 * Why a running VM may not come to a host, or be started there; `from` is the cluster that it runs
 * in already, whose capacity it does not take anew.
 */
export function refusalOnHost({ tx, node }: Work, host: string, demand: Demand, from?: Slot): MethodFault | undefined {
  const cluster = clusterOfHost(tx, node.name, host)
  if (cluster === undefined) return undefined
  const config = clusterConfig(tx, cluster)
  if (!admissionControlled(config)) return undefined
  if (failoverHosts(config).includes(host)) {
    const hostname = tx.get<HostSystemProps>(node.name, host)?.props.name ?? ''
    return fault('DisallowedOperationOnFailoverHost', { host: { type: 'HostSystem', value: host }, hostname },
      `The operation is not allowed on the vSphere HA failover host ${hostname}.`)
  }
  return cluster === from ? undefined : lackOfCapacity(tx, cluster, config, demand)
}

/**
 * After a running VM's reservation was raised, with the new one counted already.
 * @throws InsufficientFailoverResourcesFault
 */
export function admitReservation({ tx, node }: Work, vm: Slot, before: Demand): void {
  if (node.kind !== 'vcenter') return
  const { props } = vmRecord(tx, vm)
  const now = demandOf(shapeOf(props))
  if (props.runtime.powerState !== 'poweredOn' || (now.mhz <= before.mhz && now.mb <= before.mb)) return
  const cluster = props.runtime.host === undefined
    ? undefined : clusterOfHost(tx, node.name, props.runtime.host.value)
  if (cluster === undefined) return
  const config = clusterConfig(tx, cluster)
  if (!admissionControlled(config)) return
  const refusal = lackOfCapacity(tx, cluster, config, undefined)
  if (refusal !== undefined) throw refusal
}

/** InsufficientFailoverResourcesFault when the policy would not hold, with one more VM if given. */
function lackOfCapacity(
  tx: Reader, cluster: Slot, config: ClusterConfigInfoEx, extra: Demand | undefined,
): MethodFault | undefined {
  const state = failoverState(config, sharesOf(tx, cluster), extra)
  // Dedicated hosts: their state is shown, but it does not stop the others (availability.md 1.10).
  if (state.sufficient || state.info._typeName === 'ClusterFailoverHostAdmissionControlInfo') return undefined
  return fault('InsufficientFailoverResourcesFault', {},
    'Insufficient resources to satisfy configured failover level for vSphere HA.')
}
