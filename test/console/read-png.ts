import { inflateSync } from 'node:zlib'

/** A PNG as it was read by what its specification says, apart from the writer. */
export interface ReadPng {
  readonly width: number
  readonly height: number
  /** Colour of a pixel as `rrggbb`. */
  at(x: number, y: number): string
}

/** Reads a PNG of 4-bit palette or 8-bit true colour, unfiltered; every checksum is looked at. */
export function readPng(bytes: Buffer): ReadPng {
  if (bytes.subarray(0, 8).toString('hex') !== '89504e470d0a1a0a') throw new Error('no PNG')
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const name = bytes.toString('latin1', at + 4, at + 8)
    if (crc(bytes.subarray(at + 4, at + 8 + length)) !== bytes.readUInt32BE(at + 8 + length)) throw new Error(`checksum of ${name}`)
    chunks.set(name, Buffer.concat([chunks.get(name) ?? Buffer.alloc(0), bytes.subarray(at + 8, at + 8 + length)]))
    at += 12 + length
  }
  const head = chunks.get('IHDR')!
  const [width, height, bits, kind] = [head.readUInt32BE(0), head.readUInt32BE(4), head[8]!, head[9]!]
  const rows = inflateSync(chunks.get('IDAT')!)
  const stride = 1 + (kind === 3 ? Math.ceil(width * bits / 8) : width * 3)
  if (rows.length !== stride * height) throw new Error(`${rows.length} bytes of pixels`)
  const hex = (from: Buffer, at: number): string => from.subarray(at, at + 3).toString('hex')
  return {
    width, height,
    at: (x, y) => {
      if (rows[y * stride] !== 0) throw new Error('a filter')
      if (kind !== 3) return hex(rows, y * stride + 1 + x * 3)
      const byte = rows[y * stride + 1 + (x >> 1)]!
      return hex(chunks.get('PLTE')!, (x % 2 === 0 ? byte >> 4 : byte & 15) * 3)
    },
  }
}

function crc(bytes: Buffer): number {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  }
  return (sum ^ 0xffffffff) >>> 0
}
