import { Webmks } from './doors/console/webmks.js'
import type { UpgradeRoute } from './doors/https/upgrades.js'
import type { Lab } from './lab.js'
import type { NodeInfo } from './services/nodes.js'

/** Consoles over WebSocket on a node's 443: hosts have them, a vCenter has none. */
export function consoleUpgrades(
  { world, consoles, services }: Lab, { name, kind }: NodeInfo, onDefect: (error: unknown) => void,
): UpgradeRoute[] {
  if (kind !== 'esxi') return []
  return [new Webmks({
    host: name, world, consoles: services.consoles, feedOf: vm => consoles.feedOf(name, vm), onDefect,
  })]
}
