/** A PropertyCollector of one session: filters, versions, parked waits (protocols.md 3.5). */
import type { MoRef, VersionIndex } from '../../schema/model.js'
import type { PropertyFilterSpec } from '../../schema/generated/types.js'
import { afterRealMsUnref } from '../../world/clock.js'
import { Later } from '../call.js'
import { refOf } from '../refs.js'
import { fault } from '../method-fault.js'
import type { SessionSlot } from '../session-objects.js'
import { leaveUpdate, type Delta, type FilterGroup, type GroupReader } from './group.js'
import { Pages } from './retrieve.js'
import type { Scene } from './scene.js'
import type { CompiledSpec } from './spec.js'

/** Objects in one UpdateSet when the client sets no limit (protocols.md 3.5). */
export const DEFAULT_OBJECT_UPDATES = 100
/** So many newest versions can be asked for again after a lost response. */
const KEPT_VERSIONS = 4

/** Position of a filter in the log of its group at some version. */
interface Mark {
  readonly group: FilterGroup
  readonly position: number
}

/** A PropertyFilter. */
export class Filter implements GroupReader {
  readonly slot: SessionSlot
  readonly collector: Collector
  readonly scene: Scene
  readonly spec: CompiledSpec
  readonly partial: boolean
  group: FilterGroup

  constructor(
    slot: SessionSlot, collector: Collector, scene: Scene, spec: CompiledSpec, group: FilterGroup,
  ) {
    this.slot = slot
    this.collector = collector
    this.scene = scene
    this.spec = spec
    this.partial = group.partial
    this.group = group
    group.readers.add(this)
  }

  positionsIn(group: FilterGroup): Iterable<number> {
    return this.collector.positions(this, group)
  }

  /** What happened since a mark; undefined: since ever. */
  since(mark: Mark | undefined): Delta {
    const { group } = this
    if (mark === undefined) return group.enterAll()
    if (mark.group === group) return group.since(mark.position)
    const entered = group.enterAll()
    const left = [...mark.group.membersAt(mark.position)].filter(slot => !group.members.has(slot))
    return { objects: [...left.map(leaveUpdate), ...entered.objects], missing: entered.missing }
  }
}

interface Section extends Delta {
  readonly filter: MoRef
}

/** Where a truncated UpdateSet goes on. */
interface Rest {
  readonly sections: readonly Section[]
  readonly section: number
  readonly object: number
}

interface Version {
  readonly id: number
  marks: ReadonlyMap<Filter, Mark>
  readonly rest?: Rest | undefined
}

interface Waiter {
  attempt(): void
  fail(error: unknown): void
}

/** The value of an UpdateSet. */
export interface UpdateSet {
  readonly version: string
  readonly filterSet?: readonly object[]
  readonly truncated?: true
}

export class Collector {
  readonly filters = new Set<Filter>()
  readonly pages = new Pages()
  readonly #beforeRead: () => void
  #versions: Version[] = []
  #last = 0
  readonly #waiters = new Set<Waiter>()

  /** `beforeRead` runs before each computation: it looks whether rights have changed. */
  constructor(beforeRead: () => void) {
    this.#beforeRead = beforeRead
  }

  get isWaiting(): boolean {
    return this.#waiters.size > 0
  }

  /** Number of parked waits. */
  get waits(): number {
    return this.#waiters.size
  }

  /** Positions of a filter in a group that may still be asked for. */
  * positions(filter: Filter, group: FilterGroup): Iterable<number> {
    for (const { marks } of this.#versions) {
      const mark = marks.get(filter)
      if (mark?.group === group) yield mark.position
    }
  }

  /**
   * What is new since a version, as a new version; undefined: nothing. `limit` bounds the objects;
   * without it the set is never truncated.
   * @throws InvalidCollectorVersion when the version is unknown, too old, or the continuation of a
   * truncated set that has been read.
   */
  next(version: string, limit?: number): UpdateSet | undefined {
    const base = this.#find(version)
    if (base?.rest !== undefined) {
      if (limit === undefined) throw fault('InvalidCollectorVersion')
      this.#versions = []
      return this.#issue(base.marks, base.rest, limit)
    }
    this.#beforeRead()
    const marks = new Map<Filter, Mark>()
    const sections: Section[] = []
    for (const filter of this.filters) {
      filter.group.settle()
      const { objects, missing } = filter.since(base?.marks.get(filter))
      marks.set(filter, { group: filter.group, position: filter.group.log.end })
      if (objects.length + missing.length === 0) continue
      sections.push({ filter: refOf(filter.slot), objects, missing })
    }
    this.#acknowledge(base)
    const isFirst = base === undefined && this.filters.size > 0
    if (sections.length > 0 || isFirst) {
      return this.#issue(marks, { sections, section: 0, object: 0 }, limit)
    }
    if (base !== undefined) base.marks = marks
    return undefined
  }

