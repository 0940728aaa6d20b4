/** RetrieveProperties, RetrievePropertiesEx with pages, and Fetch (protocols.md 3.2, 3.4). */
import type { BulkItem } from '../../schema/bulk.js'
import type { PropertyFilterSpec } from '../../schema/generated/types.js'
import type { VersionIndex } from '../../schema/model.js'
import { noPermission, notAuthenticated, propertyPrivilege } from '../authorization/check.js'
import type { Query } from '../call.js'
import { fault } from '../method-fault.js'
import { anyForm } from './any-form.js'
import { requirePath } from './paths.js'
import { Scene } from './scene.js'
import { select, sourcesOf } from './select.js'
import { compiledSpec } from './spec.js'

/**
 * The objects that some specs select, with the wanted properties.
 * @throws InvalidProperty, InvalidType, InvalidArgument, ManagedObjectNotFound, NoPermission: each
 * for the whole call.
 */
export function retrieve(
  scene: Scene, specs: readonly PropertyFilterSpec[], version: VersionIndex,
): BulkItem[] {
  const { schema } = scene.services
  const items: BulkItem[] = []
  const computes = scene.viewer.all ? 'all' : 'some'
  const compiled = specs.map(spec => compiledSpec(schema, scene.virtual, computes, spec, version))
  for (const spec of compiled) {
    for (const [slot, plan] of select(scene, spec, sourcesOf(scene, spec))) {
      items.push(scene.item(plan, slot))
    }
  }
  return items
}

/**
 * The value of one property of the receiver, for `Fetch` (protocols.md 0, rule 13). In the form
 * of an any slot; undefined when unset.
 * @throws InvalidProperty for an unknown path, NotAuthenticated or NoPermission when it is hidden.
 */
export function fetchProperty(query: Query, path: string): unknown {
  const { services, self, node, session, version } = query
  const scene = new Scene(services, node, session)
  const compiled = requirePath(services.schema, self.address.type, path, version)
  const { property } = compiled.root
  const privilege = propertyPrivilege(compiled.root)
  if (!scene.viewer.all && !scene.viewer.holds(self, privilege)) {
    throw session === undefined ? notAuthenticated(self, privilege) : noPermission(self, privilege)
  }
  const computed = scene.virtual(self.address.type, property) !== undefined
  const props = computed
    ? { [property]: scene.computed(self, property) }
    : query.reader.read(self)?.props ?? {}
  const value = compiled.read(props)
  return compiled.type === undefined ? value : anyForm(value, compiled.type)
}

/** Retrievals of one collector that are not read to the end. */
export class Pages {
  readonly #open = new Map<string, { items: readonly BulkItem[], from: number, size: number }>()
  #made = 0

  /** At most so many unfinished retrievals are kept for a collector; the oldest goes first. */
  static readonly KEPT = 32

  /** The first page, and the token for the rest if there is one. */
  first(items: readonly BulkItem[], size: number): { items: readonly BulkItem[], token?: string } {
    return this.#page(items, 0, size)
  }

  /**
   * The page of a token, which is used up by it.
   * @throws InvalidProperty naming the token when it is unknown, used, or another collector's.
   */
  next(token: string): { items: readonly BulkItem[], token?: string } {
    const open = this.#take(token)
    return this.#page(open.items, open.from, open.size)
  }

  /** Gives up the rest. @throws InvalidProperty like `next`. */
  cancel(token: string): void {
    this.#take(token)
  }

  #take(token: string): { items: readonly BulkItem[], from: number, size: number } {
    const open = this.#open.get(token)
    if (open === undefined) throw fault('InvalidProperty', { name: 'token' })
    this.#open.delete(token)
    return open
  }

  #page(items: readonly BulkItem[], from: number, size: number) {
    const end = from + size
    if (end >= items.length) return { items: from === 0 ? items : items.slice(from) }
    this.#made += 1
    const token = String(this.#made)
    this.#open.set(token, { items, from: end, size })
    if (this.#open.size > Pages.KEPT) this.#open.delete(this.#open.keys().next().value!)
    return { items: items.slice(from, end), token }
  }
}
