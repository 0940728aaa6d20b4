/** The remembered answers against a plain reading of the rules, over random trees and changes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Permission } from '../../emulator/schema/generated/types.js'
import type { MoRef } from '../../emulator/schema/model.js'
import { putPermissions } from '../../emulator/services/authorization/permissions.js'
import type { Principal } from '../../emulator/services/sessions.js'
import { at, authorizationBench, type AuthorizationBench } from '../support/authorization-bench.js'

const me: Principal = { name: 'me', groups: ['g1', 'g2'] }
/** Read-only, No access, Admin, Datastore consumer. */
const roles = [-2, -5, -1, 8]
const privileges: Record<number, readonly string[]> = {
  [-2]: ['System.View', 'System.Read'], [-5]: [],
  [-1]: ['System.View', 'System.Read', 'Datastore.AllocateSpace', 'Host.Config.Power'],
  8: ['System.View', 'System.Read', 'Datastore.AllocateSpace'],
}
const asked = privileges[-1]!
const FOLDERS = 5
const POOLS = 4
const VMS = 5

const folder = (i: number): MoRef => ({ type: 'Folder', value: i < 0 ? at.root.value : `f-${i}` })
const pool = (i: number): MoRef => i < 0 ? at.cluster : { type: 'ResourcePool', value: `p-${i}` }
const vm = (i: number): MoRef => ({ type: 'VirtualMachine', value: `v-${i}` })
const things: readonly MoRef[] = [
  at.root, at.dc, at.hosts, at.cluster,
  ...[...Array(FOLDERS).keys()].map(folder), ...[...Array(POOLS).keys()].map(pool),
  ...[...Array(VMS).keys()].map(vm),
]

function plant(bench: AuthorizationBench): void {
  bench.tx(tx => {
    const make = (ref: MoRef, props: object): unknown =>
      tx.create({ node: 'vc-01', type: ref.type, id: ref.value }, { props: { name: ref.value, ...props }, inner: {} })
    for (let i = 0; i < FOLDERS; i += 1) make(folder(i), { parent: folder(i - 2) })
    for (let i = 0; i < POOLS; i += 1) make(pool(i), { parent: pool(i - 2) })
    for (let i = 0; i < VMS; i += 1) {
      make(vm(i), { parent: folder(i % FOLDERS), resourcePool: pool(i % POOLS) })
    }
  })
}

interface Naive { permissions: Map<string, Permission[]>, parents: Map<string, string[]> }

function naive(bench: AuthorizationBench): Naive {
  const permissions = new Map<string, Permission[]>()
  const parents = new Map<string, string[]>()
  for (const ref of things) {
    const { props } = bench.world.get<Record<string, MoRef | undefined>>('vc-01', ref.value)!
    permissions.set(ref.value, (props['permission'] ?? []) as unknown as Permission[])
    const above = ref.type === 'VirtualMachine' ? ['parent', 'resourcePool'] : ['parent']
    parents.set(ref.value, above.flatMap(name => props[name]?.value ?? []))
  }
  return { permissions, parents }
}

/** Roles by the wording of 11.4; undefined: no entry on any path. */
function rolesOn(state: Naive, id: string, own = true): number[] | undefined {
  const entries = state.permissions.get(id)!.filter(item => own || item.propagate)
  const mine = entries.find(item => !item.group && item.principal === me.name)
  if (mine !== undefined) return [mine.roleId]
  const shared = entries.filter(item => item.group && me.groups.includes(item.principal))
  if (shared.length > 0) return shared.map(item => item.roleId)
  const paths = state.parents.get(id)!.map(parent => rolesOn(state, parent, false))
  const found = paths.filter(path => path !== undefined)
  return found.length === 0 ? undefined : found.flat()
}

function may(state: Naive, id: string, privilege: string): boolean {
  const held = (rolesOn(state, id) ?? []).some(role => privileges[role]!.includes(privilege))
  if (held || privilege !== 'System.View') return held
  return things.some(other => isBelow(state, other.value, id) && may(state, other.value, 'System.Read'))
}

function isBelow(state: Naive, id: string, above: string): boolean {
  return state.parents.get(id)!.some(parent => parent === above || isBelow(state, parent, above))
}

const thing = fc.nat(things.length - 1).map(i => things[i]!)
const entries = fc.array(fc.record({
  principal: fc.constantFrom('me', 'g1', 'g2', 'g3'), role: fc.constantFrom(...roles),
  propagate: fc.boolean(),
}), { maxLength: 3 })
const step = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), on: thing, entries }),
  fc.record({ kind: fc.constant('movePool' as const), vm: fc.nat(VMS - 1), to: fc.nat(POOLS - 1) }),
  fc.record({ kind: fc.constant('moveFolder' as const), folder: fc.integer({ min: 2, max: FOLDERS - 1 }), up: fc.integer({ min: 1, max: 3 }) }),
)

function apply(bench: AuthorizationBench, todo: Step): void {
  bench.tx(tx => {
    if (todo.kind === 'put') {
      const unique = new Map(todo.entries.map(item => [item.principal, item]))
      putPermissions(tx, bench.slot(todo.on), [...unique.values()].map(item => ({
        principal: item.principal, group: item.principal !== 'me', roleId: item.role, propagate: item.propagate,
      })))
    } else if (todo.kind === 'movePool') {
      tx.update(bench.slot(vm(todo.vm)), draft => { draft.props['resourcePool'] = pool(todo.to) })
    } else {
      const to = folder(Math.max(-1, todo.folder - todo.up))
      tx.update(bench.slot(folder(todo.folder)), draft => { draft.props['parent'] = to })
    }
  })
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

describe('authorization over random trees', () => {
  it('answers › equal the plain rules › after every change', () => {
    fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), steps => {
      const bench = authorizationBench()
      plant(bench)
      bench.tx(tx => putPermissions(tx, bench.slot(at.root), []))
      const { authorization } = bench.services
      for (const todo of steps) {
        apply(bench, todo)
        const state = naive(bench)
        for (const ref of things) {
          const slot = bench.slot(ref)
          const answers = asked.map(id => authorization.has(bench.world, me, slot, id))
          expect([ref.value, ...answers]).toEqual([ref.value, ...asked.map(id => may(state, ref.value, id))])
        }
        const inside = bench.world.transact({ kind: 'lab', what: 'test' }, tx =>
          things.map(ref => authorization.has(tx, me, bench.slot(ref), 'System.Read')))
        expect(inside).toEqual(things.map(ref => may(state, ref.value, 'System.Read')))
        if (authorization.seesAll(bench.world, me, 'vc-01')) {
          expect(things.every(ref => may(state, ref.value, 'Host.Config.Power'))).toBe(true)
        }
      }
    }), { numRuns: 25, seed: 7 })
  })
})
