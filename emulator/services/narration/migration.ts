import { vmRecord } from '../../physics/compute/vm.js'
import type { Migration } from '../../physics/migration/running.js'
import { parseDatastorePath } from '../../physics/storage/paths.js'
import type { DatastoreProps, EventName } from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { above, eventArgument } from '../events/arguments.js'
import { VCENTER_USER } from '../accounts.js'
import { postEvent } from '../events.js'
import type { TaskProps } from '../tasks.js'

/** Who is behind a move, for its events. */
export interface Mover {
  readonly userName: string
  readonly chainId: number
  /** DRS moves it, nobody asked. */
  readonly drs?: boolean
}

/**
 * Posts that a VM begins to move: on vCenter, and on the source host that it leaves
 * (operations.md 4.1, 11.6).
 */
export function tellMoving(tx: Transaction, migration: Migration, by: Mover): void {
  const vm = tx.find(migration.vcenter, migration.vm)
  if (vm === undefined) return
  const { props, inner } = vmRecord(tx, vm)
  const on = props.runtime.powerState === 'poweredOn'
  const still: EventName = on ? 'VmBeingHotMigratedEvent' : 'VmBeingMigratedEvent'
  postEvent(tx, migration.vcenter, {
    type: migration.relocates ? 'VmBeingRelocatedEvent' : still, vm, userName: by.userName, chainId: by.chainId,
    fields: destination(tx, migration, vm),
  })
  const own = inner.hostNode === undefined || inner.hostMoid === undefined
    ? undefined
    : tx.find(inner.hostNode, inner.hostMoid)
  if (own !== undefined && migration.source !== migration.target) {
    postEvent(tx, migration.source, { type: 'VmEmigratingEvent', vm: own, userName: VCENTER_USER })
  }
}

/** Posts that a VM has arrived. `source`: host and datastore where it was. */
export function tellMoved(
  tx: Transaction, migration: Migration, by: Mover, source: { readonly host: Slot, readonly datastore?: Slot | undefined },
): void {
  const vm = tx.find(migration.vcenter, migration.vm)
  if (vm === undefined) return
  const moved: EventName = by.drs === true ? 'DrsVmMigratedEvent' : 'VmMigratedEvent'
  postEvent(tx, migration.vcenter, {
    type: migration.relocates ? 'VmRelocatedEvent' : moved, vm, userName: by.userName, chainId: by.chainId,
    fields: {
      sourceHost: eventArgument(tx, source.host, 'HostEventArgument'),
      ...datacenterField(tx, source.host, 'sourceDatacenter'),
      ...(source.datastore === undefined
        ? {}
        : { sourceDatastore: eventArgument(tx, source.datastore, 'DatastoreEventArgument') }),
    },
  })
}

/** Posts that a VM did not get where it was to go; `reason` is the LocalizedMethodFault. */
export function tellMoveFailed(
  tx: Transaction, migration: Migration, task: string, reason: Readonly<Record<string, unknown>>,
): void {
  const vm = tx.find(migration.vcenter, migration.vm)
  const info = tx.get<TaskProps>(migration.vcenter, task)?.props.info
  if (vm === undefined || info === undefined) return
  postEvent(tx, migration.vcenter, {
    type: migration.relocates ? 'VmRelocateFailedEvent' : 'VmFailedMigrateEvent', vm,
    userName: (info.reason as { userName?: string }).userName ?? '', chainId: info.eventChainId,
    fields: { ...destination(tx, migration, vm), reason },
  })
}

/** The datastore of a VM's configuration, in vCenter's inventory. */
export function homeDatastore(reader: Reader, vm: Slot): Slot | undefined {
  const { props } = vmRecord(reader, vm)
  const name = parseDatastorePath(props.config?.files.vmPathName ?? '')?.datastore
  const ref = props.datastore?.find(item =>
    reader.get<DatastoreProps>(vm.address.node, item.value)?.props.name === name)
  return ref === undefined ? undefined : reader.find(vm.address.node, ref.value)
}

function destination(tx: Transaction, migration: Migration, vm: Slot): Record<string, unknown> {
  const host = tx.find(migration.vcenter, migration.host)
  const datastore = migration.datastore === undefined
    ? homeDatastore(tx, vm)
    : tx.find(migration.vcenter, migration.datastore)
  return {
    ...(host === undefined ? {} : {
      destHost: eventArgument(tx, host, 'HostEventArgument'), ...datacenterField(tx, host, 'destDatacenter'),
    }),
    ...(datastore === undefined ? {} : { destDatastore: eventArgument(tx, datastore, 'DatastoreEventArgument') }),
  }
}

function datacenterField(tx: Transaction, of: Slot, field: string): Record<string, unknown> {
  const datacenter = above(tx, of, 'Datacenter')
  return datacenter === undefined ? {} : { [field]: eventArgument(tx, datacenter, 'DatacenterEventArgument') }
}
