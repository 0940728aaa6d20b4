import { Unset, fields, onePattern, oneText, type Surroundings } from '../language/expand.js'
import { patternMatcher } from '../language/pattern.js'
import { SumTrouble } from '../language/sum.js'
import type { Chain, Command, Pipeline, Script, Word } from '../language/syntax.js'
import type { Effort, Machine, ShellState } from '../programs/program-model.js'
import { builtins, type Builtin } from './builtins.js'
import { globbed } from './globbed.js'
import { redirected } from './redirect.js'
import { runPipeline } from './pipeline.js'
import { ExitSignal, LoopSignal, ReturnSignal } from './signals.js'
import type { Steps } from './steps.js'
import { Gathered, type Streams } from './streams.js'

/** Commands that run before others in the process get their turn. */
const COMMANDS_AT_ONCE = 500
/** Commands that run without any wait before the lab gives up: our own bound. */
const MOST_COMMANDS = 200_000
/** Status of what ran on a machine that went down: as a client sees a connection that broke. */
const GONE = 255
/** Scripts, functions and substitutions inside each other. */
const MOST_DEPTH = 60

/** A line did more than a lab puts up with. */
export class Exhausted extends Error {}

/** How a shell speaks of itself. */
export interface Voice {
  /** The name that error messages begin with. */
  readonly name: string
  /** What is said of a command that is not there. */
  missing(name: string): string
}

const sh: Voice = { name: 'sh', missing: name => `sh: ${name}: not found` }

/** Runs what a shell has read. */
export class Interpreter {
  readonly machine: Machine
  readonly state: ShellState
  readonly #effort: Effort
  readonly #voice: Voice

  constructor(machine: Machine, state: ShellState, effort: Effort = { commands: 0, depth: 0 }, voice: Voice = sh) {
    this.machine = machine
    this.state = state
    this.#effort = effort
    this.#voice = voice
  }

  * script(script: Script, streams: Streams): Steps<number> {
    for (const chain of script) this.state.status = yield * this.#chain(chain, streams)
    return this.state.status
  }

  /** A script in a shell of its own: what it changes of variables and folder stays there. */
  * own(script: Script, streams: Streams): Steps<number> {
    const copy = new Interpreter(this.machine, copyOf(this.state), this.#effort, this.#voice)
    try {
      return yield * this.#deeper(() => copy.script(script, streams))
    } catch (error) {
      if (error instanceof ExitSignal) return error.status
      throw error
    }
  }

  /** Runs a program, builtin or function by its words. */
  * call(words: readonly string[], streams: Streams): Steps<number> {
    const [name, ...args] = words as [string, ...string[]]
    const own = this.state.functions.get(name)
    if (own !== undefined) return yield * this.#function(own, args, streams)
    const builtin: Builtin | undefined = Object.hasOwn(builtins, name) ? builtins[name] : undefined
    if (builtin !== undefined) {
      const given = builtin({ ...streams, shell: this, name, args })
      return typeof given === 'number' ? given : yield * given
    }
    const program = this.machine.program(name)
    if (program === undefined) return yield * this.#file(name, args, streams)
    const given = program.run({
      ...streams, machine: this.machine, name, args, state: this.state, effort: this.#effort, call: (inner, led) => this.call(inner, led),
    })
    return typeof given === 'number' ? given : yield * given
  }

  says(text: string, streams: Streams): void {
    streams.err.write(`${this.#voice.name}: ${text}\n`)
  }

  get #around(): Surroundings {
    const { state } = this
    return {
      value: name => this.#value(name),
      assign: (name, value) => { state.variables.set(name, value) },
      parameters: state.parameters,
      output: script => this.#output(script),
      paths: pattern => globbed(this.machine.files, state.folder, pattern),
    }
  }

