import type { ProductComponentInfo, ServiceContent } from '../schema/generated/types.js'
import type { Query } from '../services/call.js'
import { toDateTime } from '../world/clock.js'
import { defineManagedObject, query } from './define.js'

function content(call: Query): ServiceContent {
  return call.reader.read<{ content: ServiceContent }>(call.self)!.props.content
}

/** Solutions beside the product itself; a fresh installation has none. */
function components(): ProductComponentInfo[] {
  return []
}

/** ServiceInstance (protocols.md 2.4): the first object that every client asks. */
export const serviceInstance = defineManagedObject('ServiceInstance', {
  methods: {
    RetrieveServiceContent: query(content),
    CurrentTime: query((call: Query) => toDateTime(call.reader.now())),
    RetrieveProductComponents: query(components),
  },
  virtual: { serverClock: context => toDateTime(context.reader.now()) },
})
