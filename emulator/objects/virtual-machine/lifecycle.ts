import { vmRecord, type VmInner, type VmProps } from '../../physics/compute/vm.js'
import { followSlot, mirrorOf, removeMirror } from '../../physics/management/mirror.js'
import { detachVm } from '../../physics/management/tree.js'
import { findTruth, refOnHost } from '../../physics/management/truth.js'
import { filesIn, refreshDatastore, removeFiles, removeFolderIfEmpty, type VolumeFolderInner } from '../../physics/storage/files.js'
import { listedFiles, vmHome } from '../../physics/storage/vm-files.js'
import { LAB } from '../../physics/hardware/chassis.js'
import { datastoreByName, parseDatastorePath, volumeOf } from '../../physics/storage/paths.js'
import type { Actor } from '../../physics/compute/signals.js'
import type { DatastoreProps, VirtualMachineConfigSpec } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { refOf } from '../../services/refs.js'
import { fault } from '../../services/method-fault.js'
import { narrateRemoval } from '../../services/narration/virtual-machine.js'
import type { TaskRun } from '../../services/tasks.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { requireFreeName, storedName } from '../entity-names.js'
import { actorOf, callerOf, slotOf, taskEntity, truthOf } from '../truth.js'
import { checkNewSpec, createOnHost, findHome, newHome } from './create.js'
import { chooseHost, requireUsable } from './placement.js'
import { applyNewSpec } from './reconfigure.js'

/** Arguments of CreateVM_Task and CreateChildVM_Task, as their tasks carry them. */
export interface CreatePayload {
  readonly config: VirtualMachineConfigSpec
  readonly pool?: MoRef
  readonly host?: MoRef
  /** Folder of the new VM; absent: the task's entity. */
  readonly folder?: MoRef
}

/** Work of CreateVM_Task: the VM is made on a host, and mirrored. Returns the new VM's reference. */
export function createVm(run: TaskRun, payload: CreatePayload): MoRef {
  const { tx } = run
  const folder = payload.folder === undefined ? taskEntity(run) : slotOf(run, payload.folder)
  checkNewSpec(payload.config)
  const name = storedName(payload.config.name!)
  requireFreeName(tx, folder, name)
  const path = payload.config.files!.vmPathName!
  const wanted = parseDatastorePath(path)?.datastore
  const target = chooseHost(run, payload.pool, payload.host, host => hasDatastore(tx, host, wanted))
  requireUsable(run, target)
  const { hostNode } = target
  const home = newHome(tx, findHome(tx, target.host, hostNode, path), name)
  const remote = hostNode !== run.node.name
  const slot = createOnHost(tx, {
    hostNode,
    name,
    spec: payload.config,
    home,
    pool: target.pool === undefined ? undefined : refOnHost(tx, run.node.name, refOf(target.pool), hostNode),
    placement: remote
      ? { vcenter: run.node.name, folder: folder.address.id, ...(target.pool === undefined ? {} : { pool: target.pool.address.id }) }
      : undefined,
    by: actorOf(run),
  })
  const assigned = applyNewSpec(
    { tx, schema: run.services.schema, vm: slot, origin: run.node.name, by: actorOf(run) }, payload.config)
  refreshDatastore(tx, home.datastore)
  followSlot(tx, slot)
  announceNew(tx, slot, payload.config, actorOf(run), assigned)
  return resultRef(run, slot)
}

/** The reference that a task's caller knows a host-side VM by. */
export function resultRef(run: TaskRun, slot: Slot): MoRef {
  if (slot.address.node === run.node.name) return refOf(slot)
  const mirror = mirrorOf(run.tx, run.node.name, slot.address.node, slot.address.id)
  return mirror === undefined ? refOf(slot) : refOf(mirror)
}

function announceNew(
  tx: Transaction, slot: Slot, spec: VirtualMachineConfigSpec, by: Actor,
  assigned: ReadonlyArray<{ readonly adapter: string, readonly mac: string }>,
): void {
  const fact = { node: slot.address.node, vm: slot.address.id, by }
  const { config } = vmRecord(tx, slot).props
  tx.emit('vm.creating', { ...fact, spec: { ...spec, _typeName: 'VirtualMachineConfigSpec' } })
  if (spec.uuid === undefined) tx.emit('vm.uuidAssigned', { ...fact, uuid: config!.uuid })
  if (spec.instanceUuid === undefined) {
    tx.emit('vm.instanceUuidAssigned', { ...fact, instanceUuid: config!.instanceUuid ?? '' })
  }
  for (const item of assigned) tx.emit('vm.macAssigned', { ...fact, ...item })
  tx.emit('vm.created', fact)
}

