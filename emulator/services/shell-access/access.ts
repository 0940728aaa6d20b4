import type { Reader } from '../../world/records.js'
import { findAccount, principalOf, type Account } from '../accounts.js'
import { LOCAL_DOMAIN } from '../accounts/default-accounts.js'
import { judgeLogin } from '../accounts/verify.js'
import { systemRole } from '../authorization/default-roles.js'
import { rootOf } from '../authorization/tree.js'
import type { Services } from '../call.js'
import type { NodeInfo } from '../nodes.js'
import type { Principal } from '../sessions.js'
import { lockdownOf } from './lockdown.js'
import { tooManyLogins } from './records.js'

/** Where somebody asks for a shell. */
export interface ShellNode {
  readonly services: Pick<Services, 'world' | 'authorization'>
  readonly node: NodeInfo
}

/**
 * Why a node gives somebody no shell. `wrong`: the name or the proof; `noShell`: the account may not use
 * shells; `tooMany`: Security.SshSessionLimit; the others speak for themselves or are those of every login.
 */
export type ShellRefusal =
  | 'wrong' | 'locked' | 'expired' | 'unavailable' | 'noShell' | 'notAdministrator' | 'lockdown' | 'tooMany'

/** Somebody who may have a shell. */
export interface ShellPerson {
  /** `root`, `Administrator@vsphere.local`. */
  readonly name: string
  readonly principal: Principal
}

/** SSO groups whose members may log in to the appliance's shell; unsure (network-security.md 12.1). */
const applianceGroups = ['Administrators', 'SystemConfiguration.Administrators', 'SystemConfiguration.BashShellAdministrators']

/** A login name as the node's accounts know it: on a vCenter `root` alone is the appliance's own. */
export function accountName(node: NodeInfo, userName: string): string {
  return node.kind === 'vcenter' && userName === 'root' ? `root@${LOCAL_DOMAIN}` : userName
}

/** True for a name that a node knows: of others auth.log says that they are invalid. */
export function knowsUser(reader: Reader, node: NodeInfo, userName: string): boolean {
  return findAccount(reader, node.name, accountName(node, userName), false) !== undefined
}

/**
 * The rules of a login at a shell, which count and write nothing: those of every login, then who may
 * have a shell. `proves`: the password, or a key.
 */
export function judgeShellUser(
  { services: { world, authorization }, node }: ShellNode, userName: string, proves: (account: Account) => boolean,
): { readonly person: ShellPerson } | { readonly refused: ShellRefusal } {
  const judged = judgeLogin(world, node, accountName(node, userName), proves, true)
  if ('refused' in judged) return judged
  const { account, account: { props } } = judged
  const principal = principalOf(world, account)
  const name = props.domain === '' || props.domain === LOCAL_DOMAIN ? props.name : `${props.name}@${props.domain}`
  const refused = node.kind === 'vcenter' ? applianceRefusal(account, principal)
    : hostRefusal(world, authorization, node.name, account, principal)
  if (refused !== undefined) return { refused }
  return tooManyLogins(world, node, name) ? { refused: 'tooMany' } : { person: { name, principal } }
}

/** Who may use SSH on a host (network-security.md 12.2, the table of access paths). */
function hostRefusal(
  reader: Reader, authorization: Services['authorization'], host: string, { props }: Account, principal: Principal,
): ShellRefusal | undefined {
  if (props.shellAccess !== true) return 'noShell'
  const root = rootOf(reader, host)
  if (root === undefined || !authorization.rolesOn(reader, principal, root).includes(systemRole.admin)) return 'notAdministrator'
  const { mode, exceptions } = lockdownOf(reader, host)
  return mode === 'lockdownDisabled' || exceptions.includes(props.name) ? undefined : 'lockdown'
}

/** The appliance's own users, and administrators of single sign-on (protocols.md 8.2). */
function applianceRefusal({ props }: Account, { groups }: Principal): ShellRefusal | undefined {
  if (props.domain === LOCAL_DOMAIN) return undefined
  return groups.some(name => applianceGroups.includes(name.slice(name.indexOf('\\') + 1))) ? undefined : 'noShell'
}
