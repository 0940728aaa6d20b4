import type { Gate } from '../../dispatch/invoke.js'
import type { NodeInfo } from '../../services/nodes.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import type { NodeFiles } from '../files/node-files.js'
import type { Command } from '../language/syntax.js'
import type { Steps } from '../run/steps.js'
import type { Streams } from '../run/streams.js'
import type { ShellIo, ShellUser } from '../shell-model.js'

/** What a shell remembers from one command to the next. */
export interface ShellState {
  folder: string
  readonly variables: Map<string, string>
  readonly exported: Set<string>
  readonly functions: Map<string, Command>
  /** `$1`, `$2`, … */
  parameters: readonly string[]
  /** `$?` */
  status: number
}

/** The machine that a shell runs on, as its user sees it. */
export interface Machine {
  readonly gate: Gate
  readonly world: World
  readonly node: NodeInfo
  readonly user: ShellUser
  readonly files: NodeFiles
  readonly terminal: ShellIo['terminal']
  /** False when the machine has gone down, or hangs, since the line began: nothing of it runs any more. */
  alive(): boolean
  /** The machine's own time, lab milliseconds since 1970. */
  now(): number
  /** Changes the lab; the journal names the command as the cause. */
  change<T>(what: (tx: Transaction) => T): T
  /** The program behind a name or path; undefined: there is none. */
  program(name: string): Program | undefined
}

/** Counts what a shell does, so that no line hangs the process. */
export interface Effort { commands: number, depth: number }

/** What a program is run with. */
export interface Context extends Streams {
  readonly machine: Machine
  /** As it was called: `ls`, `/etc/init.d/hostd`. */
  readonly name: string
  /** Without the name. */
  readonly args: readonly string[]
  readonly state: ShellState
  /** What the line has cost so far. */
  readonly effort: Effort
  /** Runs a command in this shell's place: for programs that run others. */
  call(words: readonly string[], streams: Streams): Steps<number>
}

/** A program of a node: gives its exit status, at once or after some waits. */
export interface Program {
  run(context: Context): number | Steps<number>
}

export type ProgramTable = Readonly<Record<string, Program>>

/** Says on the error stream what went wrong, as programs do, and gives their status. */
export function fails(context: Context, text: string, status = 1): number {
  context.err.write(`${baseName(context.name)}: ${text}\n`)
  return status
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Writes lines. */
export function say(context: Context, ...lines: readonly string[]): number {
  if (lines.length > 0) context.out.write(`${lines.join('\n')}\n`)
  return 0
}
