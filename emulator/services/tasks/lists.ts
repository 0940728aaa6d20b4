import type { TaskInfo } from '../../schema/generated/types.js'
import type { MoRef, Schema } from '../../schema/model.js'
import { fromDateTime } from '../../world/clock.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import type { NodeInfo } from '../nodes.js'
import { wellKnownId } from '../well-known.js'

declare module '../../world/signals.js' {
  interface JobMap {
    /** Forgets the finished tasks of a node that are old enough. */
    'task.sweep': { node: string }
  }
}

/** Lab milliseconds that a finished Task stays (operations.md 5: entries drop after 10 minutes). */
export const TASK_KEPT_MS = 600_000
/** Finished tasks listed in TaskManager.recentTask, at most (API text; vcsim keeps as many). */
export const RECENT_LIMIT = 200
/** Tasks listed at one entity, at most; our own bound, so that a busy VM stays small. */
const ENTITY_LIMIT = 50
/** Finished Task objects kept on a node, at most: our own bound on memory in a busy lab. */
export const FINISHED_LIMIT = 2000
/** Finished tasks that are forgotten together at that bound: finding the oldest is not free. */
const FORGOTTEN_AT_ONCE = 50
/** Finished tasks that vCenter's task history keeps; our own bound instead of 30 days. */
const HISTORY_CAPACITY = 10_000
const SWEEP_MS = 60_000

/** What the TaskManager record holds beside its properties. */
export interface TaskManagerInner {
  /** Finished Task objects that are still there. */
  readonly finished?: number
  /** Grows when a task begins to run, so that the record tells watchers of histories. */
  readonly begun?: number
}

interface HasRecent { recentTask?: readonly MoRef[] }

/** Name of the log of finished tasks of a node. */
export function taskLog(world: World, node: string): string {
  return world.defineLog(`tasks/${node}`, HISTORY_CAPACITY).name
}

/** Lists a new task at its entity and at TaskManager. */
export function appendToRecent(
  tx: Transaction,
  schema: Schema,
  node: NodeInfo,
  task: MoRef,
  entity: Slot | undefined,
): void {
  const manager = managerSlot(tx, node)
  const ref = Object.freeze(task)
  if (manager !== undefined) setRecent(tx, manager, [...recentOf(tx, manager), ref])
  if (entity === undefined || !schema.isA(entity.address.type, 'ManagedEntity')) return
  if (tx.read(entity) === undefined) return
  const known = recentOf(tx, entity)
  const recent: MoRef[] = []
  for (let i = Math.max(0, known.length + 1 - ENTITY_LIMIT); i < known.length; i += 1) recent.push(known[i]!)
  recent.push(ref)
  setRecent(tx, entity, recent)
}

/** Hands a finished task to the history and sees to it that it is forgotten in time. */
export function noteFinished(tx: Transaction, node: NodeInfo, info: TaskInfo): void {
  if (node.kind === 'vcenter') tx.append(taskLog(tx.world, node.name), info)
  const manager = managerSlot(tx, node)
  if (manager === undefined) return
  const record = tx.read<HasRecent, TaskManagerInner>(manager)!
  const finished = (record.inner.finished ?? 0) + 1
  if (finished === 1) tx.after(TASK_KEPT_MS, 'task.sweep', { node: node.name })
  const recentTask = trimmed(tx, node.name, record.props.recentTask ?? [])
  const inner = { ...record.inner, finished }
  tx.replace(manager, { props: { ...record.props, recentTask }, inner } as never)
  if (finished > FINISHED_LIMIT) forgetOldest(tx, node)
}

/** Marks the manager's record: histories of tasks show the states of unfinished ones too. */
export function noteStateChange(tx: Transaction, node: NodeInfo): void {
  const manager = managerSlot(tx, node)
  if (manager === undefined) return
  const { props, inner } = tx.read<HasRecent, TaskManagerInner>(manager)!
  tx.replace(manager, { props, inner: { ...inner, begun: (inner.begun ?? 0) + 1 } } as never)
}

/** Removes the finished tasks that are old enough; comes again while some are left. */
export function sweepTasks(tx: Transaction, node: NodeInfo): void {
  const limit = tx.now() - TASK_KEPT_MS
  const old = tx.ofType(node.name, 'Task').filter(slot => {
    const { completeTime } = infoOf(tx, slot)
    return completeTime !== undefined && fromDateTime(completeTime) <= limit
  })
  const left = forget(tx, node, old)
  if (left > 0) tx.after(SWEEP_MS, 'task.sweep', { node: node.name })
}

function forgetOldest(tx: Transaction, node: NodeInfo): void {
  const oldest: Slot[] = []
  for (const slot of tx.world.store.ofType(node.name, 'Task').values()) {
    if (tx.read(slot) === undefined || infoOf(tx, slot).completeTime === undefined) continue
    oldest.push(slot)
    if (oldest.length === FORGOTTEN_AT_ONCE) break
  }
  forget(tx, node, oldest)
}

function forget(tx: Transaction, node: NodeInfo, tasks: readonly Slot[]): number {
  const gone = new Set(tasks.map(slot => slot.address.id))
  const entities = new Set<string>()
  for (const slot of tasks) {
    const entity = infoOf(tx, slot).entity
    if (entity !== undefined) entities.add(entity.value)
    tx.remove(slot)
  }
  for (const id of entities) {
    const slot = tx.find(node.name, id)
    if (slot !== undefined) dropFromRecent(tx, slot, gone)
  }
  const manager = managerSlot(tx, node)!
  dropFromRecent(tx, manager, gone)
  const record = tx.read<HasRecent, TaskManagerInner>(manager)!
  const finished = (record.inner.finished ?? 0) - gone.size
  tx.replace(manager, { props: record.props, inner: { ...record.inner, finished } } as never)
  return finished
}

function dropFromRecent(tx: Transaction, slot: Slot, gone: ReadonlySet<string>): void {
  const before = recentOf(tx, slot)
  const left: MoRef[] = []
  for (const task of before) if (!gone.has(task.value)) left.push(task)
  if (left.length < before.length) setRecent(tx, slot, left)
}

/**
 * Drops the oldest finished task when too many are listed; unfinished ones always stay. (Loops, because
 * V8's own methods take ten times as long on a frozen array.)
 */
function trimmed(tx: Transaction, node: string, recent: readonly MoRef[]): readonly MoRef[] {
  if (recent.length <= RECENT_LIMIT) return recent
  const at = recent.findIndex(task => {
    const slot = tx.find(node, task.value)
    return slot === undefined || infoOf(tx, slot).completeTime !== undefined
  })
  if (at < 0) return recent
  const left: MoRef[] = []
  for (let i = 0; i < recent.length; i += 1) if (i !== at) left.push(recent[i]!)
  return Object.freeze(left)
}

function infoOf(tx: Transaction, slot: Slot): TaskInfo {
  return tx.read<{ info: TaskInfo }>(slot)!.props.info
}

function managerSlot(tx: Transaction, node: NodeInfo): Slot | undefined {
  return tx.find(node.name, wellKnownId('taskManager', node.kind))
}

function recentOf(tx: Transaction, slot: Slot): readonly MoRef[] {
  return tx.read<HasRecent>(slot)?.props.recentTask ?? []
}

function setRecent(tx: Transaction, slot: Slot, recentTask: readonly MoRef[]): void {
  const record = tx.read(slot)!
  // Frozen here, so that the store need not look into each of hundreds of references.
  const props = { ...record.props, recentTask: Object.freeze(recentTask) }
  tx.replace(slot, { props, inner: record.inner })
}
