import { shapeOf } from '../../physics/compute/admission.js'
import { refuse } from '../../physics/compute/power.js'
import { vmRecord } from '../../physics/compute/vm.js'
import { admissionControlled, failoverHosts, failoverState, type Demand } from '../../physics/ha/admission.js'
import { demandOf, sharesOf } from '../../physics/ha/capacity.js'
import { clusterConfig, clusterOfHost } from '../../physics/ha/config.js'
import type { HostSystemProps } from '../../schema/generated/types.js'
import { fault } from '../../services/method-fault.js'
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
  admitOnHost(work, host.value, demandOf(shapeOf(props)))
}

/**
 * Before a running VM comes to a host from outside the host's cluster, or is started there.
 * @throws InsufficientFailoverResourcesFault, DisallowedOperationOnFailoverHost
 */
export function admitOnHost({ tx, node }: Work, host: string, demand: Demand): void {
  const cluster = clusterOfHost(tx, node.name, host)
  if (cluster === undefined || !admissionControlled(clusterConfig(tx, cluster))) return
  requireNoFailoverHost(tx, cluster, host)
  requireFailoverCapacity(tx, cluster, demand)
}

/**
 * Before a running VM moves to a host, in its own cluster as well as from outside.
 * @throws DisallowedOperationOnFailoverHost
 */
export function requireNoFailoverHost(tx: Reader, cluster: Slot, host: string): void {
  const config = clusterConfig(tx, cluster)
  if (!admissionControlled(config) || !failoverHosts(config).includes(host)) return
  const hostname = tx.get<HostSystemProps>(cluster.address.node, host)?.props.name ?? ''
  throw fault('DisallowedOperationOnFailoverHost', { host: { type: 'HostSystem', value: host }, hostname },
    `The operation is not allowed on the vSphere HA failover host ${hostname}.`)
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
  if (cluster !== undefined && admissionControlled(clusterConfig(tx, cluster))) requireFailoverCapacity(tx, cluster)
}

/** @throws InsufficientFailoverResourcesFault when the policy would not hold with one more VM. */
export function requireFailoverCapacity(tx: Reader, cluster: Slot, extra?: Demand): void {
  const config = clusterConfig(tx, cluster)
  const state = failoverState(config, sharesOf(tx, cluster), extra)
  // Dedicated hosts: their state is shown, but it does not stop the others (availability.md 1.10).
  if (state.sufficient || state.info._typeName === 'ClusterFailoverHostAdmissionControlInfo') return
  throw fault('InsufficientFailoverResourcesFault', {},
    'Insufficient resources to satisfy configured failover level for vSphere HA.')
}
