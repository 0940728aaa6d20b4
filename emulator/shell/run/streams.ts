import type { Steps } from './steps.js'

/** Where a command writes. */
export interface Output {
  write(text: string): void
  /** Nothing more is written by whom it belongs to. */
  end?(): void
}

/** Where a command reads. */
export interface Input {
  /** The next line without its end; undefined when there is no more. */
  line(): Steps<string | undefined>
  /** All that is left. */
  rest(): Steps<string>
}

export interface Streams {
  readonly in: Input
  readonly out: Output
  readonly err: Output
}

/** Nobody reads what is written: the writer ends. */
export class BrokenPipe extends Error {}

/** More was written than a lab puts up with. */
export class TooMuch extends Error {}

/** An input that holds a text. */
export class TextInput implements Input {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  // eslint-disable-next-line require-yield
  * line(): Steps<string | undefined> {
    if (this.#at >= this.#text.length) return undefined
    const stop = this.#text.indexOf('\n', this.#at)
    const line = stop < 0 ? this.#text.slice(this.#at) : this.#text.slice(this.#at, stop)
    this.#at = stop < 0 ? this.#text.length : stop + 1
    return line
  }

  // eslint-disable-next-line require-yield
  * rest(): Steps<string> {
    const text = this.#text.slice(this.#at)
    this.#at = this.#text.length
    return text
  }
}

/** Most characters that are gathered for a variable, a file or a reader. */
export const MOST_GATHERED = 32 * 1024 * 1024

/** Gathers what is written. */
export class Gathered implements Output {
  #parts: string[] = []
  #length = 0

  write(text: string): void {
    this.#length += text.length
    if (this.#length > MOST_GATHERED) throw new TooMuch()
    this.#parts.push(text)
  }

  get text(): string {
    return this.#parts.join('')
  }
}

/** Writes nothing anywhere. */
export const nowhere: Output = { write: () => {} }

/** Between two commands of a pipeline. */
export class Pipe implements Input, Output {
  #text = ''
  #at = 0
  #ended = false
  /** Nobody reads any more. */
  broken = false

  /** Characters that wait to be read. */
  get waiting(): number {
    return this.#text.length - this.#at
  }

  /** True if the reader can go on. */
  get ready(): boolean {
    return this.#ended || this.#text.includes('\n', this.#at)
  }

  write(text: string): void {
    if (this.broken) throw new BrokenPipe()
    if (this.waiting + text.length > MOST_GATHERED) throw new TooMuch()
    if (this.#at > 65536 || this.#at === this.#text.length) {
      this.#text = this.#text.slice(this.#at)
      this.#at = 0
    }
    this.#text += text
  }

  end(): void {
    this.#ended = true
  }

  * line(): Steps<string | undefined> {
    while (!this.ready) yield { kind: 'pipe' }
    if (this.waiting === 0) return undefined
    const stop = this.#text.indexOf('\n', this.#at)
    const line = stop < 0 ? this.#text.slice(this.#at) : this.#text.slice(this.#at, stop)
    this.#at = stop < 0 ? this.#text.length : stop + 1
    return line
  }

  * rest(): Steps<string> {
    while (!this.#ended) yield { kind: 'pipe' }
    const text = this.#text.slice(this.#at)
    this.#at = this.#text.length
    return text
  }
}
