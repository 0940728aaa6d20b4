import type { TaskInfo, TaskReason } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { nodeNow } from '../physics/appliance/facts.js'
import { toDateTime } from '../world/clock.js'
import type { Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import type { Call, Services } from './call.js'
import { refOf } from './refs.js'
import { eventSubject, nextEventKey, postEvent } from './events.js'
import { logTaskCreated, logTaskEnded } from './logs/task-lines.js'
import { fault, type MethodFault } from './method-fault.js'
import { nodeInfo, type NodeInfo } from './nodes.js'
import { taskLabel } from './tasks/labels.js'
import { appendToRecent, noteFinished, noteStateChange } from './tasks/lists.js'

/** What a task is to do. */
export interface TaskSpec {
  /** `VirtualMachine.powerOn`: managed type and VMODL method name. */
  readonly descriptionId: string
  /** What the task is about: its `info.entity`, whose `recentTask` shows it. */
  readonly entity: Slot
  /** Kind of the task job that does the work, from some definition's `jobs`. */
  readonly job: string
  /** JSON handed to the task job. */
  readonly payload: unknown
  /** Lab milliseconds from running to done, before the lab's `durations` setting is applied. */
  readonly durationMs?: number
  readonly cancelable?: boolean
}

/** What a task job is given. */
export interface TaskRun {
  readonly tx: Transaction
  readonly services: Services
  readonly node: NodeInfo
  readonly task: Slot
  readonly entity: MoRef
  /** Who started it, canonical name; events carry it. */
  readonly userName: string
  readonly opId: string
  /** `info.eventChainId`: what all events of the task's work carry as `chainId`. */
  readonly chainId: number
}

/** The work of a task: its result becomes `info.result`, a thrown MethodFault `info.error`. */
export type TaskJob<P = never> = (run: TaskRun, payload: P) => unknown

/** What is needed for a task that no call started; without `job` its owner completes it. */
export interface NewTask extends Omit<TaskSpec, 'entity' | 'job' | 'payload'> {
  readonly entity: Slot | undefined
  readonly job?: string
  readonly payload?: unknown
  /** WSDL name of the method (`PowerOnVM_Task`), shown as `info.name`. */
  readonly name?: string
  /** Who is behind it, canonical name; absent: the system itself. */
  readonly userName?: string
  /** Default: TaskReasonUser with `userName`, or TaskReasonSystem. */
  readonly reason?: TaskReason
  readonly opId?: string
  readonly parentTaskKey?: string
  readonly rootTaskKey?: string
}

/** Stored properties of a Task. */
export interface TaskProps {
  readonly info: TaskInfo
  readonly value: readonly []
  readonly availableField: readonly []
}

/** What a Task record holds beside its properties. */
export interface TaskInner {
  /** Order of creation on the node, from 1. */
  readonly number: number
  readonly job?: string
  readonly payload?: unknown
  /** Lab milliseconds from running to done, as the lab's settings make it. */
  readonly durationMs: number
  readonly userName: string
  readonly opId: string
  /** Agenda job that takes the next step; absent: nobody in the lab works on it. */
  readonly pending?: number
}

/** How a task ends: with a result (unset for void) or with a MethodFault. */
export type TaskOutcome = { readonly result?: unknown } | { readonly error: MethodFault }

const none = Object.freeze([]) as readonly []

/** Starts a task in the call's transaction; returns its reference, the method's result. */
export function startTask(call: Call, spec: TaskSpec): MoRef {
  return refOf(createTask(call.tx, call.services, call.node, {
    ...spec,
    name: call.method.name,
    userName: call.session?.principal.name ?? '',
    opId: call.opId,
  }))
}

/**
 * Makes a task `queued`, lists it in the `recentTask` of its entity and of TaskManager and, on
 * vCenter, posts its TaskEvent (operations.md 4.1, 5). Its job runs at this lab instant, after the
 * transaction.
 */
export function createTask(
  tx: Transaction,
  services: Services,
  node: NodeInfo,
  spec: NewTask,
): Slot {
  const number = tx.count(`task/${node.name}`)
  const id = taskId(services, node, spec, number)
  const chainId = nextEventKey(tx, node.name)
  const info = newInfo(tx, node, spec, id, chainId)
  const durationMs = services.behaviour.durations === 'instant' ? 0 : spec.durationMs ?? 0
  const step = durationMs > 0 ? 'task.begin' : 'task.run'
  const pending = spec.job === undefined
    ? undefined
    : tx.after(0, step, { node: node.name, task: id })
  const slot = tx.create<TaskProps, TaskInner>({ node: node.name, type: 'Task', id }, {
    props: { info, value: none, availableField: none },
    inner: {
      number, durationMs, userName: spec.userName ?? '', opId: spec.opId ?? '',
      ...(spec.job === undefined ? {} : { job: spec.job, payload: spec.payload }),
      ...(pending === undefined ? {} : { pending }),
    },
  })
  appendToRecent(tx, services.schema, node, refOf(slot), spec.entity)
  logTaskCreated(tx, { node, info, userName: spec.userName ?? '', opId: spec.opId ?? '' })
  if (node.kind === 'vcenter') postTaskEvent(tx, node, info, spec, chainId)
  return slot
}

/**
 * Ends a task: `success` with its result or `error` with the MethodFault, and hands it to the
 * history. Nothing happens when it has ended already.
 */
export function completeTask(tx: Transaction, task: Slot, outcome: TaskOutcome): void {
  const record = tx.read<TaskProps, TaskInner>(task)
  if (record === undefined || isFinal(record.props.info)) return
  const now = toDateTime(nodeNow(tx, task.address.node))
  const { progress: _progress, ...rest } = record.props.info
  const info: TaskInfo = {
    ...rest,
    state: 'error' in outcome ? 'error' : 'success',
    startTime: rest.startTime ?? now,
    completeTime: now,
  }
  if ('error' in outcome) info.error = outcome.error.localized as NonNullable<TaskInfo['error']>
  else if (outcome.result !== undefined) info.result = outcome.result
  const { pending, job: _job, payload: _payload, ...inner } = record.inner
  if (pending !== undefined) tx.cancel(pending)
  tx.replace(task, { props: { ...record.props, info }, inner } as never)
  const node = nodeInfo(tx, task.address.node)!
  logTaskEnded(tx, { node, info, userName: record.inner.userName, opId: record.inner.opId })
  noteFinished(tx, node, info)
}

/**
 * Asks a task to end (operations.md 5). A task of the lab ends at once with RequestCanceled; one
 * that a client reports on only gets `cancelled`, and its owner ends it.
 * @throws NotSupported when it is not cancelable, InvalidState when it has ended.
 */
export function cancelTask(tx: Transaction, task: Slot): void {
  const { props, inner } = tx.read<TaskProps, TaskInner>(task)!
  if (isFinal(props.info)) throw fault('InvalidState')
  if (!props.info.cancelable) throw fault('NotSupported')
  if (props.info.cancelled) return
  changeInfo(tx, task, { cancelled: true })
  if (inner.job === undefined) return
  completeTask(tx, task, { error: fault('RequestCanceled') })
  tx.emit('task.canceled', { node: task.address.node, task: task.address.id })
}

/**
 * Lets a task wait, running: its work is done when `resumeTask` says so, or after `ms` of lab time.
 * For tasks that wait for something that happens in the lab, as a host that is to be empty.
 */
export function parkTask(tx: Transaction, task: Slot, ms?: number): void {
  const { inner } = tx.read<TaskProps, TaskInner>(task)!
  if (inner.pending !== undefined) tx.cancel(inner.pending)
  const pending = ms === undefined
    ? undefined
    : tx.after(ms, 'task.run', { node: task.address.node, task: task.address.id })
  setRunning(tx, task)
  const record = tx.read<TaskProps, TaskInner>(task)!
  const { pending: _old, ...rest } = record.inner
  tx.replace(task, {
    props: record.props, inner: pending === undefined ? rest : { ...rest, pending },
  } as never)
}

/** Ends the waiting of a parked task: its work is done at this lab instant. */
export function resumeTask(tx: Transaction, task: Slot): void {
  const record = tx.read<TaskProps, TaskInner>(task)
  if (record === undefined || isFinal(record.props.info)) return
  if (record.inner.pending !== undefined) tx.cancel(record.inner.pending)
  const pending = tx.after(0, 'task.run', { node: task.address.node, task: task.address.id })
  tx.replace(task, { props: record.props, inner: { ...record.inner, pending } } as never)
}

/** Makes a queued task `running`, from now. */
export function setRunning(tx: Transaction, task: Slot): void {
  changeInfo(tx, task, { state: 'running', startTime: toDateTime(nodeNow(tx, task.address.node)), progress: 0 })
  noteStateChange(tx, nodeInfo(tx, task.address.node)!)
}

/** Changes fields of a task's info that are not its state. */
export function changeInfo(tx: Transaction, task: Slot, fields: Partial<TaskInfo>): void {
  const record = tx.read<TaskProps, TaskInner>(task)!
  const info = { ...record.props.info, ...fields }
  tx.replace(task, { props: { ...record.props, info }, inner: record.inner } as never)
}

/** True for `success` and `error`: nothing changes any more. */
export function isFinal(info: TaskInfo): boolean {
  return info.state === 'success' || info.state === 'error'
}

function taskId(services: Services, node: NodeInfo, spec: NewTask, number: number): string {
  if (node.kind === 'vcenter') return `task-${number}`
  const dot = spec.descriptionId.lastIndexOf('.')
  const type = spec.descriptionId.slice(0, dot)
  const vmodl = services.schema.managed(type)?.vmodlName ?? `vim.${type}`
  const entity = spec.entity?.address.id ?? 'none'
  return `haTask-${entity}-${vmodl}${spec.descriptionId.slice(dot)}-${number}`
}

function newInfo(
  tx: Transaction,
  node: NodeInfo,
  spec: NewTask,
  id: string,
  chainId: number,
): TaskInfo {
  const { entity } = spec
  const name = entity === undefined ? undefined : tx.read(entity)?.props['name']
  return {
    key: id,
    task: { type: 'Task', value: id },
    ...(spec.name === undefined ? {} : { name: spec.name }),
    descriptionId: spec.descriptionId,
    ...(entity === undefined ? {} : { entity: refOf(entity) }),
    ...(typeof name === 'string' ? { entityName: name } : {}),
    state: 'queued',
    cancelled: false,
    cancelable: spec.cancelable ?? false,
    reason: spec.reason ?? reasonOf(spec.userName),
    queueTime: toDateTime(nodeNow(tx, node.name)),
    eventChainId: chainId,
    ...(spec.parentTaskKey === undefined ? {} : { parentTaskKey: spec.parentTaskKey }),
    ...(spec.rootTaskKey === undefined ? {} : { rootTaskKey: spec.rootTaskKey }),
    ...(spec.opId === undefined || spec.opId === '' ? {} : { activationId: spec.opId }),
  }
}

function reasonOf(userName: string | undefined): TaskReason {
  const reason = userName === undefined
    ? { _typeName: 'TaskReasonSystem' }
    : { _typeName: 'TaskReasonUser', userName }
  return reason as TaskReason
}

function postTaskEvent(
  tx: Transaction,
  node: NodeInfo,
  info: TaskInfo,
  spec: NewTask,
  key: number,
): void {
  postEvent(tx, node, {
    ...(spec.entity === undefined ? {} : eventSubject(spec.entity)),
    type: 'TaskEvent',
    key,
    userName: spec.userName ?? '',
    fields: { info },
    words: { task: taskLabel(spec.descriptionId) },
  })
}
