/**
 * A quick reader for the XML that clients really send. It reads a plain subset (ASCII names, no
 * comments, CDATA, DOCTYPE or carriage returns) and gives up on everything else, right or wrong, so
 * that the strict reader decides what is well formed. What it does read it must report exactly as
 * the strict reader would; a differential fuzz holds it to that.
 */
import type { RawHandler } from './xml-model.js'
import {
  charClass,
  content,
  intern,
  namePart,
  nameStart,
  plain,
  reference,
  type Codes,
} from './xml-scan-text.js'

const lessThan = 0x3c
const greaterThan = 0x3e
const slash = 0x2f
const colon = 0x3a
const equals = 0x3d
const space = 0x20
const tab = 0x09
const newline = 0x0a
const quote = 0x22
const apostrophe = 0x27
const bracket = 0x5d

const declaration =
  /^<\?xml version=(?:"1\.0"|'1\.0')(?: encoding=(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?\s*\?>/

const noAttributes: string[] = []

/**
 * Reads the document and answers true, or gives up and answers false. `bytes` is the document's
 * body if it is ASCII, so that offsets are the same in both.
 */
export function scanXml(text: string, bytes: Buffer | undefined, handler: RawHandler): boolean {
  return new Scanner(text, bytes ?? codesOf(text), handler).document()
}

function codesOf(text: string): Uint16Array {
  const buffer = Buffer.from(text, 'utf16le')
  const { byteOffset, length } = buffer
  if (byteOffset % 2 === 0) return new Uint16Array(buffer.buffer, byteOffset, length / 2)
  return new Uint16Array(buffer.buffer.slice(byteOffset, byteOffset + length))
}

class Scanner {
  private at = 0
  private hash = 0
  /** Offset and length of the names of the elements that are open. */
  private readonly open: number[] = []

  constructor(
    private readonly text: string,
    private readonly codes: Codes,
    private readonly handler: RawHandler,
  ) {}

  document(): boolean {
    const { codes, open, handler } = this
    this.at = declaration.exec(this.text.slice(0, 100))?.[0].length ?? 0
    if (!this.blanks() || !this.startTag(this.at)) return false
    while (open.length > 0) {
      if (codes[this.at] !== lessThan) {
        const piece = this.content()
        if (piece === undefined) return false
        handler.text(piece)
      }
      const tag = this.at
      const ok = codes[tag + 1] === slash ? this.endTag(tag) : this.startTag(tag)
      if (!ok) return false
    }
    this.blanks()
    return this.at === codes.length
  }

  /** Skips white space; true if a tag follows. */
  private blanks(): boolean {
    this.at = this.skipBlanks(this.at)
    return this.codes[this.at] === lessThan
  }

  private endTag(tag: number): boolean {
    const { codes, open } = this
    const length = open.pop() as number
    const opened = open.pop() as number
    const start = tag + 2
    for (let i = 0; i < length; i++) {
      if (codes[start + i] !== codes[opened + i]) return false
    }
    const end = start + length
    if (codes[end] !== greaterThan) return false
    this.at = end + 1
    this.handler.close(this.at)
    return true
  }

  private startTag(start: number): boolean {
    const { codes, handler } = this
    let i = this.nameEnd(start + 1)
    if (i < 0) return false
    const name = intern(this.text, codes, start + 1, i, this.hash)
    let attributes = noAttributes
    for (;;) {
      const blank = i
      i = this.skipBlanks(i)
      const c = codes[i]
      if (c === greaterThan) {
        this.at = i + 1
        handler.open(name, attributes, start)
        this.open.push(start + 1, name.length)
        return true
      }
      if (c === slash) {
        if (codes[i + 1] !== greaterThan) return false
        this.at = i + 2
        handler.open(name, attributes, start)
        handler.close(this.at)
        return true
      }
      if (i === blank) return false
      if (attributes === noAttributes) attributes = []
      i = this.attribute(i, attributes)
      if (i < 0) return false
    }
  }

  private skipBlanks(from: number): number {
    const { codes } = this
    let i = from
    for (;;) {
      const c = codes[i]
      if (c !== space && c !== newline && c !== tab) return i
      i += 1
    }
  }

  /** Reads one attribute; the offset behind it, or -1. */
  private attribute(start: number, attributes: string[]): number {
    const { text, codes } = this
    const end = this.nameEnd(start)
    if (end < 0 || codes[end] !== equals) return -1
    const mark = codes[end + 1]
    if (mark !== quote && mark !== apostrophe) return -1
    const close = this.valueEnd(end + 2, mark)
    if (close < 0) return -1
    const name = intern(text, codes, start, end, this.hash)
    for (let i = 0; i < attributes.length; i += 2) {
      if (attributes[i] === name) return -1
    }
    attributes.push(name, text.slice(end + 2, close))
    return attributes.length > this.handler.maxAttributes * 2 ? -1 : close + 1
  }

  /** The offset of the quote that ends a plain value, or -1. */
  private valueEnd(start: number, mark: number): number {
    const { codes } = this
    let i = start
    for (;;) {
      const c = codes[i]
      if (c === mark) return i
      if (c === undefined || c === newline || c === tab) return -1
      if (c < 128 ? (charClass[c] as number) < plain && c !== bracket : c >= 0xfffe) return -1
      i += 1
    }
  }

  /** The offset behind a name with at most one colon inside, or -1; leaves the name's hash. */
  private nameEnd(start: number): number {
    const { codes } = this
    let hash = codes[start] ?? 128
    if (hash >= 128 || charClass[hash] !== nameStart) return -1
    let i = start + 1
    let prefixed = false
    for (;;) {
      const c = codes[i] ?? 0
      if (c >= 128) return -1
      if (c === colon) {
        const next = codes[i + 1] ?? 128
        if (prefixed || next >= 128 || charClass[next] !== nameStart) return -1
        prefixed = true
      } else if ((charClass[c] as number) < namePart) {
        this.hash = hash
        return i
      }
      hash = (hash * 31 + c) | 0
      i += 1
    }
  }

  /** Text up to the next tag, or undefined for what is unusual. */
  private content(): string | undefined {
    const { codes, text } = this
    const start = this.at
    let references = false
    let i = start
    for (;;) {
      const c = codes[i]
      if (c === lessThan) break
      if (c === undefined) return undefined
      if (c >= 128) {
        if (c >= 0xfffe) return undefined
      } else if ((charClass[c] as number) < plain) {
        if (c === bracket) {
          if (codes[i + 1] === bracket && codes[i + 2] === greaterThan) return undefined
        } else if (charClass[c] === reference) {
          references = true
        } else {
          return undefined
        }
      }
      i += 1
    }
    this.at = i
    const piece = text.slice(start, i)
    return references ? content(piece) : piece
  }
}
