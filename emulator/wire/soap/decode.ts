/** A SOAP request body to a call in memory, checked against the schema (protocols.md 1.1, 1.6). */
import type { MethodInfo, MoRef, Namespace, Schema, VersionIndex } from '../../schema/model.js'
import { NAMESPACES } from '../../schema/versions.js'
import { namespaceOfUri } from '../namespaces.js'
import type { XmlElement, XmlLimits } from '../xml-model.js'
import { readEnvelope, type SoapHeaders } from './envelope.js'
import { DecodeContext, rejectText, SkipFrame, type Frame } from './frame.js'
import { openSlot, SlotValues } from './frames.js'
import { methodNotFound, type WireFault } from './wire-fault.js'

/** A call as the handlers want it. Values have the form of decision 0002. */
export interface DecodedCall {
  /** The table the method was found in. */
  namespace: Namespace
  /** Version to read and answer at; an index into that namespace's versions. */
  version: VersionIndex
  /** XML namespace of the call element as written, to be used in the answer. */
  uri: string
  method: MethodInfo
  self: MoRef
  args: Record<string, unknown>
  headers: SoapHeaders
}

/**
 * Decodes a request. `resolved` is what `clientVersion` made of the SOAPAction header.
 * Throws WireFault for everything that is wrong with the body.
 */
export function decodeCall(
  body: Buffer,
  schema: Schema,
  resolved: { namespace: Namespace; version: VersionIndex },
  limits: XmlLimits,
): DecodedCall {
  const { headers, call } = readEnvelope(body, limits, () => {
    const context = new DecodeContext(schema, resolved.namespace, resolved.version)
    return { context, openCall: (element) => openCall(context, element) }
  })
  return { ...(call as Omit<DecodedCall, 'headers'>), headers }
}

function openCall(context: DecodeContext, element: XmlElement): Frame {
  const candidates = findMethods(context, element)
  if (candidates.length === 0) return new UnknownCallFrame(context, element)
  return new CallFrame(context, element, candidates)
}

/** Methods of the name in the given namespace, else in any (protocols.md 1.1, last lines). */
function findMethods(context: DecodeContext, element: XmlElement): readonly MethodInfo[] {
  const { schema } = context
  const first = namespaceOfUri(element.uri) ?? context.namespace
  const order = new Set<Namespace>([first, context.namespace, ...NAMESPACES])
  for (const namespace of order) {
    const found = schema.methodsNamed(element.local, namespace)
    if (found.length === 0) continue
    enter(context, found[0]?.owner === 'ManagedObject' ? first : namespace)
    return found
  }
  enter(context, first)
  return []
}

/** A version index counts in its own namespace only. */
function enter(context: DecodeContext, namespace: Namespace): void {
  if (namespace === context.namespace) return
  context.namespace = namespace
  context.version = context.schema.versions.newest(namespace)
}

/** The slot of `_this`: the method is found by the type it names. */
const anyReference = { kind: 'moref', name: '', array: false } as const

class CallFrame implements Frame {
  private self: MoRef | undefined
  private selfPending = false
  private selfSeen = false
  private method: MethodInfo | undefined
  private slots: SlotValues | undefined
  private readonly local: string
  private readonly uri: string
  private readonly offset: number

  constructor(
    private readonly context: DecodeContext,
    element: XmlElement,
    private readonly candidates: readonly MethodInfo[],
  ) {
    this.local = element.local
    this.uri = element.uri
    this.offset = element.offset
  }

  child(element: XmlElement): Frame {
    if (element.local !== '_this') return this.openSlots().open(element)
    if (this.selfSeen) throw this.context.error('Duplicate parameter _this', element.offset)
    this.selfSeen = true
    this.selfPending = true
    return openSlot(this.context, anyReference, element)
  }

  text(value: string): void {
    rejectText(this.context, value, this.offset)
  }

  take(value: unknown): void {
    if (!this.selfPending) {
      this.slots?.take(value)
      return
    }
    this.selfPending = false
    this.self = this.withType(value as MoRef | undefined)
    if (this.self !== undefined) this.settle(this.self)
  }

  end(): Omit<DecodedCall, 'headers'> {
    const { context, self, uri } = this
    if (self === undefined) {
      throw context.error(`Required parameter _this of ${this.local} is missing`, this.offset)
    }
    const args = this.openSlots().finish(this.offset)
    const method = this.method ?? this.candidate()
    return { namespace: context.namespace, version: context.version, uri, method, self, args }
  }

  private withType(self: MoRef | undefined): MoRef | undefined {
    if (self === undefined || self.type !== '') return self
    return { type: this.candidates[0]?.owner ?? 'ManagedObject', value: self.value }
  }

  /** The receiver is known: the method it has by that name. */
  private settle(self: MoRef): void {
    const { context, local } = this
    const method = findOn(context.schema, self.type, local, context.namespace, this.candidates)
    if (method === undefined) {
      throw methodNotFound(`Method ${local} not found on ${self.type}`, self, local)
    }
    if (method.since > context.version) throw unresolved(context, local, self)
    if (this.slots !== undefined && this.method !== method) {
      throw context.error(`Parameter _this of ${local} must come first`, this.offset)
    }
    this.method = method
  }

  private openSlots(): SlotValues {
    if (this.slots === undefined) {
      this.method ??= this.candidate()
      this.slots = new SlotValues(this.context, this.method.params, this.local, 'parameter')
    }
    return this.slots
  }

  /** The method as far as it can be told before `_this` was read. */
  private candidate(): MethodInfo {
    const method = this.candidates[0]
    if (method === undefined) throw this.context.error(`Unknown method ${this.local}`, this.offset)
    return method
  }
}

/**
 * The method of a receiver whose type may also be given as a super class of the one that has it
 * (protocols.md 1.1: ovftool).
 */
function findOn(
  schema: Schema,
  type: string,
  name: string,
  namespace: Namespace,
  candidates: readonly MethodInfo[],
): MethodInfo | undefined {
  const own = schema.method(type, name, namespace) ?? schema.method(type, name)
  return own ?? candidates.find((candidate) => schema.isA(candidate.owner, type))
}

/** Reads a call of a method that does not exist, for the receiver the fault must name. */
class UnknownCallFrame implements Frame {
  private self: MoRef | undefined
  private readonly local: string
  private readonly offset: number

  constructor(
    private readonly context: DecodeContext,
    element: XmlElement,
  ) {
    this.local = element.local
    this.offset = element.offset
  }

  child(element: XmlElement): Frame {
    if (element.local !== '_this' || this.self !== undefined) return new SkipFrame()
    return openSlot(this.context, anyReference, element)
  }

  text(): void {}

  take(value: unknown): void {
    if (value !== undefined) this.self = value as MoRef
  }

  end(): never {
    const { context, local, self } = this
    if (self === undefined) {
      throw context.error(`Required parameter _this of ${local} is missing`, this.offset)
    }
    throw unresolved(context, local, self)
  }
}

/** The text third-party clients match on (protocols.md 1.6). */
function unresolved(context: DecodeContext, method: string, self: MoRef): WireFault {
  const { namespace, version, schema } = context
  const id = schema.versions.list(namespace)[version] ?? ''
  const area = namespace === 'vim25' ? 'vim' : namespace
  const place = `${area}.version.v${id.replace(/\./g, '_')} (${namespace}/${id})`
  return methodNotFound(`Unable to resolve WSDL method name ${method} in ${place}`, self, method)
}
