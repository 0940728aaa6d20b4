/**
 * Calls by the bytes of their request: clients that poll send the same bytes again and again, and
 * decoding is a third of what a small read costs (performance.md section 5). Only calls that read
 * are kept, and of those only what came twice within a short time.
 */
import type { Namespace, Schema, VersionIndex } from '../../schema/model.js'
import type { XmlLimits } from '../xml-model.js'
import { decodeCall, type DecodedCall } from './decode.js'

/** Receivers whose calls are kept: none of their methods takes a secret or edits its arguments. */
const repeated: ReadonlySet<string> = new Set([
  'PropertyCollector', 'SearchIndex', 'ServiceInstance', 'ViewManager',
])

const longestBody = 16 * 1024
const mostKept = 256
/** Bodies seen once. Calls that differ each time pass through here and push out nothing else. */
const mostRecent = 64

type Resolved = { readonly namespace: Namespace, readonly version: VersionIndex }

/** An operationID as client libraries write it; it differs from call to call (protocols.md 1.1). */
const operationIdPattern = /operationID(?: [^<>]*)?>([\w.-]{1,64})</

const caches = new WeakMap<Schema, RequestCache>()

/** The cache of a schema: all doors that speak it share one. */
export function requestCacheFor(schema: Schema): RequestCache {
  let cache = caches.get(schema)
  if (cache === undefined) caches.set(schema, cache = new RequestCache(schema))
  return cache
}

/** Decodes requests for one schema, and remembers the ones that repeat. */
export class RequestCache {
  readonly #schema: Schema
  readonly #kept = new Map<string, DecodedCall>()
  readonly #recent = new Set<string>()

  constructor(schema: Schema) {
    this.#schema = schema
  }

  /** How many calls are kept. */
  get size(): number {
    return this.#kept.size
  }

  /** As `decodeCall`; a call from the cache is frozen in all its parts. Throws WireFault. */
  decode(body: Buffer, resolved: Resolved, limits: XmlLimits): DecodedCall {
    if (body.length > Math.min(longestBody, limits.maxBytes)) {
      return decodeCall(body, this.#schema, resolved, limits)
    }
    const { operationId, rest } = withoutOperationId(body.toString('latin1'))
    const key = `${resolved.namespace}/${resolved.version} ${operationId !== undefined} ${rest}`
    const known = this.#kept.get(key)
    if (known !== undefined) {
      return operationId === undefined ? known : { ...known, headers: { operationId, other: {} } }
    }
    const call = decodeCall(body, this.#schema, resolved, limits)
    if (repeated.has(call.method.owner) && hasOnly(call, operationId)) this.#note(key, call)
    return call
  }

  #note(key: string, call: DecodedCall): void {
    if (this.#recent.delete(key)) {
      this.#kept.set(key, freeze(call))
      if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value!)
      return
    }
    this.#recent.add(key)
    if (this.#recent.size > mostRecent) this.#recent.delete(this.#recent.values().next().value!)
  }
}

/** The first operationID of a request, and the request without its text. */
function withoutOperationId(text: string): { operationId: string | undefined, rest: string } {
  const found = operationIdPattern.exec(text)
  if (found === null) return { operationId: undefined, rest: text }
  const operationId = found[1]!
  const end = found.index + found[0].length - 1
  return { operationId, rest: text.slice(0, end - operationId.length) + text.slice(end) }
}

/** True if the headers say nothing but the operationID that was taken out of the key. */
function hasOnly({ headers }: DecodedCall, operationId: string | undefined): boolean {
  return headers.operationId === operationId && headers.vcSessionCookie === undefined
    && headers.security === undefined && Object.keys(headers.other).length === 0
}

/** Freezes what was decoded; the method belongs to the tables. */
function freeze(call: DecodedCall): DecodedCall {
  deepFreeze(call.args)
  deepFreeze(call.self)
  deepFreeze(call.headers)
  return Object.freeze(call)
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const part of Object.values(value)) deepFreeze(part)
}
