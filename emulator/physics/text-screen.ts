/** What a machine shows on its screen in text mode: lines from the top, and when that changes by itself. */
export interface TextScreen {
  /** Pixels. What the cells do not fill stays black. */
  readonly width: number
  readonly height: number
  /** At most as many as fit; each may hold marks of `paint`. Beyond its end a line has its last colours. */
  readonly lines: readonly string[]
  /** The block cursor: it does not blink, so that a screen at rest costs nothing. */
  readonly cursor?: { readonly column: number, readonly row: number }
  /** Lab instant in milliseconds at which it looks different without anybody doing anything. */
  readonly changesAt?: number
}

/** Pixels of a character, as in the text mode of a PC. */
export const CELL = { width: 9, height: 16 } as const

/** The size of text mode: 80 by 25 characters. */
export const TEXT_MODE = { width: 720, height: 400 } as const

/** Columns and rows of characters that fit into a size in pixels. */
export function gridOf(size: { readonly width: number, readonly height: number }): { columns: number, rows: number } {
  return { columns: Math.floor(size.width / CELL.width), rows: Math.floor(size.height / CELL.height) }
}

/** The sixteen colours of text mode, in their usual order. */
const COLOURS = [
  'black', 'blue', 'green', 'cyan', 'red', 'magenta', 'brown', 'silver',
  'grey', 'brightBlue', 'brightGreen', 'brightCyan', 'brightRed', 'brightMagenta', 'yellow', 'white',
] as const
export type Colour = typeof COLOURS[number]

/** First of 256 private characters that stand for colours: 16 of the ground times 16 of the letters. */
const MARKS = 0xe000

/** A mark in a line: what follows it on this line has these colours. */
export function paint(letters: Colour, ground: Colour = 'black'): string {
  return String.fromCharCode(MARKS + COLOURS.indexOf(ground) * 16 + COLOURS.indexOf(letters))
}

/** Silver on black: how each line begins. */
export const PLAIN = COLOURS.indexOf('silver')

/** The colours that a character marks, as ground times 16 plus letters; undefined: it is a character to show. */
export function markOf(character: string): number | undefined {
  const code = character.charCodeAt(0) - MARKS
  return code >= 0 && code < 256 ? code : undefined
}

/** A line without its marks. */
export function withoutMarks(line: string): string {
  return line.replace(/[\ue000-\ue0ff]/g, '')
}

/** A line of a width with text in its middle. */
export function centred(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, Math.floor((columns - withoutMarks(text).length) / 2))) + text
}
