import type { MoRef } from '../schema/model.js'
import type { Slot } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import type { Call, Services } from './call.js'
import type { NodeInfo } from './nodes.js'

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
}

/** The work of a task: its result becomes `info.result`, a thrown MethodFault `info.error`. */
export type TaskJob<P = never> = (run: TaskRun, payload: P) => unknown

/** Starts a task in the call's transaction; returns its reference, the method's result. */
export declare function startTask(call: Call, spec: TaskSpec): MoRef
