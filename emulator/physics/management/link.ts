import type { Reader } from '../../world/records.js'
import { agentRuns } from '../hardware/agents.js'
import { vpxdServing } from '../appliance/services.js'
import { LAB, chassis } from '../hardware/chassis.js'
import { inboundAllowed, outboundAllowed } from '../network/firewall.js'
import { path, reaches, responds } from '../network/paths.js'
import type { PathVerdict } from '../network/rules.js'

/** vCenter's calls to a host, and the host's heartbeats to vCenter (availability.md 4.2). */
export const CALLS = { network: 'management', port: 443, protocol: 'tcp' } as const
const BEATS = { network: 'management', port: 902, protocol: 'udp' } as const

/** True while both ends of the management link work: machines, and the host's agents. */
function endsWork(reader: Reader, vcenter: string, host: string): boolean {
  return chassis(reader, host)?.managedBy === vcenter && vpxdServing(reader, vcenter) && responds(reader, vcenter)
    && agentRuns(reader, host, 'hostd') && agentRuns(reader, host, 'vpxa')
}

/**
 * True while vCenter's calls reach a host that it manages. Its connections to a host that it hears are
 * established: the host's firewall lets them go on, and asks only when they must begin anew.
 */
export function callsPass(reader: Reader, vcenter: string, host: string): boolean {
  return endsWork(reader, vcenter, host) && reaches(reader, vcenter, host, CALLS)
    && (isEstablished(reader, host) || letsIn(reader, vcenter, host))
}

function isEstablished(reader: Reader, host: string): boolean {
  const { management } = chassis(reader, host)!
  return management === 'connected' || management === 'deaf'
}

/** True if the firewall of a host lets a vCenter begin to call it. */
export function letsIn(reader: Reader, vcenter: string, host: string): boolean {
  return inboundAllowed(reader, host, CALLS.protocol, CALLS.port, addressOf(reader, vcenter))
}

function addressOf(reader: Reader, node: string): string {
  return reader.get<{ address?: string }>(LAB, node)?.props.address ?? ''
}

/** What becomes of a host's heartbeats; a cut when an end does not work or the host's firewall is shut. */
export function heartbeatPath(reader: Reader, vcenter: string, host: string): PathVerdict {
  const begins = endsWork(reader, vcenter, host)
    && outboundAllowed(reader, host, BEATS.protocol, BEATS.port, addressOf(reader, vcenter))
  if (!begins) return { cut: 'drop', loss: 0, latencyMs: 0, jitterMs: 0 }
  return path(reader, host, vcenter, BEATS)
}

/** True while heartbeats and calls pass between a host and the vCenter that manages it. */
export function linkUp(reader: Reader, vcenter: string, host: string): boolean {
  const { cut, loss } = heartbeatPath(reader, vcenter, host)
  return cut === undefined && loss < 1 && callsPass(reader, vcenter, host)
}

/** True while vCenter's picture of the host follows the host: calls pass, and reconciled since. */
export function mirrored(reader: Reader, vcenter: string, host: string): boolean {
  return callsPass(reader, vcenter, host) && isEstablished(reader, host)
}
