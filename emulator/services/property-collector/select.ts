/** Which objects a filter spec selects (protocols.md 3.2). */
import type { MoRef } from '../../schema/model.js'
import type { Slot } from '../../world/records.js'
import { noPermission, propertyPrivilege } from '../authorization/check.js'
import { fault } from '../method-fault.js'
import { isSessionObject } from '../session-objects.js'
import type { Props } from './paths.js'
import { same } from './same.js'
import type { Plan, Scene } from './scene.js'
import type { CompiledSpec, Link } from './spec.js'
import { viewContents, type ViewInner, type ViewScene, type ViewShape } from './view-contents.js'

/** Where a selection starts: an ObjectSpec with its object looked up. */
export interface Source {
  readonly ref: MoRef
  readonly slot: Slot | undefined
  readonly skip: boolean
  readonly links: readonly number[]
}

/** What the outcome of a selection depends on; kept by filters, not by single reads. */
export class Dependencies {
  /** Objects, with what to compare in them. */
  readonly values = new Map<Slot, Set<ValueReader>>()
  /** Exact types of which any object counts. */
  readonly types = new Set<string>()
  /** Some reference led nowhere: any new object may fill the gap. */
  dangling = false
  /** Some traversal follows a computed property. */
  computed = false

  on(slot: Slot, read: ValueReader): void {
    const known = this.values.get(slot)
    if (known === undefined) this.values.set(slot, new Set([read]))
    else known.add(read)
  }

  /** True if a change of an object that stays may change the outcome. */
  touchedBy(slot: Slot, before: Props, after: Props): boolean {
    for (const read of this.values.get(slot) ?? []) {
      if (!same(read(before), read(after))) return true
    }
    return false
  }
}

type ValueReader = (props: Props) => unknown

const propertyReaders = new Map<string, ValueReader>()

/** The same function for the same property each time. */
function readerOf(property: string): ValueReader {
  let read = propertyReaders.get(property)
  if (read === undefined) propertyReaders.set(property, read = props => props[property])
  return read
}

/** The objects that are reported, in the order they are met. */
export type Members = Map<Slot, Plan>

/**
 * Looks up the start objects of a spec.
 * @throws ManagedObjectNotFound unless the spec wants missing objects reported; NoPermission for a
 * start object that is hidden from the reader. With `strict` false neither is thrown.
 */
export function sourcesOf(scene: Scene, spec: CompiledSpec, strict = true): Source[] {
  return spec.starts.map(({ ref, skip, links }) => {
    const slot = scene.findTyped(ref)
    if (!strict) return { ref, slot, skip, links }
    if (slot === undefined && !spec.reportMissing) {
      throw fault('ManagedObjectNotFound', { obj: ref })
    }
    if (slot !== undefined && !scene.viewer.sees(slot)) {
      throw noPermission(slot, 'System.View')
    }
    return { ref, slot, skip, links }
  })
}

/** Runs a selection; with `depends` it also notes what the outcome depends on. */
export function select(
  scene: Scene, spec: CompiledSpec, sources: readonly Source[], depends?: Dependencies,
): Members {
  const run = new Selection(scene, spec, depends)
  for (const source of sources) run.start(source)
  return run.members
}

class Selection {
  readonly members: Members = new Map()
  readonly #scene: Scene
  readonly #spec: CompiledSpec
  readonly #depends: Dependencies | undefined
  readonly #open: Array<{ slot: Slot, links: readonly number[] }> = []
  /** One flag for each (object, traversal), by number. */
  #walked: Uint8Array | undefined
  readonly #walkedOwn = new Set<string>()
  #lastType: string | undefined
  #lastPlan: Plan | undefined

  constructor(scene: Scene, spec: CompiledSpec, depends: Dependencies | undefined) {
    this.#scene = scene
    this.#spec = spec
    this.#depends = depends
  }

