import type { Picture, Rectangle } from './screen-feed.js'

/** How a client wants a pixel on the wire (RFC 6143 section 7.4). True colour only. */
export interface PixelFormat {
  readonly bitsPerPixel: 8 | 16 | 32
  readonly depth: number
  readonly bigEndian: boolean
  readonly redMax: number
  readonly greenMax: number
  readonly blueMax: number
  readonly redShift: number
  readonly greenShift: number
  readonly blueShift: number
}

/**
 * What a host announces: blue, green, red and one unused byte. The WebMKS SDK reads Raw pixels in this
 * order whatever it is told (protocols.md 7.5).
 */
export const HOST_FORMAT: PixelFormat = {
  bitsPerPixel: 32, depth: 24, bigEndian: false,
  redMax: 255, greenMax: 255, blueMax: 255, redShift: 16, greenShift: 8, blueShift: 0,
}

/** Bytes of a pixel format in ServerInit and SetPixelFormat. */
export const PIXEL_FORMAT_BYTES = 16

/** Writes a format. */
export function writePixelFormat(format: PixelFormat): Buffer {
  const bytes = Buffer.alloc(PIXEL_FORMAT_BYTES)
  bytes[0] = format.bitsPerPixel
  bytes[1] = format.depth
  bytes[2] = format.bigEndian ? 1 : 0
  bytes[3] = 1
  bytes.writeUInt16BE(format.redMax, 4)
  bytes.writeUInt16BE(format.greenMax, 6)
  bytes.writeUInt16BE(format.blueMax, 8)
  bytes[10] = format.redShift
  bytes[11] = format.greenShift
  bytes[12] = format.blueShift
  return bytes
}

/** Reads a format; gives the reason when it is one that is not spoken here. */
export function readPixelFormat(bytes: Buffer): PixelFormat | string {
  const bitsPerPixel = bytes[0]!
  if (bitsPerPixel !== 8 && bitsPerPixel !== 16 && bitsPerPixel !== 32) return `${bitsPerPixel} bits per pixel`
  if (bytes[3] === 0) return 'a colour map'
  const format: PixelFormat = {
    bitsPerPixel, depth: bytes[1]!, bigEndian: bytes[2] !== 0,
    redMax: bytes.readUInt16BE(4), greenMax: bytes.readUInt16BE(6), blueMax: bytes.readUInt16BE(8),
    redShift: bytes[10]!, greenShift: bytes[11]!, blueShift: bytes[12]!,
  }
  const channels = [
    [format.redMax, format.redShift], [format.greenMax, format.greenShift], [format.blueMax, format.blueShift],
  ] as const
  const fits = channels.every(([max, shift]) => max > 0 && max * 2 ** shift < 2 ** bitsPerPixel)
  return fits ? format : 'colours that do not fit into a pixel'
}

/** A short name of a format, for the keys of caches. */
export function formatKey(format: PixelFormat): string {
  const { bitsPerPixel, bigEndian, redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format
  return `${bitsPerPixel}${bigEndian ? 'b' : 'l'}${redMax}<${redShift},${greenMax}<${greenShift},${blueMax}<${blueShift}`
}

/** True when pixels have eight bits for each colour, so that no colour is lost. */
export function isFullColour({ bitsPerPixel, redMax, greenMax, blueMax }: PixelFormat): boolean {
  return bitsPerPixel === 32 && redMax === 255 && greenMax === 255 && blueMax === 255
}

/** Writes one colour, given as 0xRRGGBB, into bytes in a client's format. */
export type PixelWriter = (target: Uint8Array, at: number, colour: number) => void

/** The writer of a format; the common ones without arithmetic on each pixel. */
export function pixelWriter(format: PixelFormat): PixelWriter {
  const value = colourScale(format)
  const { bitsPerPixel, bigEndian } = format
  if (bitsPerPixel === 8) return (target, at, colour) => { target[at] = value(colour) }
  if (bitsPerPixel === 16) {
    const [high, low] = bigEndian ? [0, 1] : [1, 0]
    return (target, at, colour) => {
      const pixel = value(colour)
      target[at + high!] = pixel >>> 8
      target[at + low!] = pixel
    }
  }
  const step = bigEndian ? [3, 2, 1, 0] : [0, 1, 2, 3]
  return (target, at, colour) => {
    const pixel = value(colour)
    target[at + step[0]!] = pixel
    target[at + step[1]!] = pixel >>> 8
    target[at + step[2]!] = pixel >>> 16
    target[at + step[3]!] = pixel >>> 24
  }
}

/** From 0xRRGGBB to the number that stands for it. A screen has few colours: the last one is remembered. */
function colourScale(format: PixelFormat): (colour: number) => number {
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format
  let last = -1
  let result = 0
  return colour => {
    if (colour === last) return result
    last = colour
    const red = Math.round((colour >>> 16 & 255) * redMax / 255)
    const green = Math.round((colour >>> 8 & 255) * greenMax / 255)
    const blue = Math.round((colour & 255) * blueMax / 255)
    result = (red << redShift | green << greenShift | blue << blueShift) >>> 0
    return result
  }
}

/** The colour of a pixel as 0xRRGGBB. */
export function colourAt({ pixels }: Picture, offset: number): number {
  return pixels[offset + 2]! << 16 | pixels[offset + 1]! << 8 | pixels[offset]!
}

/** A rectangle's pixels in a client's format, row by row. */
export function convert(picture: Picture, area: Rectangle, format: PixelFormat): Buffer {
  const bytesPerPixel = format.bitsPerPixel / 8
  const out = Buffer.alloc(area.width * area.height * bytesPerPixel)
  const write = pixelWriter(format)
  let at = 0
  for (let y = area.y; y < area.y + area.height; y += 1) {
    let from = (y * picture.width + area.x) * 4
    for (let x = 0; x < area.width; x += 1, from += 4, at += bytesPerPixel) write(out, at, colourAt(picture, from))
  }
  return out
}
