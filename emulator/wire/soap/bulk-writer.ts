/**
 * Writers of many objects with the same paths: the bytes of each object are kept on its frozen
 * properties until they change (design.md decision 4, performance.md sections 2 and 4).
 */
import type { BulkItem, MissingPath, PathReader, PathSet } from '../../schema/bulk.js'
import type { MoRef } from '../../schema/model.js'
import { emptyEntry, encodedCache, type CacheEntry } from '../encoded-cache.js'
import type { Pieces } from '../pieces.js'
import { escapeText } from '../xml.js'
import { enumTexts } from './scalar-writers.js'
import { BulkBlocks } from './bulk-blocks.js'
import type { Writer, WriterSet } from './writer-model.js'

/** Where the objects stand: in a RetrieveResult or list, or in an UpdateSet. */
export type BulkForm = 'contents' | 'enter'

type Props = Readonly<Record<string, unknown>>

interface ItemEntry extends CacheEntry {
  ref: MoRef
}

interface CompiledPath {
  read(props: Props): unknown
  readonly open: string
  readonly close: string
  readonly write: Writer
  /** Literals the client's version knows, for an enum. */
  readonly literals: ReadonlyMap<unknown, string> | undefined
}

interface CompiledPaths {
  readonly paths: readonly CompiledPath[]
  readonly kept: WeakMap<Props, ItemEntry>
  readonly blocks: BulkBlocks
}

/** Identity first: the comparison must not touch memory that it need not. */
function sameRef(a: MoRef, b: MoRef): boolean {
  return a.value === b.value && a.type === b.type
}

/** How many path sets are kept compiled per encoder and form. */
const keptPathSets = 500

const frames = {
  contents: { open: (path: string) => `<propSet><name>${path}</name>`, close: '</propSet>' },
  enter: {
    open: (path: string) => `<changeSet><name>${path}</name><op>assign</op>`,
    close: '</changeSet>',
  },
} as const

/** Writes elements that hold an ObjectContent or an entering ObjectUpdate. */
export class BulkWriter {
  private readonly byKey = new Map<string, CompiledPaths>()
  private lastSet: PathSet | undefined
  private lastCompiled: CompiledPaths | undefined
  private readonly open: string
  private readonly close: string
  private readonly writeRef: Writer
  private readonly writeMissing: Writer

  constructor(
    private readonly writers: WriterSet,
    private readonly form: BulkForm,
    tag: string,
  ) {
    this.open = form === 'enter' ? `<${tag}><kind>enter</kind>` : `<${tag}>`
    this.close = `</${tag}>`
    this.writeRef = writers.slot({ kind: 'moref', name: 'ManagedObject', array: false }, 'obj')
    const missing = { kind: 'data', name: 'MissingProperty', array: false } as const
    this.writeMissing = writers.slot(missing, 'missingSet')
  }

  /** Appends the element of one object, from the kept bytes if there are some. */
  item(item: BulkItem, out: Pieces): void {
    const compiled = item.paths === this.lastSet ? this.lastCompiled! : this.compile(item.paths)
    const { missing, props, ref } = item
    if (missing !== undefined && missing.length > 0) {
      const s = this.encode(compiled, item, out)
      out.text(this.missing(s, missing, out) + this.close)
      return
    }
    const entry = compiled.kept.get(props)
    if (entry?.bytes !== undefined && (entry.ref === ref || sameRef(entry.ref, ref))) {
      entry.used = true
      out.bytes(entry.bytes)
      return
    }
    const start = out.length
    out.text(this.encode(compiled, item, out) + this.close)
    if (encodedCache.admits(out.length - start)) this.keep(compiled, item, entry, out.copySince(start))
  }

  /** Appends the elements of some objects of a list; answers where to go on. */
  run(items: readonly BulkItem[], from: number, out: Pieces): number {
    const first = items[from]!
    const compiled = first.paths === this.lastSet ? this.lastCompiled! : this.compile(first.paths)
    const { blocks } = compiled
    const end = blocks.end(items, from)
    if (end === from) {
      this.item(first, out)
      return from + 1
    }
    if (blocks.writeKept(items, from, end, out)) return end
    const start = out.length
    for (let i = from; i < end; i++) out.text(this.encode(compiled, items[i]!, out) + this.close)
    blocks.keep(items, from, end, out, start)
    return end
  }

  private keep(
    compiled: CompiledPaths, { props, ref }: BulkItem, known: ItemEntry | undefined, bytes: Buffer,
  ): void {
    const entry = known ?? { ...emptyEntry(), ref }
    if (known === undefined) compiled.kept.set(props, entry)
    else entry.ref = ref
    encodedCache.keep(entry, bytes)
  }

  private encode(compiled: CompiledPaths, item: BulkItem, out: Pieces): string {
    let s = this.writeRef(this.open, item.ref, out)
    for (const path of compiled.paths) {
      const value = path.read(item.props)
      if (value === undefined || value === null) continue
      if (path.literals !== undefined && !path.literals.has(value)) continue
      s = path.write(s + path.open, value, out) + path.close
    }
    return s
  }

  private missing(start: string, missing: readonly MissingPath[], out: Pieces): string {
    let s = start
    for (const each of missing) s = this.writeMissing(s, each, out)
    return s
  }

  private compile(set: PathSet): CompiledPaths {
    let compiled = this.byKey.get(set.key)
    if (compiled === undefined) {
      const paths = set.paths.map((path) => this.path(path))
      compiled = { paths, kept: new WeakMap(), blocks: new BulkBlocks() }
      this.byKey.set(set.key, compiled)
      const oldest = this.byKey.keys().next().value
      if (this.byKey.size > keptPathSets && oldest !== undefined) this.byKey.delete(oldest)
    }
    this.lastSet = set
    this.lastCompiled = compiled
    return compiled
  }

  private path(reader: PathReader): CompiledPath {
    const { writers, form } = this
    const { type } = reader
    const { open, close } = frames[form]
    return {
      read: (props) => reader.read(props),
      open: open(escapeText(reader.path)),
      close,
      write: type === undefined ? writers.any('val') : writers.typedAny(type, 'val'),
      literals: type?.kind === 'enum' && !type.array ? this.literals(type.name) : undefined,
    }
  }

  private literals(name: string): ReadonlyMap<string, string> {
    const info = this.writers.enum(name)
    return enumTexts(info, this.writers.versionIn(info.namespace))
  }
}
