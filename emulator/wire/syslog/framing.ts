/**
 * How messages are told apart on a stream (RFC 6587): `octet_counting` writes the length of each
 * before it, `non_transparent` a line feed behind it.
 */
export type SyslogFraming = 'non_transparent' | 'octet_counting'

/** Longest datagrams of the product over IPv4 and IPv6, after RFC 5426 (ESXi 8.0 installation guide, syslog options). */
const DATAGRAM_BYTES = { 4: 480, 6: 1180 } as const

/** A message as it goes into a stream, cut to so many bytes of UTF-8. */
export function framed(text: string, framing: SyslogFraming, maxBytes: number): Buffer {
  const message = cut(text, maxBytes)
  return framing === 'octet_counting'
    ? Buffer.concat([Buffer.from(`${message.length} `), message])
    : Buffer.concat([message, lineFeed])
}

/** A message as one datagram. */
export function datagram(text: string, family: 4 | 6): Buffer {
  return cut(text, DATAGRAM_BYTES[family])
}

const lineFeed = Buffer.from('\n')

/** The first bytes of a text, never a part of a character. */
function cut(text: string, maxBytes: number): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return bytes
  let end = maxBytes
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1
  return bytes.subarray(0, end)
}
