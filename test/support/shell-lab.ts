import type { Lab } from '../../emulator/lab.js'
import type { OpenShell } from '../../emulator/shell/node-shells.js'
import { GateLab, type GateLabOptions } from './gate-lab.js'

/** What a line of a shell said. */
export interface Said {
  /** Undefined: it has not ended. */
  readonly status: number | undefined
  readonly out: string
  readonly err: string
}

/** A line that runs, or ran. */
export class Line {
  out = ''
  err = ''
  status: number | undefined

  get said(): Said {
    return { status: this.status, out: this.out, err: this.err }
  }
}

export interface LineOptions {
  readonly input?: string
  readonly terminal?: { readonly columns: number, readonly rows: number }
}

/** A lab on the manual clock with shells, asked without a door. */
export class ShellLab extends GateLab {
  readonly #shells = new Map<string, OpenShell>()

  constructor(options: GateLabOptions = {}) {
    super(options)
    this.lab.shells.onDefect = error => { throw error }
  }

  get world(): Lab['world'] {
    return this.lab.world
  }

  /** A node's shell, the same at each question: it keeps its folder and variables. */
  shell(node = 'esx-01', user = 'root'): OpenShell {
    const key = `${user}@${node}`
    const shell = this.#shells.get(key) ?? this.lab.shells.open(node, { name: user, address: '127.0.0.1' }, { byLabTime: true })
    this.#shells.set(key, shell)
    return shell
  }

  /** Begins a line; it may wait for lab time. */
  start(line: string, node?: string, { input = '', terminal }: LineOptions = {}, user?: string): Line {
    const running = new Line()
    this.shell(node, user).start(line, {
      out: text => { running.out += text }, err: text => { running.err += text }, input, ...terminal === undefined ? {} : { terminal },
    }, status => { running.status = status })
    return running
  }

  /** Runs a line to its end: lab time goes on while it waits, for an hour at most. */
  run(line: string, node?: string, options?: LineOptions, user?: string): Said {
    const running = this.start(line, node, options, user)
    for (let steps = 0; running.status === undefined && steps < 3600; steps += 1) this.world.advance(1000)
    return running.said
  }

  /** What a line prints that must succeed and say nothing on the error stream. */
  out(line: string, node?: string, options?: LineOptions): string {
    const said = this.run(line, node, options)
    if (said.status !== 0 || said.err !== '') throw new Error(`${line}: ${JSON.stringify(said)}`)
    return said.out
  }
}
