import { defaultClusterConfig } from '../../inventory/compute.js'
import { hardwareVersionOf } from '../../inventory/products.js'
import { setClusterConfig } from '../../physics/ha/follow.js'
import { configOf } from '../../physics/ha/capacity.js'
import type {
  ClusterComputeResourceProps, ClusterConfigInfoEx, ComputeResourceProps,
} from '../../schema/generated/types.js'
import type { MoRef, Schema } from '../../schema/model.js'
import type { Call } from '../../services/call.js'
import { invalidArgument } from '../../services/method-fault.js'
import type { NodeInfo } from '../../services/nodes.js'
import { startTask, type TaskRun } from '../../services/tasks.js'
import { taskDurationMs } from '../../services/timing.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { uuid } from '../../world/ids.js'
import { removePools } from '../resource-pool/destroy.js'
import { taskEntity } from '../truth.js'
import { changedCompute, changedConfig, type ClusterSpec } from './change.js'
import type { SpecContext } from './checks.js'
import { judgeCluster } from './proactive.js'
import { tellReconfigured } from './events.js'

type Spec = ClusterSpec & { readonly _typeName?: string }

interface Payload {
  readonly spec: Spec
  readonly modify: boolean
}

/** ReconfigureComputeResource_Task and, with the older spec, ReconfigureCluster_Task. */
export function startReconfigureCompute(call: Call, { spec, modify }: Payload): MoRef {
  const { type } = call.self.address
  if (type !== 'ClusterComputeResource' && spec._typeName === 'ClusterConfigSpecEx') throw invalidArgument('spec')
  if (spec.inHciWorkflow === true) throw invalidArgument('spec.inHciWorkflow')
  return startTask(call, {
    descriptionId: `${type}.${call.method.vmodlName}`, entity: call.self, job: 'compute.reconfigure',
    payload: { spec, modify }, durationMs: taskDurationMs.reconfigureCluster,
  })
}

/** Work of both: the whole spec is judged before anything of it is stored. */
export function reconfigureCompute(run: TaskRun, { spec, modify }: Payload): void {
  const entity = taskEntity(run)
  if (entity.address.type === 'ClusterComputeResource') reconfigureCluster(run, entity, spec, modify)
  else reconfigureStandalone(run, entity, spec)
}

function reconfigureCluster(run: TaskRun, cluster: Slot, spec: Spec, modify: boolean): void {
  const { tx } = run
  const before = configOf(tx.read<ClusterComputeResourceProps>(cluster)!.props)
  const context = specContext(tx, run.services.schema, run.node, cluster)
  const now = changedConfig(context, modify ? before : fresh(before, context), spec)
  const by = { userName: run.userName, chainId: run.chainId }
  setClusterConfig(tx, cluster, now)
  setDrs(tx, cluster, now)
  if (before.drsConfig.enabled === true && now.drsConfig.enabled !== true) collapsePools(run, cluster)
  tellReconfigured(tx, cluster, before, now, by)
  judgeCluster(run, cluster)
  tx.emit('cluster.reconfigured', { vcenter: run.node.name, cluster: cluster.address.id })
}

/** What a spec that replaces everything starts from. Keys of what is gone are not given again. */
function fresh(before: ClusterConfigInfoEx, context: SpecContext): ClusterConfigInfoEx {
  const defaults = defaultClusterConfig({ ha: false, drs: false }, context.hosts.length, context.hardware)
  const { vsanConfigInfo, vsanHostConfig } = before
  return {
    ...defaults,
    ...(vsanConfigInfo === undefined ? {} : { vsanConfigInfo }),
    ...(vsanHostConfig === undefined ? {} : { vsanHostConfig }),
  }
}

function reconfigureStandalone(run: TaskRun, slot: Slot, spec: Spec): void {
  const { props } = run.tx.read<ComputeResourceProps>(slot)!
  const context = specContext(run.tx, run.services.schema, run.node, slot)
  const configurationEx = changedCompute(context, props.configurationEx, spec)
  run.tx.update<ComputeResourceProps>(slot, draft => { draft.props.configurationEx = configurationEx })
}

/** What specs of a cluster or stand-alone host are judged against. */
export function specContext(tx: Transaction, schema: Schema, node: NodeInfo, compute: Slot): SpecContext {
  const { props } = tx.read<ComputeResourceProps>(compute)!
  return {
    tx, schema, node: node.name, cluster: compute.address.id,
    hosts: props.host ?? [], datastores: props.datastore ?? [],
    hardware: hardwareVersionOf(node.product),
    nextKey: () => nextKey(tx, compute),
    newUuid: () => uuid(tx.world.random, 'cluster/uuid'),
  }
}

/** Keys grow from those that the lab file's rules have. */
function nextKey(tx: Transaction, compute: Slot): number {
  const config = configOf(tx.read<ClusterComputeResourceProps>(compute)!.props)
  const highest = Math.max(0, ...(config.rule ?? []).map(rule => rule.key ?? 0))
  const counter = `${compute.address.node}/key/${compute.address.id}`
  for (;;) {
    const key = tx.count(counter)
    if (key > highest) return key
  }
}

const offBalance = { targetBalance: -1000, currentBalance: -1000 }
const onBalance = { targetBalance: 200, currentBalance: 20 }

/** The figures of DRS in the summary, which are there only while it is on. */
export function setDrs(tx: Transaction, cluster: Slot, config: ClusterConfigInfoEx): void {
  const record = tx.read<ClusterComputeResourceProps>(cluster)!
  const on = config.drsConfig.enabled === true
  const { drsScore, numVmsPerDrsScoreBucket, ...rest } = record.props.summaryEx
  if (on === (drsScore !== undefined)) return
  const running = (rest.usageSummary?.totalVmCount ?? 0) - (rest.usageSummary?.poweredOffVmCount ?? 0)
  const summary = on
    ? { ...rest, ...onBalance, drsScore: 100, numVmsPerDrsScoreBucket: numVmsPerDrsScoreBucket ?? [0, 0, 0, 0, running] }
    : { ...rest, ...offBalance }
  tx.replace(cluster, { props: { ...record.props, summary, summaryEx: summary } as never, inner: record.inner })
}

/** Without DRS a cluster has no pools but its root (ClusterDrsConfigInfo.enabled). */
function collapsePools(run: TaskRun, cluster: Slot): void {
  const { resourcePool } = run.tx.read<ComputeResourceProps>(cluster)!.props
  const root = resourcePool === undefined ? undefined : run.tx.find(run.node.name, resourcePool.value)
  if (root === undefined) return
  removePools({ tx: run.tx, node: run.node, userName: run.userName, chainId: run.chainId }, root)
}
