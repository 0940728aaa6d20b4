import type { Gate } from '../dispatch/invoke.js'
import { nodeNow } from '../physics/appliance/facts.js'
import { chassis } from '../physics/hardware/chassis.js'
import { responds } from '../physics/network/paths.js'
import type { NodeInfo } from '../services/nodes.js'
import { shownCommand } from '../services/shell-access/shown-command.js'
import type { Transaction } from '../world/transaction.js'
import type { World } from '../world/world.js'
import { applianceTree } from './files/appliance-tree.js'
import { hostTree } from './files/host-tree.js'
import { NodeFiles } from './files/node-files.js'
import type { FilePlace } from './files/place.js'
import { baseName, type Machine, type Program, type ProgramTable } from './programs/program-model.js'
import type { ShellIo, ShellUser } from './shell-model.js'

/** Folders whose programs are found by name. */
const PROGRAM_FOLDERS = /^\/(?:usr\/(?:lib\/vmware\/[\w-]+\/)?)?s?bin\//

/** A node as one shell's user sees it. */
export class NodeMachine implements Machine {
  readonly gate: Gate
  readonly world: World
  readonly node: NodeInfo
  readonly user: ShellUser
  readonly files: NodeFiles
  terminal: ShellIo['terminal']
  readonly #programs: ProgramTable
  #command = 'sftp'
  /** Since when the machine is up, as it was when the line began. */
  #bootTime: number | undefined

  constructor(gate: Gate, node: NodeInfo, user: ShellUser, programs: ProgramTable) {
    this.gate = gate
    this.world = gate.services.world
    this.node = node
    this.user = user
    this.#programs = programs
    const { world } = this
    const place: FilePlace = {
      world, node, programs: Object.keys(programs), change: what => this.change(what),
      freshLogs: () => gate.services.access.flush(node.name),
      get since() { return chassis(world, node.name)?.bootTime ?? world.now() },
    }
    this.files = new NodeFiles(node.kind === 'esxi' ? hostTree(place) : applianceTree(place), user)
  }

  /** A line begins to run. */
  begins(command: string, terminal: ShellIo['terminal']): void {
    this.#command = shownCommand(command)
    this.terminal = terminal
    this.#bootTime = chassis(this.world, this.node.name)?.bootTime
  }

  alive(): boolean {
    return responds(this.world, this.node.name) && chassis(this.world, this.node.name)?.bootTime === this.#bootTime
  }

  now(): number {
    return nodeNow(this.world, this.node.name)
  }

  change<T>(what: (tx: Transaction) => T): T {
    const cause = { kind: 'lab', what: 'shell', node: this.node.name, user: this.user.name, command: this.#command } as const
    return this.world.transact(cause, what)
  }

  program(name: string): Program | undefined {
    const key = PROGRAM_FOLDERS.test(name) ? baseName(name) : name
    return Object.hasOwn(this.#programs, key) ? this.#programs[key] : undefined
  }
}
