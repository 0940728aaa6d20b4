import { canonicalName, findAccount, hasPassword, principalOf, readAccount } from '../accounts.js'
import type { NodeInfo } from '../nodes.js'
import type { Principal } from '../sessions.js'
import type { World } from '../../world/world.js'
import { LOCAL_DOMAIN } from './default-accounts.js'
import { isExpired } from './expiry.js'
import { clearFailures, countFailure, isLocked } from './lockout.js'
import { identityServing } from './sso.js'

/** Who somebody is, or why that is not known. */
export type Verified =
  | { readonly principal: Principal }
  | { readonly refused: 'wrong' | 'expired' | 'unavailable' }

/**
 * Looks who a user is without vpxd: users of single sign-on through its token service, users of
 * the operating system from its own files. Failures count as they do at any login.
 */
export function verifyUser(world: World, node: NodeInfo, userName: string, password: string): Verified {
  const slot = findAccount(world, node.name, userName, false)
  const account = slot === undefined ? undefined : readAccount(world, slot)
  if (account?.props.domain !== LOCAL_DOMAIN && !identityServing(world, node)) return { refused: 'unavailable' }
  if (slot === undefined || account === undefined || isLocked(world, account)) return { refused: 'wrong' }
  const cause = { kind: 'call', node: node.name, method: 'login', self: '', user: canonicalName(account.props), opId: '' } as const
  if (!hasPassword(account, password)) {
    world.transact(cause, tx => { countFailure(tx, slot, account) })
    return { refused: 'wrong' }
  }
  if (isExpired(world, account)) return { refused: 'expired' }
  if (account.inner.failed !== undefined) world.transact(cause, tx => clearFailures(tx, slot))
  return { principal: principalOf(world, account) }
}
