/** What passes between the XML readers and those who use them. */

export const XSI = 'http://www.w3.org/2001/XMLSchema-instance'

/** Bounds on a document. Depth and attributes are counts, `maxBytes` is the length of the body. */
export interface XmlLimits {
  readonly maxDepth: number
  readonly maxBytes: number
  readonly maxAttributes: number
}

/** Depth 100, 64 attributes per element (design.md decision 3) and 64 MiB of body. */
export const defaultXmlLimits: XmlLimits = {
  maxDepth: 100,
  maxBytes: 64 * 1024 * 1024,
  maxAttributes: 64,
}

/** The document is not well formed, or exceeds a limit. `line` and `column` count from 1. */
export class XmlError extends Error {
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(message)
    this.name = 'XmlError'
  }
}

/** A start tag. Valid only during the `open` call that hands it over. */
export interface XmlElement {
  readonly local: string
  /** Namespace name, empty if none. */
  readonly uri: string
  /** Offset into the document's text, inside or just before the start tag. */
  readonly offset: number
  readonly hasAttributes: boolean
  /** Value of an attribute by local name: without namespace, or in the namespace given. */
  attribute(local: string, uri?: string): string | undefined
  /** Prefixes in scope and their namespaces, the element's own declarations included. */
  prefixes(): Map<string, string>
}

/** What a schema-directed reader is told. Throwing from any of these stops the reading. */
export interface XmlHandler {
  open(element: XmlElement): void
  text(value: string): void
  /** `end` is the offset just behind the end tag. */
  close(end: number): void
}

/** What a low-level reader reports; namespaces and limits are handled here, above it. */
export interface RawHandler {
  readonly maxAttributes: number
  /** `attributes` alternates names and values, in order; valid only during the call. */
  open(name: string, attributes: readonly string[], at: number): void
  text(value: string): void
  close(end: number): void
  fail(message: string, at: number): never
}
