import { responds } from '../physics/network/paths.js'
import type { World } from '../world/world.js'
import { tellOfVm } from './narration/virtual-machine.js'
import type { TicketKind } from './tickets/tickets.js'
import { tellConnection } from './tickets/vm-lines.js'

/** How a console is served: by a ticket of a kind, or as plain VNC by the VM's own settings. */
export type ConsoleKind = TicketKind | 'vnc'

/** One open console of a VM. */
export interface ConsoleConnection {
  /** Node of the host that serves it. */
  readonly host: string
  /** Id of the VM on that host. */
  readonly vm: string
  /** What VirtualMachineConnection.label shows. */
  readonly label: string
  /** Address of the client. */
  readonly client: string
  readonly userName: string
  readonly kind: ConsoleKind
  /** Node on which the user is known; default: the host. */
  readonly issuer?: string
  /** Ends the connection; whoever added it need not call its remove then. */
  drop(): void
}

/** What identifies a connection to its user, as the API names it. */
export type ConnectionName = Pick<ConsoleConnection, 'label' | 'client' | 'userName'>

/**
 * The consoles that are open, of all hosts. They are sockets of this process and no part of the lab's
 * state; that one opens or ends is told with the product's events.
 */
export class ConsoleConnections {
  readonly #world: World
  readonly #byVm = new Map<string, Set<ConsoleConnection>>()

  constructor(world: World) {
    this.#world = world
  }

  /** Open consoles of all VMs. */
  get count(): number {
    let count = 0
    for (const open of this.#byVm.values()) count += open.size
    return count
  }

  /** All open consoles. */
  all(): ConsoleConnection[] {
    return [...this.#byVm.values()].flatMap(open => [...open])
  }

  /**
   * A console has opened: VmRemoteConsoleConnectedEvent. Gives what must be called, outside of a
   * transaction, when it has ended; more than once does no harm.
   */
  add(connection: ConsoleConnection): () => void {
    const key = keyOf(connection.host, connection.vm)
    const open = this.#byVm.get(key) ?? new Set()
    this.#byVm.set(key, open.add(connection))
    this.#tell('VmRemoteConsoleConnectedEvent', connection)
    return () => this.#remove(connection)
  }

  /** The open consoles of a VM, oldest first. */
  of(host: string, vm: string): readonly ConsoleConnection[] {
    return [...this.#byVm.get(keyOf(host, vm)) ?? []]
  }

  /**
   * Ends consoles of a VM, outside of a transaction: all of them, or each one that is named. False if
   * one that was named is not open.
   */
  drop(host: string, vm: string, named?: readonly ConnectionName[]): boolean {
    const open = this.of(host, vm)
    const found = named?.map(name => open.filter(each => sameName(each, name))) ?? [open]
    for (const connection of new Set(found.flat())) {
      this.#remove(connection)
      connection.drop()
    }
    return named === undefined || found.every(each => each.length > 0)
  }

  #remove(connection: ConsoleConnection): void {
    const key = keyOf(connection.host, connection.vm)
    const open = this.#byVm.get(key)
    if (open?.delete(connection) !== true) return
    if (open.size === 0) this.#byVm.delete(key)
    this.#tell('VmRemoteConsoleDisconnectedEvent', connection)
  }

  #tell(
    type: 'VmRemoteConsoleConnectedEvent' | 'VmRemoteConsoleDisconnectedEvent',
    { host, vm, userName, client, kind, issuer = host }: ConsoleConnection,
  ): void {
    // A host that is dead tells nobody that its consoles are gone.
    if (!responds(this.#world, host)) return
    this.#world.transact({ kind: 'lab', what: type, node: host }, tx => {
      tellOfVm(tx, type, { node: host, vm, by: { node: issuer, userName } })
      tellConnection(tx, { host, vm }, kind, client, type === 'VmRemoteConsoleConnectedEvent' ? 'opened' : 'closed')
    })
  }
}

function keyOf(host: string, vm: string): string {
  return `${host}/${vm}`
}

function sameName(one: ConnectionName, other: ConnectionName): boolean {
  return one.label === other.label && one.client === other.client && one.userName === other.userName
}
