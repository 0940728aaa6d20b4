/** The part of the control API that needs a framework; loaded at the first request that needs it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { z } from 'zod'
import { protoKeyPath } from '../../world/proto-key.js'
import { PROBLEM_TYPE, problem, problemOf, type Problem } from './problem.js'
import type { ControlRoute } from './route-model.js'
import { routes } from './routes.js'
import { ControlError, type ControlTarget } from './target.js'

/** Largest body: an image of a big lab. */
const BODY_LIMIT = 1024 ** 3

/** A function that answers requests with the routes of the table. */
export async function controlApp(
  target: ControlTarget,
  onDefect: (error: unknown) => void,
): Promise<(req: IncomingMessage, res: ServerResponse) => void> {
  const app = Fastify({ bodyLimit: BODY_LIMIT, logger: false })
  app.setErrorHandler((error, _request, reply) => {
    const document = problemOf(error)
    if (document.status >= 500) onDefect(error)
    sendProblem(reply, document)
  })
  app.setNotFoundHandler((request, reply) => {
    sendProblem(reply, problem(404, `no ${request.method} ${request.url}; see /openapi.json`))
  })
  allowEmptyJson(app)
  for (const route of routes) add(app, route, target)
  await app.ready()
  return (req, res) => app.routing(req, res)
}

/** As bytes, or the framework adds a charset that the media type does not have. */
function sendProblem(reply: FastifyReply, document: Problem): void {
  void reply.status(document.status).type(PROBLEM_TYPE).send(Buffer.from(JSON.stringify(document)))
}

function add(app: FastifyInstance, route: ControlRoute, target: ControlTarget): void {
  app.route({
    method: route.method,
    url: route.path,
    handler: (request, reply) => {
      const answer = route.run(target, {
        params: request.params as Record<string, string>,
        query: check(route.query, request.query, 'query'),
        body: check(route.body, request.body, 'body'),
      })
      return reply.type(route.type ?? 'application/json; charset=utf-8')
        .send(route.type === undefined ? JSON.stringify(answer) : answer)
    },
  })
}

/** Clients send `content-type: application/json` with nothing on DELETE and POST. */
function allowEmptyJson(app: FastifyInstance): void {
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : parsed(body as string))
    } catch (error) {
      done(error instanceof ControlError ? error : new ControlError(400, `the body is not JSON: ${(error as Error).message}`))
    }
  })
}

/** `__proto__`, also with its underscores escaped: what has neither needs no second look. */
const MAYBE_PROTO = /__proto__|\\u00/i

function parsed(body: string): unknown {
  const value = JSON.parse(body) as unknown
  const proto = MAYBE_PROTO.test(body) ? protoKeyPath(value) : undefined
  if (proto !== undefined) throw new ControlError(400, `body.${proto.join('.')}: there is no option ${String(proto.at(-1))}`)
  return value
}

function check(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (schema === undefined) return undefined
  const result = schema.safeParse(value ?? {})
  if (result.success) return result.data
  const problems = result.error.issues.map(issue => `${[where, ...issue.path].join('.')}: ${issue.message}`)
  throw new ControlError(400, problems.join('; '))
}
