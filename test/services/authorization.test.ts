import { describe, expect, it } from 'vitest'
import type { AuthorizationRole, Permission } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { defaultRoles } from '../../emulator/services/authorization/default-roles.js'
import { effectiveRole } from '../../emulator/services/authorization/effective-role.js'
import { privilegeCatalog } from '../../emulator/services/authorization/privileges.js'
import { putPermissions } from '../../emulator/services/authorization/permissions.js'
import type { Principal } from '../../emulator/services/sessions.js'
import { at, authorizationBench, type AuthorizationBench } from '../support/authorization-bench.js'

const READ = 'System.Read'
const user: Principal = { name: 'VSPHERE.LOCAL\\u', groups: [] }
const boss: Principal = { name: 'vsphere.local\\ADMINISTRATOR', groups: [] }

function put(bench: AuthorizationBench, ref: MoRef, ...list: Array<[string, number, boolean?]>): void {
  const permissions = list.map(([principal, roleId, propagate = true]): Permission =>
    ({ principal, group: false, roleId, propagate }))
  bench.tx(tx => putPermissions(tx, bench.slot(ref), permissions))
}

function role(roles: readonly AuthorizationRole[], id: number): AuthorizationRole {
  return roles.find(item => item.roleId === id)!
}

describe('default roles', () => {
  const roles = defaultRoles('vcenter', '8.0.3')
  const sizes = (ids: number[]): number[] => ids.map(id => role(roles, id).privilege!.length)

  it('system roles › have the privileges of the product › by count', () => {
    expect(sizes([-1, -2, -3, -4, -5, -6, -7, -8])).toEqual([482, 3, 2, 1, 0, 449, 17, 468])
    expect(roles.filter(item => item.system)).toHaveLength(8)
  })

  it('sample roles › exist on vCenter only', () => {
    expect(role(roles, 5)).toMatchObject({ name: 'VirtualMachineUser', system: false })
    expect(defaultRoles('esxi', '8.0.3').map(item => item.roleId))
      .toEqual([-1, -2, -3, -4, -5, -6, -7, -8])
  })

  it('roles › are shared by the nodes of a kind and version', () => {
    expect(defaultRoles('vcenter', '8.0.3')).toBe(roles)
    expect(Object.isFrozen(roles)).toBe(true)
  })

  it('privilege list › names groups, labels and parents', () => {
    const { ids, list, description } = privilegeCatalog('8.0.3')
    expect(new Set(ids).size).toBe(482)
    expect(list.find(item => item.privId === 'VirtualMachine.Inventory.Delete')).toEqual({
      privId: 'VirtualMachine.Inventory.Delete', onParent: true, name: 'Delete',
      privGroupName: 'VirtualMachine.Inventory',
    })
    expect(description.privilege.find(item => item.key === 'VirtualMachine.Interact.PowerOn'))
      .toMatchObject({ label: 'Power on' })
    expect(privilegeCatalog('7.0.3').ids.length).toBeLessThan(482)
  })
})

