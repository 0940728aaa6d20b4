/**
 * The one adapter to the XML reader. It turns bytes into open, text and close events with the
 * namespaces resolved, and enforces the limits while reading, so that no input can cost more than
 * its own length (performance.md section 1, "Correctness and safety").
 */
import { decodeXmlBytes, XmlEncodingError } from './xml-bytes.js'
import { readWithSaxes } from './xml-saxes.js'
import { scanXml } from './xml-scan.js'
import {
  XSI,
  XmlError,
  type RawHandler,
  type XmlElement,
  type XmlHandler,
  type XmlLimits,
} from './xml-model.js'

export { defaultXmlLimits, XmlError, type XmlLimits } from './xml-model.js'

const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace'
const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/'

/**
 * Reads a whole document. `start` is given its text and makes the handler; it may be asked for a
 * second one, because the quick reader leaves all that is unusual or wrong to the strict one.
 * Throws XmlError, and whatever the handler throws.
 */
export function readXml(
  body: Buffer,
  limits: XmlLimits,
  start: (text: string) => XmlHandler,
): void {
  const text = xmlText(body, limits)
  const bytes = text.length === body.length ? body : undefined
  if (scanXml(text, bytes, new NamespaceLayer(text, limits, start(text)))) return
  readWithSaxes(text, new NamespaceLayer(text, limits, start(text)))
}

/** The same by the strict reader alone: the reference for tests. */
export function readXmlStrictly(
  body: Buffer,
  limits: XmlLimits,
  start: (text: string) => XmlHandler,
): void {
  const text = xmlText(body, limits)
  readWithSaxes(text, new NamespaceLayer(text, limits, start(text)))
}

function xmlText(body: Buffer, limits: XmlLimits): string {
  if (body.length > limits.maxBytes) {
    throw new XmlError(`document longer than ${limits.maxBytes} bytes`, 1, 1)
  }
  try {
    return decodeXmlBytes(body)
  } catch (error) {
    if (error instanceof XmlEncodingError) throw new XmlError(error.message, 1, 1)
    throw error
  }
}

/** Line and column of an offset, both from 1. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  let line = 1
  let from = 0
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) {
    line += 1
    from = i + 1
  }
  return { line, column: Math.max(1, offset - from + 1) }
}

/** The namespace declarations of one element. */
interface Scope {
  readonly parent: Scope | undefined
  /** Alternates prefixes and namespace names. */
  readonly declared: readonly string[]
  /** What names without prefix are in. */
  readonly plain: string
}

const rootScope: Scope = { parent: undefined, declared: ['xml', XML_NAMESPACE], plain: '' }

class NamespaceLayer implements RawHandler, XmlElement {
  local = ''
  uri = ''
  offset = 0
  readonly maxAttributes: number
  private attributes: readonly string[] = []
  private scope = rootScope
  private readonly scopes: Scope[] = []

  constructor(
    private readonly source: string,
    private readonly limits: XmlLimits,
    private readonly handler: XmlHandler,
  ) {
    this.maxAttributes = limits.maxAttributes
  }

  open(name: string, attributes: readonly string[], at: number): void {
    if (this.scopes.length >= this.limits.maxDepth) {
      this.fail(`elements nested deeper than ${this.limits.maxDepth}`, at)
    }
    this.scopes.push(this.scope)
    this.offset = at
    this.attributes = attributes
    if (attributes.length > 0) this.declare(attributes, at)
    const colon = name.indexOf(':')
    if (colon < 0) {
      this.local = name
      this.uri = this.scope.plain
    } else {
      this.local = name.slice(colon + 1)
      this.uri = this.prefixed(name, name.slice(0, colon), at)
    }
    this.handler.open(this)
  }

  get hasAttributes(): boolean {
    return this.attributes.length > 0
  }

  text(value: string): void {
    if (this.scopes.length > 0) this.handler.text(value)
  }

  close(end: number): void {
    this.handler.close(end)
    this.scope = this.scopes.pop() ?? rootScope
  }

  fail(message: string, at: number): never {
    const { line, column } = lineAndColumn(this.source, at)
    throw new XmlError(message, line, column)
  }

  attribute(local: string, uri = ''): string | undefined {
    const { attributes } = this
    for (let i = 0; i < attributes.length; i += 2) {
      const name = attributes[i] as string
      if (uri === '') {
        if (name === local) return attributes[i + 1]
        continue
      }
      const colon = name.length - local.length - 1
      if (colon <= 0 || !name.endsWith(local) || name[colon] !== ':') continue
      if (this.resolve(name.slice(0, colon)) === uri) return attributes[i + 1]
    }
    return undefined
  }

  prefixes(): Map<string, string> {
    const all = new Map([['', this.scope.plain]])
    for (let scope: Scope | undefined = this.scope; scope !== undefined; scope = scope.parent) {
      const { declared } = scope
      for (let i = 0; i < declared.length; i += 2) {
        const prefix = declared[i] as string
        if (!all.has(prefix)) all.set(prefix, declared[i + 1] as string)
      }
    }
    return all
  }

  private prefixed(name: string, prefix: string, at: number): string {
    const uri = this.resolve(prefix)
    if (uri === undefined || this.local === '' || this.local.includes(':')) {
      this.fail(`unbound prefix in element name ${name}`, at)
    }
    return uri
  }

  private declare(attributes: readonly string[], at: number): void {
    let declared: string[] | undefined
    let { plain } = this.scope
    for (let i = 0; i < attributes.length; i += 2) {
      const name = attributes[i] as string
      if (!name.startsWith('xmlns') || (name.length > 5 && name[5] !== ':')) continue
      const uri = attributes[i + 1] as string
      this.checkDeclaration(name.slice(6), uri, name, at)
      declared ??= []
      if (name.length === 5) plain = uri
      else declared.push(name.slice(6), uri === XSI ? XSI : uri)
    }
    if (declared !== undefined) this.scope = { parent: this.scope, declared, plain }
  }

  private checkDeclaration(prefix: string, uri: string, name: string, at: number): void {
    const reserved =
      prefix === 'xmlns' ||
      (prefix === 'xml') !== (uri === XML_NAMESPACE) ||
      uri === XMLNS_NAMESPACE ||
      (name !== 'xmlns' && (uri === '' || prefix === ''))
    if (reserved) this.fail(`namespace declaration ${name} is not allowed`, at)
  }

  /** The namespace of a prefix; `xsi` is known to those who forgot to declare it. */
  private resolve(prefix: string): string | undefined {
    for (let scope: Scope | undefined = this.scope; scope !== undefined; scope = scope.parent) {
      const { declared } = scope
      for (let i = 0; i < declared.length; i += 2) {
        if (declared[i] === prefix) return declared[i + 1]
      }
    }
    return prefix === 'xsi' ? XSI : undefined
  }
}

const needsEscape = /[&<>"'\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/
const escaped = /[&<>"'\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/**
 * Text as vpxd writes it: `& < > " '` become entities (protocols.md 1.2), a carriage return becomes
 * a character reference so that it survives reading, and what XML 1.0 forbids is left out
 * (protocols.md 1.7).
 */
export function escapeText(s: string): string {
  return needsEscape.test(s) ? s.replace(escaped, escapeCharacter) : s
}

function escapeCharacter(c: string): string {
  switch (c) {
    case '&':
      return '&amp;'
    case '<':
      return '&lt;'
    case '>':
      return '&gt;'
    case '"':
      return '&quot;'
    case "'":
      return '&apos;'
    case '\r':
      return '&#xD;'
    default:
      return ''
  }
}
