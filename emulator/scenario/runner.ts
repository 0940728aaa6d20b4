import { durationMs } from '../world/duration.js'
import type { JournalEntry } from '../world/journal.js'
import type { World } from '../world/world.js'
import { act, type Deed } from './acts.js'
import { expects, type Scenario, type ShellStep } from './format.js'
import { nodeNames } from './objects.js'
import type { ScenarioLab } from './scenario-lab.js'
import { timeline, type TimedStep } from './timeline.js'
import { Watch, type HistoryItem } from './watch.js'

/** One line of the report. */
export interface TimelineItem {
  /** Milliseconds since the settled start. */
  readonly at: number
  readonly kind: 'act' | 'note' | 'signal' | 'event' | 'passed' | 'failed'
  readonly text: string
  /** Position of the step in the file, from 0; not of what the lab does by itself. */
  readonly step?: number
}

/** What a report says of an expectation that was not met. */
export interface Failure {
  readonly step: number
  readonly at: number
  /** The expectation as the file has it. */
  readonly expected: unknown
  /** When it must be true: the step's time words. */
  readonly when: string
  readonly why: string
  readonly actual: string
  /** Every value that was seen, and since when. */
  readonly history: readonly HistoryItem[]
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
  readonly failures: readonly Failure[]
}

/** Lines that the report keeps; a run of days must not fill the memory. */
const ITEMS_KEPT = 20_000

/**
 * Runs a scenario on a lab whose clock is manual: jobs run one by one in order of their instants,
 * and after each the open expectations that it may concern are looked at.
 * @throws ScenarioError when a step cannot be carried out at all.
 */
export function runScenario(scenario: Scenario, lab: ScenarioLab): ScenarioResult {
  const { world } = lab
  world.advance(durationMs(scenario.settle) ?? 0)
  const run = new ScenarioRun(scenario, lab, world.now())
  const unsubscribe = world.subscribe(entry => run.hear(entry))
  try {
    for (const stop of run.stops) {
      world.advance(Math.max(0, run.start + stop - world.now()))
      run.arrive(stop)
    }
  } finally {
    unsubscribe()
  }
  return run.finish()
}

/** A scenario under way. Whoever moves the time tells it of commits and of its own instants. */
export class ScenarioRun {
  readonly scenario: Scenario
  /** Lab time of the settled start. */
  readonly start: number
  /** Milliseconds from the start at which it has something to do, in order; the last is the end. */
  readonly stops: readonly number[]
  readonly items: TimelineItem[] = []
  readonly watches: readonly Watch[]
  /** Hears of each line of the report as it is written. */
  onItem: ((item: TimelineItem) => void) | undefined
  /** Hears of each open expectation whose value is as wanted, within its span. */
  onMet: ((watch: Watch) => void) | undefined
  readonly #lab: ScenarioLab
  readonly #acts: readonly TimedStep[]
  #time = 0
  #failedActs = 0
  /** Steps that have not ended yet, by their places in the file. */
  readonly #openActs = new Set<number>()

  /** @throws ScenarioError for impossible times */
  constructor(scenario: Scenario, lab: ScenarioLab, start: number) {
    const { steps, end } = timeline(scenario)
    this.scenario = scenario
    this.start = start
    this.#lab = lab
    this.#acts = steps.filter(({ step }) => !expects(step)).sort((a, b) => a.at - b.at)
    const logsAt = logPositions(lab.world)
    this.watches = steps.filter(({ step }) => expects(step)).map(timed => new Watch(timed, start, { lab, logsAt }))
    this.stops = [...new Set([
      0, ...this.#acts.map(step => step.at),
      ...this.watches.flatMap(({ timed }) => [timed.watchedFrom, timed.from, timed.until, timed.until + 1]),
      ...this.watches.flatMap(({ timed, expectation }) => 'shell' in expectation ? asks(timed) : []),
      end,
    ])].filter(at => at >= 0 && at <= end + 1).sort((a, b) => a - b)
  }

  /** Hears of a commit. */
  hear(entry: JournalEntry): void {
    this.#time = entry.time - this.start
    for (const signal of entry.signals) this.#item('signal', signalText(signal.kind, signal.payload))
    for (const { log, value } of entry.appended) {
      if (log.startsWith('events/')) this.#item('event', eventText(log, value))
    }
    for (const watch of this.watches) watch.hear(entry)
    this.#look(false)
  }

