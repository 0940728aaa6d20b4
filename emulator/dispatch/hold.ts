import { Later } from '../services/call.js'
import type { NodeInfo } from '../services/nodes.js'
import { afterRealMs } from '../world/clock.js'
import type { Gate, Outcome, Request } from './invoke.js'

/** What a door calls: the gate, or the gate behind something. */
export type Invoker = Pick<Gate, 'invoke'>

/**
 * A gate that holds calls for a while before they run: injected `api-delay`s and the peer's
 * `-delay` flags. A client that goes away meanwhile takes its call with it.
 */
export function holdCalls(gate: Invoker, delayMs: (node: NodeInfo, request: Request) => number): Invoker {
  return {
    invoke(node: NodeInfo, request: Request): Outcome {
      const ms = delayMs(node, request)
      if (ms <= 0) return gate.invoke(node, request)
      return {
        kind: 'later',
        later: new Later((done, failed) => {
          let abandon = afterRealMs(ms, () => {
            const outcome = gate.invoke(node, request)
            if (outcome.kind === 'result') done(outcome.value)
            else if (outcome.kind === 'fault') failed(outcome.fault)
            else abandon = outcome.later.start(done, failed)
          })
          return () => abandon()
        }),
      }
    },
  }
}
