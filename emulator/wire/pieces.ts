/**
 * Output of an encoder in pieces of at most some 128 KiB: one giant string costs many times its
 * share (performance.md section 2, "Pitfall"). Pieces are written in buffers that are lent: who has
 * sent one gives it back with `recycle`, and one that is not given back is simply collected.
 */

const pieceBytes = 128 * 1024
/** The first piece is small, so that the first byte leaves early. */
const firstPiece = 16 * 1024
/** Kept bytes of this length and more are passed on as they are instead of being copied. */
const passOn = 32 * 1024

/** String length at which an encoder should hand its string over. */
export const flushLength = 16 * 1024

/** Buffers that may wait for their next use; 2 MiB in all. */
const mostFree = 16
const free: Buffer[] = []
const lent = new WeakSet<ArrayBufferLike>()

/** A buffer for one piece: fresh memory costs more than what is written into it (section 2). */
function lend(): Buffer {
  const piece = free.pop() ?? Buffer.allocUnsafeSlow(pieceBytes)
  lent.add(piece.buffer)
  return piece
}

/**
 * Gives the buffer of a piece back to be written again. Only for who took the piece from a
 * `Pieces` and has no further use of it; other buffers, kept bytes among them, are left alone.
 */
export function recycle(piece: Buffer): void {
  if (!lent.delete(piece.buffer) || free.length >= mostFree) return
  free.push(Buffer.from(piece.buffer as ArrayBuffer))
}

/** Collects text and bytes in order. A piece handed out is not written to before it is recycled. */
export class Pieces {
  private piece: Buffer | undefined
  private used = 0
  /** Bytes in pieces that are closed, taken ones among them. */
  private closed = 0
  private ready: Buffer[] = []

  /** Bytes appended so far. */
  get length(): number {
    return this.closed + this.used
  }

  /** Appends text; answers the empty string, for `s = out.text(s)`. */
  text(s: string): '' {
    if (s === '') return ''
    const room = this.room(s.length * 3)
    this.used += room.write(s, this.used)
    return ''
  }

  /** Appends bytes, which must never change. */
  bytes(bytes: Buffer): void {
    if (bytes.length >= passOn) {
      this.close()
      this.ready.push(bytes)
      this.closed += bytes.length
      return
    }
    this.room(bytes.length).set(bytes, this.used)
    this.used += bytes.length
  }

  /** True if whole pieces can be taken. */
  get hasReady(): boolean {
    return this.ready.length > 0
  }

  /** The pieces that are full. */
  take(): Buffer[] {
    const { ready } = this
    this.ready = []
    return ready
  }

  /** A copy of what was appended after `start`, a `length` since which nothing was taken. */
  copySince(start: number): Buffer {
    const copy = Buffer.allocUnsafeSlow(this.length - start)
    let at = copy.length - this.used
    if (at < 0) this.piece!.copy(copy, 0, this.used - copy.length, this.used)
    else this.piece?.copy(copy, at, 0, this.used)
    for (let i = this.ready.length - 1; at > 0; i -= 1) {
      const piece = this.ready[i]!
      const size = Math.min(at, piece.length)
      piece.copy(copy, at - size, piece.length - size)
      at -= size
    }
    return copy
  }

  /** All that is left, with `s` at its end. */
  finish(s: string): Buffer[] {
    if (this.piece === undefined && this.ready.length === 0) return [Buffer.from(s)]
    this.text(s)
    this.close()
    return this.take()
  }

  private room(length: number): Buffer {
    const { piece, used } = this
    if (piece !== undefined && piece.length - used >= length) {
      if (this.closed > 0 || used < firstPiece) return piece
    }
    this.close()
    this.piece = length > pieceBytes ? Buffer.allocUnsafeSlow(length) : lend()
    return this.piece
  }

  private close(): void {
    if (this.piece !== undefined && this.used > 0) {
      this.ready.push(this.piece.subarray(0, this.used))
      this.closed += this.used
    }
    this.piece = undefined
    this.used = 0
  }
}
