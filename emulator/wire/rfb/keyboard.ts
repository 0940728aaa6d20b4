import type { ScreenFeed } from './screen-feed.js'
import { LEFT_SHIFT, RIGHT_SHIFT, strokeOfCharacter, strokeOfKeysym, type KeyStroke } from './us-keyboard.js'

/** The highest scan code with the mark of extended keys. */
const LAST_CODE = 0x17f

/**
 * One client's keyboard. Clients that name characters instead of keys get the keys of a US keyboard, with
 * Shift pressed or let go around a key whose character needs it. Keys still held when the client goes
 * are let go.
 */
export class Keyboard {
  readonly #feed: ScreenFeed
  readonly #held = new Set<number>()

  constructor(feed: ScreenFeed) {
    this.#feed = feed
  }

  /** A key by its scan code. */
  scanCode(code: number, down: boolean): void {
    if ((code & 0x7f) === 0 || code > LAST_CODE) return
    // A key let go that was never pressed: clients do so for modifiers when they connect.
    if (!down && !this.#held.has(code)) return
    if (down) this.#held.add(code)
    else this.#held.delete(code)
    this.#feed.key(code, down)
  }

  /** A key by its X keysym. */
  keysym(keysym: number, down: boolean): void {
    this.#stroke(strokeOfKeysym(keysym), down)
  }

  /** A key by the character it gives. */
  unicode(codePoint: number, down: boolean): void {
    this.#stroke(strokeOfCharacter(codePoint), down)
  }

  /** Lets all keys go. */
  release(): void {
    for (const code of [...this.#held]) this.scanCode(code, false)
  }

  #stroke(stroke: KeyStroke | undefined, down: boolean): void {
    if (stroke === undefined) return
    const { code, shift } = stroke
    const shifts = [LEFT_SHIFT, RIGHT_SHIFT].filter(each => this.#held.has(each))
    if (!down || shift === undefined || shift === shifts.length > 0) {
      this.scanCode(code, down)
      return
    }
    const around = shift ? [LEFT_SHIFT] : shifts
    for (const each of around) this.#feed.key(each, shift)
    this.scanCode(code, true)
    for (const each of around) this.#feed.key(each, !shift)
  }
}
