import type { ConnectExpectation, HttpExpectation } from '../format-expect.js'
import type { HttpAnswer } from '../scenario-lab.js'
import type { Judge, Sight, Verdict } from './model.js'

/** What a client sees of a port. */
export function connectJudge(expectation: ConnectExpectation, { lab }: Sight): Judge {
  const { node, port } = addressOf(expectation)
  return {
    look: () => {
      const actual = lab.probe(node, port, expectation.source)
      return { holds: actual === expectation.is, actual }
    },
    concerns: () => true,
  }
}

/** What a client is answered at a URL. */
export function httpJudge(expectation: HttpExpectation, { lab }: Sight): Judge {
  return { look: () => httpVerdict(expectation, lab.http(expectation.http)), concerns: () => true }
}

/** Compares an HTTP answer with what is expected. */
export function httpVerdict(expectation: HttpExpectation, answer: HttpAnswer | undefined): Verdict {
  if (answer === undefined) return { holds: false, actual: 'nobody can tell on a lab without doors' }
  if (typeof answer === 'string') return { holds: expectation.is === answer, actual: answer }
  const { status, body, is } = expectation
  const holds = (is === undefined || is === 'open') && (status === undefined || status === answer.status)
    && (body?.matches === undefined || new RegExp(body.matches).test(answer.body))
    && (body?.contains === undefined || answer.body.includes(body.contains))
  return { holds, actual: `${answer.status} ${answer.body.slice(0, 200).replace(/\s+/g, ' ')}`.trim() }
}

/** Node and port of `NODE:PORT`. */
export function addressOf({ connect }: Pick<ConnectExpectation, 'connect'>): { node: string, port: number } {
  const colon = connect.lastIndexOf(':')
  return { node: connect.slice(0, colon), port: Number(connect.slice(colon + 1)) }
}
