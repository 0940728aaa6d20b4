import type {
  ClusterComputeResourceProps, ClusterComputeResourceSummary, ClusterUsageSummary, HostSystemProps,
} from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'
import type { FailoverState, HostShare } from './admission.js'

/**
 * `summary` of a cluster: what is promised of its capacity, and how many host failures that leaves
 * room for. Parts that are right already stay what they are; so does the whole.
 */
export function clusterSummary(
  reader: Reader, node: string, props: ClusterComputeResourceProps, shares: readonly HostShare[],
  judged: FailoverState | undefined,
): ClusterComputeResourceSummary {
  const before = props.summary as ClusterComputeResourceSummary
  const { admissionControlInfo: info, usageSummary: usage, ...plain } = before
  const hosts = hostsOf(reader, node, props)
  const rest = merged(plain, { currentFailoverLevel: judged?.currentFailoverLevel ?? -1 })
  const counted = usage === undefined ? undefined : merged(usage, usageOf(plain, hosts, shares))
  const sameInfo = JSON.stringify(info) === JSON.stringify(judged?.info)
  if (rest === plain && counted === usage && sameInfo) return before
  return {
    ...rest,
    ...(judged === undefined ? {} : { admissionControlInfo: sameInfo ? info! : judged.info }),
    ...(counted === undefined ? {} : { usageSummary: counted }),
  }
}

/** The same object where all the fields have their values already. */
function merged<T extends object>(before: T, fields: Partial<T>): T {
  const same = (Object.keys(fields) as Array<keyof T>).every(name => before[name] === fields[name])
  return same ? before : { ...before, ...fields }
}

function hostsOf(reader: Reader, node: string, { host = [] }: ClusterComputeResourceProps): HostSystemProps[] {
  return host.map(ref => reader.get<HostSystemProps>(node, ref.value)?.props).filter(props => props !== undefined)
}

function usageOf(
  { effectiveCpu, effectiveMemory }: Pick<ClusterComputeResourceSummary, 'effectiveCpu' | 'effectiveMemory'>,
  hosts: readonly HostSystemProps[], shares: readonly HostShare[],
): Partial<ClusterUsageSummary> {
  let cpuReservationMhz = 0
  let memReservationMB = 0
  let running = 0
  for (const { demands } of shares) {
    for (const { count, mhz, mb } of demands) {
      cpuReservationMhz += count * mhz
      memReservationMB += count * mb
      running += count
    }
  }
  let totalVmCount = 0
  for (const { vm } of hosts) totalVmCount += vm?.length ?? 0
  return {
    totalCpuCapacityMhz: effectiveCpu, totalMemCapacityMB: effectiveMemory, cpuReservationMhz, memReservationMB,
    poweredOffVmCount: Math.max(0, totalVmCount - running), totalVmCount,
  }
}
