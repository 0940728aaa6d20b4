/** What views hold (protocols.md 3.6). */
import type { MoRef, Schema } from '../../schema/model.js'
import type { Reader, Slot } from '../../world/records.js'
import type { Store } from '../../world/store.js'

/** The managed objects under a container, kept up to date. */
export interface ContainerShape {
  readonly kind: 'container'
  readonly container: MoRef
  /** Types that are admitted with their subtypes; empty: every ManagedEntity. */
  readonly types: readonly string[]
  readonly recursive: boolean
}

/** A list that the client keeps itself. */
export interface ListShape {
  readonly kind: 'list'
  readonly refs: readonly MoRef[]
}

/** A tree of which the client opens and closes branches. */
export interface InventoryShape {
  readonly kind: 'inventory'
  readonly opened: readonly MoRef[]
}

export type ViewShape = ContainerShape | ListShape | InventoryShape

/** Facts of a view that its session object keeps in `inner`. */
export interface ViewInner {
  shape: ViewShape
}

/** Where contents are read, and who is told what they depend on. */
export interface ViewScene {
  readonly schema: Schema
  readonly store: Store
  readonly reader: Reader
  readonly node: string
  find(ref: MoRef): Slot | undefined
  /** The contents change when one of these top properties of the object does. */
  onProperties?(slot: Slot, properties: readonly string[]): void
  /** The contents change when an object of this exact type comes or goes. */
  onType?(type: string): void
}

const childProperties: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['Folder', ['childEntity']],
  ['Datacenter', ['vmFolder', 'hostFolder', 'datastoreFolder', 'networkFolder']],
  ['ComputeResource', ['host', 'resourcePool']],
  ['ResourcePool', ['resourcePool', 'vm']],
  ['HostSystem', ['vm']],
]

const childrenByType = new WeakMap<Schema, Map<string, readonly string[]>>()

/** The properties through which a container of this type holds others; empty: it is none. */
export function childrenOf(schema: Schema, type: string): readonly string[] {
  let known = childrenByType.get(schema)
  if (known === undefined) childrenByType.set(schema, known = new Map())
  let found = known.get(type)
  if (found === undefined) {
    found = childProperties.find(([ancestor]) => schema.isA(type, ancestor))?.[1] ?? []
    known.set(type, found)
  }
  return found
}

/** The objects a view holds now, each once. */
export function viewContents(scene: ViewScene, shape: ViewShape): Slot[] {
  switch (shape.kind) {
    case 'list':
      return shape.refs.map(ref => scene.find(ref)).filter(slot => slot !== undefined)
    case 'inventory': {
      const found = new Set<Slot>()
      for (const ref of shape.opened) {
        const slot = scene.find(ref)
        if (slot !== undefined) for (const child of children(scene, slot)) found.add(child)
      }
      return [...found]
    }
    case 'container':
      return containerContents(scene, shape)
  }
}

/** Whether objects of an exact type are admitted. */
export function admits(schema: Schema, types: readonly string[], type: string): boolean {
  if (types.length === 0) return schema.isA(type, 'ManagedEntity')
  return types.some(admitted => schema.isA(type, admitted))
}

/** True if the container is the root folder, under which every managed entity is. */
export function isRoot(slot: Slot): boolean {
  return slot.address.type === 'Folder' && slot.record !== undefined
    && slot.record.props['parent'] === undefined
}

function containerContents(scene: ViewScene, shape: ContainerShape): Slot[] {
  const container = scene.find(shape.container)
  if (container === undefined) return []
  if (shape.recursive && isRoot(container)) return everythingBelowRoot(scene, shape, container)
  const admitted = new Map<string, boolean>()
  const isAdmitted = (type: string): boolean => {
    if (!admitted.has(type)) admitted.set(type, admits(scene.schema, shape.types, type))
    return admitted.get(type)!
  }
  const found: Slot[] = []
  const seen = new Set<Slot>([container])
  const open = [container]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const fresh = children(scene, at).filter(child => !seen.has(child))
    for (const child of fresh) {
      if (!seen.has(child) && isAdmitted(child.address.type)) found.push(child)
      seen.add(child)
    }
    if (!shape.recursive) break
    for (const child of fresh.reverse()) {
      if (childrenOf(scene.schema, child.address.type).length > 0) open.push(child)
    }
  }
  return found
}

/** By the lists of the store: nothing is walked. */
function everythingBelowRoot(scene: ViewScene, shape: ContainerShape, root: Slot): Slot[] {
  const found: Slot[] = []
  for (const type of entityTypes(scene.schema)) {
    if (!admits(scene.schema, shape.types, type)) continue
    scene.onType?.(type)
    for (const slot of scene.store.ofType(scene.node, type).values()) {
      if (slot !== root) found.push(slot)
    }
  }
  return found
}

const entities = new WeakMap<Schema, readonly string[]>()

function entityTypes(schema: Schema): readonly string[] {
  let types = entities.get(schema)
  if (types === undefined) entities.set(schema, types = schema.subtypes('ManagedEntity'))
  return types
}

function children(scene: ViewScene, slot: Slot): Slot[] {
  const properties = childrenOf(scene.schema, slot.address.type)
  scene.onProperties?.(slot, properties)
  const props = scene.reader.read(slot)?.props
  const found: Slot[] = []
  for (const property of properties) {
    const value = props?.[property] as MoRef | readonly MoRef[] | undefined
    for (const ref of value === undefined ? [] : Array.isArray(value) ? value : [value]) {
      const child = scene.find(ref as MoRef)
      if (child !== undefined) found.push(child)
    }
  }
  return found
}
