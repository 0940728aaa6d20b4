import type { PixelFormat } from '../../emulator/wire/rfb/pixel-format.js'
import { HOST_FORMAT } from '../../emulator/wire/rfb/pixel-format.js'
import { RfbServer, type RfbEnd, type RfbOptions } from '../../emulator/wire/rfb/server.js'
import { readPng } from '../console/read-png.js'

/** Kinds of rectangles that a client has drawn or noted. */
export interface SeenRectangle {
  readonly encoding: number
  readonly width: number
  readonly height: number
}

/** What a viewer has drawn, from a server's messages. */
export class RfbPicture {
  readonly seen: SeenRectangle[] = []
  width = 0
  height = 0
  /** 0xRRGGBB, row by row. */
  screen: number[] = []
  /** How the server was told to write pixels. */
  format: PixelFormat = HOST_FORMAT

  /** Takes ServerInit; gives the name. */
  begin(message: Buffer): string {
    this.#size(message.readUInt16BE(0), message.readUInt16BE(2))
    return message.toString('utf8', 24)
  }

  #size(width: number, height: number): void {
    this.width = width
    this.height = height
    this.screen = new Array<number>(width * height).fill(-1)
  }

  /** Draws an update. */
  take(message: Buffer): void {
    if (message[0] !== 0 || message[1] !== 1) throw new Error(`not an update with padding 1: ${message.subarray(0, 8).toString('hex')}`)
    let at = 4
    for (let left = message.readUInt16BE(2); left > 0; left -= 1) {
      const [x, y, width, height] = [0, 2, 4, 6].map(offset => message.readUInt16BE(at + offset)) as [number, number, number, number]
      const encoding = message.readInt32BE(at + 8)
      this.seen.push({ encoding, width, height })
      at = this.#rectangle(message, at + 12, encoding, { x, y, width, height })
    }
    if (at !== message.length) throw new Error(`${message.length - at} bytes too many`)
  }

  #rectangle(message: Buffer, at: number, encoding: number, area: Area): number {
    switch (encoding) {
      case 0: return this.#raw(message, at, area)
      case 5: return this.#hextile(message, at, area)
      case -260: return this.#tightPng(message, at, area)
      case -223:
        this.#size(area.width, area.height)
        return at
      case -258: return at
      default: throw new Error(`encoding ${encoding}`)
    }
  }

  #put(x: number, y: number, colour: number): void {
    this.screen[y * this.width + x] = colour
  }

  #fill({ x, y, width, height }: Area, colour: number): void {
    for (let row = y; row < y + height; row += 1) for (let column = x; column < x + width; column += 1) this.#put(column, row, colour)
  }

  get #bytes(): number {
    return this.format.bitsPerPixel / 8
  }

  #pixel(message: Buffer, at: number): number {
    const size = this.#bytes
    const { redMax, redShift, greenMax, greenShift, blueMax, blueShift, bigEndian } = this.format
    const value = bigEndian ? message.readUIntBE(at, size) : message.readUIntLE(at, size)
    const channel = (max: number, shift: number): number => Math.round((value >>> shift & max) * 255 / max)
    return channel(redMax, redShift) << 16 | channel(greenMax, greenShift) << 8 | channel(blueMax, blueShift)
  }

  #raw(message: Buffer, start: number, { x, y, width, height }: Area): number {
    let at = start
    for (let row = y; row < y + height; row += 1) {
      for (let column = x; column < x + width; column += 1, at += this.#bytes) this.#put(column, row, this.#pixel(message, at))
    }
    return at
  }

  #hextile(message: Buffer, start: number, area: Area): number {
    let at = start
    let background = 0
    let foreground = 0
    for (let y = area.y; y < area.y + area.height; y += 16) {
      for (let x = area.x; x < area.x + area.width; x += 16) {
        const tile = { x, y, width: Math.min(16, area.x + area.width - x), height: Math.min(16, area.y + area.height - y) }
        const bits = message[at]!
        at += 1
        if (bits & 1) {
          at = this.#raw(message, at, tile)
          continue
        }
        const colour = (): number => {
          at += this.#bytes
          return this.#pixel(message, at - this.#bytes)
        }
        if (bits & 2) background = colour()
        this.#fill(tile, background)
        if (bits & 4) foreground = colour()
        if (!(bits & 8)) continue
        at += 1
        for (let left = message[at - 1]!; left > 0; left -= 1) {
          const own = bits & 16 ? colour() : foreground
          const [place, size] = [message[at]!, message[at + 1]!]
          at += 2
          this.#fill({ x: x + (place >> 4), y: y + (place & 15), width: (size >> 4) + 1, height: (size & 15) + 1 }, own)
        }
      }
    }
    return at
  }

  #tightPng(message: Buffer, start: number, area: Area): number {
    if (message[start] === 0x80) {
      this.#fill(area, message.readUIntBE(start + 1, 3))
      return start + 4
    }
    if (message[start] !== 0xa0) throw new Error(`control ${message[start]!}`)
    let at = start + 1
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = message[at]!
      at += 1
      length |= (shift === 14 ? byte : byte & 127) << shift
      if (shift === 14 || byte < 128) break
    }
    const png = readPng(message.subarray(at, at + length))
    const { width, height } = png
    if (width !== area.width || height !== area.height) throw new Error('PNG of another size')
    for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) this.#put(area.x + x, area.y + y, parseInt(png.at(x, y), 16))
    return at + length
  }
}

interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A viewer of a test: it speaks to a server without sockets and keeps its own picture. */
export class RfbClient extends RfbPicture {
  readonly server: RfbServer
  /** All messages of the server, as sent. */
  readonly sent: Buffer[] = []
  readonly ends: RfbEnd[] = []
  reads = true

  constructor(options: Omit<RfbOptions, 'output'>) {
    super()
    this.server = new RfbServer({
      ...options,
      output: {
        send: bytes => { this.sent.push(bytes) },
        ready: () => this.reads,
        end: why => { this.ends.push(why) },
      },
    })
    this.server.start()
  }

  say(...bytes: number[]): void {
    this.server.receive(Uint8Array.from(bytes))
  }

  /** SetEncodings. */
  encodings(...numbers: number[]): void {
    const message = Buffer.alloc(4 + numbers.length * 4)
    message[0] = 2
    message.writeUInt16BE(numbers.length, 2)
    for (const [index, number] of numbers.entries()) message.writeInt32BE(number, 4 + index * 4)
    this.server.receive(message)
  }

  /** FramebufferUpdateRequest, of everything by default. */
  request(incremental: boolean, [x, y, width, height] = [0, 0, this.width, this.height]): void {
    const message = Buffer.alloc(10)
    message[0] = 3
    message[1] = incremental ? 1 : 0
    for (const [index, value] of [x, y, width, height].entries()) message.writeUInt16BE(value!, 2 + index * 2)
    this.server.receive(message)
  }

  /** Reads ServerInit, which came last, and gives the name. */
  init(): string {
    return this.begin(this.sent.pop()!)
  }

  /** Draws everything that has come; gives how many updates that were. */
  draw(): number {
    const messages = this.sent.splice(0)
    for (const message of messages) this.take(message)
    return messages.length
  }
}
