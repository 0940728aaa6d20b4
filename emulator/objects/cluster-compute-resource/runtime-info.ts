import { shapeOf } from '../../physics/compute/admission.js'
import { vmRecord } from '../../physics/compute/vm.js'
import { countSlots, policyKind, slotsOf, type HostShare, type SlotCount } from '../../physics/ha/admission.js'
import { demandOf, sharesOf } from '../../physics/ha/capacity.js'
import { clusterConfig } from '../../physics/ha/config.js'
import { dasOptionsOf } from '../../physics/ha/das-options.js'
import { fdmConfig } from '../../physics/ha/fdm/agent.js'
import { hostNodeOf } from '../../physics/management/truth.js'
import { volumeOf } from '../../physics/storage/paths.js'
import type {
  ClusterComputeResourceProps, ClusterConfigInfoEx, ClusterDasAdvancedRuntimeInfo, ClusterDasFailoverLevelAdvancedRuntimeInfo,
  ClusterDasFailoverLevelAdvancedRuntimeInfoVmSlots, DasHeartbeatDatastoreInfo, DatastoreProps, HostSystemProps,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Query } from '../../services/call.js'
import type { Reader, Slot } from '../../world/records.js'

type Info = ClusterDasAdvancedRuntimeInfo & { readonly _typeName: string }

/** RetrieveDasAdvancedRuntimeInfo: unset while HA is off; with the slot policy all about its slots. */
export function advancedRuntimeInfo({ reader, self }: Query): Info | undefined {
  const config = clusterConfig(reader, self)
  if (config.dasConfig.enabled !== true) return undefined
  const heartbeats = heartbeatDatastores(reader, self)
  const common = {
    vmcpSupported: { storageAPDSupported: true, storagePDLSupported: true },
    ...(heartbeats.length === 0 ? {} : { heartbeatDatastoreInfo: heartbeats }),
  }
  if (policyKind(config) !== 'slots') {
    return { _typeName: 'ClusterDasAdvancedRuntimeInfo', ...common } as Info
  }
  const shares = sharesOf(reader, self)
  const slots = countSlots(config, shares)
  const info: ClusterDasFailoverLevelAdvancedRuntimeInfo & { _typeName: string } = {
    _typeName: 'ClusterDasFailoverLevelAdvancedRuntimeInfo',
    ...common,
    slotInfo: { numVcpus: slots.slotVcpus, cpuMHz: slots.slotMhz, memoryMB: slots.slotMb },
    totalSlots: slots.total,
    usedSlots: slots.used,
    unreservedSlots: slots.unreserved,
    totalVms: shares.reduce((sum, share) => sum + share.demands.reduce((n, demand) => n + demand.count, 0), 0),
    totalHosts: shares.length,
    totalGoodHosts: slots.hosts.length,
    hostSlots: slots.hosts.map(({ host, slots: count }) => ({ host: { type: 'HostSystem', value: host }, slots: count })),
  }
  const big = bigVms(reader, self, slots, shares, config)
  return big.length === 0 ? info : { ...info, vmsRequiringMultipleSlots: big } as Info
}

/** Datastores that vCenter chose for datastore heartbeats, with the hosts that use them so. */
function heartbeatDatastores(reader: Reader, cluster: Slot): DasHeartbeatDatastoreInfo[] {
  const { node } = cluster.address
  const { host = [], datastore = [] } = reader.read<ClusterComputeResourceProps>(cluster)!.props
  const users = new Map<string, MoRef[]>()
  for (const ref of host) {
    const slot = reader.find(node, ref.value)
    const name = slot === undefined ? '' : hostNodeOf(reader, slot)
    const member = fdmConfig(reader, name)?.members.find(item => item.host === name)
    for (const volume of member?.heartbeatVolumes ?? []) users.set(volume, [...users.get(volume) ?? [], ref])
  }
  const found: DasHeartbeatDatastoreInfo[] = []
  for (const ref of datastore) {
    const props = reader.get<DatastoreProps>(node, ref.value)?.props
    const hosts = props === undefined ? undefined : users.get(volumeOf(props))
    if (hosts !== undefined) found.push({ datastore: ref, hosts })
  }
  return found
}

/** Running VMs that take more than one slot: there are some only where the slot size is bounded. */
function bigVms(
  reader: Reader, cluster: Slot, slots: SlotCount, shares: readonly HostShare[], config: ClusterConfigInfoEx,
): ClusterDasFailoverLevelAdvancedRuntimeInfoVmSlots[] {
  const vms = shares.flatMap(({ host }) => reader.get<HostSystemProps>(cluster.address.node, host)?.props.vm ?? [])
  const options = dasOptionsOf(config)
  const found: ClusterDasFailoverLevelAdvancedRuntimeInfoVmSlots[] = []
  for (const vm of vms) {
    const slot = reader.find(cluster.address.node, vm.value)
    const props = slot === undefined ? undefined : vmRecord(reader, slot).props
    if (props?.runtime.powerState !== 'poweredOn') continue
    const count = slotsOf(demandOf(shapeOf(props)), slots.slotMhz, slots.slotMb, options)
    if (count > 1) found.push({ vm, slots: count })
  }
  return found
}
