import type { ManagedEntityStatus } from '../../schema/generated/types.js'
import type { Reader, Slot } from '../../world/records.js'
import type { CompiledAlarm, Leaf, MetricLeaf, Part, StateLeaf } from './compiled.js'
import type { Memory } from './memory.js'
import { percentCounters } from './metrics.js'

/** What an alarm's expression says of an entity now. */
export interface Verdict {
  readonly status: ManagedEntityStatus
  /** Lab time at which it would say something else with nothing else changed. */
  readonly next: number | undefined
  /** Since when metrics are beyond their thresholds; undefined: none is. */
  readonly since: Record<string, number> | undefined
}

const order: readonly ManagedEntityStatus[] = ['gray', 'green', 'yellow', 'red']

/** Rank of a status; more is worse. */
export function severity(status: ManagedEntityStatus): number {
  return order.indexOf(status)
}

/** True for the colours that count as triggered. */
export function isTriggered(status: ManagedEntityStatus): boolean {
  return status === 'yellow' || status === 'red'
}

/**
 * Evaluates the whole expression on an entity (operations.md 6.1): of alternatives the worst counts;
 * conditions that must all be true give the least of theirs, and no alarm while one is not.
 */
export function evaluate(
  reader: Reader, alarm: CompiledAlarm, entity: Slot, memory: Memory | undefined,
): Verdict {
  return new Evaluation(reader, alarm, entity, memory).run()
}

class Evaluation {
  readonly #reader: Reader
  readonly #alarm: CompiledAlarm
  readonly #entity: Slot
  readonly #memory: Memory | undefined
  #next: number | undefined
  #since: Record<string, number> | undefined

  constructor(reader: Reader, alarm: CompiledAlarm, entity: Slot, memory: Memory | undefined) {
    this.#reader = reader
    this.#alarm = alarm
    this.#entity = entity
    this.#memory = memory
  }

  run(): Verdict {
    const status = this.#part(this.#alarm.tree)
    return { status, next: this.#next, since: this.#since }
  }

  #part(part: Part): ManagedEntityStatus {
    switch (part.kind) {
      case 'or': return part.parts.map(each => this.#part(each)).reduce(worse, 'gray')
      case 'and': return this.#all(part.parts)
      case 'event': return this.#memory?.events?.[part.index] ?? 'gray'
      default: return part.types.has(this.#entity.address.type) ? this.#leaf(part) : 'gray'
    }
  }

  #all(parts: readonly Part[]): ManagedEntityStatus {
    const statuses = parts.map(each => this.#part(each))
    if (statuses.every(isTriggered)) return statuses.reduce((a, b) => severity(a) < severity(b) ? a : b)
    return statuses.every(status => status === 'gray') ? 'gray' : 'green'
  }

  #leaf(leaf: Exclude<Leaf, { kind: 'event' }>): ManagedEntityStatus {
    return leaf.kind === 'state' ? this.#state(leaf) : this.#metric(leaf)
  }

  #state({ path, unequal, yellow, red }: StateLeaf): ManagedEntityStatus {
    let value: unknown = this.#reader.read(this.#entity)?.props
    for (const step of path) value = (value as Record<string, unknown> | undefined)?.[step]
    if (value === undefined || value === null) return 'gray'
    const text = String(value)
    const holds = (wanted: string | undefined): boolean => wanted !== undefined && (text === wanted) !== unequal
    return holds(red) ? 'red' : holds(yellow) ? 'yellow' : 'green'
  }

  #metric(leaf: MetricLeaf): ManagedEntityStatus {
    const value = metricValue(this.#reader, leaf, this.#entity)
    if (value === undefined) return 'gray'
    const now = this.#reader.now()
    const present = this.#memory?.status ?? 'green'
    let found: ManagedEntityStatus = 'green'
    for (const { status, at, holdMs } of leaf.levels) {
      const isIn = severity(present) >= severity(status)
      if (!beyond(leaf, value, at, this.#alarm.info.setting?.toleranceRange ?? 0, isIn)) continue
      const key = `${leaf.index}.${status}`
      const since = this.#memory?.since?.[key] ?? now
      if (holdMs > 0) (this.#since ??= {})[key] = since
      if (now - since < holdMs) this.#lookAgain(since + holdMs)
      else found = worse(found, status)
    }
    return found
  }

  #lookAgain(at: number): void {
    this.#next = Math.min(at, this.#next ?? Infinity)
  }
}

/** The present value of a metric on an entity; undefined when nothing of the lab knows it. */
export function metricValue(reader: Reader, leaf: MetricLeaf, entity: Slot): number | undefined {
  for (const source of leaf.sources) {
    if (source.paths[entity.address.type] === undefined) continue
    const value = source.value(reader, entity, leaf.counterId, leaf.instance)
    if (value !== undefined) return value
  }
  return undefined
}

/**
 * True when a value is at or beyond a threshold. With a tolerance the alarm comes only that much
 * beyond the threshold and goes only that much on its other side (API reference, AlarmSetting);
 * it is added to percentages and a share of other values.
 */
function beyond(leaf: MetricLeaf, value: number, at: number, tolerance: number, isIn: boolean): boolean {
  const margin = percentCounters.has(leaf.counterId) ? tolerance : at * tolerance / 10000
  const outward = (isIn ? -margin : margin) * (leaf.below ? -1 : 1)
  if (tolerance > 0 && isIn) return leaf.below ? value < at + outward : value > at + outward
  return leaf.below ? value <= at + outward : value >= at + outward
}

function worse(a: ManagedEntityStatus, b: ManagedEntityStatus): ManagedEntityStatus {
  return severity(b) > severity(a) ? b : a
}
