import type { Reader } from '../../world/records.js'
import { agentRuns } from '../hardware/agents.js'
import { vpxdServing } from '../appliance/services.js'
import { chassis } from '../hardware/chassis.js'
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

/** True while vCenter's calls reach a host that it manages. */
export function callsPass(reader: Reader, vcenter: string, host: string): boolean {
  return endsWork(reader, vcenter, host) && reaches(reader, vcenter, host, CALLS)
}

/** What becomes of a host's heartbeats; a cut when an end does not work. */
export function heartbeatPath(reader: Reader, vcenter: string, host: string): PathVerdict {
  if (!endsWork(reader, vcenter, host)) return { cut: 'drop', loss: 0, latencyMs: 0, jitterMs: 0 }
  return path(reader, host, vcenter, BEATS)
}

/** True while heartbeats and calls pass between a host and the vCenter that manages it. */
export function linkUp(reader: Reader, vcenter: string, host: string): boolean {
  const { cut, loss } = heartbeatPath(reader, vcenter, host)
  return cut === undefined && loss < 1 && callsPass(reader, vcenter, host)
}

/** True while vCenter's picture of the host follows the host: calls pass, and reconciled since. */
export function mirrored(reader: Reader, vcenter: string, host: string): boolean {
  if (!callsPass(reader, vcenter, host)) return false
  const { management } = chassis(reader, host)!
  return management === 'connected' || management === 'deaf'
}
