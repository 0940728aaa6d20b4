import { findVm, vmOfNode } from '../../physics/vcha/links.js'
import type { NodeKey, VchaInner } from '../../physics/vcha/state.js'
import type { HostSystemProps, VirtualMachineProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { ancestors } from '../../services/alarms/tree.js'
import type { NodeInfo } from '../../services/nodes.js'
import { refOf } from '../../services/refs.js'
import type { Reader, Slot } from '../../world/records.js'

/** vCenter's record of the VM that a node of a cluster is; without a cluster, of the vCenter's own VM. */
export function recordOfNode(reader: Reader, node: NodeInfo, vcha: VchaInner | undefined, key: NodeKey): Slot | undefined {
  const vm = vcha === undefined ? findVm(reader, node.name) : vmOfNode(reader, node.name, vcha, key)
  if (vm === undefined) return undefined
  const known = reader.read<object, { vcenterId?: string }>(vm)?.inner.vcenterId
  return known === undefined ? undefined : reader.find(node.name, known)
}

/** `PlacementInfo` (API reference): where vCenter's inventory has a node's VM. */
export function placementInfo(reader: Reader, node: NodeInfo, vm: Slot): object {
  const { props } = reader.read<VirtualMachineProps>(vm)!
  const host = props.runtime.host!
  const compute = reader.get<HostSystemProps>(node.name, host.value)!.props.parent!
  const datacenter = refOf(ancestors(reader, vm).find(({ address }) => address.type === 'Datacenter')!)
  const [network] = props.network ?? []
  const [datastore] = props.datastore ?? []
  return {
    management_vcenter_name: node.hostName, management_vcenter_server_guid: node.uuid,
    vm_name: props.name,
    datacenter: datacenter.value, datacenter_name: nameOf(reader, node, datacenter),
    host: host.value, host_name: nameOf(reader, node, host),
    ...compute.type === 'ClusterComputeResource' ? { cluster: compute.value, cluster_name: nameOf(reader, node, compute) } : {},
    ...network === undefined ? {} : {
      management_network: network.value, management_network_name: nameOf(reader, node, network),
      management_network_type: network.type === 'DistributedVirtualPortgroup' ? 'DISTRIBUTED_PORTGROUP' : 'STANDARD_PORTGROUP',
    },
    ...datastore === undefined ? {} : { storage: { datastore: datastore.value, datastore_name: nameOf(reader, node, datastore) } },
    ...props.config === undefined ? {} : { bios_uuid: props.config.uuid },
  }
}

function nameOf(reader: Reader, node: NodeInfo, ref: MoRef): string {
  return reader.get<{ name: string }>(node.name, ref.value)?.props.name ?? ref.value
}
