/** ViewManager: makes the views of a session (protocols.md 3.6). */
import type { ViewManagerMethods } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { Query } from '../services/call.js'
import { refOf } from '../services/refs.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import { wellKnownRef } from '../services/well-known.js'
import { childrenOf, type ViewShape } from '../services/property-collector/view-contents.js'
import { defineManagedObject, query, type Definition } from './define.js'
import { heldRefs, knownRefs } from './views.js'

type Args<M extends keyof ViewManagerMethods> = ViewManagerMethods[M]['args']

export const viewManager: Definition = defineManagedObject('ViewManager', {
  virtual: {
    viewList: ({ services, session }) => session === undefined ? []
      : services.sessionObjects.list(session)
        .filter(slot => services.schema.isA(slot.address.type, 'View')).map(refOf),
  },
  methods: {
    CreateContainerView: query(createContainerView),
    CreateListView: query<Args<'CreateListView'>>((call, { obj = [] }) =>
      createView(call, 'ListView', { kind: 'list', refs: knownRefs(call, obj).known }, {})),
    CreateListViewFromView: query<Args<'CreateListViewFromView'>>((call, { view }) =>
      createView(call, 'ListView', { kind: 'list', refs: heldRefs(call, view) }, {})),
    CreateInventoryView: query(call => {
      const root = wellKnownRef('rootFolder', call.node.kind)
      const opened = root === undefined ? [] : [root]
      return createView(call, 'InventoryView', { kind: 'inventory', opened }, {})
    }),
  },
})

function createContainerView(
  call: Query, { container, type: types = [], recursive }: Args<'CreateContainerView'>,
): MoRef {
  const { schema } = call.services
  const slot = call.reader.find(call.node.name, container.value)
  if (slot === undefined) throw fault('ManagedObjectNotFound', { obj: container })
  if (childrenOf(schema, slot.address.type).length === 0) throw invalidArgument('container')
  for (const type of types) {
    if (schema.managed(type) === undefined) throw invalidArgument('type')
  }
  const held = refOf(slot)
  const shape: ViewShape = { kind: 'container', container: held, types, recursive }
  return createView(call, 'ContainerView', shape, { container: held, type: types, recursive })
}

function createView(call: Query, type: string, shape: ViewShape, props: object): MoRef {
  const { session, services } = call
  if (session === undefined) {
    throw fault('NotAuthenticated', { object: refOf(call.self), privilegeId: 'System.View' })
  }
  return refOf(services.sessionObjects.create(session, type, { props, inner: { shape } }))
}
