import { clusterConfig } from '../../physics/ha/config.js'
import { rulesNaming } from '../../physics/ha/rules.js'
import type {
  ClusterComputeResourceProps, ClusterResourceUsageSummary, DatastoreProps, HostSystemProps,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Query } from '../../services/call.js'
import { partial, query, defineManagedObject, type Definition } from '../define.js'
import { clusterHostJobs, clusterHostMethods } from './hosts.js'
import { placeVm, recommendHosts } from './place.js'
import { applyRecommendation, cancelRecommendation } from './proactive.js'
import { startReconfigureCompute } from './reconfigure.js'
import { advancedRuntimeInfo } from './runtime-info.js'

/** Clusters: their configuration is also what HA and DRS go by (physics/ha). */
export const clusterComputeResource: Definition = defineManagedObject('ClusterComputeResource', {
  jobs: clusterHostJobs,
  methods: {
    ...clusterHostMethods,
    ReconfigureCluster_Task: startReconfigureCompute,
    ReconfigureComputeResource_Task: partial(startReconfigureCompute, 'spec parts about vSAN and images of hosts'),
    ApplyRecommendation: partial(applyRecommendation, 'recommendations of Proactive HA are the only ones made'),
    CancelRecommendation: cancelRecommendation,
    RetrieveDasAdvancedRuntimeInfo: query(advancedRuntimeInfo),
    FindRulesForVm: query(({ reader, self }: Query, { vm }: { vm: MoRef }) =>
      rulesNaming(clusterConfig(reader, self), vm)),
    GetResourceUsage: query(resourceUsage),
    RecommendHostsForVm: query(recommendHosts),
    PlaceVm: query(placeVm, 'moves of other VMs to make room; datastore clusters; rules given in the call'),
  },
})

/** GetResourceUsage: what the hosts report of their use, and the space of the cluster's datastores. */
function resourceUsage({ reader, self, node }: Query): ClusterResourceUsageSummary {
  const { props } = reader.read<ClusterComputeResourceProps>(self)!
  const usage = { cpuUsedMHz: 0, memUsedMB: 0, storageUsedMB: 0, storageCapacityMB: 0 }
  for (const { value } of props.host ?? []) {
    const { quickStats } = reader.get<HostSystemProps>(node.name, value)?.props.summary ?? {}
    usage.cpuUsedMHz += quickStats?.overallCpuUsage ?? 0
    usage.memUsedMB += quickStats?.overallMemoryUsage ?? 0
  }
  for (const { value } of props.datastore ?? []) {
    const { capacity, freeSpace } = reader.get<DatastoreProps>(node.name, value)!.props.summary
    usage.storageCapacityMB += Math.floor(capacity / 2 ** 20)
    usage.storageUsedMB += Math.floor((capacity - freeSpace) / 2 ** 20)
  }
  const { totalCpu, totalMemory } = props.summary
  return { ...usage, cpuCapacityMHz: totalCpu, memCapacityMB: Math.floor(totalMemory / 2 ** 20) }
}
