/** Longest command line in bytes without its end; our own bound, above the longest path of a VM. */
export const LINE_BYTES = 4096

/** A client sent a line without an end. */
export class LineTooLong extends Error {}

/** Cuts what a client sends into lines that end with CR LF, or with LF alone. */
export class LineReader {
  readonly #maxBytes: number
  #rest: Buffer = Buffer.alloc(0)

  constructor(maxBytes = LINE_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** Takes bytes that have come. */
  push(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
  }

  /**
   * The next line without its end; undefined when it has not come whole.
   * @throws LineTooLong for a line above the bound, whether its end has come or not
   */
  next(): string | undefined {
    const end = this.#rest.indexOf(0x0a)
    if ((end < 0 ? this.#rest.length : end) > this.#maxBytes + 1) throw new LineTooLong()
    if (end < 0) return undefined
    const line = this.#rest.subarray(0, end)
    this.#rest = this.#rest.subarray(end + 1)
    return line.toString('utf8').replace(/\r$/, '')
  }
}
