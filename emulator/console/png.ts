import { crc32, deflateSync } from 'node:zlib'
import type { Picture, Rectangle } from '../wire/rfb/screen-feed.js'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** What of a picture is wanted, and whether it is compressed; default: all of it, compressed. */
export interface PngOptions {
  readonly part?: Rectangle | undefined
  /** Not compressed and with all 16 places in the palette: the size follows from width and height alone. */
  readonly plain?: boolean
}

/** A picture as a PNG file: with a palette of 16 colours where that suffices, else in true colour. */
export function encodePng(picture: Picture, { part, plain = false }: PngOptions = {}): Buffer {
  const { x, y, width, height } = part ?? { x: 0, y: 0, width: picture.width, height: picture.height }
  const at = colourAt(picture, x, y)
  const small = fourBits(width, height, at)
  if (small === undefined) {
    return file(header(width, height, 8, 2), [chunk('IDAT', deflateSync(trueColour(width, height, at)))])
  }
  const { rows, colours } = small
  if (plain) while (colours.length < 16) colours.push(0)
  const palette = Buffer.from(colours.flatMap(colour => [colour >> 16 & 255, colour >> 8 & 255, colour & 255]))
  return file(header(width, height, 4, 3), [chunk('PLTE', palette), chunk('IDAT', plain ? stored(rows) : deflateSync(rows))])
}

/** Colour of a pixel, counted from a corner: blue in the lowest byte. */
function colourAt({ pixels, width }: Picture, x: number, y: number): (column: number, row: number) => number {
  return (column, row) => {
    const offset = ((y + row) * width + x + column) * 4
    return pixels[offset]! | (pixels[offset + 1]! << 8) | (pixels[offset + 2]! << 16)
  }
}

/** Rows of two pixels in a byte, each row after its filter byte; undefined: more than 16 colours. */
function fourBits(
  width: number, height: number, at: (column: number, row: number) => number,
): { rows: Buffer, colours: number[] } | undefined {
  const palette = new Map<number, number>()
  const stride = Math.ceil(width / 2) + 1
  const rows = Buffer.alloc(stride * height)
  // Neighbours mostly have the same colour: only another one is looked up.
  let [last, lastIndex] = [-1, 0]
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const colour = at(column, row)
      if (colour !== last) {
        last = colour
        lastIndex = palette.get(colour) ?? palette.size
        if (lastIndex === palette.size) palette.set(colour, lastIndex)
      }
      const byte = row * stride + 1 + (column >> 1)
      rows[byte] = rows[byte]! | lastIndex << (column % 2 === 0 ? 4 : 0)
    }
    if (palette.size > 16) return undefined
  }
  return { rows, colours: [...palette.keys()] }
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

function trueColour(width: number, height: number, at: (column: number, row: number) => number): Buffer {
  const bytes = Buffer.alloc((width * 3 + 1) * height)
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      bytes.writeUIntBE(at(column, row), row * (width * 3 + 1) + 1 + column * 3, 3)
    }
  }
  return bytes
}

function header(width: number, height: number, bits: number, kind: number): Buffer {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width, 0)
  data.writeUInt32BE(height, 4)
  data[8] = bits
  data[9] = kind
  return chunk('IHDR', data)
}

function file(head: Buffer, rest: readonly Buffer[]): Buffer {
  return Buffer.concat([SIGNATURE, head, ...rest, chunk('IEND', Buffer.alloc(0))])
}

/** Length, name, data, checksum (PNG specification 5.3). */
function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}
