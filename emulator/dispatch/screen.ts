import { truthOf } from '../objects/truth.js'
import { MethodFault } from '../services/method-fault.js'
import type { NodeInfo } from '../services/nodes.js'
import type { Principal } from '../services/sessions.js'
import type { Gate } from './invoke.js'
import { asUser, type Credentialed } from './session-calls.js'

/** Who may see a console's picture: the facts name no privilege for /screen, so that of a screenshot. */
const PRIVILEGE = 'VirtualMachine.Interact.CreateScreenshot'

/** A question for a VM's picture, as the door hands it in. */
export interface ScreenRequest extends Credentialed {
  /** Managed object id of the VM on the node. */
  readonly id: string
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
    return asUser(this.#gate, node, request, principal => this.#vmOf(node, request, principal)) ?? { refused: 401 }
  }

  #vmOf(node: NodeInfo, { id }: ScreenRequest, principal: Principal): ScreenAnswer {
    const { world, authorization } = this.#gate.services
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
}
