import { MethodFault } from '../services/method-fault.js'
import type { NodeInfo } from '../services/nodes.js'
import type { Transaction } from '../world/transaction.js'
import type { World } from '../world/world.js'
import { vapiFaultOf } from './fault-twins.js'
import { VapiFault, vapiError, type Dialect, type VapiReply } from './vapi-error.js'

/** What an operation is given of a request that was let in. */
export interface VapiCall {
  readonly world: World
  readonly node: NodeInfo
  readonly dialect: Dialect
  /** Parts of the path that stand for `{name}`. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** The parsed JSON body; undefined when there is none. */
  readonly body: unknown
  readonly userName: string
}

/** One operation of a REST service. */
export interface Operation<C extends VapiCall = VapiCall> {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  /** Below /api and /rest, with `{name}` for parts that vary. */
  readonly path: string
  /** `?action=` below /api; a last part of the path, or `?~action=`, below /rest. */
  readonly action?: string
  /** It gives the id of a task, and is found below /api with `vmw-task=true` only (availability.md 2.2). */
  readonly task?: true
  /** The value of the answer; undefined: an empty one. Throws VapiFault. */
  run(call: C): unknown
}

/** An operation that was found, with what its path holds. */
export interface Found<C extends VapiCall = VapiCall> {
  readonly operation: Operation<C>
  readonly params: Readonly<Record<string, string>>
}

/** Finds the operation of a request; `path` is without /api or /rest. */
export function findOperation<C extends VapiCall>(
  operations: readonly Operation<C>[], dialect: Dialect,
  request: { readonly method: string, readonly path: string, readonly query: URLSearchParams },
): Found<C> | undefined {
  const action = request.query.get('action') ?? request.query.get('~action') ?? undefined
  for (const operation of operations) {
    if (operation.method !== request.method) continue
    if (operation.task === true && dialect === 'api' && request.query.get('vmw-task') !== 'true') continue
    const params = paramsOf(operation, request.path, action, dialect)
    if (params !== undefined) return { operation, params }
  }
  return undefined
}

function paramsOf(
  operation: Pick<Operation, 'path' | 'action'>, path: string, action: string | undefined, dialect: Dialect,
): Record<string, string> | undefined {
  if (operation.action === action) return match(operation.path, path)
  const inPath = dialect === 'rest' && action === undefined && operation.action !== undefined
  return inPath ? match(`${operation.path}/${operation.action}`, path) : undefined
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const parts = path.split('/')
  if (wanted.length !== parts.length) return undefined
  const params: Record<string, string> = {}
  for (let i = 0; i < wanted.length; i += 1) {
    const [want, part] = [wanted[i]!, parts[i]!]
    if (want.startsWith('{')) params[want.slice(1, -1)] = decoded(part)
    else if (want !== part) return undefined
  }
  return params
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/**
 * Runs an operation and writes its answer, or its error, in the request's dialect. The id of a task
 * comes with 202 below /api; below /rest, whose answers are 200, that is our choice for it too.
 */
export function runOperation<C extends VapiCall>(operation: Operation<C>, call: C): VapiReply {
  const { dialect } = call
  try {
    const value = operation.run(call)
    if (value === undefined) return dialect === 'rest' ? { status: 200 } : { status: 204 }
    if (dialect === 'rest') return { status: 200, body: { value } }
    return { status: operation.task === true ? 202 : 200, body: value }
  } catch (error) {
    const thrown = error instanceof MethodFault ? vapiFaultOf(error) : error
    if (!(thrown instanceof VapiFault)) throw thrown
    return vapiError(dialect, thrown.error, thrown.id, thrown.message)
  }
}

/** A map as the dialect writes it: a list of key and value below /rest, an object below /api. */
export function mapOf(dialect: Dialect, map: Readonly<Record<string, unknown>>): unknown {
  return dialect === 'api' ? map : Object.entries(map).map(([key, value]) => ({ key, value }))
}

/** A change that an operation makes. */
export function change<R>(call: VapiCall, what: string, run: (tx: Transaction) => R): R {
  const cause = {
    kind: 'call', node: call.node.name, method: what, self: '', user: call.userName, opId: '',
  } as const
  return call.world.transact(cause, run)
}

/** A field of the body, by its JSON type. @throws VapiFault invalid_argument */
export function field<T extends 'string' | 'number' | 'boolean'>(
  call: VapiCall, name: string, type: T,
): { string: string, number: number, boolean: boolean }[T] {
  const value = bodyOf(call)[name]
  if (typeof value !== type) throw wrongInput(name, `a ${type}`)
  return value as { string: string, number: number, boolean: boolean }[T]
}

/** A list of texts in the body. @throws VapiFault invalid_argument */
export function texts(call: VapiCall, name: string): string[] {
  const value = bodyOf(call)[name]
  if (!Array.isArray(value) || value.some(item => typeof item !== 'string')) throw wrongInput(name, 'a list of strings')
  return value as string[]
}

/** A call whose body is the field named after the argument, in which /rest wraps the others; or else its own. */
export function inside(call: VapiCall, name: string): VapiCall {
  const body = bodyOf(call)
  return { ...call, body: body[name] ?? body }
}

/** The body as an object. */
export function bodyOf(call: VapiCall): Readonly<Record<string, unknown>> {
  const { body } = call
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw wrongInput('body', 'a JSON object')
  return body as Record<string, unknown>
}

/** The error for an argument that is missing or of another type. */
export function wrongInput(name: string, wanted: string): VapiFault {
  return new VapiFault('invalid_argument', 'vapi.data.structure.field.invalid', `Field ${name} must be ${wanted}.`)
}
