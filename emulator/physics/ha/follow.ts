import type {
  ClusterComputeResourceProps, ClusterConfigInfoEx,
  ClusterFailoverResourcesAdmissionControlPolicy, DatastoreProps, HostSystemProps, VirtualMachineProps,
} from '../../schema/generated/types.js'
import { LAB, chassis } from '../hardware/chassis.js'
import { keepLoad, loadedHost } from '../compute/admission.js'
import { mirrored } from '../management/link.js'
import { mirrorOf } from '../management/mirror.js'
import { hostNodeOf } from '../management/truth.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { admissionControlled, failoverState, policyKind, requiredPercent, type HostShare } from './admission.js'
import { configOf, sharesOf } from './capacity.js'
import { clusterOfHost } from './config.js'
import { withoutDatastore, withoutHost, withoutVm } from './forget.js'
import { clusterSummary } from './summary.js'
import { usesTooMuch } from './usage.js'
import type { HaCluster } from './signals.js'

/** Inner facts of a cluster's record. */
export interface ClusterInner {
  /** What its admission control wants to keep free is not there. */
  readonly insufficient?: boolean
  /** It uses more than would be there after a failover. */
  readonly overused?: boolean
}

declare module '../../world/signals.js' {
  interface SignalMap {
    /**
     * A cluster uses more than its hosts could give after a failover, or no longer; `restored`: what
     * admission control wants to keep free came back at the same time.
     */
    'cluster.usage': HaCluster & { readonly exceeds: boolean, readonly restored: boolean }
    /** A datastore that the user preferred for a cluster's heartbeats is out of the inventory. */
    'ha.userHeartbeatGone': HaCluster & { readonly datastore: string }
  }
}

/**
 * Keeps what a cluster's record says about its hosts together in line with them, in the same commit:
 * failover capacity, reservations, counts of VMs; and takes out of its configuration what is gone.
 * A power-on costs the cluster's hosts times their different sizes of VMs, whatever the lab's size.
 */
export function followClusters(world: World): void {
  world.follow((tx, written) => {
    const touched = new Set<Slot>()
    for (const slot of written) look(tx, slot, touched)
    for (const cluster of touched) refreshCluster(tx, cluster)
  })
  world.genesis(tx => refreshAll(tx))
}

function refreshAll(tx: Transaction): void {
  for (const node of tx.ofType(LAB, 'Node')) {
    for (const cluster of tx.ofType(node.address.id, 'ClusterComputeResource')) refreshCluster(tx, cluster)
  }
}

/** Collects the clusters that a written record may concern. */
function look(tx: Transaction, slot: Slot, touched: Set<Slot>): void {
  const { node, type, id } = slot.address
  switch (type) {
    case 'HostLoad': return add(touched, clusterOfNode(tx, loadedHost(id)))
    case 'ClusterComputeResource':
      if (clusterChanged(tx, slot)) touched.add(slot)
      return
    case 'HostSystem': return lookHost(tx, slot, touched)
    case 'VirtualMachine': return lookVm(tx, node, slot)
    case 'Datastore':
      lookDatastore(tx, slot)
  }
}

/** Its summary is what this file writes; that alone is no reason to look again. */
function clusterChanged(tx: Transaction, slot: Slot): boolean {
  const before = slot.record?.props as unknown as ClusterComputeResourceProps | undefined
  const now = tx.read<ClusterComputeResourceProps>(slot)?.props
  if (now === undefined) return false
  return before?.configurationEx !== now.configurationEx || before.host !== now.host
    || before.summary.effectiveCpu !== now.summary.effectiveCpu
    || before.summary.effectiveMemory !== now.summary.effectiveMemory
}

function clusterOfNode(tx: Transaction, host: string): Slot | undefined {
  const vcenter = chassis(tx, host)?.managedBy
  if (vcenter === undefined || !mirrored(tx, vcenter, host)) return undefined
  const mirror = mirrorOf(tx, vcenter, host, 'ha-host')
  return mirror === undefined ? undefined : clusterOfHost(tx, vcenter, mirror.address.id)
}

function add(touched: Set<Slot>, cluster: Slot | undefined): void {
  if (cluster !== undefined) touched.add(cluster)
}

/** Of a host vCenter's runtime and VMs count; one that left its cluster is forgotten there. */
function lookHost(tx: Transaction, slot: Slot, touched: Set<Slot>): void {
  const before = slot.record?.props as HostSystemProps | undefined
  const now = tx.read<HostSystemProps>(slot)?.props
  const { node, id } = slot.address
  if (now?.parent?.type === 'ClusterComputeResource') {
    if (before?.runtime !== now.runtime || before.vm !== now.vm
      || before.summary.quickStats !== now.summary.quickStats) add(touched, tx.find(node, now.parent.value))
  }
  const left = before?.parent
  if (left?.type !== 'ClusterComputeResource' || left.value === now?.parent?.value) return
  forget(tx, tx.find(node, left.value), config => withoutHost(config, id))
}

