import { responds } from '../../physics/network/paths.js'
import { hostOption } from '../../physics/options.js'
import { soonUnref } from '../../world/clock.js'
import type { JournalEntry } from '../../world/journal.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { LAB, type NodeInfo } from '../nodes.js'
import { authLine, commandLine, type SshClient } from './lines.js'
import { freeTerminal, LOGIN_TYPE, type LoginProps, type Terminal } from './records.js'
import { tellOfSession } from './tell.js'
import { changeTerminal, loginSlot, terminalOf } from './terminals.js'

/** Why a terminal or a login ended without its user's doing; `gone`: the lab went to another state. */
export type EndOfLogin = 'idle' | 'power' | 'gone'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A login by SSH, or one terminal of it, was ended by its node. */
    'ssh.ended': { readonly login: string, readonly terminal?: string, readonly why: EndOfLogin }
  }
  interface JobMap {
    /** Looks whether somebody still sits at a terminal (UserVars.ESXiShellInteractiveTimeOut). */
    'ssh.idle': { readonly login: string, readonly terminal: string }
  }
}

/** The door's side of a login. */
export interface LoginEnds {
  /** The node ended the login, or the terminal of that name. Called outside of transactions. */
  ended(why: EndOfLogin, terminal?: string): void
}

/** Somebody who is logged in, for the door that he came by. */
export interface SshLogin {
  /** A shell at a terminal begins; gives its name, `t0`. */
  openTerminal(): string
  closeTerminal(name: string): void
  /** A key was pressed at a terminal, or a command began or ended. */
  active(name: string, busy: boolean): void
  /** A command that was given at a prompt: a line of shell.log. */
  command(text: string): void
  /** The connection is over. */
  close(): void
}

/**
 * Who is logged in by SSH, of all nodes: the facts are records of the world, the connections sockets of
 * this process. A login whose record is gone (the lab was put into another state) ends.
 */
export class SshLogins {
  readonly #world: World
  readonly #live = new Map<string, LoginEnds>()

  constructor(world: World) {
    this.#world = world
    world.subscribe(entry => this.#hear(entry))
  }

  /** Logins whose connections are open. */
  get count(): number {
    return this.#live.size
  }

  /** Somebody is logged in: `esx.audit.ssh.session.opened`. */
  add(node: NodeInfo, user: string, client: SshClient, ends: LoginEnds): SshLogin {
    const world = this.#world
    const id = this.#transact(node, 'ssh login', tx => {
      const name = `ssh/${node.name}/${tx.count(`ssh/${node.name}`)}`
      const props: LoginProps = { node: node.name, user, client, terminals: [] }
      tx.create({ node: LAB, type: LOGIN_TYPE, id: name }, { props, inner: {} })
      tellOfSession(tx, node, 'opened', user, client)
      return name
    })
    this.#live.set(id, ends)
    const change = <R>(what: string, run: (tx: Transaction) => R): R | undefined =>
      loginSlot(world, id) === undefined ? undefined : this.#transact(node, what, run)
    return {
      openTerminal: () => change('ssh terminal', tx => openTerminal(tx, id)) ?? '',
      closeTerminal: name => { change('ssh terminal ends', tx => closeTerminal(tx, id, name)) },
      active: (name, busy) => {
        const known = terminalOf(world, id, name)
        if (known === undefined || known.idleMs === 0) return
        // Keys follow each other fast: what counts is the second.
        if (known.busy === busy && world.now() - known.activeAt < KEYS_MS) return
        change('ssh key', tx => changeTerminal(tx, id, name, { activeAt: tx.now(), busy }))
      },
      command: text => { change('command', tx => { if (responds(tx, node.name)) commandLine(tx, node.name, user, client.pid, text) }) },
      close: () => {
        this.#live.delete(id)
        change('ssh logout', tx => endLogin(tx, id))
      },
    }
  }

  #transact<R>(node: NodeInfo, what: string, run: (tx: Transaction) => R): R {
    return this.#world.transact({ kind: 'lab', what, node: node.name }, run)
  }

  #hear(entry: JournalEntry): void {
    const { kind: by, what } = entry.cause
    // While others are told of the new state nothing may be changed.
    if (by === 'lab' && (what === 'load' || what === 'rewind')) soonUnref(() => this.#forgetStrangers())
    for (const { kind, payload } of entry.signals) {
      if (kind !== 'ssh.ended') continue
      const { login, terminal, why } = payload as { login: string, terminal?: string, why: EndOfLogin }
      const ends = this.#live.get(login)
      if (terminal === undefined) this.#live.delete(login)
      ends?.ended(why, terminal)
    }
    for (const { slot: { address }, after } of entry.changes) {
      if (address.type !== LOGIN_TYPE || after !== undefined) continue
      const ends = this.#live.get(address.id)
      this.#live.delete(address.id)
      ends?.ended('gone')
    }
  }

  /** Logins that came back with another state of the lab while their connections are long over. */
  #forgetStrangers(): void {
    const strangers = this.#world.ofType(LAB, LOGIN_TYPE).filter(({ address }) => !this.#live.has(address.id))
    if (strangers.length === 0) return
    this.#world.transact({ kind: 'lab', what: 'ssh logouts' }, tx => { for (const slot of strangers) tx.remove(slot) })
  }
}

