/** Who may use a host's own console (network-security.md 12.2), and what the host says of it. */
import type { ConsoleLogin } from '../physics/dcui/keys.js'
import '../physics/dcui/state.js'
import { HOST_OPTIONS, optionsOf } from '../physics/options.js'
import type { HostSystemProps } from '../schema/generated/types.js'
import type { World } from '../world/world.js'
import { findAccount, hasPassword, principalOf, readAccount } from './accounts.js'
import { isExpired } from './accounts/expiry.js'
import { rootOf } from './authorization/tree.js'
import type { Services } from './call.js'
import { postOnHost } from './narration/host-events.js'

/** What the menus do: a user who may not do this by the API may not use the console without being named. */
const PRIVILEGE = 'Host.Config.Settings'

/**
 * Users with the administrator's rights and those that `DCUI.Access` names; in lockdown only the latter.
 * A lock after wrong passwords does not count here, and wrong ones here do not count for it. Exception
 * users of lockdown are not emulated.
 */
export function hostConsoleLogin({ authorization }: Services): ConsoleLogin {
  return (tx, host, user, secret) => {
    const slot = findAccount(tx, host, user, false)
    const account = slot === undefined ? undefined : readAccount(tx, slot)
    if (account === undefined || !hasPassword(account, secret) || isExpired(tx, account)) return false
    const named = String(optionsOf(tx, host, HOST_OPTIONS).get('DCUI.Access') ?? '').split(',').map(each => each.trim())
    if (named.includes(account.props.name)) return true
    const config = tx.get<HostSystemProps>(host, 'ha-host')?.props.config
    if (config?.lockdownMode !== undefined && config.lockdownMode !== 'lockdownDisabled') return false
    const root = rootOf(tx, host)
    return root !== undefined && authorization.has(tx, principalOf(tx, account), root, PRIVILEGE)
  }
}

/** Events of a host's own console (operations.md appendix D). */
export function narrateHostConsole(world: World): void {
  world.on('dcui.did', (tx, { host, user, what }) => postOnHost(tx, host, {
    eventTypeId: `esx.audit.dcui.${what}`, severity: what === 'login.failed' ? 'error' : 'info', arguments: { user },
  }))
}
