import type {
  ClusterConfigInfoEx, ClusterDasAdmissionControlInfo, ClusterDasAdmissionControlPolicy,
  ClusterFailoverHostAdmissionControlInfo, ClusterFailoverHostAdmissionControlPolicy,
  ClusterFailoverLevelAdmissionControlInfo, ClusterFailoverLevelAdmissionControlPolicy,
  ClusterFailoverResourcesAdmissionControlInfo, ClusterFailoverResourcesAdmissionControlPolicy,
  ClusterFixedSizeSlotPolicy, ManagedEntityStatus,
} from '../../schema/generated/types.js'
import { dasOptionsOf, type DasOptions } from './das-options.js'

/**
 * HA admission control with exact arithmetic (availability.md 1.10). Pure: hosts with what they can
 * give and how many running VMs ask for what. It costs hosts times different sizes of VMs, not VMs.
 * vCenter asks it before power-ons, moves into a cluster and bigger reservations; hosts and HA
 * restarts never do.
 */

/** What a running VM asks for: MHz, MiB with its overhead. */
export interface Demand {
  readonly mhz: number
  readonly mb: number
  readonly vcpus: number
}

/** How many running VMs ask for the same. */
export interface Demands extends Demand {
  readonly count: number
}

/** A host of a cluster as vCenter sees it. */
export interface HostShare {
  /** Its id on vCenter. */
  readonly host: string
  /** Connected, not in maintenance or standby mode, without HA error. */
  readonly good: boolean
  /** Its root pool: what the hypervisor leaves over. */
  readonly mhz: number
  readonly mb: number
  /** Its running VMs. */
  readonly demands: readonly Demands[]
}

/** Slot size and slots of a cluster. */
export interface SlotCount {
  readonly slotMhz: number
  readonly slotMb: number
  readonly slotVcpus: number
  /** Slots of the good hosts, in the order given. */
  readonly hosts: ReadonlyArray<{ readonly host: string, readonly slots: number }>
  readonly total: number
  readonly used: number
  /** Free without the `failoverLevel` largest hosts. */
  readonly unreserved: number
  readonly currentFailoverLevel: number
}

/** Parts of the good hosts' capacity that are not promised, in percent, rounded down. */
export interface FailoverPercent {
  readonly cpu: number
  readonly memory: number
}

/** What a cluster's admission control says of its present state. */
export interface FailoverState {
  /** `summary.admissionControlInfo`. */
  readonly info: ClusterDasAdmissionControlInfo & { readonly _typeName: string }
  readonly currentFailoverLevel: number
  /** What the policy asks for is there. */
  readonly sufficient: boolean
}

type Policy = ClusterDasAdmissionControlPolicy & { readonly _typeName?: string }

/** Type of a cluster's policy; one that says nothing reserves slots for `dasConfig.failoverLevel`. */
export function policyKind(config: ClusterConfigInfoEx): 'slots' | 'percentage' | 'hosts' {
  const type = (config.dasConfig.admissionControlPolicy as Policy | undefined)?._typeName
  if (type === 'ClusterFailoverResourcesAdmissionControlPolicy') return 'percentage'
  return type === 'ClusterFailoverHostAdmissionControlPolicy' ? 'hosts' : 'slots'
}

/** Host failures that a cluster is set up to tolerate; unset: 1 (the policies' own texts). */
export function configuredFailoverLevel(config: ClusterConfigInfoEx): number {
  const policy = config.dasConfig.admissionControlPolicy as { failoverLevel?: number } | undefined
  return policy?.failoverLevel ?? config.dasConfig.failoverLevel ?? 1
}

/** Ids of the hosts that are kept free for failover. */
export function failoverHosts(config: ClusterConfigInfoEx): readonly string[] {
  if (policyKind(config) !== 'hosts') return []
  const policy = config.dasConfig.admissionControlPolicy as ClusterFailoverHostAdmissionControlPolicy
  return (policy.failoverHosts ?? []).map(ref => ref.value)
}

/** True if vCenter refuses what would break the cluster's policy. */
export function admissionControlled(config: ClusterConfigInfoEx): boolean {
  return config.dasConfig.enabled === true && config.dasConfig.admissionControlEnabled === true
}

