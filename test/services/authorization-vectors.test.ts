/** Vectors A01 to A23 of network-security.md 11.6, asked through the gate where they name a call. */
import { describe, expect, it } from 'vitest'
import { createAccount, findAccount } from '../../emulator/services/accounts.js'
import {
  noPermission, readableProperty, requirePrivilege, visible,
} from '../../emulator/services/authorization/check.js'
import { putGlobalPermissions, putPermissions } from '../../emulator/services/authorization/permissions.js'
import type { Permission } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import type { Query } from '../../emulator/services/call.js'
import type { MethodFault } from '../../emulator/services/method-fault.js'
import { at, authorizationBench, schema, type AuthorizationBench } from '../support/authorization-bench.js'

const POWER_ON = 'VirtualMachine.Interact.PowerOn'
const SNAPSHOT = 'VirtualMachine.State.CreateSnapshot'
const U = 'VSPHERE.LOCAL\\u'
const g = (name: string): string => `VSPHERE.LOCAL\\${name}`
const RO = -2
const NA = -5
const ADM = -1

interface Vectors extends AuthorizationBench {
  readonly admin: string
  readonly PON: number
  readonly SNAP: number
  grant(entity: MoRef, principal: string, roleId: number, propagate?: boolean): void
  can(privilege: string, ref: MoRef): boolean
  /** u's cookie; the same from one question to the next. */
  u(): string
}

function vectors(): Vectors {
  const bench = authorizationBench({ users: [{ name: 'u', groups: ['g1', 'g2'] }, { name: 'other' }] })
  const admin = bench.login()
  const role = (name: string, id: string): number =>
    bench.call(admin, at.authz, 'AddAuthorizationRole', { name, privIds: [id] }) as number
  let cookie: string | undefined
  const u = (): string => {
    cookie ??= bench.login('u@vsphere.local')
    return cookie
  }
  return {
    ...bench, admin, u,
    PON: role('PON', POWER_ON),
    SNAP: role('SNAP', SNAPSHOT),
    grant: (entity, principal, roleId, propagate = true) => {
      const group = principal !== U
      const permission: Permission = { principal, group, roleId, propagate }
      bench.call(admin, at.authz, 'SetEntityPermissions', { entity, permission: [permission] })
    },
    can: (privilege, ref) => {
      const { principal } = bench.session(u())
      return bench.services.authorization.has(bench.world, principal, bench.slot(ref), privilege)
    },
  }
}

function thrown(run: () => unknown): MethodFault {
  try {
    run()
  } catch (error) {
    return error as MethodFault
  }
  throw new Error('nothing was thrown')
}

