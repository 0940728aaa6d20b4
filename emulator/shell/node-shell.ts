import { parse } from './language/parse.js'
import { SyntaxTrouble } from './language/syntax.js'
import { Exhausted, Interpreter, newState } from './run/interpreter.js'
import { Driver, type Alarms } from './run/driver.js'
import { ExitSignal, LoopSignal, ReturnSignal } from './run/signals.js'
import type { Steps } from './run/steps.js'
import { BrokenPipe, TextInput, TooMuch, type Output, type Streams } from './run/streams.js'
import type { NodeMachine } from './node-machine.js'
import type { ShellState } from './programs/program-model.js'
import type { Shell, ShellIo } from './shell-model.js'

/** What differs between the shells of a host, of an appliance, and of its restricted shell. */
export interface ShellKind {
  readonly greeting: string
  prompt(state: ShellState): string
  readonly home: string
  readonly variables: Readonly<Record<string, string>>
  /** Name that error messages begin with: `sh`. */
  readonly name: string
  /** What is said of a command that is not there. */
  missing(name: string): string
}

/** Characters that one line may print; our own bound. */
const MOST_OUTPUT = 64 * 1024 * 1024

/** The shell of a node for one user: keeps folder and variables from line to line. */
export class NodeShell implements Shell {
  readonly #machine: NodeMachine
  readonly #kind: ShellKind
  readonly #alarms: Alarms
  readonly #state: ShellState
  readonly #onDefect: (error: unknown) => void
  #running: Driver | undefined
  #begun = ''
  left: number | undefined

  constructor(machine: NodeMachine, kind: ShellKind, alarms: Alarms, onDefect: (error: unknown) => void) {
    this.#machine = machine
    this.#kind = kind
    this.#alarms = alarms
    this.#onDefect = onDefect
    this.#state = newState(kind.home, kind.variables)
  }

  prompt(): string {
    return this.#begun === '' ? this.#kind.prompt(this.#state) : '> '
  }

  greeting(): string {
    return this.#kind.greeting
  }

  run(line: string, io: ShellIo): Promise<number> {
    return new Promise(resolve => { this.start(line, io, resolve) })
  }

  /** Like `run`, for those who must not wait: `done` is called at once when the line needs no time. */
  start(line: string, io: ShellIo, done: (status: number) => void): void {
    const finish = (status: number): void => {
      this.#running = undefined
      this.#state.status = status
      done(status)
    }
    if (this.#running !== undefined) {
      io.err(`${this.#kind.name}: a command is running\n`)
      done(1)
      return
    }
    const interactive = io.terminal !== undefined
    const text = this.#begun + line
    this.#begun = ''
    let script
    try {
      script = parse(text)
    } catch (error) {
      if (!(error instanceof SyntaxTrouble)) throw error
      if (interactive && error.unfinished && text.length < 65_536) {
        this.#begun = `${text}\n`
        done(this.#state.status)
        return
      }
      io.err(`${this.#kind.name}: ${error.message}\n`)
      finish(2)
      return
    }
    const streams = streamsOf(io)
    this.#machine.begins(line.trim(), io.terminal)
    const shell = new Interpreter(this.#machine, this.#state, undefined, this.#kind)
    const driver = new Driver(this.#machine.world, this.#alarms, this.#whole(shell.script(script, streams), streams), finish, error => {
      this.#onDefect(error)
      io.err(`${this.#kind.name}: internal error of the simulator; see the lab log\n`)
      finish(1)
    })
    this.#running = driver
    driver.start()
  }

  interrupt(): void {
    this.#begun = ''
    this.#running?.stop()
  }

  close(): void {
    this.#running?.stop()
  }

  /** A line with all that may end it. */
  * #whole(steps: Steps<number>, streams: Streams): Steps<number> {
    try {
      return yield * steps
    } catch (error) {
      if (error instanceof ExitSignal) {
        this.left = error.status
        return error.status
      }
      if (error instanceof LoopSignal || error instanceof ReturnSignal) return 0
      if (error instanceof BrokenPipe) return 141
      const text = error instanceof SyntaxTrouble || error instanceof Exhausted ? error.message
        : error instanceof TooMuch ? 'out of memory' : undefined
      if (text === undefined) throw error
      streams.err.write(`${this.#kind.name}: ${text}\n`)
      return 2
    }
  }
}

function streamsOf(io: ShellIo): Streams {
  let left = MOST_OUTPUT
  const output = (say: (text: string) => void): Output => ({
    write: text => {
      left -= text.length
      if (left < 0) throw new TooMuch()
      if (text !== '') say(text)
    },
  })
  return { in: new TextInput(io.input), out: output(text => io.out(text)), err: output(text => io.err(text)) }
}
