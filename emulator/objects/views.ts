/** ContainerView, ListView, InventoryView (protocols.md 3.6). */
import type { InventoryViewMethods, ListViewMethods } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { Query, ReadContext } from '../services/call.js'
import { refOf } from '../services/refs.js'
import { fault } from '../services/method-fault.js'
import {
  childrenOf, viewContents, type InventoryShape, type ListShape, type ViewInner, type ViewScene,
  type ViewShape,
} from '../services/property-collector/view-contents.js'
import { Scene } from '../services/property-collector/scene.js'
import { viewShape } from '../services/property-collector/select.js'
import { isSessionObject } from '../services/session-objects.js'
import type { Slot } from '../world/records.js'
import { defineManagedObject, query, type Definition } from './define.js'

type ListArgs<M extends keyof ListViewMethods> = ListViewMethods[M]['args']
type InventoryArgs<M extends keyof InventoryViewMethods> = InventoryViewMethods[M]['args']

export const view: Definition = defineManagedObject('View', {
  methods: {
    DestroyView: query(({ services, self }) => {
      if (isSessionObject(self)) services.sessionObjects.destroy(self)
    }),
  },
})

export const managedObjectView: Definition = defineManagedObject('ManagedObjectView', {
  virtual: { view: contents },
})

export const listView: Definition = defineManagedObject('ListView', {
  methods: {
    ModifyListView: query(modifyListView),
    ResetListView: query<ListArgs<'ResetListView'>>((call, { obj = [] }) => {
      const { known, unknown } = knownRefs(call, obj)
      reshape(call, { kind: 'list', refs: known })
      return unknown
    }),
    ResetListViewFromView: query<ListArgs<'ResetListViewFromView'>>((call, args) =>
      reshape(call, { kind: 'list', refs: heldRefs(call, args.view) })),
  },
})

export const inventoryView: Definition = defineManagedObject('InventoryView', {
  methods: {
    OpenInventoryViewFolder: query(openInventoryViewFolder),
    CloseInventoryViewFolder: query(closeInventoryViewFolder),
  },
})

/** What a view holds now, for its reader; undefined: it shows nothing. */
function contents({ services, node, session }: ReadContext, self: Slot): MoRef[] | undefined {
  const shape = viewShape(self)
  if (shape === undefined) return undefined
  const { viewer } = new Scene(services, node, session)
  const scene = viewScene({ services, node, session })
  return viewContents(scene, shape).filter(slot => viewer.sees(slot)).map(refOf)
}

function viewScene(
  { services, node, session }: Pick<ReadContext, 'services' | 'node' | 'session'>,
): ViewScene {
  const { world, schema, sessionObjects } = services
  return {
    schema, store: world.store, reader: world, node: node.name,
    find: ({ value }) => world.find(node.name, value) ?? sessionObjects.find(session, value),
  }
}

/** References to live objects, each once, and those that lead nowhere. */
export function knownRefs(
  call: Query, refs: readonly MoRef[],
): { known: MoRef[], unknown: MoRef[] } {
  const { find } = viewScene(call)
  const known = new Map<string, MoRef>()
  const unknown: MoRef[] = []
  for (const ref of refs) {
    const slot = find(ref)
    if (slot === undefined) unknown.push(ref)
    else known.set(slot.address.id, refOf(slot))
  }
  return { known: [...known.values()], unknown }
}

/** What another view of the session holds. @throws ManagedObjectNotFound if there is none. */
export function heldRefs(call: Query, ref: MoRef): MoRef[] {
  const slot = call.services.sessionObjects.find(call.session, ref.value)
  const held = slot === undefined ? undefined : contents(call, slot)
  if (held === undefined) throw fault('ManagedObjectNotFound', { obj: ref })
  return held
}

/** Removes first, then adds; gives the added references that lead nowhere. */
function modifyListView(
  call: Query, { add = [], remove = [] }: ListArgs<'ModifyListView'>,
): MoRef[] {
  const { refs } = viewShape(call.self) as ListShape
  const removed = new Set(remove.map(ref => ref.value))
  const { known, unknown } = knownRefs(call, add)
  const kept = refs.filter(ref => !removed.has(ref.value))
  reshape(call, { kind: 'list', refs: knownRefs(call, [...kept, ...known]).known })
  return unknown
}

function reshape({ services, self }: Query, shape: ViewShape): void {
  if (!isSessionObject(self)) return
  if (self.record !== undefined) (self.record.inner as unknown as ViewInner).shape = shape
  services.collectors.viewChanged(self)
}

/** Shows what is under some entities; gives those that lead nowhere or hold nothing. */
function openInventoryViewFolder(
  call: Query, { entity }: InventoryArgs<'OpenInventoryViewFolder'>,
): MoRef[] {
  const { known, unknown } = knownRefs(call, entity)
  const { schema } = call.services
  const holders = known.filter(ref => childrenOf(schema, ref.type).length > 0)
  const { opened } = viewShape(call.self) as InventoryShape
  reshape(call, { kind: 'inventory', opened: knownRefs(call, [...opened, ...holders]).known })
  return [...unknown, ...known.filter(ref => !holders.includes(ref))]
}

function closeInventoryViewFolder(
  call: Query, { entity }: InventoryArgs<'CloseInventoryViewFolder'>,
): MoRef[] {
  const { known, unknown } = knownRefs(call, entity)
  const closed = new Set(known.map(ref => ref.value))
  const { opened } = viewShape(call.self) as InventoryShape
  reshape(call, { kind: 'inventory', opened: opened.filter(ref => !closed.has(ref.value)) })
  return unknown
}
