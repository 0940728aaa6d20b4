import type { Address, MutableSlot, Slot, StoredRecord } from './records.js'

/** A secondary index: from a key to the records that have it, kept at each commit. */
export interface IndexDefinition {
  readonly name: string
  /** The record type it covers, exactly (no inheritance: the world knows none). */
  readonly types: readonly string[]
  /** The keys of one record; pure. */
  keys(record: StoredRecord, address: Address): readonly string[]
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

const noSlots: ReadonlyMap<string, MutableSlot> = new Map()

/** The records of all nodes, with constant-time look-ups by id, by type and by index key. */
export class Store {
  readonly #slots: MutableSlot[] = []
  readonly #nodes = new Map<string, NodeShelf>()
  readonly #indexes = new Map<string, { definition: IndexDefinition, entries: Map<string, Held> }>()
  readonly #indexesByType = new Map<string, IndexDefinition[]>()

  /** Adds an index; records of its types that are there already are taken in. */
  defineIndex(definition: IndexDefinition): void {
    this.#indexes.set(definition.name, { definition, entries: new Map() })
    for (const type of definition.types) {
      const list = this.#indexesByType.get(type) ?? []
      list.push(definition)
      this.#indexesByType.set(type, list)
      for (const shelf of this.#nodes.values()) {
        for (const slot of shelf.byType.get(type)?.slots.values() ?? []) {
          this.#reindex(definition, slot, undefined, slot.record)
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
    const found = this.#indexes.get(index)?.entries.get(`${node}\n${key}`)
    if (found === undefined) return []
    return found instanceof Set ? [...found] : [found]
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

  /** Puts a record in its slot (undefined removes it) and keeps every index right. */
  put(slot: MutableSlot, record: StoredRecord | undefined): void {
    const before = slot.record
    slot.record = record
    const { node, type, id } = slot.address
    if ((before === undefined) !== (record === undefined)) this.#list(node, type, id, slot)
    for (const definition of this.#indexesByType.get(type) ?? []) {
      this.#reindex(definition, slot, before, record)
    }
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

  #reindex(
    definition: IndexDefinition,
    slot: MutableSlot,
    before: StoredRecord | undefined,
    after: StoredRecord | undefined,
  ): void {
    const entries = this.#indexes.get(definition.name)!.entries
    const oldKeys = before === undefined ? [] : definition.keys(before, slot.address)
    const newKeys = after === undefined ? [] : definition.keys(after, slot.address)
    if (oldKeys.length === newKeys.length && oldKeys.every((key, i) => key === newKeys[i])) return
    for (const key of oldKeys) {
      const full = `${slot.address.node}\n${key}`
      const held = entries.get(full)
      if (held === slot) entries.delete(full)
      else if (held instanceof Set && held.delete(slot) && held.size === 0) entries.delete(full)
    }
    for (const key of newKeys) {
      const full = `${slot.address.node}\n${key}`
      const held = entries.get(full)
      if (held === undefined) entries.set(full, slot)
      else if (held instanceof Set) held.add(slot)
      else entries.set(full, new Set([held, slot]))
    }
  }
}
