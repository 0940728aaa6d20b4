import type { Schema } from '../../schema/model.js'
import { vpxdServing } from '../../physics/appliance/services.js'
import type { JsonObject, Slot, StoredRecord } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { moved } from '../authorization/tree.js'
import { onEvent } from '../events.js'
import { nodeInfo } from '../nodes.js'
import { alarmIndex, definitionsChanged, type AlarmIndex, type AlarmSet, type Watched } from './alarm-index.js'
import { dropState, dropStates } from './by-hand.js'
import type { CompiledAlarm } from './compiled.js'
import { isBelow, matchEvent, repeatActions } from './matching.js'
import { forgetEntity, recall, recallAll, remember, remembered } from './memory.js'
import { look, repeatLater } from './status.js'
import { ancestors, subtree } from './tree.js'
import { replaceStates, triggeredOn } from './triggered.js'

/**
 * Alarms of every vCenter (operations.md 6): looked at when an event is posted or a property
 * changes that they depend on, or when an interval ends, and at no other time. A vCenter whose
 * vpxd does not run looks at nothing; when it is back it looks at everything once.
 */
export function followAlarms(world: World, schema: Schema): void {
  const index = alarmIndex(world, schema)
  onEvent(world, (tx, node, event) => {
    const set = node.kind === 'vcenter' ? index.of(tx, node.name) : undefined
    if (set !== undefined && vpxdServing(tx, node.name)) matchEvent(tx, set, node.name, event)
  })
  world.follow((tx, written) => {
    for (const slot of written) follow(tx, index, slot)
  })
  world.on('hardware.booted', (tx, { node }) => lookAtAll(tx, index, node))
  world.on('hardware.resumed', (tx, { node }) => lookAtAll(tx, index, node))
  world.on('appliance.vpxd', (tx, { vcenter, serving }) => {
    if (serving) lookAtAll(tx, index, vcenter)
  })
  world.onJob('alarm.look', (tx, { vcenter, alarm, entity }) => {
    const found = foundIn(tx, index, vcenter, alarm, entity)
    if (found === undefined) return
    const memory = recall(tx, found.alarm, found.entity)
    if (memory === undefined) return
    const { job: _job, ...rest } = memory
    remember(tx, alarm, found.entity, rest)
    if (vpxdServing(tx, vcenter)) look(tx, found.alarm, found.entity)
  })
  world.onJob('alarm.repeat', (tx, { vcenter, alarm, entity, from }) => {
    const found = foundIn(tx, index, vcenter, alarm, entity)
    if (found === undefined || !vpxdServing(tx, vcenter) || !repeatActions(tx, found.alarm, found.entity, from)) return
    const memory = recall(tx, found.alarm, found.entity)!
    const repeat = repeatLater(tx, found.alarm, found.entity, from, memory.status)
    if (repeat !== undefined) remember(tx, alarm, found.entity, { ...memory, repeat })
  })
}

function foundIn(
  tx: Transaction, index: AlarmIndex, vcenter: string, alarmId: string, entityId: string,
): { alarm: CompiledAlarm, entity: Slot } | undefined {
  const alarm = index.of(tx, vcenter)?.byId.get(alarmId)
  const entity = tx.find(vcenter, entityId)
  return alarm === undefined || entity === undefined ? undefined : { alarm, entity }
}

function follow(tx: Transaction, index: AlarmIndex, slot: Slot): void {
  const set = index.of(tx, slot.address.node)
  if (set === undefined) return
  const before = slot.record
  const after = tx.read(slot)
  if (after === undefined) {
    if (before?.props['triggeredAlarmState'] !== undefined) gone(tx, set, slot, before)
    return
  }
  if (before !== undefined && before.props['triggeredAlarmState'] !== undefined && moved(before, after)) {
    move(tx, set, slot, before)
  }
  const watched = set.byType.get(slot.address.type)
  if (watched === undefined || !vpxdServing(tx, slot.address.node)) return
  lookAt(tx, alarmsOf(watched, before, after), slot, before === undefined)
}

/** The alarms that depend on what has changed. */
function alarmsOf(watched: readonly Watched[], before: StoredRecord | undefined, after: StoredRecord): CompiledAlarm[] {
  const changed = (path: readonly string[]): boolean => {
    let old: unknown = before?.props
    let now: unknown = after.props
    for (const step of path) {
      if (old === now) return false
      old = (old as JsonObject | undefined)?.[step]
      now = (now as JsonObject | undefined)?.[step]
    }
    return old !== now
  }
  const alarms: CompiledAlarm[] = []
  for (const { alarm, paths } of watched) if (before === undefined || paths.some(changed)) alarms.push(alarm)
  return alarms
}

