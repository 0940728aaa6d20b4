/** Who comes to a host's 902, and which console he may have (protocols.md 7.2). */
import type { VirtualMachineProps } from '../../schema/generated/types.js'
import type { World } from '../../world/world.js'
import { findAccount, hasPassword, principalOf, readAccount } from '../accounts.js'
import { isExpired } from '../accounts/expiry.js'
import { clearFailures, isLocked } from '../accounts/lockout.js'
import type { Services } from '../call.js'
import type { NodeInfo } from '../nodes.js'
import { badLogin } from '../sessions/login.js'
import type { Principal } from '../sessions.js'
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
 * there. A wrong ticket is told nowhere by its name: it may be good elsewhere.
 */
export function consoleLogin(place: ConsolePlace, name: string, password: string): ConsoleUser | undefined {
  const { services: { world }, node } = place
  if (name === password && looksLikeTicket(name)) {
    const ticket = redeemTicket(world, node.name, name, KINDS)
    return 'refused' in ticket ? undefined : { ticket }
  }
  return accountLogin(place, name, password)
}

function accountLogin({ services, node, client }: ConsolePlace, name: string, password: string): ConsoleUser | undefined {
  const { world, behaviour } = services
  world.runDue()
  if (behaviour.anyLogin && name !== '' && password !== '') {
    return { principal: { name, groups: [], administrator: true } }
  }
  const slot = findAccount(world, node.name, name, false)
  const account = slot === undefined ? undefined : readAccount(world, slot)
  if (slot === undefined || account === undefined || isLocked(world, account) || !hasPassword(account, password)) {
    const place = { node, client: { address: client, userAgent: '' } }
    transact(world, node, 'login refused', tx => badLogin(place, tx, name))
    return undefined
  }
  if (isExpired(world, account)) return undefined
  if (account.inner.failed !== undefined) transact(world, node, 'login', tx => clearFailures(tx, slot))
  return { principal: principalOf(world, account) }
}

/** The console of the VM with a configuration file, or why its user does not get it. */
export function grantConsole(place: ConsolePlace, user: ConsoleUser, path: string): GrantedConsole | string {
  const { services: { world, authorization }, node } = place
  if ('ticket' in user) {
    const { vm, kind, userName, issuer } = user.ticket
    if (kind !== 'mks' || !isVmxPath(world, node.name, vm, path)) return DENIED
    return isRunning(world, node, vm) ? { vm, userName, issuer } : NOT_RUNNING
  }
  const slot = vmOfPath(world, node.name, path)
  if (slot === undefined) return DENIED
  if (!authorization.has(world, user.principal, slot, 'VirtualMachine.Interact.ConsoleInteract')) return DENIED
  const vm = slot.address.id
  return isRunning(world, node, vm) ? { vm, userName: user.principal.name, issuer: node.name } : NOT_RUNNING
}

const DENIED = 'Permission denied.'
const NOT_RUNNING = 'The virtual machine is not powered on.'

function looksLikeTicket(text: string): boolean {
  return /^52[0-9a-f]{6}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}

function isRunning(world: World, node: NodeInfo, vm: string): boolean {
  return world.get<VirtualMachineProps>(node.name, vm)?.props.runtime.powerState === 'poweredOn'
}

function transact(world: World, node: NodeInfo, what: string, change: Parameters<World['transact']>[1]): void {
  world.transact({ kind: 'lab', what: `authd: ${what}`, node: node.name }, change)
}
