import type { HostPosixAccountSpec } from '../../../schema/generated/types.js'
import { accountsOf } from '../../../services/accounts.js'
import { managerRecord } from '../../../services/authorization/permission-index.js'
import { ownPermissions } from '../../../services/authorization/permissions.js'
import { authorizationManager } from '../../authorization-manager.js'
import { hostLocalAccountManager } from '../../host-local-account-manager.js'
import { action, cliFault, may, namespace, need, rows } from '../define.js'
import { through } from '../host-call.js'
import type { ChangeSeat, Namespace, Seat } from '../model.js'

/** esxcli system account and permission (operations.md 2.1, network-security.md 12.2). */

const userId = need.text('-i', 'Name of the user.')
const secret = { secret: true } as const
/** What `add` and `set` say of a user beside his password. */
const described = {
  description: may.text('-d', 'Who it is.'),
  id: userId,
  'shell-access': may.truth('-s', 'Whether the user may use a shell.'),
} as const

const account = namespace('system.account', 'Local users of the host.', {
  list: rows('Account', { 'User ID': 'string', Description: 'string', 'Shell Access': 'boolean' }, {
    help: 'Show the local users.',
    since: { 'Shell Access': '8.0.0' },
    run: ({ reader, host }) => accountsOf(reader, host.name).filter(({ props }) => !props.group).map(({ props }) => ({
      'User ID': props.name, Description: props.description, 'Shell Access': props.shellAccess ?? true,
    })),
  }),
  add: action({
    help: 'Add a local user.',
    params: {
      ...described,
      password: need.text('-p', 'The password.', secret),
      'password-confirmation': need.text('-c', 'The password once more.', secret),
    },
    run: (seat, given) => writeUser(seat, 'CreateUser', given),
  }),
  set: action({
    help: 'Change a local user.',
    params: {
      ...described,
      password: may.text('-p', 'The new password.', secret),
      'password-confirmation': may.text('-c', 'The new password once more.', secret),
    },
    run: (seat, given) => writeUser(seat, 'UpdateUser', given),
  }),
  remove: action({
    help: 'Remove a local user, with his permissions.',
    params: { id: userId },
    run: (seat, { id }) => {
      through(seat, hostLocalAccountManager, MANAGER, 'HostLocalAccountManager', 'RemoveUser', { userName: id })
    },
  }),
})

const MANAGER = 'ha-localacctmgr'
const ROOT = { type: 'Folder', value: 'ha-folder-root' } as const

interface Given {
  readonly id: string
  readonly description: string | undefined
  readonly password: string | undefined
  readonly 'password-confirmation': string | undefined
  readonly 'shell-access': boolean | undefined
}

function specOf({ id, description, password, 'shell-access': shellAccess }: Given): HostPosixAccountSpec {
  return {
    id, ...(description === undefined ? {} : { description }), ...(password === undefined ? {} : { password }),
    ...(shellAccess === undefined ? {} : { shellAccess }),
  } as HostPosixAccountSpec
}

function writeUser(seat: ChangeSeat, method: 'CreateUser' | 'UpdateUser', given: Given): void {
  if (given.password !== given['password-confirmation']) throw cliFault('The password and its confirmation are not the same.')
  through(seat, hostLocalAccountManager, MANAGER, 'HostLocalAccountManager', method, { user: specOf(given) })
}

const principal = {
  group: may.flag('-g', 'The name is that of a group.'),
  id: need.text('-i', 'Name of the user or group.'),
} as const

const permission = namespace('system.permission', 'Permissions on the host as a whole.', {
  list: rows('Permission', { Principal: 'string', 'Is Group': 'boolean', Role: 'string', 'Role Description': 'string' }, {
    help: 'Show who may do what on the host.',
    run: seat => {
      const roles = rolesOf(seat)
      return ownPermissions(seat.reader, seat.reader.find(seat.host.name, ROOT.value)!).map(({ principal: name, group, roleId }) => {
        const role = roles.find(each => each.roleId === roleId)
        return { Principal: name, 'Is Group': group, Role: role?.name, 'Role Description': role?.info.summary }
      })
    },
  }),
  set: action({
    help: 'Give a user or a group a role on the host.',
    params: { ...principal, role: need.text('-r', 'Admin, ReadOnly, NoAccess, or another role of the host.') },
    run: (seat, { group = false, id, role }) => {
      const found = rolesOf(seat).find(({ name }) => name === role)
      if (found === undefined) throw cliFault(`Unknown role: ${role}`)
      through(seat, authorizationManager, 'ha-authmgr', 'AuthorizationManager', 'SetEntityPermissions', {
        entity: ROOT, permission: [{ principal: id, group, roleId: found.roleId, propagate: true }],
      })
    },
  }),
  unset: action({
    help: 'Take a user\'s or a group\'s role on the host away.',
    params: principal,
    run: (seat, { group = false, id }) => {
      through(seat, authorizationManager, 'ha-authmgr', 'AuthorizationManager', 'RemoveEntityPermission', {
        entity: ROOT, user: id, isGroup: group,
      })
    },
  }),
})

function rolesOf({ reader, host }: Seat) {
  return managerRecord(reader, host.name)?.props.roleList ?? []
}

export const systemAccounts: readonly Namespace[] = [account, permission]
