/** What the control API acts on. The composition root implements it; the door knows nothing else. */
import type { CallRecord } from '../../dispatch/invoke.js'
import type { Miss } from '../../dispatch/missing.js'
import type { InjectExtras } from '../../faults/active.js'
import type { TargetSpec } from '../../faults/target.js'
import type { OpenedNode } from '../opened-node.js'

/** A refusal with its HTTP status; becomes an RFC 9457 problem document. */
export class ControlError extends Error {
  /** HTTP status: 400 wrong input, 404 not there, 409 not now, 501 not emulated. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'ControlError'
    this.status = status
  }
}

export interface LabState {
  readonly name: string
  readonly seed: string
  readonly revision: number
  /** Lab time as dateTime. */
  readonly time: string
  readonly nodes: number
  /** Live records by managed type, all nodes together. */
  readonly objects: Readonly<Record<string, number>>
}

export interface ClockState {
  readonly mode: 'real' | 'scaled' | 'manual'
  /** Lab seconds in one real second; 0 on the manual clock. */
  readonly factor: number
  /** Lab time as dateTime. */
  readonly time: string
  readonly revision: number
  /** Jobs on the agenda. */
  readonly pending: number
  /** Lab time of the next job as dateTime; undefined: none. */
  readonly next: string | undefined
}

export interface FaultKind {
  readonly name: string
  /** What it acts on: `host`, `vcenter`, `vm`, … */
  readonly target: string
  readonly help: string
  readonly example: string
  readonly heals: boolean
  /** JSON Schema of its options. */
  readonly options: unknown
}

export interface ActiveFaultState {
  readonly id: string
  readonly fault: string
  readonly target: string
  readonly options: Readonly<Record<string, unknown>>
  /** Lab time as dateTime. */
  readonly since: string
  /** Lab time at which it ends by itself. */
  readonly until?: string
  readonly as?: string
}

export interface ScenarioState {
  readonly name: string
  readonly file: string
}

/** A scenario that was started on this lab. */
export interface ScenarioRunState {
  readonly id: string
  readonly scenario: string
  readonly file: string
  readonly state: 'waiting' | 'running' | 'passed' | 'failed' | 'aborted'
  readonly error?: string
  readonly result?: unknown
}

export interface JournalPage {
  readonly revision: number
  /** Entries up to this revision are not kept any more. */
  readonly forgottenUpTo: number
  /** Journal lines as JSON, oldest first. */
  readonly entries: readonly unknown[]
}

export interface Checkpoint {
  readonly name: string
  readonly revision: number
  /** Lab time as dateTime. */
  readonly time: string
}

/** A console that is open; the time of its opening stands in the event. */
export interface OpenConsoleState {
  readonly host: string
  readonly vm: string
  readonly kind: string
  readonly client: string
  readonly userName: string
}

/** Plain VNC of a VM whose settings ask for it. */
export interface VncServerState {
  readonly host: string
  /** Id of the VM on its host. */
  readonly vm: string
  readonly name: string
  /** The port of the VM's settings. */
  readonly wanted: number
  /** Where it listens; undefined: it could not, and `trouble` says why. */
  readonly address?: string
  readonly trouble?: string
}

/** One measured value for /metrics. */
export interface Metric {
  /** Without the prefix `fauxsphere_`. */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly samples: ReadonlyArray<{ readonly labels?: Readonly<Record<string, string>>, readonly value: number }>
}

/** Methods throw ControlError for what cannot be done; nothing has changed then. */
export interface ControlTarget {
  /** Version of the product's package. */
  readonly version: string
  /** True when every door is open. */
  isReady(): boolean
  lab(): LabState
  nodes(): readonly OpenedNode[]
  /** The picture of a host's own screen as a PNG; 404 for what is no host, 409 for one without power. */
  hostScreen(name: string): Buffer
  /** Types at a host's own console: names of keys, and texts. Refused as its picture is; 400 for what has no key. */
  hostKeys(name: string, keys: readonly string[]): void
  consoles(): { readonly open: readonly OpenConsoleState[], readonly vnc: readonly VncServerState[] }
  clock(): ClockState
  /** `factor` only for `scaled`. */
  changeClock(mode: 'real' | 'scaled' | 'manual', factor: number | undefined): void
  /** Moves the manual clock; 409 on a running one. */
  advance(ms: number): void
  faultKinds(): readonly FaultKind[]
  activeFaults(): readonly ActiveFaultState[]
  /** `extras`: another name to heal it by, and how long it lasts in milliseconds. */
  inject(
    fault: string, target: TargetSpec, options: Readonly<Record<string, unknown>>, extras?: InjectExtras,
  ): ActiveFaultState
  /** Ends faults by id, by the name given when it was injected, or by the fault's name. */
  heal(id: string): readonly ActiveFaultState[]
  scenarios(): readonly ScenarioState[]
  /** Those that were started here, oldest first. */
  scenarioRuns(): readonly ScenarioRunState[]
  /** Begins a scenario, given as the text of its file; 400 when it is wrong. */
  startScenario(text: string, name: string): ScenarioRunState
  scenarioRun(id: string): ScenarioRunState
  abortScenario(id: string): ScenarioRunState
  /** Hears each line of a run's report as JSON, from the beginning, and the end; returns the cancel. */
  followScenario(id: string, line: (text: string) => void, end: () => void): () => void
  /** What was done to this lab, as the text of a scenario file. */
  recording(): string
  /** Entries after a revision, at most `limit`. */
  journal(since: number, limit: number): JournalPage
  /** The newest calls, newest last, and what was asked for and is not emulated. */
  requests(): { readonly calls: readonly CallRecord[], readonly misses: readonly Miss[] }
  coverage(): unknown
  /** The whole state as plain data. */
  image(): unknown
  /** Puts a state in place of the present one; 400 when it is of another format. */
  loadImage(image: unknown): void
  checkpoints(): readonly Checkpoint[]
  saveCheckpoint(name: string): Checkpoint
  loadCheckpoint(name: string): void
  removeCheckpoint(name: string): void
  /** Goes back to the state after a revision, or at a lab time in milliseconds. */
  rewind(to: { readonly revision: number } | { readonly time: number }): void
  /** The state right after the start. */
  reset(): void
  /** What physically is. */
  truth(): unknown
  metrics(): readonly Metric[]
  /** Hears of each journal entry as a line of JSON; returns the cancel. */
  subscribe(listener: (line: string) => void): () => void
}
