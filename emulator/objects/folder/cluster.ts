import { clusterProps } from '../../inventory/compute.js'
import { newCompute, noCapacity } from '../../inventory/compute-hosts.js'
import { hardwareVersionOf } from '../../inventory/products.js'
import { setClusterConfig } from '../../physics/ha/follow.js'
import { configOf } from '../../physics/ha/capacity.js'
import type { ClusterComputeResourceProps } from '../../schema/generated/types.js'
import type { Call } from '../../services/call.js'
import { eventArgument } from '../../services/events/arguments.js'
import { postEvent } from '../../services/events.js'
import { notEmulated } from '../../services/method-fault.js'
import type { Slot } from '../../world/records.js'
import { changedConfig, type ClusterSpec } from '../cluster-compute-resource/change.js'
import { tellSwitched } from '../cluster-compute-resource/events.js'
import { setDrs, specContext } from '../cluster-compute-resource/reconfigure.js'

/** Makes a cluster without hosts, with its root pool and its environment browser. */
export function newCluster(call: Call, name: string, spec: ClusterSpec): Slot {
  const { tx, node, self } = call
  if (spec.inHciWorkflow === true) throw notEmulated('spec.inHciWorkflow')
  const slot = newCompute(tx, self, {
    type: 'ClusterComputeResource',
    props: refs => clusterProps(name, refs, noCapacity, {
      ha: false, drs: false, vms: { total: 0, poweredOff: 0 },
    }, hardwareVersionOf(node.product)),
  })
  postEvent(tx, node, {
    type: 'ClusterCreatedEvent', computeResource: slot, userName: call.session?.principal.name ?? '',
    fields: { parent: eventArgument(tx, self, 'FolderEventArgument') },
  })
  configure(call, slot, spec)
  return slot
}

/** Gives a new cluster what its spec asks for beyond the defaults. */
function configure(call: Call, slot: Slot, spec: ClusterSpec): void {
  const { tx, node, services } = call
  const before = configOf(tx.read<ClusterComputeResourceProps>(slot)!.props)
  const config = changedConfig(specContext(tx, services.schema, node, slot), before, spec)
  setClusterConfig(tx, slot, config)
  setDrs(tx, slot, config)
  tellSwitched(tx, slot, before, config, { userName: call.session?.principal.name ?? '' })
  tx.emit('cluster.reconfigured', { vcenter: node.name, cluster: slot.address.id })
}
