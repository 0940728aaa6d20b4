import { truthOf } from '../objects/truth.js'
import type { UserSession } from '../schema/generated/types.js'
import type { ClientInfo } from '../services/call.js'
import { MethodFault } from '../services/method-fault.js'
import type { NodeInfo } from '../services/nodes.js'
import { wellKnownRef } from '../services/well-known.js'
import type { Gate, Outcome } from './invoke.js'

/** Who may see a console's picture: the facts name no privilege for /screen, so that of a screenshot. */
const PRIVILEGE = 'VirtualMachine.Interact.CreateScreenshot'

/** A question for a VM's picture, as the door hands it in. */
export interface ScreenRequest {
  /** Managed object id of the VM on the node. */
  readonly id: string
  /** Value of the session cookie. */
  readonly cookie: string | undefined
  /** Of a Basic Authorization header. */
  readonly login: { readonly userName: string, readonly password: string } | undefined
  readonly opId: string
  readonly client: ClientInfo
}

/** Where the VM is, or the HTTP status of the refusal. */
export type ScreenAnswer = { readonly host: string, readonly vm: string } | { readonly refused: 401 | 403 | 404 | 503 }

/**
 * The gate of `/screen` (protocols.md 6.3): session or login, receiver, privilege, as for a call. A
 * login lasts for this one question.
 */
export class ScreenGate {
  readonly #gate: Gate

  constructor(gate: Gate) {
    this.#gate = gate
  }

  find(node: NodeInfo, request: ScreenRequest): ScreenAnswer {
    const { world, sessions } = this.#gate.services
    world.runDue()
    if (sessions.find(node.name, request.cookie) !== undefined) return this.#vmOf(node, request, request.cookie)
    if (request.login === undefined) return { refused: 401 }
    const cookie = this.#logIn(node, request, request.login)
    if (cookie === undefined) return { refused: 401 }
    const answer = this.#vmOf(node, request, cookie)
    this.#call(node, request, 'Logout', {}, cookie)
    return answer
  }

  #vmOf(node: NodeInfo, { id }: ScreenRequest, cookie: string | undefined): ScreenAnswer {
    const { world, sessions, authorization } = this.#gate.services
    const { principal } = sessions.find(node.name, cookie)!
    const vm = world.find(node.name, id)
    if (vm?.address.type !== 'VirtualMachine') return { refused: 404 }
    if (!authorization.has(world, principal, vm, PRIVILEGE)) return { refused: 403 }
    try {
      const { address } = truthOf(world, vm)
      return { host: address.node, vm: address.id }
    } catch (error) {
      if (error instanceof MethodFault) return { refused: 503 }
      throw error
    }
  }

  #logIn(node: NodeInfo, request: ScreenRequest, login: { userName: string, password: string }): string | undefined {
    const outcome = this.#call(node, request, 'Login', login)
    return outcome.kind === 'result' ? this.#gate.services.sessions.cookieOf((outcome.value as UserSession).key) : undefined
  }

  #call(node: NodeInfo, { opId, client }: ScreenRequest, method: string, args: Record<string, unknown>, cookie?: string): Outcome {
    const { schema } = this.#gate.services
    const self = wellKnownRef('sessionManager', node.kind)!
    return this.#gate.invoke(node, {
      self, method: schema.method(self.type, method)!, args, cookie, version: schema.versions.newest('vim25'), opId, client,
    })
  }
}
