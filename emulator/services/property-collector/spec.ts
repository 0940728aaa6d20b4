/**
 * PropertyFilterSpecs compiled: traversals by number, path sets by exact managed type
 * (protocols.md 3.2).
 */
import type {
  ObjectSpec, PropertyFilterSpec, PropertySpec, SelectionSpec, TraversalSpec,
} from '../../schema/generated/types.js'
import type { MoRef, Schema, VersionIndex } from '../../schema/model.js'
import type { VirtualPropertyLookup } from '../call.js'
import { fault, invalidArgument } from '../method-fault.js'
import { pathSet, type TypedPaths } from './path-set.js'
import { compilePath, requirePath, type CompiledPath } from './paths.js'

/** A TraversalSpec; `links` are the numbers of the traversals that follow. */
export interface Traversal {
  readonly type: string
  readonly path: string
  readonly skip: boolean
  readonly links: number[]
}

/** An ObjectSpec. */
export interface Start {
  readonly ref: MoRef
  readonly skip: boolean
  readonly links: readonly number[]
}

/** What is read of the objects of one exact type. */
export interface TypePlan {
  readonly set: TypedPaths
  /** Top properties of the set that are computed for the reader. */
  readonly computed: readonly string[]
  /** Those of them for which updates are sent. */
  readonly lively: readonly string[]
}

/** A property path that a traversal follows from objects of one exact type. */
export interface Link {
  readonly path: CompiledPath
  readonly computed: boolean
}

interface WantedProperties {
  readonly type: string
  readonly all: boolean
  readonly paths: readonly string[]
}

/** A filter spec, checked and ready to run. */
export class CompiledSpec {
  readonly starts: readonly Start[]
  readonly traversals: readonly Traversal[]
  readonly reportMissing: boolean
  readonly #schema: Schema
  readonly #version: VersionIndex
  readonly #virtual: VirtualPropertyLookup
  readonly #wanted: readonly WantedProperties[]
  readonly #plans = new Map<string, TypePlan | undefined>()
  readonly #links = new Map<string, ReadonlyArray<Link | undefined>>()

  /**
   * @throws InvalidProperty for a path that its type does not have, InvalidType for an unknown
   * managed type, InvalidArgument for a selection that names no traversal.
   */
  constructor(
    schema: Schema, virtual: VirtualPropertyLookup, spec: PropertyFilterSpec, version: VersionIndex,
  ) {
    this.#schema = schema
    this.#version = version
    this.#virtual = virtual
    this.#wanted = (spec.propSet ?? []).map(wanted => this.#checkProperties(wanted))
    const compiled = compileSelections(spec.objectSet ?? [])
    this.starts = compiled.starts
    this.traversals = compiled.traversals
    for (const traversal of this.traversals) this.#checkTraversal(traversal)
    this.reportMissing = spec.reportMissingObjectsInResults === true
  }

