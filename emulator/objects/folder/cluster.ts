import { clusterProps, environmentBrowserProps, resourcePoolProps, rootPoolChoice } from '../../inventory/compute.js'
import { vcenterId } from '../../physics/management/ids.js'
import { hardwareVersionOf } from '../../inventory/products.js'
import { addChild } from '../../physics/management/tree.js'
import type {
  ClusterComputeResourceProps, ClusterConfigInfoEx, ClusterConfigSpecEx, EnvironmentBrowserProps, ResourcePoolProps,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { refOf } from '../../services/refs.js'
import { eventArgument } from '../../services/events/arguments.js'
import { postEvent } from '../../services/events.js'
import { notEmulated } from '../../services/method-fault.js'
import { toDateTime } from '../../world/clock.js'
import type { Slot } from '../../world/records.js'

/** ClusterConfigSpec and ClusterConfigSpecEx, as far as a new cluster takes them. */
export type ClusterSpec = Partial<ClusterConfigSpecEx>

const taken = new Set(['_typeName', 'dasConfig', 'drsConfig', 'vmSwapPlacement'])
const noCapacity = { mhz: 0, cores: 0, threads: 0, memoryBytes: 0, hosts: 0 }

/** Makes a cluster without hosts, with its root pool and its environment browser. */
export function newCluster(call: Call, name: string, spec: ClusterSpec): Slot {
  const { tx, node, self } = call
  refuseRest(spec)
  const ref = (type: string, value: string): MoRef => ({ type, value })
  const cluster = ref('ClusterComputeResource', vcenterId(tx, node.name, 'domain-c'))
  const pool = ref('ResourcePool', vcenterId(tx, node.name, 'resgroup'))
  const environment = ref('EnvironmentBrowser', vcenterId(tx, node.name, 'envbrowser'))
  const browser = ref('HostDatastoreBrowser', `datastoreBrowser-${cluster.value}`)
  const refs = { parent: refOf(self), pool, hosts: [], datastores: [], networks: [], environment }
  const props = clusterProps(name, refs, noCapacity, {
    ha: spec.dasConfig?.enabled === true,
    drs: spec.drsConfig?.enabled === true ? spec.drsConfig.defaultVmBehavior ?? true : false,
    vms: { total: 0, poweredOff: 0 },
  }, hardwareVersionOf(node.product))
  const at = (of: MoRef) => ({ node: node.name, type: of.type, id: of.value })
  const slot = tx.create<ClusterComputeResourceProps, object>(at(cluster), { props: withSpec(props, spec), inner: {} })
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
  return slot
}

function refuseRest(spec: ClusterSpec): void {
  for (const [field, value] of Object.entries(spec)) {
    if (taken.has(field) || value === undefined || (Array.isArray(value) && value.length === 0)) continue
    throw notEmulated(`spec.${field}`)
  }
}

/** Defaults stay where the spec says nothing. */
function withSpec(props: ClusterComputeResourceProps, spec: ClusterSpec): ClusterComputeResourceProps {
  const before = props.configurationEx as ClusterConfigInfoEx
  const dasConfig = { ...before.dasConfig, ...spec.dasConfig }
  const drsConfig = { ...before.drsConfig, ...spec.drsConfig }
  return {
    ...props,
    configurationEx: {
      ...before, dasConfig, drsConfig,
      ...(spec.vmSwapPlacement === undefined ? {} : { vmSwapPlacement: spec.vmSwapPlacement }),
    } as ClusterConfigInfoEx,
    configuration: { ...props.configuration, dasConfig, drsConfig },
  }
}
