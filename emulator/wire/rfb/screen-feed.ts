/** A part of a picture, in pixels from its upper left corner. */
export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A whole picture, row by row from the top. */
export interface Picture {
  readonly width: number
  readonly height: number
  /** Four bytes for each pixel: blue, green, red, and one unused. */
  readonly pixels: Uint8Array
}

/** Why a feed ends: the machine has no power any more, or it is served elsewhere from now on. */
export type FeedEnd = 'powerOff' | 'moved' | 'dropped'

/**
 * A machine's screen and keyboard as those who show it see them: the RFB server, screenshots. While
 * nothing changes on the screen, nobody is called and `picture` gives the same object.
 */
export interface ScreenFeed {
  /** Title of the console: the machine's name. */
  readonly name: string
  /** Grows by one with each change of the picture. */
  readonly version: number
  picture(): Picture
  /** What changed after a version; the whole picture if that version is too old or of another size. */
  changedSince(version: number): readonly Rectangle[]
  /** Calls after each change; gives the cancel. */
  onChange(changed: () => void): () => void
  /** Calls once when the feed ends; gives the cancel. */
  onEnd(ended: (why: FeedEnd) => void): () => void
  /** A key by its scan code of PC set 1, extended keys with 0x100 added (protocols.md 7.5). */
  key(scanCode: number, down: boolean): void
  /** The pointer in pixels, and the RFB mask of its pressed buttons. */
  pointer(x: number, y: number, buttons: number): void
  /** The client would like another size; the guest may follow. */
  wish(width: number, height: number): void
}
