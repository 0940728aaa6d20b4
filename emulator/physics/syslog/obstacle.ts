import type { Reader } from '../../world/records.js'
import { serviceUp } from '../appliance/services.js'
import { isHost, LAB } from '../hardware/chassis.js'
import { serviceOf } from '../hardware/host-services.js'
import { outboundAllowed } from '../network/firewall.js'
import { passes, reaches, responds } from '../network/paths.js'
import type { LogHost } from './log-hosts.js'
import { logHostDown } from './outage.js'

/** Why messages of a node do not get to a log host. */
export type Obstacle = 'firewall' | 'network' | 'target'

/** First build of 8.0 Update 2b, from which on ports of log hosts open by themselves. */
const OPENS_PORTS_FROM = 23_305_546

/** The product's ports of log hosts: those of the ruleset `syslog` (protocols.md 8.3). */
const standard: ReadonlySet<string> = new Set(['udp 514', 'tcp 514', 'tcp 1514'])

/** True while the program of a node runs that sends its messages: vmsyslogd, an appliance's rsyslog. */
export function syslogRuns(reader: Reader, node: string): boolean {
  if (!responds(reader, node)) return false
  if (!isHost(reader, node)) return serviceUp(reader, node, 'rsyslog')
  return serviceOf(reader, node, 'vmsyslogd')?.running !== false
}

/** What is in the way of messages from a node to a log host; undefined: nothing that the lab knows. */
export function obstacle(reader: Reader, node: string, to: LogHost): Obstacle | undefined {
  const protocol = to.protocol === 'udp' ? 'udp' : 'tcp'
  if (isHost(reader, node) && !letOut(reader, node, to, protocol)) return 'firewall'
  // A receiver is outside the lab: what cuts a node from its clients cuts it from there.
  const traffic = { network: 'management', port: to.port, protocol } as const
  const through = protocol === 'udp' ? passes : reaches
  if (!through(reader, node, 'client', traffic)) return 'network'
  return logHostDown(reader, to) ? 'target' : undefined
}

/**
 * The ruleset `syslog` must be open. From 8.0 Update 2b on it opens other ports of log hosts too;
 * before, they need a ruleset of their own (operations.md 3.4).
 */
function letOut(reader: Reader, host: string, to: LogHost, protocol: 'tcp' | 'udp'): boolean {
  if (outboundAllowed(reader, host, protocol, to.port, to.host)) return true
  return !standard.has(`${protocol} ${to.port}`) && opensPorts(reader, host)
    && outboundAllowed(reader, host, protocol, 514, to.host)
}

function opensPorts(reader: Reader, host: string): boolean {
  const product = reader.get<{ product: { version: string, build: string } }>(LAB, host)?.props.product
  return product !== undefined && Number(product.version.split('.')[0]) >= 8 && Number(product.build) >= OPENS_PORTS_FROM
}
