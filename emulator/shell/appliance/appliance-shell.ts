import type { NodeMachine } from '../node-machine.js'
import type { NodeShell } from '../node-shell.js'
import type { Shell, ShellIo } from '../shell-model.js'
import { shellEnabled } from './appliance-commands.js'

/**
 * What a user of a vCenter's operating system gets first: a shell of a few commands, from which `shell`
 * leads to bash (operations.md 2.3).
 */
export class ApplianceShell implements Shell {
  readonly #machine: NodeMachine
  readonly #commands: NodeShell
  readonly #makeBash: () => NodeShell
  #bash: NodeShell | undefined
  /** Bash that runs one command for `shell`. */
  #once: NodeShell | undefined
  #left: number | undefined

  constructor(machine: NodeMachine, commands: NodeShell, makeBash: () => NodeShell) {
    this.#machine = machine
    this.#commands = commands
    this.#makeBash = makeBash
  }

  get left(): number | undefined {
    return this.#left
  }

  prompt(): string {
    return (this.#bash ?? this.#commands).prompt()
  }

  greeting(): string {
    return this.#commands.greeting()
  }

  run(line: string, io: ShellIo): Promise<number> {
    return new Promise(resolve => { this.start(line, io, resolve) })
  }

  /** As `NodeShell.start`. */
  start(line: string, io: ShellIo, done: (status: number) => void): void {
    const bash = this.#bash
    if (bash !== undefined) {
      bash.start(line, io, status => {
        // Who leaves bash is where he came from.
        if (bash.left !== undefined) this.#bash = undefined
        done(status)
      })
      return
    }
    const [word = '', ...rest] = line.trim().split(/\s+/)
    if (word === 'shell' || word === 'pi') {
      this.#enter(line.trim().slice(word.length).trim(), io, done)
      return
    }
    if ((word === 'exit' || word === 'logout' || word === 'quit') && rest.length === 0) {
      this.#left = 0
      done(0)
      return
    }
    this.#commands.start(line, io, done)
  }

  interrupt(): void {
    (this.#once ?? this.#bash ?? this.#commands).interrupt()
  }

  close(): void {
    this.#once?.close()
    this.#bash?.close()
    this.#commands.close()
  }

  /** `shell`: bash from now on; with a command, or with input and no terminal, for that alone. */
  #enter(command: string, io: ShellIo, done: (status: number) => void): void {
    if (!shellEnabled({ machine: this.#machine })) {
      io.err('Shell is disabled.\n')
      done(1)
      return
    }
    const bash = this.#makeBash()
    if (command !== '' || io.terminal === undefined) {
      this.#once = bash
      bash.start(command === '' ? io.input : command, command === '' ? { ...io, input: '' } : io, status => {
        this.#once = undefined
        done(status)
      })
      return
    }
    io.out(`Shell access is granted to ${this.#machine.user.name}\n`)
    this.#bash = bash
    done(0)
  }
}
