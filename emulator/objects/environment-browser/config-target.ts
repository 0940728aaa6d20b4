import type {
  ConfigTarget, DatastoreProps, DistributedVirtualPortgroupInfo, DistributedVirtualPortgroupProps,
  HostSystemProps, NetworkProps, VirtualMachineDatastoreInfo, VirtualMachineNetworkInfo,
  VmwareDistributedVirtualSwitchProps,
} from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Query } from '../../services/call.js'
import type { Slot } from '../../world/records.js'

/** What VMs on some hosts can be given: processors, datastores and networks that all of them have. */
export function configTarget(call: Query, hosts: readonly Slot[]): ConfigTarget | undefined {
  const all = hosts.map(slot => call.reader.read<HostSystemProps>(slot)!.props)
  const [first] = all
  if (first === undefined) return undefined
  const hardware = all.map(host => host.summary.hardware).filter(item => item !== undefined)
  const threads = Math.min(...hardware.map(item => item.numCpuThreads))
  const memoryMb = Math.floor(Math.min(...hardware.map(item => item.memorySize)) / 1048576)
  const networks = common(all.map(host => host.network ?? []))
  return {
    numCpus: threads,
    numCpuCores: Math.min(...hardware.map(item => item.numCpuCores)),
    numNumaNodes: first.hardware?.numaInfo?.numNodes ?? 1,
    maxCpusPerHost: threads,
    smcPresent: false,
    datastore: common(all.map(host => host.datastore ?? [])).map(ref => datastoreInfo(call, ref)),
    network: networks.filter(ref => ref.type === 'Network').map(ref => networkInfo(call, ref)),
    distributedVirtualPortgroup: networks
      .filter(ref => ref.type === 'DistributedVirtualPortgroup')
      .map(ref => portgroupInfo(call, ref))
      .filter(info => info !== undefined),
    maxMemMBOptimalPerf: memoryMb,
    supportedMaxMemMB: 24 * 1024 * 1024,
    autoVmotion: false,
    maxSimultaneousThreads: 1,
  }
}

/** The references that are in every list, in the order of the first. */
function common(lists: ReadonlyArray<readonly MoRef[]>): MoRef[] {
  const [first = [], ...others] = lists
  const sets = others.map(list => new Set(list.map(ref => ref.value)))
  return first.filter(ref => sets.every(set => set.has(ref.value)))
}

function datastoreInfo(call: Query, ref: MoRef): VirtualMachineDatastoreInfo {
  const { name, summary, capability, info } = call.reader.get<DatastoreProps>(call.node.name, ref.value)!.props
  return {
    name, datastore: summary, capability, maxFileSize: info.maxFileSize, mode: 'readWrite',
    ...(info.maxVirtualDiskCapacity === undefined ? {} : { maxVirtualDiskCapacity: info.maxVirtualDiskCapacity }),
    ...(info.supportedVDiskFormats === undefined ? {} : { supportedVDiskFormats: info.supportedVDiskFormats }),
  }
}

function networkInfo(call: Query, ref: MoRef): VirtualMachineNetworkInfo {
  const { name, summary } = call.reader.get<NetworkProps>(call.node.name, ref.value)!.props
  return { name, network: summary }
}

function portgroupInfo(call: Query, ref: MoRef): DistributedVirtualPortgroupInfo | undefined {
  const { props } = call.reader.get<DistributedVirtualPortgroupProps>(call.node.name, ref.value)!
  const owner = props.config?.distributedVirtualSwitch
  const parent = owner === undefined
    ? undefined
    : call.reader.get<VmwareDistributedVirtualSwitchProps>(call.node.name, owner.value)?.props
  if (parent === undefined) return undefined
  return {
    switchName: parent.name, switchUuid: parent.uuid, portgroupName: props.name, portgroupKey: props.key,
    portgroupType: props.config.type, uplinkPortgroup: props.config.uplink ?? false, portgroup: ref,
  }
}
