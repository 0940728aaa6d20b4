import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineEditor, type Typed } from '../../emulator/doors/ssh/line-editor.js'

/** A terminal that understands what the editor sends, in characters. */
class Screen {
  readonly columns: number
  readonly #rows: string[][] = [[]]
  #row = 0
  #column = 0

  constructor(columns: number) {
    this.columns = columns
  }

  write(text: string): void {
    for (const [part] of text.matchAll(/\x1b\[(\d*)([A-DHJ])|[\s\S]/gu)) {
      const escape = /^\x1b\[(\d*)([A-DHJ])$/.exec(part)
      if (escape !== null) this.#escape(Number(escape[1] || 1), escape[2]!)
      else this.#put(part)
    }
  }

  /** Rows without what is empty at their ends. */
  get rows(): string[] {
    const rows = this.#rows.map(row => Array.from(row, cell => cell ?? ' ').join('').trimEnd())
    while (rows.length > 1 && rows.at(-1) === '') rows.pop()
    return rows
  }

  get cursor(): [row: number, column: number] {
    return [this.#row, this.#column]
  }

  #put(character: string): void {
    switch (character) {
      case '\r': this.#column = 0; return
      case '\n': this.#down(); return
      case '\b': this.#column = Math.max(0, Math.min(this.#column, this.columns - 1) - 1); return
      case '\x07': return
    }
    // A terminal goes to the next row only when there is something to put there.
    if (this.#column === this.columns) {
      this.#column = 0
      this.#down()
    }
    this.#rows[this.#row]![this.#column] = character
    this.#column += 1
  }

  #down(): void {
    this.#row += 1
    this.#rows[this.#row] ??= []
  }

  #escape(count: number, what: string): void {
    const column = Math.min(this.#column, this.columns - 1)
    switch (what) {
      case 'A': this.#row = Math.max(0, this.#row - count); break
      case 'B': for (let n = 0; n < count; n += 1) this.#down(); break
      case 'C': this.#column = Math.min(this.columns - 1, column + count); break
      case 'D': this.#column = Math.max(0, column - count); break
      case 'H': [this.#row, this.#column] = [0, 0]; break
      case 'J':
        this.#rows[this.#row]!.length = Math.min(this.#rows[this.#row]!.length, this.#column)
        this.#rows.length = this.#row + 1
        break
    }
  }
}

const PROMPT = '# '

function editor(columns = 80): { typed: Typed[], screen: Screen, type: (text: string) => void } {
  const screen = new Screen(columns)
  const under = new LineEditor(text => screen.write(text), columns)
  const typed: Typed[] = []
  under.begin(PROMPT)
  return {
    typed, screen,
    type: text => {
      let rest = [...text]
      while (rest.length > 0) {
        const { typed: one, taken } = under.feed(rest)
        rest = rest.slice(taken)
        if (one === undefined) continue
        typed.push(one)
        under.begin(PROMPT)
      }
    },
  }
}

describe('the line editor', () => {
  it.each<[string, string, string]>([
    ['backspace', 'abd\x7fc\r', 'abc'],
    ['arrows', 'ac\x1b[Db\r', 'abc'],
    ['application arrows', 'ac\x1bODb\r', 'abc'],
    ['home and end', 'bc\x1b[Ha\x1b[Fd\r', 'abcd'],
    ['Ctrl-A, Ctrl-E', 'bc\x01a\x05d\r', 'abcd'],
    ['delete', 'abXc\x1b[D\x1b[D\x1b[3~\r', 'abc'],
    ['Ctrl-D in a line', 'abXc\x1b[D\x1b[D\x04\r', 'abc'],
    ['Ctrl-K', 'abcd\x02\x02\x0b\r', 'ab'],
    ['Ctrl-U', 'xyabc\x02\x02\x02\x15\r', 'abc'],
    ['Ctrl-W', 'one two  \x17\x17x\r', 'x'],
    ['unknown keys', 'a\x1b[24~b\x1b[1;5Cc\x1bOPd\x00\x1d\r', 'abcd'],
    ['LF in place of CR', 'abc\n', 'abc'],
    ['letters beyond ASCII', 'größe 中\x7f文\r', 'größe 文'],
  ])('%s', (_name, keys, line) => {
    const { typed, type } = editor()
    type(keys)
    expect(typed).toEqual([{ kind: 'line', text: line }])
  })

  it('CR LF › is one line end', () => {
    const { typed, type } = editor()
    type('a\r\nb\r\n')
    expect(typed).toEqual([{ kind: 'line', text: 'a' }, { kind: 'line', text: 'b' }])
  })

  it('history › arrows bring lines back, and the draft', () => {
    const { typed, type } = editor()
    type('one\rtwo\rdraft\x1b[A\x1b[A\x1b[B\x1b[B\r\x1b[A\x1b[A\x1b[A\x1b[A\r')
    expect(typed.map(each => each.kind === 'line' ? each.text : '')).toEqual(['one', 'two', 'draft', 'one'])
  })

  it('Ctrl-C and Ctrl-D › their own words', () => {
    const { typed, type } = editor()
    type('half a line\x03\x04')
    expect(typed).toEqual([{ kind: 'interrupt' }, { kind: 'end' }])
  })

  it('Ctrl-L › the line again on an empty screen', () => {
    const { screen, type } = editor()
    type('one\rtwo\x02\x0c')
    expect(screen.rows).toEqual(['# two'])
    expect(screen.cursor).toEqual([0, 4])
  })

  it('a line of many megabytes › is bounded', () => {
    const { typed, type } = editor()
    type(`${'x'.repeat(10_000)}\r`)
    expect(typed).toEqual([{ kind: 'line', text: 'x'.repeat(4096) }])
  })

  it('whatever is typed › the screen shows the prompt and the line, and the cursor is where the next key goes', () => {
    const key = fc.oneof(
      { weight: 6, arbitrary: fc.string({ minLength: 1, maxLength: 5, unit: fc.constantFrom('a', 'b', ' ', '-') }) },
      fc.constantFrom('\x7f', '\x1b[D', '\x1b[C', '\x1b[H', '\x1b[F', '\x1b[3~', '\x0b', '\x15', '\x17', '\x01', '\x05'),
    )
    fc.assert(fc.property(fc.array(key, { maxLength: 40 }), fc.integer({ min: 4, max: 20 }), (keys, columns) => {
      const { screen, type, typed } = editor(columns)
      for (const each of keys) type(each)
      const rows = screen.rows
      const [row, column] = screen.cursor
      const at = row * columns + column
      type('!')
      type('\r')
      const line = (typed[0] as { text: string }).text
      const place = line.indexOf('!')
      const text = `${PROMPT}${line.slice(0, place)}${line.slice(place + 1)}`
      const whole = Array.from({ length: Math.ceil(text.length / columns) }, (_unused, n) => text.slice(n * columns, (n + 1) * columns).trimEnd())
      while (whole.length > 1 && whole.at(-1) === '') whole.pop()
      expect(rows).toEqual(whole)
      expect(at).toBe(PROMPT.length + place)
    }), { seed: 22, numRuns: 400 })
  })
})
