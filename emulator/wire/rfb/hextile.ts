import { colourAt, pixelWriter, type PixelFormat } from './pixel-format.js'
import type { Picture, Rectangle } from './screen-feed.js'

/** Side of a tile, and the bits of a tile's first byte (RFC 6143 section 7.7.4). */
const TILE = 16
const RAW = 1
const BACKGROUND = 2
const FOREGROUND = 4
const SUBRECTS = 8
const COLOURED = 16

/**
 * A rectangle in Hextile: plain tiles cost one colour, text tiles two colours and runs. Each tile says
 * its colours itself, so that the bytes depend on the pixels alone and can be kept for other clients.
 */
export function hextile(picture: Picture, area: Rectangle, format: PixelFormat): Buffer {
  const parts: Buffer[] = []
  for (let y = area.y; y < area.y + area.height; y += TILE) {
    for (let x = area.x; x < area.x + area.width; x += TILE) {
      parts.push(tile(picture, {
        x, y,
        width: Math.min(TILE, area.x + area.width - x),
        height: Math.min(TILE, area.y + area.height - y),
      }, format))
    }
  }
  return Buffer.concat(parts)
}

/** Part of a row in one colour. */
interface Run {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly colour: number
}

function tile(picture: Picture, area: Rectangle, format: PixelFormat): Buffer {
  const runs = runsOf(picture, area)
  const counts = new Map<number, number>()
  for (const { colour, width } of runs) counts.set(colour, (counts.get(colour) ?? 0) + width)
  const background = [...counts].reduce((best, each) => each[1] > best[1] ? each : best)[0]
  const others = runs.filter(({ colour }) => colour !== background)
  const size = format.bitsPerPixel / 8
  const write = pixelWriter(format)
  const coloured = counts.size > 2
  const head = 1 + size + (coloured || others.length === 0 ? 0 : size)
  const total = head + (others.length === 0 ? 0 : 1 + others.length * (coloured ? size + 2 : 2))
  if (others.length > 255 || total > 1 + area.width * area.height * size) return rawTile(picture, area, format)
  const out = Buffer.alloc(total)
  write(out, 1, background)
  out[0] = BACKGROUND
  if (others.length === 0) return out
  out[0] = BACKGROUND | SUBRECTS | (coloured ? COLOURED : FOREGROUND)
  if (!coloured) write(out, 1 + size, others[0]!.colour)
  out[head] = others.length
  let at = head + 1
  for (const { x, y, width, colour } of others) {
    if (coloured) {
      write(out, at, colour)
      at += size
    }
    out[at] = x << 4 | y
    out[at + 1] = (width - 1) << 4
    at += 2
  }
  return out
}

function runsOf(picture: Picture, area: Rectangle): Run[] {
  const runs: Run[] = []
  for (let y = 0; y < area.height; y += 1) {
    const row = ((area.y + y) * picture.width + area.x) * 4
    for (let x = 0; x < area.width;) {
      const colour = colourAt(picture, row + x * 4)
      const start = x
      do x += 1
      while (x < area.width && colourAt(picture, row + x * 4) === colour)
      runs.push({ x: start, y, width: x - start, colour })
    }
  }
  return runs
}

function rawTile(picture: Picture, area: Rectangle, format: PixelFormat): Buffer {
  const size = format.bitsPerPixel / 8
  const out = Buffer.alloc(1 + area.width * area.height * size)
  out[0] = RAW
  const write = pixelWriter(format)
  let at = 1
  for (let y = area.y; y < area.y + area.height; y += 1) {
    for (let x = area.x; x < area.x + area.width; x += 1, at += size) {
      write(out, at, colourAt(picture, (y * picture.width + x) * 4))
    }
  }
  return out
}
