import type { AlarmState, ManagedEntityStatus } from '../../schema/generated/types.js'
import { toDateTime } from '../../world/clock.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../nodes.js'
import { refOf } from '../refs.js'
import type { CompiledAlarm } from './compiled.js'

/** What vCenter remembers of an alarm on an entity; there is none while nothing ever happened. */
export interface Memory {
  readonly status: ManagedEntityStatus
  /** Lab time of the last change of the status. */
  readonly at: number
  /** The event that the status comes from. */
  readonly eventKey?: number
  readonly acknowledged?: { readonly by: string, readonly at: number }
  /** Statuses that events gave, by number of the expression. */
  readonly events?: Readonly<Record<number, ManagedEntityStatus>>
  /** Since when a metric is beyond a threshold, by number of the expression and level. */
  readonly since?: Readonly<Record<string, number>>
  /** The last trigger that was reported; it silences equal ones for the reporting frequency. */
  readonly reported?: { readonly status: ManagedEntityStatus, readonly at: number }
  /** Agenda job that looks again, and when. */
  readonly job?: { readonly sequence: number, readonly due: number }
  /** Agenda job that repeats actions. */
  readonly repeat?: number
}

/** Memories of one entity by alarm: the props of `{lab, AlarmMemory, '<vcenter>/<entity>'}`. */
type Memories = Readonly<Record<string, Memory>>

const memoryId = (entity: Slot): string => `${entity.address.node}/${entity.address.id}`

/** What is remembered of an alarm on an entity. */
export function recall(reader: Reader, alarm: CompiledAlarm, entity: Slot): Memory | undefined {
  return recallAll(reader, entity)[alarm.id]
}

/** What is remembered of an entity, by id of the alarm. */
export function recallAll(reader: Reader, entity: Slot): Memories {
  return reader.get<Memories>(LAB, memoryId(entity))?.props ?? none
}

const none: Memories = {}

/** Remembers, or forgets. */
export function remember(tx: Transaction, alarmId: string, entity: Slot, memory: Memory | undefined): void {
  const id = memoryId(entity)
  const slot = tx.find(LAB, id)
  const { [alarmId]: before, ...others } = slot === undefined ? {} as Memories : tx.read<Memories>(slot)!.props
  if (before === memory) return
  const props = memory === undefined ? others : { ...others, [alarmId]: memory }
  if (slot === undefined) tx.create({ node: LAB, type: 'AlarmMemory', id }, { props, inner: {} })
  else if (Object.keys(props).length === 0) tx.remove(slot)
  else tx.replace(slot, { props: props as never, inner: {} })
}

/** Forgets all of an entity that has gone. */
export function forgetEntity(tx: Transaction, entity: Slot): void {
  for (const memory of Object.values(recallAll(tx, entity))) cancelJobs(tx, memory)
  tx.remove({ node: LAB, id: memoryId(entity) })
}

/** Takes the agenda jobs of a memory off. */
export function cancelJobs(tx: Transaction, memory: Memory): void {
  if (memory.job !== undefined) tx.cancel(memory.job.sequence)
  if (memory.repeat !== undefined) tx.cancel(memory.repeat)
}

/** Entities of a vCenter of which something is remembered, with what it is. */
export function remembered(reader: Reader, node: string): Array<readonly [Slot, Memories]> {
  const found: Array<readonly [Slot, Memories]> = []
  for (const slot of reader.ofType(LAB, 'AlarmMemory')) {
    if (!slot.address.id.startsWith(`${node}/`)) continue
    const entity = reader.find(node, slot.address.id.slice(node.length + 1))
    if (entity !== undefined) found.push([entity, reader.read<Memories>(slot)!.props])
  }
  return found
}

/** The AlarmState of an alarm on an entity (operations.md 6.1: the key is `alarm-N.<moid>`). */
export function alarmState(
  alarm: CompiledAlarm, entity: Slot, status: ManagedEntityStatus, memory: Memory | undefined,
): AlarmState {
  const acknowledged = memory?.acknowledged
  return {
    key: stateKey(alarm.id, entity),
    entity: refOf(entity),
    alarm: alarm.ref,
    overallStatus: status,
    time: memory === undefined ? alarm.info.lastModifiedTime : toDateTime(memory.at),
    acknowledged: acknowledged !== undefined,
    ...(acknowledged === undefined ? {} : {
      acknowledgedByUser: acknowledged.by, acknowledgedTime: toDateTime(acknowledged.at),
    }),
    ...(memory?.eventKey === undefined ? {} : { eventKey: memory.eventKey }),
    disabled: alarm.disabled[entity.address.id] === true,
  }
}

/** Key of the state of an alarm on an entity. */
export function stateKey(alarmId: string, entity: Slot): string {
  return `${alarmId}.${entity.address.id}`
}
