import type { ProductComponentInfo, ServiceContent } from '../schema/generated/types.js'
import { nodeNow } from '../physics/appliance/facts.js'
import type { Query } from '../services/call.js'
import { toDateTime } from '../world/clock.js'
import { change, defineManagedObject, query } from './define.js'
import { queryVMotionCompatibility, validateMigration } from './move-queries.js'

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
    CurrentTime: query((call: Query) => toDateTime(nodeNow(call.reader, call.node.name))),
    RetrieveProductComponents: query(components),
    QueryVMotionCompatibility: change(queryVMotionCompatibility),
    ValidateMigration: change(validateMigration),
  },
  virtual: { serverClock: ({ reader, node }) => toDateTime(nodeNow(reader, node.name)) },
})
