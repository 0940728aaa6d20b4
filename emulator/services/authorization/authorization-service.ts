import type { Permission } from '../../schema/generated/types.js'
import type { Schema } from '../../schema/model.js'
import type { Change, JournalEntry } from '../../world/journal.js'
import type { Reader, Slot, StoredRecord } from '../../world/records.js'
import type { World } from '../../world/world.js'
import type { Principal } from '../sessions.js'
import type { Authorization } from './authorization.js'
import {
  managerRecord, managerSlot, standing, tableOf, type ManagerRecord, type Standing,
} from './permission-index.js'
import { ParentPairs } from './parent-pairs.js'
import { followRemovedEntities } from './permissions.js'
import { grants, noRights, type Rights, type RightsTable } from './rights.js'
import { AuthorityTree, moved, rootOf } from './tree.js'

/** Every session holds these on what is its own. */
const sessionPrivileges = new Set(['System.View', 'System.Read'])

/**
 * Authorization by the product's rules (network-security.md 11.4). For the committed state, what a
 * container hands down is remembered for each principal until permissions, roles or the tree
 * change, so that an answer costs a look at the object's own parents; inside a transaction the few
 * ancestors are walked each time.
 */
export class AuthorizationService implements Authorization {
  readonly tree: AuthorityTree
  readonly #world: World
  /** By principal, then by node. */
  readonly #standings = new WeakMap<Principal, Map<string, Standing>>()
  /** The AuthorizationManager of each node. */
  readonly #managers = new Map<string, Slot>()
  /** Grows when a container was moved or removed, by node. */
  readonly #generations = new Map<string, number>()
  readonly #pairs = new ParentPairs()
  #epoch = 1

  constructor(world: World, schema: Schema) {
    this.#world = world
    this.tree = new AuthorityTree(schema)
    world.subscribe(entry => this.#hear(entry))
    followRemovedEntities(world)
  }

  get epoch(): number {
    return this.#epoch
  }

  has(reader: Reader, principal: Principal, object: Slot, privilege: string): boolean {
    if (privilege === 'System.Anonymous') return true
    const { node } = object.address
    const at = this.#standing(reader, principal, node)
    if (at === undefined) return false
    if (at.seesAll) return true
    if (sessionPrivileges.has(privilege) && this.tree.isSessionOwned(object)) return true
    const entity = this.tree.authority(reader, object)
    if (entity === undefined) return false
    if (grants(this.#rights(reader, at, entity), privilege)) return true
    return privilege === 'System.View' && this.#ancestors(reader, at, node).has(entity.address.id)
  }

  seesAll(reader: Reader, principal: Principal, node: string): boolean {
    return this.#standing(reader, principal, node)?.seesAll === true
  }

  rolesOn(reader: Reader, principal: Principal, object: Slot): readonly number[] {
    const at = this.#standing(reader, principal, object.address.node)
    const entity = this.tree.authority(reader, object)
    return at === undefined || entity === undefined ? [] : this.#rights(reader, at, entity).roles
  }

  hasAny(reader: Reader, principal: Principal, node: string): boolean {
    const at = this.#standing(reader, principal, node)
    if (at === undefined) return false
    return at.seesAll || (at.global !== undefined && grants(at.global, 'System.View'))
      || [...at.matches.values()].some(match => grants(match.own, 'System.View'))
  }

  inherited(reader: Reader, entity: Slot): Permission[] {
    const permissions = managerRecord(reader, entity.address.node)?.inner.permissions ?? {}
    const found = new Map<string, Permission>()
    const visit = (slot: Slot, own: boolean): void => {
      for (const permission of permissions[slot.address.id] ?? []) {
        const key = `${permission.group ? 'g' : 'u'}${permission.principal.toLowerCase()}`
        if ((own || permission.propagate) && !found.has(key)) found.set(key, permission)
      }
      for (const parent of this.#parents(reader, slot)) visit(parent, false)
    }
    visit(entity, true)
    return [...found.values()]
  }

  #standing(reader: Reader, principal: Principal, node: string): Standing | undefined {
    const table = this.#table(reader, node)
    if (table === undefined) return undefined
    let byNode = this.#standings.get(principal)
    if (byNode === undefined) {
      byNode = new Map()
      this.#standings.set(principal, byNode)
    }
    const known = byNode.get(node)
    return known?.table === table ? this.#upToDate(known, node)
      : this.#newStanding(reader, principal, node, table, byNode)
  }

  /** The node's permissions, as the reader sees them. */
  #table(reader: Reader, node: string): RightsTable | undefined {
    let slot = this.#managers.get(node)
    if (slot === undefined) {
      slot = managerSlot(reader, node)
      if (slot === undefined) return undefined
      this.#managers.set(node, slot)
    }
    const record = reader.read(slot)
    return record === undefined ? undefined : tableOf(record as unknown as ManagerRecord)
  }

  #upToDate(at: Standing, node: string): Standing {
    const generation = this.#generations.get(node) ?? 0
    if (at.generation !== generation) {
      at.generation = generation
      at.below.clear()
      at.ancestors = undefined
    }
    return at
  }

  #newStanding(
    reader: Reader,
    principal: Principal,
    node: string,
    table: RightsTable,
    byNode: Map<string, Standing>,
  ): Standing {
    const fresh = standing(table, principal, rootOf(reader, node)?.address.id ?? '')
    if (reader === this.#world) byNode.set(node, this.#upToDate(fresh, node))
    return fresh
  }

  #rights(reader: Reader, at: Standing, entity: Slot): Rights {
    return at.matches.get(entity.address.id)?.own ?? this.#fromAbove(reader, at, entity) ?? noRights
  }

