/** The OpenAPI 3.1 document of the control API, made from the route table. */
import { z } from 'zod'
import type { ControlRoute } from './route-model.js'
import { problem } from './schemas.js'

type Json = Record<string, unknown>

/** The document. */
export function openApi(routes: readonly ControlRoute[], version: string): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  paths['/v1/events'] = { get: events() }
  return {
    openapi: '3.1.0',
    info: {
      title: 'fauxsphere control API', version,
      description: 'Controls a running lab. Not a part of the simulated product.',
    },
    paths,
    components: { schemas: { Problem: jsonSchema(problem, 'output') } },
  }
}

function operation(route: ControlRoute): Json {
  const parameters = [...pathParameters(route), ...queryParameters(route)]
  const type = route.type?.split(';', 1)[0] ?? 'application/json'
  return {
    summary: route.summary,
    operationId: operationId(route),
    ...parameters.length === 0 ? {} : { parameters },
    ...route.body === undefined ? {} : {
      requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(route.body, 'input') } } },
    },
    responses: {
      200: { description: 'Done', content: { [type]: { schema: jsonSchema(route.answer, 'output') } } },
      default: {
        description: 'A problem document (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

/** `postV1ClockAdvance`. */
function operationId(route: ControlRoute): string {
  const words = route.path.split(/[^A-Za-z0-9]+/).filter(word => word !== '')
  return route.method.toLowerCase() + words.map(word => word[0]!.toUpperCase() + word.slice(1)).join('')
}

function pathParameters(route: ControlRoute): Json[] {
  return [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name, in: 'path', required: true, schema: { type: 'string' },
  }))
}

function queryParameters(route: ControlRoute): Json[] {
  if (route.query === undefined) return []
  const schema = jsonSchema(route.query, 'input') as { properties?: Record<string, Json>, required?: string[] }
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name, in: 'query', required: schema.required?.includes(name) ?? false, schema: property,
  }))
}

function events(): Json {
  return {
    summary: 'WebSocket: journal entries as they come, one JSON text each',
    operationId: 'getV1Events',
    parameters: [{
      name: 'since', in: 'query', required: false, schema: { type: 'integer', minimum: 0 },
      description: 'Begin with the entries after this revision',
    }],
    responses: { 101: { description: 'Switching protocols' } },
  }
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  return rest
}