describe('authorization vectors', () => {
  it('A01 two groups on one folder are united', () => {
    const v = vectors()
    v.grant(at.folder, g('g1'), v.PON)
    v.grant(at.folder, g('g2'), v.SNAP)
    for (const vm of [at.vmA, at.vmB]) {
      expect([v.can(POWER_ON, vm), v.can(SNAPSHOT, vm)]).toEqual([true, true])
    }
  })

  it('A02 an entry on the object hides entries above it, even of another group', () => {
    const v = vectors()
    v.grant(at.folder, g('g1'), v.PON)
    v.grant(at.vmB, g('g2'), v.SNAP)
    expect([v.can(POWER_ON, at.vmB), v.can(SNAPSHOT, at.vmB)]).toEqual([false, true])
    expect([v.can(POWER_ON, at.vmA), v.can(SNAPSHOT, at.vmA)]).toEqual([true, false])
  })

  it('A03 a user entry beats group entries on the same object', () => {
    const v = vectors()
    v.grant(at.folder, g('g1'), v.PON)
    v.grant(at.folder, U, RO)
    expect(v.can(POWER_ON, at.vmA)).toBe(false)
  })

  it('A04 No access on one VM hides it from an administrator', () => {
    const v = vectors()
    v.grant(at.root, U, ADM)
    v.grant(at.vmB, U, NA)
    expect([v.can('System.Read', at.vmB), v.can('System.Read', at.vmA)]).toEqual([false, true])
    const { authorization } = v.services
    const { principal } = v.session(v.u())
    expect(visible(authorization, v.world, principal, v.slot(at.vmB))).toBe(false)
    expect(authorization.seesAll(v.world, principal, v.node.name)).toBe(false)
  })

  it('A05 an entry that does not propagate counts on its object only', () => {
    const v = vectors()
    v.grant(at.folder, U, RO, false)
    expect([v.can('System.Read', at.folder), v.can('System.Read', at.vmA)]).toEqual([true, false])
  })

  it('A06 No access of one group takes nothing from another group', () => {
    const v = vectors()
    v.grant(at.folder, g('g1'), NA)
    v.grant(at.folder, g('g2'), v.PON)
    expect(v.can(POWER_ON, at.vmA)).toBe(true)
  })

  it('A07 the closest object decides', () => {
    const v = vectors()
    v.grant(at.root, g('g1'), ADM)
    v.grant(at.dc, g('g1'), RO)
    expect(v.can(POWER_ON, at.vmA)).toBe(false)
  })

  it('A08 the two parent paths of a VM are united', () => {
    const v = vectors()
    v.grant(at.folder, U, v.PON)
    v.grant(at.pool1, U, v.SNAP)
    expect([v.can(POWER_ON, at.vmA), v.can(SNAPSHOT, at.vmA)]).toEqual([true, true])
  })

  it('A09 a pool gives nothing to VMs of another pool', () => {
    const v = vectors()
    v.grant(at.folder, U, v.PON)
    v.grant(at.pool1, U, v.SNAP)
    expect(v.can(SNAPSHOT, at.vmB)).toBe(false)
  })

  it('A10 a global permission counts until something closer is set', () => {
    const v = vectors()
    v.tx(tx => putGlobalPermissions(tx, v.node.name, [
      { principal: U, group: false, roleId: ADM, propagate: true },
    ]))
    v.grant(at.dc, U, RO)
    expect(v.can(POWER_ON, at.vmA)).toBe(false)
    expect(v.call(v.u(), at.root, 'CreateFolder', { name: 'x' })).toEqual({ type: 'Folder', value: 'x' })
  })

  it('A11 rights on one VM show it and the names of what it lies in, and nothing else', () => {
    const v = vectors()
    v.grant(at.vmA, U, v.PON)
    const { principal } = v.session(v.u())
    const { authorization } = v.services
    expect(v.call(v.u(), at.service, 'CurrentTime')).toBe('now')
    const name = schema.property('Folder', 'name')!
    const permission = schema.property('Folder', 'permission')!
    const read = (info: typeof name): unknown =>
      readableProperty(authorization, v.world, principal, v.slot(at.folder), info)
    expect(read(name)).toBeUndefined()
    expect(read(permission)).toEqual(noPermission(v.slot(at.folder), 'System.Read').value)
    const seen = [at.root, at.dc, at.cluster, at.pool1, at.pool2, at.storage, at.vmA, at.vmB]
      .map(ref => visible(authorization, v.world, principal, v.slot(ref)))
    expect(seen).toEqual([true, true, true, true, false, false, true, false])
  })

  it('A12 HasPrivilegeOnEntities says what a session may', () => {
    const v = vectors()
    v.grant(at.root, U, RO)
    const sessionId = v.session(v.u()).key
    const privId = ['System.Read', POWER_ON]
    const args = { entity: [at.vmA], sessionId, privId }
    expect(v.call(v.admin, at.authz, 'HasPrivilegeOnEntities', args)).toEqual([{
      entity: at.vmA,
      privAvailability: [
        { privId: 'System.Read', isGranted: true }, { privId: POWER_ON, isGranted: false },
      ],
    }])
    expect(v.call(v.admin, at.authz, 'HasPrivilegeOnEntity', { entity: at.vmA, sessionId, privId }))
      .toEqual([true, false])
  })

  it('A13 a method without its privilege is NoPermission and starts nothing', () => {
    const v = vectors()
    v.grant(at.root, U, RO)
    v.u()
    const revision = v.world.revision
    const fault = thrown(() => v.call(v.u(), at.vmA, 'PowerOnVM_Task'))
    expect(fault.message).toBe('Permission to perform this operation was denied.')
    expect(fault.value).toEqual({
      _typeName: 'NoPermission', object: at.vmA, privilegeId: POWER_ON,
      missingPrivileges: [{ entity: at.vmA, privilegeIds: [POWER_ON] }],
    })
    expect(v.world.revision).toBe(revision)
    v.grant(at.folder, U, v.PON)
    expect(v.call(v.u(), at.vmA, 'PowerOnVM_Task')).toMatchObject({ type: 'Task' })
  })

  it('A14 a privilege on a further object is asked of that object', () => {
    const v = vectors()
    const args = { name: 'CLONE', privIds: ['VirtualMachine.Provisioning.Clone'] }
    const clone = v.call(v.admin, at.authz, 'AddAuthorizationRole', args) as number
    v.grant(at.folder, U, clone)
    const call = {
      services: v.services, reader: v.world, node: v.node, session: v.session(v.u()),
    } as unknown as Query
    expect(() => requirePrivilege(call, v.slot(at.vmA), 'VirtualMachine.Provisioning.Clone')).not.toThrow()
    const fault = thrown(() => requirePrivilege(call, v.slot(at.datastore), 'Datastore.AllocateSpace'))
    expect(fault.fields).toMatchObject({ object: at.datastore, privilegeId: 'Datastore.AllocateSpace' })
  })

  it('A15 without a session only anonymous methods answer', () => {
    const v = vectors()
    expect(v.call(undefined, at.service, 'RetrieveServiceContent')).toEqual({})
    const fault = thrown(() => v.call(undefined, at.service, 'CurrentTime'))
    expect(fault.value).toEqual({
      _typeName: 'NotAuthenticated', object: at.service, privilegeId: 'System.View',
    })
  })

  it('A16 the last propagating Administrator of the root stays', () => {
    const v = vectors()
    const remove = (user: string, isGroup: boolean): unknown =>
      v.call(v.admin, at.authz, 'RemoveEntityPermission', { entity: at.root, user, isGroup })
    remove('VSPHERE.LOCAL\\Administrators', true)
    expect(thrown(() => remove('VSPHERE.LOCAL\\Administrator', false)).type)
      .toBe('AuthMinimumAdminPermission')
    expect(thrown(() => v.call(v.admin, at.authz, 'ResetEntityPermissions', { entity: at.root })).type)
      .toBe('AuthMinimumAdminPermission')
    expect(thrown(() => v.grant(at.root, 'VSPHERE.LOCAL\\nobody', ADM)).type).toBe('UserNotFound')
  })

  it('A17 a role in use is removed with its permissions, or not at all', () => {
    const v = vectors()
    v.grant(at.folder, U, v.PON)
    const remove = (failIfUsed: boolean): unknown =>
      v.call(v.admin, at.authz, 'RemoveAuthorizationRole', { roleId: v.PON, failIfUsed })
    expect(thrown(() => remove(true)).type).toBe('RemoveFailed')
    remove(false)
    expect(v.world.get(v.node.name, at.folder.value)!.props['permission']).toEqual([])
    expect(thrown(() => remove(false)).type).toBe('NotFound')
  })

  it('A18 a new role has the three System privileges too', () => {
    const v = vectors()
    const roles = v.world.get<{ roleList: Array<{ roleId: number, privilege: string[] }> }>(
      v.node.name, at.authz.value)!.props.roleList
    expect(roles.find(role => role.roleId === v.PON)!.privilege)
      .toEqual(['System.Anonymous', 'System.Read', 'System.View', POWER_ON])
  })

  it('A19 a permission for an unknown user is UserNotFound', () => {
    const v = vectors()
    const permission = [{ principal: 'VSPHERE.LOCAL\\ghost', group: false, roleId: RO, propagate: true }]
    const fault = thrown(() =>
      v.call(v.admin, at.authz, 'SetEntityPermissions', { entity: at.folder, permission }))
    expect(fault.value).toEqual({
      _typeName: 'UserNotFound', principal: 'VSPHERE.LOCAL\\ghost', unresolved: false,
    })
  })

  it('A20 a system role cannot be changed or removed', () => {
    const v = vectors()
    const update = { roleId: ADM, newName: 'Boss', privIds: [] }
    expect(thrown(() => v.call(v.admin, at.authz, 'UpdateAuthorizationRole', update)).type)
      .toBe('InvalidArgument')
    const remove = { roleId: RO, failIfUsed: false }
    expect(thrown(() => v.call(v.admin, at.authz, 'RemoveAuthorizationRole', remove)).type)
      .toBe('InvalidArgument')
  })

  it('A21 a change of groups counts from the next login', () => {
    const v = vectors()
    v.grant(at.folder, g('g1'), v.PON)
    const first = v.u()
    v.tx(tx => {
      tx.remove(findAccount(tx, v.node.name, 'u', false)!)
      createAccount(tx, v.node.name, { name: 'u', password: 'x', groups: ['g2'] })
      putPermissions(tx, v.slot(at.root), [
        { principal: g('g2'), group: true, roleId: RO, propagate: true },
      ])
    })
    expect(v.can(POWER_ON, at.vmA)).toBe(true)
    const second = v.login('u', 'x')
    const { has } = v.services.authorization
    const may = (cookie: string): boolean => has.call(
      v.services.authorization, v.world, v.session(cookie).principal, v.slot(at.vmA), POWER_ON)
    expect([may(first), may(second)]).toEqual([true, false])
  })

  it('A22 a vCenter user is nobody on a host', () => {
    const host = authorizationBench({ kind: 'esxi' })
    expect(thrown(() => host.login('administrator@vsphere.local')).type).toBe('InvalidLogin')
    expect(host.login('root')).toMatch(/^52[0-9a-f]{6}-/)
  })

  it('A23 changes of permissions and roles are events', () => {
    const v = vectors()
    const count = v.events().length
    v.grant(at.folder, U, v.PON)
    v.grant(at.folder, U, v.PON)
    v.grant(at.folder, U, v.SNAP, false)
    v.call(v.admin, at.authz, 'RemoveEntityPermission', { entity: at.folder, user: U, isGroup: false })
    v.call(v.admin, at.authz, 'UpdateAuthorizationRole', {
      roleId: v.PON, newName: 'PON2', privIds: [SNAPSHOT],
    })
    v.call(v.admin, at.authz, 'RemoveAuthorizationRole', { roleId: v.PON, failIfUsed: true })
    const entity = { name: 'F', entity: at.folder }
    const posted = v.events().slice(count)
    expect(posted).toMatchObject([
      { _typeName: 'PermissionAddedEvent', principal: U, entity, propagate: true, role: { name: 'PON' } },
      {
        _typeName: 'PermissionUpdatedEvent', role: { roleId: v.SNAP }, propagate: false,
        prevRole: { roleId: v.PON, name: 'PON' }, prevPropagate: true,
      },
      { _typeName: 'PermissionRemovedEvent', principal: U, group: false },
      {
        _typeName: 'RoleUpdatedEvent', prevRoleName: 'PON', role: { name: 'PON2' },
        privilegesAdded: [SNAPSHOT], privilegesRemoved: [POWER_ON],
      },
      { _typeName: 'RoleRemovedEvent', role: { name: 'PON2' } },
    ])
    expect(posted[0]!['userName']).toBe('VSPHERE.LOCAL\\Administrator')
  })
})