  /** What an entity inherits: the union over its parents of what each hands down. */
  #fromAbove(reader: Reader, at: Standing, entity: Slot): Rights | undefined {
    let rights: Rights | undefined
    let isTop = true
    for (const id of this.#parentIds(reader, entity)) {
      const parent = reader.find(entity.address.node, id)
      if (parent === undefined) continue
      isTop = false
      rights = at.table.union(rights, this.#below(reader, at, parent))
    }
    return isTop ? at.global : rights
  }

  #below(reader: Reader, at: Standing, entity: Slot): Rights | undefined {
    const remember = reader === this.#world
    const known = remember ? at.below.get(entity.index) : undefined
    if (known !== undefined) return known ?? undefined
    const rights = at.matches.get(entity.address.id)?.below ?? this.#fromAbove(reader, at, entity)
    if (remember) at.below.set(entity.index, rights ?? null)
    return rights
  }

  /** Ids of all ancestors of objects the principal has rights on (11.4 rule 7). */
  #ancestors(reader: Reader, at: Standing, node: string): ReadonlySet<string> {
    const remember = reader === this.#world
    const isNew = at.ancestors === undefined || at.pairs !== this.#pairs.version
    if (remember && !isNew) return at.ancestors!
    const found = this.#readableAncestors(reader, at, node)
    if (remember) {
      at.ancestors = found
      at.pairs = this.#pairs.version
    }
    return found
  }

  #readableAncestors(reader: Reader, at: Standing, node: string): ReadonlySet<string> {
    const found = new Set<string>()
    const climb = (slot: Slot): void => {
      for (const parent of this.#parents(reader, slot)) {
        if (found.has(parent.address.id)) continue
        found.add(parent.address.id)
        climb(parent)
      }
    }
    /** Objects with entries of their own, by parents: the pair says nothing of them. */
    const own = new Map<string, number>()
    for (const [id, match] of at.matches) {
      const slot = reader.find(node, id)
      if (slot === undefined) continue
      if (grants(match.own, 'System.View')) climb(slot)
      const key = this.#parentIds(reader, slot).join()
      own.set(key, (own.get(key) ?? 0) + 1)
    }
    for (const { parents, count } of this.#pairs.of(node)) {
      if (count <= (own.get(parents.join()) ?? 0)) continue
      const slots = parents.map(id => reader.find(node, id)).filter(slot => slot !== undefined)
      const readable = slots.some(slot => {
        const rights = this.#below(reader, at, slot)
        return rights !== undefined && grants(rights, 'System.View')
      })
      if (!readable) continue
      for (const slot of slots) {
        found.add(slot.address.id)
        climb(slot)
      }
    }
    return found
  }

  #parents(reader: Reader, entity: Slot): Slot[] {
    const { node } = entity.address
    return this.#parentIds(reader, entity)
      .map(id => reader.find(node, id))
      .filter(slot => slot !== undefined)
  }

  #parentIds(reader: Reader, entity: Slot): readonly string[] {
    const record = reader.read(entity)
    return record === undefined ? [] : this.tree.parents(reader, entity, record)
  }

  #hear(entry: JournalEntry): void {
    for (const change of entry.changes) this.#hearChange(change)
  }

  /** A new object below changes no answer about others, unless its parents never met before. */
  #hearChange({ slot, before, after }: Change): void {
    const { node, type } = slot.address
    if (type === 'AuthorizationManager') {
      this.#epoch += 1
      return
    }
    if (!this.tree.isEntity(type)) return
    if (before !== undefined && after !== undefined) {
      if (before.props === after.props || !moved(before, after)) return
      this.#epoch += 1
      this.#treeChanged(node)
    } else if (before !== undefined && type !== 'VirtualMachine') {
      this.#treeChanged(node)
    }
    const went = this.#countParents(slot, before, -1)
    const came = this.#countParents(slot, after, 1)
    if (went || came) this.#epoch += 1
  }

  #countParents(slot: Slot, record: StoredRecord | undefined, by: 1 | -1): boolean {
    if (record === undefined) return false
    return this.#pairs.count(slot.address.node, this.tree.parents(this.#world, slot, record), by)
  }

  #treeChanged(node: string): void {
    this.#generations.set(node, (this.#generations.get(node) ?? 0) + 1)
  }
}
