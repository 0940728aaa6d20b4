import type { Transaction } from '../../world/transaction.js'
import { postEvent } from '../events.js'
import type { NodeInfo } from '../nodes.js'
import type { SessionProps } from './records.js'

/** UserLoginSessionEvent of a new session (network-security.md 12.1). */
export function announceLogin(tx: Transaction, node: NodeInfo, session: SessionProps): void {
  const { userName, ipAddress, userAgent, locale, key } = session
  postEvent(tx, node, {
    type: 'UserLoginSessionEvent', userName,
    fields: { ipAddress, userAgent, locale, sessionId: key },
  })
}

/** UserLogoutSessionEvent of a logout or an idle time-out (network-security.md 12.1). */
export function announceEnd(
  tx: Transaction,
  node: NodeInfo,
  session: SessionProps,
  callCount: number,
): void {
  const { userName, ipAddress, userAgent, loginTime, key } = session
  postEvent(tx, node, {
    type: 'UserLogoutSessionEvent', userName,
    fields: { ipAddress, userAgent, callCount, sessionId: key, loginTime },
  })
}
