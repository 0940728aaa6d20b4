/** What the readers of single elements have in common. */
import type { DataTypeInfo, EnumInfo, Namespace, Schema, VersionIndex } from '../../schema/model.js'
import { lineAndColumn } from '../xml.js'
import type { XmlElement } from '../xml-model.js'
import { invalidRequest, type WireFault } from './wire-fault.js'

/** The reader of one element, from its start tag to its end tag. */
export interface Frame {
  /** A child begins: the reader for it. */
  child(element: XmlElement): Frame
  text(value: string): void
  /** The child that began last has ended with this value; undefined means unset. */
  take(value: unknown): void
  /** The element has ended; `end` is the offset behind its end tag. */
  end(end: number): unknown
}

/** What every reader of one request shares. */
export class DecodeContext {
  source = ''

  constructor(
    readonly schema: Schema,
    public namespace: Namespace,
    public version: VersionIndex,
  ) {}

  /** InvalidRequest with the place in the request appended. */
  error(message: string, offset: number): WireFault {
    return invalidRequest(`${message} at ${this.place(offset)}`)
  }

  place(offset: number): string {
    const { line, column } = lineAndColumn(this.source, offset)
    return `line ${line}, column ${column}`
  }

  data(name: string): DataTypeInfo | undefined {
    return this.schema.data(name, this.namespace) ?? this.schema.data(name)
  }

  enum(name: string): EnumInfo | undefined {
    return this.schema.enum(name, this.namespace) ?? this.schema.enum(name)
  }
}

/** Reads past an element whose content does not matter. */
export class SkipFrame implements Frame {
  child(): Frame {
    return this
  }

  text(): void {}

  take(): void {}

  end(): undefined {
    return undefined
  }
}

/** Only white space may stand between the elements of an object. */
export function rejectText(context: DecodeContext, value: string, offset: number): void {
  if (/[^ \t\r\n]/.test(value)) throw context.error('Unexpected text', offset)
}

/** A copy that does not keep the request body alive (performance.md section 1, "Pitfall"). */
export function detach(text: string): string {
  return text.length < 13 ? text : ` ${text}`.slice(1)
}
