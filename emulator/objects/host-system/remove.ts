import { setComputeHosts } from '../../inventory/compute-hosts.js'
import { detachHost } from '../../inventory/detach-host.js'
import { answers, releaseHost } from '../../physics/management/connection.js'
import { mirrorsOn } from '../../physics/management/mirror.js'
import { hostNodeOf } from '../../physics/management/truth.js'
import type { ComputeResourceProps, HostSystemProps } from '../../schema/generated/types.js'
import { VCENTER_USER, findAccount } from '../../services/accounts.js'
import { above } from '../../services/events/arguments.js'
import { postEvent } from '../../services/events.js'
import { fault } from '../../services/method-fault.js'
import type { TaskRun } from '../../services/tasks.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { removeCompute } from '../compute-resource.js'
import { slotOf, taskEntity } from '../truth.js'

/**
 * Destroy_Task of a host: it leaves vCenter's inventory with its VMs, which run on. A host of a
 * cluster must be in maintenance mode or not connected; with a stand-alone host its compute resource
 * goes.
 * @throws InvalidState
 */
export function destroyHost(run: TaskRun): void {
  const slot = taskEntity(run)
  const compute = slotOf(run, run.tx.read<HostSystemProps>(slot)!.props.parent!)
  if (compute.address.type === 'ClusterComputeResource') requireRemovable(run.tx, slot)
  removeHost(run, slot, compute)
  if (compute.address.type !== 'ClusterComputeResource') removeCompute(run.tx, compute)
}

/** Takes the hosts of a compute resource out of the inventory before it goes itself. */
export function removeHosts(run: TaskRun, compute: Slot): void {
  const hosts = (run.tx.read<ComputeResourceProps>(compute)!.props.host ?? []).map(ref => slotOf(run, ref))
  if (compute.address.type === 'ClusterComputeResource') for (const host of hosts) requireRemovable(run.tx, host)
  for (const host of hosts) removeHost(run, host, compute)
}

function requireRemovable(tx: Transaction, slot: Slot): void {
  const { connectionState, inMaintenanceMode } = tx.read<HostSystemProps>(slot)!.props.runtime
  if (connectionState === 'connected' && !inMaintenanceMode) throw fault('InvalidState')
}

function removeHost(run: TaskRun, slot: Slot, compute: Slot): void {
  const { tx, node } = run
  const host = hostNodeOf(tx, slot)
  const by = { userName: run.userName, chainId: run.chainId }
  for (const vm of mirrorsOn(tx, node.name, host)) postEvent(tx, node, { type: 'VmRemovedEvent', vm, ...by })
  postEvent(tx, node, { type: 'HostRemovedEvent', host: slot, ...by })
  const reachable = answers(tx, node.name, host)
  const datacenter = above(tx, slot, 'Datacenter')
  const left = (tx.read<ComputeResourceProps>(compute)!.props.host ?? []).filter(ref => ref.value !== slot.address.id)
  detachHost(tx, slot, host, datacenter)
  setComputeHosts(tx, compute, left)
  releaseHost(tx, host)
  if (reachable) cleanUp(tx, host)
}

/** A host that hears of it forgets its vCenter; one that does not still believes that it has one. */
function cleanUp(tx: Transaction, host: string): void {
  const account = findAccount(tx, host, VCENTER_USER, false)
  if (account !== undefined) tx.remove(account)
  tx.update<HostSystemProps>({ node: host, id: 'ha-host' }, ({ props }) => { delete props.summary.managementServerIp })
}