/** All running VMs of some hosts, alike ones together; with one more if given. */
function demandsOf(shares: readonly HostShare[], extra: Demand | undefined): Demands[] {
  const all = shares.flatMap(share => share.demands)
  return extra === undefined ? all : [...all, { ...extra, count: 1 }]
}

/** The slot policy. `extra`: a VM that would run, too. */
export function countSlots(
  config: ClusterConfigInfoEx, shares: readonly HostShare[], extra?: Demand,
): SlotCount {
  const options = dasOptionsOf(config)
  const demands = demandsOf(shares, extra)
  const { mhz, mb, vcpus } = slotSize(config, options, demands)
  const hosts = shares.filter(share => share.good).map(share => ({
    host: share.host, slots: Math.min(slotsIn(share.mhz, mhz), slotsIn(share.mb, mb)),
  }))
  const total = sum(hosts.map(host => host.slots))
  const used = sum(demands.map(demand => demand.count * slotsOf(demand, mhz, mb, options)))
  const sorted = hosts.map(host => host.slots).sort((a, b) => b - a)
  const left = total - sum(sorted.slice(0, configuredFailoverLevel(config)))
  return {
    slotMhz: mhz, slotMb: mb, slotVcpus: vcpus, hosts, total, used,
    unreserved: Math.max(0, left - used),
    currentFailoverLevel: tolerated(sorted, used),
  }
}

function slotSize(config: ClusterConfigInfoEx, options: DasOptions, demands: readonly Demands[]): Demand {
  const policy = config.dasConfig.admissionControlPolicy as ClusterFailoverLevelAdmissionControlPolicy | undefined
  const fixed = policy?.slotPolicy as ClusterFixedSizeSlotPolicy | undefined
  const vcpus = Math.max(1, ...demands.map(demand => demand.vcpus))
  if (fixed?.cpu !== undefined) return { mhz: fixed.cpu, mb: fixed.memory, vcpus }
  const mhz = Math.max(options.vmCpuMinMhz, ...demands.map(demand => demand.mhz))
  const mb = Math.max(options.vmMemoryMinMb, ...demands.map(demand => demand.mb))
  return {
    mhz: Math.min(mhz, options.slotCpuMhz ?? mhz), mb: Math.min(mb, options.slotMemoryMb ?? mb), vcpus,
  }
}

/** A slot that asks for nothing of a resource is not limited by it. */
function slotsIn(capacity: number, slot: number): number {
  return slot <= 0 ? Number.MAX_SAFE_INTEGER : Math.max(0, Math.floor(capacity / slot))
}

/** Slots that a VM takes: more than one where it is bigger than a bounded slot. */
export function slotsOf(demand: Demand, slotMhz: number, slotMb: number, options: DasOptions): number {
  const mhz = Math.max(demand.mhz, options.vmCpuMinMhz)
  const mb = Math.max(demand.mb, options.vmMemoryMinMb)
  return Math.max(1, slotMhz > 0 ? Math.ceil(mhz / slotMhz) : 1, slotMb > 0 ? Math.ceil(mb / slotMb) : 1)
}

/** How many of the largest hosts may go; one has to stay. `sizes` from the largest on. */
function tolerated(sizes: readonly number[], needed: number): number {
  let left = sum(sizes)
  let level = 0
  while (level + 1 < sizes.length && left - sizes[level]! >= needed) {
    left -= sizes[level]!
    level += 1
  }
  return level
}

/** Percentages that the percentage policy asks for: computed from the largest hosts, or as set. */
export function requiredPercent(config: ClusterConfigInfoEx, shares: readonly HostShare[]): FailoverPercent {
  const policy = config.dasConfig.admissionControlPolicy as ClusterFailoverResourcesAdmissionControlPolicy
  if (policy.autoComputePercentages === false) {
    return { cpu: policy.cpuFailoverResourcesPercent, memory: policy.memoryFailoverResourcesPercent }
  }
  const level = configuredFailoverLevel(config)
  return {
    cpu: largestPart(shares.map(share => share.mhz), level),
    memory: largestPart(shares.map(share => share.mb), level),
  }
}

/** Rounded to the nearest whole percent; the direction is not documented (availability.md 1.10). */
function largestPart(sizes: readonly number[], level: number): number {
  const total = sum(sizes)
  if (total === 0) return 0
  const largest = [...sizes].sort((a, b) => b - a).slice(0, level)
  return Math.min(100, Math.round(100 * sum(largest) / total))
}

