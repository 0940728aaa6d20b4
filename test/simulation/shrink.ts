import { durationText } from '../../emulator/world/duration.js'
import type { SimOutcome } from './run.js'
import type { SimPlan, SimStep } from './plan.js'

/**
 * Makes a failing schedule smaller while the same invariant is broken: leaves out steps, shortens
 * faults, and moves what is left together (availability.md section 7, rule 6).
 */
export function shrink(plan: SimPlan, invariant: string, run: (plan: SimPlan) => SimOutcome): SimPlan {
  const fails = (candidate: SimPlan): boolean => run(candidate).violations.some(each => each.invariant === invariant)
  let best = plan
  for (let changed = true; changed;) {
    changed = false
    for (const candidate of smaller(best)) {
      if (!fails(candidate)) continue
      best = candidate
      changed = true
      break
    }
  }
  return best
}

function* smaller(plan: SimPlan): Generator<SimPlan> {
  const half = Math.floor(plan.steps.length / 2)
  if (half > 1) {
    yield { ...plan, steps: plan.steps.slice(half) }
    yield { ...plan, steps: plan.steps.slice(0, half) }
  }
  for (let i = 0; i < plan.steps.length && plan.steps.length > 1; i += 1) {
    yield { ...plan, steps: plan.steps.filter((_, index) => index !== i) }
  }
  const last = Math.max(...plan.steps.map(step => step.at + ('forMs' in step ? step.forMs ?? 0 : 0)))
  const early = Math.ceil((last + 60_000) / 60_000) * 60_000
  if (early < plan.healedAt) yield { ...plan, healedAt: early, end: early + (plan.end - plan.healedAt) }
  const first = plan.steps[0]?.at ?? 0
  if (first > 60_000) yield { ...plan, steps: plan.steps.map(step => ({ ...step, at: step.at - first + 1000 })) }
}

/** A schedule as a scenario file, so that it can be kept and read. */
export function scenarioOf(plan: SimPlan, title: string): string {
  return JSON.stringify({
    scenario: title, lab: plan.lab, seed: plan.seed, settle: '120s', steps: plan.steps.map(scenarioStep),
  }, null, 2)
}

function scenarioStep(step: SimStep): Record<string, unknown> {
  const at = durationText(step.at)
  if ('call' in step) return { at, call: step.call, object: step.object, ...(step.args === undefined ? {} : { args: step.args }) }
  return {
    at, inject: step.inject, target: step.target, ...step.options,
    ...(step.forMs === undefined ? {} : { for: durationText(step.forMs) }),
  }
}
