import type {
  DatastoreProps, HostSystemProps, StoragePodProps, VirtualMachineProps,
} from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import type { World } from '../../world/world.js'

/**
 * Where metric alarms get their values. A source answers in the unit of the counter (percent in
 * hundredths: 7500 is 75 %), or undefined when it knows none. It must be a pure function of the
 * entity's own record, and `paths` names the properties that the value depends on: the alarm is
 * looked at when one of them changes, and at no other time.
 */
export interface MetricSource {
  /** Ids of vCenter's counters (operations.md appendix A). */
  readonly counters: readonly number[]
  /** By exact entity type. */
  readonly paths: Readonly<Record<string, readonly string[]>>
  value(reader: Reader, entity: Slot, counterId: number, instance: string): number | undefined
}

/** Counters with values in hundredths of a percent, for which a tolerance is added as it is. */
export const percentCounters: ReadonlySet<number> = new Set([1, 2, 3, 4, 23, 24, 25, 26, 281, 282])

const cpuUsage = [1, 2, 3, 4]
const memUsage = [23, 24, 25, 26]
const diskUsed = 281
const diskProvisioned = 282

const percent = (part: number | undefined, whole: number | undefined): number | undefined =>
  part === undefined || whole === undefined || whole <= 0 ? undefined : Math.round(part / whole * 10000)

/** Space of datastores and their clusters as a share of the capacity. */
const space: MetricSource = {
  counters: [diskUsed, diskProvisioned],
  paths: {
    Datastore: ['summary.accessible', 'summary.capacity', 'summary.freeSpace', 'summary.uncommitted'],
    StoragePod: ['summary.capacity', 'summary.freeSpace'],
  },
  value: (reader, entity, counterId) => {
    const summary = reader.read<DatastoreProps | StoragePodProps>(entity)?.props.summary
    if (summary === undefined || ('accessible' in summary && !summary.accessible)) return undefined
    const { capacity, freeSpace } = summary
    const more = counterId === diskProvisioned && 'uncommitted' in summary ? summary.uncommitted ?? 0 : 0
    return percent(capacity - freeSpace + more, capacity)
  },
}

/** CPU and memory of hosts and VMs, from their quick statistics. */
const usage: MetricSource = {
  counters: [...cpuUsage, ...memUsage],
  paths: {
    HostSystem: [
      'summary.quickStats.overallCpuUsage', 'summary.quickStats.overallMemoryUsage', 'summary.hardware', 'runtime.connectionState',
    ],
    VirtualMachine: [
      'summary.quickStats.overallCpuUsage', 'summary.quickStats.guestMemoryUsage', 'summary.config.memorySizeMB',
      'runtime.powerState', 'runtime.connectionState', 'runtime.maxCpuUsage',
    ],
  },
  value: (reader, entity, counterId) => entity.address.type === 'HostSystem'
    ? hostUsage(reader.read<HostSystemProps>(entity)?.props, counterId)
    : vmUsage(reader.read<VirtualMachineProps>(entity)?.props, counterId),
}

function hostUsage(props: HostSystemProps | undefined, counterId: number): number | undefined {
  if (props?.runtime.connectionState !== 'connected') return undefined
  const { quickStats, hardware } = props.summary
  if (hardware === undefined) return undefined
  return cpuUsage.includes(counterId)
    ? percent(quickStats.overallCpuUsage, hardware.cpuMhz * hardware.numCpuCores)
    : percent(quickStats.overallMemoryUsage, hardware.memorySize / 2 ** 20)
}

function vmUsage(props: VirtualMachineProps | undefined, counterId: number): number | undefined {
  if (props?.runtime.powerState !== 'poweredOn' || props.runtime.connectionState !== 'connected') return undefined
  const { quickStats, config } = props.summary
  return cpuUsage.includes(counterId)
    ? percent(quickStats.overallCpuUsage, props.runtime.maxCpuUsage)
    : percent(quickStats.guestMemoryUsage, config.memorySizeMB)
}

const added = new WeakMap<World, MetricSource[]>()

/** Adds a source of values for a lab; it is asked before those that are there. */
export function provideMetrics(world: World, source: MetricSource): void {
  added.set(world, [source, ...added.get(world) ?? []])
}

/** The sources of a lab for a counter. */
export function metricSources(world: World, counterId: number): MetricSource[] {
  return [...added.get(world) ?? [], space, usage].filter(source => source.counters.includes(counterId))
}
