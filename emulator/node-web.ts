import { consolePage, consoleUpgrades } from './console-doors.js'
import { DownloadGate } from './dispatch/downloads.js'
import { holdCalls } from './dispatch/hold.js'
import type { Request } from './dispatch/invoke.js'
import { RestGate } from './dispatch/rest.js'
import { ScreenGate } from './dispatch/screen.js'
import { networkDelayMs } from './door-watch.js'
import { downloadRoute } from './doors/https/downloads.js'
import type { NodeDoorsOptions } from './doors/https/node-doors.js'
import { restRoute } from './doors/https/rest.js'
import { screenRoute } from './doors/https/screen.js'
import type { Lab } from './lab.js'
import { nodeNow } from './physics/appliance/facts.js'
import { isUp } from './physics/hardware/chassis.js'
import { inboundAllowed } from './physics/network/firewall.js'
import { ticketKeysOf, tlsPolicyOf } from './physics/network/tls.js'
import type { NodeInfo } from './services/nodes.js'
import { outageOf } from './services/outage.js'

/** What all doors of a node have of its lab. */
export type DoorBasics = Required<Pick<NodeDoorsOptions, 'node' | 'gate' | 'sessions' | 'schema' | 'now' | 'newOpId'
  | 'silent' | 'tls' | 'admits'>> & { slow(): number }

/**
 * What any door of a node is made from, whoever opens it: `port` is the product's, whatever the real
 * one is. `heldMs`: real milliseconds for which a call is held beside those that faults ask for.
 */
export function doorBasics(lab: Lab, node: NodeInfo, port: number, heldMs: (request: Request) => number = () => 0): DoorBasics {
  const { world } = lab
  return {
    node,
    gate: holdCalls(lab.gate, (at, request) => lab.gate.delayMs(at, request) + heldMs(request)),
    sessions: lab.services.sessions,
    schema: lab.schema,
    now: () => nodeNow(world, node.name),
    newOpId: () => lab.newOpId(),
    slow: () => networkDelayMs(world, node.name, port),
    silent: () => !isUp(world, node.name),
    tls: () => ({ ...tlsPolicyOf(world, node.name), ticketKeys: ticketKeysOf(world, node.name) }),
    admits: (address, at = port) => inboundAllowed(world, node.name, 'tcp', at, address),
  }
}

/** What a node's 443 serves beside SOAP and its side files. */
export function nodeWeb(
  lab: Lab, node: NodeInfo, onDefect: (error: unknown) => void,
): Required<Pick<NodeDoorsOptions, 'access' | 'outage' | 'routes' | 'upgrades'>> {
  const { access } = lab.services
  return {
    access: each => access.note(node.name, nodeNow(lab.world, node.name), each),
    outage: path => outageOf(lab.world, node.name, path),
    routes: [
      screenRoute(new ScreenGate(lab.gate), (host, vm, wish) => lab.consoles.png(host, vm, wish)),
      downloadRoute(new DownloadGate(lab.gate), node),
      ...node.kind === 'vcenter' ? [restRoute(new RestGate(lab.gate))] : [],
      consolePage(),
    ],
    upgrades: consoleUpgrades(lab, node, onDefect),
  }
}
