import type {
  ClusterComputeResourceProps, ClusterConfigInfoEx, HostSystemProps, ResourcePoolProps,
} from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import { hostLoad, shapeOf } from '../compute/admission.js'
import { vmRecord } from '../compute/vm.js'
import { mirrored } from '../management/link.js'
import { hostNodeOf } from '../management/truth.js'
import type { Demand, Demands, HostShare } from './admission.js'

/**
 * What the hosts of a cluster give and what runs on them, as its vCenter knows it: for a host that
 * it hears, the host's own counts; for one that it does not, its last picture of the VMs there.
 */
export function sharesOf(reader: Reader, cluster: Slot): HostShare[] {
  const { node } = cluster.address
  const hosts = reader.read<ClusterComputeResourceProps>(cluster)?.props.host ?? []
  const shares: HostShare[] = []
  for (const { value } of hosts) {
    const slot = reader.find(node, value)
    if (slot !== undefined) shares.push(shareOf(reader, slot))
  }
  return shares
}

function shareOf(reader: Reader, host: Slot): HostShare {
  const hostNode = hostNodeOf(reader, host)
  const { mhz, mb } = rootPoolOf(reader, hostNode)
  const heard = mirrored(reader, host.address.node, hostNode)
  return {
    host: host.address.id, good: isGood(reader, host), mhz, mb,
    demands: demandsOf(heard ? hostLoad(reader, hostNode).shapes : lastShapes(reader, host)),
  }
}

/** MHz and MiB of a host's root pool: what its hypervisor leaves over for VMs. */
export function rootPoolOf(reader: Reader, hostNode: string): { mhz: number, mb: number } {
  const config = reader.get<ResourcePoolProps>(hostNode, 'ha-root-pool')?.props.config
  return { mhz: config?.cpuAllocation.reservation ?? 0, mb: config?.memoryAllocation.reservation ?? 0 }
}

const haErrors: ReadonlySet<string> = new Set(['initializationError', 'uninitializationError', 'hostDown'])

/** Counts for admission control: connected, not in maintenance or standby, no HA error (1.10). */
export function isGood(reader: Reader, host: Slot): boolean {
  const runtime = reader.read<HostSystemProps>(host)?.props.runtime
  if (runtime === undefined || runtime.connectionState !== 'connected' || runtime.inMaintenanceMode) return false
  if (runtime.standbyMode !== undefined && runtime.standbyMode !== 'none') return false
  return !haErrors.has(runtime.dasHostState?.state ?? '')
}

function lastShapes(reader: Reader, host: Slot): Record<string, number> {
  const shapes: Record<string, number> = {}
  for (const { value } of reader.read<HostSystemProps>(host)?.props.vm ?? []) {
    const slot = reader.find(host.address.node, value)
    if (slot === undefined) continue
    const { props } = vmRecord(reader, slot)
    if (props.runtime.powerState !== 'poweredOn') continue
    const shape = shapeOf(props)
    shapes[shape] = (shapes[shape] ?? 0) + 1
  }
  return shapes
}

type Shapes = Readonly<Record<string, number>>

/** What was read out of a host's shapes; the values are frozen, so it holds as long as they live. */
const known = new WeakMap<Shapes, readonly Demands[]>()

function demandsOf(shapes: Shapes): readonly Demands[] {
  let demands = known.get(shapes)
  if (demands === undefined) {
    demands = Object.entries(shapes).map(([shape, count]) => ({ ...demandOf(shape), count }))
    known.set(shapes, demands)
  }
  return demands
}

/** What a shape of `HostLoad` says. */
export function demandOf(shape: string): Demand {
  const [mhz, mb, vcpus] = shape.split('/').map(Number)
  return { mhz: mhz!, mb: mb!, vcpus: vcpus! }
}

/** A cluster's configuration with its type. */
export function configOf(props: ClusterComputeResourceProps): ClusterConfigInfoEx {
  return props.configurationEx as ClusterConfigInfoEx
}
