import type { MethodInfo, MoRef, VersionIndex } from '../schema/model.js'
import { Later, type Call, type ClientInfo, type Query, type Services } from '../services/call.js'
import { noPermission } from '../services/authorization/check.js'
import { injectedDelayMs, injectedFault, type CallInSight } from '../services/injected.js'
import { logQuery, logRefused, runLogged } from '../services/logs/lro.js'
import { MethodFault, NotEmulated, fault } from '../services/method-fault.js'
import type { NodeInfo } from '../services/nodes.js'
import { isSessionObject } from '../services/session-objects.js'
import type { Session } from '../services/sessions.js'
import type { Reader, Slot } from '../world/records.js'
import { Misses, notImplemented, objectNotFound, wrongNode } from './missing.js'
import { trueReferences, type FindSlot } from './references.js'
import type { Registry } from './registry.js'

/** A decoded call, as every door hands it in. */
export interface Request {
  readonly self: MoRef
  readonly method: MethodInfo
  readonly args: Readonly<Record<string, unknown>>
  readonly version: VersionIndex
  /** Value of the session cookie or header; undefined when the client sent none. */
  readonly cookie: string | undefined
  readonly opId: string
  readonly client: ClientInfo
}

/** What a door is told back. */
export type Outcome =
  | { readonly kind: 'result', readonly value: unknown }
  | { readonly kind: 'fault', readonly fault: MethodFault }
  | { readonly kind: 'later', readonly later: Later }

/** One finished call, for the lab's own request log. */
export interface CallRecord {
  readonly node: string
  readonly method: string
  readonly self: MoRef
  readonly user: string
  readonly outcome: string
  readonly time: number
}

/** Which door a REST request came in by: 443, or the appliance's management at 5480. */
export type RestDoor = 'api' | 'management'

/** One REST operation that was run. */
export interface RestRecord {
  readonly node: string
  readonly door: RestDoor
  readonly method: string
  readonly path: string
  /** Without `?`. */
  readonly query: string
  /** Parsed; undefined when there was none. */
  readonly body: unknown
  readonly user: string
  readonly status: number
}

/**
 * The one way in (design.md 4.6): every door ends here. The checks run in the order of the lines
 * of `#admit`.
 */
export class Gate {
  readonly services: Services
  readonly registry: Registry
  readonly misses = new Misses()
  /** Hears of each finished call. */
  onCall: ((record: CallRecord, request: Request) => void) | undefined
  /** Hears of a defect of ours; the client gets a SystemError without a stack. */
  onDefect: (error: unknown, request: Request) => void = () => {}
  /** Hears of each REST operation that was run. */
  onRest: ((record: RestRecord) => void) | undefined
  /** Hears of a defect of ours in an operation of REST. */
  onRestDefect: (error: unknown) => void = () => {}

  constructor(services: Services, registry: Registry) {
    this.services = services
    this.registry = registry
  }

  /** Runs a call on a node. Never throws: faults come back as an outcome. */
  invoke(node: NodeInfo, request: Request): Outcome {
    let session: Session | undefined
    try {
      this.services.world.runDue()
      session = this.services.sessions.find(node.name, request.cookie)
      const value = this.#run(node, session, request)
      this.#note(node, session, request, 'ok')
      return value instanceof Later ? { kind: 'later', later: value } : { kind: 'result', value }
    } catch (error) {
      const thrown = this.#asFault(error, request)
      this.#note(node, session, request, thrown.type)
      return { kind: 'fault', fault: thrown }
    }
  }

  /** Real milliseconds for which a door must hold a call before it hands it in; usually 0. */
  delayMs(node: NodeInfo, request: Request): number {
    return injectedDelayMs(this.services.world, inSight(node, request))
  }

