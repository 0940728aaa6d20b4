import type { JournalEntry } from '../world/journal.js'
import type { Count, Expectation } from './format-expect.js'
import type { Step } from './format.js'
import { judgeOf } from './judge/judge.js'
import { endsLate, type Judge, type Sight, type Verdict } from './judge/model.js'
import type { TimedStep } from './timeline.js'

/** One value that an expectation's object had, from a time on. */
export interface HistoryItem {
  /** Milliseconds since the settled start. */
  readonly at: number
  readonly actual: string
}

/** How an expectation ended. */
export interface Settled {
  readonly passed: boolean
  readonly why: string
  readonly actual: string
}

/** Changes of the actual value that a report still shows. */
const HISTORY_KEPT = 100

/** One expectation with its span, while the lab runs. */
export class Watch {
  readonly timed: TimedStep
  readonly expectation: Expectation
  readonly #judge: Judge
  /** Must hold, or never hold, all through the span. */
  readonly #throughout: boolean
  readonly #never: boolean
  readonly history: HistoryItem[] = []
  settled: Settled | undefined
  #verdict: Verdict | undefined

  /** `start` is the lab time of the settled start. */
  constructor(timed: TimedStep, start: number, sight: Omit<Sight, 'since'>) {
    this.timed = timed
    this.expectation = expectationOf(timed.step)
    this.#never = 'never' in timed.step
    this.#throughout = this.#never || (timed.step as { during?: unknown }).during !== undefined
    const since = start + (this.#throughout ? timed.from : timed.watchedFrom)
    this.#judge = judgeOf(this.expectation, { ...sight, since })
  }

  /** True while a look may still matter. */
  get isOpen(): boolean {
    return this.settled === undefined
  }

  /** Hears of a commit: the next look asks anew if it may have changed the verdict. */
  hear(entry: JournalEntry): void {
    if (this.isOpen && this.#judge.concerns(entry)) this.#verdict = undefined
  }

  /**
   * Looks at an instant of the run; true when that decided it. `complete`: all that happens at
   * this instant has happened. The first and the last instant of a span are judged only then, or
   * what comes first in one instant would decide.
   */
  look(now: number, complete: boolean): boolean {
    if (!this.isOpen) return false
    if (now > this.timed.until) return this.close()
    const verdict = this.#current(now)
    const { from, until, watchedFrom } = this.timed
    if (complete || (now !== from && now !== watchedFrom)) this.#judgeAt(now, verdict, complete || now < until)
    return !this.isOpen
  }

  /** The run is at an instant, between commits: what must be asked for is asked now. */
  ask(now: number): void {
    if (this.isOpen && now >= this.timed.watchedFrom && now <= this.timed.until) this.#judge.ask?.()
  }

  /** The span is over; true when that decided it. */
  close(): boolean {
    if (!this.isOpen) return false
    const actual = this.#verdict?.actual ?? this.history.at(-1)?.actual ?? 'never looked at'
    this.settled = this.#throughout
      ? { passed: true, why: 'throughout', actual } : { passed: false, why: 'not in time', actual }
    return true
  }

  /** Turns a pass into a failure: a real client saw something else. */
  refute(actual: string): void {
    this.settled = { passed: false, why: 'a real client sees something else', actual }
  }

  /** True in the span, when the actual value is as wanted. */
  isMetAt(now: number): boolean {
    return now >= this.timed.from && now <= this.timed.until && this.#verdict?.holds === !this.#never
  }

  #current(now: number): Verdict {
    if (this.#verdict !== undefined && !dependsOnTime(this.expectation)) return this.#verdict
    const verdict = this.#judge.look()
    this.#verdict = verdict
    if (this.history.at(-1)?.actual !== verdict.actual) {
      this.history.push({ at: now, actual: verdict.actual })
      if (this.history.length > HISTORY_KEPT) this.history.splice(0, 1)
    }
    return verdict
  }

  #judgeAt(now: number, verdict: Verdict, decisive: boolean): void {
    const { step, from, until, watchedFrom } = this.timed
    if (now < watchedFrom) return
    if (now < from) {
      const early = verdict.count === undefined ? verdict.holds : verdict.count > 0
      if (hasFrom(step) && !this.#throughout && early) this.#settle(false, verdict, 'true too early')
      return
    }
    if (this.#never) {
      if (verdict.holds && decisive) this.#settle(false, verdict, 'happened')
    } else if (this.#throughout) {
      if (!verdict.holds && decisive) this.#settle(false, verdict, 'did not hold throughout')
    } else if (endsLate((this.expectation as { count?: Count }).count) && verdict.count !== undefined) {
      if (now === until && decisive) this.#settle(verdict.holds, verdict, 'at the end')
    } else if (verdict.holds) {
      this.#settle(true, verdict, 'holds')
    } else if (now >= until && decisive) {
      this.#settle(false, verdict, 'not in time')
    }
  }

  #settle(passed: boolean, verdict: Verdict, why: string): void {
    this.settled = { passed, why, actual: verdict.actual }
  }
}

function hasFrom(step: Step): boolean {
  return (step as { from?: string }).from !== undefined
}

/** Facts, ports and answers can change by the time alone: a lock expires, a daemon is up. */
function dependsOnTime(expectation: Expectation): boolean {
  return 'truth' in expectation || 'connect' in expectation || 'http' in expectation || 'shell' in expectation
}

function expectationOf(step: Step): Expectation {
  return ('never' in step ? step.never : (step as { expect?: unknown }).expect) as Expectation
}
