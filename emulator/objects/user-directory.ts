import type { UserDirectoryMethods, UserSearchResult } from '../schema/generated/types.js'
import { domainsOf } from '../services/accounts/default-accounts.js'
import {
  SSO_DOMAIN, accountsOf, canonicalName, canonicalPrincipal, findAccount, groupsOf, readAccount,
  type Account,
} from '../services/accounts.js'
import type { Query } from '../services/call.js'
import { fault } from '../services/method-fault.js'
import { defineManagedObject, query, type Definition } from './define.js'

type Search = UserDirectoryMethods['RetrieveUserGroups']['args']

/**
 * Users and groups of a domain. Without a domain: the default one on vCenter, the host's own
 * accounts on a host. NotFound for an unknown domain, group or user named as a condition.
 */
function retrieveUserGroups(call: Query, args: Search): UserSearchResult[] {
  const domain = searchedDomain(call, args.domain)
  const matches = accountFilter(call, args)
  return accountsOf(call.reader, call.node.name)
    .filter(account => account.props.domain === domain && matches(account))
    .map(({ props }) => ({
      principal: canonicalName(props), fullName: props.fullName, group: props.group,
    }))
}

function searchedDomain(call: Query, asked: string | undefined): string {
  const none = call.node.kind === 'vcenter' ? SSO_DOMAIN : ''
  if (asked === undefined || asked === '') return none
  const known = domainsOf(call.reader, call.node)
    .some(name => name.toLowerCase() === asked.toLowerCase())
  if (!known) throw fault('NotFound')
  return asked.toLowerCase()
}

function accountFilter(call: Query, args: Search): (account: Account) => boolean {
  const { searchStr, exactMatch, findUsers, findGroups, belongsToGroup, belongsToUser } = args
  const wanted = searchStr.toLowerCase()
  const group = belongsToGroup === undefined ? undefined : existing(call, belongsToGroup, true)
  const user = belongsToUser === undefined ? undefined : existing(call, belongsToUser, false)
  const ofUser = user === undefined ? undefined : new Set(groupsOf(call.reader, user))
  const groupName = group === undefined ? undefined
    : canonicalPrincipal(call.reader, call.node.name, belongsToGroup!, true)
  return account => {
    const { props } = account
    if (!(props.group ? findGroups : findUsers)) return false
    if (ofUser !== undefined && !(props.group && ofUser.has(canonicalName(props)))) return false
    if (groupName !== undefined && !groupsOf(call.reader, account).includes(groupName)) return false
    return searchStr === '' || named(props, wanted, exactMatch)
  }
}

function named(props: Account['props'], wanted: string, exact: boolean): boolean {
  const names = [props.name, canonicalName(props), props.fullName].map(name => name.toLowerCase())
  return names.some((name, index) => exact
    ? index < 2 && name === wanted
    : name.includes(wanted))
}

function existing(call: Query, name: string, group: boolean): Account {
  const slot = findAccount(call.reader, call.node.name, name, group)
  const account = slot === undefined ? undefined : readAccount(call.reader, slot)
  if (account === undefined) throw fault('NotFound')
  return account
}

/** UserDirectory: the users and groups that permissions may name. */
export const userDirectory: Definition = defineManagedObject('UserDirectory', {
  methods: { RetrieveUserGroups: query(retrieveUserGroups) },
  virtual: { domainList: ({ reader, node }) => domainsOf(reader, node) },
})
