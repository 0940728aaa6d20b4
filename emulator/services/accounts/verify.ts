import { canonicalName, findAccount, hasPassword, principalOf, readAccount, type Account } from '../accounts.js'
import type { NodeInfo } from '../nodes.js'
import type { Principal } from '../sessions.js'
import type { Reader } from '../../world/records.js'
import type { World } from '../../world/world.js'
import { LOCAL_DOMAIN } from './default-accounts.js'
import { isExpired } from './expiry.js'
import { clearFailures, countFailure, isLocked } from './lockout.js'
import { identityServing } from './sso.js'

/** Who somebody is, or why that is not known. */
export type Verified =
  | { readonly principal: Principal }
  | { readonly refused: 'wrong' | 'expired' | 'unavailable' }

/** A user who may log in, or why not. `unavailable`: nobody can tell who somebody is. */
export type Judged =
  | { readonly account: Account }
  | { readonly refused: 'wrong' | 'locked' | 'expired' | 'unavailable' }

/**
 * The rules of every login, which counts nothing: a node that can tell who somebody is, a user who
 * exists and is not locked, the right password (or what else `proves` it), in its life. With
 * `ownFiles` users of the operating system need no single sign-on.
 * Sources: network-security.md 12.1, 12.2; availability.md 5.
 */
export function judgeLogin(
  reader: Reader, node: NodeInfo, userName: string, proves: (account: Account) => boolean, ownFiles = false,
): Judged {
  const slot = findAccount(reader, node.name, userName, false)
  const account = slot === undefined ? undefined : readAccount(reader, slot)
  const local = ownFiles && account?.props.domain === LOCAL_DOMAIN
  if (!local && !identityServing(reader, node)) return { refused: 'unavailable' }
  if (account === undefined) return { refused: 'wrong' }
  if (isLocked(reader, account)) return { refused: 'locked' }
  if (!proves(account)) return { refused: 'wrong' }
  return isExpired(reader, account) ? { refused: 'expired' } : { account }
}

/**
 * Looks who a user is without vpxd: users of single sign-on through its token service, users of
 * the operating system from its own files. Failures count as they do at any login.
 */
export function verifyUser(world: World, node: NodeInfo, userName: string, password: string): Verified {
  const judged = judgeLogin(world, node, userName, account => hasPassword(account, password), true)
  const slot = findAccount(world, node.name, userName, false)
  const account = slot === undefined ? undefined : readAccount(world, slot)
  const user = account === undefined ? '' : canonicalName(account.props)
  const cause = { kind: 'call', node: node.name, method: 'login', self: '', user, opId: '' } as const
  if ('account' in judged) {
    if (judged.account.inner.failed !== undefined) world.transact(cause, tx => clearFailures(tx, slot!))
    return { principal: principalOf(world, judged.account) }
  }
  if (judged.refused === 'wrong' && slot !== undefined && account !== undefined) {
    world.transact(cause, tx => { countFailure(tx, slot, account) })
  }
  return { refused: judged.refused === 'locked' ? 'wrong' : judged.refused }
}
