import { vmRecord, type VmProps } from '../../physics/compute/vm.js'
import type { FilePlace, FilesGoal } from '../../physics/migration/files.js'
import { volumeOf } from '../../physics/storage/paths.js'
import type {
  ComputeResourceProps, DatastoreProps, HostSystemProps, ResourcePoolProps, VirtualDeviceConfigSpec, VirtualMachineRelocateSpec,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { above } from '../../services/events/arguments.js'
import { fault, invalidArgument, notEmulated } from '../../services/method-fault.js'
import type { Reader, Slot } from '../../world/records.js'
import { chooseHost } from './placement.js'
import { slotOf } from '../truth.js'
import type { TaskRun } from '../../services/tasks.js'

/** Where a VM is to go, in vCenter's references; JSON, for a task carries it. */
export interface MovePlan {
  readonly host: MoRef
  readonly pool?: MoRef
  readonly folder?: MoRef
  /** New place of the home, and of the disks that `disks` does not name. */
  readonly datastore?: MoRef
  readonly disks: ReadonlyArray<{ readonly key: number, readonly datastore: MoRef }>
  /** Network cards that get another network on the way. */
  readonly cards?: readonly VirtualDeviceConfigSpec[]
}

/** What plans are made in: a call or a task. */
export type PlanContext = Pick<TaskRun, 'tx' | 'node' | 'services'>

/**
 * Host and pool of MigrateVM_Task. A pool alone leaves the host to the cluster; a host of another
 * compute resource needs a pool of it.
 * @throws InvalidArgument `host` or `pool`.
 */
export function migratePlan(at: PlanContext, vm: Slot, ask: { host?: MoRef, pool?: MoRef }): MovePlan {
  if (ask.host === undefined && ask.pool === undefined) throw invalidArgument('host')
  return { ...place(at, vm, ask, ''), disks: [] }
}

/**
 * What RelocateVM_Task is asked for.
 * @throws InvalidArgument naming the field of the spec.
 */
export function relocatePlan(at: PlanContext, vm: Slot, spec: VirtualMachineRelocateSpec): MovePlan {
  for (const field of ['service', 'cryptoSpec', 'profile'] as const) {
    const value = spec[field]
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) throw notEmulated(`spec.${field}`)
  }
  if (spec.diskMoveType !== undefined && !moveTypes.has(spec.diskMoveType)) throw invalidArgument('spec.diskMoveType')
  const { folder, datastore } = spec
  if (folder !== undefined) {
    const types = at.tx.read<{ childType?: string[] }>(slotOf(at, folder))!.props.childType ?? []
    if (!types.includes('VirtualMachine')) throw invalidArgument('spec.folder')
  }
  const { host, pool } = place(at, vm, spec, 'spec.')
  return {
    host, disks: disksOf(at, vm, spec), ...cardsOf(spec),
    ...(pool === undefined ? {} : { pool }),
    ...(folder === undefined ? {} : { folder }),
    ...(datastore === undefined ? {} : { datastore }),
  }
}

const moveTypes = new Set([
  'moveAllDiskBackingsAndAllowSharing', 'moveAllDiskBackingsAndDisallowSharing', 'moveChildMostDiskBacking',
  'createNewChildDiskBacking', 'moveAllDiskBackingsAndConsolidate',
])

/** Of the device changes, those of network cards: what a move needs them for. */
function cardsOf({ deviceChange = [] }: VirtualMachineRelocateSpec): Pick<MovePlan, 'cards'> {
  deviceChange.forEach(({ operation, device }, index) => {
    if (operation !== 'edit' || !('macAddress' in device)) throw notEmulated(`spec.deviceChange[${index}]`)
  })
  return deviceChange.length === 0 ? {} : { cards: deviceChange }
}

function disksOf(at: PlanContext, vm: Slot, spec: VirtualMachineRelocateSpec): MovePlan['disks'] {
  const devices = vmRecord(at.tx, vm).props.config?.hardware.device ?? []
  return (spec.disk ?? []).map(({ diskId, datastore, diskBackingInfo }) => {
    if (diskBackingInfo !== undefined) throw notEmulated('spec.disk.diskBackingInfo')
    const found = devices.find(device => device.key === diskId && device._typeName === 'VirtualDisk')
    if (found === undefined) throw invalidArgument('spec.disk.diskId')
    slotOf(at, datastore)
    return { key: diskId, datastore }
  })
}

/** @throws InvalidPowerState when a VM is not in the state that a request wants it in */
export function requireState({ runtime: { powerState: existingState } }: VmProps, state: string | undefined): void {
  if (state !== undefined && state !== existingState) {
    throw fault('InvalidPowerState', { requestedState: state, existingState })
  }
}

/** Host and pool that a request means. */
function place(
  at: PlanContext, vm: Slot, ask: { host?: MoRef, pool?: MoRef }, path: string,
): Pick<MovePlan, 'host' | 'pool'> {
  const { tx, node } = at
  const { props } = vmRecord(tx, vm)
  const present = props.runtime.host!
  const poolOwner = ask.pool === undefined ? undefined : ownerOf(at, ask.pool)
  if (ask.host === undefined) {
    const stays = poolOwner === undefined || poolOwner === parentOf(tx, slotOf(at, present))
    const host = stays ? present : choose(at, ask.pool!)
    return { host, ...(ask.pool === undefined ? {} : { pool: ask.pool }) }
  }
  const target = slotOf(at, ask.host)
  const owner = parentOf(tx, target)
  if (poolOwner !== undefined && poolOwner !== owner) throw invalidArgument(`${path}pool`)
  const own = props.resourcePool === undefined ? undefined : ownerOf(at, props.resourcePool)
  if (ask.pool === undefined && own !== undefined && own !== owner) throw invalidArgument(`${path}pool`)
  const inside = above(tx, target, 'Datacenter')
  const from = above(tx, tx.find(node.name, present.value)!, 'Datacenter')
  if (inside !== from && (ask as { folder?: MoRef }).folder === undefined && path !== '') throw invalidArgument('spec.folder')
  if (inside !== from && path === '') throw invalidArgument('host')
  return { host: ask.host, ...(ask.pool === undefined ? {} : { pool: ask.pool }) }
}

function choose(at: PlanContext, pool: MoRef): MoRef {
  const { host } = chooseHost(at as TaskRun, pool, undefined, () => true)
  return { type: 'HostSystem', value: host.address.id }
}

function ownerOf(at: PlanContext, pool: MoRef): string {
  return at.tx.read<ResourcePoolProps>(slotOf(at, pool))!.props.owner.value
}

function parentOf(reader: Reader, host: Slot): string | undefined {
  return reader.read<HostSystemProps>(host)!.props.parent?.value
}

/** The goal of a plan's files, in volumes. */
export function filesGoal(at: PlanContext, plan: MovePlan): FilesGoal {
  const to = (ref: MoRef): FilePlace => {
    const { props } = at.tx.read<DatastoreProps>(slotOf(at, ref))!
    return { volume: volumeOf(props), name: props.name }
  }
  return {
    ...(plan.datastore === undefined ? {} : { home: to(plan.datastore) }),
    disks: new Map(plan.disks.map(({ key, datastore }) => [key, to(datastore)])),
  }
}

/** The compute resource of a host on vCenter. */
export function computeOf(reader: Reader, host: Slot): Slot | undefined {
  const id = parentOf(reader, host)
  const slot = id === undefined ? undefined : reader.find(host.address.node, id)
  return slot === undefined || reader.read<ComputeResourceProps>(slot) === undefined ? undefined : slot
}
