import { datastoreBrowserOf } from '../inventory/compute-hosts.js'
import { removeChild } from '../physics/management/tree.js'
import type { ComputeResourceProps, ResourcePoolProps } from '../schema/generated/types.js'
import { postEvent } from '../services/events.js'
import type { TaskRun } from '../services/tasks.js'
import type { Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import { reconfigureCompute, startReconfigureCompute } from './cluster-compute-resource/reconfigure.js'
import { defineManagedObject, type Definition } from './define.js'
import { taskEntity } from './truth.js'

/** Stand-alone hosts' compute resources; clusters inherit what they do not do themselves. */
export const computeResource: Definition = defineManagedObject('ComputeResource', {
  methods: { ReconfigureComputeResource_Task: startReconfigureCompute },
  jobs: { 'compute.reconfigure': reconfigureCompute },
})

/** Destroy_Task of a cluster, or of what a host left; its hosts are gone already. */
export function destroyCompute(run: TaskRun): void {
  const slot = taskEntity(run)
  postEvent(run.tx, run.node, {
    type: 'ClusterDestroyedEvent', computeResource: slot, userName: run.userName, chainId: run.chainId,
  })
  removeCompute(run.tx, slot)
}

/** Removes a compute resource with its pools and its browsers. */
export function removeCompute(tx: Transaction, slot: Slot): void {
  const { node } = slot.address
  const { props } = tx.read<ComputeResourceProps>(slot)!
  if (props.resourcePool !== undefined) removePools(tx, node, props.resourcePool.value)
  const browser = datastoreBrowserOf(tx, slot)
  if (browser !== undefined) tx.remove(browser)
  if (props.environmentBrowser !== undefined) tx.remove({ node, id: props.environmentBrowser.value })
  const parent = props.parent === undefined ? undefined : tx.find(node, props.parent.value)
  if (parent !== undefined) removeChild(tx, parent, slot)
  tx.remove(slot)
}

function removePools(tx: Transaction, node: string, pool: string): void {
  const record = tx.get<ResourcePoolProps>(node, pool)
  for (const child of record?.props.resourcePool ?? []) removePools(tx, node, child.value)
  tx.remove({ node, id: pool })
}
