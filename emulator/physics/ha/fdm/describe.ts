import type { ClusterComputeResourceProps, ClusterConfigInfoEx, HostSystemProps } from '../../../schema/generated/types.js'
import type { Reader } from '../../../world/records.js'
import { chassis } from '../../hardware/chassis.js'
import { callsPass } from '../../management/link.js'
import { hostNodeOf } from '../../management/truth.js'
import { dasOptionsOf } from '../das-options.js'
import { vsanOf } from '../../vsan/state.js'
import type { HaCluster } from '../signals.js'
import type { FdmConfig, FdmMember } from './agent.js'
import { chooseHeartbeatVolumes, sharedVolumes, volumesOfRefs } from './heartbeat-datastores.js'
import { isolationAddresses } from './isolation-addresses.js'
import { usable } from './links.js'
import type { HaWatch } from './watch.js'

/** Host nodes of a cluster with the ids of their records in vCenter. */
export function memberIds(reader: Reader, at: HaCluster): Array<[host: string, moid: string]> {
  const cluster = reader.get<ClusterComputeResourceProps>(at.vcenter, at.cluster)
  return (cluster?.props.host ?? []).flatMap(({ value }): Array<[string, string]> => {
    const slot = reader.find(at.vcenter, value)
    return slot === undefined ? [] : [[hostNodeOf(reader, slot), value]]
  })
}

/** True for hosts that take part: connected, not in maintenance or standby (availability.md 1.2). */
function takesPart(reader: Reader, at: HaCluster, host: string, moid: string): boolean {
  const inner = chassis(reader, host)
  const runtime = reader.get<HostSystemProps>(at.vcenter, moid)?.props.runtime
  return inner?.managedBy === at.vcenter && inner.management !== 'disconnected'
    && runtime?.inMaintenanceMode === false && runtime.powerState !== 'standBy'
}

/** What the agents of a cluster should know now; its version is given when it is stored. */
export function describe(
  reader: Reader, at: HaCluster, config: ClusterConfigInfoEx, watch: HaWatch, before: FdmConfig | undefined,
): FdmConfig {
  const options = dasOptionsOf(config)
  const ids = memberIds(reader, at).filter(([host, moid]) => takesPart(reader, at, host, moid))
  const shared = sharedVolumes(reader, ids.map(([host]) => host))
  const carriers = shared.filter(({ carrier }) => carrier)
  const { hBDatastoreCandidatePolicy: policy = 'allFeasibleDsWithUserPreference', heartbeatDatastore = [] } = config.dasConfig
  const choice = {
    policy, perHost: options.heartbeatDsPerHost, preferred: volumesOfRefs(reader, at.vcenter, heartbeatDatastore),
  }
  const members = ids.map(([host, moid]): FdmMember => {
    const known = before?.members.find(member => member.host === host)?.heartbeatVolumes
    const seen = callsPass(reader, at.vcenter, host) || known === undefined
    const own = carriers.filter(each => each.hosts.includes(host)
      && (seen ? usable(reader, host, each.volume) : known.includes(each.volume)))
    return { host, moid, heartbeatVolumes: chooseHeartbeatVolumes(own, choice) }
  })
  const bare = ids.filter(([, moid]) => (reader.get<HostSystemProps>(at.vcenter, moid)?.props.datastore ?? []).length === 0)
  return {
    vcenter: at.vcenter, cluster: at.cluster, version: 0, members, config, folder: watch.folder,
    timing: {
      hostTimeout: options.hostTimeoutSec * 1000, pingTimeout: options.icmpPingTimeoutSec * 1000,
      deadPing: options.deadIcmpPingIntervalSec * 1000, isolationDelay: options.isolationPolicyDelaySec * 1000,
    },
    isolationAddresses: isolationAddresses(reader, options),
    // On vSAN the lists of protected VMs are in the VMs' own objects (availability.md 1.1).
    volumes: shared.filter(({ volume }) => vsanOf(reader, volume) === undefined).map(({ volume }) => volume),
    ...(bare.length === 0 ? {} : { withoutDatastores: bare.map(([host]) => host) }),
    ...(config.vsanConfigInfo?.enabled === true ? { network: 'vsan' } : {}),
    maxMasterEvents: options.maxMasterEvents, maxSlaveEvents: options.maxSlaveEvents,
  }
}
