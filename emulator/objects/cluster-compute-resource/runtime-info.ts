import { shapeOf } from '../../physics/compute/admission.js'
import { vmRecord } from '../../physics/compute/vm.js'
import { countSlots, policyKind, slotsOf, type SlotCount } from '../../physics/ha/admission.js'
import { demandOf, sharesOf } from '../../physics/ha/capacity.js'
import { clusterConfig } from '../../physics/ha/config.js'
import { dasOptionsOf } from '../../physics/ha/das-options.js'
import type { ClusterInner } from '../../physics/ha/follow.js'
import type {
  ClusterDasAdvancedRuntimeInfo, ClusterDasFailoverLevelAdvancedRuntimeInfo,
  ClusterDasFailoverLevelAdvancedRuntimeInfoVmSlots, HostSystemProps,
} from '../../schema/generated/types.js'
import type { Query } from '../../services/call.js'
import type { Reader, Slot } from '../../world/records.js'

type Info = ClusterDasAdvancedRuntimeInfo & { readonly _typeName: string }

/** RetrieveDasAdvancedRuntimeInfo: unset while HA is off; with the slot policy all about its slots. */
export function advancedRuntimeInfo({ reader, self }: Query): Info | undefined {
  const config = clusterConfig(reader, self)
  if (config.dasConfig.enabled !== true) return undefined
  const { heartbeatDatastores = [] } = reader.read<object, ClusterInner>(self)!.inner
  const common = {
    vmcpSupported: { storageAPDSupported: true, storagePDLSupported: true },
    ...(heartbeatDatastores.length === 0 ? {} : { heartbeatDatastoreInfo: [...heartbeatDatastores] }),
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
  const big = bigVms(reader, self, slots)
  return big.length === 0 ? info : { ...info, vmsRequiringMultipleSlots: big } as Info
}

/** Running VMs that take more than one slot: there are some only where the slot size is bounded. */
function bigVms(
  reader: Reader, cluster: Slot, slots: SlotCount,
): ClusterDasFailoverLevelAdvancedRuntimeInfoVmSlots[] {
  const vms = sharesOf(reader, cluster).map(share => share.host)
    .flatMap(host => reader.get<HostSystemProps>(cluster.address.node, host)?.props.vm ?? [])
  const options = dasOptionsOf(clusterConfig(reader, cluster))
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
