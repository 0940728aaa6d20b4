/**
 * Kept bytes of runs of small objects. A list of all VMs with three properties is a thousand
 * fragments of some hundred bytes: looking each up costs more than sending it. So such lists are
 * kept and copied in blocks; a block counts as long as it holds the very same states.
 */
import type { BulkItem } from '../../schema/bulk.js'
import { emptyEntry, encodedCache, type CacheEntry } from '../encoded-cache.js'
import type { Pieces } from '../pieces.js'

/** Objects in a block. */
const blockItems = 64
/** Fewer are not worth a block. */
const fewestItems = 8
/** Objects that are larger than this on the average are kept one by one. */
const largestMean = 4096

type Props = BulkItem['props']

interface Block extends CacheEntry {
  props: readonly Props[]
  ids: readonly string[]
}

/** The blocks of one path set and form. */
export class BulkBlocks {
  private readonly kept = new WeakMap<Props, Block>()
  private suits = true

  /** Where the block that begins at `from` ends; `from` itself if there is to be none. */
  end(items: readonly BulkItem[], from: number): number {
    if (!this.suits) return from
    const end = Math.min(from + blockItems, items.length)
    if (end - from < fewestItems) return from
    const { paths } = items[from]!
    for (let i = from; i < end; i++) {
      const item = items[i]!
      if (item.paths !== paths || item.missing !== undefined) return from
    }
    return end
  }

  /** Appends the kept bytes of a block; false if there are none for exactly these states. */
  writeKept(items: readonly BulkItem[], from: number, end: number, out: Pieces): boolean {
    const block = this.kept.get(items[from]!.props)
    if (block?.bytes === undefined || block.props.length !== end - from) return false
    const { props, ids } = block
    for (let i = 0; i < props.length; i++) {
      const item = items[from + i]!
      if (item.props !== props[i] || item.ref.value !== ids[i]) return false
    }
    block.used = true
    out.bytes(block.bytes)
    return true
  }

  /** Keeps what was appended to `out` since `start` as the block of these objects. */
  keep(items: readonly BulkItem[], from: number, end: number, out: Pieces, start: number): void {
    const length = out.length - start
    if (length > (end - from) * largestMean) {
      this.suits = false
      return
    }
    if (!encodedCache.admits(length, end - from)) return
    const run = items.slice(from, end)
    const block = this.kept.get(run[0]!.props) ?? { ...emptyEntry(), props: [], ids: [] }
    block.props = run.map(({ props }) => props)
    block.ids = run.map(({ ref }) => ref.value)
    this.kept.set(run[0]!.props, block)
    encodedCache.keep(block, out.copySince(start))
  }
}
