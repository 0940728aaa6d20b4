import { FaultBoard, FaultError } from '../faults/active.js'
import type { World } from '../world/world.js'
import { judge, type Probe, type Surroundings, type Verdict } from './expectations.js'
import { durationMs } from '../world/duration.js'
import type { Expectation, Scenario, Step } from './format.js'
import { ScenarioError } from './error.js'
import { timeline, type TimedStep } from './timeline.js'
import { LAB } from '../physics/hardware/chassis.js'

/** Makes a call on a node as a user; gives the name of the MethodFault, or undefined. */
export type Caller = (
  call: { node: string | undefined, user: string | undefined, object: string, method: string, args: Record<string, unknown> },
) => string | undefined

/** What the runner needs of a lab. */
export interface ScenarioLab {
  readonly world: World
  readonly faults: FaultBoard
  readonly probe: Probe
  readonly call: Caller
}

/** One line of the report. */
export interface TimelineItem {
  /** Milliseconds since the settled start. */
  readonly at: number
  readonly kind: 'act' | 'note' | 'event' | 'passed' | 'failed'
  readonly text: string
}

export interface ScenarioResult {
  readonly scenario: string
  readonly seed: string
  readonly passed: boolean
  readonly expectations: number
  readonly failed: number
  /** Hash over the whole journal of the run: equal runs have equal hashes. */
  readonly journal: string
  readonly timeline: readonly TimelineItem[]
}

interface Watch {
  readonly timed: TimedStep
  readonly never: boolean
  settled: 'passed' | 'failed' | undefined
  history: string
}

/**
 * Runs a scenario on a lab whose clock is manual: jobs run one by one in order of their instants,
 * and every open expectation is looked at after each of them.
 * @throws ScenarioError when a step cannot be carried out at all.
 */
export function runScenario(scenario: Scenario, lab: ScenarioLab): ScenarioResult {
  const { steps, end } = timeline(scenario)
  lab.world.advance(durationMs(scenario.settle) ?? 0)
  return new Run(scenario, lab, steps).play(end)
}

class Run {
  readonly #scenario: Scenario
  readonly #lab: ScenarioLab
  readonly #start: number
  readonly #acts: TimedStep[]
  readonly #watches: Watch[]
  readonly #items: TimelineItem[] = []
  readonly #around: Surroundings
  readonly #faultIds = new Map<string, string>()

