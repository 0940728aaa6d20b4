/** The US keyboard: which key gives a character, and which key an X keysym names (X11/keysymdef.h). */

/** A key by its scan code of PC set 1 (extended: 0x100 added), and whether Shift must be held. */
export interface KeyStroke {
  readonly code: number
  /** Undefined: Shift does not matter, as for Enter. */
  readonly shift: boolean | undefined
}

export const LEFT_SHIFT = 0x2a
export const RIGHT_SHIFT = 0x36

/** Rows of keys: scan code of the first one, what the keys give without and with Shift. */
const ROWS: ReadonlyArray<readonly [number, string, string]> = [
  [0x02, '1234567890-=', '!@#$%^&*()_+'],
  [0x10, 'qwertyuiop[]', 'QWERTYUIOP{}'],
  [0x1e, 'asdfghjkl;\'`', 'ASDFGHJKL:"~'],
  [0x2b, '\\zxcvbnm,./', '|ZXCVBNM<>?'],
]

const characters = new Map<number, KeyStroke>([[0x20, { code: 0x39, shift: undefined }]])
for (const [first, plain, shifted] of ROWS) {
  for (let index = 0; index < plain.length; index += 1) {
    characters.set(plain.charCodeAt(index), { code: first + index, shift: false })
    characters.set(shifted.charCodeAt(index), { code: first + index, shift: true })
  }
}

const F1 = 0x3b
const F11 = 0x57
const EXTENDED = 0x100

/** Keysyms from 0xfe00 on to scan codes. */
const named = new Map<number, number>([
  [0xff08, 0x0e], [0xff09, 0x0f], [0xff0a, 0x1c], [0xff0d, 0x1c], [0xff1b, 0x01], [0xffff, EXTENDED | 0x53],
  [0xff14, 0x46], [0xff61, EXTENDED | 0x37], [0xff67, EXTENDED | 0x5d], [0xff7f, 0x45],
  [0xff50, EXTENDED | 0x47], [0xff51, EXTENDED | 0x4b], [0xff52, EXTENDED | 0x48], [0xff53, EXTENDED | 0x4d],
  [0xff54, EXTENDED | 0x50], [0xff55, EXTENDED | 0x49], [0xff56, EXTENDED | 0x51], [0xff57, EXTENDED | 0x4f],
  [0xff63, EXTENDED | 0x52],
  [0xffe1, LEFT_SHIFT], [0xffe2, RIGHT_SHIFT], [0xffe3, 0x1d], [0xffe4, EXTENDED | 0x1d], [0xffe5, 0x3a],
  [0xffe7, EXTENDED | 0x5b], [0xffe8, EXTENDED | 0x5c], [0xffe9, 0x38], [0xffea, EXTENDED | 0x38],
  [0xffeb, EXTENDED | 0x5b], [0xffec, EXTENDED | 0x5c], [0xfe03, EXTENDED | 0x38], [0xfe20, 0x0f],
  // The keypad, with and without NumLock.
  [0xff8d, EXTENDED | 0x1c], [0xffaa, 0x37], [0xffab, 0x4e], [0xffad, 0x4a], [0xffae, 0x53], [0xffaf, EXTENDED | 0x35],
  [0xff95, 0x47], [0xff96, 0x4b], [0xff97, 0x48], [0xff98, 0x4d], [0xff99, 0x50], [0xff9a, 0x49], [0xff9b, 0x51],
  [0xff9c, 0x4f], [0xff9d, 0x4c], [0xff9e, 0x52], [0xff9f, 0x53],
  ...[0x52, 0x4f, 0x50, 0x51, 0x4b, 0x4c, 0x4d, 0x47, 0x48, 0x49].map((code, digit): [number, number] => [0xffb0 + digit, code]),
  ...Array.from({ length: 10 }, (_, index): [number, number] => [0xffbe + index, F1 + index]),
  [0xffc8, F11], [0xffc9, F11 + 1],
])

/** The key for a character; undefined: a US keyboard has none. Control characters are their keys. */
export function strokeOfCharacter(codePoint: number): KeyStroke | undefined {
  const code = CONTROLS.get(codePoint)
  return code === undefined ? characters.get(codePoint) : { code, shift: undefined }
}

const CONTROLS = new Map([[0x08, 0x0e], [0x09, 0x0f], [0x0a, 0x1c], [0x0d, 0x1c], [0x1b, 0x01], [0x7f, EXTENDED | 0x53]])

/** Keysyms of Unicode characters begin here. */
const UNICODE_KEYSYM = 0x01000000

/** The key for a keysym; undefined: a US keyboard has none. */
export function strokeOfKeysym(keysym: number): KeyStroke | undefined {
  if (keysym > UNICODE_KEYSYM) return strokeOfCharacter(keysym - UNICODE_KEYSYM)
  const code = named.get(keysym)
  return code === undefined ? characters.get(keysym) : { code, shift: undefined }
}
