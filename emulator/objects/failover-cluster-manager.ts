import { say, trap } from '../physics/vcha/say.js'
import '../physics/vcha/signals.js'
import {
  configuredVcha, updateVcha, type ClusterMode, type VchaInner,
} from '../physics/vcha/state.js'
import { FLUSH_MS } from '../physics/vcha/timing.js'
import type { FailoverClusterManagerMethods } from '../schema/generated/types.js'
import type { Call, Query } from '../services/call.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import { completeTask, startTask, type TaskRun } from '../services/tasks.js'
import type { Reader } from '../world/records.js'
import { wellKnownId } from '../services/well-known.js'
import { defineManagedObject, query } from './define.js'
import { failoverRefusal, modesFrom } from './failover-cluster-rules.js'
import { healthOf } from './failover-cluster-view.js'

type Args<M extends keyof FailoverClusterManagerMethods> = FailoverClusterManagerMethods[M]['args']

const modes: readonly string[] = ['enabled', 'disabled', 'maintenance'] satisfies ClusterMode[]

/** The cluster of the node, for a task. @throws InvalidState when there is none (our choice) */
function required(reader: Reader, node: string): VchaInner {
  const vcha = configuredVcha(reader, node)
  if (vcha === undefined) throw fault('InvalidState')
  return vcha
}

/** The same for a call, which declares no fault. @throws NotSupported */
function present(call: Query): VchaInner {
  const vcha = configuredVcha(call.reader, call.node.name)
  if (vcha === undefined) throw fault('NotSupported')
  return vcha
}

function getHealth(call: Query): unknown {
  return healthOf(present(call))
}

function getMode(call: Query): string {
  return present(call).mode
}

function setMode(call: Call, { mode }: Args<'setClusterMode_Task'>): unknown {
  if (!modes.includes(mode)) throw invalidArgument('mode')
  return startTask(call, {
    descriptionId: 'FailoverClusterManager.setClusterMode', entity: call.tx.find(call.node.name, rootOf())!,
    job: 'vcha.setMode', payload: { mode },
  })
}

function rootOf(): string {
  return wellKnownId('rootFolder', 'vcenter')
}

function setModeNow({ tx, node }: TaskRun, { mode }: { mode: ClusterMode }): void {
  const vcha = required(tx, node.name)
  if (!modesFrom(vcha).includes(mode)) throw fault('InvalidState')
  updateVcha(tx, node.name, inner => { inner.mode = mode })
  tx.emit('vcha.mode', { vcenter: node.name, mode, was: vcha.mode })
}

function initiate(call: Call, { planned }: Args<'initiateFailover_Task'>): unknown {
  return startTask(call, {
    descriptionId: 'FailoverClusterManager.initiateFailover', entity: call.tx.find(call.node.name, rootOf())!,
    job: 'vcha.failover', payload: { planned }, durationMs: planned ? FLUSH_MS : 0,
  })
}

/**
 * The failover that a user asked for (availability.md 2.3). Refusals are events too, so they end the
 * task here: what a thrown fault leaves behind would be undone.
 */
function failOverNow(run: TaskRun, { planned }: { planned: boolean }): void {
  const { tx, node } = run
  const vcha = required(tx, node.name)
  const refusal = failoverRefusal(vcha)
  if (refusal === undefined && planned && vcha.kind === 'replicated' && !vcha.live) {
    // The flush did not get through: the old active node goes on (ContinueAsActive).
    say(tx, node.name, `failover.flush.failed.${vcha.cluster === 'isolated' ? 'unknown' : vcha.cluster}`)
    trap(tx, node.name, 'continueAsActive', vcha.active)
    completeTask(tx, run.task, { error: fault('InvalidState') })
  } else if (refusal !== undefined) {
    say(tx, node.name, `failover.failed.${refusal.id}`)
    trap(tx, node.name, refusal.trap, vcha.active)
    completeTask(tx, run.task, { error: fault('InvalidState', {}, refusal.text) })
  } else {
    tx.emit('vcha.failover', { vcenter: node.name, planned })
  }
}

/** FailoverClusterManager: mode, health and failover of vCenter HA. */
export const failoverClusterManager = defineManagedObject('FailoverClusterManager', {
  methods: {
    GetVchaClusterHealth: query(getHealth),
    getClusterMode: query(getMode),
    setClusterMode_Task: setMode,
    initiateFailover_Task: initiate,
  },
  jobs: { 'vcha.setMode': setModeNow, 'vcha.failover': failOverNow },
})
