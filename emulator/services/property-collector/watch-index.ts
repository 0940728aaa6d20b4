/** From a changed object to the filter groups that care: nobody else is asked. */
import type { Slot } from '../../world/records.js'

const none: readonly never[] = []

export class WatchIndex<G> {
  /** By slot number. */
  readonly #bySlot: Array<G[] | undefined> = []
  readonly #byType = new Map<string, Set<G>>()
  /** Groups with a reference that led nowhere: any new object may matter. */
  readonly dangling = new Set<G>()
  /** Groups with computed properties: any commit may matter. */
  readonly computed = new Set<G>()

  #size = 0

  /** How many pairs of object or type and group there are. */
  get size(): number {
    return this.#size
  }

  watchSlot(slot: Slot, group: G): void {
    const groups = this.#bySlot[slot.index]
    this.#size += 1
    if (groups === undefined) this.#bySlot[slot.index] = [group]
    else groups.push(group)
  }

  unwatchSlot(slot: Slot, group: G): void {
    const groups = this.#bySlot[slot.index]
    const at = groups?.indexOf(group) ?? -1
    if (groups === undefined || at < 0) return
    this.#size -= 1
    if (groups.length === 1) this.#bySlot[slot.index] = undefined
    else groups.splice(at, 1)
  }

  watchType(node: string, type: string, group: G): void {
    const key = typeKey(node, type)
    const groups = this.#byType.get(key)
    if (groups?.has(group) === true) return
    this.#size += 1
    if (groups === undefined) this.#byType.set(key, new Set([group]))
    else groups.add(group)
  }

  unwatchType(node: string, type: string, group: G): void {
    const groups = this.#byType.get(typeKey(node, type))
    if (groups?.delete(group) !== true) return
    this.#size -= 1
    if (groups.size === 0) this.#byType.delete(typeKey(node, type))
  }

  /** Groups that watch this object itself. */
  ofSlot(slot: Slot): readonly G[] {
    return this.#bySlot[slot.index] ?? none
  }

  /** Groups that watch all objects of its type. */
  ofType(slot: Slot): Iterable<G> {
    if (this.#byType.size === 0) return none
    return this.#byType.get(typeKey(slot.address.node, slot.address.type)) ?? none
  }
}

function typeKey(node: string, type: string): string {
  return `${node}\n${type}`
}
