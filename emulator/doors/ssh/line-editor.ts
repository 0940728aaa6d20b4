/** A line that somebody types at a terminal, as the shell of busybox lets him edit it. */

/** Characters of one line; our own bound. */
const LONGEST = 4096
/** Lines that the arrows bring back, as busybox keeps them. */
const REMEMBERED = 255

/** What comes of the keys. */
export type Typed =
  | { readonly kind: 'line', readonly text: string }
  /** Ctrl-C: the line is thrown away. */
  | { readonly kind: 'interrupt' }
  /** Ctrl-D on an empty line. */
  | { readonly kind: 'end' }

/** Keys by the bytes that terminals send for them: `ESC [ A` and `ESC O A`, `ESC [ 3 ~`. */
const sequences: Readonly<Record<string, string | undefined>> = {
  A: 'up', B: 'down', C: 'right', D: 'left', H: 'home', F: 'end', '1~': 'home', '7~': 'home', '4~': 'end', '8~': 'end', '3~': 'delete',
}

const controls: Readonly<Record<string, string | undefined>> = {
  '\x01': 'home', '\x02': 'left', '\x04': 'endOrDelete', '\x05': 'end', '\x06': 'right', '\x08': 'backspace', '\x0b': 'cutRight',
  '\x0c': 'redraw', '\x0e': 'down', '\x10': 'up', '\x15': 'cutLeft', '\x17': 'cutWord', '\x7f': 'backspace', '\x03': 'interrupt',
}

/**
 * Knows nothing of channels: keys go in, what the terminal is to show comes out by `show`. Each
 * character is taken to be one column wide.
 */
export class LineEditor {
  readonly #show: (text: string) => void
  #columns: number
  #prompt = ''
  #line: string[] = []
  #at = 0
  readonly #history: string[] = []
  /** Place in the history; its length: the line that is being written. */
  #place = 0
  #draft: string[] = []
  /** An escape sequence that has not come whole. */
  #escape: string | undefined
  #afterReturn = false

  constructor(show: (text: string) => void, columns: number) {
    this.#show = show
    this.#columns = Math.max(1, columns)
  }

  resize(columns: number): void {
    this.#columns = Math.max(1, columns)
  }

  /** Begins a line with the shell's prompt. */
  begin(prompt: string): void {
    this.#prompt = prompt
    this.#line = []
    this.#at = 0
    this.#place = this.#history.length
    this.#show(prompt)
  }

  /**
   * Takes characters one after the other until one of them ends the line; gives what came of it and
   * how many it has taken.
   */
  feed(characters: readonly string[]): { readonly typed?: Typed, readonly taken: number } {
    for (let taken = 0; taken < characters.length; taken += 1) {
      const typed = this.#key(characters[taken]!)
      if (typed !== undefined) return { typed, taken: taken + 1 }
    }
    return { taken: characters.length }
  }

  #key(character: string): Typed | undefined {
    if (this.#escape !== undefined) return this.#inEscape(character)
    const ended = this.#afterReturn
    this.#afterReturn = character === '\r'
    if (character === '\r' || character === '\n') return ended && character === '\n' ? undefined : this.#enter()
    if (character === '\x1b') {
      this.#escape = ''
      return undefined
    }
    const control = controls[character]
    if (control !== undefined) return this.#act(control)
    if (character >= ' ') this.#insert(character)
    return undefined
  }

  #inEscape(character: string): undefined {
    const so = this.#escape! + character
    // `[` or `O` first, then numbers, then the letter that ends it.
    if (so === '[' || so === 'O' || (/^\[[0-9;]*$/.test(so) && so.length < 16)) {
      this.#escape = so
      return
    }
    this.#escape = undefined
    const key = sequences[so.slice(1)]
    if (key !== undefined) this.#act(key)
  }

  #act(key: string): Typed | undefined {
    switch (key) {
      case 'interrupt':
        this.#show('^C\r\n')
        return { kind: 'interrupt' }
      case 'endOrDelete':
        if (this.#line.length === 0) return { kind: 'end' }
        this.#cut(this.#at, this.#at + 1)
        break
      case 'delete': this.#cut(this.#at, this.#at + 1); break
      case 'backspace': this.#cut(this.#at - 1, this.#at); break
      case 'cutLeft': this.#cut(0, this.#at); break
      case 'cutRight': this.#cut(this.#at, this.#line.length); break
      case 'cutWord': this.#cut(this.#wordBefore(), this.#at); break
      case 'left': this.#move(this.#at - 1); break
      case 'right': this.#move(this.#at + 1); break
      case 'home': this.#move(0); break
      case 'end': this.#move(this.#line.length); break
      case 'up': this.#recall(this.#place - 1); break
      case 'down': this.#recall(this.#place + 1); break
      case 'redraw':
        this.#show(`\x1b[H\x1b[J${this.#prompt}${this.#line.join('')}`)
        this.#cursorFrom(this.#line.length)
        break
    }
    return undefined
  }

  #enter(): Typed {
    this.#move(this.#line.length)
    this.#show('\r\n')
    const text = this.#line.join('')
    if (text.trim() !== '' && text !== this.#history.at(-1)) {
      this.#history.push(text)
      if (this.#history.length > REMEMBERED) this.#history.shift()
    }
    return { kind: 'line', text }
  }

  #insert(character: string): void {
    if (this.#line.length >= LONGEST) {
      this.#show('\x07')
      return
    }
    this.#line.splice(this.#at, 0, character)
    this.#at += 1
    const rest = this.#line.slice(this.#at).join('')
    this.#show(character + rest)
    // A terminal waits at its right edge: the next row begins with what follows.
    if ((this.#prompt.length + this.#line.length) % this.#columns === 0) this.#show(' \b')
    this.#cursorFrom(this.#line.length)
  }

  #cut(from: number, to: number): void {
    if (from < 0 || from >= this.#line.length || to <= from) return
    this.#move(from)
    this.#line.splice(from, to - from)
    this.#show(`\x1b[J${this.#line.slice(from).join('')}`)
    this.#cursorFrom(this.#line.length)
  }

  #move(to: number): void {
    if (to < 0 || to > this.#line.length) return
    const before = this.#at
    this.#at = to
    this.#cursorFrom(before)
  }

  /** Moves the terminal's cursor from where it is in the line to where it belongs. */
  #cursorFrom(position: number): void {
    const [row, column] = this.#placeOf(position)
    const [toRow, toColumn] = this.#placeOf(this.#at)
    const rows = toRow - row
    const columns = toColumn - column
    if (rows !== 0) this.#show(rows < 0 ? `\x1b[${-rows}A` : `\x1b[${rows}B`)
    if (columns !== 0) this.#show(columns < 0 ? `\x1b[${-columns}D` : `\x1b[${columns}C`)
  }

  #placeOf(position: number): [row: number, column: number] {
    const at = this.#prompt.length + position
    return [Math.floor(at / this.#columns), at % this.#columns]
  }

  #recall(place: number): void {
    if (place < 0 || place > this.#history.length) return
    if (this.#place === this.#history.length) this.#draft = this.#line
    this.#place = place
    const next = place === this.#history.length ? this.#draft : [...this.#history[place]!]
    this.#move(0)
    this.#line = next
    this.#show(`\x1b[J${next.join('')}`)
    this.#at = next.length
  }

  #wordBefore(): number {
    let at = this.#at
    while (at > 0 && this.#line[at - 1] === ' ') at -= 1
    while (at > 0 && this.#line[at - 1] !== ' ') at -= 1
    return at
  }
}
