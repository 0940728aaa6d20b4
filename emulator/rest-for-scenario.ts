import { RestGate, restOperationNames } from './dispatch/rest.js'
import type { Lab } from './lab.js'
import { doorState } from './physics/network/doors.js'
import type { RestOutcome, ScenarioRest } from './scenario/scenario-lab.js'
import { nodeInfo, type NodeInfo } from './services/nodes.js'
import { managementOutage, outageOf } from './services/outage.js'
import type { VapiReply } from './vapi/vapi-error.js'

/** A client without a browser, on the lab's own machine. */
const CLIENT = { address: '127.0.0.1', userAgent: 'fauxsphere scenario' }

/**
 * REST requests of scenarios, through the gate that the doors use, by the rules that the doors go by.
 * At 443 a user has one session, opened when it is needed, and again when it has ended; 5480 takes the
 * login with each request.
 */
export class ScenarioRestClient {
  readonly #lab: Lab
  readonly #gates: { readonly 443: RestGate, readonly 5480: RestGate }
  /** Ids by node and user. */
  readonly #sessions = new Map<string, string>()

  constructor(lab: Lab) {
    this.#lab = lab
    this.#gates = { 443: new RestGate(lab.gate), 5480: new RestGate(lab.gate, 'management') }
  }

  send(request: ScenarioRest): RestOutcome {
    const { world } = this.#lab
    const { node, port, path } = request
    const info = nodeInfo(world, node)
    const { answer } = doorState(world, node, port, CLIENT.address)
    if (info === undefined || answer !== 'open') return answer === 'open' ? 'timeout' : answer
    const outage = port === 443 ? outageOf(world, node, path) : managementOutage(world, node)
    if (outage !== undefined) return { status: 503, body: outage }
    const { status, body } = port === 443 ? this.#inSession(info, request) : this.#answer(info, request, undefined)
    return { status, body: body === undefined ? undefined : JSON.parse(JSON.stringify(body)) as unknown }
  }

  /** What there is; undefined: the request is among it. */
  miss({ port, method, path }: ScenarioRest): readonly string[] | undefined {
    const [bare = '', query = ''] = path.split('?', 2)
    return this.#gates[port].knows({ method, path: bare, query }) ? undefined : restOperationNames()
  }

  #inSession(info: NodeInfo, request: ScenarioRest): VapiReply {
    const key = `${info.name}/${request.user ?? ''}`
    const known = this.#sessions.get(key)
    const answer = known === undefined ? undefined : this.#answer(info, request, known)
    if (answer !== undefined && answer.status !== 401) return answer
    const login = this.#answer(info, { ...request, method: 'POST', path: '/api/session', body: undefined }, undefined)
    if (login.opened === undefined) return login
    this.#sessions.set(key, login.opened)
    return this.#answer(info, request, login.opened)
  }

  #answer(info: NodeInfo, { port, user, method, path, body }: ScenarioRest, sessionId: string | undefined): VapiReply {
    const [bare = '', query = ''] = path.split('?', 2)
    const { userName, password } = this.#lab.loginFor(info)
    return this.#gates[port].answer(info, {
      method, path: bare, query, sessionId, cookie: undefined, login: { userName: user ?? userName, password },
      body: body === undefined ? '' : JSON.stringify(body), opId: 'scenario', client: CLIENT,
    })
  }
}
