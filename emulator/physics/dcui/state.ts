import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A key of the keyboard that is plugged into a host (scan code of PC set 1, extended with 0x100 added). */
    'host.key': { readonly host: string, readonly scanCode: number, readonly down: boolean }
    /** Somebody did something at a host's own console, or could not log in there. */
    'dcui.did': {
      readonly host: string, readonly user: string
      readonly what: 'login.failed' | 'hostagents.restart' | 'host.reboot' | 'host.shutdown'
    }
  }
  interface JobMap {
    /** Nobody has touched a host's console for a while. */
    'dcui.idle': { readonly host: string }
  }
}

/** What the console of a host shows in place of its first page. */
export type View =
  | { readonly at: 'own' }
  | {
    readonly at: 'login', readonly to: 'menu' | 'power', readonly user: string, readonly secret: string
    readonly field: 'user' | 'secret', readonly refused?: boolean
  }
  | { readonly at: 'menu', readonly item: number }
  | { readonly at: 'troubleshooting', readonly item: number }
  | { readonly at: 'agents', readonly done?: boolean }
  | { readonly at: 'network' | 'support' | 'logs' | 'power' }
  /** `back`: rows above the newest page. */
  | { readonly at: 'log', readonly log: number, readonly back: number }

/** Screens of a host that Alt and a function key switch between (operations.md 10, row DCUI). */
export type Tty = 1 | 2 | 11 | 12

/** Props of `{lab, HostConsole, dcui/<host>}`: there once a key was pressed, until the host stops. */
export interface HostConsole {
  readonly tty: Tty
  readonly view: View
  /** Who is logged in; empty: nobody. */
  readonly user: string
  readonly held: readonly ('shift' | 'ctrl' | 'alt')[]
  readonly caps: boolean
  /** Agenda job that ends the login when nobody types. */
  readonly idle?: number
}

const FRESH: HostConsole = Object.freeze({ tty: 2, view: Object.freeze({ at: 'own' }), user: '', held: Object.freeze([]), caps: false })

/** The console of a host; a fresh one when nobody has touched it. */
export function hostConsoleOf(reader: Reader, host: string): HostConsole {
  return reader.get<HostConsole>(LAB, hostConsoleId(host))?.props ?? FRESH
}

/** Changes a host's console, which is made if there was none. */
export function setHostConsole(tx: Transaction, host: string, change: Partial<HostConsole>): void {
  const id = hostConsoleId(host)
  const props = { ...hostConsoleOf(tx, host), ...change }
  const slot = tx.find(LAB, id)
  if (slot === undefined) tx.create({ node: LAB, type: 'HostConsole', id }, { props, inner: {} })
  else tx.replace(slot, { props: { ...props }, inner: {} })
}

/** The host has stopped: nobody is logged in at its console any more. */
export function dropHostConsole(tx: Transaction, host: string): void {
  const { idle } = hostConsoleOf(tx, host)
  if (idle !== undefined) tx.cancel(idle)
  tx.remove({ node: LAB, id: hostConsoleId(host) })
}

/** Somebody at the console is asked who he is again. */
export function logOutOfConsole(tx: Transaction, host: string): void {
  const { idle } = hostConsoleOf(tx, host)
  if (idle !== undefined) tx.cancel(idle)
  const slot = tx.find(LAB, hostConsoleId(host))
  if (slot === undefined) return
  const { idle: _, ...rest } = { ...hostConsoleOf(tx, host), view: { at: 'own' } as const, user: '' }
  tx.replace(slot, { props: rest, inner: {} })
}

/** The record's id on the pseudo node `lab`. */
export function hostConsoleId(host: string): string {
  return `dcui/${host}`
}
