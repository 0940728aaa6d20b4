import { SyntaxTrouble, type Word } from './syntax.js'

/** A text of the shell, and how far it has been read. */
export class Cursor {
  readonly source: string
  at = 0
  /** Depth of what is nested: groups, loops, substitutions. */
  depth = 0
  /** Texts behind `<<WORD` whose lines are still to come. */
  readonly awaited: Array<{ readonly end: string, readonly plain: boolean, readonly strip: boolean, fill(body: string): void }> = []

  constructor(source: string) {
    this.source = source
  }

  get ended(): boolean {
    return this.at >= this.source.length
  }

  peek(ahead = 0): string {
    return this.source[this.at + ahead] ?? ''
  }

  starts(text: string): boolean {
    return this.source.startsWith(text, this.at)
  }

  /** Skips a text if it comes next. */
  take(text: string): boolean {
    if (!this.starts(text)) return false
    this.at += text.length
    return true
  }

  /** Skips blanks, comments and lines that go on behind a backslash; not the end of a line. */
  skipBlanks(): void {
    for (;;) {
      const next = this.peek()
      if (next === ' ' || next === '\t' || next === '\r') this.at += 1
      else if (next === '\\' && this.peek(1) === '\n') this.at += 2
      else if (next === '#') {
        while (!this.ended && this.peek() !== '\n') this.at += 1
      } else return
    }
  }

  /** Goes behind the end of a line, and the lines of `<<` texts that begin there. */
  newline(): void {
    this.at += 1
    for (const wanted of this.awaited.splice(0)) wanted.fill(this.#body(wanted.end, wanted.strip))
  }

  #body(end: string, strip: boolean): string {
    let body = ''
    for (;;) {
      if (this.ended) throw new SyntaxTrouble(`unexpected end of file (expecting "${end}")`, true)
      const stop = this.source.indexOf('\n', this.at)
      const raw = stop < 0 ? this.source.slice(this.at) : this.source.slice(this.at, stop)
      this.at = stop < 0 ? this.source.length : stop + 1
      const line = strip ? raw.replace(/^\t+/, '') : raw
      if (line === end) return body
      body += `${line}\n`
    }
  }

  /** Runs the reading of something nested, as deep as is sensible. */
  deeper<T>(read: () => T): T {
    this.depth += 1
    if (this.depth > MOST_NESTED) throw new SyntaxTrouble('nested too deeply')
    try {
      return read()
    } finally {
      this.depth -= 1
    }
  }
}

/** Our own bound, far above what people write. */
const MOST_NESTED = 50

/** The text of a word that holds nothing but plain text; undefined: it has other parts, or quotes. */
export function plainText(word: Word): string | undefined {
  const [part] = word
  return word.length === 1 && part!.kind === 'text' && !part!.quoted ? part!.text : undefined
}
