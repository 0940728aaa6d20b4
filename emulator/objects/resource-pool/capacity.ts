import type { Capacity } from '../../inventory/compute.js'
import type { ComputeResourceProps } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import type { Reader } from '../../world/records.js'

/** What the hosts of a pool's owner give together. */
export function capacityOfCompute(reader: Reader, node: string, owner: MoRef): Capacity {
  const summary = reader.get<ComputeResourceProps>(node, owner.value)?.props.summary
  return {
    mhz: summary?.totalCpu ?? 0,
    cores: summary?.numCpuCores ?? 0,
    threads: summary?.numCpuThreads ?? 0,
    memoryBytes: summary?.totalMemory ?? 0,
    hosts: summary?.numHosts ?? 0,
    ...(summary === undefined ? {} : { pool: { mhz: summary.effectiveCpu, mb: summary.effectiveMemory } }),
  }
}
