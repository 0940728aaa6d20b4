/** The routes of the control API: one table that is served, checked and documented. */
import { faultRoutes, scenarioRoutes } from './fault-routes.js'
import { METRICS_TYPE, metricsText, processMetrics } from './metrics.js'
import { openApi } from './openapi.js'
import { route, type ControlRoute } from './route-model.js'
import * as shapes from './schemas.js'
import { clockWish, parseDuration, parsePoint } from './units.js'

const basics: readonly ControlRoute[] = [
  route({
    method: 'GET', path: '/health', summary: 'The process lives', answer: shapes.health,
    run: () => ({ status: 'ok' }),
  }),
  route({
    method: 'GET', path: '/ready', summary: 'Every door is open (503 before)', answer: shapes.ready,
    run: target => ({ ready: target.isReady(), revision: target.lab().revision }),
  }),
  route({
    method: 'GET', path: '/version', summary: 'Version of the product', answer: shapes.version,
    run: target => ({ name: 'fauxsphere', version: target.version, node: process.version }),
  }),
  route({
    method: 'GET', path: '/metrics', summary: 'Metrics for Prometheus', answer: shapes.text,
    type: METRICS_TYPE, run: target => metricsText([...target.metrics(), ...processMetrics()]),
  }),
  route({
    method: 'GET', path: '/openapi.json', summary: 'This document', answer: shapes.anything,
    run: target => openApi(routes, target.version),
  }),
]

const labRoutes: readonly ControlRoute[] = [
  route({
    method: 'GET', path: '/v1/lab', summary: 'The lab in a few numbers', answer: shapes.lab,
    run: target => target.lab(),
  }),
  route({
    method: 'GET', path: '/v1/nodes', summary: 'The nodes and how to log in', answer: shapes.nodes,
    run: target => target.nodes(),
  }),
  route({
    method: 'GET', path: '/v1/nodes/:name/screen', answer: shapes.png, type: 'image/png',
    summary: 'What the screen that is plugged into a host shows, as a PNG (409 without power)',
    run: (target, { params }) => target.hostScreen(params['name']!),
  }),
  route({
    method: 'POST', path: '/v1/nodes/:name/keys', body: shapes.hostKeys, answer: shapes.done,
    summary: 'Types at the keyboard that is plugged into a host',
    run: (target, { params, body }) => {
      target.hostKeys(params['name']!, body.keys)
      return {}
    },
  }),
  route({
    method: 'GET', path: '/v1/consoles', summary: 'Open consoles, and where plain VNC listens', answer: shapes.consoles,
    run: target => target.consoles(),
  }),
  route({
    method: 'GET', path: '/v1/clock', summary: 'The lab clock', answer: shapes.clock,
    run: target => target.clock(),
  }),
  route({
    method: 'PUT', path: '/v1/clock', summary: 'Changes the clock', body: shapes.clockWish,
    answer: shapes.clock,
    run: (target, { body }) => {
      const { mode, factor } = clockWish(body.clock)
      target.changeClock(mode, factor)
      return target.clock()
    },
  }),
  route({
    method: 'POST', path: '/v1/clock/advance', summary: 'Moves the manual clock on',
    body: shapes.advance, answer: shapes.clock,
    run: (target, { body }) => {
      target.advance(parseDuration(body.duration))
      return target.clock()
    },
  }),
  route({
    method: 'GET', path: '/v1/truth', summary: 'What physically is; no door of the product shows it',
    answer: shapes.anything, run: target => target.truth(),
  }),
  route({
    method: 'GET', path: '/v1/coverage', summary: 'What is emulated', answer: shapes.anything,
    run: target => target.coverage(),
  }),
]

const historyRoutes: readonly ControlRoute[] = [
  route({
    method: 'GET', path: '/v1/journal', summary: 'Journal entries after a revision',
    query: shapes.page, answer: shapes.journal,
    run: (target, { query }) => target.journal(query.since, query.limit),
  }),
  route({
    method: 'GET', path: '/v1/requests', summary: 'The newest calls, and near misses',
    answer: shapes.requests, run: target => target.requests(),
  }),
  route({
    method: 'GET', path: '/v1/checkpoints', summary: 'States kept in memory',
    answer: shapes.checkpoints, run: target => target.checkpoints(),
  }),
  route({
    method: 'POST', path: '/v1/checkpoints', summary: 'Keeps the present state under a name',
    body: shapes.checkpointName, answer: shapes.checkpoint,
    run: (target, { body }) => target.saveCheckpoint(body.name),
  }),
  route({
    method: 'GET', path: '/v1/checkpoints/current', summary: 'The present state as a file',
    answer: shapes.anything, run: target => target.image(),
  }),
  route({
    method: 'PUT', path: '/v1/checkpoints/current', summary: 'Loads a state from a file',
    body: shapes.anything, answer: shapes.lab,
    run: (target, { body }) => {
      target.loadImage(body)
      return target.lab()
    },
  }),
  route({
    method: 'POST', path: '/v1/checkpoints/:name/load', summary: 'Goes back to a kept state',
    answer: shapes.lab,
    run: (target, { params }) => {
      target.loadCheckpoint(params['name']!)
      return target.lab()
    },
  }),
  route({
    method: 'DELETE', path: '/v1/checkpoints/:name', summary: 'Forgets a kept state',
    answer: shapes.checkpoints,
    run: (target, { params }) => {
      target.removeCheckpoint(params['name']!)
      return target.checkpoints()
    },
  }),
  route({
    method: 'POST', path: '/v1/checkpoints/rewind', summary: 'Goes back to a revision or a time',
    body: shapes.rewind, answer: shapes.lab,
    run: (target, { body }) => {
      target.rewind(parsePoint(body.to))
      return target.lab()
    },
  }),
  route({
    method: 'POST', path: '/v1/reset', summary: 'Goes back to the state after the start',
    answer: shapes.lab,
    run: target => {
      target.reset()
      return target.lab()
    },
  }),
]

/** All routes, in the order of the document. */
export const routes: readonly ControlRoute[] = [...basics, ...labRoutes, ...faultRoutes, ...scenarioRoutes, ...historyRoutes]
