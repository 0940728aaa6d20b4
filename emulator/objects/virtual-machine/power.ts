import type { VirtualMachineMethods, VirtualMachinePowerState } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import {
  powerOff, powerOn, refuse, reset, suspend,
  type PowerOperation, type PowerOptions, type PowerRefusal,
} from '../../physics/compute/power.js'
import { vmRecord, type VmProps } from '../../physics/compute/vm.js'
import { findTruth } from '../../physics/management/truth.js'
import type { Call } from '../../services/call.js'
import { EVALUATION_KEY } from '../../services/licences.js'
import { fault, notEmulated, type MethodFault } from '../../services/method-fault.js'
import { startTask, type TaskProps, type TaskRun } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { SignalKind } from '../../world/signals.js'
import { admitPowerOn } from '../cluster-compute-resource/admission.js'
import { actorOf, isInstant, movingTask, taskEntity, truthOf } from '../truth.js'

const MEBIBYTE = 1048576

/** What an operation is called, does, and announces when it begins. */
interface PowerPlan {
  readonly operation: PowerOperation
  readonly run: (tx: Transaction, slot: Slot, options: PowerOptions) => PowerRefusal | undefined
  readonly requested: VirtualMachinePowerState
}

const plans: Record<PowerOperation, PowerPlan> = {
  powerOn: { operation: 'powerOn', run: powerOn, requested: 'poweredOn' },
  powerOff: { operation: 'powerOff', run: powerOff, requested: 'poweredOff' },
  reset: { operation: 'reset', run: reset, requested: 'poweredOn' },
  suspend: { operation: 'suspend', run: suspend, requested: 'suspended' },
}

/** PowerOnVM_Task: a template is NotSupported at once, a wrong power state fails the task. */
export function startPowerOn(call: Call, args: VirtualMachineMethods['PowerOnVM_Task']['args']): MoRef {
  const { props } = vmRecord(call.tx, call.self)
  if (props.config?.template === true) throw fault('NotSupported')
  if (args.host !== undefined && args.host.value !== props.runtime.host?.value) {
    throw notEmulated('host (power-on on another host)')
  }
  return begin(call, 'powerOn', props)
}

/** PowerOffVM_Task. */
export function startPowerOff(call: Call): MoRef {
  return begin(call, 'powerOff', vmRecord(call.tx, call.self).props)
}

/** ResetVM_Task. */
export function startReset(call: Call): MoRef {
  return begin(call, 'reset', vmRecord(call.tx, call.self).props)
}

/** SuspendVM_Task. */
export function startSuspend(call: Call): MoRef {
  return begin(call, 'suspend', vmRecord(call.tx, call.self).props)
}

/** Task jobs of the power operations. */
export const powerJobs = {
  'vm.powerOn': (run: TaskRun) => finish(run, 'powerOn'),
  'vm.powerOff': (run: TaskRun) => finish(run, 'powerOff'),
  'vm.reset': (run: TaskRun) => finish(run, 'reset'),
  'vm.suspend': (run: TaskRun) => finish(run, 'suspend'),
}

function begin(call: Call, operation: PowerOperation, vm: VmProps): MoRef {
  const resumes = operation === 'powerOn' && vm.runtime.powerState === 'suspended'
  const task = startTask(call, {
    descriptionId: `VirtualMachine.${operation}`,
    entity: call.self,
    job: `vm.${operation}`,
    payload: {},
    durationMs: resumes ? taskDurationMs.resume : taskDurationMs[operation],
  })
  const truth = findTruth(call.tx, call.self)
  if (truth === undefined || refuse(operation, vm) !== undefined || movingTask(call.tx, call.self) !== undefined) return task
  const chainId = call.tx.get<TaskProps>(call.node.name, task.value)?.props.info.eventChainId
  announce(call.tx, truth, operation, vm, {
    node: call.node.name,
    userName: call.session?.principal.name ?? '',
    ...(chainId === undefined ? {} : { chainId }),
  })
  return task
}

/** Says what begins: the event comes before the work, and stays when the work fails. */
export function announce(
  tx: Transaction, truth: Slot, operation: PowerOperation, vm: VmProps, by: NonNullable<PowerOptions['by']>,
): void {
  const begins = {
    powerOn: vm.runtime.powerState === 'suspended' ? 'vm.resuming' : 'vm.starting',
    powerOff: 'vm.stopping',
    reset: 'vm.resetting',
    suspend: 'vm.suspending',
  } as const satisfies Record<PowerOperation, SignalKind>
  tx.emit(begins[operation], { node: truth.address.node, vm: truth.address.id, by })
}

function finish(run: TaskRun, operation: PowerOperation): void {
  const entity = taskEntity(run)
  const truth = truthOf(run.tx, entity)
  if (operation === 'powerOn') admitPowerOn(run, entity)
  const refusal = plans[operation].run(run.tx, truth, { by: actorOf(run), instant: isInstant(run) })
  if (refusal !== undefined) throw powerFault(run.tx, truth, operation, refusal)
}

/** Names a refusal of the physics as the product's MethodFault. */
export function powerFault(
  tx: Transaction, vm: Slot, operation: PowerOperation, refusal: PowerRefusal,
): MethodFault {
  switch (refusal.why) {
    case 'state': return fault('InvalidPowerState', {
      requestedState: plans[operation].requested, existingState: refusal.state,
    })
    case 'template': return fault('NotSupported')
    case 'question': return questionPending(refusal.text)
    case 'licence': return fault('LicenseExpired', { licenseKey: EVALUATION_KEY }, 'The license of the host has expired.')
    case 'maintenance': return fault('InvalidState')
    case 'vcpus': return fault('NotEnoughLogicalCpus', {
      numCpuDest: refusal.host, numCpuVm: refusal.vm,
    }, `The host has ${refusal.host} logical CPUs, the virtual machine needs ${refusal.vm}.`)
    case 'memory': return fault('InsufficientMemoryResourcesFault', {
      unreserved: refusal.unreserved * MEBIBYTE, requested: refusal.requested * MEBIBYTE,
    }, 'The available Memory resources in the parent resource pool are insufficient for the operation.')
    case 'cpu': return fault('InsufficientCpuResourcesFault', {
      unreserved: refusal.unreserved, requested: refusal.requested,
    }, 'The available CPU resources in the parent resource pool are insufficient for the operation.')
    case 'swapSpace':
    case 'suspendSpace': return noSpace(tx, vm)
    case 'locked': return fault('FileLocked', { file: refusal.file ?? configFile(tx, vm) }, 'Unable to access file since it is locked')
    case 'storage': return fault('CannotAccessFile', { file: configFile(tx, vm) },
      `Unable to access file ${configFile(tx, vm)}`)
  }
}

/** @throws QuestionPending for a VM that waits for an answer: nothing else can be done with it */
export function requireNoQuestion({ runtime: { question } }: VmProps): void {
  if (question !== undefined) throw questionPending(question.text)
}

/** The fault for a VM that waits for an answer, with the text of its question. */
export function questionPending(text: string): MethodFault {
  return fault('QuestionPending', { text }, `The virtual machine waits for an answer: ${text}`)
}

/** The fault for a file beside a VM's configuration that finds no space. */
export function noSpace(tx: Transaction, vm: Slot): MethodFault {
  const file = configFile(tx, vm)
  const datastore = file.slice(1, file.indexOf(']'))
  return fault('NoDiskSpace', { file, datastore }, `Insufficient disk space on datastore '${datastore}'.`)
}

function configFile(tx: Transaction, vm: Slot): string {
  return vmRecord(tx, vm).props.config?.files.vmPathName ?? ''
}
