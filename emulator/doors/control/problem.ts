/** Errors of the control API as RFC 9457 problem documents. */
import { STATUS_CODES } from 'node:http'
import { ControlError } from './target.js'

export const PROBLEM_TYPE = 'application/problem+json'

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
}

/** A problem document for a status. */
export function problem(status: number, detail: string): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail }
}

/** What a client is told of a thrown value; a defect of ours tells no internals. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ControlError) return problem(error.status, error.message)
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return problem(status, (error as Error).message)
  }
  return problem(500, 'internal error of the simulator; see the lab log')
}
