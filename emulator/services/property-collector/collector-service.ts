/** The service behind all PropertyCollector objects of a lab; see README.md. */
import type { JournalEntry } from '../../world/journal.js'
import type { Services } from '../call.js'
import type { NodeInfo } from '../nodes.js'
import { isSessionObject, type SessionSlot } from '../session-objects.js'
import type { Session } from '../sessions.js'
import type { Slot, StoredRecord } from '../../world/records.js'
import { Collector, Filter, type FilterRequest } from './collector.js'
import type { Collectors } from './collectors.js'
import { FilterGroup } from './group.js'
import { Scene } from './scene.js'
import { sourcesOf, viewShape, type Source } from './select.js'
import { CompiledSpec } from './spec.js'
import { WatchIndex } from './watch-index.js'

/** What a PropertyFilter's session object keeps in `inner`. */
interface FilterInner {
  readonly filter: Filter
}

export class CollectorService implements Collectors {
  readonly #services: Services
  readonly #index = new WatchIndex<FilterGroup>()
  readonly #groups = new Map<string, FilterGroup>()
  /** By node and session, then by id of the collector object. */
  readonly #collectors = new Map<string, Map<string, Collector>>()
  readonly #touched = new Set<FilterGroup>()
  readonly #called = new Set<Collector>()
  #flushing = false
  #epoch: number

  /** Watches the world from now on. */
  constructor(services: Services) {
    this.#services = services
    this.#epoch = services.authorization.epoch
    services.world.subscribe(entry => this.#committed(entry))
    services.sessionObjects.onEnd((slot, last) => this.#ended(slot, last))
  }

  /** The collector behind a PropertyCollector object, for a session. */
  collector(session: Session, object: Slot): Collector {
    const key = sessionKey(session.node, session.key)
    let own = this.#collectors.get(key)
    if (own === undefined) this.#collectors.set(key, own = new Map())
    let found = own.get(object.address.id)
    if (found === undefined) {
      found = new Collector(() => this.#checkRights())
      own.set(object.address.id, found)
    }
    return found
  }

  /**
   * Makes a filter on a collector; its objects are reported under the collector's next version.
   * @throws InvalidProperty, InvalidType, InvalidArgument, ManagedObjectNotFound, NoPermission.
   */
  createFilter(
    node: NodeInfo, session: Session, object: Slot, request: FilterRequest,
  ): SessionSlot {
    const services = this.#services
    const { schema, sessionObjects } = services
    this.#checkRights()
    const scene = new Scene(services, node, session)
    const spec = new CompiledSpec(schema, scene.virtual, request.spec, request.version)
    const group = this.#groupFor(scene, spec, sourcesOf(scene, spec), request.partialUpdates)
    const collector = this.collector(session, object)
    const inner: { filter?: Filter } = {}
    const slot = sessionObjects.create(session, 'PropertyFilter', {
      props: { spec: request.spec, partialUpdates: request.partialUpdates }, inner,
    })
    inner.filter = new Filter(slot, collector, scene, spec, group)
    collector.filters.add(inner.filter)
    if (collector.isWaiting) this.#call(collector)
    return slot
  }

  /** Says that the contents of a list or inventory view have been changed by the client. */
  viewChanged(view: SessionSlot): void {
    for (const { group } of this.#filtersOn(view)) {
      group.markStale()
      this.#touch(group)
    }
  }

  /** Ends a collector that is a session object: its waits, its filters. */
  #close(collector: Collector, faultType: string, fields: Record<string, unknown>): void {
    collector.failWaits(faultType, fields)
    for (const filter of [...collector.filters]) this.#services.sessionObjects.destroy(filter.slot)
  }

  /** Forgets everything that belonged to a session and ends its parked waits. */
  endSession(node: string, key: string): void {
    const own = this.#collectors.get(sessionKey(node, key))
    this.#collectors.delete(sessionKey(node, key))
    for (const [id, collector] of own ?? []) {
      const object = { type: 'PropertyCollector', value: id }
      this.#close(collector, 'NotAuthenticated', { object, privilegeId: 'System.View' })
    }
    this.#services.sessionObjects.endSession(node, key)
  }

  /** Sizes, for meters and for tests that memory stays flat. */
  get sizes(): { groups: number, collectors: number, waits: number, logged: number, watched: number } {
    let collectors = 0
    let waits = 0
    for (const own of this.#collectors.values()) {
      collectors += own.size
      for (const collector of own.values()) waits += collector.waits
    }
    let logged = 0
    for (const group of this.#groups.values()) logged += group.log.length
    return { groups: this.#groups.size, collectors, waits, logged, watched: this.#index.size }
  }

  /** A session object has ended: a filter, a view or a collector. */
  #ended(slot: SessionSlot, last: StoredRecord): void {
    const { filter } = last.inner as Partial<FilterInner>
    if (filter !== undefined) {
      filter.collector.forget(filter)
      this.#leave(filter)
    } else if (slot.address.type === 'PropertyCollector') {
      const own = this.#collectors.get(sessionKey(slot.address.node, slot.sessionKey))
      const collector = own?.get(slot.address.id)
      own?.delete(slot.address.id)
      if (collector !== undefined) this.#close(collector, 'RequestCanceled', {})
    } else if ('shape' in last.inner) {
      this.#viewEnded(slot)
    }
  }

  /** Filters of the session that started at a view see its objects leave. */
  #viewEnded(view: SessionSlot): void {
    for (const filter of this.#filtersOn(view)) this.#rebind(filter)
  }

  #filtersOn(view: SessionSlot): Filter[] {
    const own = this.#collectors.get(sessionKey(view.address.node, view.sessionKey))
    const filters = [...own?.values() ?? []].flatMap(collector => [...collector.filters])
    const { id } = view.address
    return filters.filter(({ spec }) => spec.starts.some(({ ref }) => ref.value === id))
  }

  /** Moves a filter to the group it belongs to now. */
  #rebind(filter: Filter): void {
    const sources = sourcesOf(filter.scene, filter.spec, false)
    const group = this.#groupFor(filter.scene, filter.spec, sources, filter.partial)
    if (group === filter.group) return
    this.#leave(filter)
    filter.group = group
    group.readers.add(filter)
    if (filter.collector.isWaiting) this.#call(filter.collector)
  }

  #leave(filter: Filter): void {
    const { group } = filter
    group.readers.delete(filter)
    if (group.readers.size > 0) return
    group.close()
    this.#touched.delete(group)
    if (this.#groups.get(group.key) === group) this.#groups.delete(group.key)
  }

  #groupFor(
    scene: Scene, spec: CompiledSpec, sources: readonly Source[], partial: boolean,
  ): FilterGroup {
    const shared = sources.map(source => sharedSource(source, spec))
    const isPrivate = spec.isComputed
      || sources.some((source, i) => shared[i] === undefined && source.slot !== undefined
        && isSessionObject(source.slot))
    const starts = sources.map(({ ref, slot, skip, links }, i) =>
      shared[i]?.key ?? [slot === undefined ? `gone ${ref.value}` : ref.value, skip, links])
    const key = JSON.stringify([
      scene.node.name, spec.key, starts, partial, scene.viewer.key,
      isPrivate ? scene.session?.key : '',
    ])
    let group = this.#groups.get(key)
    if (group === undefined) {
      const own = isPrivate ? sources : sources.map((source, i) => shared[i]?.source ?? source)
      const eyes = new Scene(scene.services, scene.node, scene.session)
      group = new FilterGroup(key, eyes, spec, own, partial, this.#index)
      this.#groups.set(key, group)
    }
    return group
  }

  #committed(entry: JournalEntry): void {
    if (this.#groups.size === 0) return
    const index = this.#index
    for (const change of entry.changes) {
      const { slot } = change
      for (const group of index.ofSlot(slot)) if (group.changed(change)) this.#touch(group)
      for (const group of index.ofType(slot)) if (group.changed(change)) this.#touch(group)
      if (change.before !== undefined || index.dangling.size === 0) continue
      for (const group of index.dangling) {
        group.markStale()
        this.#touch(group)
      }
    }
    for (const group of index.computed) this.#touch(group)
    if (this.#services.authorization.epoch !== this.#epoch) this.#flushSoon()
  }

  #touch(group: FilterGroup): void {
    group.trim()
    this.#touched.add(group)
    this.#flushSoon()
  }

  #call(collector: Collector): void {
    this.#called.add(collector)
    this.#flushSoon()
  }

