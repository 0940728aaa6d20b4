import { vmRecord, type VmProps } from '../../physics/compute/vm.js'
import { followSlot } from '../../physics/management/mirror.js'
import type { HostSystemProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { fault, invalidArgument } from '../../services/method-fault.js'
import { tellOfVm } from '../../services/narration/virtual-machine.js'
import { startTask, type TaskRun } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import { toDateTime } from '../../world/clock.js'
import { actorOf, taskEntity, truthOf } from '../truth.js'
import { newestHardware } from './create.js'
import { requireOff } from './lifecycle.js'
import { nextVersion } from './reconfigure.js'

/** UpgradeVM_Task: virtual hardware of a newer version; default: the newest that the VM's host runs. */
export function startUpgrade(call: Call, { version }: { version?: string }): MoRef {
  return startTask(call, {
    descriptionId: 'VirtualMachine.upgradeVirtualHardware', entity: call.self, job: 'vm.upgrade',
    payload: version === undefined ? {} : { version }, durationMs: taskDurationMs.upgradeVm,
  })
}

/**
 * Work of UpgradeVM_Task.
 * @throws InvalidPowerState unless the VM is off, AlreadyUpgraded when it has that version or a newer
 * one, InvalidArgument `version` for one that is none or that its host does not run
 */
export function upgradeVm(run: TaskRun, { version }: { version?: string }): void {
  const { tx } = run
  const vm = truthOf(tx, taskEntity(run))
  const { props } = vmRecord(tx, vm)
  requireOff(props)
  const host = tx.get<HostSystemProps>(vm.address.node, 'ha-host')!.props
  const newest = newestHardware(host)
  const asked = version === undefined ? newest : Number(/^vmx-(\d{2})$/.exec(version)?.[1] ?? NaN)
  if (Number.isNaN(asked) || asked > newest) throw invalidArgument('version')
  if (asked <= hardwareNumber(props)) throw fault('AlreadyUpgraded', {}, 'The virtual machine has already been upgraded.')
  const key = `vmx-${String(asked).padStart(2, '0')}`
  const fact = { node: vm.address.node, vm: vm.address.id, by: actorOf(run) }
  tellOfVm(tx, 'VmUpgradingEvent', fact, { version: key })
  const now = toDateTime(tx.now())
  tx.update<VmProps>(vm, ({ props: draft }) => {
    if (draft.config === undefined) return
    draft.config.version = key
    draft.config.modified = now
    draft.config.changeVersion = nextVersion(props.config?.changeVersion, now)
  })
  followSlot(tx, vm)
  tellOfVm(tx, 'VmUpgradeCompleteEvent', fact, { version: key })
}

function hardwareNumber(props: VmProps): number {
  return Number(props.config?.version.replace('vmx-', '') ?? 0)
}
