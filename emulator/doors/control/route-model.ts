/** One route of the control API. */
import type { z } from 'zod'
import type { ControlTarget } from './target.js'

/** What a handler is given, checked. */
export interface ControlRequest {
  readonly params: Readonly<Record<string, string>>
  readonly query: unknown
  readonly body: unknown
}

export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With `:name` for parameters. */
  readonly path: string
  readonly summary: string
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly answer: z.ZodType
  /** Content type of the answer when it is not JSON. */
  readonly type?: string
  readonly run: (target: ControlTarget, request: ControlRequest) => unknown
}

/** Defines a route whose handler sees its body or query typed. */
export function route<B extends z.ZodType = z.ZodUnknown, Q extends z.ZodType = z.ZodUnknown>(
  definition: Omit<ControlRoute, 'run' | 'body' | 'query'> & {
    readonly body?: B
    readonly query?: Q
    readonly run: (
      target: ControlTarget,
      request: { params: Readonly<Record<string, string>>, body: z.output<B>, query: z.output<Q> },
    ) => unknown
  },
): ControlRoute {
  return definition as unknown as ControlRoute
}