/** What is left of the good hosts after all that is promised. `extra`: a VM that would run, too. */
export function currentPercent(
  config: ClusterConfigInfoEx, shares: readonly HostShare[], extra?: Demand,
): FailoverPercent {
  const { mhz, mb } = promised(config, shares, extra)
  const good = shares.filter(share => share.good)
  return {
    cpu: freePart(sum(good.map(share => share.mhz)), mhz),
    memory: freePart(sum(good.map(share => share.mb)), mb),
  }
}

function promised(
  config: ClusterConfigInfoEx, shares: readonly HostShare[], extra: Demand | undefined,
): { mhz: number, mb: number } {
  const { vmCpuMinMhz, vmMemoryMinMb } = dasOptionsOf(config)
  const demands = demandsOf(shares, extra)
  return {
    mhz: sum(demands.map(demand => demand.count * Math.max(demand.mhz, vmCpuMinMhz))),
    mb: sum(demands.map(demand => demand.count * Math.max(demand.mb, vmMemoryMinMb))),
  }
}

function freePart(total: number, taken: number): number {
  return total === 0 ? 0 : Math.max(0, Math.floor(100 * (total - taken) / total))
}

/** Judges a cluster by its policy, with one more running VM if given. */
export function failoverState(
  config: ClusterConfigInfoEx, shares: readonly HostShare[], extra?: Demand,
): FailoverState {
  switch (policyKind(config)) {
    case 'slots': return bySlots(config, shares, extra)
    case 'percentage': return byPercentage(config, shares, extra)
    case 'hosts': return byHosts(config, shares)
  }
}

function bySlots(
  config: ClusterConfigInfoEx, shares: readonly HostShare[], extra: Demand | undefined,
): FailoverState {
  const { currentFailoverLevel, total, used } = countSlots(config, shares, extra)
  const info: ClusterFailoverLevelAdmissionControlInfo & { _typeName: string } = {
    _typeName: 'ClusterFailoverLevelAdmissionControlInfo', currentFailoverLevel,
  }
  const sufficient = currentFailoverLevel >= configuredFailoverLevel(config) && total >= used
  return { info, currentFailoverLevel, sufficient }
}

function byPercentage(
  config: ClusterConfigInfoEx, shares: readonly HostShare[], extra: Demand | undefined,
): FailoverState {
  const current = currentPercent(config, shares, extra)
  const required = requiredPercent(config, shares)
  const good = shares.filter(share => share.good)
  const { mhz, mb } = promised(config, shares, extra)
  const info: ClusterFailoverResourcesAdmissionControlInfo & { _typeName: string } = {
    _typeName: 'ClusterFailoverResourcesAdmissionControlInfo',
    currentCpuFailoverResourcesPercent: current.cpu,
    currentMemoryFailoverResourcesPercent: current.memory,
  }
  return {
    info,
    currentFailoverLevel: Math.min(
      tolerated(good.map(share => share.mhz).sort((a, b) => b - a), mhz),
      tolerated(good.map(share => share.mb).sort((a, b) => b - a), mb)),
    sufficient: good.length >= 2 && current.cpu >= required.cpu && current.memory >= required.memory,
  }
}

/** Dedicated hosts: green when idle, yellow with VMs on them, red when not good. */
function byHosts(config: ClusterConfigInfoEx, shares: readonly HostShare[]): FailoverState {
  const ids = failoverHosts(config)
  const hostStatus = ids.map(id => ({
    host: { type: 'HostSystem', value: id }, status: statusOf(shares.find(share => share.host === id)),
  }))
  const info: ClusterFailoverHostAdmissionControlInfo & { _typeName: string } = {
    _typeName: 'ClusterFailoverHostAdmissionControlInfo', hostStatus,
  }
  const ready = hostStatus.filter(item => item.status === 'green').length
  return { info, currentFailoverLevel: ready, sufficient: ready >= Math.min(ids.length, configuredFailoverLevel(config)) }
}

function statusOf(share: HostShare | undefined): ManagedEntityStatus {
  if (share === undefined || !share.good) return 'red'
  return share.demands.some(demand => demand.count > 0) ? 'yellow' : 'green'
}

function sum(numbers: readonly number[]): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
