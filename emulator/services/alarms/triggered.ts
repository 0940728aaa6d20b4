import type { AlarmState, ManagedEntityStatus } from '../../schema/generated/types.js'
import { emptyList } from '../../physics/frozen.js'
import type { JsonObject, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { severity } from './evaluate.js'
import { ancestors } from './tree.js'

interface Entity {
  readonly triggeredAlarmState?: readonly AlarmState[]
  readonly overallStatus?: ManagedEntityStatus
  readonly configStatus?: ManagedEntityStatus
}

/** The alarms that are triggered on an entity or below it. */
export function triggeredOn(tx: Transaction, entity: Slot): readonly AlarmState[] {
  return tx.read<Entity>(entity)?.props.triggeredAlarmState ?? emptyList
}

/**
 * Puts the state of an alarm on its entity and on all above it, or takes it off everywhere
 * (operations.md 6.1, surfaces). Work in proportion to the alarms that are triggered there.
 */
export function showState(tx: Transaction, entity: Slot, key: string, state: AlarmState | undefined): void {
  const gone = new Set([key])
  const added = state === undefined ? [] : [Object.freeze(state)]
  for (const slot of [entity, ...ancestors(tx, entity)]) replaceStates(tx, slot, gone, added)
}

/** Takes states off an entity's list and adds others; its colour follows. */
export function replaceStates(
  tx: Transaction, slot: Slot, gone: ReadonlySet<string>, added: readonly AlarmState[],
): void {
  const record = tx.read<Entity & JsonObject>(slot)
  const before = record?.props.triggeredAlarmState
  if (record === undefined || before === undefined) return
  const kept = before.filter(state => !gone.has(state.key))
  if (kept.length === before.length && added.length === 0) return
  const all = [...kept, ...added]
  const states = all.length === 0 ? emptyList : Object.freeze(all)
  const props = { ...record.props, triggeredAlarmState: states }
  tx.replace(slot, { props: coloured(slot.address.type, props, colour(props)), inner: record.inner })
}

/**
 * The worst of an entity's configuration and of the alarms triggered on it or below that nobody has
 * acknowledged (operations.md 6.1; that acknowledged ones do not count is unproved).
 */
function colour(props: Entity): ManagedEntityStatus {
  let worst = props.configStatus ?? 'green'
  for (const { overallStatus, acknowledged } of props.triggeredAlarmState ?? []) {
    if (acknowledged === true || severity(overallStatus) <= severity(worst)) continue
    worst = overallStatus
    if (worst === 'red') break
  }
  return worst
}

/** Where else a type shows its colour; VMs and hosts derive their summary themselves. */
const repeatedIn: Readonly<Record<string, string>> = {
  ComputeResource: 'summary', ClusterComputeResource: 'summary', ResourcePool: 'runtime', VirtualApp: 'runtime',
}

function coloured(type: string, props: JsonObject, overallStatus: ManagedEntityStatus): JsonObject {
  if (props['overallStatus'] === overallStatus) return props
  const place = repeatedIn[type]
  if (place === undefined) return { ...props, overallStatus }
  const repeated = { ...props[place] as object, overallStatus }
  return { ...props, overallStatus, [place]: repeated }
}
