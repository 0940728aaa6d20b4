import { durationMs } from '../world/duration.js'
import { nearestName } from '../world/nearest.js'
import { ScenarioError } from './error.js'
import { expects, type Scenario, type Step } from './format.js'

/** A step with its lab instants in milliseconds from the settled start. */
export interface TimedStep {
  readonly step: Step
  readonly index: number
  /** When an acting step acts, or an `at` expectation must hold. */
  readonly at: number
  /** The span in which an expectation is watched. */
  readonly from: number
  readonly until: number
  /** With `from`: the named step it counts from, since when it must not be true yet. */
  readonly watchedFrom: number
}

/**
 * Turns the times of a scenario into milliseconds. Steps without a time act at the time of the
 * step before them, and after what an `advance` adds to it.
 * @throws ScenarioError for an unknown step name or an impossible span.
 */
export function timeline(scenario: Scenario): { steps: TimedStep[], end: number } {
  const times = actingTimes(scenario)
  const timed = scenario.steps.map((step, index) => timedStep(step, index, times))
  const end = Math.max(times.end, ...timed.map(step => Math.max(step.at, step.from, step.until)))
  return {
    end,
    steps: timed.map(item => isOpen(item.step)
      ? { ...item, from: item.step.from === undefined ? 0 : item.from, until: end }
      : item),
  }
}

/** A `never` that nothing ends but the scenario itself. */
function isOpen(step: Step): step is Extract<Step, { never: unknown }> {
  return 'never' in step && step.during === undefined && step.by === undefined
}

interface Times {
  /** When each step acts, or would if it did, by its position. */
  readonly at: readonly number[]
  readonly names: ReadonlyMap<string, number>
  /** When the last `advance` has passed. */
  readonly end: number
}

function actingTimes(scenario: Scenario): Times {
  const names = new Map<string, number>()
  let last = 0
  const at = scenario.steps.map((step, index) => {
    const path = ['steps', index, 'at']
    // An expectation may look forward to a step that comes after it in the file.
    if (expects(step)) return last
    const start = step.at === undefined ? last : moment(step.at, names, path)
    if (start < 0) throw wrong(path, 'begins before the scenario does')
    if (step.as !== undefined) {
      if (names.has(step.as)) throw wrong(['steps', index, 'as'], `there is a step ${step.as} already`)
      names.set(step.as, start)
    }
    last = 'advance' in step ? start + (durationMs(String(step.advance)) ?? 0) : start
    return start
  })
  return { at, names, end: last }
}

function timedStep(step: Step, index: number, { at: acting, names }: Times): TimedStep {
  const own = acting[index]!
  if (!expects(step)) return { step, index, at: own, from: own, until: own, watchedFrom: own }
  const path = (...keys: PropertyKey[]): PropertyKey[] => ['steps', index, ...keys]
  checkWords(step, path)
  const time = (text: string, ...keys: PropertyKey[]): number => {
    const found = moment(text, names, path(...keys))
    if (found < 0) throw wrong(path(...keys), 'begins before the scenario does')
    return found
  }
  const at = step.at === undefined ? own : time(step.at, 'at')
  const from = step.during !== undefined ? time(step.during[0], 'during', 0)
    : step.from !== undefined ? time(step.from, 'from') : at
  const until = step.during !== undefined ? time(step.during[1], 'during', 1)
    : step.by !== undefined ? time(step.by, 'by') : at
  if (until < from && !isOpen(step)) {
    const key = step.during !== undefined ? 'during' : step.by !== undefined ? 'by' : 'from'
    throw wrong(path(key), 'ends before it begins')
  }
  const watchedFrom = step.from === undefined ? from : time(baseOf(step.from), 'from')
  return { step, index, at, from, until, watchedFrom }
}

/** Time words that exclude each other, or say nothing without another. */
function checkWords(
  { at, from, by, during, ...rest }: Extract<Step, { expect: unknown } | { never: unknown }>,
  path: (...keys: PropertyKey[]) => PropertyKey[],
): void {
  if (during !== undefined && (at ?? from ?? by) !== undefined) {
    throw wrong(path('during'), 'during says from when to when: at, from and by have no place beside it')
  }
  if (at !== undefined && (from ?? by) !== undefined) {
    throw wrong(path('at'), 'at is one moment: from and by have no place beside it')
  }
  if (from !== undefined && by === undefined && !('never' in rest)) {
    throw wrong(path('from'), 'from needs by: when it must be true at the latest')
  }
}

/** `crash` of `crash+17s`; the settled start for a plain time. */
function baseOf(text: string): string {
  return durationMs(text) === undefined ? text.replace(/[+-]\d[\dsmhd.]*$/, '') : '0s'
}

function moment(text: string, names: ReadonlyMap<string, number>, path: readonly PropertyKey[]): number {
  const plain = durationMs(text)
  if (plain !== undefined) return plain
  const match = /^([a-zA-Z][\w-]*?)(?:([+-])(\d[\dsmhd.]*))?$/.exec(text)
  const base = match === null ? undefined : names.get(match[1]!)
  if (match === null || base === undefined) {
    const near = nearestName(match?.[1] ?? text, names.keys())
    const hint = near === undefined ? `named steps: ${[...names.keys()].join(', ') || 'none'}` : `did you mean ${near}?`
    throw wrong(path, `${text} is neither a time nor a step named before; ${hint}`)
  }
  if (match[3] === undefined) return base
  const offset = durationMs(match[3])
  if (offset === undefined) throw wrong(path, `${match[3]} is not a time such as 30s`)
  return match[2] === '-' ? base - offset : base + offset
}

function wrong(path: readonly PropertyKey[], text: string): ScenarioError {
  return new ScenarioError([{ path, text }])
}