  constructor(scenario: Scenario, lab: ScenarioLab, steps: readonly TimedStep[]) {
    this.#scenario = scenario
    this.#lab = lab
    this.#start = lab.world.now()
    const expects = (step: Step): boolean => 'expect' in step || 'never' in step
    this.#acts = steps.filter(({ step }) => !expects(step)).sort((a, b) => a.at - b.at)
    this.#watches = steps.filter(({ step }) => expects(step)).map(timed => ({
      timed, never: 'never' in timed.step || timed.step.during !== undefined, settled: undefined, history: '',
    }))
    this.#around = { world: lab.world, probe: lab.probe, since: 0, eventsAfter: eventPositions(lab.world) }
  }

  play(end: number): ScenarioResult {
    const stops = [...new Set([
      ...this.#acts.map(step => step.at),
      ...this.#watches.flatMap(({ timed }) => [timed.watchedFrom, timed.from, timed.until, timed.until + 1]),
      end,
    ])].filter(at => at >= 0 && at <= end + 1).sort((a, b) => a - b)
    const unsubscribe = this.#lab.world.subscribe(entry => {
      for (const item of entry.appended) if (item.log.startsWith('events/')) this.#noteEvent(item.log, item.value)
    })
    try {
      for (const stop of stops) this.#goTo(stop)
    } finally {
      unsubscribe()
    }
    for (const watch of this.#watches) this.#close(watch)
    return this.#result()
  }

  #goTo(stop: number): void {
    const { world } = this.#lab
    const target = this.#start + stop
    for (let next = world.agenda.peek(); next !== undefined && next.due <= target; next = world.agenda.peek()) {
      world.advance(Math.max(0, next.due - world.now()))
      this.#look()
    }
    world.advance(Math.max(0, target - world.now()))
    for (const act of this.#acts.filter(step => step.at === stop)) this.#act(act)
    this.#look()
  }

  #act({ step, index }: TimedStep): void {
    const where = `steps.${index}`
    try {
      if ('inject' in step) this.#inject(step)
      else if ('heal' in step) this.#heal(step.heal)
      else if ('note' in step) this.#item('note', step.note)
      else if ('call' in step) this.#call(step)
    } catch (error) {
      if (error instanceof FaultError) throw new ScenarioError(`${where}: ${error.message}`)
      throw error
    }
  }

  #inject(step: Extract<Step, { inject: string }>): void {
    const { inject, target, at: _at, as, from: _from, by: _by, during: _during, ...options } = step
    const active = this.#lab.faults.inject(inject, target, options)
    if (as !== undefined) this.#faultIds.set(as, active.id)
    this.#item('act', `inject ${inject} on ${target}`)
  }

  #heal(name: string): void {
    const id = this.#faultIds.get(name) ?? this.#lab.faults.active().find(fault => fault.fault === name)?.id ?? name
    this.#lab.faults.heal(id)
    this.#item('act', `heal ${name}`)
  }

  #call(step: Extract<Step, { call: string }>): void {
    const { call, object, node, user, args, fault } = step
    const thrown = this.#lab.call({ node, user, object, method: call, args: args ?? {} })
    const good = thrown === fault
    this.#items.push({
      at: this.#now(), kind: good ? 'act' : 'failed',
      text: `call ${call} on ${object}: ${thrown ?? 'ok'}${good ? '' : `, expected ${fault ?? 'ok'}`}`,
    })
  }

  #look(): void {
    const now = this.#now()
    for (const watch of this.#watches) {
      if (watch.settled !== undefined || now > watch.timed.until) {
        if (watch.settled === undefined && now > watch.timed.until) this.#close(watch)
        continue
      }
      this.#judge(watch, now)
    }
  }

  #judge(watch: Watch, now: number): void {
    const { step, from, until, watchedFrom } = watch.timed
    if (now < watchedFrom) return
    const since = this.#start + (watch.never ? from : watchedFrom)
    const verdict = judge(expectationOf(step), { ...this.#around, since })
    watch.history = verdict.actual
    if (now < from) {
      const early = step.from !== undefined && !watch.never && verdict.holds
      if (early) this.#settle(watch, false, verdict, 'true too early')
      return
    }
    if ('never' in step) {
      if (verdict.holds) this.#settle(watch, false, verdict, 'happened')
    } else if (watch.never) {
      if (!verdict.holds) this.#settle(watch, false, verdict, 'did not hold throughout')
    } else if (isCount(step)) {
      if (now === until) this.#settle(watch, verdict.holds, verdict, 'at the end')
    } else if (verdict.holds) {
      this.#settle(watch, true, verdict, 'holds')
    } else if (now >= until) {
      this.#settle(watch, false, verdict, 'not in time')
    }
  }

  #close(watch: Watch): void {
    if (watch.settled !== undefined) return
    const good = watch.never
    this.#settle(watch, good, { holds: good, actual: watch.history }, good ? 'throughout' : 'not in time')
  }

  #settle(watch: Watch, passed: boolean, verdict: Verdict, why: string): void {
    watch.settled = passed ? 'passed' : 'failed'
    const { step } = watch.timed
    const what = JSON.stringify('never' in step ? { never: step.never } : expectationOf(step))
    this.#item(passed ? 'passed' : 'failed', `${what} (${why}; ${verdict.actual})`)
  }

  #noteEvent(log: string, value: unknown): void {
    const event = value as { _typeName?: string, eventTypeId?: string, fullFormattedMessage?: string }
    const type = event.eventTypeId ?? event._typeName ?? ''
    this.#item('event', `${log.slice('events/'.length)}: ${type}: ${event.fullFormattedMessage ?? ''}`)
  }

  #item(kind: TimelineItem['kind'], text: string): void {
    this.#items.push({ at: this.#now(), kind, text })
  }

  #now(): number {
    return this.#lab.world.now() - this.#start
  }

  #result(): ScenarioResult {
    const failed = this.#items.filter(item => item.kind === 'failed').length
    return {
      scenario: this.#scenario.scenario,
      seed: String(this.#scenario.seed),
      passed: failed === 0,
      expectations: this.#watches.length,
      failed,
      journal: this.#lab.world.journal.digest() ?? '',
      timeline: this.#items,
    }
  }
}

function expectationOf(step: Step): Expectation {
  return ('never' in step ? step.never : (step as { expect?: unknown }).expect) as Expectation
}

function isCount(step: Step): boolean {
  const expectation = expectationOf(step)
  return 'event' in expectation && expectation.count !== undefined
}

function eventPositions(world: World): Map<string, number> {
  const nodes = world.ofType(LAB, 'Node').map(slot => slot.address.id)
  return new Map(nodes.map(node => [node, world.defineLog(`events/${node}`, 100_000).last]))
}
