import {
  beginEntering, enteringOf, remainingOn, setMaintenance,
} from '../../physics/compute/maintenance.js'
import { findTruth } from '../../physics/management/truth.js'
import type { HostSystemMethods, HostSystemProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { fault } from '../../services/method-fault.js'
import { createTask, parkTask, startTask, type TaskProps, type TaskRun } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import type { Slot } from '../../world/records.js'
import { actorOf, taskEntity, truthOf } from '../truth.js'
import type { PlanContext } from '../virtual-machine/move-plan.js'
import { evacuateHost } from './evacuate.js'

const enterSpec = {
  descriptionId: 'HostSystem.enterMaintenanceMode', job: 'host.enterMaintenance',
  durationMs: taskDurationMs.enterMaintenance, cancelable: true,
} as const

/**
 * EnterMaintenanceMode_Task: from now on nothing is started on the host; the task ends when no VM
 * runs there any more, or faults with Timedout after `timeout` seconds (0: never). A cluster with
 * DRS moves the VMs away (availability.md 5, operations.md 11.7).
 */
export function startEnterMaintenance(
  call: Call, args: HostSystemMethods['EnterMaintenanceMode_Task']['args'],
): MoRef {
  const task = startTask(call, { ...enterSpec, entity: call.self, payload: {} })
  begin(call, call.self, task.value, {
    off: args.evacuatePoweredOffVms === true, timeout: args.timeout, userName: call.session?.principal.name ?? '',
  })
  return task
}

/** vCenter sends a host into maintenance mode without being asked (Proactive HA); there is no time limit. */
export function enterMaintenanceByItself(at: PlanContext, host: Slot): void {
  const task = createTask(at.tx, at.services, at.node, {
    ...enterSpec, name: 'EnterMaintenanceMode_Task', entity: host, payload: {},
  })
  begin(at, host, task.address.id, { off: false, timeout: 0, userName: '' })
}

function begin(
  at: PlanContext, self: Slot, task: string, { off, timeout, userName }: { off: boolean, timeout: number, userName: string },
): void {
  const { tx, node } = at
  const truth = findTruth(tx, self)
  if (truth === undefined || refusesEnter(tx, truth)) return
  const host = truth.address.node
  beginEntering(tx, host, { node: node.name, task, off })
  const chainId = tx.get<TaskProps>(node.name, task)!.props.info.eventChainId
  tx.emit('host.maintenance', { host, phase: 'entering', by: { node: node.name, userName, chainId } })
  if (remainingOn(tx, host, off).length === 0) return
  parkTask(tx, tx.find(node.name, task)!, timeout > 0 ? timeout * 1000 : undefined)
  evacuateHost(at, { host: self, off, task })
}

function refusesEnter(tx: Call['tx'], truth: Slot): boolean {
  const { runtime } = tx.read<HostSystemProps>(truth)!.props
  return runtime.inMaintenanceMode || enteringOf(tx, truth.address.node) !== undefined
}

/** ExitMaintenanceMode_Task. */
export function startExitMaintenance(call: Call): MoRef {
  return startTask(call, {
    descriptionId: 'HostSystem.exitMaintenanceMode', entity: call.self, job: 'host.exitMaintenance',
    payload: {}, durationMs: taskDurationMs.exitMaintenance, cancelable: true,
  })
}

export const maintenanceJobs = {
  'host.enterMaintenance': finishEnter,
  'host.exitMaintenance': exit,
}

function finishEnter(run: TaskRun): void {
  const { tx } = run
  const truth = truthOf(tx, taskEntity(run))
  const host = truth.address.node
  const entering = enteringOf(tx, host)
  if (entering?.task !== run.task.address.id || entering.node !== run.node.name) throw fault('InvalidState')
  if (remainingOn(tx, host, entering.off).length > 0) {
    throw fault('Timedout', {}, 'Operation timed out.')
  }
  setMaintenance(tx, host, true)
  tx.emit('host.maintenance', { host, phase: 'entered', by: actorOf(run) })
}

function exit(run: TaskRun): void {
  const { tx } = run
  const truth = truthOf(tx, taskEntity(run))
  if (!tx.read<HostSystemProps>(truth)!.props.runtime.inMaintenanceMode) throw fault('InvalidState')
  setMaintenance(tx, truth.address.node, false)
  tx.emit('host.maintenance', { host: truth.address.node, phase: 'exited', by: actorOf(run) })
}