  #run(node: NodeInfo, session: Session | undefined, request: Request): unknown {
    const { world } = this.services
    const { self, args } = this.#admit(world, node, session, request)
    // Whoever may look at logs finds all that has happened before.
    if (request.method.owner === 'DiagnosticManager') this.services.access.flush()
    const method = this.registry.method(self.address.type, request.method.name)
    if (method === undefined) {
      this.misses.note(`${request.method.owner}.${request.method.name}`, world.now())
      throw wrongNode(request.method, node.kind) ?? notImplemented(request.method)
    }
    const injected = injectedFault(world, inSight(node, request))
    if (injected !== undefined) throw injected
    const base = {
      services: this.services, node, session, self, method: request.method,
      version: request.version, opId: request.opId, client: request.client,
    }
    const run = method.run as (call: Call | Query, args: unknown) => unknown
    const cause = {
      kind: 'call', node: node.name, method: `${request.method.owner}.${request.method.name}`,
      self: request.self.value, user: session?.principal.name ?? '', opId: request.opId,
    } as const
    try {
      if (method.mode === 'change') {
        return world.transact(cause, tx => runLogged(tx, base, () => run({ ...base, tx }, args)))
      }
      const value = run({ ...base, reader: world }, args)
      // A wait is written nowhere: it would be among the lines all the time.
      if (!(value instanceof Later)) logQuery(world, base, cause)
      return value
    } catch (error) {
      if (error instanceof MethodFault) logRefused(world, base, error, cause)
      throw error
    }
  }

  /** Session, receiver, kind of node, privileges. Returns the receiver, and the arguments with true references. */
  #admit(
    reader: Reader, node: NodeInfo, session: Session | undefined, request: Request,
  ): { self: Slot, args: Request['args'] } {
    const { method, self: ref } = request
    const anonymous = isAnonymous(method)
    const self = reader.find(node.name, ref.value)
      ?? this.services.sessionObjects.find(session, ref.value)
    if (session === undefined && !anonymous) {
      throw fault('NotAuthenticated', {
        object: ref, privilegeId: method.privilege ?? 'System.View',
      })
    }
    if (self === undefined || !this.services.schema.isA(self.address.type, ref.type)) {
      throw objectNotFound(ref)
    }
    const elsewhere = wrongNode(method, node.kind)
    if (elsewhere !== undefined) throw elsewhere
    const find: FindSlot = id =>
      reader.find(node.name, id) ?? this.services.sessionObjects.find(session, id)
    const args = trueReferences(this.services.schema, find, request.args)
    if (session !== undefined) this.#checkPrivileges(reader, node, session, self, method, args)
    return { self, args }
  }

  #checkPrivileges(
    reader: Reader, node: NodeInfo, session: Session, self: Slot, method: MethodInfo,
    args: Request['args'],
  ): void {
    const { authorization } = this.services
    if (authorization.seesAll(reader, session.principal, node.name)) return
    if (method.privilege !== undefined && !isAnonymous(method) && !isSessionObject(self)) {
      this.#require(reader, session, self, method.privilege)
    }
    for (const param of method.params) {
      if (param.privilege === undefined) continue
      for (const ref of references(args[param.property])) {
        const target = reader.find(node.name, ref.value)
          ?? this.services.sessionObjects.find(session, ref.value)
        if (target === undefined) throw objectNotFound(ref)
        if (!isSessionObject(target)) this.#require(reader, session, target, param.privilege)
      }
    }
  }

  #require(reader: Reader, session: Session, object: Slot, privilege: string): void {
    if (this.services.authorization.has(reader, session.principal, object, privilege)) return
    throw noPermission(object, privilege)
  }

  #asFault(error: unknown, request: Request): MethodFault {
    if (error instanceof NotEmulated) {
      const name = `${request.method.owner}.${request.method.name}`
      this.misses.note(name, this.services.world.now(), error.path)
    }
    if (error instanceof MethodFault) return error
    this.onDefect(error, request)
    return fault('SystemError', { reason: 'internal error of the simulator; see the lab log' })
  }

  #note(node: NodeInfo, session: Session | undefined, request: Request, outcome: string): void {
    this.onCall?.({
      node: node.name,
      method: `${request.method.owner}.${request.method.name}`,
      self: request.self,
      user: session?.principal.name ?? '',
      outcome,
      time: this.services.world.now(),
    }, request)
  }
}

function isAnonymous(method: MethodInfo): boolean {
  return method.privilege === 'System.Anonymous' || method.name === 'Fetch'
    || (method.owner === 'SessionManager' && method.name === 'AcquireGenericServiceTicket')
}

function references(value: unknown): MoRef[] {
  if (Array.isArray(value)) return value as MoRef[]
  return value === undefined ? [] : [value as MoRef]
}

function inSight(node: NodeInfo, { self, method }: Request): CallInSight {
  return { node: node.name, self, method: `${method.owner}.${method.name}` }
}
