import type { HostAccountSpec, HostLocalAccountManagerMethods } from '../schema/generated/types.js'
import { nextPosixId } from '../services/accounts/default-accounts.js'
import {
  createAccount, findAccount, hasPassword, readAccount, updateAccount,
} from '../services/accounts.js'
import { changePermissions } from '../services/authorization/change-permissions.js'
import { allPermissions } from '../services/authorization/permissions.js'
import type { Call } from '../services/call.js'
import { postEvent } from '../services/events.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import { nodeInfo } from '../services/nodes.js'
import type { Slot } from '../world/records.js'
import { defineManagedObject, type Definition } from './define.js'
import { truthOf } from './truth.js'

type Methods = HostLocalAccountManagerMethods
type Args<M extends keyof Methods> = Methods[M]['args']

/** A spec as it comes: its POSIX subtype may name a numeric id and the right to a shell. */
type Spec = HostAccountSpec & { readonly posixId?: number, readonly shellAccess?: boolean }

/** Accounts without which the host would not work: they cannot be removed. */
const builtIn = new Set(['root', 'dcui', 'vpxuser'])

/** Names that a POSIX system takes. */
const USER_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/

function createUser(from: Call, { user }: Args<'CreateUser'>): void {
  const call = onHost(from)
  const { id, password, description, posixId, shellAccess = true } = user as Spec
  if (!USER_NAME.test(id)) throw invalidArgument('user.id')
  if (userSlot(call, id) !== undefined) throw fault('AlreadyExists', { name: id })
  if (password === undefined || password === '') throw invalidArgument('user.password')
  createAccount(call.tx, call.node.name, {
    name: id, password, description: description ?? '', shellAccess,
    posixId: posixId ?? nextPosixId(call.tx, call.node.name),
  })
  announce(call, 'AccountCreatedEvent', { spec: withoutPassword(user), group: false })
}

/** Changes what the spec sets; the rest stays. */
function updateUser(from: Call, { user }: Args<'UpdateUser'>): void {
  const call = onHost(from)
  const { id, password, description, posixId, shellAccess } = user as Spec
  const slot = required(call, id)
  const prevDescription = readAccount(call.tx, slot)?.props.description ?? ''
  updateAccount(call.tx, slot, {
    ...(password === undefined ? {} : { password }),
    ...(description === undefined ? {} : { description }),
    ...(posixId === undefined ? {} : { posixId }),
    ...(shellAccess === undefined ? {} : { shellAccess }),
  })
  const fields = { spec: withoutPassword(user), group: false, prevDescription }
  announce(call, 'AccountUpdatedEvent', fields)
}

/** Removes a user with his permissions; a session of his lives on until it ends. */
function removeUser(from: Call, { userName }: Args<'RemoveUser'>): void {
  const call = onHost(from)
  const slot = required(call, userName)
  if (builtIn.has(userName)) throw invalidArgument('userName')
  for (const [id, list] of allPermissions(call.tx, call.node.name)) {
    const kept = list.filter(item => item.group || item.principal !== userName)
    const entity = call.tx.find(call.node.name, id)
    if (kept.length < list.length && entity !== undefined) changePermissions(call, entity, kept)
  }
  call.tx.remove(slot)
  announce(call, 'AccountRemovedEvent', { account: userName, group: false })
}

/** Open to whoever knows the old password: no session is needed (protocols.md 4.1). */
function changePassword(from: Call, args: Args<'ChangePassword'>): void {
  const call = onHost(from)
  const { user, oldPassword, newPassword } = args
  const slot = userSlot(call, user)
  const account = slot === undefined ? undefined : readAccount(call.tx, slot)
  if (slot === undefined || account === undefined || !hasPassword(account, oldPassword)) {
    throw fault('InvalidLogin')
  }
  if (newPassword === '') throw invalidArgument('newPassword')
  updateAccount(call.tx, slot, { password: newPassword })
  announce(call, 'UserPasswordChanged', { userLogin: user })
}

/** The same call at the host that has the accounts, when vCenter was asked. */
function onHost(call: Call): Call {
  const self = truthOf(call.tx, call.self)
  const node = nodeInfo(call.tx, self.address.node)
  return node === undefined ? call : { ...call, self, node }
}

/** ESXi has no local groups since 5.1 (network-security.md 12.2). */
function noGroups(): never {
  throw fault('NotSupported')
}

function userSlot(call: Call, name: string): Slot | undefined {
  return findAccount(call.tx, call.node.name, name, false)
}

function required(call: Call, name: string): Slot {
  const slot = userSlot(call, name)
  if (slot === undefined) throw fault('UserNotFound', { principal: name, unresolved: false })
  return slot
}

function withoutPassword(spec: HostAccountSpec): HostAccountSpec {
  const { password: _, ...rest } = spec
  return rest
}

function announce(
  call: Call,
  type:
    | 'AccountCreatedEvent' | 'AccountUpdatedEvent' | 'AccountRemovedEvent' | 'UserPasswordChanged',
  fields: object,
): void {
  const userName = call.session?.principal.name
  const host = call.tx.ofType(call.node.name, 'HostSystem')[0]
  postEvent(call.tx, call.node, { type, userName, host, fields: { ...fields } })
}

/** HostLocalAccountManager: the local users of a host (network-security.md 12.2). */
export const hostLocalAccountManager: Definition = defineManagedObject('HostLocalAccountManager', {
  methods: {
    CreateUser: createUser,
    UpdateUser: updateUser,
    RemoveUser: removeUser,
    ChangePassword: changePassword,
    CreateGroup: noGroups,
    RemoveGroup: noGroups,
    AssignUserToGroup: noGroups,
    UnassignUserFromGroup: noGroups,
  },
})