/** A VM that is removed, or runs in another cluster from now on, is forgotten where it was. */
function lookVm(tx: Transaction, node: string, slot: Slot): void {
  const before = (slot.record?.props as unknown as VirtualMachineProps | undefined)?.runtime.host
  if (before === undefined) return
  const now = tx.read<VirtualMachineProps>(slot)?.props.runtime.host
  if (now?.value === before.value) return
  const cluster = clusterOfHost(tx, node, before.value)
  if (cluster === undefined || (now !== undefined && clusterOfHost(tx, node, now.value) === cluster)) return
  forget(tx, cluster, config => withoutVm(config, slot.address.id))
}

/** A datastore that is gone is no longer preferred for any cluster's heartbeats, and vCenter says so. */
function lookDatastore(tx: Transaction, slot: Slot): void {
  if (slot.record === undefined || tx.read(slot) !== undefined) return
  const { node: vcenter, id } = slot.address
  for (const cluster of tx.ofType(vcenter, 'ClusterComputeResource')) {
    const before = configOf(tx.read<ClusterComputeResourceProps>(cluster)!.props)
    if (withoutDatastore(before, id) === before) continue
    const { name } = slot.record.props as unknown as DatastoreProps
    tx.emit('ha.userHeartbeatGone', { vcenter, cluster: cluster.address.id, datastore: name })
    forget(tx, cluster, config => withoutDatastore(config, id))
  }
}

function forget(
  tx: Transaction, cluster: Slot | undefined, change: (config: ClusterConfigInfoEx) => ClusterConfigInfoEx,
): void {
  const record = cluster === undefined ? undefined : tx.read<ClusterComputeResourceProps>(cluster)
  if (cluster === undefined || record === undefined) return
  const config = change(configOf(record.props))
  if (config === record.props.configurationEx) return
  setClusterConfig(tx, cluster, config)
  tx.emit('cluster.reconfigured', { vcenter: cluster.address.node, cluster: cluster.address.id })
}

/** Puts a configuration in a cluster's record, in both of its forms. */
export function setClusterConfig(tx: Transaction, cluster: Slot, config: ClusterConfigInfoEx): void {
  const record = tx.read<ClusterComputeResourceProps>(cluster)!
  const { dasConfig, drsConfig, dasVmConfig = [], drsVmConfig = [], rule = [] } = config
  tx.replace(cluster, {
    props: {
      ...record.props,
      configurationEx: config,
      configuration: { dasConfig, dasVmConfig, drsConfig, drsVmConfig, rule },
    },
    inner: record.inner as never,
  })
}

/** Computes what the record says about the hosts together; writes only what is another. */
function refreshCluster(tx: Transaction, cluster: Slot): void {
  const { node } = cluster.address
  for (const { value } of tx.read<ClusterComputeResourceProps>(cluster)!.props.host ?? []) {
    const host = tx.find(node, value)
    if (host !== undefined) keepLoad(tx, hostNodeOf(tx, host))
  }
  const shares = sharesOf(tx, cluster)
  setRequiredPercent(tx, cluster, shares)
  const { props, inner } = tx.read<ClusterComputeResourceProps, ClusterInner>(cluster)!
  const config = configOf(props)
  const judged = config.dasConfig.enabled === true ? failoverState(config, shares) : undefined
  const summary = clusterSummary(tx, node, props, shares, judged)
  const insufficient = judged !== undefined && admissionControlled(config) && shares.length > 0 && !judged.sufficient
  const overused = judged !== undefined && usesTooMuch(tx, cluster, shares)
  const failover = insufficient !== (inner.insufficient === true)
  const usage = overused !== (inner.overused === true)
  if (summary !== props.summary || failover || usage) {
    const { insufficient: _insufficient, overused: _overused, ...rest } = inner
    tx.replace(cluster, {
      props: { ...props, summary, summaryEx: summary },
      inner: { ...rest, ...(insufficient ? { insufficient } : {}), ...(overused ? { overused } : {}) } as never,
    })
  }
  const at = { vcenter: node, cluster: cluster.address.id }
  if (failover) tx.emit('cluster.failover', { ...at, sufficient: !insufficient })
  if (usage) tx.emit('cluster.usage', { ...at, exceeds: overused, restored: failover && !insufficient })
}

/** The percentages that the policy computes by itself stand in the configuration. */
function setRequiredPercent(tx: Transaction, cluster: Slot, shares: readonly HostShare[]): void {
  const config = configOf(tx.read<ClusterComputeResourceProps>(cluster)!.props)
  if (policyKind(config) !== 'percentage') return
  const policy = config.dasConfig.admissionControlPolicy as ClusterFailoverResourcesAdmissionControlPolicy
  const { cpu, memory } = requiredPercent(config, shares)
  if (policy.cpuFailoverResourcesPercent === cpu && policy.memoryFailoverResourcesPercent === memory) return
  const admissionControlPolicy = {
    ...policy, cpuFailoverResourcesPercent: cpu, memoryFailoverResourcesPercent: memory,
  }
  setClusterConfig(tx, cluster, { ...config, dasConfig: { ...config.dasConfig, admissionControlPolicy } })
}
