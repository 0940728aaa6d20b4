import { vmRecord } from '../../physics/compute/vm.js'
import { refOf } from '../../services/refs.js'
import { eventArgument } from '../../services/events/arguments.js'
import { postEvent } from '../../services/events.js'
import type { TaskRun } from '../../services/tasks.js'
import type { Slot } from '../../world/records.js'

/** Posts that a copy is being made: of a VM, or of a template (operations.md 4.1, 11.3). */
export function announceBeingCloned(
  run: TaskRun, source: Slot, to: { readonly folder: Slot, readonly name: string, readonly host: Slot },
): void {
  if (isTemplate(run, source)) return
  postEvent(run.tx, run.node, {
    type: 'VmBeingClonedEvent', vm: source, userName: run.userName, chainId: run.chainId,
    fields: {
      destFolder: eventArgument(run.tx, to.folder, 'FolderEventArgument'),
      destName: to.name,
      destHost: eventArgument(run.tx, to.host, 'HostEventArgument'),
    },
  })
}

/** Posts that the copy is there. */
export function announceCloned(run: TaskRun, source: Slot, made: Slot): void {
  const argument = { name: vmRecord(run.tx, source).props.name, vm: refOf(source) }
  const fromTemplate = isTemplate(run, source)
  if (fromTemplate) {
    postEvent(run.tx, run.node, {
      type: 'VmBeingDeployedEvent', vm: made, userName: run.userName, chainId: run.chainId,
      fields: { srcTemplate: argument },
    })
  }
  postEvent(run.tx, run.node, {
    type: fromTemplate ? 'VmDeployedEvent' : 'VmClonedEvent', vm: made,
    userName: run.userName, chainId: run.chainId,
    fields: fromTemplate ? { srcTemplate: argument } : { sourceVm: argument },
  })
}

function isTemplate(run: TaskRun, source: Slot): boolean {
  return vmRecord(run.tx, source).props.config?.template === true
}
