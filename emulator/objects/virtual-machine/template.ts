import { vmRecord, type VmProps } from '../../physics/compute/vm.js'
import { followSlot } from '../../physics/management/mirror.js'
import { setPool } from '../../physics/management/tree.js'
import { hostNodeOf } from '../../physics/management/truth.js'
import type { ResourcePoolProps, VirtualMachineMethods } from '../../schema/generated/types.js'
import type { Call } from '../../services/call.js'
import { fault, invalidArgument, notEmulated } from '../../services/method-fault.js'
import { callerOf, slotOf, truthOf } from '../truth.js'
import { requireOff } from './lifecycle.js'

/** MarkAsTemplate: of a VM that is off; it leaves its pool (operations.md 11.3). */
export function markAsTemplate(call: Call): void {
  const { tx, self } = call
  const truth = truthOf(tx, self)
  const { props } = vmRecord(tx, truth)
  requireOff(props)
  if (props.config?.template === true) throw fault('NotSupported')
  setTemplate(call, true)
  if (truth !== self) setPool(tx, self, undefined)
}

/** MarkAsVirtualMachine: the template gets a pool, on the host where its files are registered. */
export function markAsVirtualMachine(
  call: Call, args: VirtualMachineMethods['MarkAsVirtualMachine']['args'],
): void {
  const { tx, self } = call
  const truth = truthOf(tx, self)
  if (vmRecord(tx, truth).props.config?.template !== true) throw fault('NotSupported')
  const pool = slotOf(call, args.pool)
  if (args.host !== undefined && hostNodeOf(tx, slotOf(call, args.host)) !== truth.address.node) {
    throw notEmulated('host (other than the one that has the template)')
  }
  if (!sameCompute(call, args.pool.value)) throw invalidArgument('pool')
  setTemplate(call, false)
  setPool(tx, self, { type: pool.address.type, value: pool.address.id })
}

function sameCompute(call: Call, pool: string): boolean {
  const { tx, node, self } = call
  const { owner } = tx.get<ResourcePoolProps>(node.name, pool)!.props
  const { host } = vmRecord(tx, self).props.runtime
  const compute = tx.get<{ host?: Array<{ value: string }> }>(node.name, owner.value)
  return compute?.props.host?.some(ref => ref.value === host?.value) ?? false
}

function setTemplate(call: Call, template: boolean): void {
  const { tx, self } = call
  const truth = truthOf(tx, self)
  tx.update<VmProps>(truth, ({ props }) => {
    if (props.config !== undefined) props.config.template = template
  })
  if (truth !== self) followSlot(tx, truth)
  tx.emit('vm.reconfigured', {
    node: truth.address.node, vm: truth.address.id, by: callerOf(call),
    spec: { _typeName: 'VirtualMachineConfigSpec' },
  })
}

