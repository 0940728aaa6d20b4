import type { Reader } from '../../world/records.js'
import type { Transaction } from '../../world/transaction.js'
import {
  SSO_DOMAIN, createAccount, domainLabel, findAccount, type AccountSpec,
} from '../accounts.js'
import { LAB, type NodeInfo } from '../nodes.js'

/** Domain of the users of the appliance's operating system. */
export const LOCAL_DOMAIN = 'localos'

/** Life of the password of an appliance's root: 90 days (availability.md 5). */
export const ROOT_PASSWORD_MS = 90 * 86_400_000

/** Groups of a new single sign-on domain (network-security.md 12.1, some unsure). */
const ssoGroups = [
  'Administrators', 'Users', 'SolutionUsers', 'CAAdmins', 'DCAdmins',
  'SystemConfiguration.Administrators', 'SystemConfiguration.BashShellAdministrators',
  'LicenseService.Administrators', 'TrustedAdmins', 'ComponentManager.Administrators',
  'ActAsUsers', 'ExternalIDPUsers', 'RegistryAdministrators', 'VCLSAdmin', 'Everyone',
]

/** First numeric id of a user that is created on a host. */
export const FIRST_POSIX_ID = 1000

/** What a node's accounts begin with. */
export interface DefaultAccounts {
  /** Password of `administrator@vsphere.local`, or of root on a host. */
  readonly password: string
  /** Password of vpxuser on a host that vCenter manages; absent: it cannot log in. */
  readonly vpxuserPassword?: string
  /** Users of the lab file; groups that they name are made when they are not there. */
  readonly users?: readonly AccountSpec[]
}

/** Creates the accounts of a node, for the inventory builder (network-security.md 12.1, 12.2). */
export function createAccounts(tx: Transaction, node: NodeInfo, accounts: DefaultAccounts): void {
  if (node.kind === 'vcenter') createSsoDomain(tx, node, accounts.password)
  else createHostAccounts(tx, node, accounts)
  for (const user of accounts.users ?? []) {
    for (const name of user.groups ?? []) {
      if (findAccount(tx, node.name, name, true) === undefined) {
        createAccount(tx, node.name, { name, group: true })
      }
    }
    addUser(tx, node, user)
  }
}

/** A lab file may give another password to a user who is there already. */
function addUser(tx: Transaction, node: NodeInfo, user: AccountSpec): void {
  const known = findAccount(tx, node.name, user.name, false)
  if (known !== undefined) tx.remove(known)
  const groups = node.kind === 'vcenter' ? ['Everyone', 'Users', ...user.groups ?? []] : user.groups
  createAccount(tx, node.name, {
    ...user,
    ...(groups === undefined ? {} : { groups: [...new Set(groups)] }),
    ...(node.kind === 'esxi' ? { posixId: nextPosixId(tx, node.name), shellAccess: true } : {}),
  })
}

function createSsoDomain(tx: Transaction, node: NodeInfo, password: string): void {
  for (const name of ssoGroups) createAccount(tx, node.name, { name, group: true })
  createAccount(tx, node.name, {
    name: 'Administrator', password, groups: ['Administrators', 'Everyone', 'Users'],
  })
  // The appliance's own superuser; he logs in at 5480, and his password lives 90 days.
  createAccount(tx, node.name, {
    name: 'root', domain: LOCAL_DOMAIN, password, fullName: 'root', description: 'root',
    expiresAt: tx.now() + ROOT_PASSWORD_MS,
  })
}

function createHostAccounts(tx: Transaction, node: NodeInfo, accounts: DefaultAccounts): void {
  const { password, vpxuserPassword } = accounts
  createAccount(tx, node.name, {
    name: 'root', password, description: 'Administrator', posixId: 0, shellAccess: true,
  })
  createAccount(tx, node.name, {
    name: 'dcui', description: 'DCUI User', posixId: 100, shellAccess: false,
  })
  createAccount(tx, node.name, {
    name: 'vpxuser', description: 'VMware VirtualCenter administration account', posixId: 500,
    shellAccess: false, ...(vpxuserPassword === undefined ? {} : { password: vpxuserPassword }),
  })
}

/** The next free numeric id of a host's users. */
export function nextPosixId(tx: Transaction, node: string): number {
  return FIRST_POSIX_ID - 1 + tx.count(`posix/${node}`)
}

/** Domains of a node, as `UserDirectory.domainList` shows them. */
export function domainsOf(reader: Reader, node: NodeInfo): string[] {
  if (node.kind === 'esxi') return ['']
  const domains = new Set([SSO_DOMAIN, 'localos'])
  for (const slot of reader.ofType(LAB, 'Account')) {
    const props = reader.read(slot)?.props
    if (props?.['node'] === node.name) domains.add(String(props['domain']))
  }
  return [...domains].map(domainLabel)
}
