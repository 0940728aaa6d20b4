import type { Gate } from '../dispatch/invoke.js'
import { nodeInfo, type NodeInfo } from '../services/nodes.js'
import { applianceCommands } from './appliance/appliance-commands.js'
import { ApplianceShell } from './appliance/appliance-shell.js'
import { appliancePrograms } from './appliance/programs.js'
import { hostPrograms } from './host/programs.js'
import { NodeMachine } from './node-machine.js'
import { NodeShell, type ShellKind } from './node-shell.js'
import { Alarms } from './run/driver.js'
import type { Shell, ShellFiles, ShellIo, ShellUser, Shells } from './shell-model.js'

export interface OpenOptions {
  /** All that commands wait for is looked at by jobs of the lab: for runs that go as fast as the machine can. */
  readonly byLabTime?: boolean
}

/** A shell that a line can be begun in without waiting for its end. */
export interface OpenShell extends Shell {
  /** Runs a line; `done` is called at once when it needs no lab time. */
  start(line: string, io: ShellIo, done: (status: number) => void): void
}

/** The shells of all nodes of a lab. One for each lab: it wakes the commands that wait. */
export class NodeShells implements Shells {
  readonly #gate: Gate
  readonly #alarms: Alarms
  /** Hears of a defect of ours in a command. */
  onDefect: (error: unknown) => void = () => {}

  constructor(gate: Gate) {
    this.#gate = gate
    this.#alarms = new Alarms(gate.services.world)
  }

  open(node: string, user: ShellUser, options: OpenOptions = {}): OpenShell {
    const info = this.#node(node)
    const make = (machine: NodeMachine, kind: ShellKind): NodeShell => this.#shell(machine, kind, options)
    if (info.kind === 'esxi') return make(new NodeMachine(this.#gate, info, user, hostPrograms), hostKind(info))
    const machine = new NodeMachine(this.#gate, info, user, applianceCommands)
    return new ApplianceShell(machine, make(machine, applianceKind), () =>
      make(new NodeMachine(this.#gate, info, user, appliancePrograms), bashKind(info)))
  }

  files(node: string, user: ShellUser): ShellFiles {
    const info = this.#node(node)
    return new NodeMachine(this.#gate, info, user, info.kind === 'esxi' ? hostPrograms : appliancePrograms).files
  }

  #shell(machine: NodeMachine, kind: ShellKind, { byLabTime = false }: OpenOptions): NodeShell {
    return new NodeShell(machine, kind, byLabTime ? this.#alarms.strict : this.#alarms, error => this.onDefect(error))
  }

  #node(name: string): NodeInfo {
    const info = nodeInfo(this.#gate.services.world, name)
    if (info === undefined) throw new Error(`no node ${name}`)
    return info
  }
}

function shortName({ hostName }: NodeInfo): string {
  return hostName.split('.')[0]!
}

/** The shell of a host (operations.md 2). */
function hostKind(node: NodeInfo): ShellKind {
  return {
    greeting: '', home: '/', name: 'sh', missing: name => `sh: ${name}: not found`,
    variables: { HOME: '/', PATH: '/bin:/sbin', TERM: 'xterm', USER: 'root', SHELL: '/bin/sh' },
    prompt: ({ folder }) => `[root@${shortName(node)}:${folder === '/' ? '~' : folder}] `,
  }
}

/** The restricted shell of an appliance. */
const applianceKind: ShellKind = {
  greeting: '', home: '/', name: 'appliancesh', missing: name => `Unknown command: \`${name}'`, variables: {}, prompt: () => 'Command> ',
}

function bashKind(node: NodeInfo): ShellKind {
  return {
    greeting: '', home: '/root', name: 'bash', missing: name => `bash: ${name}: command not found`,
    variables: { HOME: '/root', PATH: '/bin:/usr/bin', TERM: 'xterm', USER: 'root', SHELL: '/bin/bash' },
    prompt: ({ folder }) => `root@${shortName(node)} [ ${folder === '/root' ? '~' : folder} ]# `,
  }
}
