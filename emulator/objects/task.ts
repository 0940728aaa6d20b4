import type { TaskMethods } from '../schema/generated/types.js'
import { requirePrivilege } from '../services/authorization/check.js'
import type { Call } from '../services/call.js'
import { MethodFault, fault, invalidArgument } from '../services/method-fault.js'
import {
  cancelTask, changeInfo, completeTask, isFinal, setRunning, type TaskInner, type TaskProps,
} from '../services/tasks.js'
import type { StoredRecord } from '../world/records.js'
import { defineManagedObject } from './define.js'

type Args<M extends keyof TaskMethods> = TaskMethods[M]['args']

/** One's own task, or with Global.CancelTask on its entity (network-security.md 11.5). */
function cancel(call: Call): void {
  const { inner } = taskOf(call)
  if (inner.userName !== call.session?.principal.name) {
    requirePrivilege(call, call.self, 'Global.CancelTask')
  }
  cancelTask(call.tx, call.self)
}

function updateProgress(call: Call, args: Args<'UpdateProgress'>): void {
  const { props } = clientTask(call)
  if (props.info.state !== 'running') throw fault('InvalidState')
  if (args.percentDone < 0 || args.percentDone > 100) {
    throw fault('OutOfBounds', { argumentName: 'percentDone' })
  }
  changeInfo(call.tx, call.self, { progress: args.percentDone })
}

/** A client's report on a task that it carries out: queued, running, then success or error. */
function setState(call: Call, args: Args<'SetTaskState'>): void {
  const { props } = clientTask(call)
  if (args.state === 'running') {
    if (props.info.state !== 'running') setRunning(call.tx, call.self)
    return
  }
  if (args.state === 'queued') {
    if (props.info.state !== 'queued') throw fault('InvalidState')
    return
  }
  if (args.state === 'success') {
    completeTask(call.tx, call.self, { result: args.result })
    return
  }
  if (args.fault === undefined) throw invalidArgument('fault')
  const { _typeName: type, ...fields } = args.fault.fault as { _typeName?: string }
  const text = args.fault.localizedMessage
  completeTask(call.tx, call.self, { error: new MethodFault(type ?? 'MethodFault', fields, text) })
}

function setDescription(call: Call, args: Args<'SetTaskDescription'>): void {
  clientTask(call)
  changeInfo(call.tx, call.self, { description: args.description })
}

function taskOf(call: Call): StoredRecord<TaskProps, TaskInner> {
  return call.tx.read<TaskProps, TaskInner>(call.self)!
}

/** A task that has not ended and that nobody in the lab works on; else InvalidState. */
function clientTask(call: Call): StoredRecord<TaskProps, TaskInner> {
  const task = taskOf(call)
  if (isFinal(task.props.info) || task.inner.pending !== undefined) throw fault('InvalidState')
  return task
}

/** Task (operations.md 5). */
export const task = defineManagedObject('Task', {
  methods: {
    CancelTask: cancel,
    UpdateProgress: updateProgress,
    SetTaskState: setState,
    SetTaskDescription: setDescription,
  },
})
