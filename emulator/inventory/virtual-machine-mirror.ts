import type {
  VirtualDevice, VirtualDiskFlatVer2BackingInfo, VirtualEthernetCardNetworkBackingInfo,
  VirtualMachineConfigInfo, VirtualMachineProps, VirtualMachineRuntimeInfo,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'

/** The vCenter's references of a VM that it mirrors. */
export interface MirrorRefs {
  readonly self: MoRef
  readonly parent: MoRef
  readonly resourcePool: MoRef | undefined
  readonly parentVApp: MoRef | undefined
  readonly environmentBrowser: MoRef
  /** `runtime` with vCenter's host; the same object for all alike VMs of a host. */
  readonly runtime: VirtualMachineRuntimeInfo
  readonly datastore: MoRef[]
  readonly network: MoRef[]
  /** vCenter's reference of a host's datastore or network, by the id on the host. */
  resolve(id: string): MoRef
}

/**
 * A VM as its vCenter shows it: everything without references is the host's own object, so that
 * two records of a VM cost little more than one. The same result as `physics/management/mirror.ts`
 * gives by its general translation.
 */
export function mirroredVmProps(vm: VirtualMachineProps, refs: MirrorRefs): VirtualMachineProps {
  const usage = vm.storage!.perDatastoreUsage!.map(item =>
    Object.freeze({ ...item, datastore: refs.resolve(item.datastore.value) }))
  const { resourcePool: _pool, ...own } = vm
  const props: VirtualMachineProps = {
    ...own,
    parent: refs.parent,
    config: mirroredConfig(vm.config!, refs),
    storage: Object.freeze({
      perDatastoreUsage: Object.freeze(usage) as typeof usage, timestamp: vm.storage!.timestamp,
    }),
    environmentBrowser: refs.environmentBrowser,
    resourceConfig: Object.freeze({ ...vm.resourceConfig!, entity: refs.self }),
    runtime: refs.runtime,
    summary: Object.freeze({ ...vm.summary, vm: refs.self, runtime: refs.runtime }),
    datastore: refs.datastore,
    network: refs.network,
  }
  if (refs.resourcePool !== undefined) props.resourcePool = refs.resourcePool
  if (refs.parentVApp !== undefined) props.parentVApp = refs.parentVApp
  return Object.freeze(props)
}

function mirroredConfig(config: VirtualMachineConfigInfo, refs: MirrorRefs): VirtualMachineConfigInfo {
  const device = config.hardware.device!.map(item => mirroredDevice(item, refs))
  return Object.freeze({
    ...config,
    hardware: Object.freeze({ ...config.hardware, device: Object.freeze(device) as VirtualDevice[] }),
  })
}

function mirroredDevice(device: VirtualDevice, refs: MirrorRefs): VirtualDevice {
  const { backing } = device
  if (backing?._typeName === 'VirtualDiskFlatVer2BackingInfo') {
    const disk = backing as VirtualDiskFlatVer2BackingInfo
    const datastore = refs.resolve(disk.datastore!.value)
    return Object.freeze({ ...device, backing: Object.freeze({ ...disk, datastore }) })
  }
  if (backing?._typeName === 'VirtualEthernetCardNetworkBackingInfo') {
    const card = backing as VirtualEthernetCardNetworkBackingInfo
    const network = refs.resolve(card.network!.value)
    return Object.freeze({ ...device, backing: Object.freeze({ ...card, network }) })
  }
  return device
}
