/** Who comes to a host's 902, and which console he may have (protocols.md 7.2). */
import { writeLog } from '../../physics/logs/write.js'
import type { VirtualMachineProps } from '../../schema/generated/types.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { findAccount, hasPassword, principalOf } from '../accounts.js'
import { clearFailures } from '../accounts/lockout.js'
import { judgeLogin } from '../accounts/verify.js'
import type { Services } from '../call.js'
import type { NodeInfo } from '../nodes.js'
import { oneLine } from '../one-line.js'
import { badLogin } from '../sessions/login.js'
import type { Principal } from '../sessions.js'
import { tellRefused } from './vm-lines.js'
import { redeemTicket, type Redeemed, type TicketKind } from './tickets.js'
import { isVmxPath, vmOfPath } from './vmx-path.js'

/** Somebody let in: by the ticket that he brought, or as a user of the host. */
export type ConsoleUser =
  | { readonly ticket: Redeemed }
  | { readonly principal: Principal }

/** A console that may be shown. */
export interface GrantedConsole {
  /** Id of the VM on the host. */
  readonly vm: string
  readonly userName: string
  /** Node on which that user is known. */
  readonly issuer: string
}

/** Kinds of tickets that are for 902. */
const KINDS: readonly TicketKind[] = ['mks', 'device', 'guestControl']

/** A host and a client's address. */
export interface ConsolePlace {
  readonly services: Services
  readonly node: NodeInfo
  readonly client: string
}

/**
 * Lets a client in by name and password, or by a ticket in the place of both; undefined: it is
 * refused. Users are checked as at SessionManager.Login, and a wrong password counts and is told as
 * there. A ticket is told nowhere by its name, a wrong one neither: it may be good elsewhere.
 */
export function consoleLogin(place: ConsolePlace, name: string, password: string): ConsoleUser | undefined {
  const { services: { world }, node, client } = place
  if (name !== password || !looksLikeTicket(name)) return accountLogin(place, name, password)
  const ticket = redeemTicket(world, node.name, name, KINDS)
  if ('refused' in ticket) {
    note(place, 'warning', `login from ${client} refused: ticket is ${ticket.refused}`, tx => tellRefused(tx, node.name, client, ticket))
    return undefined
  }
  note(place, 'info', `login from ${client} with a ticket of ${ticket.userName}`)
  return { ticket }
}

function accountLogin(place: ConsolePlace, name: string, password: string): ConsoleUser | undefined {
  const { services: { world, behaviour }, node, client } = place
  world.runDue()
  if (behaviour.anyLogin && name !== '' && password !== '') {
    return { principal: { name: oneLine(name), groups: [], administrator: true } }
  }
  const judged = judgeLogin(world, node, name, account => hasPassword(account, password))
  if ('account' in judged) {
    note(place, 'info', `login from ${client} as ${oneLine(name)}`, tx => {
      if (judged.account.inner.failed !== undefined) clearFailures(tx, findAccount(tx, node.name, name, false)!)
    })
    return { principal: principalOf(world, judged.account) }
  }
  note(place, 'warning', `login from ${client} as ${oneLine(name)} refused: ${judged.refused}`, tx => {
    if (judged.refused !== 'expired') badLogin({ node, client: { address: client, userAgent: '' } }, tx, oneLine(name))
  })
  return undefined
}

/** The console of the VM with a configuration file, or why its user does not get it. */
export function grantConsole(place: ConsolePlace, user: ConsoleUser, path: string): GrantedConsole | string {
  const granted = 'ticket' in user ? byTicket(place, user.ticket, path) : byName(place, user.principal, path)
  if (typeof granted === 'string') note(place, 'warning', `no console for ${place.client} of ${oneLine(path)}: ${granted}`)
  else note(place, 'info', `console for ${place.client} of ${oneLine(path)}, user ${oneLine(granted.userName)}`)
  return granted
}

function byTicket({ services: { world }, node }: ConsolePlace, ticket: Redeemed, path: string): GrantedConsole | string {
  const { vm, kind, userName, issuer } = ticket
  if (kind !== 'mks' || !isVmxPath(world, node.name, vm, path)) return DENIED
  return isRunning(world, node, vm) ? { vm, userName, issuer } : NOT_RUNNING
}

function byName(place: ConsolePlace, principal: Principal, path: string): GrantedConsole | string {
  const { services: { world, authorization }, node } = place
  const slot = vmOfPath(world, node.name, path)
  if (slot === undefined) return DENIED
  if (!authorization.has(world, principal, slot, 'VirtualMachine.Interact.ConsoleInteract')) return DENIED
  const vm = slot.address.id
  return isRunning(world, node, vm) ? { vm, userName: principal.name, issuer: node.name } : NOT_RUNNING
}

const DENIED = 'Permission denied.'
const NOT_RUNNING = 'The virtual machine is not powered on.'

function looksLikeTicket(text: string): boolean {
  return /^52[0-9a-f]{6}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}

function isRunning(world: World, node: NodeInfo, vm: string): boolean {
  return world.get<VirtualMachineProps>(node.name, vm)?.props.runtime.powerState === 'poweredOn'
}

/** A line of vmauthd.log (operations.md 3.1), with what else is to change. */
function note(
  { services: { world }, node }: ConsolePlace, level: 'info' | 'warning', text: string, change?: (tx: Transaction) => void,
): void {
  world.transact({ kind: 'lab', what: 'authd', node: node.name }, tx => {
    writeLog(tx, node.name, 'vmauthd', { level, text })
    change?.(tx)
  })
}
