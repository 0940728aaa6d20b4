import { nodeKeys, type NodeKey, type VchaInner } from '../../physics/vcha/state.js'
import type { FolderProps, HostSystemProps, VirtualMachineProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { fault } from '../../services/method-fault.js'
import type { VcenterCall } from './call.js'
import { recordOfNode } from './vcha-placement.js'

/**
 * What would be in the way of a new node at a place: errors, which its task would end with, and
 * warnings, which make the cluster weaker (one host or one disk for two nodes).
 * @throws MethodFault ManagedObjectNotFound for a place that is not there
 */
export function checkPlacement(
  call: VcenterCall, vcha: VchaInner, key: NodeKey, place: Readonly<Record<string, unknown>>,
): { readonly warnings: readonly object[], readonly errors: readonly object[] } {
  const { world, node } = call
  const props = <P extends object>(ref: MoRef): P => {
    const slot = world.find(node.name, ref.value)
    if (slot === undefined || !call.services.schema.isA(slot.address.type, ref.type)) throw fault('ManagedObjectNotFound', { obj: ref })
    return world.read<P>(slot)!.props
  }
  const name = String(place['nodeName'])
  const names = (props<FolderProps>(place['folder'] as MoRef).childEntity ?? []).map(child => props<{ name: string }>(child).name)
  const host = place['esxHost'] as MoRef | undefined
  const datastore = place['datastore'] as MoRef | undefined
  const at = host === undefined ? undefined : props<HostSystemProps>(host)
  if (datastore !== undefined) props(datastore)
  const others = nodeKeys(vcha).filter(other => other !== key).flatMap(other => {
    const vm = recordOfNode(world, node, vcha, other)
    return vm === undefined ? [] : [world.read<VirtualMachineProps>(vm)!.props]
  })
  return {
    errors: [
      ...names.includes(name) ? [message('name', `The folder has ${name} already.`, name)] : [],
      ...at !== undefined && at.runtime.connectionState !== 'connected'
        ? [message('host', `Host ${at.name} is not connected.`, at.name)] : [],
      ...at !== undefined && datastore !== undefined && at.datastore?.some(({ value }) => value === datastore.value) !== true
        ? [message('datastore', `Host ${at.name} does not have the datastore.`, at.name)] : [],
    ],
    warnings: [
      ...others.filter(vm => host !== undefined && vm.runtime.host?.value === host.value)
        .map(vm => message('same-host', `${vm.name} runs on the same host.`, vm.name)),
      ...others.filter(vm => datastore !== undefined && vm.datastore?.some(({ value }) => value === datastore.value) === true)
        .map(vm => message('same-datastore', `${vm.name} is on the same datastore.`, vm.name)),
    ],
  }
}

function message(id: string, text: string, ...args: string[]): object {
  return { id: `com.fauxsphere.vcha.check.${id}`, default_message: text, args }
}