  #find(version: string): Version | undefined {
    if (version === '') return undefined
    const found = this.#versions.find(({ id }) => String(id) === version)
    if (found === undefined) throw fault('InvalidCollectorVersion')
    return found
  }

  /**
   * A client that names a version has got it: older ones are not needed any more. Of the answers
   * that may have been lost since, the newest few are kept.
   */
  #acknowledge(base: Version | undefined): void {
    const later = this.#versions.filter(({ id }) => base === undefined || id > base.id)
    const newest = later.slice(-(KEPT_VERSIONS - 2))
    this.#versions = base === undefined ? newest : [base, ...newest]
  }

  #issue(marks: ReadonlyMap<Filter, Mark>, from: Rest, limit = Infinity): UpdateSet {
    const { filterSet, rest } = page(from, limit)
    this.#last += 1
    this.#versions.push({ id: this.#last, marks, rest })
    return {
      version: String(this.#last),
      ...(filterSet.length === 0 ? {} : { filterSet }),
      ...(rest === undefined ? {} : { truncated: true }),
    }
  }

  /**
   * Waits for news; the wait ends with undefined after `maxSeconds` of real time. `hold` keeps the
   * session alive meanwhile and returns what lets go of it.
   */
  wait(
    version: string, limit: number | undefined, maxSeconds: number | undefined,
    hold: () => () => void,
  ): Later {
    return new Later((done, failed) => {
      let cancelTimer = (): void => {}
      const release = hold()
      const end = (): void => {
        if (!this.#waiters.delete(waiter)) return
        cancelTimer()
        release()
      }
      const waiter: Waiter = {
        attempt: () => {
          let found: UpdateSet | undefined
          try {
            found = this.next(version, limit)
          } catch (error) {
            waiter.fail(error)
          }
          if (found === undefined) return
          end()
          done(found)
        },
        fail: error => {
          end()
          failed(error)
        },
      }
      this.#waiters.add(waiter)
      if (maxSeconds !== undefined) {
        cancelTimer = afterRealMsUnref(maxSeconds * 1000, () => {
          end()
          done(undefined)
        })
      }
      waiter.attempt()
      return end
    })
  }

  /** Lets the parked waits look again. */
  wake(): void {
    for (const waiter of [...this.#waiters]) waiter.attempt()
  }

  /** Ends the parked waits with a MethodFault. */
  failWaits(type: string, fields: Record<string, unknown> = {}): void {
    for (const waiter of [...this.#waiters]) waiter.fail(fault(type, fields))
  }

  /** Forgets the filter in all versions. */
  forget(filter: Filter): void {
    this.filters.delete(filter)
    for (const version of this.#versions) {
      if (!version.marks.has(filter)) continue
      version.marks = new Map([...version.marks].filter(([other]) => other !== filter))
    }
  }

  /** Whether the client may still ask by the version it was told. For tests and meters. */
  get versions(): readonly string[] {
    return this.#versions.map(({ id }) => String(id))
  }
}

/** What a client asks CreateFilter for. */
export interface FilterRequest {
  readonly spec: PropertyFilterSpec
  readonly partialUpdates: boolean
  readonly version: VersionIndex
}

/** The next objects of some sections, and where to go on. */
function page(from: Rest, limit: number): { filterSet: object[], rest: Rest | undefined } {
  const filterSet: object[] = []
  let room = limit
  let { section, object } = from
  for (; section < from.sections.length; section += 1, object = 0) {
    const { filter, objects, missing } = from.sections[section]!
    if (room === 0) return { filterSet, rest: { ...from, section, object } }
    const fits = object === 0 && objects.length <= room
    const taken = fits ? objects : objects.slice(object, object + room)
    room -= taken.length
    filterSet.push({
      filter,
      ...(taken.length === 0 ? {} : { objectSet: taken }),
      ...(missing.length === 0 || object > 0 ? {} : { missingSet: missing.map(missingObject) }),
    })
    if (object + taken.length < objects.length) {
      return { filterSet, rest: { ...from, section, object: object + taken.length } }
    }
  }
  return { filterSet, rest: undefined }
}

function missingObject(obj: MoRef): object {
  return { obj, fault: fault('ManagedObjectNotFound', { obj }).localized }
}
