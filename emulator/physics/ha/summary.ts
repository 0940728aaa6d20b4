import type {
  ClusterComputeResourceProps, ClusterComputeResourceSummary, ClusterUsageSummary, HostSystemProps,
} from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'
import type { FailoverState, HostShare } from './admission.js'

/**
 * `summary` of a cluster: what its hosts have and what of it can be used, what is promised, and how
 * many host failures that leaves room for. Parts that are right already stay what they are; so does
 * the whole.
 */
export function clusterSummary(
  reader: Reader, node: string, props: ClusterComputeResourceProps, shares: readonly HostShare[],
  judged: FailoverState | undefined,
): ClusterComputeResourceSummary {
  const before = props.summary as ClusterComputeResourceSummary
  const { admissionControlInfo: info, usageSummary: usage, ...plain } = before
  const hosts = hostsOf(reader, node, props)
  const rest = merged(plain, {
    ...totals(hosts, shares), currentFailoverLevel: judged?.currentFailoverLevel ?? -1,
  })
  const counted = usage === undefined ? undefined : merged(usage, usageOf(hosts, shares))
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

/** What all hosts have; `effective`: without hosts that run no VMs now (ComputeResourceSummary). */
function totals(
  hosts: readonly HostSystemProps[], shares: readonly HostShare[],
): Partial<ClusterComputeResourceSummary> {
  const sum = { totalCpu: 0, totalMemory: 0, numCpuCores: 0, numCpuThreads: 0 }
  for (const { summary: { hardware } } of hosts) {
    if (hardware === undefined) continue
    sum.totalCpu += hardware.cpuMhz * hardware.numCpuCores
    sum.totalMemory += hardware.memorySize
    sum.numCpuCores += hardware.numCpuCores
    sum.numCpuThreads += hardware.numCpuThreads
  }
  return {
    ...sum, ...effective(shares), numHosts: hosts.length,
    numEffectiveHosts: shares.filter(share => share.good).length,
  }
}

function effective(shares: readonly HostShare[]): { effectiveCpu: number, effectiveMemory: number } {
  let effectiveCpu = 0
  let effectiveMemory = 0
  for (const { good, mhz, mb } of shares) {
    if (!good) continue
    effectiveCpu += mhz
    effectiveMemory += mb
  }
  return { effectiveCpu, effectiveMemory }
}

function usageOf(hosts: readonly HostSystemProps[], shares: readonly HostShare[]): Partial<ClusterUsageSummary> {
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
  const { effectiveCpu, effectiveMemory } = effective(shares)
  let totalVmCount = 0
  for (const { vm } of hosts) totalVmCount += vm?.length ?? 0
  return {
    totalCpuCapacityMhz: effectiveCpu, totalMemCapacityMB: effectiveMemory, cpuReservationMhz, memReservationMB,
    poweredOffVmCount: Math.max(0, totalVmCount - running), totalVmCount,
  }
}
