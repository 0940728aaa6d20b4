import type { UserSession } from '../../schema/generated/types.js'
import type { Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { principalOf, splitName, verifyPassword, canonicalName } from '../accounts.js'
import { noPermission } from '../authorization/check.js'
import { rootOf } from '../authorization/tree.js'
import type { Query } from '../call.js'
import { postEvent } from '../events.js'
import { fault, type MethodFault } from '../method-fault.js'
import type { NewSession, Principal } from '../sessions.js'
import { acceptedLocale } from './locales.js'
import { redeemLocalTicket } from './local-tickets.js'

export interface Credentials {
  readonly userName: string
  readonly password: string
  readonly locale?: string | undefined
}

type Who = Pick<NewSession, 'principal' | 'fullName'>

/**
 * SessionManager.Login. It runs outside the gate's transaction, because a refusal leaves an event
 * behind. Faults: InvalidLogin (also when logged in already), InvalidLocale, NoPermission of
 * System.View on the root for a user without any permission (protocols.md 4.2).
 */
export function login(call: Query, credentials: Credentials): UserSession {
  if (call.session !== undefined) {
    throw refuse(call, 'AlreadyAuthenticatedSessionEvent', call.session.principal.name,
      fault('InvalidLogin'))
  }
  const locale = acceptedLocale(credentials.locale)
  if (locale === undefined) throw fault('InvalidLocale')
  const who = authenticate(call, credentials)
  if (who === undefined) {
    const { domain, name } = splitName(call.reader, call.node.name, credentials.userName)
    throw refuse(call, 'BadUsernameSessionEvent', canonicalName({ domain, name }),
      fault('InvalidLogin'))
  }
  return openFor(call, { ...who, locale, client: call.client })
}

/** Opens a session for somebody who has shown who he is, if he may see anything at all. */
export function openFor(call: Query, request: NewSession): UserSession {
  const { services: { authorization, sessions }, node, reader } = call
  const { principal } = request
  const root = rootOf(reader, node.name)
  if (root !== undefined && !authorization.hasAny(reader, principal, node.name)) {
    throw refuse(call, 'NoAccessUserEvent', principal.name, noPermission(root, 'System.View'))
  }
  return commit(call, tx => sessions.open(tx, node, request))
}

function authenticate(call: Query, { userName, password }: Credentials): Who | undefined {
  const { reader, node, services } = call
  const account = verifyPassword(reader, node.name, userName, password)
  if (account !== undefined) {
    return { principal: principalOf(reader, account), fullName: account.props.fullName }
  }
  if (services.behaviour.anyLogin && userName !== '' && password !== '') return anybody(userName)
  const ticket = redeemLocalTicket(call, userName, password)
  return ticket === undefined ? undefined
    : { principal: principalOf(reader, ticket), fullName: ticket.props.fullName }
}

/** As the peer's simulator: anybody is an administrator, under the name he typed. */
function anybody(userName: string): Who {
  const principal: Principal = { name: userName, groups: [], administrator: true }
  return { principal, fullName: userName }
}

/** Posts the event of a refusal; returns the fault to throw. */
export function refuse(
  call: Query,
  type: 'BadUsernameSessionEvent' | 'NoAccessUserEvent' | 'AlreadyAuthenticatedSessionEvent',
  userName: string,
  thrown: MethodFault,
): MethodFault {
  const fields = type === 'AlreadyAuthenticatedSessionEvent' ? {}
    : { ipAddress: call.client.address }
  commit(call, tx => postEvent(tx, call.node, { type, userName, fields }))
  return thrown
}

/** A transaction of a handler that the gate runs outside of one. */
export function commit<R>(call: Query, change: (tx: Transaction) => R): R {
  const { method, self, session, opId, node } = call
  const cause = {
    kind: 'call', node: node.name, method: `${method.owner}.${method.name}`, self: idOf(self),
    user: session?.principal.name ?? '', opId,
  } as const
  return call.services.world.transact(cause, change)
}

function idOf(slot: Slot): string {
  return slot.address.id
}