  /** Answers waits once for all that is committed in one turn of the event loop. */
  #flushSoon(): void {
    if (this.#flushing) return
    this.#flushing = true
    queueMicrotask(() => {
      this.#flushing = false
      this.#flush()
    })
  }

  #flush(): void {
    this.#checkRights()
    for (const group of this.#touched) {
      for (const reader of group.readers) {
        const { collector } = reader as Filter
        if (collector.isWaiting) this.#called.add(collector)
      }
    }
    const collectors = [...this.#called]
    this.#called.clear()
    this.#touched.clear()
    for (const collector of collectors) collector.wake()
  }

  /** Permissions may have changed: who sees less now gets another group. */
  #checkRights(): void {
    const { authorization } = this.#services
    if (authorization.epoch === this.#epoch) return
    this.#epoch = authorization.epoch
    const filters = [...this.#groups.values()].flatMap(group => [...group.readers] as Filter[])
    for (const group of [...this.#groups.values()]) {
      if (group.scene.viewer.all) continue
      group.scene.refreshViewer()
      group.markStale()
      this.#touch(group)
    }
    for (const filter of filters) {
      const wasAll = filter.scene.viewer.all
      filter.scene.refreshViewer()
      if (wasAll && !filter.scene.viewer.all) this.#rebind(filter)
    }
  }
}

/** A view source that other sessions' filters can share, as it looks to the group. */
function sharedSource(
  source: Source, spec: CompiledSpec,
): { key: unknown, source: Source } | undefined {
  const { slot, skip, links } = source
  const shape = slot === undefined ? undefined : viewShape(slot)
  if (shape?.kind !== 'container' || !skip) return undefined
  if (links.some(number => spec.traversals[number]!.path !== 'view')) return undefined
  const key = [shape.container.value, [...shape.types].sort(), shape.recursive, links]
  return { key, source: { ...source, slot: { ...slot! } } }
}

function sessionKey(node: string, key: string): string {
  return `${node}\n${key}`
}