describe('authorization', () => {
  it('seesAll › holds for an administrator › until something less is set anywhere', () => {
    const bench = authorizationBench()
    const { authorization } = bench.services
    const sees = (): boolean => authorization.seesAll(bench.world, boss, 'vc-01')
    expect(sees()).toBe(true)
    put(bench, at.vmB, [boss.name, -2])
    expect(sees()).toBe(false)
    put(bench, at.vmB)
    expect(sees()).toBe(true)
    put(bench, at.vmB, [boss.name, -1, false])
    expect(sees()).toBe(true)
  })

  it('answers › follow permissions, moves and removals › through the cache', () => {
    const bench = authorizationBench()
    const { authorization } = bench.services
    const can = (ref: MoRef): boolean => authorization.has(bench.world, user, bench.slot(ref), READ)
    put(bench, at.pool1, [user.name, -2])
    expect([can(at.vmA), can(at.vmB)]).toEqual([true, false])
    const epoch = authorization.epoch
    bench.tx(tx => tx.update(bench.slot(at.vmB), draft => { draft.props['resourcePool'] = at.pool1 }))
    expect(can(at.vmB)).toBe(true)
    expect(authorization.epoch).toBeGreaterThan(epoch)
    bench.tx(tx => tx.update(bench.slot(at.pool1), draft => { draft.props['parent'] = at.hosts }))
    put(bench, at.pool1)
    put(bench, at.cluster, [user.name, -2])
    expect(can(at.vmB)).toBe(false)
    bench.tx(tx => {
      tx.remove(bench.slot(at.pool1))
    })
    bench.tx(tx => tx.create({ node: 'vc-01', type: 'ResourcePool', id: at.pool1.value }, {
      props: { name: 'RP1', parent: at.cluster }, inner: {},
    }))
    expect(can(at.vmB)).toBe(true)
  })

  it('epoch › stands still › when objects come, go and change without moving', () => {
    const bench = authorizationBench()
    const { authorization } = bench.services
    put(bench, at.folder, [user.name, -2])
    const vm = { type: 'VirtualMachine', value: 'vm-99' }
    const epoch = authorization.epoch
    const slot = bench.tx(tx => tx.create({ node: 'vc-01', type: vm.type, id: vm.value }, {
      props: { name: 'new', parent: at.folder, resourcePool: at.pool1 }, inner: {},
    }))
    expect(authorization.has(bench.world, user, slot, READ)).toBe(true)
    bench.tx(tx => tx.update(slot, draft => { draft.props['name'] = 'renamed' }))
    bench.tx(tx => tx.remove(slot))
    expect(authorization.epoch).toBe(epoch)
  })

  it('answers inside a transaction › see its own writes', () => {
    const bench = authorizationBench()
    const { authorization } = bench.services
    const inside = bench.tx(tx => {
      const before = authorization.has(tx, user, bench.slot(at.vmA), READ)
      putPermissions(tx, bench.slot(at.dc), [
        { principal: user.name, group: false, roleId: -2, propagate: true },
      ])
      return [before, authorization.has(tx, user, bench.slot(at.vmA), READ)]
    })
    expect(inside).toEqual([false, true])
  })

  it('objects that are no entities › take the rights of their owner, or of the root', () => {
    const bench = authorizationBench()
    const { authorization } = bench.services
    const make = (type: string, id: string, props: object, inner: object = {}): MoRef => {
      bench.tx(tx => tx.create({ node: 'vc-01', type, id }, { props, inner }))
      return { type, value: id }
    }
    const snapshot = make('VirtualMachineSnapshot', 'snapshot-1', { vm: at.vmA })
    const task = make('Task', 'task-1', { info: { entity: at.vmA } })
    const host = make('HostSystem', 'host-20', { name: 'h', parent: at.cluster })
    const network = make('HostNetworkSystem', 'networkSystem-20', {})
    const browser = make('HostDatastoreBrowser', 'b-1', {}, { owner: at.datastore.value })
    put(bench, at.folder, [user.name, -2])
    const can = (ref: MoRef, privilege = READ): boolean =>
      authorization.has(bench.world, user, bench.slot(ref), privilege)
    expect([can(snapshot), can(task), can(network), can(browser), can(at.authz)])
      .toEqual([true, true, false, false, false])
    expect(can(at.authz, 'System.View')).toBe(true)
    put(bench, host, [user.name, -2])
    put(bench, at.datastore, [user.name, -2])
    expect([can(network), can(browser)]).toEqual([true, true])
  })

  it('a host without cluster › hands its rights to its pool', () => {
    const bench = authorizationBench()
    const compute = { type: 'ComputeResource', value: 'domain-s30' }
    const host = { type: 'HostSystem', value: 'host-31' }
    const pool = { type: 'ResourcePool', value: 'resgroup-32' }
    bench.tx(tx => {
      const make = (ref: MoRef, props: object): unknown =>
        tx.create({ node: 'vc-01', type: ref.type, id: ref.value }, { props, inner: {} })
      make(compute, { name: 'h', parent: at.hosts, host: [host] })
      make(host, { name: 'h', parent: compute })
      make(pool, { name: 'Resources', parent: compute })
    })
    put(bench, host, [user.name, -2])
    const { authorization } = bench.services
    expect(authorization.has(bench.world, user, bench.slot(pool), READ)).toBe(true)
    expect(authorization.has(bench.world, user, bench.slot(compute), READ)).toBe(false)
    expect(authorization.has(bench.world, user, bench.slot(compute), 'System.View')).toBe(true)
  })

  it('permissions › end with their entity › and their role', () => {
    const bench = authorizationBench()
    put(bench, at.vmB, [user.name, -2])
    bench.tx(tx => tx.remove(bench.slot(at.vmB)))
    const inner = bench.world.get<object, { permissions: object }>('vc-01', at.authz.value)!.inner
    expect(Object.keys(inner.permissions)).toEqual([at.root.value])
  })

  it('effectiveRole › names the roles of the reader', () => {
    const bench = authorizationBench({ users: [{ name: 'u' }] })
    put(bench, at.vmA, [user.name, -2])
    put(bench, at.pool1, [user.name, 5])
    const session = bench.session(bench.login('u'))
    const of = (ref: MoRef): unknown => effectiveRole(
      { services: bench.services, reader: bench.world, node: bench.node, session }, bench.slot(ref))
    expect([of(at.vmA), of(at.pool1), of(at.cluster), of(at.vmB)]).toEqual([[-2], [5], [-3], []])
  })

  it('a limited answer › costs no work in proportion to the inventory', () => {
    const bench = authorizationBench()
    put(bench, at.folder, [user.name, -2])
    const slots = bench.tx(tx => Array.from({ length: 2000 }, (_, i) => tx.create(
      { node: 'vc-01', type: 'VirtualMachine', id: `vm-${1000 + i}` },
      { props: { name: `n${i}`, parent: at.folder, resourcePool: at.pool2 }, inner: {} })))
    const { authorization } = bench.services
    let reads = 0
    const reader = new Proxy(bench.world, {
      get: (target, key) => {
        if (key === 'ofType') reads += 1000
        const value = Reflect.get(target, key) as unknown
        return typeof value === 'function'
          ? (...args: unknown[]) => { reads += 1; return (value as (...a: unknown[]) => unknown).apply(target, args) }
          : value
      },
    })
    expect(authorization.has(reader, user, slots[1999]!, READ)).toBe(true)
    expect(reads).toBeLessThan(60)
  })
})
