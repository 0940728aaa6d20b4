import type { Schema } from '../../schema/model.js'
import type { JsonObject, Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { wellKnownId } from '../well-known.js'
import { compileAlarm, type CompiledAlarm, type EventLeaf } from './compiled.js'

/** An alarm on entities of a type, and the paths of the properties that it depends on. */
export interface Watched {
  readonly alarm: CompiledAlarm
  readonly paths: ReadonlyArray<readonly string[]>
}

/** All alarms of a vCenter, found by what concerns them. */
export interface AlarmSet {
  readonly all: readonly CompiledAlarm[]
  readonly byId: ReadonlyMap<string, CompiledAlarm>
  /** By event type, or by id of EventEx and ExtendedEvent. */
  readonly byEvent: ReadonlyMap<string, ReadonlyArray<{ readonly alarm: CompiledAlarm, readonly leaf: EventLeaf }>>
  /** State and metric alarms by exact entity type. */
  readonly byType: ReadonlyMap<string, readonly Watched[]>
  /** Those that are not defined on the root folder, by the entity that has them. */
  readonly scoped: ReadonlyMap<string, readonly CompiledAlarm[]>
}

/** Id of the manager, whose inner part is replaced with every change of a definition. */
export const MANAGER = wellKnownId('alarmManager', 'vcenter')
/** Id of the root folder of a vCenter. */
export const ROOT = wellKnownId('rootFolder', 'vcenter')

/**
 * The alarms of each vCenter of a lab in a form in which an event or a change finds what it concerns
 * by one look-up. Made from the Alarm records, and again when a definition has changed.
 */
export class AlarmIndex {
  readonly world: World
  readonly schema: Schema
  readonly #sets = new Map<string, { readonly stamp: object, readonly set: AlarmSet }>()

  constructor(world: World, schema: Schema) {
    this.world = world
    this.schema = schema
  }

  /** The alarms of a node; undefined: it has no AlarmManager, as hosts have none. */
  of(reader: Reader, node: string): AlarmSet | undefined {
    const stamp = reader.get(node, MANAGER)?.inner
    if (stamp === undefined) return undefined
    const known = this.#sets.get(node)
    if (known?.stamp === stamp) return known.set
    const set = this.#make(reader, node)
    this.#sets.set(node, { stamp, set })
    return set
  }

  #make(reader: Reader, node: string): AlarmSet {
    const all = reader.ofType(node, 'Alarm')
      .map(slot => compileAlarm(this.world, this.schema, slot, reader.read(slot)!))
    const byEvent = new Map<string, Array<{ alarm: CompiledAlarm, leaf: EventLeaf }>>()
    const byType = new Map<string, Watched[]>()
    for (const alarm of all) {
      for (const leaf of alarm.leaves) {
        if (leaf.kind !== 'event') continue
        for (const key of leaf.keys) listAt(byEvent, key).push({ alarm, leaf })
      }
      for (const type of alarm.types) watch(byType, type, alarm)
    }
    const scoped = new Map<string, CompiledAlarm[]>()
    for (const alarm of all) {
      const entity = alarm.info.entity.value
      if (entity !== ROOT) listAt(scoped, entity).push(alarm)
    }
    return { all, byId: new Map(all.map(alarm => [alarm.id, alarm])), byEvent, byType, scoped }
  }
}

function watch(byType: Map<string, Watched[]>, type: string, alarm: CompiledAlarm): void {
  const paths = alarm.leaves.flatMap(leaf => {
    if (leaf.kind === 'event' || !leaf.types.has(type)) return []
    return leaf.kind === 'state' ? [leaf.path] : leaf.sources.flatMap(source => source.paths[type] ?? []).map(path => path.split('.'))
  })
  if (paths.length > 0) listAt(byType, type).push({ alarm, paths })
}

function listAt<T>(map: Map<string, T[]>, key: string): T[] {
  let list = map.get(key)
  if (list === undefined) map.set(key, list = [])
  return list
}

const indexes = new WeakMap<World, AlarmIndex>()

/** The index of a lab; made at the first question. */
export function alarmIndex(world: World, schema: Schema): AlarmIndex {
  let index = indexes.get(world)
  if (index === undefined) indexes.set(world, index = new AlarmIndex(world, schema))
  return index
}

/** Says that a definition of a node came, went or changed: the index is made anew when next needed. */
export function definitionsChanged(tx: Transaction, node: string): void {
  const manager = tx.find(node, MANAGER)!
  const { props, inner } = tx.read<JsonObject, { changes?: number }>(manager)!
  tx.replace(manager, { props, inner: { ...inner, changes: (inner.changes ?? 0) + 1 } })
}