/** Keys within so many lab milliseconds are one, for the idle time-out. */
const KEYS_MS = 1000

function openTerminal(tx: Transaction, id: string): string {
  const slot = loginSlot(tx, id)!
  const { node, user, client, terminals } = tx.read<LoginProps>(slot)!.props
  const name = freeTerminal(tx, node)
  const idleMs = 1000 * hostOption(tx, node, 'UserVars.ESXiShellInteractiveTimeOut', 0)
  const terminal: Terminal = { name, activeAt: tx.now(), busy: false, idleMs }
  tx.update<LoginProps>(slot, ({ props }) => { (props as { terminals: Terminal[] }).terminals = [...terminals, terminal] })
  authLine(tx, node, client, `Session opened for '${user}' on /dev/char/pty/${name}`)
  if (idleMs > 0) tx.after(idleMs, 'ssh.idle', { login: id, terminal: name })
  return name
}

function closeTerminal(tx: Transaction, id: string, name: string): void {
  const slot = loginSlot(tx, id)!
  const { node, user, client, terminals } = tx.read<LoginProps>(slot)!.props
  if (!terminals.some(each => each.name === name)) return
  tx.update<LoginProps>(slot, ({ props }) => {
    (props as { terminals: Terminal[] }).terminals = terminals.filter(each => each.name !== name)
  })
  // A machine that is dead writes nothing, and one that was without power knows of no session.
  if (responds(tx, node)) authLine(tx, node, client, `Session closed for '${user}' on /dev/char/pty/${name}`)
}

/** A login and its terminals end, with what the node says of it. */
export function endLogin(tx: Transaction, id: string): void {
  const slot = loginSlot(tx, id)!
  const { node, user, client, terminals } = tx.read<LoginProps>(slot)!.props
  for (const { name } of terminals) closeTerminal(tx, id, name)
  tx.remove(slot)
  if (!responds(tx, node)) return
  authLine(tx, node, client, `Disconnected from user ${user} ${client.address} port ${client.port}`)
  const info = tx.get<NodeInfo>(LAB, node)?.props
  if (info !== undefined) tellOfSession(tx, info, 'closed', user, client)
}

/** Registers what ends logins beside their users: idle time, and the power of their machine. */
export function keepSshLogins(world: World): void {
  world.onJob('ssh.idle', (tx, { login, terminal }) => {
    const known = terminalOf(tx, login, terminal)
    if (known === undefined) return
    const left = known.busy ? known.idleMs : known.activeAt + known.idleMs - tx.now()
    if (left > 0) {
      tx.after(left, 'ssh.idle', { login, terminal })
      return
    }
    closeTerminal(tx, login, terminal)
    tx.emit('ssh.ended', { login, terminal, why: 'idle' })
  })
  world.on('hardware.powerLost', (tx, { node }) => {
    for (const slot of tx.ofType(LAB, LOGIN_TYPE)) {
      if (tx.read<LoginProps>(slot)!.props.node === node) forget(tx, slot)
    }
  })
}

function forget(tx: Transaction, slot: Slot): void {
  tx.remove(slot)
  tx.emit('ssh.ended', { login: slot.address.id, why: 'power' })
}
