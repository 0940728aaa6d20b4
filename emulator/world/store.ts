import type { Address, MutableSlot, Slot, StoredRecord } from './records.js'

/** A secondary index: from a key to the records that have it, kept at each commit. */
export interface IndexDefinition {
  readonly name: string
  /** The record type it covers, exactly (no inheritance: the world knows none). */
  readonly types: readonly string[]
  /** The keys of one record; pure. */
  keys(record: StoredRecord, address: Address): readonly string[]
  /** True when the keys of two records of the same address cannot differ; a cheap comparison. */
  same?(before: StoredRecord, after: StoredRecord): boolean
}

/** Live slots of one type on one node; `last` is the highest slot index that was put in. */
interface TypeList {
  slots: Map<string, MutableSlot>
  last: number
  inOrder: boolean
}

interface NodeShelf {
  readonly byId: Map<string, MutableSlot>
  readonly byType: Map<string, TypeList>
}

/** Most keys have one record, and a Set for each would cost more than all the rest. */
type Held = MutableSlot | Set<MutableSlot>

/** An index with its entries by node and key. */
interface Index {
  readonly definition: IndexDefinition
  readonly entries: Map<string, Map<string, Held>>
}

const noSlots: ReadonlyMap<string, MutableSlot> = new Map()

/** The records of all nodes, with constant-time look-ups by id, by type and by index key. */
export class Store {
  /** By index; undefined where a slot was forgotten. */
  readonly #slots: Array<MutableSlot | undefined> = []
  readonly #nodes = new Map<string, NodeShelf>()
  readonly #indexes = new Map<string, Index>()
  readonly #indexesByType = new Map<string, Index[]>()

  /** Adds an index; records of its types that are there already are taken in. */
  defineIndex(definition: IndexDefinition): void {
    const index: Index = { definition, entries: new Map() }
    this.#indexes.set(definition.name, index)
    for (const type of definition.types) {
      const list = this.#indexesByType.get(type) ?? []
      list.push(index)
      this.#indexesByType.set(type, list)
      for (const shelf of this.#nodes.values()) {
        for (const slot of shelf.byType.get(type)?.slots.values() ?? []) {
          reindex(index, slot, undefined, slot.record)
        }
      }
    }
  }

  get size(): number {
    return this.#slots.length
  }

  slotAt(index: number): MutableSlot | undefined {
    return this.#slots[index]
  }

  find(node: string, id: string): MutableSlot | undefined {
    return this.#nodes.get(node)?.byId.get(id)
  }

  /**
   * All live records of one exact type on a node, in the order in which they were first created:
   * also a record that went and came back (rewind, load) is where it was.
   */
  ofType(node: string, type: string): ReadonlyMap<string, MutableSlot> {
    const list = this.#nodes.get(node)?.byType.get(type)
    if (list === undefined) return noSlots
    if (!list.inOrder) {
      list.slots = new Map([...list.slots].sort(([, a], [, b]) => a.index - b.index))
      list.inOrder = true
    }
    return list.slots
  }

  /** The record types that exist on a node. */
  typesOn(node: string): string[] {
    return [...this.#nodes.get(node)?.byType.keys() ?? []]
  }

  nodes(): string[] {
    return [...this.#nodes.keys()]
  }

  /** Records with that key in a named index, in no particular order. */
  lookup(index: string, node: string, key: string): Slot[] {
    const found = this.#indexes.get(index)?.entries.get(node)?.get(key)
    if (found === undefined) return []
    return found instanceof Set ? [...found] : [found]
  }

  /** The keys that a record has, or would have, in a named index. */
  keysOf(index: string, record: StoredRecord, address: Address): readonly string[] {
    return this.#indexes.get(index)?.definition.keys(record, address) ?? noKeys
  }

  /** The slot of an address, made when it is the first time it is heard of. */
  slotFor(address: Address): MutableSlot {
    const shelf = this.#shelf(address.node)
    const found = shelf.byId.get(address.id)
    if (found !== undefined) {
      if (found.address.type === address.type) return found
      if (found.record !== undefined) {
        throw new Error(`id ${address.id} on ${address.node} is in use by a ${found.address.type}`)
      }
    }
    const slot: MutableSlot = { index: this.#slots.length, address, record: undefined }
    this.#slots.push(slot)
    shelf.byId.set(address.id, slot)
    return slot
  }

  /** Frees a slot without a record; its index is never given out again. */
  forget(slot: MutableSlot): void {
    if (slot.record !== undefined || this.#slots[slot.index] !== slot) return
    this.#slots[slot.index] = undefined
    const { byId } = this.#shelf(slot.address.node)
    if (byId.get(slot.address.id) === slot) byId.delete(slot.address.id)
  }

  /** Puts a record in its slot (undefined removes it) and keeps every index right. */
  put(slot: MutableSlot, record: StoredRecord | undefined): void {
    const before = slot.record
    slot.record = record
    const { node, type, id } = slot.address
    if ((before === undefined) !== (record === undefined)) this.#list(node, type, id, slot)
    const indexes = this.#indexesByType.get(type)
    if (indexes === undefined) return
    for (const index of indexes) reindex(index, slot, before, record)
  }

  #shelf(node: string): NodeShelf {
    let shelf = this.#nodes.get(node)
    if (shelf === undefined) {
      shelf = { byId: new Map(), byType: new Map() }
      this.#nodes.set(node, shelf)
    }
    return shelf
  }

  #list(node: string, type: string, id: string, slot: MutableSlot): void {
    const shelf = this.#shelf(node)
    let list = shelf.byType.get(type)
    if (list === undefined) {
      list = { slots: new Map(), last: -1, inOrder: true }
      shelf.byType.set(type, list)
    }
    if (slot.record === undefined) {
      list.slots.delete(id)
      return
    }
    list.slots.set(id, slot)
    if (slot.index < list.last) list.inOrder = false
    else list.last = slot.index
  }
}

const noKeys: readonly string[] = []

/** Brings the entries of a record in line; keys that stay are not touched. */
function reindex(
  { definition, entries }: Index,
  slot: MutableSlot,
  before: StoredRecord | undefined,
  after: StoredRecord | undefined,
): void {
  if (before !== undefined && after !== undefined && definition.same?.(before, after) === true) return
  const oldKeys = before === undefined ? noKeys : definition.keys(before, slot.address)
  const newKeys = after === undefined ? noKeys : definition.keys(after, slot.address)
  if (sameKeys(oldKeys, newKeys)) return
  const { node } = slot.address
  let onNode = entries.get(node)
  if (onNode === undefined) entries.set(node, onNode = new Map())
  for (const key of oldKeys) if (!newKeys.includes(key)) drop(onNode, key, slot)
  for (const key of newKeys) if (!oldKeys.includes(key)) add(onNode, key, slot)
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}

function drop(entries: Map<string, Held>, key: string, slot: MutableSlot): void {
  const held = entries.get(key)
  if (held === slot) entries.delete(key)
  else if (held instanceof Set && held.delete(slot) && held.size === 0) entries.delete(key)
}

function add(entries: Map<string, Held>, key: string, slot: MutableSlot): void {
  const held = entries.get(key)
  if (held === undefined) entries.set(key, slot)
  else if (held instanceof Set) held.add(slot)
  else if (held !== slot) entries.set(key, new Set([held, slot]))
}
