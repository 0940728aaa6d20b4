import { isHostFolder } from '../../inventory/attach-host.js'
import { addChild, removeChild } from '../../physics/management/tree.js'
import type { FolderProps } from '../../schema/generated/types.js'
import type { MoRef, Schema } from '../../schema/model.js'
import { requirePrivilege } from '../../services/authorization/check.js'
import type { Call } from '../../services/call.js'
import { refOf } from '../../services/refs.js'
import { above } from '../../services/events/arguments.js'
import { fault, notEmulated } from '../../services/method-fault.js'
import { startTask, type TaskRun } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import type { Reader, Slot } from '../../world/records.js'
import { requireFreeName } from '../entity-names.js'
import { moveHostIntoFolder } from '../host-system/move.js'
import { slotOf, taskEntity } from '../truth.js'

/** Privilege to move an entity, on it and on the folder that takes it (network-security.md 11.5). */
const privileges: Readonly<Record<string, string>> = {
  Folder: 'Folder.Move', StoragePod: 'Folder.Move', VirtualMachine: 'VirtualMachine.Inventory.Move',
  Datacenter: 'Datacenter.Move', ClusterComputeResource: 'Host.Inventory.MoveCluster',
  ComputeResource: 'Host.Inventory.MoveHost', HostSystem: 'Host.Inventory.MoveHost',
  Datastore: 'Datastore.Move', Network: 'Network.Move',
  OpaqueNetwork: 'Network.Move', DistributedVirtualPortgroup: 'Network.Move', VirtualApp: 'VApp.Move',
  VmwareDistributedVirtualSwitch: 'DVSwitch.Move', DistributedVirtualSwitch: 'DVSwitch.Move',
}

/** MoveIntoFolder_Task. */
export function startMove(call: Call, { list }: { list: MoRef[] }): MoRef {
  // An empty list moves nothing, but it is a task all the same.
  if (list.length === 0) requirePrivilege(call, call.self, 'Folder.Move')
  for (const ref of list) {
    const privilege = privileges[ref.type] ?? 'Folder.Move'
    requirePrivilege(call, slotOf(call, ref), privilege)
    requirePrivilege(call, call.self, privilege)
  }
  return startTask(call, {
    descriptionId: 'Folder.moveInto', entity: call.self, job: 'folder.move', payload: { list },
    durationMs: taskDurationMs.move,
  })
}

/**
 * Work of MoveIntoFolder_Task, all or nothing.
 * @throws NotSupported for a type that the folder does not hold, InvalidFolder for a folder into
 * itself or another datacenter, DuplicateName.
 */
export function moveIntoFolder(run: TaskRun, { list }: { list: MoRef[] }): void {
  const target = taskEntity(run)
  for (const ref of list) moveOne(run, target, slotOf(run, ref))
}

function moveOne(run: TaskRun, target: Slot, entity: Slot): void {
  const { tx, services: { schema } } = run
  const { type } = entity.address
  if (type === 'HostSystem') {
    if (!isHostFolder(tx, target)) throw fault('NotSupported')
    moveHostIntoFolder(run, target, entity)
    return
  }
  if (!holds(tx, schema, target, entity)) throw fault('NotSupported')
  const from = parentOf(tx, entity)
  if (from === undefined) throw fault('NotSupported')
  if (from === target) return
  if (from.address.type === 'StoragePod' || target.address.type === 'StoragePod') {
    throw notEmulated('list (a datastore into or out of a storage pod)')
  }
  if (from.address.type !== 'Folder') throw fault('NotSupported')
  if (inside(tx, target, entity)) throw fault('InvalidFolder', { target: refOf(target) })
  if (above(tx, target, 'Datacenter') !== above(tx, from, 'Datacenter')) {
    throw fault('InvalidFolder', { target: refOf(target) })
  }
  requireFreeName(tx, target, tx.read<{ name: string }>(entity)!.props.name)
  removeChild(tx, from, entity)
  addChild(tx, target, entity)
}

function holds(reader: Reader, schema: Schema, folder: Slot, entity: Slot): boolean {
  const types = reader.read<FolderProps>(folder)!.props.childType ?? []
  if (!types.some(type => schema.isA(entity.address.type, type))) return false
  if (entity.address.type !== 'Folder') return true
  const own = reader.read<FolderProps>(entity)!.props.childType ?? []
  return own.length === types.length && own.every(type => types.includes(type))
}

/** True if a folder is an entity or below it. */
function inside(reader: Reader, folder: Slot, entity: Slot): boolean {
  for (let at: Slot | undefined = folder; at !== undefined; at = parentOf(reader, at)) {
    if (at === entity) return true
  }
  return false
}

function parentOf(reader: Reader, slot: Slot): Slot | undefined {
  const { parent } = reader.read<{ parent?: MoRef }>(slot)!.props
  return parent === undefined ? undefined : reader.find(slot.address.node, parent.value)
}
