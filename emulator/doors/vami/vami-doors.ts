/** The door of the appliance's management, 5480: its REST API and a small page (protocols.md 8.1). */
import type { RestGate } from '../../dispatch/rest.js'
import { NodeDoors, type NodeDoorsOptions } from '../https/node-doors.js'
import { restRoute } from '../https/rest.js'
import { vamiPageRoute, vamiRootRoute } from './page.js'

export type VamiDoorsOptions = Omit<NodeDoorsOptions, 'api' | 'routes' | 'http' | 'upgrades'>

/** Makes the door; it lives with the appliance's power, whatever vpxd does. */
export function vamiDoors(options: VamiDoorsOptions, gate: RestGate): NodeDoors {
  return new NodeDoors({ ...options, api: false, routes: [restRoute(gate), vamiRootRoute, vamiPageRoute] })
}
