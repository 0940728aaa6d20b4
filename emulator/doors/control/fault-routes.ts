/** Routes of faults and scenarios: what one does to a lab. */
import { Readable } from 'node:stream'
import { route, type ControlRoute } from './route-model.js'
import * as shapes from './schemas.js'
import { ControlError, type ControlTarget } from './target.js'
import { parseDuration } from './units.js'

/** Type of a stream of JSON texts, one a line. */
const LINES_TYPE = 'application/x-ndjson'

export const faultRoutes: readonly ControlRoute[] = [
  route({
    method: 'GET', path: '/v1/faults', summary: 'Kinds of faults, and those in force',
    answer: shapes.faultList,
    run: target => ({ kinds: target.faultKinds(), active: target.activeFaults() }),
  }),
  route({
    method: 'POST', path: '/v1/faults', summary: 'Injects a fault', body: shapes.injection,
    answer: shapes.activeFault,
    run: (target, { body }) => target.inject(body.fault, body.target, body.options, {
      as: body.as, forMs: body.for === undefined ? undefined : parseDuration(body.for),
    }),
  }),
  route({
    method: 'DELETE', path: '/v1/faults', summary: 'Heals all faults', answer: shapes.healed,
    run: target => ({ healed: healAll(target) }),
  }),
  route({
    method: 'DELETE', path: '/v1/faults/:id', summary: 'Heals the fault of an id, or those of a name',
    answer: shapes.healed,
    run: (target, { params }) => ({ healed: target.heal(params['id']!) }),
  }),
]

export const scenarioRoutes: readonly ControlRoute[] = [
  route({
    method: 'GET', path: '/v1/scenarios', summary: 'Scenario files that come with the product',
    answer: shapes.scenarios, run: target => target.scenarios(),
  }),
  route({
    method: 'POST', path: '/v1/scenarios', summary: 'Runs a scenario on this lab',
    body: shapes.scenarioWish, answer: shapes.scenarioRun,
    run: (target, { body }) => target.startScenario(body.text, body.name),
  }),
  route({
    method: 'GET', path: '/v1/scenarios/runs', summary: 'Scenarios that were started on this lab',
    answer: shapes.scenarioRuns, run: target => target.scenarioRuns(),
  }),
  route({
    method: 'GET', path: '/v1/scenarios/:id', summary: 'How a scenario on this lab stands, or ended',
    answer: shapes.scenarioRun, run: (target, { params }) => target.scenarioRun(params['id']!),
  }),
  route({
    method: 'GET', path: '/v1/scenarios/:id/timeline', type: LINES_TYPE, answer: shapes.text,
    summary: 'Lines of the report as they come, { item } each, and { end }',
    run: (target, { params }) => timelineOf(target, params['id']!),
  }),
  route({
    method: 'DELETE', path: '/v1/scenarios/:id', summary: 'Ends a scenario before its time',
    answer: shapes.scenarioRun, run: (target, { params }) => target.abortScenario(params['id']!),
  }),
  route({
    method: 'GET', path: '/v1/recording', summary: 'What was done to this lab, as a scenario file',
    answer: shapes.text, type: 'application/yaml', run: target => target.recording(),
  }),
]

function timelineOf(target: ControlTarget, id: string): Readable {
  target.scenarioRun(id)
  let cancel = (): void => {}
  const lines = new Readable({ read() {}, destroy(error, done) { cancel(); done(error) } })
  cancel = target.followScenario(id, text => lines.push(`${text}\n`), () => lines.push(null))
  return lines
}

/** Ends every fault that can be undone, newest first. */
function healAll(target: ControlTarget): unknown[] {
  return [...target.activeFaults()].reverse().flatMap(({ id }) => {
    try {
      return target.heal(id)
    } catch (error) {
      if (error instanceof ControlError) return []
      throw error
    }
  })
}

