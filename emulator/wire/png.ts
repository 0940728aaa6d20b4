import { crc32, deflateSync } from 'node:zlib'
import type { Picture, Rectangle } from './rfb/screen-feed.js'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** Colour types of the PNG specification, section 11.2.2. */
const RGB = 2
const PALETTE = 3

/** A text screen has at most sixteen colours: half a byte for each pixel. */
const PALETTE_BITS = 4
const PALETTE_SIZE = 16

/** Text shrinks well at the fastest levels; above them time grows faster than the size falls. */
const LEVEL = 3

/** What of a picture is wanted, and whether it is compressed; default: all of it, compressed. */
export interface PngOptions {
  readonly part?: Rectangle | undefined
  /** Not compressed and with all 16 places in the palette: the size follows from width and height alone. */
  readonly plain?: boolean
}

/** A picture as a PNG file: with a palette where sixteen colours suffice, else in true colour. */
export function encodePng(picture: Picture, { part = { x: 0, y: 0, ...picture }, plain = false }: PngOptions = {}): Buffer {
  const { width, height } = part
  const small = withPalette(picture, part)
  const chunks = small === undefined
    ? [header(width, height, 8, RGB), chunk('IDAT', packed(trueColour(picture, part)))]
    : [
        header(width, height, PALETTE_BITS, PALETTE),
        chunk('PLTE', plain ? Buffer.concat([small.palette], PALETTE_SIZE * 3) : small.palette),
        chunk('IDAT', plain ? stored(small.rows) : packed(small.rows)),
      ]
  return Buffer.concat([SIGNATURE, ...chunks, chunk('IEND', Buffer.alloc(0))])
}

/** Rows of half bytes, each after its filter byte; undefined when there are too many colours. */
function withPalette(picture: Picture, part: Rectangle): { palette: Buffer, rows: Buffer } | undefined {
  const { pixels } = picture
  const stride = Math.ceil(part.width / 2) + 1
  const rows = Buffer.alloc(stride * part.height)
  const palette = new Map<number, number>()
  let last = -1
  let index = 0
  for (let row = 0; row < part.height; row += 1) {
    let from = ((part.y + row) * picture.width + part.x) * 4
    const to = row * stride + 1
    for (let column = 0; column < part.width; column += 1, from += 4) {
      const colour = pixels[from + 2]! << 16 | pixels[from + 1]! << 8 | pixels[from]!
      if (colour !== last) {
        last = colour
        const known = palette.get(colour)
        index = known ?? palette.size
        if (known === undefined) palette.set(colour, index)
        if (index >= PALETTE_SIZE) return undefined
      }
      rows[to + (column >> 1)]! |= column % 2 === 0 ? index << 4 : index
    }
  }
  const colours = [...palette.keys()].flatMap(colour => [colour >> 16, colour >> 8 & 255, colour & 255])
  return { palette: Buffer.from(colours), rows }
}

function trueColour(picture: Picture, part: Rectangle): Buffer {
  const { pixels } = picture
  const rows = Buffer.alloc((part.width * 3 + 1) * part.height)
  let to = 0
  for (let row = 0; row < part.height; row += 1) {
    let from = ((part.y + row) * picture.width + part.x) * 4
    to += 1
    for (let column = 0; column < part.width; column += 1, from += 4, to += 3) {
      rows[to] = pixels[from + 2]!
      rows[to + 1] = pixels[from + 1]!
      rows[to + 2] = pixels[from]!
    }
  }
  return rows
}

function packed(rows: Buffer): Buffer {
  return deflateSync(rows, { level: LEVEL })
}

/** A zlib stream of stored blocks (RFC 1950, RFC 1951 3.2.4). */
function stored(data: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from([0x78, 0x01])]
  for (let at = 0; at < data.length; at += 65535) {
    const block = data.subarray(at, at + 65535)
    const head = Buffer.alloc(5)
    head[0] = at + 65535 >= data.length ? 1 : 0
    head.writeUInt16LE(block.length, 1)
    head.writeUInt16LE(block.length ^ 0xffff, 3)
    parts.push(head, block)
  }
  let [a, b] = [1, 0]
  for (const byte of data) {
    a = (a + byte) % 65521
    b = (b + a) % 65521
  }
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(b * 65536 + a)
  return Buffer.concat([...parts, sum])
}

function header(width: number, height: number, bits: number, colourType: number): Buffer {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width, 0)
  data.writeUInt32BE(height, 4)
  data[8] = bits
  data[9] = colourType
  return chunk('IHDR', data)
}

/** Length, name, data, checksum (PNG specification, section 5.3). */
function chunk(name: string, data: Buffer): Buffer {
  const out = Buffer.alloc(12 + data.length)
  out.writeUInt32BE(data.length, 0)
  out.write(name, 4, 'latin1')
  data.copy(out, 8)
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length)
  return out
}