function lookAt(tx: Transaction, alarms: readonly CompiledAlarm[], slot: Slot, first: boolean): void {
  for (const alarm of alarms) {
    if (isBelow(tx, slot, alarm.info.entity.value)) look(tx, alarm, slot, { first })
  }
}

/**
 * Looks at every state and metric alarm of a vCenter: when the lab begins, and when the vCenter
 * starts (availability.md 5: from the current state, without history).
 */
export function lookAtAll(tx: Transaction, index: AlarmIndex, node: string): void {
  const set = nodeInfo(tx, node)?.kind === 'vcenter' ? index.of(tx, node) : undefined
  if (set === undefined || !vpxdServing(tx, node)) return
  for (const [entity, memories] of remembered(tx, node)) restart(tx, set, entity, memories)
  for (const [type, watched] of set.byType) {
    const alarms = watched.map(each => each.alarm)
    for (const slot of tx.ofType(node, type)) lookAt(tx, alarms, slot, true)
  }
}

/** Jobs that fell due while nobody was there, and intervals that nobody measured, begin anew. */
function restart(tx: Transaction, set: AlarmSet, entity: Slot, memories: ReturnType<typeof recallAll>): void {
  for (const [id, memory] of Object.entries(memories)) {
    const { job, since: _since, ...rest } = memory
    if (job !== undefined) tx.cancel(job.sequence)
    remember(tx, id, entity, rest)
    const alarm = set.byId.get(id)
    if (alarm !== undefined) look(tx, alarm, entity)
  }
}

/** Looks at one alarm on everything that it is for: it is new, or says something else now. */
export function lookEverywhere(tx: Transaction, node: string, alarm: CompiledAlarm): void {
  if (!vpxdServing(tx, node) || alarm.eventOnly) return
  for (const type of alarm.types) {
    for (const slot of tx.ofType(node, type)) lookAt(tx, [alarm], slot, true)
  }
}

/** An entity was removed: its states go from all above it, and so do alarms defined on it. */
function gone(tx: Transaction, set: AlarmSet, slot: Slot, before: StoredRecord): void {
  const keys = new Set((before.props['triggeredAlarmState'] as { key: string }[]).map(state => state.key))
  if (keys.size > 0) for (const above of ancestors(tx, slot, before)) replaceStates(tx, above, keys, [])
  forgetEntity(tx, slot)
  const own = set.scoped.get(slot.address.id) ?? []
  for (const alarm of own) {
    dropStates(tx, slot.address.node, alarm.id)
    tx.remove({ node: slot.address.node, id: alarm.id })
  }
  if (own.length > 0) definitionsChanged(tx, slot.address.node)
}

/** An entity has other ones above it: states follow, and other definitions apply. */
function move(tx: Transaction, set: AlarmSet, slot: Slot, before: StoredRecord): void {
  const old = ancestors(tx, slot, before)
  const now = ancestors(tx, slot)
  const states = triggeredOn(tx, slot)
  const keys = new Set(states.map(state => state.key))
  const left = old.filter(above => !now.includes(above))
  const entered = now.filter(above => !old.includes(above))
  if (states.length > 0) {
    for (const above of left) replaceStates(tx, above, keys, [])
    for (const above of entered) replaceStates(tx, above, keys, states)
  }
  if (set.scoped.size > 0) redefine(tx, set, slot, left, entered)
}

function redefine(tx: Transaction, set: AlarmSet, top: Slot, left: readonly Slot[], entered: readonly Slot[]): void {
  const definedOn = (slots: readonly Slot[]): CompiledAlarm[] =>
    slots.flatMap(slot => set.scoped.get(slot.address.id) ?? [])
  const lost = definedOn(left)
  const won = definedOn(entered)
  if (lost.length + won.length === 0) return
  for (const slot of subtree(tx, top)) {
    for (const alarm of lost) {
      const memory = recall(tx, alarm, slot)
      if (memory !== undefined) dropState(tx, alarm.id, slot, memory)
    }
    const fitting = won.filter(alarm => alarm.types.has(slot.address.type) && !alarm.eventOnly)
    if (vpxdServing(tx, slot.address.node)) lookAt(tx, fitting, slot, true)
  }
}
