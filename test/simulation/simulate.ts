import { planOf, type PlanOptions } from './plan.js'
import { runPlan } from './run.js'
import { scenarioOf, shrink } from './shrink.js'

export interface SimulateOptions extends Pick<PlanOptions, 'hosts' | 'hours'> {
  readonly from: number
  readonly to: number
  readonly shrink: boolean
  readonly hashes: boolean
  readonly say: (line: string) => void
}

/** Runs a range of seeds; returns the number of seeds with a broken invariant. */
export function simulate(options: SimulateOptions): number {
  const { from, to, say } = options
  const reached = new Map<string, number>()
  let failed = 0
  for (let seed = from; seed <= to; seed += 1) {
    const plan = planOf(seed, options)
    const outcome = runPlan(plan, { hash: options.hashes })
    for (const what of outcome.reached) reached.set(what, (reached.get(what) ?? 0) + 1)
    if (options.hashes) say(`${seed} ${outcome.hash}`)
    const [first] = outcome.violations
    if (first === undefined) continue
    failed += 1
    say(`seed ${seed}: ${outcome.violations.length} times; first ${first.invariant} at ${first.at} ms: ${first.text}`)
    if (!options.shrink) continue
    const small = shrink(plan, first.invariant, candidate => runPlan(candidate, { first: true }))
    say(scenarioOf(small, `seed ${seed}, ${first.invariant}: ${first.text}`))
  }
  say(`seeds ${from} to ${to}: ${failed} with a broken invariant`)
  for (const [what, count] of [...reached].sort()) say(`  in ${count}: ${what}`)
  return failed
}
