import type { IncomingMessage } from 'node:http'

/** The body is longer than the door reads. */
export class BodyTooLarge extends Error {}

/** The client went away before the body was complete. */
export class BodyAborted extends Error {}

/** Length that the head announces; undefined for a chunked body or none. */
export function announcedLength(req: IncomingMessage): number | undefined {
  const text = req.headers['content-length']
  return text === undefined ? undefined : Number(text)
}

/**
 * Hands the whole body of a request to `done`, by callback so that a small request is answered in
 * the tick in which its last byte arrives. `done` gets BodyTooLarge as soon as more than
 * `maxBytes` came or were announced, and BodyAborted when the client went away.
 */
export function readBody(
  req: IncomingMessage,
  maxBytes: number,
  done: (error: Error | undefined, body: Buffer) => void,
): void {
  const chunks: Buffer[] = []
  let length = 0
  let ended = false
  const finish = (error: Error | undefined) => {
    if (ended) return
    ended = true
    done(error, chunks.length === 1 && error === undefined ? chunks[0]! : Buffer.concat(chunks))
  }
  if ((announcedLength(req) ?? 0) > maxBytes) {
    finish(new BodyTooLarge())
    return
  }
  req.on('data', (chunk: Buffer) => {
    if (ended) return
    length += chunk.length
    if (length <= maxBytes) {
      chunks.push(chunk)
      return
    }
    chunks.length = 0
    finish(new BodyTooLarge())
  })
  req.on('end', () => finish(undefined))
  // Every request closes in the end; an Error is made only for one that closes too early.
  const abort = (): void => {
    if (!ended) finish(new BodyAborted())
  }
  req.on('error', abort)
  req.on('close', abort)
}
