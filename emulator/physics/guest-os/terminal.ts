import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { LAB } from '../hardware/chassis.js'
import './signals.js'

/**
 * What somebody has typed into a guest and seen of it: props of
 * `{lab, GuestTerminal, terminal/<host>/<id of the VM there>}`. Made with the first key; what nobody
 * touched is computed (`guest-screen.ts`).
 */
export interface Terminal {
  readonly mode: 'login' | 'password' | 'shell'
  /** What stands on the screen above the line with the cursor, oldest first, with marks of colours. */
  readonly lines: readonly string[]
  /** The line that is being typed. */
  readonly input: string
  /** Who is logging in, or is logged in. */
  readonly user: string
  /** Folder of the shell. */
  readonly folder: string
  /** Commands typed so far, oldest first, and which of them the arrow keys have reached. */
  readonly history: readonly string[]
  readonly recalled?: number
  /** Keys that change the meaning of others and are down, and caps lock. */
  readonly held: readonly Modifier[]
  readonly caps: boolean
  /** A command that takes its time. */
  readonly running?: RunningPing
  /** Size of the screen in pixels, once a client asked for another than text mode. */
  readonly size?: { readonly width: number, readonly height: number }
}

export type Modifier = 'shift' | 'ctrl' | 'alt'

/** A `ping` under way. */
export interface RunningPing {
  /** As it was typed, and its address. */
  readonly name: string
  readonly address: string
  readonly sent: number
  readonly received: number
  /** Packets still to send; undefined: until Ctrl+C. */
  readonly left?: number
  /** Agenda job of the next packet. */
  readonly job: number
}

/** What becomes of a terminal; `running` undefined: the command has ended. */
export type TerminalChange = Partial<Omit<Terminal, 'running'>> & { readonly running?: RunningPing | undefined }

/** A terminal at which nobody has typed. */
const FRESH: Terminal = Object.freeze({
  mode: 'login', lines: Object.freeze([]), input: '', user: '', folder: '/root',
  history: Object.freeze([]), held: Object.freeze([]), caps: false,
})

/** Commands that the arrow keys find again. */
export const HISTORY_KEPT = 20

/** The terminal of a host's VM; a fresh one when nobody has touched it. */
export function terminalOf(reader: Reader, vm: Slot): Terminal {
  return reader.get<Terminal>(LAB, idOf(vm))?.props ?? FRESH
}

/** Changes a VM's terminal, which is made if there was none. */
export function setTerminal(tx: Transaction, vm: Slot, change: TerminalChange): void {
  const slot = tx.find(LAB, idOf(vm))
  const { running, ...rest } = { ...terminalOf(tx, vm), ...change }
  const props: Terminal = running === undefined ? rest : { ...rest, running }
  if (slot === undefined) tx.create({ node: LAB, type: 'GuestTerminal', id: idOf(vm) }, { props, inner: {} })
  else tx.replace(slot, { props: { ...props }, inner: {} })
}

/** The guest starts anew, or is gone: what stood on its screen is forgotten, its size too. */
export function dropTerminal(tx: Transaction, vm: Pick<Slot, 'address'>): void {
  const id = idOf(vm)
  const running = tx.get<Terminal>(LAB, id)?.props.running
  if (running !== undefined) tx.cancel(running.job)
  tx.remove({ node: LAB, id })
}

/** A VM that moves with its process keeps its screen. */
export function moveTerminal(tx: Transaction, from: Slot, to: Slot): void {
  const props = tx.get<Terminal>(LAB, idOf(from))?.props
  if (props === undefined) return
  const { running } = props
  const due = running === undefined ? undefined : tx.world.agenda.get(running.job)?.due
  dropTerminal(tx, from)
  setTerminal(tx, to, props)
  if (running === undefined || due === undefined) return
  const { node, id } = to.address
  setTerminal(tx, to, { running: { ...running, job: tx.after(due - tx.now(), 'guest.ping', { node, vm: id }) } })
}

/** The record's id on the pseudo node `lab`. */
export function terminalId(node: string, vm: string): string {
  return `terminal/${node}/${vm}`
}

function idOf({ address }: Pick<Slot, 'address'>): string {
  return terminalId(address.node, address.id)
}
