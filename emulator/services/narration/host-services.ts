import '../../physics/hardware/host-services.js'
import '../../physics/network/firewall.js'
import '../../physics/network/tls.js'
import { writeLog } from '../../physics/logs/write.js'
import type { ProgramName } from '../../physics/logs/programs.js'
import type { Reader } from '../../world/records.js'
import type { World } from '../../world/world.js'
import { nodeInfo } from '../nodes.js'
import { postOnHost } from './host-events.js'

/** Services whose start and stop a host reports, as `esx.audit.<word>.enabled` and `.disabled`. */
const reported: Readonly<Record<string, string>> = { 'TSM-SSH': 'ssh', TSM: 'shell', DCUI: 'dcui' }

/**
 * Services and the firewall of hosts, as their own and vCenter's events (operations.md appendix D), and
 * the line about new ticket keys; its words are ours.
 */
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
  world.on('tls.ticketKeys', (tx, { node, keys }) => {
    const program = proxyOf(tx, node)
    if (program === undefined) return
    writeLog(tx, node, program, {
      level: 'info', sub: 'Proxy', text: `TLS session ticket keys changed after 24 hours (generation ${keys})`,
    })
  })
}

/** The program in front of 443 (operations.md 3.1); undefined: this release's writes no log here. */
function proxyOf(reader: Reader, node: string): ProgramName | undefined {
  const info = nodeInfo(reader, node)
  const major = Number(info?.product.version.split('.')[0])
  if (info?.kind === 'vcenter') return major >= 7 ? 'envoy' : undefined
  return major >= 8 ? 'envoy-access' : 'rhttpproxy'
}
