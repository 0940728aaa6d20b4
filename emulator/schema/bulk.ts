/**
 * Results that are made to be encoded fast: many objects with the same property paths, and values
 * whose encoded bytes are worth keeping. Services build them, the wire encoders know them; neither
 * needs the other. Design: design.md decision 4, performance.md sections 2 and 4.
 */
import type { MoRef, TypeRef } from './model.js'

/** Marks the values of this file; a symbol, so that no API value can be taken for one. */
export const bulkKind: unique symbol = Symbol('bulk')

/** How one path of a PropertySpec is read from an object's properties. */
export interface PathReader {
  /** The path as the client asked for it. */
  readonly path: string
  /**
   * The value at the path, undefined if unset. A pure function of `props`. The value has the form
   * of its `type`; without `type` it has the form of an any slot (decision 0002).
   */
  read(props: Readonly<Record<string, unknown>>): unknown
  readonly type: TypeRef | undefined
}

/** Paths prepared once per spec; the order of `paths` is the order in the answer. */
export interface PathSet {
  /** Equal keys mean equal paths and readers; encoded bytes are kept under it. */
  readonly key: string
  readonly paths: readonly PathReader[]
}

/** A property that could not be read: the value of a MissingProperty. */
export interface MissingPath {
  readonly path: string
  /** A LocalizedMethodFault: `{ fault: { _typeName, … }, localizedMessage }`. */
  readonly fault: Readonly<Record<string, unknown>>
}

/** One object of a result. */
export interface BulkItem {
  readonly ref: MoRef
  /** Frozen; the same object as long as nothing in it has changed. */
  readonly props: Readonly<Record<string, unknown>>
  readonly paths: PathSet
  readonly missing?: readonly MissingPath[] | undefined
}

/** Result of RetrieveProperties (`list`) or RetrievePropertiesEx and its Continue. */
export interface ObjectContents {
  readonly [bulkKind]: 'contents'
  readonly shape: 'list' | 'RetrieveResult'
  /** Read once, while the answer is being sent. */
  readonly items: Iterable<BulkItem>
  readonly token?: string | undefined
}

/** An ObjectUpdate of kind `enter` that assigns every set path; stands in `objectSet`. */
export interface EnteredObject extends BulkItem {
  readonly [bulkKind]: 'enter'
}

/** Makes the result of a RetrieveProperties call. */
export function objectContents(contents: Omit<ObjectContents, typeof bulkKind>): ObjectContents {
  return { ...contents, [bulkKind]: 'contents' }
}

/** Makes an ObjectUpdate that brings a whole object into a filter. */
export function enteredObject(item: BulkItem): EnteredObject {
  const { ref, props, paths, missing } = item
  return { ref, props, paths, missing, [bulkKind]: 'enter' }
}

export function isObjectContents(value: unknown): value is ObjectContents {
  return kindOf(value) === 'contents'
}

export function isEnteredObject(value: unknown): value is EnteredObject {
  return kindOf(value) === 'enter'
}

function kindOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null
    ? (value as { readonly [bulkKind]?: unknown })[bulkKind]
    : undefined
}

const shared = new WeakSet<object>()

/**
 * Says that a frozen data object will be sent many times, so that its encoded bytes are kept. The
 * object must never change. Worth it from some hundred bytes of encoded size.
 */
export function shareEncoding(value: object): void {
  shared.add(value)
}

/** True if `shareEncoding` was called for the object. */
export function isShared(value: object): boolean {
  return shared.has(value)
}
