/** What the parts of the encoder know of each other. */
import type {
  DataTypeInfo,
  EnumInfo,
  Namespace,
  TypeRef,
  VersionIndex,
} from '../../schema/model.js'
import type { Pieces } from '../pieces.js'

/**
 * Appends the element for `value` to `s` and returns it; long strings and kept bytes go to `out`
 * on the way. Throws TypeError if the value is not of the type.
 */
export type Writer = (s: string, value: unknown, out: Pieces) => string

/** Writes the children of a data object of one type. */
export interface ContentWriter {
  readonly type: DataTypeInfo
  /** The children, or the kept bytes of them. */
  content(s: string, value: Readonly<Record<string, unknown>>, out: Pieces): string
  /** Name in `xsi:type`, with the declaration of its prefix where it needs one. */
  readonly xsiType: string
}

/** The writers of one namespace and version. */
export interface WriterSet {
  readonly namespace: Namespace
  /** The version that counts for types of a namespace. */
  versionIn(namespace: Namespace): VersionIndex
  /** Writer of one item in a slot of the declared type. */
  slot(type: TypeRef, tag: string): Writer
  /** Writer of a typed value (arrays as a whole) in an any slot. */
  typedAny(type: TypeRef, tag: string): Writer
  /** Writer of a value in the any form of decision 0002. */
  any(tag: string): Writer
  /** Writer of a data type as the client's version knows it. Throws TypeError if unknown. */
  data(name: string): ContentWriter
  enum(name: string): EnumInfo
  /** The nearest managed type the client's version knows. */
  managedName(name: string): string
}
