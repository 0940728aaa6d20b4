import { callSessionManager, openSession } from '../../dispatch/session-calls.js'
import { EsxcliClient } from '../../dispatch/esxcli-client.js'
import type { Outcome } from '../../dispatch/invoke.js'
import { agentRuns } from '../../physics/hardware/agents.js'
import { chassis } from '../../physics/hardware/chassis.js'
import { localTicketFile } from '../../services/sessions/local-tickets.js'
import type { SessionManagerLocalTicket, TaskInfo } from '../../schema/generated/types.js'
import type { MoRef } from '../../schema/model.js'
import { MethodFault } from '../../services/method-fault.js'
import type { LaterAnswer, Steps } from '../run/steps.js'
import { untilSo } from '../run/steps.js'
import type { Machine } from './program-model.js'

/** Nobody answers at the API: what programs that need hostd say then (operations.md 2). */
export class NoConnection extends Error {
  constructor() {
    super('Connect to localhost failed: Connection failure.')
  }
}

/**
 * The API of the machine's own agent, as its local programs use it: they log in with a ticket that the
 * agent puts into a file for their user (protocols.md 4.4), and log out when they are done.
 */
export class LocalApi {
  readonly machine: Machine
  readonly #program: string
  #cookie: string | undefined

  constructor(machine: Machine, program: string) {
    this.machine = machine
    this.#program = program
  }

  /** Runs something with the API, and gives the session back whatever happens. */
  static * use<T>(machine: Machine, program: string, run: (api: LocalApi) => Steps<T>): Steps<T> {
    const api = new LocalApi(machine, program)
    try {
      yield * api.#answers()
      // Also who only looks is somebody: users without any right see nothing.
      api.#session()
      return yield * run(api)
    } finally {
      api.#close()
    }
  }

  /** Calls a method. @throws MethodFault, NoConnection */
  * call(self: MoRef, method: string, args: object = {}): Steps<unknown> {
    const { gate, node } = this.machine
    const info = gate.services.schema.method(self.type, method)
    if (info === undefined) throw new Error(`no method ${method} of ${self.type}`)
    return yield * this.#value(gate.invoke(node, {
      self, method: info, args: args as Record<string, unknown>, version: gate.services.schema.versions.newest(info.namespace),
      cookie: this.#session(), ...this.#origin(),
    }))
  }

  /** Calls a `_Task` method and waits for its end. @throws MethodFault what the call or the task failed with */
  * task(self: MoRef, method: string, args: object = {}): Steps<TaskInfo> {
    const { world, node } = this.machine
    const ref = (yield * this.call(self, method, args)) as MoRef
    const info = (): TaskInfo | undefined => world.get<{ info: TaskInfo }>(node.name, ref.value)?.props.info
    world.runDue()
    yield * untilSo(() => world.now(), () => !['queued', 'running'].includes(info()?.state ?? 'success'))
    const ended = info()
    if (ended === undefined) throw new NoConnection()
    if (ended.state !== 'error') return ended
    const { fault, localizedMessage } = ended.error!
    const { _typeName, ...fields } = fault as unknown as { _typeName: string } & Record<string, unknown>
    throw new MethodFault(_typeName, fields, localizedMessage)
  }

  /** esxcli's objects at this API. */
  esxcli(): EsxcliClient {
    const { gate, node } = this.machine
    return new EsxcliClient(gate, node, this.#session() ?? '', this.#origin())
  }

  /** The properties of a record, as the API shows stored ones; undefined: there is no such object. */
  props<P extends object>(ref: MoRef): P | undefined {
    return this.machine.world.get<P>(this.machine.node.name, ref.value)?.props as P | undefined
  }

  /** Waits while the agent hangs; @throws NoConnection when none runs */
  * #answers(): Steps<void> {
    const { world, node } = this.machine
    if (node.kind !== 'esxi') return
    const hangs = (): boolean => chassis(world, node.name)?.agents?.hostd === 'hung'
    yield * untilSo(() => world.now(), () => !hangs())
    if (!agentRuns(world, node.name, 'hostd')) throw new NoConnection()
  }

  #session(): string | undefined {
    if (this.#cookie !== undefined) return this.#cookie
    const { gate, world, node, user } = this.machine
    const given = callSessionManager(gate, node, this.#origin(), 'AcquireLocalTicket', { userName: user.name })
    if (given.kind !== 'result') throw given.kind === 'fault' ? given.fault : new NoConnection()
    const { passwordFilePath } = given.value as SessionManagerLocalTicket
    const password = localTicketFile(world, node.name, passwordFilePath) ?? ''
    const opened = openSession(gate, node, this.#origin(), user.name, password)
    if ('fault' in opened) throw new MethodFault(opened.fault)
    this.#cookie = opened.cookie
    return this.#cookie
  }

  #close(): void {
    if (this.#cookie === undefined) return
    const { gate, node } = this.machine
    if (gate.services.sessions.find(node.name, this.#cookie) === undefined) return
    callSessionManager(gate, node, this.#origin(), 'Logout', {}, this.#cookie)
  }

  #origin(): { readonly opId: string, readonly client: { readonly address: string, readonly userAgent: string } } {
    return { opId: this.#program, client: { address: '127.0.0.1', userAgent: this.#program } }
  }

  * #value(outcome: Outcome): Steps<unknown> {
    if (outcome.kind === 'fault') throw outcome.fault
    if (outcome.kind === 'result') return outcome.value
    const answer = (yield { kind: 'later', later: outcome.later }) as LaterAnswer
    if ('error' in answer) throw answer.error
    return answer.value
  }
}
