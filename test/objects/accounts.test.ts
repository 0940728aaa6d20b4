import { describe, expect, it } from 'vitest'
import { hostLocalAccountManager } from '../../emulator/objects/host-local-account-manager.js'
import type { UserSearchResult } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { findAccount } from '../../emulator/services/accounts.js'
import type { Call } from '../../emulator/services/call.js'
import type { MethodFault } from '../../emulator/services/method-fault.js'
import { at, authorizationBench, PASSWORD } from '../support/authorization-bench.js'

function faultOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as MethodFault).type
  }
  return 'none'
}

const search = { searchStr: '', exactMatch: false, findUsers: true, findGroups: false }

describe('UserDirectory', () => {
  const bench = authorizationBench({ users: [
    { name: 'ann', groups: ['team'] }, { name: 'bob', groups: ['team', 'Administrators'] },
    { name: 'cid@corp.test', groups: ['devs@corp.test'] },
  ] })
  const admin = bench.login()
  const find = (args: object): string[] => (bench.call(admin, at.users, 'RetrieveUserGroups', {
    ...search, ...args,
  }) as UserSearchResult[]).map(item => item.principal)

  it('RetrieveUserGroups › finds users or groups by part or whole of a name', () => {
    expect(find({})).toEqual([
      'VSPHERE.LOCAL\\Administrator', 'VSPHERE.LOCAL\\ann', 'VSPHERE.LOCAL\\bob',
    ])
    expect(find({ searchStr: 'ADMIN', findGroups: true }))
      .toEqual(expect.arrayContaining(['VSPHERE.LOCAL\\Administrators', 'VSPHERE.LOCAL\\Administrator']))
    expect(find({ searchStr: 'administrator', exactMatch: true, findGroups: true }))
      .toEqual(['VSPHERE.LOCAL\\Administrator'])
    expect(find({ findUsers: false })).toEqual([...find({ findUsers: false, findGroups: true })].slice(0, 0))
  })

  it('RetrieveUserGroups › narrows by group, by user and by domain', () => {
    expect(find({ belongsToGroup: 'team' })).toEqual(['VSPHERE.LOCAL\\ann', 'VSPHERE.LOCAL\\bob'])
    expect(find({ belongsToUser: 'ann', findGroups: true, findUsers: false }))
      .toEqual(['VSPHERE.LOCAL\\Users', 'VSPHERE.LOCAL\\Everyone', 'VSPHERE.LOCAL\\team'])
    expect(find({ domain: 'corp.test' })).toEqual(['CORP.TEST\\cid'])
    expect(faultOf(() => find({ domain: 'nowhere' }))).toBe('NotFound')
    expect(faultOf(() => find({ belongsToGroup: 'nobody' }))).toBe('NotFound')
  })

  it('domainList › names the domains of the node', () => {
    const self = bench.slot(at.users)
    const context = { services: bench.services, reader: bench.world, node: bench.node, session: undefined }
    expect(bench.registry.virtual('UserDirectory', 'domainList')!(context, self))
      .toEqual(['VSPHERE.LOCAL', 'LOCALOS', 'CORP.TEST'])
  })
})

describe('HostLocalAccountManager', () => {
  const self: MoRef = { type: 'HostLocalAccountManager', value: 'ha-localacctmgr' }
  const setUp = () => {
    const host = authorizationBench({ kind: 'esxi' })
    const root = host.login()
    return { ...host, root, do: (method: string, args: object) => host.call(root, self, method, args) }
  }

  it('CreateUser › makes a user › who needs a permission to log in', () => {
    const host = setUp()
    const user = { id: 'ops', password: 'Secret-1', description: 'night shift' }
    host.do('CreateUser', { user })
    expect(faultOf(() => host.do('CreateUser', { user }))).toBe('AlreadyExists')
    expect(faultOf(() => host.login('ops', 'Secret-1'))).toBe('NoPermission')
    const authz: MoRef = { type: 'AuthorizationManager', value: 'ha-authmgr' }
    const entity: MoRef = { type: 'Folder', value: 'ha-folder-root' }
    const permission = [{ principal: 'ops', group: false, roleId: -2, propagate: true }]
    host.call(host.root, authz, 'SetEntityPermissions', { entity, permission })
    host.login('ops', 'Secret-1')
    expect(host.events().find(event => event._typeName === 'AccountCreatedEvent'))
      .toMatchObject({ spec: { id: 'ops', description: 'night shift' }, group: false })
    expect(JSON.stringify(host.events())).not.toContain('Secret-1')
    host.do('RemoveUser', { userName: 'ops' })
    expect(faultOf(() => host.login('ops', 'Secret-1'))).toBe('InvalidLogin')
    expect(host.world.get('esx-01', 'ha-folder-root')!.props['permission']).toHaveLength(3)
  })

  it('UpdateUser and ChangePassword › change the password', () => {
    const host = setUp()
    host.do('UpdateUser', { user: { id: 'root', password: 'New-pass-1' } })
    expect(faultOf(() => host.login('root', PASSWORD))).toBe('InvalidLogin')
    host.login('root', 'New-pass-1')
    const change = (oldPassword: string): string => faultOf(() =>
      host.call(undefined, self, 'ChangePassword', { user: 'root', oldPassword, newPassword: 'Third-1' }))
    expect([change('wrong'), change('New-pass-1')]).toEqual(['InvalidLogin', 'none'])
    host.login('root', 'Third-1')
  })

  it('what a host cannot do › is refused', () => {
    const host = setUp()
    const by = (method: string, args: object): string => faultOf(() => host.do(method, args))
    expect(by('UpdateUser', { user: { id: 'ghost' } })).toBe('UserNotFound')
    expect(by('RemoveUser', { userName: 'ghost' })).toBe('UserNotFound')
    expect(by('RemoveUser', { userName: 'root' })).toBe('InvalidArgument')
    expect(by('CreateUser', { user: { id: 'no spaces', password: 'x' } })).toBe('InvalidArgument')
    expect(by('CreateGroup', { group: { id: 'g' } })).toBe('NotSupported')
    expect(by('AssignUserToGroup', { user: 'root', group: 'g' })).toBe('NotSupported')
  })

  it('vCenter’s manager of a host › works on the host’s accounts', () => {
    const host = setUp()
    const vcenter = { ...host.node, name: 'vc-01', kind: 'vcenter' } as const
    const run = hostLocalAccountManager.methods['CreateUser']!.run as (call: Call, args: object) => void
    host.tx(tx => {
      tx.create({ node: 'lab', type: 'Node', id: 'vc-01' }, {
        props: vcenter, inner: { power: 'on', bootTime: 0 },
      })
      const linked = { managedBy: 'vc-01', power: 'on', cable: 'up', management: 'connected' }
      tx.update({ node: 'lab', id: 'esx-01' }, draft => Object.assign(draft.inner, linked))
      const manager = tx.create({ node: 'vc-01', type: self.type, id: 'accountManager-16' }, {
        props: {}, inner: { mirrors: ['esx-01/ha-localacctmgr'] },
      })
      const call = { tx, self: manager, node: vcenter, session: undefined, services: host.services }
      run(call as unknown as Call, { user: { id: 'direct', password: 'x' } })
    })
    expect(findAccount(host.world, 'esx-01', 'direct', false)).toBeDefined()
    expect(findAccount(host.world, 'vc-01', 'direct', false)).toBeUndefined()
    expect(host.events().at(-1)).toMatchObject({ _typeName: 'AccountCreatedEvent' })
  })
})
