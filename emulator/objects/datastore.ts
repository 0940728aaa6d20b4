import { filesIn, refreshDatastore as refreshSpace } from '../physics/storage/files.js'
import { settleGrowth } from '../physics/storage/growth.js'
import { volumeOf } from '../physics/storage/paths.js'
import { removeChild } from '../physics/management/tree.js'
import type { DatastoreProps, VirtualMachineProps } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { Call } from '../services/call.js'
import { postEvent } from '../services/events.js'
import { fault, notEmulated } from '../services/method-fault.js'
import type { TaskRun } from '../services/tasks.js'
import type { JsonObject, Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import { hostSides, reachingSides } from './datastore-files.js'
import { defineManagedObject, type Definition } from './define.js'
import { rename } from './entity-rename.js'
import { taskEntity } from './truth.js'

export const datastore: Definition = defineManagedObject('Datastore', {
  methods: {
    RefreshDatastore: refresh,
    RefreshDatastoreStorageInfo: refreshStorage,
    RenameDatastore: (call: Call, { newName }: { newName: string }) => {
      renameAll(call.tx, call.self, newName, call.session?.principal.name ?? '')
    },
    DestroyDatastore: (call: Call) => remove(call.tx, call.self),
  },
})

/**
 * RefreshDatastore: capacity and free space as the volume has them now.
 * @throws HostConfigFault when no host reaches it to ask
 */
function refresh(call: Call): void {
  const sides = hostSides(call.tx, call.self)
  const reaching = reachingSides(call.tx, call.self)
  if (sides.length > 0 && reaching.length === 0) {
    const { name } = call.tx.read<DatastoreProps>(call.self)!.props
    throw fault('HostConfigFault', {}, `No host can reach datastore '${name}'.`)
  }
  for (const slot of reaching) refreshSpace(call.tx, slot)
}

/** RefreshDatastoreStorageInfo: that, and what the VMs on it take and may still take. */
function refreshStorage(call: Call): void {
  const volume = volumeIn(call.tx, call.self)
  settleGrowth(call.tx, volume)
  refresh(call)
  const sides = hostSides(call.tx, call.self)
  const uncommitted = sides.reduce((bytes, side) => bytes + uncommittedOn(call.tx, side), 0)
  for (const slot of [call.self, ...sides]) showUncommitted(call.tx, slot, uncommitted)
}

/** Bytes that the disks of one host's VMs on a datastore may still grow by. */
function uncommittedOn(tx: Transaction, datastore: Slot): number {
  const { node, id } = datastore.address
  return (tx.read<DatastoreProps>(datastore)!.props.vm ?? []).reduce((bytes, ref) => {
    const usage = tx.get<VirtualMachineProps>(node, ref.value)?.props.storage?.perDatastoreUsage ?? []
    return bytes + (usage.find(item => item.datastore.value === id)?.uncommitted ?? 0)
  }, 0)
}

function showUncommitted(tx: Transaction, slot: Slot, uncommitted: number): void {
  const { props, inner } = tx.read<DatastoreProps>(slot)!
  if (props.summary.uncommitted === uncommitted) return
  tx.replace(slot, { props: { ...props, summary: { ...props.summary, uncommitted } } as never, inner })
}

function volumeIn(tx: Transaction, slot: Slot): string {
  return volumeOf(tx.read<DatastoreProps>(slot)!.props)
}

/** Rename_Task of a datastore. */
export function renameDatastore(run: TaskRun, newName: string): void {
  renameAll(run.tx, taskEntity(run), newName, run.userName, run.chainId)
}

/** Destroy_Task of a datastore. */
export function destroyDatastore(run: TaskRun): void {
  remove(run.tx, taskEntity(run))
}

/** The name is the label of the volume: it changes on every host, and in each VM's paths. */
function renameAll(tx: Transaction, slot: Slot, newName: string, userName: string, chainId?: number): void {
  const { props } = tx.read<DatastoreProps>(slot)!
  if ((props.vm ?? []).length > 0) throw notEmulated('rename of a datastore with registered VMs')
  const oldName = rename(tx, slot, newName)
  const { name } = tx.read<DatastoreProps>(slot)!.props
  for (const side of hostSides(tx, slot)) {
    if (side !== slot) rename(tx, side, newName)
  }
  postEvent(tx, slot.address.node, {
    type: 'DatastoreRenamedEvent', ds: slot, userName, fields: { oldName, newName: name },
    ...(chainId === undefined ? {} : { chainId }),
  })
}

/**
 * Takes a datastore that no VM uses off all its hosts.
 * @throws ResourceInUse while VMs are registered on it or files are there.
 */
function remove(tx: Transaction, slot: Slot): void {
  const { props } = tx.read<DatastoreProps>(slot)!
  const busy = (props.vm ?? []).length > 0 || Object.keys(filesIn(tx, volumeOf(props), '') ?? {}).length > 0
  if (busy) throw fault('ResourceInUse', { type: 'Datastore', name: props.name })
  const sides = hostSides(tx, slot)
  for (const side of sides) {
    dropRefs(tx, side)
    if (side !== slot) tx.remove(side)
  }
  dropRefs(tx, slot)
  tx.remove(slot)
}

/** Removes a datastore's reference from its folder, datacenter, hosts and compute resources. */
function dropRefs(tx: Transaction, slot: Slot): void {
  const { node, id } = slot.address
  const { props } = tx.read<DatastoreProps>(slot)!
  const parent = props.parent === undefined ? undefined : tx.find(node, props.parent.value)
  if (parent !== undefined) removeChild(tx, parent, slot)
  for (const type of ['HostSystem', 'ComputeResource', 'ClusterComputeResource', 'Datacenter']) {
    for (const holder of tx.ofType(node, type)) {
      const list = tx.read<{ datastore?: MoRef[] }>(holder)!.props.datastore
      if (list?.some(ref => ref.value === id) !== true) continue
      tx.update<JsonObject>(holder, draft => {
        draft.props['datastore'] = list.filter(ref => ref.value !== id)
      })
    }
  }
}

