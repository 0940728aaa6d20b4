import type { JournalEntry } from '../../world/journal.js'
import { counts } from '../compare.js'
import type { Count } from '../format-expect.js'
import { defaultNode } from '../objects.js'
import type { ScenarioLab } from '../scenario-lab.js'

/** How an expectation stands at one instant. */
export interface Verdict {
  readonly holds: boolean
  /** The actual value, in words. */
  readonly actual: string
  /** Of what is counted: how many there are. */
  readonly count?: number
}

/** Looks whether one expectation holds; keeps what makes the next look cheap. */
export interface Judge {
  look(): Verdict
  /** Finds out anew, where that is more than looking: between commits only. */
  ask?(): void
  /** True if the verdict may be another after this entry. */
  concerns(entry: JournalEntry): boolean
}

/** What a judge may look at. */
export interface Sight {
  readonly lab: ScenarioLab
  /** Lab time from which events, tasks and log lines count. */
  readonly since: number
  /** Events and tasks at these positions of their logs and before do not count. */
  readonly logsAt: ReadonlyMap<string, number>
}

/** The node that an expectation asks. */
export function nodeOf(expectation: { readonly node?: string | undefined }, { lab }: Sight): string {
  return expectation.node ?? defaultNode(lab.world)
}

/** True if a change of records of a node is among the entry's. */
export function changesOn(entry: JournalEntry, node: string): boolean {
  return entry.changes.some(change => change.slot.address.node === node)
}

/** A verdict on a number of things; without a count: there is one at least. */
export function countVerdict(expected: Count | undefined, count: number, what: string): Verdict {
  const holds = expected === undefined ? count > 0 : counts(expected, count)
  return { holds, count, actual: `${count} such ${what}${count === 1 ? '' : 's'}` }
}

/**
 * True if a count can only be judged when its span ends: one more may still come and spoil it.
 */
export function endsLate(expected: Count | undefined): boolean {
  return expected !== undefined && (typeof expected === 'number' || expected.is !== undefined || expected.less !== undefined)
}
