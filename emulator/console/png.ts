import { crc32, deflateSync } from 'node:zlib'
import type { Picture, Rectangle } from '../wire/rfb/screen-feed.js'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** A picture, or a part of it, as a PNG file: with a palette of 16 colours where that suffices, else RGB. */
export function encodePng(picture: Picture, part?: Rectangle): Buffer {
  const { x, y, width, height } = part ?? { x: 0, y: 0, width: picture.width, height: picture.height }
  const { pixels } = picture
  const palette = new Map<number, number>()
  const at = (column: number, row: number): number => {
    const offset = ((y + row) * picture.width + x + column) * 4
    return pixels[offset]! | (pixels[offset + 1]! << 8) | (pixels[offset + 2]! << 16)
  }
  const stride = Math.ceil(width / 2)
  const small = Buffer.alloc((stride + 1) * height)
  for (let row = 0; row < height && palette.size <= 16; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const colour = at(column, row)
      let index = palette.get(colour)
      if (index === undefined) palette.set(colour, index = palette.size)
      const byte = row * (stride + 1) + 1 + (column >> 1)
      small[byte] = small[byte]! | (index & 15) << (column % 2 === 0 ? 4 : 0)
    }
  }
  if (palette.size > 16) return file(header(width, height, 8, 2), [chunk('IDAT', deflateSync(trueColour(width, height, at)))])
  const colours = Buffer.from([...palette.keys()].flatMap(colour => [colour >> 16 & 255, colour >> 8 & 255, colour & 255]))
  return file(header(width, height, 4, 3), [chunk('PLTE', colours), chunk('IDAT', deflateSync(small))])
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
