import { durationMs } from '../world/duration.js'
import type { Scenario, Step } from './format.js'
import { ScenarioError } from './error.js'

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
 * step before them.
 * @throws ScenarioError for an unknown step name or an impossible span.
 */
export function timeline(scenario: Scenario): { steps: TimedStep[], end: number } {
  const names = namedSteps(scenario)
  const timed: TimedStep[] = []
  let last = 0
  scenario.steps.forEach((step, index) => {
    const where = `steps.${index}`
    const at = step.at === undefined ? last : moment(step.at, names, where)
    if (!('expect' in step || 'never' in step)) last = at
    const from = step.during !== undefined ? moment(step.during[0], names, where)
      : step.from !== undefined ? moment(step.from, names, where) : at
    const until = step.during !== undefined ? moment(step.during[1], names, where)
      : step.by !== undefined ? moment(step.by, names, where) : at
    if (Math.min(at, from) < 0) throw new ScenarioError(`${where}: begins before the scenario does`)
    if (until < from && !isOpen(step)) throw new ScenarioError(`${where}: ends before it begins`)
    const watchedFrom = step.from === undefined ? from : moment(baseOf(step.from), names, where)
    timed.push({ step, index, at, from, until, watchedFrom })
  })
  const end = Math.max(...timed.map(step => Math.max(step.at, step.from, step.until)))
  return {
    end,
    steps: timed.map(item => isOpen(item.step)
      ? { ...item, from: item.step.from === undefined ? 0 : item.from, until: end }
      : item),
  }
}

/** A `never` that nothing ends but the scenario itself. */
function isOpen(step: Step): boolean {
  return 'never' in step && step.during === undefined && step.by === undefined
}

function namedSteps(scenario: Scenario): Map<string, number> {
  const names = new Map<string, number>()
  let last = 0
  scenario.steps.forEach((step, index) => {
    if ('expect' in step || 'never' in step) return
    if (step.at !== undefined) last = moment(step.at, names, `steps.${index}`)
    if (step.as === undefined) return
    if (names.has(step.as)) throw new ScenarioError(`steps.${index}: there is a step ${step.as} already`)
    names.set(step.as, last)
  })
  return names
}

/** `crash` of `crash+17s`; the settled start for a plain time. */
function baseOf(text: string): string {
  return durationMs(text) === undefined ? text.replace(/[+-]\d[\dsmhd.]*$/, '') : '0s'
}

function moment(text: string, names: ReadonlyMap<string, number>, where: string): number {
  const plain = durationMs(text)
  if (plain !== undefined) return plain
  const match = /^([a-zA-Z][\w-]*?)(?:([+-])(\d[\dsmhd.]*))?$/.exec(text)
  const base = match === null ? undefined : names.get(match[1]!)
  if (match === null || base === undefined) {
    throw new ScenarioError(`${where}: ${text} is neither a time nor a step named before; `
      + `named steps: ${[...names.keys()].join(', ') || 'none'}`)
  }
  if (match[3] === undefined) return base
  const offset = durationMs(match[3])
  if (offset === undefined) throw new ScenarioError(`${where}: ${match[3]} is not a time such as 30s`)
  return match[2] === '-' ? base - offset : base + offset
}