  /**
   * Does what is to be done at a stop; the jobs that were due until then have run. What comes of it
   * at the same instant happens before anything is judged.
   * @throws ScenarioError
   */
  arrive(stop: number): void {
    this.#time = stop
    for (const { step, index } of this.#acts.filter(each => each.at === stop)) {
      for (const deed of act(step, index, this.#lab, late => this.#endOf(late, index))) {
        this.#time = stop
        if (deed.open === true) this.#openActs.add(index)
        this.#did(deed, index)
      }
    }
    this.#lab.world.runDue()
    for (const watch of this.watches) watch.ask(stop)
    this.#lab.world.runDue()
    this.#time = stop
    this.#look(true)
  }

  /** Closes what is open and gives the result. */
  finish(): ScenarioResult {
    for (const index of this.#openActs) this.#unended(index)
    for (const watch of this.watches) if (watch.close()) this.#report(watch)
    const failures = this.watches.filter(watch => watch.settled?.passed === false).map(failureOf)
    const failed = failures.length + this.#failedActs
    return {
      scenario: this.scenario.scenario,
      seed: String(this.scenario.seed),
      passed: failed === 0,
      expectations: this.watches.length,
      failed,
      journal: this.#lab.world.journal.digest() ?? '',
      timeline: this.items,
      failures,
    }
  }

  /** A command that goes on when the scenario ends has failed if something was wanted of its end. */
  #unended(index: number): void {
    const { shell, exit, output } = this.scenario.steps[index] as ShellStep
    if (exit !== undefined || output !== undefined) this.#did({ kind: 'failed', text: `shell ${shell}: it did not end` }, index)
  }

  /** Notes that a real client saw something else than an expectation that had passed. */
  refute(watch: Watch, actual: string): void {
    watch.refute(actual)
    this.#report(watch)
  }

  #did(deed: Deed, index: number): void {
    if (deed.kind === 'failed') this.#failedActs += 1
    this.#item(deed.kind, deed.text, index)
  }

  /** What became of a step that needed lab time. */
  #endOf(deed: Deed, index: number): void {
    this.#openActs.delete(index)
    this.#time = this.#lab.world.now() - this.start
    this.#did(deed, index)
  }

  #look(complete: boolean): void {
    if (this.#time < 0) return
    for (const watch of this.watches) {
      if (!watch.isOpen) continue
      const decided = watch.look(this.#time, complete)
      if (this.onMet !== undefined && watch.isMetAt(this.#time)) this.onMet(watch)
      if (decided) this.#report(watch)
    }
  }

  #report(watch: Watch): void {
    const { passed, why, actual } = watch.settled!
    const { step, index } = watch.timed
    const what = JSON.stringify('never' in step ? { never: step.never } : watch.expectation)
    this.#item(passed ? 'passed' : 'failed', `${what} (${why}; ${actual})`, index)
  }

  #item(kind: TimelineItem['kind'], text: string, step?: number): void {
    const item: TimelineItem = { at: this.#time, kind, text, ...step === undefined ? {} : { step } }
    if (this.items.length < ITEMS_KEPT || kind === 'failed') this.items.push(item)
    this.onItem?.(item)
  }
}

/** How often a command is run in the span of an expectation: each second, and no more than so many times. */
const MOST_ASKS = 200

function asks({ watchedFrom, until }: TimedStep): number[] {
  const every = Math.max(1000, Math.ceil((until - watchedFrom) / MOST_ASKS / 1000) * 1000)
  return Array.from({ length: Math.floor((until - watchedFrom) / every) }, (_, index) => watchedFrom + (index + 1) * every)
}

function failureOf(watch: Watch): Failure {
  const { step, index, until } = watch.timed
  const words = (['at', 'from', 'by', 'during'] as const).flatMap(key => {
    const value = (step as Record<string, unknown>)[key]
    return value === undefined ? [] : [`${key} ${Array.isArray(value) ? value.join(' to ') : String(value)}`]
  })
  const { why, actual } = watch.settled!
  return {
    step: index, at: until, why, actual, when: words.join(' '),
    expected: 'never' in step ? { never: step.never } : watch.expectation, history: watch.history,
  }
}

function eventText(log: string, value: unknown): string {
  const event = value as { _typeName?: string, eventTypeId?: string, fullFormattedMessage?: string }
  const type = event.eventTypeId ?? event._typeName ?? ''
  return `${log.slice('events/'.length)}: ${type}: ${event.fullFormattedMessage ?? ''}`
}

/** The kind of a signal, and those facts that fit on a line. */
function signalText(kind: string, payload: unknown): string {
  const facts = Object.entries(payload as object)
    .filter(([, value]) => typeof value !== 'object').map(([key, value]) => `${key} ${String(value)}`)
  return `${kind}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`
}

/** Where the logs of events and tasks stand; those that do not exist yet begin at 0. */
function logPositions(world: World): Map<string, number> {
  const known = new Map(world.logs().map(log => [log.name, log.last]))
  return new Map(nodeNames(world).flatMap(node => [`events/${node}`, `tasks/${node}`])
    .map(name => [name, known.get(name) ?? 0]))
}
