/** What clients send after ServerInit, as lengths and fields (RFC 6143 section 7.5, protocols.md 7.5). */
import { PIXEL_FORMAT_BYTES, readPixelFormat, type PixelFormat } from './pixel-format.js'
import type { Rectangle } from './screen-feed.js'

/** A message of a client. */
export type ClientMessage =
  | { readonly kind: 'pixelFormat', readonly format: PixelFormat }
  | { readonly kind: 'encodings', readonly numbers: readonly number[] }
  | { readonly kind: 'request', readonly incremental: boolean, readonly area: Rectangle }
  | { readonly kind: 'keysym', readonly keysym: number, readonly down: boolean }
  | { readonly kind: 'scanCode', readonly code: number, readonly down: boolean }
  | { readonly kind: 'unicode', readonly codePoint: number, readonly down: boolean }
  | { readonly kind: 'pointer', readonly x: number, readonly y: number, readonly buttons: number }
  | { readonly kind: 'wheel', readonly x: number, readonly y: number, readonly dy: number }
  | { readonly kind: 'motion', readonly dx: number, readonly dy: number, readonly buttons: number }
  | { readonly kind: 'wish', readonly width: number, readonly height: number }
  | { readonly kind: 'caps', readonly bits: number }
  | { readonly kind: 'ack' }
  | { readonly kind: 'bye' }
  /** Understood, and of no consequence here. */
  | { readonly kind: 'nothing' }

/** What the first bytes are: a message and its length, too few yet, a long skip, or nothing known. */
export type Parsed =
  | { readonly message: ClientMessage, readonly length: number }
  | { readonly skip: number }
  | { readonly bad: string }
  | undefined

const NOTHING: ClientMessage = { kind: 'nothing' }

/** Bytes of a client message whose length does not vary. */
const FIXED: Readonly<Record<number, number>> = { 0: 4 + PIXEL_FORMAT_BYTES, 3: 10, 4: 8, 5: 6 }

/** More encodings, or a longer message of VMware's, than any client sends: this is not RFB. */
const MAX_ENCODINGS = 1024
const MAX_VMWARE_BYTES = 4096

/** Reads the message at the beginning of what has arrived; undefined: it is not complete. */
export function readClientMessage(bytes: Buffer): Parsed {
  if (bytes.length === 0) return undefined
  const type = bytes[0]!
  const fixed = FIXED[type]
  if (fixed !== undefined) return bytes.length < fixed ? undefined : fixedMessage(type, bytes, fixed)
  switch (type) {
    case 2: return encodings(bytes)
    case 6: return cutText(bytes)
    case 127: return vmwareMessage(bytes)
    case 255: return qemuMessage(bytes)
    default: return { bad: `message type ${type}` }
  }
}

function fixedMessage(type: number, bytes: Buffer, length: number): Parsed {
  switch (type) {
    case 0: {
      const format = readPixelFormat(bytes.subarray(4, length))
      return typeof format === 'string' ? { bad: format } : { message: { kind: 'pixelFormat', format }, length }
    }
    case 3: {
      const area = {
        x: bytes.readUInt16BE(2), y: bytes.readUInt16BE(4),
        width: bytes.readUInt16BE(6), height: bytes.readUInt16BE(8),
      }
      return { message: { kind: 'request', incremental: bytes[1] !== 0, area }, length }
    }
    case 4: return { message: { kind: 'keysym', down: bytes[1] !== 0, keysym: bytes.readUInt32BE(4) }, length }
    default: return {
      message: { kind: 'pointer', buttons: bytes[1]!, x: bytes.readUInt16BE(2), y: bytes.readUInt16BE(4) }, length,
    }
  }
}

function encodings(bytes: Buffer): Parsed {
  if (bytes.length < 4) return undefined
  const count = bytes.readUInt16BE(2)
  if (count > MAX_ENCODINGS) return { bad: `${count} encodings` }
  const length = 4 + count * 4
  if (bytes.length < length) return undefined
  const numbers = Array.from({ length: count }, (_, index) => bytes.readInt32BE(4 + index * 4))
  return { message: { kind: 'encodings', numbers }, length }
}

/** Text of the client's clipboard goes nowhere, however long it is. */
function cutText(bytes: Buffer): Parsed {
  if (bytes.length < 8) return undefined
  return { skip: 8 + Math.abs(bytes.readInt32BE(4)) }
}

/** QEMU's key event: scan codes of PC set 1, extended ones with 0x80 added. */
function qemuMessage(bytes: Buffer): Parsed {
  if (bytes.length < 2) return undefined
  if (bytes[1] !== 0) return { bad: `message type 255/${bytes[1]!}` }
  if (bytes.length < 12) return undefined
  const code = bytes.readUInt32BE(8) & 0xff
  const down = bytes.readUInt16BE(2) !== 0
  return { message: { kind: 'scanCode', code: code & 0x7f | (code & 0x80 ? 0x100 : 0), down }, length: 12 }
}

/** VMware's own messages: kind, and a length that counts the four bytes of the head. */
const VMWARE_LENGTHS: Readonly<Record<number, number>> = {
  0: 8, 2: 19, 3: 8, 4: 8, 5: 8, 6: 10, 7: 12, 11: 14, 12: 8, 15: 8,
}

function vmwareMessage(bytes: Buffer): Parsed {
  if (bytes.length < 4) return undefined
  const kind = bytes[1]!
  const length = bytes.readUInt16BE(2)
  const right = length === (VMWARE_LENGTHS[kind] ?? length) && length >= 4 && length <= MAX_VMWARE_BYTES
  if (!right) return { bad: `message 127/${kind} of ${length} bytes` }
  if (bytes.length < length) return undefined
  return { message: vmware(kind, bytes), length }
}

function vmware(kind: number, bytes: Buffer): ClientMessage {
  switch (kind) {
    case 0: return { kind: 'scanCode', code: bytes.readUInt16BE(4), down: bytes[6] !== 0 }
    case 2: return pointer2(bytes)
    case 3: return { kind: 'caps', bits: bytes.readUInt32BE(4) }
    case 4: return { kind: 'ack' }
    case 5: return { kind: 'wish', width: bytes.readUInt16BE(4), height: bytes.readUInt16BE(6) }
    // With the last byte set the number is a script's key code; such clients are not told to send it.
    case 6:
      return bytes[9] !== 0 ? NOTHING : { kind: 'unicode', codePoint: bytes.readUInt32BE(4), down: bytes[8] !== 0 }
    case 12: return { kind: 'bye' }
    default: return NOTHING
  }
}

/** The pointer in wide numbers: a wheel at a place, or a motion of a captured pointer. */
function pointer2(bytes: Buffer): ClientMessage {
  const absolute = bytes[4] !== 0
  if (absolute) {
    return { kind: 'wheel', x: bytes.readUInt32BE(5), y: bytes.readUInt32BE(9), dy: bytes.readInt8(17) }
  }
  return { kind: 'motion', dx: bytes.readInt32BE(5), dy: bytes.readInt32BE(9), buttons: bytes.readUInt32BE(13) }
}
