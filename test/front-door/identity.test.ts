/** Vectors A01 to A23 of network-security.md 11.6 once more, asked by real clients at the door. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listOf, type SoapClient } from '../../clients/sdk/soap-client.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { createAccount, findAccount } from '../../emulator/services/accounts.js'
import { putGlobalPermissions } from '../../emulator/services/authorization/permissions.js'
import type { TestLab } from '../support/test-lab.js'
import { PASSWORD, faultOf, loginAs, named, openFrontLab } from './front-lab.js'

const POWER_ON = 'VirtualMachine.Interact.PowerOn'
const SNAPSHOT = 'VirtualMachine.State.CreateSnapshot'
const U = 'VSPHERE.LOCAL\\u'
const group = (name: string): string => `VSPHERE.LOCAL\\${name}`
const [RO, NA, ADM] = [-2, -5, -1]
const manager: MoRef = { type: 'AuthorizationManager', value: 'AuthorizationManager' }
const service: MoRef = { type: 'ServiceInstance', value: 'ServiceInstance' }
const events: MoRef = { type: 'EventManager', value: 'EventManager' }
const root: MoRef = { type: 'Folder', value: 'group-d1' }

let lab: TestLab
let admin: SoapClient
let at: Record<'dc' | 'folder' | 'cluster' | 'pool1' | 'pool2' | 'vmA' | 'vmB' | 'datastore', MoRef>
beforeEach(async () => {
  lab = openFrontLab()
  admin = await lab.client('vc-01')
  at = {
    dc: named(lab, 'Datacenter', 'DC1'), folder: named(lab, 'Folder', 'F'), cluster: named(lab, 'ClusterComputeResource', 'CL'),
    pool1: named(lab, 'ResourcePool', 'RP1'), pool2: named(lab, 'ResourcePool', 'RP2'), vmA: named(lab, 'VirtualMachine', 'VM_A'),
    vmB: named(lab, 'VirtualMachine', 'VM_B'), datastore: named(lab, 'Datastore', 'shared-01'),
  }
})
afterEach(() => lab.close())

async function role(name: string): Promise<number> {
  const { roleList } = await admin.properties(manager, ['roleList'])
  const roles = listOf<{ name: string, roleId: string }>((roleList as unknown as { AuthorizationRole: never }).AuthorizationRole)
  return Number(roles.find(each => each.name === name)!.roleId)
}

async function grant(entity: MoRef, principal: string, to: number | string, propagate = true): Promise<void> {
  const roleId = typeof to === 'number' ? to : await role(to)
  await admin.call(manager, 'SetEntityPermissions', {
    entity, permission: { principal, group: principal !== U, roleId, propagate },
  })
}

/** Whether the door lets a call through to the object: anything but NoPermission. */
async function may(client: SoapClient, object: MoRef, method: 'PowerOnVM_Task' | 'CreateSnapshot_Task'): Promise<boolean> {
  const args = method === 'CreateSnapshot_Task' ? { name: 's', memory: false, quiesce: false } : {}
  try {
    await client.call(object, method, args)
    return true
  } catch (error) {
    return (error as { type?: string }).type !== 'NoPermission'
  }
}

const asks = async (client: SoapClient, object: MoRef): Promise<boolean[]> =>
  [await may(client, object, 'PowerOnVM_Task'), await may(client, object, 'CreateSnapshot_Task')]

/** Whether a property can be read; an object that is hidden as a whole is a fault of the call. */
async function reads(client: SoapClient, object: MoRef, path = 'permission'): Promise<boolean> {
  try {
    return path in await client.properties(object, [path])
  } catch (error) {
    expect(error).toMatchObject({ type: 'NoPermission' })
    return false
  }
}

/** Names in a view of all VMs. */
async function listed(client: SoapClient): Promise<string[]> {
  const view = await client.call({ type: 'ViewManager', value: 'ViewManager' }, 'CreateContainerView', {
    container: root, type: 'VirtualMachine', recursive: true,
  }) as unknown as MoRef
  const { view: found } = await client.properties(view, ['view'])
  const refs = listOf<MoRef>((found as unknown as { ManagedObjectReference?: never }).ManagedObjectReference)
  return refs.map(ref => String(lab.world.get('vc-01', ref.value)!.props['name']))
}

