import type {
  ClusterComputeResourceProps, ClusterComputeResourceSummary, ClusterConfigInfoEx, ClusterDasConfigInfo,
  ClusterDrsConfigInfo, ComputeResourceProps, ComputeResourceSummary, DrsBehavior, EnvironmentBrowserProps,
  ResourceAllocationInfo, ResourceConfigSpec, ResourcePoolProps, ResourcePoolResourceUsage,
  ResourcePoolRuntimeInfo, SharesInfo, VirtualAppProps, VirtualAppSummary,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { emptyList } from '../physics/frozen.js'
import { deepFreeze } from '../world/freeze.js'
import type { HostSpec } from './host-spec.js'
import type { LabPool } from './lab-schema.js'
import { noEntityFacts } from './virtual-machine.js'

/** What hosts give together. Memory of the pool is what the kernel leaves over. */
export interface Capacity {
  readonly mhz: number
  readonly cores: number
  readonly threads: number
  readonly memoryBytes: number
  readonly hosts: number
  /** What pools over it may give out; absent: it follows from the rest. */
  readonly pool?: { readonly mhz: number, readonly mb: number }
}

/** Capacity of some hosts. */
export function capacityOf(hosts: readonly HostSpec[]): Capacity {
  let mhz = 0
  let cores = 0
  let threads = 0
  let memoryBytes = 0
  const pool = { mhz: 0, mb: 0 }
  for (const host of hosts) {
    const { cpu, memoryBytes: memory } = host
    const own = host.rootPool ?? leftOver(cpu.sockets * cpu.cores * cpu.mhz, memory, 1)
    pool.mhz += own.mhz
    pool.mb += own.mb
    cores += cpu.sockets * cpu.cores
    threads += cpu.sockets * cpu.cores * cpu.threads
    mhz += cpu.sockets * cpu.cores * cpu.mhz
    memoryBytes += memory
  }
  return { mhz, cores, threads, memoryBytes, hosts: hosts.length, pool }
}

/** MHz and MB that a pool over that capacity may give out. */
function usable(capacity: Capacity): { mhz: number, mb: number } {
  return capacity.pool ?? leftOver(capacity.mhz, capacity.memoryBytes, capacity.hosts)
}

/** What hypervisors leave over for VMs. */
function leftOver(mhz: number, memoryBytes: number, hosts: number): { mhz: number, mb: number } {
  return { mhz: Math.floor(mhz * 0.97), mb: Math.max(0, Math.floor(memoryBytes / 2 ** 20) - hosts * 4096) }
}

function computeSummary(capacity: Capacity): ComputeResourceSummary {
  const { mhz, mb } = usable(capacity)
  return {
    totalCpu: capacity.mhz, totalMemory: capacity.memoryBytes, numCpuCores: capacity.cores,
    numCpuThreads: capacity.threads, effectiveCpu: mhz, effectiveMemory: Math.max(0, mb),
    numHosts: capacity.hosts, numEffectiveHosts: capacity.hosts, overallStatus: 'green',
  }
}

/** What a compute resource refers to. */
export interface ComputeRefs {
  readonly parent: MoRef
  readonly pool: MoRef
  readonly hosts: readonly MoRef[]
  readonly datastores: readonly MoRef[]
  readonly networks: readonly MoRef[]
  readonly environment: MoRef
}

/** All managed properties of the compute resource of a stand-alone host. */
export function computeResourceProps(
  name: string, refs: ComputeRefs, capacity: Capacity, hardware: number,
): ComputeResourceProps {
  return deepFreeze({
    ...noEntityFacts,
    parent: refs.parent,
    name,
    resourcePool: refs.pool,
    host: [...refs.hosts],
    datastore: [...refs.datastores],
    network: [...refs.networks],
    summary: computeSummary(capacity),
    environmentBrowser: refs.environment,
    configurationEx: { vmSwapPlacement: 'vmDirectory', spbmEnabled: false, defaultHardwareVersionKey: `vmx-${hardware}` },
    lifecycleManaged: false,
    configManagerEnabled: false,
  } satisfies ComputeResourceProps)
}

/** How a cluster is set up. */
export interface ClusterChoice {
  readonly ha: boolean
  readonly drs: boolean | DrsBehavior
  readonly vms: { readonly total: number, readonly poweredOff: number }
}

const vmSettings: NonNullable<ClusterDasConfigInfo['defaultVmSettings']> = deepFreeze({
  restartPriority: 'medium',
  restartPriorityTimeout: 600,
  isolationResponse: 'none',
  vmToolsMonitoringSettings: {
    enabled: false, vmMonitoring: 'vmMonitoringDisabled', clusterSettings: true, failureInterval: 30,
    minUpTime: 120, maxFailures: 3, maxFailureWindow: -1,
  },
  vmComponentProtectionSettings: {
    vmStorageProtectionForAPD: 'disabled', enableAPDTimeoutForHosts: true, vmTerminateDelayForAPDSec: 180,
    vmReactionOnAPDCleared: 'none', vmStorageProtectionForPDL: 'disabled',
  },
})

/** HA settings at the API's defaults (availability.md, ha-oracle.md). */
export function dasConfig(enabled: boolean, hosts: number): ClusterDasConfigInfo {
  const percent = hosts < 2 ? 0 : Math.round(100 / hosts)
  const policy: Record<string, unknown> = {
    _typeName: 'ClusterFailoverResourcesAdmissionControlPolicy',
    cpuFailoverResourcesPercent: percent, memoryFailoverResourcesPercent: percent, failoverLevel: 1,
    autoComputePercentages: true, pMemFailoverResourcesPercent: 0, autoComputePMemFailoverResourcesPercent: false,
  }
  return {
    enabled,
    vmMonitoring: 'vmMonitoringDisabled',
    hostMonitoring: 'enabled',
    vmComponentProtecting: 'disabled',
    failoverLevel: 1,
    admissionControlPolicy: policy,
    admissionControlEnabled: true,
    defaultVmSettings: vmSettings,
    option: emptyList,
    heartbeatDatastore: emptyList,
    hBDatastoreCandidatePolicy: 'allFeasibleDsWithUserPreference',
  }
}

function drsConfig(drs: ClusterChoice['drs']): ClusterDrsConfigInfo {
  return {
    enabled: drs !== false,
    enableVmBehaviorOverrides: true,
    defaultVmBehavior: typeof drs === 'string' ? drs : 'fullyAutomated',
    vmotionRate: 3,
    scaleDescendantsShares: 'disabled',
    option: emptyList,
  }
}

function clusterSummary(capacity: Capacity, choice: ClusterChoice): ClusterComputeResourceSummary {
  const { mhz, mb } = usable(capacity)
  const summary: ClusterComputeResourceSummary = {
    _typeName: 'ClusterComputeResourceSummary',
    ...computeSummary(capacity),
    currentFailoverLevel: choice.ha ? Math.max(0, capacity.hosts - 1) : -1,
    numVmotions: 0,
    targetBalance: choice.drs === false ? -1000 : 200,
    currentBalance: choice.drs === false ? -1000 : 20,
    usageSummary: {
      totalCpuCapacityMhz: mhz, totalMemCapacityMB: Math.max(0, mb), cpuReservationMhz: 0, memReservationMB: 0,
      poweredOffCpuReservationMhz: 0, poweredOffMemReservationMB: 0, cpuDemandMhz: 0, memDemandMB: 0,
      statsGenNumber: 1, cpuEntitledMhz: 0, memEntitledMB: 0, poweredOffVmCount: choice.vms.poweredOff,
      totalVmCount: choice.vms.total,
    },
    clusterMaintenanceModeStatus: 'NotInMaintenance',
    vcsHealthStatus: 'HEALTHY',
  }
  if (choice.drs !== false) {
    summary.drsScore = 100
    summary.numVmsPerDrsScoreBucket = [0, 0, 0, 0, choice.vms.total - choice.vms.poweredOff]
  }
  return summary
}

/** The configuration of a cluster about which nothing more was said. */
export function defaultClusterConfig(
  choice: Pick<ClusterChoice, 'ha' | 'drs'>, hosts: number, hardware: number,
): ClusterConfigInfoEx {
  return {
    _typeName: 'ClusterConfigInfoEx',
    vmSwapPlacement: 'vmDirectory',
    spbmEnabled: true,
    defaultHardwareVersionKey: `vmx-${hardware}`,
    dasConfig: dasConfig(choice.ha, hosts),
    dasVmConfig: emptyList,
    drsConfig: drsConfig(choice.drs),
    drsVmConfig: emptyList,
    rule: emptyList,
    orchestration: { defaultVmReadiness: { readyCondition: 'none', postReadyDelay: 0 } },
    vmOrchestration: emptyList,
    dpmConfigInfo: { enabled: false, defaultDpmBehavior: 'automated', hostPowerActionRate: 3, option: emptyList },
    dpmHostConfig: emptyList,
    vsanConfigInfo: { enabled: false },
    vsanHostConfig: emptyList,
    group: emptyList,
    infraUpdateHaConfig: { enabled: false },
    proactiveDrsConfig: { enabled: false },
    cryptoConfig: { cryptoMode: 'onDemand' },
  }
}

/** All managed properties of a cluster. */
export function clusterProps(
  name: string, refs: ComputeRefs, capacity: Capacity, choice: ClusterChoice, hardware: number,
): ClusterComputeResourceProps {
  const summary = clusterSummary(capacity, choice)
  const configurationEx = defaultClusterConfig(choice, capacity.hosts, hardware)
  const { dasConfig: das, drsConfig: drs } = configurationEx
  return deepFreeze({
    ...computeResourceProps(name, refs, capacity, hardware),
    summary,
    configurationEx,
    configuration: { dasConfig: das, dasVmConfig: emptyList, drsConfig: drs, drsVmConfig: emptyList, rule: emptyList },
    recommendation: emptyList,
    drsRecommendation: emptyList,
    summaryEx: summary,
    migrationHistory: emptyList,
    actionHistory: emptyList,
    drsFault: emptyList,
  } satisfies ClusterComputeResourceProps)
}

/** What a pool gives: shares of CPU and of memory, and reservations. */
export interface PoolChoice {
  readonly cpu: ResourceAllocationInfo
  readonly memory: ResourceAllocationInfo
}

const CPU_SHARES = { low: 2000, normal: 4000, high: 8000 } as const
const MEMORY_SHARES = { low: 81920, normal: 163840, high: 327680 } as const

/** The allocations of a pool of a lab file, with the product's share numbers. */
export function poolChoice(pool: Pick<LabPool, 'cpu' | 'memory'>): PoolChoice {
  return { cpu: allocationOf(pool.cpu, CPU_SHARES), memory: allocationOf(pool.memory, MEMORY_SHARES) }
}

type Shares = Readonly<Record<'low' | 'normal' | 'high', number>>

function allocationOf(part: LabPool['cpu'], numbers: Shares): ResourceAllocationInfo {
  const shares: SharesInfo = typeof part.shares === 'number'
    ? { shares: part.shares, level: 'custom' }
    : { shares: numbers[part.shares], level: part.shares }
  return { reservation: part.reservation, expandableReservation: part.expandable, limit: part.limit, shares }
}

/** The root pool: all of the capacity, reserved. */
export function rootPoolChoice(capacity: Capacity): PoolChoice {
  const { mhz, mb } = usable(capacity)
  return {
    cpu: { reservation: mhz, expandableReservation: false, limit: mhz, shares: { shares: 4000, level: 'normal' } },
    memory: {
      reservation: Math.max(0, mb), expandableReservation: false, limit: Math.max(0, mb),
      shares: { shares: 163840, level: 'normal' },
    },
  }
}

/** What a pool refers to. */
export interface PoolRefs {
  readonly self: MoRef
  readonly parent: MoRef
  readonly owner: MoRef
  readonly pools: readonly MoRef[]
  readonly vm: MoRef[]
}

function usageOf(amount: number): ResourcePoolResourceUsage {
  return {
    reservationUsed: 0, reservationUsedForVm: 0, unreservedForPool: amount, unreservedForVm: amount,
    overallUsage: 0, maxUsage: amount,
  }
}

function poolRuntime(capacity: Capacity): ResourcePoolRuntimeInfo {
  const { mhz, mb } = usable(capacity)
  return {
    memory: usageOf(Math.max(0, mb) * 2 ** 20), cpu: usageOf(mhz), overallStatus: 'green', sharesScalable: 'disabled',
  }
}

const quietPool = deepFreeze({
  overallCpuUsage: 0, overallCpuDemand: 0, guestMemoryUsage: 0, hostMemoryUsage: 0, distributedCpuEntitlement: 0,
  distributedMemoryEntitlement: 0, staticCpuEntitlement: 0, staticMemoryEntitlement: 0, privateMemory: 0,
  sharedMemory: 0, swappedMemory: 0, balloonedMemory: 0, overheadMemory: 0, consumedOverheadMemory: 0,
  compressedMemory: 0,
})

/** All managed properties of a resource pool below (or at the root of) a capacity. */
export function resourcePoolProps(
  name: string, refs: PoolRefs, choice: PoolChoice, capacity: Capacity, timestamp: string, memoryMb = 0,
): ResourcePoolProps {
  const config: ResourceConfigSpec = {
    entity: refs.self, changeVersion: '', lastModified: timestamp,
    cpuAllocation: choice.cpu, memoryAllocation: choice.memory, scaleDescendantsShares: 'disabled',
  }
  const runtime = poolRuntime(capacity)
  return Object.freeze({
    ...noEntityFacts,
    parent: refs.parent,
    name,
    summary: deepFreeze({ name, config, runtime, quickStats: quietPool, configuredMemoryMB: memoryMb }),
    runtime,
    owner: refs.owner,
    resourcePool: deepFreeze([...refs.pools]),
    vm: refs.vm,
    config,
    childConfiguration: emptyList,
  } satisfies ResourcePoolProps)
}

/** All managed properties of a vApp; `memory` of its VMs in MB. */
export function virtualAppProps(
  name: string,
  refs: PoolRefs,
  more: { folder: MoRef, datastore: readonly MoRef[], network: readonly MoRef[], uuid: string, started: boolean },
  choice: PoolChoice,
  capacity: Capacity,
  timestamp: string,
): VirtualAppProps {
  const pool = resourcePoolProps(name, refs, choice, capacity, timestamp)
  const summary: VirtualAppSummary = {
    _typeName: 'VirtualAppSummary', ...pool.summary, product: { key: 0, name: '', vendor: '', version: '' },
    vAppState: more.started ? 'started' : 'stopped', suspended: false, installBootRequired: false,
    instanceUuid: more.uuid,
  }
  return deepFreeze({
    ...pool,
    summary,
    parentFolder: more.folder,
    datastore: [...more.datastore],
    network: [...more.network],
    vAppConfig: {
      product: [{ key: 0, name: '', vendor: '', version: '' }],
      property: emptyList,
      ipAssignment: {
        supportedAllocationScheme: emptyList, ipAllocationPolicy: 'fixedPolicy',
        supportedIpProtocol: ['IPv4'], ipProtocol: 'IPv4',
      },
      eula: emptyList,
      ovfSection: emptyList,
      ovfEnvironmentTransport: emptyList,
      installBootRequired: false,
      installBootStopDelay: 0,
      entityConfig: refs.vm.map((key, index) => ({
        key, tag: '', startOrder: index + 1, startDelay: 120, waitingForGuest: false, startAction: 'powerOn',
        stopDelay: 120, stopAction: 'powerOff', destroyWithParent: false,
      })),
      annotation: '',
      instanceUuid: more.uuid,
    },
    childLink: emptyList,
  } satisfies VirtualAppProps)
}

/** All managed properties of an environment browser; its options are computed when asked for. */
export function environmentBrowserProps(browser: MoRef): EnvironmentBrowserProps {
  return Object.freeze({ datastoreBrowser: browser })
}
