import type { Gate } from '../dispatch/invoke.js'
import { nodeInfo, type NodeInfo } from '../services/nodes.js'
import { appliancePrograms } from './appliance/programs.js'
import { hostPrograms } from './host/programs.js'
import { NodeMachine } from './node-machine.js'
import { NodeShell, type ShellKind } from './node-shell.js'
import type { ProgramTable, ShellState } from './programs/program-model.js'
import { Alarms } from './run/driver.js'
import type { ShellFiles, ShellUser, Shells } from './shell-model.js'

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

  open(node: string, user: ShellUser): NodeShell {
    const info = this.#node(node)
    return new NodeShell(this.#machine(info, user), kindOf(info), this.#alarms, error => this.onDefect(error))
  }

  files(node: string, user: ShellUser): ShellFiles {
    return this.#machine(this.#node(node), user).files
  }

  #machine(info: NodeInfo, user: ShellUser): NodeMachine {
    const programs: ProgramTable = info.kind === 'esxi' ? hostPrograms : appliancePrograms
    return new NodeMachine(this.#gate, info, user, programs)
  }

  #node(name: string): NodeInfo {
    const info = nodeInfo(this.#gate.services.world, name)
    if (info === undefined) throw new Error(`no node ${name}`)
    return info
  }
}

function kindOf(node: NodeInfo): ShellKind {
  const short = node.hostName.split('.')[0]!
  if (node.kind === 'esxi') {
    return {
      greeting: '', home: '/', name: 'sh', variables: { HOME: '/', PATH: '/bin:/sbin', TERM: 'xterm', USER: 'root', SHELL: '/bin/sh' },
      prompt: ({ folder }: ShellState) => `[root@${short}:${folder === '/' ? '~' : folder}] `,
    }
  }
  return {
    greeting: '', home: '/root', name: 'bash',
    variables: { HOME: '/root', PATH: '/bin:/usr/bin', TERM: 'xterm', USER: 'root', SHELL: '/bin/bash' },
    prompt: ({ folder }: ShellState) => `root@${short} [ ${folder === '/root' ? '~' : folder} ]# `,
  }
}
