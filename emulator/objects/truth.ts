import type { HostSystemProps } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { Actor } from '../physics/compute/signals.js'
import { mirrored } from '../physics/management/link.js'
import { mirrorOf } from '../physics/management/mirror.js'
import { findTruth, hostNodeOf } from '../physics/management/truth.js'
import { migrationOf } from '../physics/migration/running.js'
import type { Call } from '../services/call.js'
import { fault, type MethodFault } from '../services/method-fault.js'
import { isFinal, type TaskProps, type TaskRun } from '../services/tasks.js'
import type { Reader, Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'

/**
 * The host-side slot of a VM or host of any node.
 * @throws HostNotConnected or HostNotReachable when vCenter cannot reach the host (protocols.md
 * 1.6; availability.md 4.2); InvalidState for a VM that its host has forgotten; TaskInProgress for one
 * that moves.
 */
export function truthOf(reader: Reader, slot: Slot): Slot {
  if (slot.address.type === 'VirtualMachine') requireStill(reader, slot)
  const truth = findTruth(reader, slot)
  if (truth !== undefined) return truth
  throw unreachable(reader, slot)
}

/**
 * Why vCenter can do nothing with one of its VMs or hosts: HostNotConnected for a host that a user
 * disconnected, HostNotReachable for one that does not answer (availability.md 4.2), InvalidState for
 * a VM that its host has forgotten.
 */
export function unreachable(reader: Reader, slot: Slot): MethodFault {
  if (isOrphan(reader, slot)) return fault('InvalidState')
  return fault(hostState(reader, slot) === 'disconnected' ? 'HostNotConnected' : 'HostNotReachable')
}

/**
 * The node of the host that a manager of it (HostFirewallSystem, HostStorageSystem, …) stands for, on
 * the host itself or in vCenter's inventory.
 * @throws HostNotConnected or HostNotReachable when vCenter cannot reach the host
 */
export function managedHost(tx: Transaction, manager: Slot): string {
  const { node } = manager.address
  const host = hostNodeOf(tx, manager)
  if (host === node || mirrored(tx, node, host)) return host
  const seen = mirrorOf(tx, node, host, 'ha-host')
  throw seen === undefined ? fault('HostNotReachable') : unreachable(tx, seen)
}

/** The task that moves a VM to another host or datastore at present; undefined: none does. */
export function movingTask(reader: Reader, vm: Slot): MoRef | undefined {
  const migration = migrationOf(reader, vm)
  const task = migration === undefined ? undefined : reader.get<TaskProps>(migration.vcenter, migration.task)
  if (migration === undefined || task === undefined || isFinal(task.props.info)) return undefined
  return { type: 'Task', value: migration.task }
}

function requireStill(reader: Reader, vm: Slot): void {
  const task = movingTask(reader, vm)
  if (task !== undefined) throw fault('TaskInProgress', { task })
}

function isOrphan(reader: Reader, slot: Slot): boolean {
  const runtime = reader.read<{ runtime?: { connectionState?: string } }>(slot)?.props.runtime
  return runtime?.connectionState === 'orphaned'
}

function hostState(reader: Reader, slot: Slot): string | undefined {
  const { type, node } = slot.address
  const props = reader.read<{ runtime?: { host?: MoRef } }>(slot)?.props
  const id = type === 'HostSystem' ? slot.address.id : props?.runtime?.host?.value
  if (id === undefined) return undefined
  return reader.get<HostSystemProps>(node, id)?.props.runtime.connectionState
}

/** Slot of the entity of a task; faults when it went away while the task waited. */
export function taskEntity(run: TaskRun): Slot {
  const slot = run.tx.find(run.node.name, run.entity.value)
  if (slot === undefined) throw fault('ManagedObjectNotFound', { obj: run.entity })
  return slot
}

/** Slot of a reference on the call's or task's node. */
export function slotOf(at: { tx: Reader, node: { name: string } }, ref: MoRef): Slot {
  const slot = at.tx.find(at.node.name, ref.value)
  if (slot === undefined) throw fault('ManagedObjectNotFound', { obj: ref })
  return slot
}

/** Who is behind the work of a task, for signals and events. */
export function actorOf(run: TaskRun): Actor {
  return { node: run.node.name, userName: run.userName, chainId: run.chainId }
}

/** Name of the user who calls; empty when nobody is logged in. */
export function userOf(call: Call): string {
  return call.session?.principal.name ?? ''
}

/** Who is behind a call that is not a task. */
export function callerOf(call: Call): Actor {
  return { node: call.node.name, userName: userOf(call) }
}

/** True if guests and tasks of this lab take no lab time. */
export function isInstant(at: { services: { behaviour: { durations: string } } }): boolean {
  return at.services.behaviour.durations === 'instant'
}