describe('authorization vectors at the door', () => {
  it('A01 two groups on one folder are united', async () => {
    await grant(at.folder, group('g1'), 'PON')
    await grant(at.folder, group('g2'), 'SNAP')
    const u = await loginAs(lab, 'u')
    for (const vm of [at.vmA, at.vmB]) expect(await asks(u, vm)).toEqual([true, true])
  })

  it('A02 an entry on the object hides entries above it, even of another group', async () => {
    await grant(at.folder, group('g1'), 'PON')
    await grant(at.vmB, group('g2'), 'SNAP')
    const u = await loginAs(lab, 'u')
    expect([await asks(u, at.vmB), await asks(u, at.vmA)]).toEqual([[false, true], [true, false]])
  })

  it('A03 a user entry beats group entries on the same object', async () => {
    await grant(at.folder, group('g1'), 'PON')
    await grant(at.folder, U, RO)
    expect(await asks(await loginAs(lab, 'u'), at.vmA)).toEqual([false, false])
  })

  it('A04 No access on one VM hides it from an administrator', async () => {
    await grant(root, U, ADM)
    await grant(at.vmB, U, NA)
    const u = await loginAs(lab, 'u')
    expect([await reads(u, at.vmA), await reads(u, at.vmB), await reads(u, at.vmB, 'name')]).toEqual([true, false, false])
    expect(await listed(u)).not.toContain('VM_B')
    expect(await listed(u)).toContain('VM_A')
  })

  it('A05 an entry that does not propagate counts on its object only', async () => {
    await grant(at.folder, U, RO, false)
    const u = await loginAs(lab, 'u')
    expect([await reads(u, at.folder), await reads(u, at.vmA)]).toEqual([true, false])
  })

  it('A06 No access of one group takes nothing from another group', async () => {
    await grant(at.folder, group('g1'), NA)
    await grant(at.folder, group('g2'), 'PON')
    expect(await asks(await loginAs(lab, 'u'), at.vmA)).toEqual([true, false])
  })

  it('A07 the closest object decides', async () => {
    await grant(root, group('g1'), ADM)
    await grant(at.dc, group('g1'), RO)
    expect(await asks(await loginAs(lab, 'u'), at.vmA)).toEqual([false, false])
  })

  it('A08, A09 the two parent paths of a VM are united, and a pool gives nothing to VMs of another', async () => {
    await grant(at.folder, U, 'PON')
    await grant(at.pool1, U, 'SNAP')
    const u = await loginAs(lab, 'u')
    expect([await asks(u, at.vmA), await asks(u, at.vmB)]).toEqual([[true, true], [true, false]])
  })

  it('A10 a global permission counts until something closer is set', async () => {
    lab.world.transact({ kind: 'lab', what: 'test' }, tx => putGlobalPermissions(tx, 'vc-01', [
      { principal: U, group: false, roleId: ADM, propagate: true },
    ]))
    await grant(at.dc, U, RO)
    const u = await loginAs(lab, 'u')
    expect(await asks(u, at.vmA)).toEqual([false, false])
    expect(await u.call(root, 'CreateFolder', { name: 'x' })).toMatchObject({ type: 'Folder' })
  })

  it('A11 rights on one VM show it and the names of what it lies in, and nothing else', async () => {
    await grant(at.vmA, U, 'PON')
    const u = await loginAs(lab, 'u')
    expect(await u.call(service, 'CurrentTime')).toMatch(/^2026-/)
    expect(await u.properties(at.folder, ['name'])).toEqual({ name: 'F' })
    expect(await u.properties(root, ['name'])).toHaveProperty('name')
    expect(await listed(u)).toEqual(['VM_A'])
  })

  it('a property that may not be read › stands in missingSet, the others are there', async () => {
    await grant(at.vmA, U, 'PON')
    const u = await loginAs(lab, 'u')
    const found = await u.callAll({ type: 'PropertyCollector', value: 'propertyCollector' }, 'RetrieveProperties', {
      specSet: { propSet: { type: 'Folder', pathSet: ['name', 'permission'] }, objectSet: { obj: at.folder } },
    })
    expect(found).toEqual([{
      obj: at.folder, propSet: { name: 'name', val: 'F' },
      missingSet: {
        path: 'permission',
        fault: {
          fault: {
            _typeName: 'NoPermission', object: at.folder, privilegeId: 'System.Read',
            missingPrivileges: { entity: at.folder, privilegeIds: 'System.Read' },
          },
          localizedMessage: 'Permission to perform this operation was denied.',
        },
      },
    }])
  })

  it('A12 HasPrivilegeOnEntities says what a session may', async () => {
    await grant(root, U, RO)
    const u = await loginAs(lab, 'u')
    const { currentSession } = await u.properties({ type: 'SessionManager', value: 'SessionManager' }, ['currentSession'])
    const { key: sessionId } = currentSession as unknown as { key: string }
    expect(await admin.callAll(manager, 'HasPrivilegeOnEntities', { entity: [at.vmA], sessionId, privId: ['System.Read', POWER_ON] }))
      .toEqual([{
        entity: at.vmA,
        privAvailability: [{ privId: 'System.Read', isGranted: 'true' }, { privId: POWER_ON, isGranted: 'false' }],
      }])
  })

  it('A13 a method without its privilege is NoPermission and starts nothing', async () => {
    await grant(root, U, RO)
    const u = await loginAs(lab, 'u')
    const { revision } = lab.world
    expect(await faultOf(u.call(at.vmA, 'PowerOnVM_Task'))).toMatchObject({
      type: 'NoPermission',
      detail: { object: at.vmA, privilegeId: POWER_ON, missingPrivileges: { entity: at.vmA, privilegeIds: POWER_ON } },
    })
    expect(lab.world.revision).toBe(revision)
  })

  it('A14 a clone without rights on the datastore is NoPermission of the datastore', async () => {
    await admin.call(manager, 'AddAuthorizationRole', {
      name: 'CLONE',
      privIds: ['VirtualMachine.Provisioning.Clone', 'VirtualMachine.Inventory.CreateFromExisting', 'Resource.AssignVMToPool'],
    })
    await grant(at.folder, U, 'CLONE')
    await grant(at.pool1, U, 'CLONE')
    const u = await loginAs(lab, 'u')
    const clone = (datastore: MoRef) => u.call(at.vmA, 'CloneVM_Task', {
      folder: at.folder, name: 'copy', spec: { location: { datastore, pool: at.pool1 }, template: false, powerOn: false },
    })
    expect(await faultOf(clone(at.datastore))).toMatchObject({
      type: 'NoPermission', detail: { object: at.datastore, privilegeId: 'Datastore.AllocateSpace' },
    })
    expect(lab.world.ofType('vc-01', 'Task')).toEqual([])
  })

  it('A15 without a session only anonymous methods answer', async () => {
    const nobody = await lab.anonymous('vc-01')
    expect(await nobody.content()).toHaveProperty('about')
    expect(await faultOf(nobody.call(service, 'CurrentTime'))).toMatchObject({
      type: 'NotAuthenticated', detail: { object: service, privilegeId: 'System.View' },
    })
    expect(await faultOf(nobody.call(at.vmA, 'PowerOnVM_Task'))).toMatchObject({
      type: 'NotAuthenticated', detail: { object: at.vmA, privilegeId: POWER_ON },
    })
  })

  it('A16 the last propagating Administrator of the root stays', async () => {
    const remove = (user: string, isGroup: boolean) =>
      admin.call(manager, 'RemoveEntityPermission', { entity: root, user, isGroup })
    await remove('VSPHERE.LOCAL\\Administrators', true)
    expect((await faultOf(remove('VSPHERE.LOCAL\\Administrator', false))).type).toBe('AuthMinimumAdminPermission')
  })

  it('A17 a role in use is removed with its permissions, or not at all', async () => {
    await grant(at.folder, U, 'PON')
    const u = await loginAs(lab, 'u')
    const roleId = await role('PON')
    const remove = (failIfUsed: boolean) => admin.call(manager, 'RemoveAuthorizationRole', { roleId, failIfUsed })
    expect((await faultOf(remove(true))).type).toBe('RemoveFailed')
    expect((await asks(u, at.vmA))[0]).toBe(true)
    await remove(false)
    expect((await asks(u, at.vmB))[0]).toBe(false)
    expect((await faultOf(remove(false))).type).toBe('NotFound')
  })

  it('A18 a new role has the three System privileges too', async () => {
    await admin.call(manager, 'AddAuthorizationRole', { name: 'R', privIds: [POWER_ON] })
    const { roleList } = await admin.properties(manager, ['roleList'])
    const roles = listOf<{ name: string, privilege: string[] }>((roleList as unknown as { AuthorizationRole: never }).AuthorizationRole)
    expect(roles.find(({ name }) => name === 'R')!.privilege)
      .toEqual(['System.Anonymous', 'System.Read', 'System.View', POWER_ON])
  })

  it('A19, A20 an unknown user, a system role', async () => {
    const ghost = admin.call(manager, 'SetEntityPermissions', {
      entity: at.folder, permission: { principal: 'VSPHERE.LOCAL\\ghost', group: false, roleId: RO, propagate: true },
    })
    expect(await faultOf(ghost)).toMatchObject({ type: 'UserNotFound', detail: { principal: 'VSPHERE.LOCAL\\ghost' } })
    const change = admin.call(manager, 'UpdateAuthorizationRole', { roleId: ADM, newName: 'Boss', privIds: [] })
    expect((await faultOf(change)).type).toBe('InvalidArgument')
  })

  it('A21 a change of groups counts from the next login', async () => {
    await grant(at.folder, group('g1'), 'PON')
    const first = await loginAs(lab, 'u')
    await grant(root, group('g2'), RO)
    lab.world.transact({ kind: 'lab', what: 'test' }, tx => {
      tx.remove(findAccount(tx, 'vc-01', 'u', false)!)
      createAccount(tx, 'vc-01', { name: 'u', password: PASSWORD, groups: ['g2'] })
    })
    const second = await loginAs(lab, 'u')
    expect([(await asks(first, at.vmA))[0], (await asks(second, at.vmA))[0]]).toEqual([true, false])
  })

  it('A22 a vCenter user is nobody on a host, and a host\'s user on vCenter', async () => {
    expect((await faultOf(loginAs(lab, 'administrator@vsphere.local', 'esx-01'))).type).toBe('InvalidLogin')
    expect((await faultOf(loginAs(lab, 'viewer'))).type).toBe('InvalidLogin')
    expect(await (await loginAs(lab, 'viewer', 'esx-01')).content()).toHaveProperty('about')
  })

  it('A user without any permission › is NoPermission at login, not InvalidLogin', async () => {
    const login = loginAs(lab, 'other')
    expect(await faultOf(login)).toMatchObject({ type: 'NoPermission', detail: { object: root, privilegeId: 'System.View' } })
  })

  it('A23 changes of permissions and roles are events', async () => {
    await grant(at.folder, U, 'PON')
    await grant(at.folder, U, 'SNAP', false)
    await admin.call(manager, 'RemoveEntityPermission', { entity: at.folder, user: U, isGroup: false })
    const roleId = await role('PON')
    await admin.call(manager, 'UpdateAuthorizationRole', { roleId, newName: 'PON2', privIds: [SNAPSHOT] })
    await admin.call(manager, 'RemoveAuthorizationRole', { roleId, failIfUsed: true })
    const found = await admin.callAll(events, 'QueryEvents', {
      filter: {
        eventTypeId: ['PermissionAddedEvent', 'PermissionUpdatedEvent', 'PermissionRemovedEvent', 'RoleUpdatedEvent', 'RoleRemovedEvent']
          .map(name => `vim.event.${name}`),
      },
    })
    expect(found).toMatchObject([
      { _typeName: 'PermissionAddedEvent', principal: U, propagate: 'true', role: { name: 'PON' } },
      { _typeName: 'PermissionUpdatedEvent', prevRole: { name: 'PON' }, prevPropagate: 'true', propagate: 'false' },
      { _typeName: 'PermissionRemovedEvent', principal: U },
      { _typeName: 'RoleUpdatedEvent', prevRoleName: 'PON', privilegesAdded: SNAPSHOT, privilegesRemoved: POWER_ON },
      { _typeName: 'RoleRemovedEvent', role: { name: 'PON2' } },
    ])
  })

  it('reading or asking alone › moves, empties and renames no pool', async () => {
    await grant(root, U, RO)
    const u = await loginAs(lab, 'u')
    const top = lab.world.get('vc-01', at.pool1.value)!.props['parent'] as MoRef
    const denied = async (call: Promise<unknown>): Promise<unknown> =>
      ((await faultOf(call)).detail as Record<string, unknown>)['privilegeId']
    expect(await denied(u.call(top, 'DestroyChildren'))).toBe('Resource.DeletePool')
    expect(await denied(u.call(at.pool1, 'UpdateConfig', { name: 'x' }))).toBe('Resource.RenamePool')
    expect(await denied(u.call(at.pool1, 'UpdateConfig', { config: { cpuAllocation: {}, memoryAllocation: {} } }))).toBe('Resource.EditPool')
    expect(await denied(u.call(top, 'UpdateChildResourceConfiguration', {
      spec: { entity: at.pool1, cpuAllocation: {}, memoryAllocation: {} },
    }))).toBe('Resource.EditPool')
    expect(await denied(u.call(at.pool1, 'UpdateChildResourceConfiguration', {
      spec: { entity: at.vmA, cpuAllocation: {}, memoryAllocation: {} },
    }))).toBe('VirtualMachine.Config.Resource')
    expect(await denied(u.call(at.vmA, 'ReconfigVM_Task', { spec: {} }))).toBe('VirtualMachine.Config.Settings')
    expect(await denied(u.call(at.vmA, 'ReconfigVM_Task', { spec: { version: 'vmx-21' } }))).toBe('VirtualMachine.Config.Settings')
  })
})
