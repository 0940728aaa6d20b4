/** Answers in pieces: short ones in one write, long ones at the client's pace (performance.md 5). */
import type { ServerResponse } from 'node:http'
import { recycle } from '../../wire/pieces.js'
import { headers, isGone, writeHead, type Exchange } from './exchange.js'
import type { RawHeaders } from './product-headers.js'

/** Up to here an answer goes out in one write with its length. */
const ONE_WRITE_BYTES = 65536

/** Size of the lumps that are compressed. */
const LUMP_BYTES = 262144

/**
 * Answers with the pieces of a body. Throws what the first pieces throw, before anything was
 * written; a failure later closes the connection and is told to `onDefect`.
 */
export function sendPieces(
  exchange: Exchange,
  status: number,
  contentType: string,
  pieces: Iterable<Buffer>,
  extra: RawHeaders,
): void {
  const source = new PieceSource(exchange.trace === undefined ? pieces : copied(pieces, exchange.trace))
  const first = source.take(ONE_WRITE_BYTES)
  // Who compresses or traces may hold on to a piece; nobody else does once it is sent.
  const isPlain = exchange.trace === undefined
  if (isGone(exchange)) {
    source.stop()
    return
  }
  const head = headers(exchange, contentType)
  head.push(...extra)
  if (source.done) {
    sendWhole(exchange, status, head, isPlain ? copyAndRecycle(first) : Buffer.concat(first))
  } else if (wantsGzip(exchange) && ONE_WRITE_BYTES >= exchange.door.gzipAboveBytes) {
    void sendCompressed(exchange, status, head, first, source)
  } else {
    if (exchange.req.httpVersion !== '1.0') head.push('transfer-encoding', 'chunked')
    writeHead(exchange, status, head)
    pump(exchange, first, source, isPlain)
  }
}

/** One buffer of its own for a short answer. */
function copyAndRecycle(pieces: readonly Buffer[]): Buffer {
  const whole = Buffer.concat(pieces)
  pieces.forEach(recycle)
  return whole
}

function sendWhole(exchange: Exchange, status: number, head: RawHeaders, body: Buffer): void {
  head.push('content-length', String(body.length))
  writeHead(exchange, status, head)
  exchange.res.end(body)
}

/** True when the request's Accept-Encoding allows gzip; deflate is never used (rule 9). */
export function wantsGzip(exchange: Exchange): boolean {
  const accepted = exchange.req.headers['accept-encoding']
  if (typeof accepted !== 'string') return false
  return accepted.split(',').some(item => /^\s*(gzip|x-gzip|\*)\s*(;\s*q=(1|0\.0*[1-9]).*)?$/i.test(item))
}

/** Writes piece after piece, waiting for the client whenever the socket's buffer is full. */
function pump(
  exchange: Exchange, first: readonly Buffer[], source: PieceSource, mayRecycle: boolean,
): void {
  const { res } = exchange
  let pieces = first
  const write = (piece: Buffer): boolean =>
    mayRecycle ? res.write(piece, () => recycle(piece)) : res.write(piece)
  const step = () => {
    for (;;) {
      if (isGone(exchange)) {
        source.stop()
        return
      }
      let more = true
      for (const piece of pieces) more = write(piece)
      if (source.done) {
        res.end()
        return
      }
      if (!takeNext()) return
      if (!more) {
        res.once('drain', step)
        return
      }
    }
  }
  const takeNext = (): boolean => {
    try {
      pieces = source.take(1)
      return true
    } catch (error) {
      exchange.door.onDefect(error)
      res.destroy()
      return false
    }
  }
  res.once('close', () => source.stop())
  step()
}

/** The same, through gzip level 1; zlib is loaded when first wanted. */
async function sendCompressed(
  exchange: Exchange,
  status: number,
  head: RawHeaders,
  first: readonly Buffer[],
  source: PieceSource,
): Promise<void> {
  const [{ createGzip }, { Readable }, { pipeline }] = await Promise.all([
    import('node:zlib'), import('node:stream'), import('node:stream/promises'),
  ])
  const res: ServerResponse = exchange.res
  if (isGone(exchange)) {
    source.stop()
    return
  }
  head.push('content-encoding', 'gzip')
  if (exchange.req.httpVersion !== '1.0') head.push('transfer-encoding', 'chunked')
  writeHead(exchange, status, head)
  const body = Readable.from(source.rest(first, LUMP_BYTES), { objectMode: false, highWaterMark: 1 })
  try {
    await pipeline(body, createGzip({ level: 1, chunkSize: 65536 }), res)
  } catch (error) {
    source.stop()
    if (!isGone(exchange)) exchange.door.onDefect(error)
    res.destroy()
  }
}

function * copied(pieces: Iterable<Buffer>, trace: (bytes: Buffer) => void): Generator<Buffer> {
  for (const piece of pieces) {
    trace(piece)
    yield piece
  }
}

/** Takes buffers from an iterable, about as many bytes at a time as are wished. */
class PieceSource {
  readonly #iterator: Iterator<Buffer>
  #done = false

  constructor(pieces: Iterable<Buffer>) {
    this.#iterator = pieces[Symbol.iterator]()
  }

  /** True when everything was taken. */
  get done(): boolean {
    return this.#done
  }

  take(bytes: number): Buffer[] {
    const taken: Buffer[] = []
    let length = 0
    while (length < bytes && !this.#done) {
      const next = this.#iterator.next()
      if (next.done === true) {
        this.#done = true
      } else {
        taken.push(next.value)
        length += next.value.length
      }
    }
    return taken
  }

  * rest(first: readonly Buffer[], bytes: number): Generator<Buffer> {
    yield Buffer.concat(first)
    while (!this.#done) {
      const lump = Buffer.concat(this.take(bytes))
      if (lump.length > 0) yield lump
    }
  }

  /** Tells the maker that nobody reads on. */
  stop(): void {
    if (this.#done) return
    this.#done = true
    this.#iterator.return?.()
  }
}
