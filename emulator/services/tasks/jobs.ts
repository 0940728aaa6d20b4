import { onHostdEnd } from '../../physics/hardware/agents.js'
import { setOperation } from '../../physics/logs/operation.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import type { Services } from '../call.js'
import { MethodFault, NotEmulated, fault } from '../method-fault.js'
import { nodeInfo, type NodeInfo } from '../nodes.js'
import {
  changeInfo, completeTask, isFinal, setRunning, type TaskInner, type TaskProps, type TaskRun,
} from '../tasks.js'
import { progressSteps } from '../timing.js'
import { sweepTasks } from './lists.js'

interface Step {
  readonly node: string
  readonly task: string
}

declare module '../../world/signals.js' {
  interface SignalMap {
    /** The work of a task ended with a MethodFault; what it had done is undone. */
    'task.failed': { node: string, task: string, reason: Readonly<Record<string, unknown>> }
    /** A user canceled a task of the lab; it has ended. */
    'task.canceled': { node: string, task: string }
  }
  interface JobMap {
    /** A task that takes time goes from queued to running. */
    'task.begin': { node: string, task: string }
    /** A running task shows how far it is, in percent. */
    'task.progress': { node: string, task: string, progress: number }
    /** A task does its work and ends. */
    'task.run': { node: string, task: string }
  }
}

/**
 * Says how the agenda's task jobs are run; once for each lab. `noteMiss` hears of what a task's
 * work came across that is not emulated: method and argument path.
 */
export function registerTaskJobs(
  world: World,
  services: Services,
  noteMiss: (method: string, path: string) => void = () => {},
): void {
  world.onJob('task.begin', (tx, step) => beginTask(tx, step))
  world.onJob('task.progress', (tx, step) => showProgress(tx, step))
  world.onJob('task.run', (tx, step) => runTask(tx, services, step), (tx, step, error) => {
    const slot = tx.find(step.node, step.task)
    if (slot === undefined) return
    if (error instanceof NotEmulated) noteMiss(methodOf(tx, slot), error.path)
    if (error instanceof MethodFault) failTask(tx, slot, error)
    else reportDefect(tx, slot, error)
  })
  world.on('hardware.powerLost', (tx, { node }) => loseTasks(tx, node))
  onHostdEnd(world, loseTasks)
  world.on('appliance.vpxd', (tx, { vcenter, serving }) => {
    if (!serving) loseTasks(tx, vcenter)
  })
  world.onJob('task.sweep', (tx, { node }) => {
    const info = nodeInfo(tx, node)
    if (info !== undefined) sweepTasks(tx, info)
  })
}

function beginTask(tx: Transaction, step: Step): void {
  const slot = liveTask(tx, step)
  if (slot === undefined) return
  setRunning(tx, slot)
  scheduleNext(tx, slot, step, 0)
}

function showProgress(tx: Transaction, step: Step & { progress: number }): void {
  const slot = liveTask(tx, step)
  if (slot === undefined) return
  changeInfo(tx, slot, { progress: step.progress })
  scheduleNext(tx, slot, step, step.progress)
}

/** Puts the next step of a running task on the agenda: a percentage on the way, or the work. */
function scheduleNext(tx: Transaction, slot: Slot, step: Step, reached: number): void {
  const { durationMs } = tx.read<TaskProps, TaskInner>(slot)!.inner
  const at = { node: step.node, task: step.task }
  const next = progressSteps(durationMs).find(percent => percent > reached)
  const pending = next === undefined
    ? tx.after(durationMs * (100 - reached) / 100, 'task.run', at)
    : tx.after(durationMs * (next - reached) / 100, 'task.progress', { ...at, progress: next })
  const record = tx.read<TaskProps, TaskInner>(slot)!
  tx.replace(slot, { props: record.props, inner: { ...record.inner, pending } } as never)
}

function runTask(tx: Transaction, services: Services, step: Step): void {
  const slot = liveTask(tx, step)
  if (slot === undefined) return
  const { inner } = tx.read<TaskProps, TaskInner>(slot)!
  const job = services.taskJobs.get(inner.job ?? '')
  if (job === undefined) throw new Error(`no task job of kind ${String(inner.job)}`)
  const { userName, opId } = inner
  setOperation(tx, { node: step.node, opId, user: userName })
  const result = job(runOf(tx, services, slot), inner.payload as never)
  completeTask(tx, slot, { result })
}

function runOf(tx: Transaction, services: Services, task: Slot): TaskRun {
  const { props, inner } = tx.read<TaskProps, TaskInner>(task)!
  const node: NodeInfo = nodeInfo(tx, task.address.node)!
  return {
    tx, services, node, task,
    entity: props.info.entity ?? { type: 'ManagedEntity', value: '' },
    userName: inner.userName,
    opId: inner.opId,
    chainId: props.info.eventChainId,
  }
}

/**
 * A server that lost its power or its hostd or vpxd goes on with none of its tasks: they are found ended with an error
 * (availability.md 5; which fault is our choice).
 */
function loseTasks(tx: Transaction, node: string): void {
  for (const slot of tx.ofType(node, 'Task')) {
    const reason = 'the server stopped while the task was running'
    completeTask(tx, slot, { error: fault('SystemError', { reason }) })
  }
}

function failTask(tx: Transaction, slot: Slot, error: MethodFault): void {
  completeTask(tx, slot, { error })
  const { node, id } = slot.address
  tx.emit('task.failed', { node, task: id, reason: error.localized as unknown as Record<string, unknown> })
}

function liveTask(tx: Transaction, step: Step): Slot | undefined {
  const slot = tx.find(step.node, step.task)
  return slot === undefined || isFinal(tx.read<TaskProps>(slot)!.props.info) ? undefined : slot
}

/** `VirtualMachine.PowerOnVM_Task`, as calls are named in the list of misses. */
function methodOf(tx: Transaction, slot: Slot): string {
  const { descriptionId, name } = tx.read<TaskProps>(slot)!.props.info
  const dot = descriptionId.lastIndexOf('.')
  return name === undefined ? descriptionId : `${descriptionId.slice(0, dot)}.${name}`
}

function reportDefect(tx: Transaction, slot: Slot, error: unknown): void {
  const reason = 'internal error of the simulator; see the lab log'
  completeTask(tx, slot, { error: fault('SystemError', { reason }) })
  const { inner } = tx.read<TaskProps, TaskInner>(slot)!
  const cause = { kind: 'job', job: 'task.run', task: slot.address.id, opId: inner.opId } as const
  tx.world.onDefect(error, cause)
}
