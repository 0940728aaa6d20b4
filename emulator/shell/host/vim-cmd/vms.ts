import type { VirtualMachineProps } from '../../../schema/generated/types.js'
import type { MoRef } from '../../../schema/model.js'
import { MethodFault } from '../../../services/method-fault.js'
import type { LocalApi } from '../../programs/api.js'

export interface FoundVm { readonly ref: MoRef, readonly props: VirtualMachineProps }

/** The VMs of the host, by their numbers. */
export function vmsOf({ machine: { world, node } }: LocalApi): FoundVm[] {
  return world.ofType(node.name, 'VirtualMachine')
    .map(slot => {
      const props = world.read<VirtualMachineProps>(slot)!.props as VirtualMachineProps
      return { ref: { type: 'VirtualMachine', value: slot.address.id }, props }
    })
    .sort((a, b) => Number(a.ref.value) - Number(b.ref.value))
}

/** A VM by its number. @throws NotFound, with the words of vim-cmd (operations.md 2.2) */
export function vmOf(api: LocalApi, id: string): FoundVm {
  const ref = { type: 'VirtualMachine', value: id }
  const found = api.machine.world.find(api.machine.node.name, id)
  if (found?.address.type !== 'VirtualMachine') {
    throw new MethodFault('NotFound', {}, `Unable to find a VM corresponding to "${id}"`)
  }
  return { ref, props: api.props<VirtualMachineProps>(ref)! }
}

export function isTemplate(props: VirtualMachineProps): boolean {
  return props.config?.template === true
}
