import { vmRecord } from '../../physics/compute/vm.js'
import { removeChild } from '../../physics/management/tree.js'
import type { FolderProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { fault, notEmulated } from '../../services/method-fault.js'
import { startTask, type TaskRun } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import type { Slot } from '../../world/records.js'
import { removeCompute } from '../compute-resource.js'
import { removeDatacenter } from '../datacenter.js'
import { removeHosts } from '../host-system/remove.js'
import { actorOf, slotOf, taskEntity, truthOf } from '../truth.js'
import { removeVm, requireOff } from '../virtual-machine/lifecycle.js'

/** UnregisterAndDestroy_Task: VMs leave the inventory, their files stay, the folder goes. */
export function startUnregisterAndDestroy(call: Call): MoRef {
  requireOwn(call.tx.read<FolderProps>(call.self)!.props)
  return startTask(call, {
    descriptionId: 'Folder.unregisterAndDestroy', entity: call.self, job: 'folder.unregisterAndDestroy',
    payload: {}, durationMs: taskDurationMs.destroyEntity,
  })
}

/** Work of UnregisterAndDestroy_Task. */
export function unregisterAndDestroy(run: TaskRun): void {
  removeFolder(run, taskEntity(run), false)
}

/** Destroy_Task of a folder: with all that is in it; a VM that runs fails the task. */
export function destroyFolder(run: TaskRun): void {
  const slot = taskEntity(run)
  requireOwn(run.tx.read<FolderProps>(slot)!.props)
  removeFolder(run, slot, true)
}

/** The root folder and the four of each datacenter stay. */
function requireOwn({ parent }: FolderProps): void {
  if (parent === undefined || parent.type === 'Datacenter') throw fault('NotSupported')
}

function removeFolder(run: TaskRun, folder: Slot, withFiles: boolean): void {
  const { tx } = run
  const { props } = tx.read<FolderProps>(folder)!
  for (const child of props.childEntity ?? []) removeEntity(run, slotOf(run, child), withFiles)
  const parent = props.parent === undefined ? undefined : tx.find(folder.address.node, props.parent.value)
  if (parent !== undefined) removeChild(tx, parent, folder)
  tx.remove(folder)
}

function removeEntity(run: TaskRun, entity: Slot, withFiles: boolean): void {
  const { tx } = run
  switch (entity.address.type) {
    case 'Folder': removeFolder(run, entity, withFiles)
      return
    case 'VirtualMachine': {
      const truth = truthOf(tx, entity)
      requireOff(vmRecord(tx, truth).props)
      removeVm(tx, truth, actorOf(run), withFiles)
      return
    }
    case 'Datacenter': removeDatacenter(tx, entity)
      return
    case 'ClusterComputeResource':
    case 'ComputeResource':
      removeHosts(run, entity)
      removeCompute(tx, entity)
      return
    default: throw notEmulated(`Destroy_Task of a folder with a ${entity.address.type}`)
  }
}