  /** Text that is equal for specs that mean the same, their start objects left aside. */
  get key(): string {
    const wanted = this.#wanted.map(({ type, all, paths }) =>
      all ? [type, this.#version] : [type, paths])
    return JSON.stringify([wanted, this.traversals, this.reportMissing])
  }

  /** True if some property of which updates are sent is computed for the reader. */
  get isComputed(): boolean {
    const subtypes = (type: string): readonly string[] => this.#schema.subtypes(type)
    const isRead = this.#wanted.some(({ type }) => subtypes(type).some(subtype =>
      (this.planFor(subtype)?.lively.length ?? 0) > 0))
    return isRead || this.traversals.some(({ type, path }, number) => path !== 'view'
      && subtypes(type).some(subtype => this.linksOf(subtype)[number]?.computed === true))
  }

  /** What to read of objects of this exact type; undefined: they are not reported. */
  planFor(type: string): TypePlan | undefined {
    if (this.#plans.has(type)) return this.#plans.get(type)
    const plan = this.#makePlan(type)
    this.#plans.set(type, plan)
    return plan
  }

  /** For each traversal, the path it follows from objects of this exact type. */
  linksOf(type: string): ReadonlyArray<Link | undefined> {
    let links = this.#links.get(type)
    if (links === undefined) {
      links = this.traversals.map(traversal => this.#makeLink(traversal, type))
      this.#links.set(type, links)
    }
    return links
  }

  #makePlan(type: string): TypePlan | undefined {
    const matching = this.#wanted.filter(wanted => this.#schema.isA(type, wanted.type))
    if (matching.length === 0) return undefined
    const paths = matching.flatMap(wanted => wanted.all ? this.#allOf(type) : wanted.paths)
    const set = pathSet(this.#schema, type, paths, this.#version)
    const computed = set.roots.filter(root => this.#virtual(type, root) !== undefined)
    const lively = computed.filter(root => this.#virtual(type, root)!.silent !== true)
    return { set, computed, lively }
  }

  #allOf(type: string): string[] {
    return this.#schema.managed(type)!.properties
      .filter(property => property.since <= this.#version)
      .map(property => property.property)
  }

  #makeLink(traversal: Traversal, type: string): Link | undefined {
    if (!this.#schema.isA(type, traversal.type)) return undefined
    const path = compilePath(this.#schema, type, traversal.path, Infinity)
    if (path === undefined) return undefined
    return { path, computed: this.#virtual(type, path.root.property) !== undefined }
  }

  #checkProperties(wanted: PropertySpec): WantedProperties {
    const { type } = wanted
    if (this.#schema.managed(type) === undefined) throw fault('InvalidType', { argument: type })
    const all = wanted.all === true
    const paths = all ? [] : wanted.pathSet ?? []
    for (const path of paths) requirePath(this.#schema, type, path, this.#version)
    return { type, all, paths }
  }

  #checkTraversal({ type, path }: Traversal): void {
    if (this.#schema.managed(type) === undefined) throw fault('InvalidType', { argument: type })
    const compiled = requirePath(this.#schema, type, path, Infinity)
    if (compiled.type !== undefined && compiled.type.kind !== 'moref') {
      throw fault('InvalidProperty', { name: path })
    }
  }
}

/** By frozen spec, which is what the door hands in again when the same request comes again. */
const kept = new WeakMap<PropertyFilterSpec, Map<string, { of: Schema, spec: CompiledSpec }>>()

/**
 * A spec compiled for a read. `computes` tells readers apart for whom other properties are computed.
 * @throws like the constructor.
 */
export function compiledSpec(
  schema: Schema, virtual: VirtualPropertyLookup, computes: string, spec: PropertyFilterSpec,
  version: VersionIndex,
): CompiledSpec {
  if (!Object.isFrozen(spec)) return new CompiledSpec(schema, virtual, spec, version)
  let versions = kept.get(spec)
  if (versions === undefined) kept.set(spec, versions = new Map())
  const key = `${version} ${computes}`
  const known = versions.get(key)
  if (known?.of === schema) return known.spec
  const made = new CompiledSpec(schema, virtual, spec, version)
  versions.set(key, { of: schema, spec: made })
  return made
}

function compileSelections(
  objects: readonly ObjectSpec[],
): { starts: Start[], traversals: Traversal[] } {
  const traversals: Traversal[] = []
  const numbers = new Map<SelectionSpec, number>()
  const named = new Map<string, number>()
  const gather = (selection: SelectionSpec): void => {
    if (!isTraversal(selection)) return
    const number = traversals.length
    const { type, path, skip, name } = selection
    traversals.push({ type, path, skip: skip === true, links: [] })
    numbers.set(selection, number)
    if (name !== undefined && !named.has(name)) named.set(name, number)
    for (const next of selection.selectSet ?? []) gather(next)
  }
  for (const object of objects) object.selectSet?.forEach(gather)
  const numberOf = (selection: SelectionSpec): number => {
    const found = numbers.get(selection) ?? named.get(selection.name ?? '')
    if (found === undefined) throw invalidArgument('specSet.objectSet.selectSet.name')
    return found
  }
  for (const [selection, number] of numbers) {
    const next = (selection as TraversalSpec).selectSet ?? []
    traversals[number]!.links.push(...next.map(numberOf))
  }
  const starts = objects.map(({ obj, skip, selectSet }) => ({
    ref: obj, skip: skip === true, links: (selectSet ?? []).map(numberOf),
  }))
  return { starts, traversals }
}

function isTraversal(selection: SelectionSpec): selection is TraversalSpec {
  return 'path' in selection && 'type' in selection
}
