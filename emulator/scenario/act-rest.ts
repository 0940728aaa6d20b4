/** What `rest` steps do: a REST request of a logged-in user, and what is expected of its answer. */
import { compare, shown, type Comparison } from './compare.js'
import type { RestStep } from './format.js'
import { defaultNode, readPath, resolveRefs } from './objects.js'
import type { RestOutcome, ScenarioLab, ScenarioRest } from './scenario-lab.js'

/** The request that a step makes. */
export function restRequest(step: RestStep, { world }: ScenarioLab): ScenarioRest {
  const space = step.rest.indexOf(' ')
  return {
    node: step.node ?? defaultNode(world), user: step.user, port: step.port ?? 443,
    method: step.rest.slice(0, space), path: step.rest.slice(space + 1), body: step.body,
  }
}

/** Sends the request of a step now. */
export function actRest(step: RestStep, lab: ScenarioLab): { readonly kind: 'act' | 'failed', readonly text: string } {
  const request = restRequest(step, lab)
  const outcome = lab.rest(request)
  const problem = misfit(step, request.node, outcome, lab)
  const at = request.port === 443 ? request.node : `${request.node}:${request.port}`
  return {
    kind: problem === undefined ? 'act' : 'failed',
    text: `rest ${step.rest} at ${at}: ${typeof outcome === 'string' ? outcome : outcome.status}`
      + (problem === undefined ? '' : `, ${problem}`),
  }
}

/** What is not as expected; undefined: all is. */
function misfit(step: RestStep, node: string, outcome: RestOutcome, { world }: ScenarioLab): string | undefined {
  if (typeof outcome === 'string') return outcome === step.is ? undefined : `expected ${step.is ?? 'an answer'}`
  if (step.is !== undefined) return `expected ${step.is}`
  const { status, body } = outcome
  const isSuccess = status >= 200 && status < 300
  if (step.status === undefined ? !isSuccess : status !== step.status) {
    return `expected ${step.status ?? 'a success'}${isSuccess ? '' : `: ${shown(body).slice(0, 200)}`}`
  }
  if (step.result === undefined) return undefined
  const { property, ...comparison } = step.result
  const value = property === undefined ? body : readPath(body, property)
  return compare(resolveRefs(world, node, comparison) as Comparison, value) ? undefined
    : `result is ${shown(value)}, expected ${JSON.stringify(comparison)}`
}
