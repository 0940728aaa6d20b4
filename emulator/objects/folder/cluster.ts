import { clusterProps, environmentBrowserProps, resourcePoolProps, rootPoolChoice } from '../../inventory/compute.js'
import { vcenterId } from '../../physics/management/ids.js'
import { hardwareVersionOf } from '../../inventory/products.js'
import { addChild } from '../../physics/management/tree.js'
import { setClusterConfig } from '../../physics/ha/follow.js'
import { configOf } from '../../physics/ha/capacity.js'
import type { ClusterComputeResourceProps, EnvironmentBrowserProps, ResourcePoolProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { refOf } from '../../services/refs.js'
import { eventArgument } from '../../services/events/arguments.js'
import { postEvent } from '../../services/events.js'
import { notEmulated } from '../../services/method-fault.js'
import { toDateTime } from '../../world/clock.js'
import type { Slot } from '../../world/records.js'
import { changedConfig, type ClusterSpec } from '../cluster-compute-resource/change.js'
import { tellSwitched } from '../cluster-compute-resource/events.js'
import { setDrs, specContext } from '../cluster-compute-resource/reconfigure.js'

const noCapacity = { mhz: 0, cores: 0, threads: 0, memoryBytes: 0, hosts: 0 }

/** Makes a cluster without hosts, with its root pool and its environment browser. */
export function newCluster(call: Call, name: string, spec: ClusterSpec): Slot {
  const { tx, node, self } = call
  if (spec.inHciWorkflow === true) throw notEmulated('spec.inHciWorkflow')
  const ref = (type: string, value: string): MoRef => ({ type, value })
  const cluster = ref('ClusterComputeResource', vcenterId(tx, node.name, 'domain-c'))
  const pool = ref('ResourcePool', vcenterId(tx, node.name, 'resgroup'))
  const environment = ref('EnvironmentBrowser', vcenterId(tx, node.name, 'envbrowser'))
  const browser = ref('HostDatastoreBrowser', `datastoreBrowser-${cluster.value}`)
  const refs = { parent: refOf(self), pool, hosts: [], datastores: [], networks: [], environment }
  const props = clusterProps(name, refs, noCapacity, {
    ha: false, drs: false, vms: { total: 0, poweredOff: 0 },
  }, hardwareVersionOf(node.product))
  const at = (of: MoRef) => ({ node: node.name, type: of.type, id: of.value })
  const slot = tx.create<ClusterComputeResourceProps, object>(at(cluster), { props, inner: {} })
  tx.create<EnvironmentBrowserProps, object>(at(environment), { props: environmentBrowserProps(browser), inner: {} })
  tx.create(at(browser), { props: { datastore: [] }, inner: {} })
  const root = resourcePoolProps(
    'Resources', { self: pool, parent: cluster, owner: cluster, pools: [], vm: [] },
    rootPoolChoice(noCapacity), noCapacity, toDateTime(tx.now()))
  tx.create<ResourcePoolProps, object>(at(pool), { props: root, inner: {} })
  addChild(tx, self, slot)
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
