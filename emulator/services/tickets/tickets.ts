/**
 * One-time tickets for a VM's console and devices (protocols.md 7.4). The host that has the VM keeps
 * them in its agent's memory: they are records of the world that end with hostd.
 */
import { onHostdEnd } from '../../physics/hardware/agents.js'
import type { VirtualMachineProps, VirtualMachineTicketType } from '../../schema/generated/types.js'
import { uuid } from '../../world/ids.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { LAB } from '../nodes.js'
import { REMEMBERED_MS, ticketLifeMs } from './timing.js'
import { tellIssued } from './vm-lines.js'
import { isVmxPath } from './vmx-path.js'

export type TicketKind = VirtualMachineTicketType

/** What a ticket is good for, and who asked for it. */
export interface TicketFacts {
  /** Node of the host that has the VM. */
  readonly host: string
  /** Id of the VM on that host. */
  readonly vm: string
  readonly kind: TicketKind
  /** Canonical name of the user who asked for it. */
  readonly userName: string
  /** Node on which that user is known: a vCenter, or the host itself (default). */
  readonly issuer?: string
}

/** A ticket that was taken: what it was good for. */
export type Redeemed = TicketFacts & { readonly issuer: string }

/**
 * Why a ticket is not taken. `foreignVm`: it is for another VM; `kind`: for another service; `gone`:
 * the VM does not run here any more.
 */
export interface TicketRefusal {
  readonly refused: 'unknown' | 'expired' | 'used' | 'foreignVm' | 'kind' | 'gone'
  /** Undefined: nobody knows it. */
  readonly ticket?: Pick<TicketFacts, 'vm' | 'kind'>
}

interface TicketProps extends TicketFacts {
  readonly issuer: string
  /** Lab time in milliseconds. */
  readonly expires: number
  readonly used: boolean
}

declare module '../../world/signals.js' {
  interface JobMap {
    /** A ticket was used or too old long ago: nobody asks for it any more. */
    'ticket.forget': { readonly id: string }
  }
}

/**
 * Makes a ticket that is good once, for `lifeMs` of lab time (default: `ticketLifeMs` of its kind).
 * Gives the ticket, a UUID that begins with 52 (protocols.md 7.3). It is a secret: it belongs in the
 * answer and in no log.
 */
export function issueTicket(tx: Transaction, facts: TicketFacts, lifeMs = ticketLifeMs(facts.kind)): string {
  const ticket = `52${uuid(tx.world.random, 'tickets').slice(2)}`
  const id = recordId(facts.host, ticket)
  const props: TicketProps = {
    ...facts, issuer: facts.issuer ?? facts.host, expires: tx.now() + lifeMs, used: false,
  }
  tx.create({ node: LAB, type: 'ConsoleTicket', id }, { props, inner: {} })
  tx.after(lifeMs + REMEMBERED_MS, 'ticket.forget', { id })
  tellIssued(tx, facts, lifeMs)
  return ticket
}

/**
 * Takes a ticket of a host for one of some kinds of service; with `path`, for the VM of that
 * configuration file. A ticket is used up by the first try, whatever comes of it.
 */
export function redeemTicket(
  world: World, host: string, ticket: string, kinds: TicketKind | readonly TicketKind[], path?: string,
): Redeemed | TicketRefusal {
  world.runDue()
  const slot = world.find(LAB, recordId(host, ticket))
  const props = slot === undefined ? undefined : world.read<TicketProps>(slot)?.props
  if (slot === undefined || props === undefined) return { refused: 'unknown' }
  const refused = refusalOf(world, props, kinds, path)
  if (!props.used) {
    world.transact({ kind: 'lab', what: 'console ticket used', node: host }, tx => {
      tx.update<TicketProps>(slot, draft => { (draft.props as { used: boolean }).used = true })
    })
  }
  const { vm, kind, userName, issuer } = props
  if (refused !== undefined) return { refused, ticket: { vm, kind } }
  return { host, vm, kind, userName, issuer }
}

function refusalOf(
  world: World, props: TicketProps, kinds: TicketKind | readonly TicketKind[], path: string | undefined,
): TicketRefusal['refused'] | undefined {
  const { host, vm, kind } = props
  if (props.used) return 'used'
  if (props.expires <= world.now()) return 'expired'
  if (typeof kinds === 'string' ? kinds !== kind : !kinds.includes(kind)) return 'kind'
  if (world.get<VirtualMachineProps>(host, vm)?.props.runtime.powerState !== 'poweredOn') return 'gone'
  return path === undefined || isVmxPath(world, host, vm, path) ? undefined : 'foreignVm'
}

/** Tickets are in hostd's memory: they end with it, and with the host. */
export function keepTickets(world: World): void {
  world.onJob('ticket.forget', (tx, { id }) => {
    const slot = tx.find(LAB, id)
    if (slot !== undefined) tx.remove(slot)
  })
  onHostdEnd(world, dropTickets)
  world.on('hardware.powerLost', (tx, { node }) => dropTickets(tx, node))
}

function dropTickets(tx: Transaction, host: string): void {
  for (const slot of tx.ofType(LAB, 'ConsoleTicket')) {
    if (tx.read<TicketProps>(slot)?.props.host === host) tx.remove(slot)
  }
}

function recordId(host: string, ticket: string): string {
  return `consoleTicket/${host}/${ticket}`
}
