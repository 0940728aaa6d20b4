import { nodeNow } from '../physics/appliance/facts.js'
import type { Call } from '../services/call.js'
import { toDateTime } from '../world/clock.js'
import { defineManagedObject, type Definition } from './define.js'
import { managedHost } from './truth.js'

/** HostDateTimeSystem: the host's own clock, with the drift that it has. */
export const hostDateTimeSystem: Definition = defineManagedObject('HostDateTimeSystem', {
  methods: {
    /** @throws HostNotConnected or HostNotReachable when vCenter cannot reach the host */
    QueryDateTime: (call: Call) => toDateTime(nodeNow(call.tx, managedHost(call.tx, call.self))),
  },
})
