/**
 * Filters with the same spec, seen with the same rights, are one group: their members, what they
 * depend on and the log of changes are kept once (design.md decision 5).
 */
import { enteredObject, shareEncoding } from '../../schema/bulk.js'
import type { MoRef } from '../../schema/model.js'
import type { Change } from '../../world/journal.js'
import type { Slot } from '../../world/records.js'
import { isSessionObject } from '../session-objects.js'
import { ChangeLog, type LogEntry } from './change-log.js'
import { changesOf } from './diff.js'
import { differs } from './path-set.js'
import type { Props } from './paths.js'
import type { Plan, Scene } from './scene.js'
import { Dependencies, select, viewShape, type Members, type Source } from './select.js'
import type { CompiledSpec } from './spec.js'
import { isRoot } from './view-contents.js'
import type { WatchIndex } from './watch-index.js'

/** Who reads a group's log: knows the positions that may still be asked for. */
export interface GroupReader {
  positionsIn(group: FilterGroup): Iterable<number>
}

/** What a filter reports: ObjectUpdates and missing start objects. */
export interface Delta {
  readonly objects: readonly object[]
  readonly missing: readonly MoRef[]
}

export class FilterGroup {
  readonly key: string
  readonly scene: Scene
  readonly spec: CompiledSpec
  readonly sources: readonly Source[]
  readonly partial: boolean
  readonly readers = new Set<GroupReader>()
  readonly log = new ChangeLog()
  members: Members = new Map()
  readonly #index: WatchIndex<FilterGroup>
  #depends = new Dependencies()
  #watched = new Set<Slot>()
  #types: ReadonlySet<string> = new Set()
  /** Last seen properties of all members, when some are computed. */
  #held: Map<Slot, Props> | undefined
  #stale = false
  /** Some property is computed and may differ from what was told without anybody being told. */
  #readsSilent = false
  readonly #missing = new Map<string, { ref: MoRef, since: number }>()
  /** Made once for all who start at the same state; let go when nobody is being told. */
  #entered: { end: number, objects: WeakRef<readonly object[]> } | undefined
  #delta: { first: number, end: number, objects: readonly object[] } | undefined

  constructor(
    key: string, scene: Scene, spec: CompiledSpec, sources: readonly Source[], partial: boolean,
    index: WatchIndex<FilterGroup>,
  ) {
    this.key = key
    this.scene = scene
    this.spec = spec
    this.sources = sources
    this.partial = partial
    this.#index = index
    this.#reselect()
  }

  /** Members may have changed: they are looked up again before the next answer. */
  markStale(): void {
    this.#stale = true
  }

  /** Whether members are not known at present. */
  get isStale(): boolean {
    return this.#stale || this.#held !== undefined || this.#depends.computed
  }

