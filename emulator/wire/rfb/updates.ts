import { encodePng } from '../png.js'
import { ENCODING, type PixelEncoding } from './encodings.js'
import { hextile } from './hextile.js'
import { colourAt, convert, formatKey, type PixelFormat } from './pixel-format.js'
import { clip } from './rectangles.js'
import type { Picture, Rectangle, ScreenFeed } from './screen-feed.js'

/**
 * The padding byte of an update. The WebMKS SDK gives it back as the "incremental" flag of its next
 * request: a 0 would make it ask for whole pictures without end (ecosystem.md section 2).
 */
const PADDING = 1

/** Control bytes of TightPNG (protocols.md 7.5). */
const TIGHT_FILL = 0x80
const TIGHT_PNG = 0xa0

/** Pixel bytes of a PNG at most; a 1024 x 768 screen is one piece. */
const BAND_BYTES = 3 * 1024 * 1024

/** Updates kept of one picture. Clients ask for the same few; this only bounds the odd ones. */
const KEPT = 64

/** How the pixels of an update are written. */
export interface UpdateForm {
  readonly encoding: PixelEncoding
  readonly format: PixelFormat
}

/**
 * Updates of one feed. What was made for one client is kept while the picture stays, and is given to
 * every other that asks for the same: two hundred consoles of one machine cost one encoding.
 */
export class FeedUpdates {
  readonly #feed: ScreenFeed
  readonly #kept = new Map<string, Buffer>()
  #version = -1
  /** Updates that were really made: the rest came from what is kept. */
  encoded = 0

  constructor(feed: ScreenFeed) {
    this.#feed = feed
  }

  /**
   * What changed after a version, as a whole FramebufferUpdate; empty when nothing did. `parts` says
   * what that is, and is asked only when nothing is kept.
   */
  update(since: number | undefined, parts: () => readonly Rectangle[], form: UpdateForm): Buffer {
    if (this.#version !== this.#feed.version) {
      this.#kept.clear()
      this.#version = this.#feed.version
    }
    const key = `${since ?? ''} ${form.encoding} ${formatKey(form.format)}`
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept
    const made = updateMessage(this.#feed.picture(), parts(), form)
    this.encoded += 1
    if (this.#kept.size < KEPT) this.#kept.set(key, made)
    return made
  }
}

const shared = new WeakMap<ScreenFeed, FeedUpdates>()

/** The updates that all clients of a feed share. */
export function updatesOf(feed: ScreenFeed): FeedUpdates {
  let updates = shared.get(feed)
  if (updates === undefined) shared.set(feed, updates = new FeedUpdates(feed))
  return updates
}

/** A FramebufferUpdate with rectangles of a picture (RFC 6143 section 7.6.1); empty without any. */
export function updateMessage(picture: Picture, parts: readonly Rectangle[], { encoding, format }: UpdateForm): Buffer {
  const within = parts.map(part => clip(part, { x: 0, y: 0, width: picture.width, height: picture.height }))
    .filter(part => part.width > 0 && part.height > 0)
    .flatMap(part => encoding === 'tightPng' ? bands(part) : [part])
  if (within.length === 0) return Buffer.alloc(0)
  return Buffer.concat([updateHead(within.length), ...within.flatMap(part => rectangle(picture, part, encoding, format))])
}

/** An update that only tells the client something: its new size, or that it may send scan codes. */
export function noticeMessage(encoding: number, width = 0, height = 0): Buffer {
  return Buffer.concat([updateHead(1), rectangleHead({ x: 0, y: 0, width, height }, encoding)])
}

/** A part in pieces whose PNG surely fits into the length field, which has 22 bits. */
function bands(part: Rectangle): Rectangle[] {
  const rows = Math.max(1, Math.floor(BAND_BYTES / (part.width * 3 + 1)))
  if (rows >= part.height) return [part]
  const count = Math.ceil(part.height / rows)
  return Array.from({ length: count }, (_, index) => ({
    ...part, y: part.y + index * rows, height: Math.min(rows, part.height - index * rows),
  }))
}

function updateHead(rectangles: number): Buffer {
  return Buffer.from([0, PADDING, rectangles >> 8, rectangles & 255])
}

function rectangleHead({ x, y, width, height }: Rectangle, encoding: number): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(x, 0)
  head.writeUInt16BE(y, 2)
  head.writeUInt16BE(width, 4)
  head.writeUInt16BE(height, 6)
  head.writeInt32BE(encoding, 8)
  return head
}

function rectangle(picture: Picture, part: Rectangle, encoding: PixelEncoding, format: PixelFormat): Buffer[] {
  const head = rectangleHead(part, ENCODING[encoding])
  switch (encoding) {
    case 'raw': return [head, convert(picture, part, format)]
    case 'hextile': return [head, hextile(picture, part, format)]
    case 'tightPng': return [head, ...tightPng(picture, part)]
  }
}

/** One colour is a fill, everything else a PNG. Both have red, green, blue in this order in any format. */
function tightPng(picture: Picture, part: Rectangle): Buffer[] {
  const colour = onlyColour(picture, part)
  if (colour !== undefined) return [Buffer.from([TIGHT_FILL, colour >> 16, colour >> 8 & 255, colour & 255])]
  const png = encodePng(picture, { part })
  return [Buffer.from([TIGHT_PNG, ...compactLength(png.length)]), png]
}

function onlyColour(picture: Picture, part: Rectangle): number | undefined {
  const colour = colourAt(picture, (part.y * picture.width + part.x) * 4)
  for (let y = part.y; y < part.y + part.height; y += 1) {
    let at = (y * picture.width + part.x) * 4
    for (let x = 0; x < part.width; x += 1, at += 4) if (colourAt(picture, at) !== colour) return undefined
  }
  return colour
}

/** Length in one to three bytes, seven bits in each but the last. */
function compactLength(length: number): number[] {
  if (length < 0x80) return [length]
  if (length < 0x4000) return [length & 0x7f | 0x80, length >> 7]
  return [length & 0x7f | 0x80, length >> 7 & 0x7f | 0x80, length >> 14]
}
