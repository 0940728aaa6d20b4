import { describe, expect, it } from 'vitest'
import type { MethodFault } from '../../emulator/services/method-fault.js'
import { at, authorizationBench, type AuthorizationBench } from '../support/authorization-bench.js'

const U = 'VSPHERE.LOCAL\\u'

function faultOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as MethodFault).type
  }
  return 'none'
}

function setUp(): AuthorizationBench & { admin: string, do(method: string, args?: object): unknown } {
  const bench = authorizationBench({ users: [{ name: 'u', groups: ['team'] }] })
  const admin = bench.login()
  return { ...bench, admin, do: (method, args) => bench.call(admin, at.authz, method, args) }
}

const entry = (principal: string, roleId: number, more: object = {}): object =>
  ({ principal, group: false, roleId, propagate: true, ...more })

describe('AuthorizationManager', () => {
  it('AddAuthorizationRole › refuses › empty, taken and too long names and unknown privileges', () => {
    const b = setUp()
    const add = (name: string, privIds: string[] = []): string =>
      faultOf(() => b.do('AddAuthorizationRole', { name, privIds }))
    expect(add('')).toBe('InvalidName')
    expect(add('x'.repeat(81))).toBe('InvalidName')
    expect(add('ReadOnly')).toBe('AlreadyExists')
    expect(add('new', ['No.Such'])).toBe('InvalidArgument')
    expect(b.do('AddAuthorizationRole', { name: 'a' })).toBe(101)
    expect(b.do('AddAuthorizationRole', { name: 'b' })).toBe(102)
  })

  it('UpdateAuthorizationRole › renames › and refuses a taken name', () => {
    const b = setUp()
    const roleId = b.do('AddAuthorizationRole', { name: 'a', privIds: ['Global.CancelTask'] })
    const update = (newName: string): unknown => b.do('UpdateAuthorizationRole', { roleId, newName })
    expect(faultOf(() => update('Admin'))).toBe('AlreadyExists')
    update('renamed')
    const { roleList } = b.world.get<{ roleList: Array<{ roleId: number }> }>('vc-01', at.authz.value)!.props
    expect(roleList.find(role => role.roleId === roleId)).toEqual({
      roleId, system: false, name: 'renamed', info: { label: 'renamed', summary: 'renamed' },
      privilege: ['System.Anonymous', 'System.Read', 'System.View'],
    })
    expect(faultOf(() => b.do('UpdateAuthorizationRole', { roleId: 9999, newName: 'z' }))).toBe('NotFound')
  })

  it('SetEntityPermissions › adds and replaces by principal › ResetEntityPermissions replaces all', () => {
    const b = setUp()
    const own = (): unknown => b.world.get('vc-01', at.dc.value)!.props['permission']
    const set = (...permission: object[]): unknown =>
      b.do('SetEntityPermissions', { entity: at.dc, permission })
    set(entry('u@vsphere.local', -2))
    set(entry('vsphere.local\\TEAM', 5, { group: true }), entry('U', -5))
    expect(own()).toEqual([
      { entity: at.dc, principal: 'VSPHERE.LOCAL\\team', group: true, roleId: 5, propagate: true },
      { entity: at.dc, principal: U, group: false, roleId: -5, propagate: true },
    ])
    b.do('ResetEntityPermissions', { entity: at.dc, permission: [entry(U, -2)] })
    expect(own()).toMatchObject([{ principal: U, roleId: -2 }])
    b.do('ResetEntityPermissions', { entity: at.dc })
    expect(own()).toEqual([])
  })

  it('SetEntityPermissions › refuses › an unknown role and roles that cannot be granted', () => {
    const b = setUp()
    const set = (roleId: number): string =>
      faultOf(() => b.do('SetEntityPermissions', { entity: at.dc, permission: [entry(U, roleId)] }))
    expect([set(4711), set(-3), set(-4)]).toEqual(['NotFound', 'InvalidArgument', 'InvalidArgument'])
  })

  it('RemoveEntityPermission › is NotFound › without an entry of that user or group', () => {
    const b = setUp()
    b.do('SetEntityPermissions', { entity: at.dc, permission: [entry(U, -2)] })
    const remove = (isGroup: boolean): string =>
      faultOf(() => b.do('RemoveEntityPermission', { entity: at.dc, user: 'u@vsphere.local', isGroup }))
    expect([remove(true), remove(false), remove(false)]).toEqual(['NotFound', 'none', 'NotFound'])
  })

  it('RetrieveEntityPermissions › adds what ancestors propagate › the nearest of each principal', () => {
    const b = setUp()
    b.do('SetEntityPermissions', { entity: at.dc, permission: [entry(U, -2)] })
    b.do('SetEntityPermissions', { entity: at.folder, permission: [entry(U, 5, { propagate: false })] })
    const get = (inherited: boolean): unknown =>
      b.do('RetrieveEntityPermissions', { entity: at.vmA, inherited })
    expect(get(false)).toEqual([])
    expect(get(true)).toMatchObject([
      { principal: U, roleId: -2, entity: at.dc },
      { principal: 'VSPHERE.LOCAL\\Administrator', entity: at.root },
      { principal: 'VSPHERE.LOCAL\\Administrators', group: true, entity: at.root },
    ])
    expect(b.do('RetrieveRolePermissions', { roleId: -2 })).toMatchObject([{ entity: at.dc }])
    expect(b.do('RetrieveAllPermissions')).toHaveLength(4)
    expect(faultOf(() => b.do('RetrieveRolePermissions', { roleId: 4711 }))).toBe('NotFound')
  })

  it('MergePermissions › reassigns a role › but not the last Administrator', () => {
    const b = setUp()
    b.do('SetEntityPermissions', { entity: at.dc, permission: [entry(U, -2)] })
    b.do('MergePermissions', { srcRoleId: -2, dstRoleId: 5 })
    expect(b.do('RetrieveRolePermissions', { roleId: 5 })).toMatchObject([{ principal: U }])
    expect(faultOf(() => b.do('MergePermissions', { srcRoleId: -1, dstRoleId: 5 })))
      .toBe('AuthMinimumAdminPermission')
    expect(faultOf(() => b.do('MergePermissions', { srcRoleId: 77, dstRoleId: 5 }))).toBe('NotFound')
  })

  it('user privileges › are those of the next login', () => {
    const b = setUp()
    b.do('SetEntityPermissions', {
      entity: at.folder, permission: [entry('team', 7, { group: true })],
    })
    expect(b.do('HasUserPrivilegeOnEntities', {
      entities: [at.vmA], userName: 'u@vsphere.local', privId: ['VirtualMachine.Config.DiskLease', 'Task.Create'],
    })).toEqual([{
      entity: at.vmA,
      privAvailability: [
        { privId: 'VirtualMachine.Config.DiskLease', isGranted: true },
        { privId: 'Task.Create', isGranted: false },
      ],
    }])
    const fetched = b.do('FetchUserPrivilegeOnEntities', { entities: [at.vmA, at.dc], userName: U })
    expect(fetched).toMatchObject([{ entity: at.vmA }, { entity: at.dc, privileges: ['System.Anonymous', 'System.View'] }])
    expect((fetched as Array<{ privileges: string[] }>)[0]!.privileges).toHaveLength(8)
  })

  it('a user without the privilege › changes no roles or permissions', () => {
    const b = setUp()
    b.do('SetEntityPermissions', { entity: at.root, permission: [entry(U, -2)] })
    const u = b.login('u')
    const by = (method: string, args: object): string => faultOf(() => b.call(u, at.authz, method, args))
    expect(by('AddAuthorizationRole', { name: 'x' })).toBe('NoPermission')
    expect(by('SetEntityPermissions', { entity: at.vmA, permission: [entry(U, -1)] })).toBe('NoPermission')
    expect(by('RetrieveEntityPermissions', { entity: at.vmA, inherited: true })).toBe('none')
  })
})
