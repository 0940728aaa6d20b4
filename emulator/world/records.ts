/**
 * What the world stores. Nothing here knows what the records mean: the world could simulate a
 * railway (design.md 4.2).
 */

/** Where a record lives: which node's inventory, of which type, under which id. */
export interface Address {
  readonly node: string
  readonly type: string
  readonly id: string
}

/** Any JSON object. */
export interface JsonObject {
  [key: string]: unknown
}

/**
 * The stored state of one object: deeply frozen plain JSON, replaced and never edited.
 * `props` is what the outside may read, `inner` holds facts that no client is shown.
 */
export interface StoredRecord<P extends object = JsonObject, I extends object = JsonObject> {
  readonly props: Readonly<P>
  readonly inner: Readonly<I>
}

/**
 * The permanent place of an address. `index` is a dense small integer, given once and never used
 * again for another address, so that watchers can keep bit sets and arrays instead of sets of
 * strings. `record` is undefined before creation and after removal.
 */
export interface Slot<P extends object = JsonObject, I extends object = JsonObject> {
  readonly index: number
  readonly address: Address
  readonly record: StoredRecord<P, I> | undefined
}

/** A slot as the store itself sees it. */
export interface MutableSlot {
  readonly index: number
  readonly address: Address
  record: StoredRecord | undefined
}

/** Reading, inside a transaction (which sees its own writes) or outside (the committed state). */
export interface Reader {
  /** Lab time in milliseconds since 1970. */
  now(): number
  get<P extends object = JsonObject, I extends object = JsonObject>(
    node: string, id: string): StoredRecord<P, I> | undefined
  read<P extends object = JsonObject, I extends object = JsonObject>(
    slot: Slot): StoredRecord<P, I> | undefined
  find(node: string, id: string): Slot | undefined
  ofType(node: string, type: string): Slot[]
}
