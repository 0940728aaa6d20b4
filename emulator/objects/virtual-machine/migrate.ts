import { vmRecord } from '../../physics/compute/vm.js'
import type { VirtualMachineMethods } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { requirePrivilege } from '../../services/authorization/check.js'
import type { Call } from '../../services/call.js'
import { fault } from '../../services/method-fault.js'
import { refOf } from '../../services/refs.js'
import { slotOf } from '../truth.js'
import { beginMove, moveVm } from './move.js'
import { migratePlan, relocatePlan, requireState } from './move-plan.js'

/**
 * MigrateVM_Task: another host or pool, the files stay (operations.md 11.6). A stand-alone host has
 * no such thing.
 * @throws NotSupported for a template, InvalidPowerState when the VM is not in `state`.
 */
export function startMigrate(call: Call, args: VirtualMachineMethods['MigrateVM_Task']['args']): MoRef {
  if (call.node.kind !== 'vcenter') throw fault('NotSupported')
  const { props } = vmRecord(call.tx, call.self)
  if (props.config?.template === true) throw fault('NotSupported')
  requireMove(call, args.pool)
  requireState(props, args.state)
  return refOf(beginMove(call, call.self, migratePlan(call, call.self, args), {
    ...look(call), descriptionId: 'VirtualMachine.migrate', relocate: false,
  }))
}

/** RelocateVM_Task: another host, pool or folder, and other datastores. */
export function startRelocate(call: Call, { spec }: VirtualMachineMethods['RelocateVM_Task']['args']): MoRef {
  if (call.node.kind !== 'vcenter') throw fault('NotSupported')
  requireMove(call, spec.pool)
  for (const { value, type } of [spec.datastore, ...(spec.disk ?? []).map(disk => disk.datastore)].filter(ref => ref !== undefined)) {
    requirePrivilege(call, slotOf(call, { type, value }), 'Datastore.AllocateSpace')
  }
  for (const { device } of spec.deviceChange ?? []) {
    const backing = device.backing as { network?: MoRef, port?: { portgroupKey?: string } } | undefined
    const id = backing?.network?.value ?? backing?.port?.portgroupKey
    const network = id === undefined ? undefined : call.tx.find(call.node.name, id)
    if (network !== undefined) requirePrivilege(call, network, 'Network.Assign')
  }
  return refOf(beginMove(call, call.self, relocatePlan(call, call.self, spec), {
    ...look(call), descriptionId: 'VirtualMachine.relocate', relocate: true,
  }))
}

export const moveJobs = { 'vm.move': moveVm }

/** Privileges on the VM and on the pool that takes it (network-security.md 12). */
function requireMove(call: Call, pool: MoRef | undefined): void {
  const on = vmRecord(call.tx, call.self).props.runtime.powerState === 'poweredOn'
  requirePrivilege(call, call.self, on ? 'Resource.HotMigrate' : 'Resource.ColdMigrate')
  if (pool !== undefined) requirePrivilege(call, slotOf(call, pool), 'Resource.AssignVMToPool')
}

function look(call: Call): { name: string, userName: string, opId: string } {
  return { name: call.method.name, userName: call.session?.principal.name ?? '', opId: call.opId }
}
