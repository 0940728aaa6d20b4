import type { Lab } from '../../emulator/lab.js'
import type { JournalEntry } from '../../emulator/world/journal.js'
import type { SimPlan } from './plan.js'

/** Something that must never be, and was. */
export interface Violation {
  /** I1 to I20 of availability.md section 7. */
  readonly invariant: string
  /** Milliseconds from the settled start. */
  readonly at: number
  readonly text: string
}

/** What a checker may look at. */
export interface Scene {
  readonly lab: Lab
  readonly plan: SimPlan
  /** Lab time of the settled start. */
  readonly start: number
  /** Reports that the invariant is broken. */
  readonly broken: (text: string) => void
  /** Notes that a situation was really reached, so that a run shows what it covered. */
  readonly reached: (what: string) => void
}

/** Guards one invariant; made anew for each run. */
export interface Checker {
  /** After each entry of the journal. */
  readonly after?: (entry: JournalEntry) => void
  /** Between two changes, when things have had time to settle. */
  readonly look?: (now: number) => void
  /** When the schedule is over and everything has healed. */
  readonly end?: () => void
}

export interface CheckerKind {
  readonly invariant: string
  readonly title: string
  readonly make: (scene: Scene) => Checker
}
