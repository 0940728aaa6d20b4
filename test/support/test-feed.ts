import type { FeedEnd, Picture, Rectangle, ScreenFeed } from '../../emulator/wire/rfb/screen-feed.js'

/** A screen that a test paints on, and that remembers what was typed. */
export class TestFeed implements ScreenFeed {
  readonly name: string
  version = 1
  readonly keys: Array<readonly [number, boolean]> = []
  readonly pointers: Array<readonly [number, number, number]> = []
  readonly wishes: Array<readonly [number, number]> = []
  /** How often somebody asked what changed. */
  asked = 0
  #picture: Picture
  /** What changed with each version. */
  #changes = new Map<number, Rectangle>()
  readonly #changed = new Set<() => void>()
  readonly #ended = new Set<(why: FeedEnd) => void>()

  constructor(name = 'vm', width = 64, height = 40) {
    this.name = name
    this.#picture = { width, height, pixels: new Uint8Array(width * height * 4) }
  }

  get watchers(): number {
    return this.#changed.size + this.#ended.size
  }

  picture(): Picture {
    return this.#picture
  }

  changedSince(version: number): readonly Rectangle[] {
    this.asked += 1
    const parts: Rectangle[] = []
    for (let each = version + 1; each <= this.version; each += 1) {
      const part = this.#changes.get(each)
      if (part === undefined) return [{ x: 0, y: 0, width: this.#picture.width, height: this.#picture.height }]
      parts.push(part)
    }
    return parts
  }

  /** Paints a rectangle with a colour 0xRRGGBB, or one for each pixel. */
  paint(part: Rectangle, colour: number | ((x: number, y: number) => number)): void {
    const pixels = this.#picture.pixels.slice()
    for (let y = part.y; y < part.y + part.height; y += 1) {
      for (let x = part.x; x < part.x + part.width; x += 1) {
        const value = typeof colour === 'number' ? colour : colour(x, y)
        pixels.set([value & 255, value >> 8 & 255, value >> 16 & 255, 0], (y * this.#picture.width + x) * 4)
      }
    }
    this.#show({ ...this.#picture, pixels }, part)
  }

  /** Another size, black. */
  resize(width: number, height: number): void {
    this.#show({ width, height, pixels: new Uint8Array(width * height * 4) })
  }

  end(why: FeedEnd): void {
    for (const ended of [...this.#ended]) ended(why)
  }

  onChange(changed: () => void): () => void {
    this.#changed.add(changed)
    return () => this.#changed.delete(changed)
  }

  onEnd(ended: (why: FeedEnd) => void): () => void {
    this.#ended.add(ended)
    return () => this.#ended.delete(ended)
  }

  key(scanCode: number, down: boolean): void {
    this.keys.push([scanCode, down])
  }

  pointer(x: number, y: number, buttons: number): void {
    this.pointers.push([x, y, buttons])
  }

  wish(width: number, height: number): void {
    this.wishes.push([width, height])
  }

  #show(picture: Picture, part?: Rectangle): void {
    this.#picture = picture
    this.version += 1
    if (part !== undefined) this.#changes.set(this.version, part)
    for (const changed of [...this.#changed]) changed()
  }
}
