/** From where objects are looked at: node, session, rights. One for a call or a filter group. */
import type { MoRef } from '../../schema/model.js'
import type { BulkItem, MissingPath } from '../../schema/bulk.js'
import type { Slot } from '../../world/records.js'
import type { ReadContext, Services, VirtualPropertyLookup } from '../call.js'
import { propertyPrivilege } from '../authorization/check.js'
import type { NodeInfo } from '../nodes.js'
import { isSessionObject } from '../session-objects.js'
import type { Session } from '../sessions.js'
import type { Props } from './paths.js'
import { pathSet, type TypedPaths } from './path-set.js'
import type { TypePlan } from './spec.js'
import { viewerOf, type Viewer } from './viewer.js'

/** What is read of one object for one viewer. */
export interface Plan {
  readonly set: TypedPaths
  readonly computed: readonly string[]
  /** Those of them for which updates are sent. */
  readonly lively: readonly string[]
  /** Paths that this viewer may not read here, with the privilege that is lacking. */
  readonly denied: ReadonlyArray<{ readonly path: string, readonly privilege: string }>
}

interface ViewerPlans {
  readonly full: Plan
  readonly privileges: readonly string[]
  /** By the privileges that are lacking. */
  readonly cut: Map<string, Plan>
}

export class Scene {
  readonly services: Services
  readonly node: NodeInfo
  readonly session: Session | undefined
  viewer: Viewer
  readonly #plans = new Map<TypePlan, ViewerPlans>()

  constructor(services: Services, node: NodeInfo, session: Session | undefined) {
    this.services = services
    this.node = node
    this.session = session
    this.viewer = viewerOf(services, node.name, session)
  }

  /** The properties that are computed for this viewer; what is stored for him is not among them. */
  readonly virtual: VirtualPropertyLookup = (type, property) => {
    const found = this.services.virtualProperty(type, property)
    return found?.limitedReadersOnly === true && this.viewer.all ? undefined : found
  }

  /** Looks up the rights again after permissions may have changed. */
  refreshViewer(): void {
    this.viewer = viewerOf(this.services, this.node.name, this.session)
  }

  /** The live object of a reference: of the world, or of this session. */
  find(ref: MoRef): Slot | undefined {
    return this.services.world.find(this.node.name, ref.value)
      ?? this.services.sessionObjects.find(this.session, ref.value)
  }

  /** Like `find`, but the object must be of the type that the reference claims. */
  findTyped(ref: MoRef): Slot | undefined {
    const slot = this.find(ref)
    if (slot === undefined || slot.address.type === ref.type) return slot
    return this.services.schema.isA(slot.address.type, ref.type) ? slot : undefined
  }

  /** What this viewer reads of an object. */
  planFor(plan: TypePlan, slot: Slot): Plan {
    let known = this.#plans.get(plan)
    if (known === undefined) {
      const privileges = new Set(plan.set.paths.map(path => propertyPrivilege(path.root)))
      known = { full: { ...plan, denied: [] }, privileges: [...privileges], cut: new Map() }
      this.#plans.set(plan, known)
    }
    const { viewer } = this
    if (viewer.all || isSessionObject(slot)) return known.full
    const lacking = known.privileges.filter(privilege => !viewer.holds(slot, privilege))
    if (lacking.length === 0) return known.full
    const key = lacking.join()
    let cut = known.cut.get(key)
    if (cut === undefined) known.cut.set(key, cut = this.#cut(plan, lacking))
    return cut
  }

  #cut(plan: TypePlan, lacking: readonly string[]): Plan {
    const { set } = plan
    const privilegeOf = (path: TypedPaths['paths'][number]): string => propertyPrivilege(path.root)
    const kept = set.paths.filter(path => !lacking.includes(privilegeOf(path)))
    const denied = set.paths.filter(path => lacking.includes(privilegeOf(path)))
    const cut = pathSet(this.services.schema, set.type, kept.map(path => path.path), Infinity)
    return {
      set: cut,
      computed: plan.computed.filter(root => cut.roots.includes(root)),
      lively: plan.lively.filter(root => cut.roots.includes(root)),
      denied: denied.map(path => ({ path: path.path, privilege: privilegeOf(path) })),
    }
  }

  /** The missingSet of an object; undefined when nothing is missing. */
  missing(plan: Plan, slot: Slot): MissingPath[] | undefined {
    if (plan.denied.length === 0) return undefined
    return plan.denied.map(({ path, privilege }) => this.viewer.missing(slot, path, privilege))
  }

  /** The properties of an object that the plan reads, computed ones among them. */
  props(plan: Plan, slot: Slot): Props {
    const props = this.services.world.read(slot)?.props ?? {}
    if (plan.computed.length === 0) return props
    const own: Record<string, unknown> = {}
    for (const root of plan.set.roots) {
      own[root] = plan.computed.includes(root) ? this.computed(slot, root) : props[root]
    }
    return Object.freeze(own)
  }

  /** A computed property, for this reader. */
  computed(slot: Slot, property: string): unknown {
    const { services, node, session } = this
    const context: ReadContext = { services, reader: services.world, node, session }
    return this.virtual(slot.address.type, property)?.(context, slot)
  }

  /** An object as it goes into an answer. */
  item(plan: Plan, slot: Slot): BulkItem {
    const { type, id } = slot.address
    const item = { ref: { type, value: id }, props: this.props(plan, slot), paths: plan.set }
    return plan.denied.length === 0 ? item : { ...item, missing: this.missing(plan, slot) }
  }
}
