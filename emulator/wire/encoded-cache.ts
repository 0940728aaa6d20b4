/**
 * Encoded bytes kept for frozen values, all under one bound in bytes (design.md decision 4). The
 * owners hold the entries weakly by value; this list decides which bytes stay. Eviction gives
 * entries that were used since the last look a second chance, so a hit costs one store.
 */

/** Bytes of heap that an entry costs beside its content (performance.md section 2). */
const overhead = 200

/** Objects up to this size are always admitted; of n times the size, one in n + 1. */
const freeMean = 4096

/** A kept encoding; `bytes` is undefined once evicted, and the owner encodes anew. */
export interface CacheEntry {
  bytes: Buffer | undefined
  used: boolean
  previous: CacheEntry | undefined
  next: CacheEntry | undefined
}

/** A bound on kept bytes and the entries that share it. */
export class EncodedCache {
  private newest: CacheEntry | undefined
  private oldest: CacheEntry | undefined
  private total = 0
  private refused = 0

  constructor(private bound: number) {}

  /** Bytes kept now, overhead included. */
  get size(): number {
    return this.total
  }

  /** Sets the bound in bytes; 0 keeps nothing. */
  limit(bytes: number): void {
    this.bound = bytes
    this.shrink()
  }

  /**
   * Whether bytes of a wide read are worth keeping, for `objects` objects together. While there is
   * room, all are. After that the larger they are the fewer come in, so that a read of more than
   * fits does not throw out what others use and is not slowed down by copies that nobody gets to
   * see; what is read again and again still comes in, a part each time.
   */
  admits(length: number, objects = 1): boolean {
    if (length + overhead > this.bound / 8) return false
    if (this.total + length + overhead <= this.bound) return true
    this.refused += 1
    return this.refused % (1 + Math.floor(length / objects / freeMean)) === 0
  }

  /** Keeps bytes, evicting others if need be. Bytes above an eighth of the bound are not kept. */
  keep<T extends CacheEntry>(entry: T, bytes: Buffer): void {
    if (entry.bytes !== undefined) this.drop(entry)
    if (bytes.length + overhead > this.bound / 8) return
    entry.bytes = bytes
    entry.used = false
    this.total += bytes.length + overhead
    this.push(entry)
    this.shrink()
  }

  private shrink(): void {
    while (this.total > this.bound) {
      const entry = this.oldest
      if (entry === undefined) return
      if (entry.used) {
        entry.used = false
        this.unlink(entry)
        this.push(entry)
      } else {
        this.drop(entry)
      }
    }
  }

  private drop(entry: CacheEntry): void {
    this.unlink(entry)
    this.total -= (entry.bytes?.length ?? 0) + overhead
    entry.bytes = undefined
  }

  private push(entry: CacheEntry): void {
    entry.previous = undefined
    entry.next = this.newest
    if (this.newest === undefined) this.oldest = entry
    else this.newest.previous = entry
    this.newest = entry
  }

  private unlink(entry: CacheEntry): void {
    if (entry.previous === undefined) this.newest = entry.next
    else entry.previous.next = entry.next
    if (entry.next === undefined) this.oldest = entry.previous
    else entry.next.previous = entry.previous
    entry.previous = undefined
    entry.next = undefined
  }
}

/** An entry that holds nothing yet. */
export function emptyEntry(): CacheEntry {
  return { bytes: undefined, used: false, previous: undefined, next: undefined }
}

/** What the encoders of the process share: 128 MiB unless `limit` says otherwise. */
export const encodedCache = new EncodedCache(128 * 1024 * 1024)
