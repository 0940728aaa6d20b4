import type { ComputeResourceProps, ResourcePoolMethods, ResourcePoolProps, VirtualAppProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { refOf } from '../../services/refs.js'
import { above } from '../../services/events/arguments.js'
import { fault, notEmulated } from '../../services/method-fault.js'
import { startTask, type TaskRun } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import { taskEntity } from '../truth.js'
import { createVm } from '../virtual-machine/lifecycle.js'
import { registerVm } from '../virtual-machine/register.js'
import { requirePlacePrivileges } from '../virtual-machine/spec-privileges.js'

type CreateArgs = ResourcePoolMethods['CreateChildVM_Task']['args']
type RegisterArgs = ResourcePoolMethods['RegisterChildVM_Task']['args']

/** CreateChildVM_Task: a VM in this pool, in the folder of VMs of its datacenter. */
export function startCreateChildVm(call: Call, args: CreateArgs): MoRef {
  if (call.self.address.type === 'VirtualApp') throw notEmulated('CreateChildVM_Task of a vApp')
  requirePlacePrivileges(call, args.config)
  return startTask(call, {
    descriptionId: 'ResourcePool.createVm', entity: call.self, job: 'pool.createChildVm', payload: args,
    durationMs: taskDurationMs.createVm,
  })
}

/** RegisterChildVM_Task. */
export function startRegisterChildVm(call: Call, args: RegisterArgs): MoRef {
  if (call.self.address.type === 'VirtualApp') throw notEmulated('RegisterChildVM_Task of a vApp')
  return startTask(call, {
    descriptionId: 'ResourcePool.registerVm', entity: call.self, job: 'pool.registerChildVm', payload: args,
    durationMs: taskDurationMs.registerVm,
  })
}

/** Work of CreateChildVM_Task. */
export function createChildVm(run: TaskRun, args: CreateArgs): MoRef {
  return createVm(run, { ...args, pool: refOf(taskEntity(run)), folder: vmFolderOf(run) })
}

/** Work of RegisterChildVM_Task. */
export function registerChildVm(run: TaskRun, args: RegisterArgs): MoRef {
  return registerVm(run, { ...args, asTemplate: false, pool: refOf(taskEntity(run)), folder: vmFolderOf(run) })
}

function vmFolderOf(run: TaskRun): MoRef {
  const pool = run.tx.read<ResourcePoolProps & Partial<VirtualAppProps>>(taskEntity(run))!.props
  const owner = run.tx.find(run.node.name, pool.owner.value)
  const datacenter = owner === undefined ? undefined : above(run.tx, owner, 'Datacenter')
  const folder = datacenter === undefined
    ? undefined
    : run.tx.read<ComputeResourceProps & { vmFolder?: MoRef }>(datacenter)!.props.vmFolder
  if (folder === undefined) throw fault('InvalidState')
  return folder
}
