import type { ClusterAttemptedVmInfo, ClusterNotAttemptedVmInfo, ClusterPowerOnVmResult } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { vmRecord } from '../physics/compute/vm.js'
import { refuse } from '../physics/compute/power.js'
import { moveRegistration } from '../physics/migration/register.js'
import { findTruth, hostNodeOf } from '../physics/management/truth.js'
import { requirePrivilege } from '../services/authorization/check.js'
import type { Call } from '../services/call.js'
import type { Slot } from '../world/records.js'
import { fault } from '../services/method-fault.js'
import { createTask, startTask, type TaskProps, type TaskRun } from '../services/tasks.js'
import { taskDurationMs } from '../services/timing.js'
import { startElsewhere } from './host-system/evacuate.js'
import { movingTask, slotOf, unreachable } from './truth.js'
import { announce, powerFault } from './virtual-machine/power.js'

/** Datacenter.PowerOnMultiVM_Task: each VM that can be started gets a power-on task of its own. */
export function startPowerOnMulti(call: Call, { vm }: { vm: MoRef[] }): MoRef {
  // An empty list starts nothing, but it is a task all the same.
  if (vm.length === 0) requirePrivilege(call, call.self, 'VirtualMachine.Interact.PowerOn')
  for (const ref of vm) requirePrivilege(call, slotOf(call, ref), 'VirtualMachine.Interact.PowerOn')
  return startTask(call, {
    descriptionId: 'Datacenter.powerOnVm', entity: call.self, job: 'datacenter.powerOnMulti', payload: { vm },
  })
}

/** Work of PowerOnMultiVM_Task. */
export function powerOnMulti(run: TaskRun, { vm }: { vm: MoRef[] }): ClusterPowerOnVmResult & { _typeName: string } {
  const attempted: ClusterAttemptedVmInfo[] = []
  const notAttempted: ClusterNotAttemptedVmInfo[] = []
  for (const ref of vm) {
    const started = startOne(run, ref)
    if ('type' in started) attempted.push({ vm: ref, task: started })
    else notAttempted.push({ vm: ref, fault: started.localized as never })
  }
  return { _typeName: 'ClusterPowerOnVmResult', attempted, notAttempted }
}

function startOne(run: TaskRun, ref: MoRef): MoRef | { localized: unknown } {
  const { tx, services, node } = run
  const slot = tx.find(node.name, ref.value)
  if (slot === undefined) return { localized: fault('ManagedObjectNotFound', { obj: ref }).localized }
  const { props } = vmRecord(tx, slot)
  const refusal = refuse('powerOn', props)
  const known = findTruth(tx, slot)
  const truth = known === undefined || refusal !== undefined ? known : placed(run, slot, known)
  if (truth === undefined) return { localized: unreachable(tx, slot).localized }
  if (refusal !== undefined) return { localized: powerFault(tx, slot, 'powerOn', refusal).localized }
  const task = createTask(tx, services, node, {
    descriptionId: 'VirtualMachine.powerOn', name: 'PowerOnVM_Task', entity: slot, job: 'vm.powerOn', payload: {},
    durationMs: taskDurationMs.powerOn, userName: run.userName, opId: run.opId, parentTaskKey: run.task.address.id,
    rootTaskKey: run.task.address.id,
  })
  const chainId = tx.read<TaskProps>(task)!.props.info.eventChainId
  announce(tx, truth, 'powerOn', props, { node: node.name, userName: run.userName, chainId })
  return { type: 'Task', value: task.address.id }
}

/** DRS registers the VM where it is to start, if that is not the host that it is on. */
function placed(run: TaskRun, vm: Slot, truth: Slot): Slot {
  const host = movingTask(run.tx, vm) === undefined ? startElsewhere(run, vm) : undefined
  return host === undefined ? truth : moveRegistration(run.tx, truth, hostNodeOf(run.tx, host))
}
