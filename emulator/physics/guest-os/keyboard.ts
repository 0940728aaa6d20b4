/** A key of a US keyboard by its scan code of PC set 1, extended keys with 0x100 added (protocols.md 7.5). */
export type Key =
  | { readonly character: string, readonly shifted: string, readonly letter: boolean }
  | { readonly modifier: 'shift' | 'ctrl' | 'alt' }
  | { readonly action: 'enter' | 'backspace' | 'tab' | 'escape' | 'up' | 'down' | 'delete' | 'capsLock' }

/** Rows of printing keys: the first code of each, its characters without and with shift. */
const rows: ReadonlyArray<readonly [number, string, string]> = [
  [0x02, '1234567890-=', '!@#$%^&*()_+'],
  [0x10, 'qwertyuiop[]', 'QWERTYUIOP{}'],
  [0x1e, 'asdfghjkl;\'`', 'ASDFGHJKL:"~'],
  [0x2b, '\\zxcvbnm,./', '|ZXCVBNM<>?'],
  [0x39, ' ', ' '],
]

/** The number pad as it types with num lock on. */
const pad: Readonly<Record<number, string>> = {
  0x37: '*', 0x4a: '-', 0x4e: '+', 0x47: '7', 0x48: '8', 0x49: '9', 0x4b: '4', 0x4c: '5', 0x4d: '6',
  0x4f: '1', 0x50: '2', 0x51: '3', 0x52: '0', 0x53: '.', 0x56: '\\', 0x135: '/',
}

const keys = new Map<number, Key>([
  ...rows.flatMap(([first, plain, shifted]) => [...plain].map((character, index): [number, Key] => [
    first + index, { character, shifted: shifted[index]!, letter: /[a-z]/.test(character) },
  ])),
  ...Object.entries(pad).map(([code, character]): [number, Key] => [
    Number(code), { character, shifted: character, letter: false },
  ]),
  [0x2a, { modifier: 'shift' }], [0x36, { modifier: 'shift' }],
  [0x1d, { modifier: 'ctrl' }], [0x11d, { modifier: 'ctrl' }],
  [0x38, { modifier: 'alt' }], [0x138, { modifier: 'alt' }],
  [0x1c, { action: 'enter' }], [0x11c, { action: 'enter' }],
  [0x0e, { action: 'backspace' }], [0x0f, { action: 'tab' }], [0x01, { action: 'escape' }],
  [0x148, { action: 'up' }], [0x150, { action: 'down' }], [0x153, { action: 'delete' }],
  [0x3a, { action: 'capsLock' }],
])

/** The key of a scan code; undefined for keys that mean nothing to a text screen. */
export function keyOf(scanCode: number): Key | undefined {
  return keys.get(scanCode)
}