  #value(name: string): string | undefined {
    const { state } = this
    if (/^[1-9]\d*$/.test(name)) return state.parameters[Number(name) - 1]
    switch (name) {
      case '?': return String(state.status)
      case '#': return String(state.parameters.length)
      case '0': return this.#voice.name
      case '$': return '2100150'
      case '!': case '-': return ''
      case '@': case '*': return state.parameters.join(' ')
      case 'PWD': return state.folder
      default: return state.variables.get(name)
    }
  }

  * #output(script: Script): Steps<string> {
    const gathered = new Gathered()
    this.state.status = yield * this.own(script, { ...this.#streamsOfNow!, out: gathered })
    return gathered.text
  }

  /** Where errors of substitutions go: the streams of the command whose words are made. */
  #streamsOfNow: Streams | undefined

  * #chain({ first, rest }: Chain, streams: Streams): Steps<number> {
    let status = yield * this.#pipeline(first, streams)
    for (const { when, pipeline } of rest) {
      this.state.status = status
      if ((status === 0) === (when === '&&')) status = yield * this.#pipeline(pipeline, streams)
    }
    return status
  }

  * #pipeline({ negated, commands }: Pipeline, streams: Streams): Steps<number> {
    const [only] = commands
    const status = commands.length === 1 ? yield * this.#command(only!, streams)
      : yield * runPipeline(commands.map(command => led => this.own(alone(command), led)), streams)
    return negated ? Number(status === 0) : status
  }

  * #command(command: Command, streams: Streams): Steps<number> {
    yield * this.#count()
    this.#streamsOfNow = streams
    if (command.redirections.length === 0) return yield * this.#bare(command, streams)
    const targets: string[] = []
    for (const { target } of command.redirections) targets.push(yield * oneText(target, this.#around))
    const led = redirected(this.machine, this.state.folder, command.redirections, targets, streams)
    if (typeof led === 'string') {
      this.says(led, streams)
      return 1
    }
    const status = yield * this.#bare(command, led.streams)
    const trouble = led.close()
    if (trouble === undefined) return status
    this.says(trouble, streams)
    return 1
  }

  * #bare(command: Command, streams: Streams): Steps<number> {
    switch (command.kind) {
      case 'simple': return yield * this.#simple(command.assignments, command.words, streams)
      case 'if': return yield * this.#if(command, streams)
      case 'for': return yield * this.#for(command, streams)
      case 'while': return yield * this.#while(command, streams)
      case 'case': return yield * this.#case(command, streams)
      case 'group': return yield * (command.own ? this.own(command.body, streams) : this.script(command.body, streams))
      case 'function': {
        this.state.functions.set(command.name, command.body)
        return 0
      }
    }
  }

  * #simple(
    assignments: Extract<Command, { kind: 'simple' }>['assignments'], words: readonly Word[], streams: Streams,
  ): Steps<number> {
    try {
      const made: string[] = []
      for (const word of words) made.push(...yield * fields(word, this.#around))
      const before = new Map<string, string | undefined>()
      for (const { name, value } of assignments) {
        if (!before.has(name)) before.set(name, this.state.variables.get(name))
        this.state.variables.set(name, yield * oneText(value, this.#around))
      }
      if (made.length === 0) return words.length === 0 && assignments.length > 0 ? this.#lastOutput(assignments) : 0
      try {
        return yield * this.call(made, streams)
      } finally {
        for (const [name, value] of before) {
          if (value === undefined) this.state.variables.delete(name)
          else this.state.variables.set(name, value)
        }
      }
    } catch (error) {
      if (!(error instanceof Unset || error instanceof SumTrouble)) throw error
      this.says(error.message, streams)
      return 1
    }
  }

  /** `X=$(false)` fails as its command did. */
  #lastOutput(assignments: Extract<Command, { kind: 'simple' }>['assignments']): number {
    return assignments.some(({ value }) => value.some(part => part.kind === 'command')) ? this.state.status : 0
  }

  * #if(command: Extract<Command, { kind: 'if' }>, streams: Streams): Steps<number> {
    for (const { test, then } of command.branches) {
      if ((yield * this.script(test, streams)) === 0) return yield * this.script(then, streams)
    }
    return command.otherwise === undefined ? 0 : yield * this.script(command.otherwise, streams)
  }

  * #for(command: Extract<Command, { kind: 'for' }>, streams: Streams): Steps<number> {
    const values: string[] = []
    if (command.words === undefined) values.push(...this.state.parameters)
    else for (const word of command.words) values.push(...yield * fields(word, this.#around))
    let status = 0
    for (const value of values) {
      this.state.variables.set(command.name, value)
      const ended = yield * this.#round(command.body, streams)
      if (ended === 'break') break
      if (typeof ended === 'number') status = ended
    }
    return status
  }

  * #while(command: Extract<Command, { kind: 'while' }>, streams: Streams): Steps<number> {
    let status = 0
    for (;;) {
      yield * this.#count()
      if (((yield * this.script(command.test, streams)) === 0) === command.until) return status
      const ended = yield * this.#round(command.body, streams)
      if (ended === 'break') return status
      if (typeof ended === 'number') status = ended
    }
  }

  /** One round of a loop: its status, or that the loop is left or goes on. */
  * #round(body: Script, streams: Streams): Steps<number | 'break' | 'continue'> {
    try {
      return yield * this.script(body, streams)
    } catch (error) {
      if (!(error instanceof LoopSignal)) throw error
      if (error.levels > 1) throw new LoopSignal(error.how, error.levels - 1)
      return error.how
    }
  }

  * #case(command: Extract<Command, { kind: 'case' }>, streams: Streams): Steps<number> {
    const text = yield * oneText(command.word, this.#around)
    for (const { patterns, body } of command.arms) {
      for (const pattern of patterns) {
        if (patternMatcher(yield * onePattern(pattern, this.#around))(text)) return yield * this.script(body, streams)
      }
    }
    return 0
  }

  * #function(body: Command, args: readonly string[], streams: Streams): Steps<number> {
    const outer = this.state.parameters
    this.state.parameters = args
    try {
      return yield * this.#deeper(() => this.#command(body, streams))
    } catch (error) {
      if (error instanceof ReturnSignal) return error.status
      throw error
    } finally {
      this.state.parameters = outer
    }
  }

  /** A name that is no program: a script on a path, or nothing. */
  * #file(name: string, args: readonly string[], streams: Streams): Steps<number> {
    if (!name.includes('/')) {
      streams.err.write(`${this.#voice.missing(name)}\n`)
      return 127
    }
    const sh = this.machine.program('sh')
    if (sh === undefined || this.machine.files.stat(this.#path(name)) === 'noSuchFile') {
      this.says(`${name}: not found`, streams)
      return 127
    }
    return yield * this.#deeper(() => this.call(['sh', name, ...args], streams))
  }

  #path(name: string): string {
    return name.startsWith('/') ? name : `${this.state.folder}/${name}`
  }

  * #deeper(run: () => Steps<number>): Steps<number> {
    this.#effort.depth += 1
    if (this.#effort.depth > MOST_DEPTH) throw new Exhausted('scripts are nested too deeply')
    try {
      return yield * run()
    } finally {
      this.#effort.depth -= 1
    }
  }

  * #count(): Steps<void> {
    if (!this.machine.alive()) throw new ExitSignal(GONE)
    this.#effort.commands += 1
    if (this.#effort.commands > MOST_COMMANDS) throw new Exhausted('too many commands in one line')
    if (this.#effort.commands % COMMANDS_AT_ONCE === 0) yield { kind: 'turn' }
  }
}

/** A script of one command. */
function alone(command: Command): Script {
  return [{ first: { negated: false, commands: [command] }, rest: [] }]
}

export function newState(folder: string, variables: Readonly<Record<string, string>>): ShellState {
  return {
    folder, variables: new Map(Object.entries(variables)), exported: new Set(Object.keys(variables)),
    functions: new Map(), parameters: [], status: 0,
  }
}

export function copyOf(state: ShellState): ShellState {
  return {
    folder: state.folder, variables: new Map(state.variables), exported: new Set(state.exported),
    functions: new Map(state.functions), parameters: state.parameters, status: state.status,
  }
}

