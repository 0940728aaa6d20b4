import type { Reader, Slot, StoredRecord } from '../world/records.js'
import type { Transaction } from '../world/transaction.js'
import { hashPassword, samePassword, type PasswordHash } from './accounts/passwords.js'
import { LAB, nodeInfo } from './nodes.js'
import type { Principal } from './sessions.js'

/** Name of the single sign-on domain of a vCenter (network-security.md 12.1). */
export const SSO_DOMAIN = 'vsphere.local'

/** The account by which a vCenter works on its hosts (network-security.md 12). */
export const VCENTER_USER = 'vpxuser'

/** A user or a group of a node, stored on the pseudo node `lab`. */
export interface AccountProps {
  readonly node: string
  /** `vsphere.local`, `localos`; empty on a host. */
  readonly domain: string
  /** As created; compared without case on vCenter. */
  readonly name: string
  readonly group: boolean
  readonly fullName: string
  readonly description: string
  /** Canonical names of the groups it is a direct member of. */
  readonly memberOf: readonly string[]
  /** Numeric id on a host; 0 for root. */
  readonly posixId?: number
  readonly shellAccess?: boolean
}

/** Failed logins of a user, kept while they count. */
export interface FailedLogins {
  readonly count: number
  /** Lab times in milliseconds. */
  readonly first: number
  readonly last: number
}

/** The secret part; groups have none. */
export interface AccountInner {
  readonly password?: PasswordHash
  readonly failed?: FailedLogins
  /** Locked by an administrator or a fault until it is undone. */
  locked?: boolean | undefined
  /** Lab time in milliseconds at which the password's life ends; absent: never. See accounts/expiry.ts. */
  expiresAt?: number | undefined
  /** The end that a fault has put another one in the place of. */
  wasDue?: number | undefined
}

export type Account = StoredRecord<AccountProps, AccountInner>

/** An account of a lab file or of a method: what `createAccount` makes. */
export interface AccountSpec {
  readonly name: string
  readonly domain?: string
  readonly group?: boolean
  readonly password?: string
  readonly fullName?: string
  readonly description?: string
  /** Names of groups, canonical or plain. */
  readonly groups?: readonly string[]
  readonly posixId?: number
  readonly shellAccess?: boolean
  /** Lab time in milliseconds at which the password expires; absent: never. */
  readonly expiresAt?: number
}

/** A name apart: `VSPHERE.LOCAL\x`, `x@vsphere.local` or `x`. */
interface SplitName {
  readonly domain: string
  readonly name: string
}

/** The canonical name of an account: `VSPHERE.LOCAL\Administrator`, `root` (protocols.md 4.2). */
export function canonicalName(props: Pick<AccountProps, 'domain' | 'name'>): string {
  return props.domain === '' ? props.name : `${domainLabel(props.domain)}\\${props.name}`
}

/** A domain as canonical names and `domainList` show it. */
export function domainLabel(domain: string): string {
  return domain.toUpperCase()
}

/**
 * Takes a login name apart; without a domain it belongs to the node's default one
 * (network-security.md 12.1).
 */
export function splitName(reader: Reader, node: string, text: string): SplitName {
  if (nodeInfo(reader, node)?.kind !== 'vcenter') return { domain: '', name: text }
  const slash = text.indexOf('\\')
  if (slash >= 0) return { domain: text.slice(0, slash).toLowerCase(), name: text.slice(slash + 1) }
  const at = text.lastIndexOf('@')
  if (at >= 0) return { domain: text.slice(at + 1).toLowerCase(), name: text.slice(0, at) }
  return { domain: SSO_DOMAIN, name: text }
}

/** A user or group by any of its names; undefined: there is none. */
export function findAccount(
  reader: Reader,
  node: string,
  name: string,
  group: boolean,
): Slot | undefined {
  const { domain, name: own } = splitName(reader, node, name)
  return reader.find(LAB, accountId(node, domain, own, group))
}

/** The record of an account's slot. */
export function readAccount(reader: Reader, slot: Slot): Account | undefined {
  return reader.read<AccountProps, AccountInner>(slot)
}

/** All users and groups of a node, in order of creation. */
export function accountsOf(reader: Reader, node: string): Account[] {
  return reader.ofType(LAB, 'Account')
    .map(slot => readAccount(reader, slot)!)
    .filter(account => account.props.node === node)
}

/** Who a user is when he acts: canonical name and all groups, nested ones too. */
export function principalOf(reader: Reader, account: Account): Principal {
  return { name: canonicalName(account.props), groups: groupsOf(reader, account) }
}

/** Canonical names of all groups that an account belongs to, directly or through others. */
export function groupsOf(reader: Reader, account: Account): string[] {
  const found = new Set<string>()
  const visit = (at: Account): void => {
    for (const name of at.props.memberOf) {
      if (found.has(name)) continue
      found.add(name)
      const slot = findAccount(reader, at.props.node, name, true)
      const group = slot === undefined ? undefined : readAccount(reader, slot)
      if (group !== undefined) visit(group)
    }
  }
  visit(account)
  return [...found]
}

/** True if it is the user's password; false for whoever has none. */
export function hasPassword(account: Account, password: string): boolean {
  const hash = account.inner.password
  return hash !== undefined && samePassword(hash, password)
}

/** Creates a user or a group; the caller has looked that there is none of that name. */
export function createAccount(tx: Transaction, node: string, spec: AccountSpec): Slot {
  const split = splitName(tx, node, spec.name)
  const domain = spec.domain ?? split.domain
  const props: AccountProps = {
    node, domain, name: split.name, group: spec.group === true,
    fullName: spec.fullName ?? defaultFullName(split.name, domain),
    description: spec.description ?? '',
    memberOf: (spec.groups ?? []).map(name => canonicalPrincipal(tx, node, name, true)),
    ...(spec.posixId === undefined ? {} : { posixId: spec.posixId }),
    ...(spec.shellAccess === undefined ? {} : { shellAccess: spec.shellAccess }),
  }
  const inner: AccountInner = {
    ...spec.password === undefined ? {} : { password: hashPassword(tx, spec.password) },
    ...spec.expiresAt === undefined ? {} : { expiresAt: spec.expiresAt },
  }
  const id = accountId(node, domain, split.name, props.group)
  return tx.create({ node: LAB, type: 'Account', id }, { props, inner })
}

/** Gives an account another password, or other texts. */
export function updateAccount(
  tx: Transaction,
  slot: Slot,
  to: Pick<AccountSpec, 'password' | 'description' | 'posixId' | 'shellAccess'>,
): void {
  const { password, ...texts } = to
  tx.update<AccountProps, AccountInner>(slot, draft => {
    Object.assign(draft.props, withoutUndefined(texts))
    if (password !== undefined) draft.inner.password = hashPassword(tx, password)
  })
}

/**
 * Canonical name of a user or group as permissions and memberships name it; in the case as given
 * when there is no such account.
 */
export function canonicalPrincipal(
  reader: Reader,
  node: string,
  name: string,
  group: boolean,
): string {
  const slot = findAccount(reader, node, name, group)
  const account = slot === undefined ? undefined : readAccount(reader, slot)
  return canonicalName(account?.props ?? splitName(reader, node, name))
}

/** `Administrator vsphere.local`: how vCenter shows a user without other names (4.2). */
function defaultFullName(name: string, domain: string): string {
  return domain === '' ? name : `${name} ${domain}`
}

function accountId(node: string, domain: string, name: string, group: boolean): string {
  const key = domain === '' ? name : `${domain}\\${name}`.toLowerCase()
  return `account/${node}/${group ? 'group' : 'user'}/${key}`
}

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined))
}