  /** Takes in a committed change of an object of the group's interest; true if it may matter. */
  changed(change: Change): boolean {
    const { slot, before, after } = change
    if (before === undefined || after === undefined) return this.#cameOrWent(change)
    let matters = false
    const plan = this.#held === undefined ? this.members.get(slot) : undefined
    if (plan !== undefined && differs(plan.set, before.props, after.props)) {
      this.log.append(slot, before.props)
      matters = true
    }
    if (this.#depends.touchedBy(slot, before.props, after.props)) return this.#stale = true
    return matters
  }

  #cameOrWent({ slot, before, after }: Change): boolean {
    if (before !== undefined && this.members.delete(slot)) {
      this.log.append(slot, this.#held?.get(slot) ?? before.props)
      this.#held?.delete(slot)
    }
    if (!this.#isWholeType) return this.#stale = true
    if (after !== undefined) {
      const type = this.spec.planFor(slot.address.type)
      if (type === undefined) return false
      this.members.set(slot, this.scene.planFor(type, slot))
      this.log.append(slot, undefined)
    }
    return true
  }

  /** True if the members are simply all objects of some types, so that they need no looking up. */
  get #isWholeType(): boolean {
    const [source, second] = this.sources
    const shape = source?.slot === undefined ? undefined : viewShape(source.slot)
    if (second !== undefined || source?.skip !== true || shape?.kind !== 'container') return false
    if (!shape.recursive || !this.scene.viewer.all || this.#held !== undefined) return false
    const container = this.scene.find(shape.container)
    if (container === undefined || !isRoot(container)) return false
    return source.links.every(number => {
      const traversal = this.spec.traversals[number]!
      return traversal.path === 'view' && !traversal.skip && traversal.links.length === 0
    })
  }

  /** Brings members up to date; changes go to the log. */
  settle(): void {
    if (!this.isStale) return
    const old = this.members
    const held = this.#held
    this.#reselect()
    for (const slot of old.keys()) {
      if (this.members.has(slot)) continue
      this.log.append(slot, held?.get(slot) ?? slot.record?.props ?? {})
    }
    for (const [slot, plan] of this.members) {
      const known = old.get(slot)
      if (known !== plan) {
        this.log.append(slot, undefined)
      } else if (held !== undefined && this.#held !== undefined) {
        this.#keepHeld(slot, plan, held.get(slot))
      }
    }
  }

  #keepHeld(slot: Slot, plan: Plan, before: Props | undefined): void {
    if (before === undefined) return
    if (differs(plan.set, before, this.#held!.get(slot)!)) this.log.append(slot, before)
    else this.#held!.set(slot, before)
  }

  #reselect(): void {
    const depends = new Dependencies()
    this.members = select(this.scene, this.spec, this.sources, depends)
    this.#depends = depends
    this.#stale = false
    const plans = [...new Set(this.members.values())]
    this.#readsSilent = plans.some(plan => plan.computed.length > plan.lively.length)
    this.#held = plans.some(plan => plan.lively.length > 0)
      ? new Map([...this.members].map(([slot, plan]) => [slot, this.scene.props(plan, slot)]))
      : undefined
    this.#noteMissing()
    this.#watch()
  }

  #noteMissing(): void {
    if (!this.spec.reportMissing) return
    for (const { ref } of this.sources) {
      const known = this.#missing.has(ref.value)
      const isThere = this.scene.findTyped(ref) !== undefined
      if (isThere) this.#missing.delete(ref.value)
      else if (!known) this.#missing.set(ref.value, { ref, since: this.log.advance() })
    }
  }

  /** Registers in the index for exactly what matters now. */
  #watch(): void {
    const { types, values, dangling, computed } = this.#depends
    const node = this.scene.node.name
    const wanted = new Set<Slot>()
    const want = (slot: Slot): void => {
      if (!isSessionObject(slot) && !types.has(slot.address.type)) wanted.add(slot)
    }
    for (const slot of this.members.keys()) want(slot)
    for (const slot of values.keys()) want(slot)
    for (const { slot } of this.sources) if (slot !== undefined) want(slot)
    for (const slot of this.#watched) if (!wanted.has(slot)) this.#index.unwatchSlot(slot, this)
    for (const slot of wanted) if (!this.#watched.has(slot)) this.#index.watchSlot(slot, this)
    this.#watched = wanted
    for (const type of types) this.#index.watchType(node, type, this)
    for (const type of this.#types) if (!types.has(type)) this.#index.unwatchType(node, type, this)
    this.#types = types
    setMembership(this.#index.dangling, this, dangling)
    setMembership(this.#index.computed, this, computed || this.#held !== undefined)
  }

  /** Leaves the index; the group is not kept up to date any more. */
  close(): void {
    for (const slot of this.#watched) this.#index.unwatchSlot(slot, this)
    for (const type of this.#types) this.#index.unwatchType(this.scene.node.name, type, this)
    this.#index.dangling.delete(this)
    this.#index.computed.delete(this)
    this.#watched = new Set()
    this.#types = new Set()
    this.#stale = false
  }

  /** Everything, as it comes under version "". Call `settle` before. */
  enterAll(): Delta {
    const { end } = this.log
    const isFresh = this.#entered?.end === end && !this.#readsSilent
    let objects = isFresh ? this.#entered!.objects.deref() : undefined
    if (objects === undefined) {
      objects = [...this.members].map(([slot, plan]) => this.#enter(slot, plan))
      this.#entered = { end, objects: new WeakRef(objects) }
    }
    return { objects, missing: this.#missingSince(-1) }
  }

  /** What happened after a position, one update for each object. Call `settle` before. */
  since(position: number): Delta {
    const { end } = this.log
    if (position >= end) return nothing
    const missing = this.#missingSince(position)
    const first = this.log.nextAfter(position)
    if (first === undefined) return missing.length === 0 ? nothing : { objects: [], missing }
    if (this.#delta?.first !== first || this.#delta.end !== end) {
      const objects: object[] = []
      for (const [slot, entry] of this.log.firstAfter(position)) {
        const update = this.#updateOf(slot, entry)
        if (update !== undefined) objects.push(update)
      }
      this.#delta = { first, end, objects }
    }
    return { objects: this.#delta.objects, missing }
  }

  /** Members as of a position, or at some time after it before they left. */
  membersAt(position: number): Set<Slot> {
    const found = new Set(this.members.keys())
    for (const [slot, entry] of this.log.firstAfter(position)) {
      if (entry.before === undefined) found.delete(slot)
      else found.add(slot)
    }
    return found
  }

  /** Drops log entries nobody can ask for, when there are many. */
  trim(): void {
    if (!this.log.isLong) return
    this.#delta = undefined
    const positions: number[] = []
    for (const reader of this.readers) positions.push(...reader.positionsIn(this))
    this.log.compact(positions)
  }

  #missingSince(position: number): MoRef[] {
    if (this.#missing.size === 0) return []
    return [...this.#missing.values()].filter(({ since }) => since > position).map(({ ref }) => ref)
  }

  #enter(slot: Slot, plan: Plan): object {
    const held = this.#held?.get(slot)
    const item = this.scene.item(plan, slot)
    return enteredObject(held === undefined ? item : { ...item, props: held })
  }

  #updateOf(slot: Slot, entry: LogEntry): object | undefined {
    const plan = this.members.get(slot)
    const { before } = entry
    if (plan === undefined) return before === undefined ? undefined : leaveUpdate(slot)
    if (before === undefined) return this.#enter(slot, plan)
    const after = this.#held?.get(slot) ?? slot.record?.props ?? {}
    if (entry.made?.after !== after) {
      entry.made = { after, update: this.#modify(slot, plan, before, after) }
    }
    return entry.made.update
  }

  #modify(slot: Slot, plan: Plan, before: Props, after: Props): object | undefined {
    const { schema } = this.scene.services
    const changeSet = changesOf(schema, plan.set, before, after, this.partial)
    if (changeSet.length === 0) return undefined
    const { type, id } = slot.address
    const update = Object.freeze({ kind: 'modify', obj: { type, value: id }, changeSet })
    if (this.readers.size > 1) shareEncoding(update)
    return update
  }
}

const nothing: Delta = { objects: [], missing: [] }

/** The ObjectUpdate of an object that is not selected any more. */
export function leaveUpdate(slot: Slot): object {
  return Object.freeze({ kind: 'leave', obj: { type: slot.address.type, value: slot.address.id } })
}

function setMembership<T>(set: Set<T>, item: T, isMember: boolean): void {
  if (isMember) set.add(item)
  else set.delete(item)
}
