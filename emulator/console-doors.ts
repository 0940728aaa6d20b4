import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Webmks } from './doors/console/webmks.js'
import type { Route } from './doors/https/exchange.js'
import type { UpgradeRoute } from './doors/https/upgrades.js'
import { webFilesRoute } from './doors/https/web-files.js'
import type { Lab } from './lab.js'
import { packageFolder } from './package.js'
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

let page: Route | undefined

/** `/ui/webconsole.html` and what it loads: our own files, and noVNC as its package has it. */
export function consolePage(): Route {
  return page ??= webFilesRoute([
    { prefix: '/ui/novnc/', folder: novncFolder(), files: /^(core|vendor)\/[\w./-]+\.js$/ },
    { prefix: '/ui/', folder: join(packageFolder(), 'clients/ui'), files: /^[a-z]+\.(html|css|mjs)$/ },
  ])
}

function novncFolder(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve('@novnc/novnc')))
}
