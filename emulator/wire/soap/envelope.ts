/**
 * The SOAP envelope around a call, its headers, and what the SOAPAction says (protocols.md 1.1,
 * 1.4, 2.6).
 */
import { escapeText, readXml } from '../xml.js'
import { XmlError, type XmlElement, type XmlHandler, type XmlLimits } from '../xml-model.js'
import { rejectText, SkipFrame, type DecodeContext, type Frame } from './frame.js'
import { invalidRequest, WireFault } from './wire-fault.js'

/** String context sent along with a call. */
export interface SoapHeaders {
  operationId?: string
  vcSessionCookie?: string
  /** Simple header elements by local name. */
  other: Record<string, string>
  /** The `wsse:Security` element as written, with the prefixes it inherits declared on it. */
  security?: string
}

const soapNamespaces: ReadonlySet<string> = new Set([
  'http://schemas.xmlsoap.org/soap/envelope/',
  'http://www.w3.org/2003/05/soap-envelope',
])

/** What reads the one element in the Body, and what it shares with the readers inside. */
export interface CallReader {
  readonly context: DecodeContext
  openCall(element: XmlElement): Frame
}

/**
 * Reads an envelope. `start` makes the reader of the call; it may be asked twice (see `readXml`).
 * Throws WireFault.
 */
export function readEnvelope(
  body: Buffer,
  limits: XmlLimits,
  start: () => CallReader,
): { headers: SoapHeaders; call: unknown } {
  let envelope: EnvelopeFrame | undefined
  try {
    readXml(body, limits, (text) => {
      const reader = start()
      reader.context.source = text
      envelope = new EnvelopeFrame(reader)
      return new FrameDriver(new RootFrame(reader.context, envelope))
    })
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw invalidRequest(`Parse error at line ${error.line}: ${error.message}`)
  }
  if (envelope === undefined) throw invalidRequest('There is no envelope')
  return { headers: envelope.headers, call: envelope.result() }
}

/** Feeds the events of the XML reader to a stack of frames. */
class FrameDriver implements XmlHandler {
  private readonly stack: Frame[] = []

  constructor(private top: Frame) {}

  open(element: XmlElement): void {
    this.stack.push(this.top)
    this.top = this.top.child(element)
  }

  text(value: string): void {
    this.top.text(value)
  }

  close(end: number): void {
    const value = this.top.end(end)
    const parent = this.stack.pop()
    if (parent === undefined) return
    this.top = parent
    parent.take(value)
  }
}

abstract class ElementsFrame implements Frame {
  constructor(protected readonly context: DecodeContext) {}

  abstract child(element: XmlElement): Frame

  text(value: string): void {
    rejectText(this.context, value, 0)
  }

  take(_value: unknown): void {}

  end(_end: number): unknown {
    return undefined
  }
}

class RootFrame extends ElementsFrame {
  constructor(
    context: DecodeContext,
    private readonly envelope: EnvelopeFrame,
  ) {
    super(context)
  }

  child(element: XmlElement): Frame {
    if (element.local !== 'Envelope' || !soapNamespaces.has(element.uri)) {
      throw this.context.error(`Element ${element.local} is not a SOAP envelope`, element.offset)
    }
    return this.envelope
  }
}

class EnvelopeFrame extends ElementsFrame {
  readonly headers: SoapHeaders = { other: {} }
  private body: BodyFrame | undefined
  private headerSeen = false

  constructor(private readonly reader: CallReader) {
    super(reader.context)
  }

  child(element: XmlElement): Frame {
    const { local, offset } = element
    const soap = soapNamespaces.has(element.uri)
    if (soap && local === 'Header') {
      if (this.headerSeen || this.body !== undefined) {
        throw this.context.error('Misplaced Header', offset)
      }
      this.headerSeen = true
      return new HeaderFrame(this.context, this.headers)
    }
    if (!soap || local !== 'Body') {
      throw this.context.error(`Unexpected element ${local} in the envelope`, offset)
    }
    if (this.body !== undefined) throw this.context.error('Duplicate Body', offset)
    this.body = new BodyFrame(this.reader)
    return this.body
  }

  result(): unknown {
    if (this.body === undefined) throw invalidRequest('The envelope has no Body')
    return this.body.value
  }
}

class BodyFrame extends ElementsFrame {
  value: unknown
  private calls = 0

  constructor(private readonly reader: CallReader) {
    super(reader.context)
  }

  child(element: XmlElement): Frame {
    this.calls += 1
    if (this.calls > 1) throw this.context.error('More than one call in the Body', element.offset)
    return this.reader.openCall(element)
  }

  override take(value: unknown): void {
    this.value = value
  }

  override end(end: number): void {
    if (this.calls === 0) throw this.context.error('The Body holds no call', end)
  }
}

class HeaderFrame extends ElementsFrame {
  constructor(
    context: DecodeContext,
    private readonly headers: SoapHeaders,
  ) {
    super(context)
  }

  child(element: XmlElement): Frame {
    const { local } = element
    if (local === 'Security') return new RawFrame(this.context, this.headers, element)
    for (const uri of soapNamespaces) {
      const must = element.attribute('mustUnderstand', uri)
      if ((must === '1' || must === 'true') && !isKnownHeader(local)) {
        throw new WireFault('soapenv:MustUnderstand', `Header ${local} is not understood`)
      }
    }
    return new HeaderTextFrame(this.headers, local)
  }
}

function isKnownHeader(local: string): boolean {
  return local === 'operationID' || local === 'vcSessionCookie'
}

/** A simple header element; one with children is read past. */
class HeaderTextFrame implements Frame {
  private content = ''
  private complex = false

  constructor(
    private readonly headers: SoapHeaders,
    private readonly local: string,
  ) {}

  child(): Frame {
    this.complex = true
    return new SkipFrame()
  }

  text(value: string): void {
    this.content += value
  }

  take(): void {}

  end(): void {
    if (this.complex) return
    const value = this.content.trim()
    if (this.local === 'operationID') this.headers.operationId = value
    else if (this.local === 'vcSessionCookie') this.headers.vcSessionCookie = value
    else if (this.local !== '__proto__') this.headers.other[this.local] = value
  }
}

/** Keeps the element as written, so that a signature in it can be checked. */
class RawFrame implements Frame {
  private readonly offset: number
  private readonly inherited: string

  constructor(
    private readonly context: DecodeContext,
    private readonly headers: SoapHeaders,
    element: XmlElement,
  ) {
    this.offset = element.offset
    this.inherited = inheritedDeclarations(element)
  }

  child(): Frame {
    return new SkipFrame()
  }

  text(): void {}

  take(): void {}

  end(end: number): void {
    const raw = this.context.source.slice(this.offset, end)
    const name = /^<[^\s/>]+/.exec(raw)?.[0] ?? ''
    this.headers.security = name + this.inherited + raw.slice(name.length)
  }
}

/** Namespace declarations in scope that the element does not make itself, as attributes. */
function inheritedDeclarations(element: XmlElement): string {
  let all = ''
  for (const [prefix, uri] of element.prefixes()) {
    const attribute = prefix === '' ? 'xmlns' : `xmlns:${prefix}`
    if (prefix === 'xml' || uri === '' || element.attribute(attribute) !== undefined) continue
    all += ` ${attribute}="${escapeText(uri)}"`
  }
  return all
}
