import type { Lab, ScenarioStop } from './lab.js'
import { labForScenario } from './lab-for-scenario.js'
import { checkScenario } from './scenario/check.js'
import { ScenarioError } from './scenario/error.js'
import { httpVerdict, addressOf } from './scenario/judge/sockets.js'
import { readScenarioText, type ScenarioFile } from './scenario/load.js'
import { ScenarioRun, type ScenarioResult, type TimelineItem } from './scenario/runner.js'
import type { ScenarioLab } from './scenario/scenario-lab.js'
import { timeline } from './scenario/timeline.js'
import type { Watch } from './scenario/watch.js'
import { soon } from './world/clock.js'
import { durationMs } from './world/duration.js'
import type { JournalEntry } from './world/journal.js'

/** How a scenario on a running lab stands. */
export interface LiveScenario {
  readonly id: string
  readonly scenario: string
  readonly file: string
  /** `waiting`: the lab settles; `aborted`: it ended early, `error` says why. */
  readonly state: 'waiting' | 'running' | 'passed' | 'failed' | 'aborted'
  readonly error?: string
  readonly result?: ScenarioResult
}

/** What a follower hears: lines of the report, and once how it ended. */
export type LiveNews = { readonly item: TimelineItem } | { readonly end: LiveScenario }

/** Ended runs that can still be asked for. */
const RUNS_KEPT = 50

interface Run {
  readonly id: string
  readonly file: ScenarioFile
  state: LiveScenario['state']
  scenarioRun: ScenarioRun | undefined
  unsubscribe: () => void
  error: string | undefined
  result: ScenarioResult | undefined
  readonly followers: Set<(news: LiveNews) => void>
  /** Real connections under way that may refute a verdict. */
  readonly knocks: Promise<void>[]
  readonly knocked: Set<Watch>
}

/**
 * Runs scenarios on a lab that others use at the same time: their instants are jobs of the agenda,
 * so that they act at exact lab times on any clock. Rewinding or loading the lab aborts them.
 */
export class LiveScenarios {
  readonly #lab: Lab
  readonly #seen: ScenarioLab
  readonly #runs = new Map<string, Run>()
  #count = 0

  constructor(lab: Lab, confirm?: ScenarioLab['confirm']) {
    this.#lab = lab
    this.#seen = labForScenario(lab, confirm)
    lab.onScenarioStop = stop => this.#stop(stop)
  }

  /**
   * Begins a scenario; on a manual clock the run moves the clock on.
   * @throws ScenarioError when the text is wrong, or names what this lab does not have
   */
  start(text: string, name: string): LiveScenario {
    const file = readScenarioText(text, name)
    const problems = checkScenario(file.scenario, this.#seen)
    if (problems.length > 0) throw new ScenarioError(problems, path => file.place(path))
    this.#count += 1
    const run: Run = {
      id: `run-${this.#count}`, file, state: 'waiting', scenarioRun: undefined, unsubscribe: () => {},
      error: undefined, result: undefined, followers: new Set(), knocks: [], knocked: new Set(),
    }
    this.#runs.set(run.id, run)
    this.#forgetOld()
    const { world } = this.#lab
    world.transact({ kind: 'lab', what: 'scenario', run: run.id }, tx =>
      tx.after(durationMs(file.scenario.settle) ?? 0, 'scenario.stop', { run: run.id }))
    run.unsubscribe = world.subscribe(entry => this.#hear(run, entry))
    if (world.clock.mode === 'manual') soon(() => this.#drive(run))
    return stateOf(run)
  }

  all(): LiveScenario[] {
    return [...this.#runs.values()].map(stateOf)
  }

  /** Undefined: there is no such run, or it was long ago. */
  get(id: string): LiveScenario | undefined {
    const run = this.#runs.get(id)
    return run === undefined ? undefined : stateOf(run)
  }

  /** Ends a run before its time; undefined: there is no such run. */
  abort(id: string, why = 'it was aborted'): LiveScenario | undefined {
    const run = this.#runs.get(id)
    if (run === undefined) return undefined
    if (isOpen(run)) this.#end(run, 'aborted', why)
    return stateOf(run)
  }

  /** Hears all news of a run from its beginning; returns the cancel, undefined for no such run. */
  follow(id: string, listener: (news: LiveNews) => void): (() => void) | undefined {
    const run = this.#runs.get(id)
    if (run === undefined) return undefined
    for (const item of run.scenarioRun?.items ?? []) listener({ item })
    if (!isOpen(run)) listener({ end: stateOf(run) })
    run.followers.add(listener)
    return () => run.followers.delete(listener)
  }

  #hear(run: Run, entry: JournalEntry): void {
    const { kind, what } = entry.cause
    if (kind === 'lab' && (what === 'load' || what === 'rewind')) {
      this.abort(run.id, `the lab went to another state (${String(what)})`)
    } else {
      run.scenarioRun?.hear(entry)
    }
  }

  #stop({ run: id, stop }: ScenarioStop): void {
    const run = this.#runs.get(id)
    if (run === undefined || !isOpen(run)) return
    // What else is due at this instant comes first, as in a run of its own.
    this.#lab.world.runDue()
    try {
      if (stop === undefined) this.#begin(run)
      else run.scenarioRun?.arrive(stop)
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error
      this.#end(run, 'aborted', new ScenarioError(error.problems, path => run.file.place(path)).message)
      return
    }
    if (stop === run.scenarioRun?.stops.at(-1)) this.#finish(run)
  }

  #begin(run: Run): void {
    const { world } = this.#lab
    const scenario = { ...run.file.scenario, seed: world.random.seed }
    const scenarioRun = new ScenarioRun(scenario, this.#seen, world.now())
    scenarioRun.onItem = item => tell(run, { item })
    scenarioRun.onMet = watch => this.#knock(run, watch)
    run.scenarioRun = scenarioRun
    run.state = 'running'
    world.transact({ kind: 'lab', what: 'scenario', run: run.id }, tx => {
      for (const stop of scenarioRun.stops) if (stop > 0) tx.after(stop, 'scenario.stop', { run: run.id, stop })
    })
    scenarioRun.arrive(0)
    if (scenarioRun.stops.length === 1) this.#finish(run)
  }

  /** Real connections that are under way may still refute a verdict. */
  #finish(run: Run): void {
    run.unsubscribe()
    void Promise.allSettled(run.knocks).then(() => {
      if (!isOpen(run)) return
      run.result = run.scenarioRun!.finish()
      this.#end(run, run.result.passed ? 'passed' : 'failed')
    })
  }

  #end(run: Run, state: LiveScenario['state'], error?: string): void {
    run.unsubscribe()
    run.state = state
    run.error = error
    tell(run, { end: stateOf(run) })
  }

