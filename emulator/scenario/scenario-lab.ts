/** What a scenario needs of a lab; `play-scenario.ts` and `lab-control.ts` give it. */
import type { FaultBoard } from '../faults/active.js'
import type { LogLine } from '../physics/logs/line.js'
import type { TruthFacts } from '../physics/truth.js'
import type { Schema } from '../schema/model.js'
import type { World } from '../world/world.js'
import type { Answer } from './format-expect.js'
import type { PropertyReader } from './objects.js'

/** A call of a scenario. */
export interface ScenarioCall {
  readonly node: string
  /** Undefined: the administrator. */
  readonly user: string | undefined
  readonly object: string
  readonly method: string
  readonly args: Readonly<Record<string, unknown>>
}

/** How a call ended: with its result, with a MethodFault, with a 503, or with no answer at all. */
export type CallOutcome =
  | { readonly kind: 'result', readonly value: unknown }
  | { readonly kind: 'fault', readonly type: string, readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'timeout' | 'unavailable' }

/** How an HTTP request ended: with an answer, or as a connection does that gives none. */
export type HttpAnswer = { readonly status: number, readonly body: string } | Exclude<Answer, 'open'>

/** A REST request of a scenario. */
export interface ScenarioRest {
  readonly node: string
  /** Undefined: the administrator. */
  readonly user: string | undefined
  readonly port: 443 | 5480
  readonly method: string
  /** With its query. */
  readonly path: string
  /** Undefined: none. */
  readonly body: unknown
}

/** What a REST request was answered: the body parsed where it is JSON; or how a door gave no answer. */
export type RestOutcome = { readonly status: number, readonly body: unknown } | Exclude<Answer, 'open'>

/** A line for the shell of a node. */
export interface ScenarioShell {
  readonly node: string
  /** Undefined: root. */
  readonly user: string | undefined
  readonly line: string
}

/** How a line ended; `unreachable`: the machine has no power, or hangs. */
export type ShellOutcome =
  /** What it printed, errors included. */
  | { readonly status: number, readonly output: string }
  | 'unreachable'

/** What a lab gives to the scenario that runs on it. */
export interface ScenarioLab {
  readonly world: World
  readonly schema: Schema
  readonly faults: FaultBoard
  readonly truth: TruthFacts
  readonly read: PropertyReader
  /** What a client of an address (default: 127.0.0.1) sees of a node's port, by the rules that the doors go by. */
  probe(node: string, port: number, source?: string): Answer
  /** What a client is answered at a URL whose host is a node's name; undefined: nobody can tell. */
  http(url: string): HttpAnswer | undefined
  /** Name of the world's log with the lines of a node's log file; undefined: it has no such file. */
  logName(node: string, file: string): string | undefined
  /** A line as the node's file shows it. */
  logText(node: string, line: LogLine): string
  /** Names of the log files of a node, for error texts. */
  logFiles(node: string): readonly string[]
  call(call: ScenarioCall): CallOutcome
  rest(request: ScenarioRest): RestOutcome
  /** What is emulated of REST, as `GET /appliance/services/{service}`; undefined: the request is among it. */
  restMiss(request: ScenarioRest): readonly string[] | undefined
  /** Runs a line in a fresh shell; `done` is called at once where it needs no lab time. */
  shell(request: ScenarioShell, done: (outcome: ShellOutcome) => void): void
  /** Really connects, where doors are open; undefined where there are none. */
  readonly confirm?: {
    probe(node: string, port: number, source?: string): Promise<Answer | undefined>
    http(url: string): Promise<HttpAnswer | undefined>
  } | undefined
}
