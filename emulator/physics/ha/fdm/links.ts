import type { Reader } from '../../../world/records.js'
import { vpxdServing } from '../../appliance/services.js'
import { agentRuns } from '../../hardware/agents.js'
import { chassis } from '../../hardware/chassis.js'
import { path, responds, wired } from '../../network/paths.js'
import { ruleVerdict, type NetworkName, type Party, type Traffic } from '../../network/rules.js'
import { lostVolume } from '../../storage/access.js'
import { hasVsan } from '../../vsan/state.js'
import { fdmConfig } from './agent.js'

/** Traffic of the agents: port 8182, UDP for elections and TCP for the rest (availability.md 1.1). */
const fdmTraffic = (network: NetworkName): readonly Traffic[] => [
  { network, port: 8182, protocol: 'udp' },
  { network, port: 8182, protocol: 'tcp' },
]
const FDM = { management: fdmTraffic('management'), vsan: fdmTraffic('vsan') } as const

/** The network that the agents of a host's cluster talk over: with vSAN that of vSAN (1.1, 6.3). */
export function agentNetwork(reader: Reader, host: string): 'management' | 'vsan' {
  return hasVsan(reader) ? fdmConfig(reader, host)?.network ?? 'management' : 'management'
}

/** True while the agent of a host takes part: it halts without hostd (availability.md 1.4 G). */
export function agentWorks(reader: Reader, host: string): boolean {
  return agentRuns(reader, host, 'fdm') && agentRuns(reader, host, 'hostd')
}

/** True while a vCenter's services work. */
export function vcenterWorks(reader: Reader, vcenter: string): boolean {
  return vpxdServing(reader, vcenter) && responds(reader, vcenter)
}

/**
 * Share of the agents' packets from one party to another that are lost; 1: none arrives. Both ways
 * must be open, since the agents talk over connections.
 */
export function fdmLoss(reader: Reader, from: Party, to: Party, network: keyof typeof FDM = 'management'): number {
  if (!wired(reader, from, to, network)) return 1
  let loss = 0
  for (const traffic of FDM[network]) {
    const there = ruleVerdict(reader, from, to, traffic)
    const back = ruleVerdict(reader, to, from, traffic)
    if (there.cut !== undefined || back.cut !== undefined || back.loss >= 1) return 1
    loss = Math.max(loss, there.loss)
  }
  return loss
}

/** The same between the agents of two hosts, which must both work. */
export function agentLoss(reader: Reader, from: string, to: string): number {
  return agentWorks(reader, from) && agentWorks(reader, to) ? fdmLoss(reader, from, to, agentNetwork(reader, from)) : 1
}

/** Share of pings from a host to a party that stay without answer. */
export function pingLoss(reader: Reader, from: string, to: Party, network: NetworkName): number {
  if (!responds(reader, to)) return 1
  const there = path(reader, from, to, { network })
  const back = path(reader, to, from, { network })
  if (there.cut !== undefined || back.cut !== undefined) return 1
  return 1 - (1 - there.loss) * (1 - back.loss)
}

/** True while a host can use a volume. */
export function usable(reader: Reader, host: string, volume: string): boolean {
  return lostVolume(reader, host, volume) === undefined
}

/**
 * True while a host touches its heartbeat file on a volume: its agent works, or its CPUs are stuck
 * and the file is still held open (availability.md part 5, hang).
 */
export function touchesVolume(reader: Reader, host: string, volume: string): boolean {
  const inner = chassis(reader, host)
  if (inner === undefined || inner.power !== 'on' || !usable(reader, host, volume)) return false
  const agents = inner.agents
  return agents?.fdm === undefined && agents?.hostd === undefined
}
