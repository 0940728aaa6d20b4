/**
 * Output of an encoder in pieces of at most some 128 KiB: one giant string costs many times its
 * share (performance.md section 2, "Pitfall"). The first piece is small, so that the first byte
 * leaves early.
 */

const firstPiece = 16 * 1024
const largestPiece = 128 * 1024
/** Kept bytes of this length and more are passed on as they are instead of being copied. */
const passOn = 32 * 1024

/** String length at which an encoder should hand its string over. */
export const flushLength = 16 * 1024

/** Collects text and bytes in order. A piece handed out is never written to again. */
export class Pieces {
  private piece: Buffer | undefined
  private used = 0
  private nextSize = firstPiece
  private ready: Buffer[] = []

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

  /** All that is left, with `s` at its end. */
  finish(s: string): Buffer[] {
    if (this.piece === undefined && this.ready.length === 0) return [Buffer.from(s)]
    this.text(s)
    this.close()
    return this.take()
  }

  private room(length: number): Buffer {
    const { piece } = this
    if (piece !== undefined && piece.length - this.used >= length) return piece
    this.close()
    const fresh = Buffer.allocUnsafeSlow(Math.max(this.nextSize, length))
    this.nextSize = Math.min(this.nextSize * 2, largestPiece)
    this.piece = fresh
    return fresh
  }

  private close(): void {
    if (this.piece !== undefined && this.used > 0) {
      this.ready.push(this.piece.subarray(0, this.used))
    }
    this.piece = undefined
    this.used = 0
  }
}
