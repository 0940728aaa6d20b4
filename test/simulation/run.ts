import { FaultError } from '../../emulator/faults/active.js'
import { checkLab } from '../../emulator/inventory/check-lab.js'
import { Lab } from '../../emulator/lab.js'
import { isUp } from '../../emulator/physics/hardware/chassis.js'
import { callVcenter } from './call.js'
import type { CheckerKind, Violation } from './checker.js'
import { checkers } from './checkers/index.js'
import type { SimPlan, SimStep } from './plan.js'

/** What came of one schedule. */
export interface SimOutcome {
  readonly violations: readonly Violation[]
  /** Hash over the whole journal. */
  readonly hash: string
  readonly reached: ReadonlySet<string>
  readonly entries: number
}

export interface SimOptions {
  readonly checkers?: readonly CheckerKind[]
  /** Changes the lab before anything happens: wrong rules, for the tests of the checkers. */
  readonly spoil?: (lab: Lab) => void
  /** Stop at the first broken invariant. */
  readonly first?: boolean
  /** False: the journal is not written and hashed, which costs a tenth of a run. */
  readonly hash?: boolean
}

const SETTLE_MS = 120_000

/** Plays a schedule on a lab of its own, every checker looking after every entry of the journal. */
export function runPlan(plan: SimPlan, options: SimOptions = {}): SimOutcome {
  const lab = new Lab({
    lab: checkLab(plan.lab, 'simulation'), seed: String(plan.seed), clock: { mode: 'manual' }, recordJournal: options.hash !== false,
    behaviour: { durations: 'realistic' },
  })
  const violations: Violation[] = []
  const reached = new Set<string>()
  let entries = 0
  try {
    options.spoil?.(lab)
    lab.world.onDefect = error => { violations.push({ invariant: 'defect', at: lab.world.now(), text: String(error instanceof Error ? error.stack : error) }) }
    lab.world.advance(SETTLE_MS)
    const start = lab.world.now()
    const live = (options.checkers ?? checkers).map(kind => kind.make({
      lab, plan, start, reached: what => reached.add(what),
      broken: text => violations.push({ invariant: kind.invariant, at: lab.world.now() - start, text }),
    }))
    const unsubscribe = lab.world.subscribe(entry => {
      entries += 1
      for (const checker of live) checker.after?.(entry)
    })
    const look = (): void => { for (const checker of live) checker.look?.(lab.world.now()) }
    play(lab, plan, start, look, () => options.first === true && violations.length > 0)
    unsubscribe()
    if (options.first !== true || violations.length === 0) for (const checker of live) checker.end?.()
    return { violations, hash: lab.world.journal.digest() ?? '', reached, entries }
  } finally {
    lab.stop()
  }
}

/** Time after a change until everything about it has been decided, in milliseconds. */
const DECIDED_MS = 40_000

function play(lab: Lab, plan: SimPlan, start: number, look: () => void, enough: () => boolean): void {
  const deeds = [
    ...plan.steps.map(step => ({ at: step.at, run: () => act(lab, step) })),
    ...plan.steps.flatMap(step => [step.at, step.at + ('forMs' in step ? step.forMs ?? 0 : 0)])
      .map(at => ({ at: at + DECIDED_MS, run: look })),
    { at: plan.healedAt, run: () => repair(lab) },
    { at: plan.end, run: look },
  ].sort((a, b) => a.at - b.at)
  for (const deed of deeds) {
    lab.world.advance(Math.max(0, start + deed.at - lab.world.now()))
    if (enough()) return
    deed.run()
  }
}

/** Everything heals; services that stopped stay so until somebody starts them. */
function repair(lab: Lab): void {
  lab.faults.healAll()
  if (isUp(lab.world, 'vc-01')) lab.faults.inject('service-start', 'vc-01', { service: 'all' })
}

function act(lab: Lab, step: SimStep): void {
  if ('call' in step) {
    callVcenter(lab, step.object, step.call, step.args)
    return
  }
  try {
    lab.faults.inject(step.inject, step.target, { ...step.options }, step.forMs === undefined ? {} : { forMs: step.forMs })
  } catch (error) {
    // A plan that was made smaller may name what is not there any more.
    if (!(error instanceof FaultError)) throw error
  }
}
