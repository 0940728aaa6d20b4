import type { Reader, Slot } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import {
  SSO_DOMAIN, type Account, type AccountInner, type AccountProps, type FailedLogins,
} from '../accounts.js'
import { hostOption } from '../../physics/options.js'
import { nodeInfo } from '../nodes.js'

interface LockRule {
  /** Failures that lock; 0: never. */
  readonly failures: number
  /** Time in which they must happen. */
  readonly intervalMs: number
  /** Time from the last failure until the user may log in again. */
  readonly unlockMs: number
}

/** Defaults of single sign-on; the unlock time is unsure (network-security.md 12.1). */
const ssoRule: LockRule = { failures: 5, intervalMs: 180_000, unlockMs: 300_000 }

const never: LockRule = { failures: 0, intervalMs: 0, unlockMs: 0 }

/** True while a user may not log in, whatever the password (network-security.md 12.1, 12.2). */
export function isLocked(reader: Reader, account: Account): boolean {
  if (account.inner.locked === true) return true
  const { failures, unlockMs } = ruleOf(reader, account.props)
  const failed = account.inner.failed
  return failures > 0 && failed !== undefined && failed.count >= failures
    && reader.now() < failed.last + unlockMs
}

/** Counts a failed login; true when it is the one that locks the user. */
export function countFailure(tx: Transaction, slot: Slot, account: Account): boolean {
  const { failures, intervalMs } = ruleOf(tx, account.props)
  if (failures === 0 || isLocked(tx, account)) return false
  const now = tx.now()
  const before = account.inner.failed
  const counts = before !== undefined && before.count < failures && now - before.first <= intervalMs
  const failed: FailedLogins = counts
    ? { count: before.count + 1, first: before.first, last: now }
    : { count: 1, first: now, last: now }
  tx.update<AccountProps, AccountInner>(slot, draft => {
    draft.inner.failed = failed
  })
  return failed.count === failures
}

/** Forgets failed logins: after a login, or when somebody unlocks the user. */
export function clearFailures(tx: Transaction, slot: Slot): void {
  tx.update<AccountProps, AccountInner>(slot, draft => {
    delete draft.inner.failed
  })
}

function ruleOf(reader: Reader, { node, domain, name }: AccountProps): LockRule {
  if (nodeInfo(reader, node)?.kind !== 'esxi') {
    const builtIn = domain === SSO_DOMAIN && name.toLowerCase() === 'administrator'
    return builtIn ? never : ssoRule
  }
  const unlockMs = 1000 * hostOption(reader, node, 'Security.AccountUnlockTime', 900)
  const failures = hostOption(reader, node, 'Security.AccountLockFailures', 5)
  return { failures, unlockMs, intervalMs: 900_000 }
}