  start({ slot, skip, links }: Source): void {
    if (slot === undefined || this.#scene.services.world.read(slot) === undefined) {
      if (slot === undefined && this.#depends !== undefined) this.#depends.dangling = true
      return
    }
    if (!this.#scene.viewer.sees(slot)) return
    if (!skip) this.#report(slot)
    if (links.length > 0) this.#open.push({ slot, links })
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      this.#visit(next.slot, next.links)
    }
  }

  #visit(slot: Slot, links: readonly number[]): void {
    const paths = this.#spec.linksOf(slot.address.type)
    for (let i = links.length - 1; i >= 0; i -= 1) {
      const number = links[i]!
      const link = paths[number]
      if (link === undefined || this.#mark(slot, number)) continue
      const { skip, links: next } = this.#spec.traversals[number]!
      const targets = this.#targets(slot, link)
      for (const target of targets) {
        if (!skip) this.#report(target)
        if (next.length > 0) this.#open.push({ slot: target, links: next })
      }
    }
  }

  /** The visible objects a link leads to. */
  #targets(slot: Slot, link: Link): Slot[] {
    const shape = viewShape(slot)
    if (shape !== undefined && link.path.path === 'view') {
      return this.#seen(viewContents(this.#viewScene(), shape))
    }
    if (!this.#mayFollow(slot, link)) return []
    const found: Slot[] = []
    for (const ref of this.#follow(slot, link)) {
      const target = this.#find(ref)
      if (target !== undefined) found.push(target)
    }
    return this.#seen(found)
  }

  #seen(slots: Slot[]): Slot[] {
    const { viewer } = this.#scene
    return viewer.all ? slots : slots.filter(slot => viewer.sees(slot))
  }

  #mayFollow(slot: Slot, link: Link): boolean {
    const { viewer } = this.#scene
    return viewer.all || viewer.holds(slot, propertyPrivilege(link.path.root))
  }

  #follow(slot: Slot, link: Link): readonly MoRef[] {
    const root = link.path.root.property
    let props: Props = this.#scene.services.world.read(slot)?.props ?? {}
    if (link.computed) {
      if (this.#depends !== undefined) this.#depends.computed = true
      props = { [root]: this.#scene.computed(slot, root) }
    } else {
      this.#depends?.on(slot, link.path.raw)
    }
    const value = link.path.raw(props) as MoRef | readonly MoRef[] | undefined
    if (value === undefined || value === null) return []
    return Array.isArray(value) ? value as readonly MoRef[] : [value as MoRef]
  }

  #find(ref: MoRef): Slot | undefined {
    const found = this.#scene.find(ref)
    if (found === undefined && this.#depends !== undefined) this.#depends.dangling = true
    return found
  }

  #viewScene(): ViewScene {
    const { services, node } = this.#scene
    const depends = this.#depends
    return {
      schema: services.schema, store: services.world.store, reader: services.world,
      node: node.name, find: ref => this.#find(ref),
      ...(depends === undefined ? {} : {
        onProperties: (slot, properties) => {
          for (const name of properties) depends.on(slot, readerOf(name))
        },
        onType: type => depends.types.add(type),
      }),
    }
  }

  #report(slot: Slot): void {
    const { type } = slot.address
    if (type === this.#lastType && this.#scene.viewer.all) {
      if (this.#lastPlan !== undefined) this.members.set(slot, this.#lastPlan)
      return
    }
    const typePlan = this.#spec.planFor(type)
    const plan = typePlan === undefined ? undefined : this.#scene.planFor(typePlan, slot)
    this.#lastType = type
    this.#lastPlan = plan
    if (plan !== undefined) this.members.set(slot, plan)
  }

  /** True if the traversal has been followed from the object before; marks it. */
  #mark(slot: Slot, traversal: number): boolean {
    if (isSessionObject(slot)) {
      const key = `${slot.index} ${traversal}`
      if (this.#walkedOwn.has(key)) return true
      this.#walkedOwn.add(key)
      return false
    }
    const width = this.#spec.traversals.length
    this.#walked ??= new Uint8Array(this.#scene.services.world.store.size * width)
    const at = slot.index * width + traversal
    if (this.#walked[at] === 1) return true
    this.#walked[at] = 1
    return false
  }
}

/** What a slot shows as a view; undefined: it is none. */
export function viewShape(slot: Slot): ViewShape | undefined {
  if (!isSessionObject(slot)) return undefined
  return (slot.record?.inner as Partial<ViewInner> | undefined)?.shape
}