function hasDatastore(tx: Transaction, host: Slot, name: string | undefined): boolean {
  const refs = tx.read<{ datastore?: MoRef[] }>(host)!.props.datastore ?? []
  return refs.some(ref => tx.get<DatastoreProps>(host.address.node, ref.value)?.props.name === name)
}

/** Work of Destroy_Task: a VM that is off goes with all its files. */
export function destroyVm(run: TaskRun): void {
  const slot = taskEntity(run)
  requireOff(vmRecord(run.tx, slot).props)
  const truth = truthOf(run.tx, slot)
  requireOff(vmRecord(run.tx, truth).props)
  removeVm(run.tx, truth, actorOf(run), true)
}

/** UnregisterVM: the VM leaves the inventory, its files stay. Without a task. */
export function unregisterVm(call: Call): void {
  const { tx, self } = call
  const vm = vmRecord(tx, self).props
  const truth = findTruth(tx, self)
  if (truth === undefined && vm.runtime.connectionState === 'orphaned') {
    removeMirror(tx, self)
    return
  }
  const host = truthOf(tx, self)
  requireOff(vmRecord(tx, host).props)
  removeVm(tx, host, callerOf(call), false)
}

/** @throws InvalidPowerState unless the VM is off. */
export function requireOff(vm: VmProps): void {
  const existingState = vm.runtime.powerState
  if (existingState === 'poweredOff') return
  throw fault('InvalidPowerState', { requestedState: 'poweredOff', existingState })
}

/** Takes a host-side VM out of both inventories, with its files or leaving them on the volume. */
export function removeVm(tx: Transaction, truth: Slot, by: Actor, withFiles: boolean): void {
  const { node, id } = truth.address
  const { props, inner } = vmRecord(tx, truth)
  narrateRemoval(tx, { node, vm: id, by })
  if (withFiles) deleteFiles(tx, truth)
  else keepConfiguration(tx, truth)
  detachVm(tx, truth)
  tx.remove(truth)
  const mirror = by.node === node || inner.vcenterId === undefined
    ? undefined
    : mirrorOf(tx, by.node, node, id) ?? tx.find(by.node, inner.vcenterId)
  if (mirror !== undefined) removeMirror(tx, mirror)
  tx.emit('vm.removed', { node, vm: id, by, name: props.name })
}

function deleteFiles(tx: Transaction, truth: Slot): void {
  const { node } = truth.address
  const { props } = vmRecord(tx, truth)
  const places = new Map<string, { datastore: Slot, volume: string, folder: string, names: string[] }>()
  for (const file of listedFiles(props)) {
    const path = parseDatastorePath(file.path)
    const datastore = path === undefined ? undefined : datastoreByName(tx, node, path.datastore)
    if (path === undefined || datastore === undefined) continue
    const volume = volumeOf(tx.read<DatastoreProps>(datastore)!.props)
    const key = `${volume}/${path.folder}`
    const place = places.get(key) ?? { datastore, volume, folder: path.folder, names: [] }
    place.names.push(path.file)
    places.set(key, place)
  }
  for (const place of places.values()) {
    removeFiles(tx, place.volume, place.folder, place.names)
    removeFolderIfEmpty(tx, place.volume, place.folder)
    refreshDatastore(tx, place.datastore)
  }
}

/** What a .vmx file says, as kept with the file while its VM is registered nowhere. */
export interface SavedVm {
  readonly props: VmProps
  readonly guest?: VmInner['guest']
}

function keepConfiguration(tx: Transaction, truth: Slot): void {
  const home = vmHome(tx, truth)
  if (home === undefined || filesIn(tx, home.volume, home.folder) === undefined) return
  const { props, inner } = vmRecord(tx, truth)
  const saved: SavedVm = inner.guest === undefined ? { props } : { props, guest: inner.guest }
  const slot = tx.find(LAB, `${home.volume}/${home.folder}`)!
  const record = tx.read<object, VolumeFolderInner>(slot)!
  tx.replace(slot, {
    props: { ...record.props },
    inner: { ...record.inner, saved: { ...record.inner.saved, [`${home.stem}.vmx`]: saved } },
  })
}
