import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { findAccount, type Account, type AccountInner, type AccountProps } from '../accounts.js'
import '../../physics/appliance/facts.js'

/** True when a user must change his password before he may do anything else. */
export function isExpired(reader: Reader, account: Account): boolean {
  const { expiresAt } = account.inner
  return expiresAt !== undefined && reader.now() >= expiresAt
}

/** Users whose password expires or who are locked out by what happens in the lab. */
export function followPasswords(world: World): void {
  world.on('node.password', (tx, { node, user, how, ended }) => {
    const slot = findAccount(tx, node, user, false)
    if (slot === undefined) return
    tx.update<AccountProps, AccountInner>(slot, draft => {
      if (how === 'locked') lock(draft.inner, ended)
      else expire(tx, draft.inner, ended)
    })
  })
}

function lock(inner: AccountInner, ended: boolean): void {
  if (ended) delete inner.locked
  else inner.locked = true
}

/** The end of an expiry gives back the life that the password had before. */
function expire(tx: Transaction, inner: AccountInner, ended: boolean): void {
  if (!ended) {
    if (inner.expiresAt !== undefined) inner.wasDue = inner.expiresAt
    inner.expiresAt = tx.now()
    return
  }
  if (inner.wasDue === undefined) delete inner.expiresAt
  else inner.expiresAt = inner.wasDue
  delete inner.wasDue
}

/** A new password begins another life of so many milliseconds; undefined: without end. */
export function renewPassword(tx: Transaction, slot: Slot, lifeMs: number | undefined): void {
  tx.update<AccountProps, AccountInner>(slot, ({ inner }) => {
    delete inner.wasDue
    if (lifeMs === undefined) delete inner.expiresAt
    else inner.expiresAt = tx.now() + lifeMs
  })
}
