import type { ScreenFeed } from './screen-feed.js'

/** Buttons of a turned wheel in RFB's mask (RFC 6143 section 7.5.5). */
const WHEEL_UP = 8
const WHEEL_DOWN = 16

/** One client's pointer, kept on the screen. */
export class Pointer {
  readonly #feed: ScreenFeed
  #x = 0
  #y = 0
  #buttons = 0

  constructor(feed: ScreenFeed) {
    this.#feed = feed
  }

  /** The pointer is there, with those buttons pressed. */
  at(x: number, y: number, buttons: number): void {
    const { width, height } = this.#feed.picture()
    this.#x = Math.max(0, Math.min(width - 1, x))
    this.#y = Math.max(0, Math.min(height - 1, y))
    this.#buttons = buttons & 255
    this.#feed.pointer(this.#x, this.#y, this.#buttons)
  }

  /** The pointer moved by as much. */
  move(dx: number, dy: number, buttons: number): void {
    this.at(this.#x + dx, this.#y + dy, buttons)
  }

  /** The wheel turned up (positive) or down, as RFB says it: its button goes down and up. */
  wheel(x: number, y: number, dy: number): void {
    const buttons = this.#buttons
    if (dy !== 0) this.at(x, y, buttons | (dy > 0 ? WHEEL_UP : WHEEL_DOWN))
    this.at(x, y, buttons)
  }

  /** Lets the buttons go. */
  release(): void {
    if (this.#buttons !== 0) this.at(this.#x, this.#y, 0)
  }
}
