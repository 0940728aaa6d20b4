/** Writers of data objects: children in schema order, by version (protocols.md 1.7, 2.6). */
import { isShared } from '../../schema/bulk.js'
import type { DataTypeInfo, PropertyInfo } from '../../schema/model.js'
import { emptyEntry, encodedCache, type CacheEntry } from '../encoded-cache.js'
import { flushLength, Pieces, recycle } from '../pieces.js'
import type { ContentWriter, Writer, WriterSet } from './writer-model.js'

type Data = Readonly<Record<string, unknown>>

/** A property as the encoder needs it. */
export interface Field {
  readonly name: string
  readonly array: boolean
  readonly write: Writer
  readonly info: PropertyInfo
}

/** Writes the children of one data type at one version. */
export class DataWriter implements ContentWriter {
  readonly xsiType: string
  private list: readonly Field[] | undefined
  private readonly kept = new WeakMap<object, CacheEntry>()

  constructor(
    readonly type: DataTypeInfo,
    private readonly writers: WriterSet,
  ) {
    this.xsiType = xsiTypeAttribute(type, writers)
  }

  /** The properties the version knows, in wire order. */
  get fields(): readonly Field[] {
    this.list ??= knownProperties(this.type, this.writers).map((info) => ({
      name: info.property,
      array: info.array,
      write: this.writers.slot(info, info.property),
      info,
    }))
    return this.list
  }

  content(s: string, value: Data, out: Pieces): string {
    return isShared(value) ? this.sharedContent(s, value, out) : this.children(s, value, out)
  }

  private children(start: string, value: Data, out: Pieces): string {
    let s = start
    const fields = this.list ?? this.fields
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as Field
      const item = value[field.name]
      if (item === undefined || item === null) continue
      s = field.array ? writeItems(s, item, field.write, out) : field.write(s, item, out)
    }
    return s
  }

  private sharedContent(s: string, value: Data, out: Pieces): string {
    let entry = this.kept.get(value)
    if (entry?.bytes === undefined) {
      const own = new Pieces()
      const pieces = own.finish(this.children('', value, own))
      const bytes = Buffer.concat(pieces)
      pieces.forEach(recycle)
      if (entry === undefined) this.kept.set(value, (entry = emptyEntry()))
      encodedCache.keep(entry, bytes)
      out.text(s)
      out.bytes(bytes)
      return ''
    }
    entry.used = true
    out.text(s)
    out.bytes(entry.bytes)
    return ''
  }
}

/** Writes an array: the element repeated. */
export function writeItems(start: string, items: unknown, write: Writer, out: Pieces): string {
  if (!Array.isArray(items)) throw new TypeError(`array expected, not ${typeof items}`)
  let s = start
  for (let i = 0; i < items.length; i++) {
    s = write(s, items[i], out)
    if (s.length > flushLength) s = out.text(s)
  }
  return s
}

/** A base type of another namespace counts its versions in that namespace. */
function knownProperties(type: DataTypeInfo, writers: WriterSet): PropertyInfo[] {
  const { base, properties } = type
  const inherited = base?.properties.length ?? 0
  const version = writers.versionIn(type.namespace)
  const own = properties.slice(inherited).filter((property) => property.since <= version)
  return base === undefined ? own : [...knownProperties(base, writers), ...own]
}

function xsiTypeAttribute(type: DataTypeInfo, writers: WriterSet): string {
  const { namespace, name } = type
  if (namespace === writers.namespace) return ` xsi:type="${name}"`
  return ` xmlns:${namespace}="urn:${namespace}" xsi:type="${namespace}:${name}"`
}
