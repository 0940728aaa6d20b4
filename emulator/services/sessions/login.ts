import type { UserSession } from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import { clearFailures, countFailure } from '../accounts/lockout.js'
import { judgeLogin } from '../accounts/verify.js'
import {
  canonicalName, findAccount, hasPassword, principalOf, readAccount, splitName, type Account,
} from '../accounts.js'
import { noPermission } from '../authorization/check.js'
import { rootOf } from '../authorization/tree.js'
import { commit } from '../call-commit.js'
import type { Query } from '../call.js'
import { postEvent } from '../events.js'
import { logAccepted, logRejected } from '../logs/login-lines.js'
import { runLogged } from '../logs/lro.js'
import { fault } from '../method-fault.js'
import type { NewSession, Principal } from '../sessions.js'
import { acceptedLocale } from './locales.js'
import { redeemLocalTicket } from './local-tickets.js'
import { announceLock } from './lock-event.js'

export interface Credentials {
  readonly userName: string
  readonly password: string
  readonly locale?: string | undefined
}

type Who = Pick<NewSession, 'principal' | 'fullName'>

/**
 * SessionManager.Login. It runs outside the gate's transaction, because a refusal leaves an event
 * behind. Faults: InvalidLogin (also when logged in already, locked out, or while nobody can tell
 * who he is), PasswordExpired for the right password after its life, InvalidLocale,
 * NoPermission of System.View on the root for a user without any permission (protocols.md 4.2).
 */
export function login(call: Query, credentials: Credentials): UserSession {
  if (call.session !== undefined) {
    const { name } = call.session.principal
    commit(call, tx => refuse(call, tx, 'AlreadyAuthenticatedSessionEvent', name))
    throw fault('InvalidLogin')
  }
  const locale = acceptedLocale(credentials.locale)
  if (locale === undefined) throw fault('InvalidLocale')
  const who = authenticate(call, credentials)
  if (who === undefined) {
    commit(call, tx => badLogin(call, tx, credentials.userName))
    // A lab where anybody may log in stands in for the peer, and its clients know its words.
    throw call.services.behaviour.anyLogin ? fault('InvalidLogin', {}, 'Login failure') : fault('InvalidLogin')
  }
  return openFor(call, { ...who, locale, client: call.client })
}

/** Opens a session for somebody who has shown who he is, if he may see anything at all. */
function openFor(call: Query, request: NewSession): UserSession {
  const { services: { authorization, sessions }, node, reader } = call
  const { principal } = request
  const root = rootOf(reader, node.name)
  if (root !== undefined && !authorization.hasAny(reader, principal, node.name)) {
    commit(call, tx => refuse(call, tx, 'NoAccessUserEvent', principal.name))
    throw noPermission(root, 'System.View')
  }
  return commit(call, tx => runLogged(tx, call, () => {
    const slot = findAccount(tx, node.name, principal.name, false)
    if (slot !== undefined) clearFailures(tx, slot)
    logAccepted(tx, node, principal.name, call.client.address)
    return sessions.open(tx, node, request)
  })) as UserSession
}

function authenticate(call: Query, { userName, password }: Credentials): Who | undefined {
  const { reader, node, services } = call
  if (services.behaviour.anyLogin && userName !== '' && password !== '') {
    const slot = findAccount(reader, node.name, userName, false)
    const account = slot === undefined ? undefined : readAccount(reader, slot)
    const known = account !== undefined && hasPassword(account, password)
    return known ? whoIs(reader, account) : anybody(userName)
  }
  const judged = judgeLogin(reader, node, userName, account =>
    hasPassword(account, password) || redeemLocalTicket(call, account, password))
  if ('account' in judged) return whoIs(reader, judged.account)
  if (judged.refused === 'expired') throw fault('PasswordExpired')
  return undefined
}

function whoIs(reader: Reader, account: Account): Who {
  return { principal: principalOf(reader, account), fullName: account.props.fullName }
}

/** As the peer's simulator: anybody is an administrator, under the name he typed. */
function anybody(userName: string): Who {
  const principal: Principal = { name: userName, groups: [], administrator: true }
  return { principal, fullName: userName }
}

/** Where somebody tries to log in, and from where. */
export type LoginPlace = Pick<Query, 'node' | 'client'>

/** A wrong name or password: an event, and one failure more of a user who exists. */
export function badLogin(call: LoginPlace, tx: Transaction, userName: string): void {
  const { name: node } = call.node
  const slot = findAccount(tx, node, userName, false)
  const account = slot === undefined ? undefined : readAccount(tx, slot)
  logRejected(tx, call.node, userName, call.client.address)
  refuse(call, tx, 'BadUsernameSessionEvent',
    canonicalName(account?.props ?? splitName(tx, node, userName)))
  if (slot === undefined || account === undefined) return
  if (countFailure(tx, slot, account) && call.node.kind === 'esxi') announceLock(tx, call.node, account)
}

function refuse(
  call: LoginPlace,
  tx: Transaction,
  type: 'BadUsernameSessionEvent' | 'NoAccessUserEvent' | 'AlreadyAuthenticatedSessionEvent',
  userName: string,
): void {
  const fields = type === 'AlreadyAuthenticatedSessionEvent' ? {}
    : { ipAddress: call.client.address }
  postEvent(tx, call.node, { type, userName, fields })
}
