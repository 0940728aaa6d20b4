import { createCompute, setComputeHosts } from '../../inventory/compute-hosts.js'
import { hardwareVersionOf } from '../../inventory/products.js'
import { vmRecord, type VmProps } from '../../physics/compute/vm.js'
import { mirrorsOn } from '../../physics/management/mirror.js'
import { setPool } from '../../physics/management/tree.js'
import { hostNodeOf } from '../../physics/management/truth.js'
import type { ComputeResourceProps, HostSystemProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { above } from '../../services/events/arguments.js'
import { fault, invalidArgument } from '../../services/method-fault.js'
import { refOf } from '../../services/refs.js'
import { startTask, type TaskRun } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import type { Slot } from '../../world/records.js'
import { removeCompute } from '../compute-resource.js'
import { slotOf, taskEntity } from '../truth.js'

interface MovePayload {
  readonly hosts: readonly MoRef[]
  readonly pool?: MoRef
}

/** MoveInto_Task of a cluster. */
export function startMoveInto(call: Call, { host }: { host: MoRef[] }): MoRef {
  return begin(call, 'ClusterComputeResource.moveInto', { hosts: host })
}

/** MoveHostInto_Task of a cluster: the VMs of the host go to a pool. */
export function startMoveHostInto(call: Call, { host, resourcePool }: { host: MoRef, resourcePool?: MoRef }): MoRef {
  if (resourcePool !== undefined) {
    const { owner } = call.tx.read<{ owner: MoRef }>(slotOf(call, resourcePool))!.props
    if (owner.value !== call.self.address.id) throw invalidArgument('resourcePool')
  }
  return begin(call, 'ClusterComputeResource.moveHostInto', {
    hosts: [host], ...(resourcePool === undefined ? {} : { pool: resourcePool }),
  })
}

export const clusterMoveJobs = { 'cluster.moveInto': moveInto }

function begin(call: Call, descriptionId: string, payload: MovePayload): MoRef {
  return startTask(call, {
    descriptionId, entity: call.self, job: 'cluster.moveInto', payload, durationMs: taskDurationMs.move,
  })
}

function moveInto(run: TaskRun, { hosts, pool }: MovePayload): void {
  const cluster = taskEntity(run)
  for (const ref of hosts) {
    const host = slotOf(run, ref)
    if (above(run.tx, host, 'Datacenter') !== above(run.tx, cluster, 'Datacenter')) throw invalidArgument('host')
    if (parentOf(run, host) === cluster) continue
    moveHost(run, host, cluster, pool)
  }
}

/**
 * A host leaves its cluster and stands alone in a folder of hosts (MoveIntoFolder_Task).
 * @throws InvalidState unless it is in maintenance mode; NotSupported for one that stands alone.
 */
export function moveHostIntoFolder(run: TaskRun, folder: Slot, host: Slot): void {
  if (parentOf(run, host).address.type !== 'ClusterComputeResource') throw fault('NotSupported')
  const { name } = run.tx.read<HostSystemProps>(host)!.props
  const compute = createCompute(
    run.tx, folder, name, hardwareVersionOf(run.node.product), hostNodeOf(run.tx, host))
  moveHost(run, host, compute, undefined)
}

/** Moves a host with its VMs; one of a cluster must be in maintenance mode (API reference, MoveInto). */
function moveHost(run: TaskRun, host: Slot, to: Slot, pool: MoRef | undefined): void {
  const { tx, node } = run
  const from = parentOf(run, host)
  const { inMaintenanceMode } = tx.read<HostSystemProps>(host)!.props.runtime
  if (from.address.type === 'ClusterComputeResource' && !inMaintenanceMode) throw fault('InvalidState')
  const vms = mirrorsOn(tx, node.name, hostNodeOf(tx, host))
  const hostsOf = (compute: Slot): MoRef[] => tx.read<ComputeResourceProps>(compute)!.props.host ?? []
  setComputeHosts(tx, from, hostsOf(from).filter(ref => ref.value !== host.address.id))
  tx.update<HostSystemProps>(host, ({ props }) => { props.parent = refOf(to) })
  setComputeHosts(tx, to, [...hostsOf(to), refOf(host)])
  const { resourcePool, environmentBrowser } = tx.read<ComputeResourceProps>(to)!.props
  for (const vm of vms) {
    if (vmRecord(tx, vm).props.config?.template !== true) setPool(tx, vm, pool ?? resourcePool)
    if (environmentBrowser === undefined) continue
    tx.update<VmProps>(vm, ({ props }) => { props.environmentBrowser = { ...environmentBrowser } })
  }
  if (from.address.type !== 'ClusterComputeResource') removeCompute(tx, from)
}

function parentOf(run: TaskRun, host: Slot): Slot {
  return slotOf(run, run.tx.read<HostSystemProps>(host)!.props.parent!)
}
