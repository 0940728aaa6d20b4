/** VMware's own messages to a client (protocols.md 7.5), for clients that listed server caps. */

const VMWARE = 127

/** What the server can do: scan codes, client caps, acks of updates, wishes for a size, characters as keys, a reasoned end. */
const SERVER_CAPS = 0x2 | 0x8 | 0x20 | 0x80 | 0x100 | 0x20000

/** Bits of the client's caps. */
export const CLIENT_CAPS = { heartbeat: 0x100, sessionClose: 0x8000 } as const

function message(kind: number, body: Buffer): Buffer {
  const head = Buffer.from([VMWARE, kind, 0, 0])
  head.writeUInt16BE(4 + body.length, 2)
  return Buffer.concat([head, body])
}

/** What this server can do. */
export function serverCaps(): Buffer {
  const body = Buffer.alloc(4)
  body.writeUInt32BE(SERVER_CAPS)
  return message(0, body)
}

/** The server lives, and says so again after as many seconds. */
export function heartbeat(seconds: number): Buffer {
  return message(4, Buffer.from([seconds >> 8, seconds & 255]))
}

/** The session ends; the reason is the number that the client shows. */
export function sessionClose(reason: number): Buffer {
  const body = Buffer.alloc(4)
  body.writeUInt32BE(reason)
  return message(7, body)
}
