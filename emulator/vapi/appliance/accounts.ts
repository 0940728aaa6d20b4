import { applianceOf, updateAppliance } from '../../physics/appliance/state.js'
import { accountsOf, findAccount, readAccount, updateAccount, type Account } from '../../services/accounts.js'
import { LOCAL_DOMAIN, ROOT_PASSWORD_MS } from '../../services/accounts/default-accounts.js'
import { renewPassword } from '../../services/accounts/expiry.js'
import { toDateTime } from '../../world/clock.js'
import { change, field, inside, wrongInput, type Operation, type VapiCall } from '../operation.js'
import { VapiFault } from '../vapi-error.js'

const DAY_MS = 86_400_000

function local({ world, node }: VapiCall): Account[] {
  return accountsOf(world, node.name).filter(({ props }) => props.domain === LOCAL_DOMAIN && !props.group)
}

function named(call: VapiCall): Account {
  const name = call.params['user']!
  const account = local(call).find(({ props }) => props.name === name)
  if (account !== undefined) return account
  throw new VapiFault('not_found', 'com.vmware.appliance.localaccounts.not_found', `There is no local account ${name}.`)
}

function info(call: VapiCall): unknown {
  const { props, inner } = named(call)
  const { policy } = applianceOf(call.world, call.node.name)!.settings
  const { expiresAt } = inner
  return {
    fullname: props.fullName, roles: ['superAdmin'], enabled: inner.locked !== true, has_password: inner.password !== undefined,
    ...expiresAt === undefined ? {} : {
      last_password_change: toDateTime((inner.wasDue ?? expiresAt) - ROOT_PASSWORD_MS),
      password_expires_at: toDateTime(expiresAt),
    },
    min_days_between_password_change: 0,
    max_days_between_password_change: expiresAt === undefined ? -1 : policy.max_days,
    warn_days_before_password_expiration: policy.warn_days,
  }
}

/**
 * Changes a local account's password, which gives it another life (availability.md 5). Below /rest
 * the fields come in a `config`.
 */
function setAccount(call: VapiCall): void {
  const account = named(call)
  const password = field(inside(call, 'config'), 'password', 'string')
  if (password.length < 6) {
    throw new VapiFault('invalid_argument', 'com.vmware.appliance.localaccounts.password', 'The password is too short.')
  }
  const days = applianceOf(call.world, call.node.name)!.settings.policy.max_days
  change(call, 'appliance.localAccounts.set', tx => {
    const slot = findAccount(tx, call.node.name, `${account.props.name}@${LOCAL_DOMAIN}`, false)!
    updateAccount(tx, slot, { password })
    if (readAccount(tx, slot)!.inner.expiresAt !== undefined) renewPassword(tx, slot, days < 0 ? undefined : days * DAY_MS)
  })
}

function setPolicy(call: VapiCall): void {
  const given = inside(call, 'policy').body as Record<string, unknown>
  for (const name of ['max_days', 'min_days', 'warn_days'] as const) {
    if (given[name] !== undefined && !Number.isInteger(given[name])) throw wrongInput(name, 'a number of days')
  }
  change(call, 'appliance.localAccounts.policy', tx => updateAppliance(tx, call.node.name, inner => {
    for (const name of ['max_days', 'min_days', 'warn_days'] as const) {
      if (given[name] !== undefined) inner.settings.policy[name] = given[name] as number
    }
  }))
}

/** `com.vmware.appliance.local_accounts`: the users of the operating system; none can be added. */
export const accountOperations: readonly Operation[] = [
  { method: 'GET', path: '/appliance/local-accounts', run: call => local(call).map(({ props }) => props.name) },
  {
    method: 'GET', path: '/appliance/local-accounts/global-policy',
    run: ({ world, node }) => applianceOf(world, node.name)!.settings.policy,
  },
  { method: 'PUT', path: '/appliance/local-accounts/global-policy', run: setPolicy },
  { method: 'GET', path: '/appliance/local-accounts/{user}', run: info },
  { method: 'PUT', path: '/appliance/local-accounts/{user}', run: setAccount },
  { method: 'PATCH', path: '/appliance/local-accounts/{user}', run: setAccount },
]
