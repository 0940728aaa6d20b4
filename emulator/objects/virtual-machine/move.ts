import { vmRecord } from '../../physics/compute/vm.js'
import { followSlot } from '../../physics/management/mirror.js'
import { addChild, removeChild, setPool } from '../../physics/management/tree.js'
import { findTruth, hostNodeOf } from '../../physics/management/truth.js'
import { bytesOf, moveFiles, planFiles, refreshPlaces, type FileMove } from '../../physics/migration/files.js'
import { moveRegistration } from '../../physics/migration/register.js'
import { forgetMigration, migrationOf, noteMigration, type Migration } from '../../physics/migration/running.js'
import {
  COLD_MOVE_MS, RELOCATE_BASE_MS, RELOCATE_MS_PER_MB, VMOTION_BASE_MS, VMOTION_MS_PER_MB,
} from '../../physics/migration/timing.js'
import { reaches } from '../../physics/network/paths.js'
import { fault } from '../../services/method-fault.js'
import { homeDatastore, tellMoved, tellMoving } from '../../services/narration/migration.js'
import { createTask, type NewTask, type TaskProps, type TaskRun } from '../../services/tasks.js'
import type { Slot } from '../../world/records.js'
import { requireFreeName } from '../entity-names.js'
import { actorOf, movingTask, slotOf, taskEntity } from '../truth.js'
import { checkMove, firstError } from './move-checks.js'
import { filesGoal, type MovePlan, type PlanContext } from './move-plan.js'
import { applyDevices, relinkVm } from './reconfigure.js'

/** Who moves a VM, and how the task is to look. */
export interface MoveOrder extends Pick<NewTask, 'descriptionId' | 'name' | 'userName' | 'opId' | 'parentTaskKey' | 'rootTaskKey'> {
  /** Files may be copied: events are those of a relocation then. */
  readonly relocate: boolean
  /** DRS moves it. */
  readonly drs?: boolean
}

interface MovePayload {
  readonly plan: MovePlan
  readonly drs: boolean
}

/**
 * Begins to move a VM: a task on vCenter that takes the time of the copy. What forbids the move
 * fails the task at its begin. Until it ends, other work on the VM is refused.
 */
export function beginMove(at: PlanContext, vm: Slot, plan: MovePlan, order: MoveOrder): Slot {
  const { tx, services, node } = at
  const { relocate, drs = false, ...look } = order
  const busy = movingTask(tx, vm)
  const error = busy === undefined ? firstError(checkMove(at, vm, plan)) : fault('TaskInProgress', { task: busy })
  const truth = findTruth(tx, vm)
  const files = truth === undefined || error !== undefined ? [] : planFiles(tx, truth, filesGoal(at, plan))
  const task = createTask(tx, services, node, {
    ...look, entity: vm, job: 'vm.move', payload: { plan, drs }, cancelable: true,
    durationMs: error !== undefined ? 0 : durationOf(at, vm, plan, files),
  })
  if (busy !== undefined) return task
  const migration: Migration = {
    vcenter: node.name, vm: vm.address.id, task: task.address.id,
    source: hostNodeOf(tx, vm), target: hostNodeOf(tx, slotOf(at, plan.host)), host: plan.host.value,
    relocates: relocate && (error === undefined ? files.length > 0 : asksFiles(plan)), started: error === undefined,
    ...(plan.datastore === undefined ? {} : { datastore: plan.datastore.value }),
  }
  noteMigration(tx, migration)
  const { eventChainId } = tx.read<TaskProps>(task)!.props.info
  if (error === undefined) tellMoving(tx, migration, { userName: look.userName ?? '', chainId: eventChainId })
  return task
}

function asksFiles(plan: MovePlan): boolean {
  return plan.datastore !== undefined || plan.disks.length > 0
}

function durationOf(at: PlanContext, vm: Slot, plan: MovePlan, files: readonly FileMove[]): number {
  const { props } = vmRecord(at.tx, vm)
  const changes = props.runtime.host?.value !== plan.host.value
  const hot = changes && props.runtime.powerState === 'poweredOn'
  const memory = hot ? VMOTION_BASE_MS + (props.config?.hardware.memoryMB ?? 0) * VMOTION_MS_PER_MB : 0
  const copy = files.length === 0 ? 0 : RELOCATE_BASE_MS + bytesOf(files) / 1048576 * RELOCATE_MS_PER_MB
  return Math.max(COLD_MOVE_MS, Math.round(memory + copy))
}

/** Work of a move: checked again, since hosts and datastores may have changed on the way. */
export function moveVm(run: TaskRun, { plan, drs }: MovePayload): void {
  const { tx, node } = run
  const vm = taskEntity(run)
  const migration = migrationOf(tx, vm)
  const busy = migration?.task === run.task.address.id ? undefined : movingTask(tx, vm)
  if (busy !== undefined) throw fault('TaskInProgress', { task: busy })
  const error = firstError(checkMove(run, vm, plan))
  if (error !== undefined) throw error
  const source = { host: tx.find(node.name, vmRecord(tx, vm).props.runtime.host!.value)!, datastore: homeDatastore(tx, vm) }
  const target = hostNodeOf(tx, slotOf(run, plan.host))
  carry(run, vm, plan, target)
  settle(run, vm, plan)
  if (migration === undefined) return
  forgetMigration(tx, migration)
  tellMoved(tx, migration, { userName: run.userName, chainId: run.chainId, drs }, source)
}

/** The host-side record, its process and its files go where they are to be. */
function carry(run: TaskRun, vm: Slot, plan: MovePlan, target: string): void {
  const { tx } = run
  const truth = findTruth(tx, vm)!
  const from = truth.address.node
  const files = planFiles(tx, truth, filesGoal(run, plan))
  const on = vmRecord(tx, truth).props.runtime.powerState === 'poweredOn'
  if (from !== target && on && !reaches(tx, from, target, { network: 'vmotion' })) {
    const { name } = tx.read<{ name: string }>(slotOf(run, plan.host))!.props
    throw fault('VMotionLinkDown', { atSourceHost: false, failedHost: name, failedHostEntity: plan.host, network: 'vMotion' },
      'The vMotion migrations failed because the ESX hosts were not able to connect over the vMotion network.')
  }
  const slot = from === target ? truth : moveRegistration(tx, truth, target)
  moveFiles(tx, slot, files)
  if (files.length > 0) relinkVm(tx, slot)
  if (plan.cards !== undefined) {
    applyDevices({
      tx, schema: run.services.schema, vm: slot, origin: run.node.name, by: actorOf(run),
    }, [...plan.cards])
  }
  for (const host of new Set([from, target])) refreshPlaces(tx, host, files)
  followSlot(tx, slot)
}

/** Pool and folder of vCenter's own record. */
function settle(run: TaskRun, vm: Slot, plan: MovePlan): void {
  const { tx, node } = run
  if (plan.pool !== undefined && vmRecord(tx, vm).props.config?.template !== true) setPool(tx, vm, plan.pool)
  const parent = vmRecord(tx, vm).props.parent
  if (plan.folder === undefined || plan.folder.value === parent?.value) return
  const folder = slotOf(run, plan.folder)
  requireFreeName(tx, folder, vmRecord(tx, vm).props.name, vm)
  const old = parent === undefined ? undefined : tx.find(node.name, parent.value)
  if (old !== undefined) removeChild(tx, old, vm)
  addChild(tx, folder, vm)
}
