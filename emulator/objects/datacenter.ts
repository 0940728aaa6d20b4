import { datacenterProps, folderProps, type FolderKind } from '../inventory/folder.js'
import { vcenterId, type VcenterPrefix } from '../physics/management/ids.js'
import { hardwareVersionOf } from '../inventory/products.js'
import { addChild, removeChild } from '../physics/management/tree.js'
import type { DatacenterProps, FolderProps } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { eventArgument } from '../services/events/arguments.js'
import { postEvent } from '../services/events.js'
import { fault } from '../services/method-fault.js'
import type { NodeInfo } from '../services/nodes.js'
import type { TaskRun } from '../services/tasks.js'
import type { Call } from '../services/call.js'
import { refOf } from '../services/refs.js'
import type { Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import { change, defineManagedObject, partial, type Definition } from './define.js'
import { rename } from './entity-rename.js'
import { queryConnectionInfo, queryConnectionInfoViaSpec } from './host-system/connection-info.js'
import { powerOnMulti, startPowerOnMulti } from './power-on-multi.js'
import { taskEntity } from './truth.js'

export const datacenter: Definition = defineManagedObject('Datacenter', {
  methods: {
    PowerOnMultiVM_Task: partial(startPowerOnMulti, 'options, DRS recommendations'),
    QueryConnectionInfo: change(queryConnectionInfo),
    QueryConnectionInfoViaSpec: change(queryConnectionInfoViaSpec),
  },
  jobs: { 'datacenter.powerOnMulti': powerOnMulti },
})

/** The folders that each datacenter has, in order of their making. */
const kinds = [['vm', 'group-v'], ['host', 'group-h'], ['datastore', 'group-s'], ['network', 'group-n']] as const

/** Makes a datacenter with its four folders below a folder. */
export function createDatacenter(tx: Transaction, node: NodeInfo, parent: Slot, name: string): Slot {
  const id = vcenterId(tx, node.name, 'datacenter')
  const self: MoRef = { type: 'Datacenter', value: id }
  const folders = Object.fromEntries(kinds.map(([kind, prefix]) => [kind, newFolder(tx, node.name, kind, prefix, self)]))
  const refs = folders as Record<(typeof kinds)[number][0], MoRef>
  const props = datacenterProps(name, refOf(parent), refs, { datastore: [], network: [] }, hardwareVersionOf(node.product))
  const slot = tx.create<DatacenterProps, object>({ node: node.name, type: 'Datacenter', id }, { props, inner: {} })
  addChild(tx, parent, slot)
  return slot
}

function newFolder(
  tx: Transaction, node: string, kind: FolderKind, prefix: VcenterPrefix, parent: MoRef,
): MoRef {
  const id = vcenterId(tx, node, prefix)
  const props = folderProps(kind, kind, parent, [])
  tx.create<FolderProps, object>({ node, type: 'Folder', id }, { props, inner: {} })
  return { type: 'Folder', value: id }
}

/** Rename_Task of a datacenter. */
export function renameDatacenter(run: TaskRun, newName: string): void {
  const slot = taskEntity(run)
  const oldName = rename(run.tx, slot, newName)
  const { name } = run.tx.read<DatacenterProps>(slot)!.props
  postEvent(run.tx, run.node, {
    type: 'DatacenterRenamedEvent', datacenter: slot, userName: run.userName, chainId: run.chainId,
    fields: { oldName, newName: name },
  })
}

/**
 * Destroy_Task of a datacenter without hosts and VMs.
 * @throws ResourceInUse while there are any.
 */
export function destroyDatacenter(run: TaskRun): void {
  removeDatacenter(run.tx, taskEntity(run))
}

/** Removes a datacenter with its folders. */
export function removeDatacenter(tx: Transaction, slot: Slot): void {
  const { node } = slot.address
  const { props } = tx.read<DatacenterProps>(slot)!
  const folders = [props.vmFolder, props.hostFolder, props.datastoreFolder, props.networkFolder]
  for (const folder of folders) {
    const children = tx.get<FolderProps>(node, folder.value)?.props.childEntity ?? []
    if (children.length > 0) throw fault('ResourceInUse', { type: 'Datacenter', name: props.name })
  }
  for (const folder of folders) tx.remove({ node, id: folder.value })
  const parent = props.parent === undefined ? undefined : tx.find(node, props.parent.value)
  if (parent !== undefined) removeChild(tx, parent, slot)
  tx.remove(slot)
}

/** Posts DatacenterCreatedEvent. */
export function announceDatacenter(call: Call, slot: Slot): void {
  postEvent(call.tx, call.node, {
    type: 'DatacenterCreatedEvent', datacenter: slot, userName: call.session?.principal.name ?? '',
    fields: { parent: eventArgument(call.tx, call.self, 'FolderEventArgument') },
  })
}
