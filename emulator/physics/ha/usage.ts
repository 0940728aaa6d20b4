import type {
  ClusterComputeResourceProps, ClusterConfigInfoEx, HostSystemProps,
} from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import { admissionControlled, configuredFailoverLevel, type HostShare } from './admission.js'
import { configOf } from './capacity.js'

/** What is used or there to be used: MHz and MiB. */
interface Amount {
  readonly mhz: number
  readonly mb: number
}

/**
 * True if a cluster uses more than its hosts would give after the failures that its policy tolerates,
 * less the reduction that its VMs tolerate (resourceReductionToToleratePercent, 100 when unset: never;
 * availability.md 1.10). It is a notice, never a refusal. It needs DRS and admission control.
 */
export function usesTooMuch(reader: Reader, cluster: Slot, shares: readonly HostShare[]): boolean {
  const { props } = reader.read<ClusterComputeResourceProps>(cluster)!
  const config = configOf(props)
  const tolerated = toleratedPercent(config)
  if (tolerated >= 100 || !admissionControlled(config) || config.drsConfig.enabled !== true) return false
  const good = shares.filter(share => share.good)
  const used = usageOf(reader, cluster.address.node, good)
  const level = configuredFailoverLevel(config)
  const exceeds = (what: keyof Amount): boolean =>
    used[what] * (100 - tolerated) / 100 > withoutLargest(good.map(share => share[what]), level)
  return exceeds('mhz') || exceeds('mb')
}

function toleratedPercent(config: ClusterConfigInfoEx): number {
  const policy = config.dasConfig.admissionControlPolicy as { resourceReductionToToleratePercent?: number } | undefined
  return policy?.resourceReductionToToleratePercent ?? 100
}

/** What the hosts report of their use, as GetResourceUsage has it. */
function usageOf(reader: Reader, vcenter: string, good: readonly HostShare[]): Amount {
  let mhz = 0
  let mb = 0
  for (const { host } of good) {
    const { quickStats } = reader.get<HostSystemProps>(vcenter, host)?.props.summary ?? {}
    mhz += quickStats?.overallCpuUsage ?? 0
    mb += quickStats?.overallMemoryUsage ?? 0
  }
  return { mhz, mb }
}

function withoutLargest(sizes: readonly number[], count: number): number {
  return [...sizes].sort((a, b) => b - a).slice(count).reduce((sum, size) => sum + size, 0)
}
