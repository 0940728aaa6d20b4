import type { ShellExpectation } from '../format-expect.js'
import type { ShellStep } from '../format.js'
import type { ShellOutcome } from '../scenario-lab.js'
import { nodeOf, type Judge, type Sight, type Verdict } from './model.js'

/** What is wanted of a line's end. */
export type WantedOutcome = Pick<ShellStep, 'exit' | 'output'>

/**
 * What a command prints. It is run when the run asks (at the ends of the span, and from time to time in it),
 * never while the lab commits; between two runs the last one counts.
 */
export function shellJudge(expectation: ShellExpectation, sight: Sight): Judge {
  const node = nodeOf(expectation, sight)
  let verdict: Verdict = { holds: false, actual: 'it was not run yet' }
  let running = false
  return {
    look: () => verdict,
    concerns: () => false,
    ask: () => {
      if (running) return
      running = true
      sight.lab.shell({ node, user: expectation.user, line: expectation.shell }, outcome => {
        running = false
        const problem = misfitOf(expectation, outcome)
        verdict = { holds: problem === undefined, actual: problem ?? shownOutcome(outcome) }
      })
      if (running) verdict = { holds: false, actual: 'it has not ended yet' }
    },
  }
}

/** What is not as wanted; undefined: all is. */
export function misfitOf({ exit, output }: WantedOutcome, outcome: ShellOutcome): string | undefined {
  if (outcome === 'unreachable') return outcome
  const { status, output: text } = outcome
  const shown = shownText(text)
  if (exit !== undefined && status !== exit) return `exit ${status}, expected ${exit}${shown}`
  if (output === undefined) return undefined
  const fits = (output.is === undefined || text.trim() === output.is.trim())
    && (output.matches === undefined || new RegExp(output.matches, 'm').test(text))
    && (output.contains === undefined || text.includes(output.contains))
    && (output.not === undefined || !text.includes(output.not))
  return fits ? undefined : `exit ${status}${shown}, expected ${JSON.stringify(output)}`
}

export function shownOutcome(outcome: ShellOutcome): string {
  return outcome === 'unreachable' ? outcome : `exit ${outcome.status}${shownText(outcome.output)}`
}

function shownText(text: string): string {
  const short = text.trim().replace(/\s*\n\s*/g, ' | ')
  return short === '' ? '' : `: ${short.length > 300 ? `${short.slice(0, 300)}…` : short}`
}