  /** Where the rule says that a port is as expected, a real client must find it so, too. */
  #knock(run: Run, watch: Watch): void {
    const { expectation } = watch
    const { confirm } = this.#seen
    if (confirm === undefined || run.knocked.has(watch)) return
    if ('connect' in expectation) {
      run.knocked.add(watch)
      const { node, port } = addressOf(expectation)
      run.knocks.push(confirm.probe(node, port, expectation.source).then(real => {
        // The lab may have changed meanwhile: only what the rule still says can be compared.
        const isSame = this.#seen.probe(node, port, expectation.source) === expectation.is
        if (real !== undefined && real !== expectation.is && isSame) run.scenarioRun?.refute(watch, real)
      }))
    } else if ('http' in expectation) {
      run.knocked.add(watch)
      run.knocks.push(confirm.http(expectation.http).then(real => {
        const isSame = httpVerdict(expectation, this.#seen.http(expectation.http)).holds
        const verdict = httpVerdict(expectation, real)
        if (real !== undefined && !verdict.holds && isSame) run.scenarioRun?.refute(watch, verdict.actual)
      }))
    }
  }

  /** Moves the manual clock to the run's next instant, and lets others have their turn. */
  #drive(run: Run): void {
    const { world } = this.#lab
    if (!isOpen(run) || world.clock.mode !== 'manual') return
    const next = world.agenda.list().find(job =>
      job.kind === 'scenario.stop' && (job.payload as ScenarioStop).run === run.id)
    if (next === undefined) return
    world.advance(Math.max(0, next.due - world.now()))
    soon(() => this.#drive(run))
  }

  #forgetOld(): void {
    for (const [id, run] of this.#runs) {
      if (this.#runs.size <= RUNS_KEPT) return
      if (!isOpen(run)) this.#runs.delete(id)
    }
  }
}

/** Milliseconds of lab time that a scenario takes, its settling included. */
export function lengthOf({ scenario }: ScenarioFile): number {
  return (durationMs(scenario.settle) ?? 0) + timeline(scenario).end
}

function isOpen({ state }: Run): boolean {
  return state === 'waiting' || state === 'running'
}

function tell(run: Run, news: LiveNews): void {
  for (const follower of run.followers) follower(news)
}

function stateOf(run: Run): LiveScenario {
  const { id, file, state, error, result } = run
  return {
    id, scenario: file.scenario.scenario, file: file.name, state,
    ...error === undefined ? {} : { error }, ...result === undefined ? {} : { result },
  }
}
