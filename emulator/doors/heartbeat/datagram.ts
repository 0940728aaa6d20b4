/**
 * A heartbeat as it lies on the wire: 334 bytes with a counter (protocols.md 7.7). The product's layout
 * is not published; this one is ours: version, counter, the host's UUID, the lab time at which it was
 * sent, and zeros.
 */

export const HEARTBEAT_BYTES = 334

const VERSION = 1
const COUNTER_AT = 4
const UUID_AT = 8
const TIME_AT = 24

export interface Heartbeat {
  /** Grows by one with each heartbeat since the host booted; 32 bits. */
  readonly counter: number
  /** Hardware UUID of the host. */
  readonly uuid: string
  /** Lab time in milliseconds since 1970. */
  readonly sentAt: number
}

export function encodeHeartbeat({ counter, uuid, sentAt }: Heartbeat): Buffer {
  const bytes = Buffer.alloc(HEARTBEAT_BYTES)
  bytes.writeUInt32BE(VERSION, 0)
  bytes.writeUInt32BE(counter >>> 0, COUNTER_AT)
  bytes.write(uuid.replaceAll('-', ''), UUID_AT, 'hex')
  bytes.writeBigUInt64BE(BigInt(sentAt), TIME_AT)
  return bytes
}

/** Undefined for anything that is not a heartbeat. */
export function decodeHeartbeat(bytes: Uint8Array): Heartbeat | undefined {
  if (bytes.length !== HEARTBEAT_BYTES) return undefined
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.readUInt32BE(0) !== VERSION) return undefined
  const hex = view.toString('hex', UUID_AT, TIME_AT)
  const sentAt = Number(view.readBigUInt64BE(TIME_AT))
  if (!Number.isSafeInteger(sentAt)) return undefined
  const uuid = [0, 8, 12, 16, 20, 32].flatMap((at, index, all) => index === 0 ? [] : [hex.slice(all[index - 1], at)]).join('-')
  return { counter: view.readUInt32BE(COUNTER_AT), uuid, sentAt }
}
