import '../../physics/hardware/host-services.js'
import '../../physics/network/firewall.js'
import type { World } from '../../world/world.js'
import { postOnHost } from './host-events.js'

/** Services whose start and stop a host reports, as `esx.audit.<word>.enabled` and `.disabled`. */
const reported: Readonly<Record<string, string>> = { 'TSM-SSH': 'ssh', TSM: 'shell', DCUI: 'dcui' }

/** Services and the firewall of hosts, as their own and vCenter's events (operations.md appendix D). */
export function narrateHostServices(world: World): void {
  world.on('service.changed', (tx, { host, service, running, why }) => {
    const word = reported[service]
    if (word === undefined || (why === 'boot' && !running)) return
    postOnHost(tx, host, {
      eventTypeId: `esx.audit.${word}.${running ? 'enabled' : 'disabled'}`, severity: 'info',
    })
  })
  world.on('firewall.changed', (tx, { host, what, ruleset }) => {
    if (what === 'on' || what === 'off') {
      postOnHost(tx, host, {
        eventTypeId: `esx.audit.net.firewall.${what === 'on' ? 'enabled' : 'disabled'}`, severity: 'info',
      })
    } else if (ruleset !== undefined) {
      postOnHost(tx, host, {
        eventTypeId: 'esx.audit.net.firewall.config.changed', severity: 'info',
        arguments: { operation: what, ruleset },
      })
    }
  })
}
