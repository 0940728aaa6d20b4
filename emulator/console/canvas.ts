import { CELL, PLAIN, gridOf, markOf, type TextScreen } from '../physics/text-screen.js'
import type { Picture, Rectangle } from '../wire/rfb/screen-feed.js'
import { glyphOf } from './glyphs.js'

/** The sixteen colours as pixels: blue in the lowest byte. */
const palette = Uint32Array.from([
  0x000000, 0x1a3fb0, 0x1f9a3c, 0x1b9aa8, 0xb02a30, 0x9c3aa0, 0x9a6a1a, 0xc8ccd0,
  0x606870, 0x5a8cff, 0x5ae07a, 0x5fe0ea, 0xff6a62, 0xea7aea, 0xf4dc5a, 0xffffff,
])

/** What the row of characters was drawn from, and which columns changed last. */
interface Row {
  text: string
  version: number
  /** Version before that change: who has it needs only the columns from `from` to `to`. */
  before: number
  from: number
  to: number
}

/**
 * A text screen as pixels. Only rows of characters that differ are drawn again, into the same bytes:
 * a picture holds until the next change. `version` grows by one with each.
 */
export class Canvas {
  #pixels = new Uint32Array(0)
  #picture: Picture | undefined
  #rows: Row[] = []
  #shown: TextScreen | undefined
  #width = 0
  #height = 0
  #resized = 0
  #version = 0

  get version(): number {
    return this.#version
  }

  /** Puts a screen on the canvas; true if it looks different from before. */
  show(screen: TextScreen): boolean {
    if (screen === this.#shown) return false
    const first = this.#shown === undefined
    const resized = screen.width !== this.#width || screen.height !== this.#height
    this.#shown = screen
    if (resized) this.#resize(screen)
    const texts = cellTexts(screen, this.#rows.length)
    const next = this.#version + 1
    let changed = resized || first
    for (const [index, row] of this.#rows.entries()) {
      if (row.text === texts[index]!) continue
      changed = true
      this.#change(row, index, texts[index]!, next)
    }
    if (!changed) return false
    this.#version = next
    if (resized) this.#resized = next
    this.#picture = undefined
    return true
  }

  /** The whole picture; the same object until it changes. */
  picture(): Picture {
    this.#picture ??= {
      width: this.#width, height: this.#height,
      pixels: new Uint8Array(this.#pixels.buffer, this.#pixels.byteOffset, this.#pixels.byteLength),
    }
    return this.#picture
  }

  /** What changed after a version. */
  changedSince(version: number): Rectangle[] {
    if (version >= this.#version) return []
    if (version < this.#resized) return [{ x: 0, y: 0, width: this.#width, height: this.#height }]
    const { columns } = gridOf({ width: this.#width, height: this.#height })
    const found: Rectangle[] = []
    for (const [index, row] of this.#rows.entries()) {
      if (row.version <= version) continue
      const [from, to] = row.before <= version ? [row.from, row.to] : [0, columns]
      const rectangle = {
        x: from * CELL.width, y: index * CELL.height, width: (to - from) * CELL.width, height: CELL.height,
      }
      const above = found.at(-1)
      const joins = above?.x === rectangle.x && above.width === rectangle.width && above.y + above.height === rectangle.y
      if (joins) found[found.length - 1] = { ...above, height: above.height + CELL.height }
      else found.push(rectangle)
    }
    return found
  }

  #resize({ width, height }: TextScreen): void {
    this.#width = width
    this.#height = height
    this.#pixels = new Uint32Array(width * height)
    const { columns, rows } = gridOf({ width, height })
    this.#rows = Array.from({ length: rows }, () => ({
      text: blank(columns), version: 0, before: 0, from: 0, to: columns,
    }))
  }

  #change(row: Row, index: number, text: string, version: number): void {
    const columns = text.length / 2
    let from = 0
    while (sameCell(row.text, text, from)) from += 1
    let to = columns
    while (sameCell(row.text, text, to - 1)) to -= 1
    for (let column = from; column < to; column += 1) {
      if (!sameCell(row.text, text, column)) this.#draw(column, index, text[column * 2]!, text.charCodeAt(column * 2 + 1))
    }
    Object.assign(row, { text, version, before: row.version, from, to })
  }

  #draw(column: number, row: number, character: string, colours: number): void {
    const letters = palette[colours & 15]!
    const ground = palette[colours >> 4]!
    const glyph = glyphOf(character)
    let at = row * CELL.height * this.#width + column * CELL.width
    for (const bits of glyph) {
      for (let x = 0; x < CELL.width; x += 1) {
        this.#pixels[at + x] = (bits & (256 >> x)) === 0 ? ground : letters
      }
      at += this.#width
    }
  }
}

function sameCell(one: string, other: string, column: number): boolean {
  return one.charCodeAt(column * 2) === other.charCodeAt(column * 2)
    && one.charCodeAt(column * 2 + 1) === other.charCodeAt(column * 2 + 1)
}

/** A cell is two characters: what it shows, and the code of its colours. */
function blank(columns: number): string {
  return ` ${String.fromCharCode(PLAIN)}`.repeat(columns)
}

/** The rows of a screen as cells, each as wide as the grid. */
function cellTexts(screen: TextScreen, rows: number): string[] {
  const { columns } = gridOf(screen)
  const texts: string[] = []
  for (let row = 0; row < rows; row += 1) {
    const cursor = screen.cursor?.row === row ? screen.cursor.column : -1
    const line = screen.lines[row]
    texts.push(line === undefined && cursor < 0 ? blank(columns) : cells(line ?? '', columns, cursor))
  }
  return texts
}

function cells(line: string, columns: number, cursor: number): string {
  let text = ''
  let colours: number = PLAIN
  let column = 0
  const put = (character: string): void => {
    // The cursor is a block: letters and ground change places.
    const shown = column === cursor ? ((colours & 15) << 4) | (colours >> 4) : colours
    text += character + String.fromCharCode(shown)
    column += 1
  }
  for (const character of line) {
    const mark = markOf(character)
    if (mark !== undefined) colours = mark
    else if (column < columns) put(character.length === 1 ? character : '?')
  }
  while (column < columns) put(' ')
  return text
}
