import type { FolderMethods, FolderProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { fault } from '../../services/method-fault.js'
import { startTask } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import { requirePlacePrivileges } from '../virtual-machine/spec-privileges.js'

/** CreateVM_Task: a folder that holds no VMs is NotSupported at once; the rest fails the task. */
export function startCreateVm(call: Call, args: FolderMethods['CreateVM_Task']['args']): MoRef {
  requireVmFolder(call)
  requirePlacePrivileges(call, args.config)
  return startTask(call, {
    descriptionId: 'Folder.createVm',
    entity: call.self,
    job: 'folder.createVm',
    payload: args,
    durationMs: taskDurationMs.createVm,
  })
}

/** RegisterVM_Task. */
export function startRegisterVm(call: Call, args: FolderMethods['RegisterVM_Task']['args']): MoRef {
  requireVmFolder(call)
  return startTask(call, {
    descriptionId: 'Folder.registerVm',
    entity: call.self,
    job: 'folder.registerVm',
    payload: args,
    durationMs: taskDurationMs.registerVm,
  })
}

function requireVmFolder(call: Call): void {
  const types = call.tx.read<FolderProps>(call.self)!.props.childType ?? []
  if (!types.includes('VirtualMachine')) throw fault('NotSupported')
}
